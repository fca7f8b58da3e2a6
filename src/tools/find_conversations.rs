//! `find_conversations`: the conversations of HubSpot's inbox.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conversations::listing::{self, Among, Assignee, ConversationPosition, Fits};
use crate::conversations::load;
use crate::conversations::names::ActorNames;
use crate::conversations::summary::{self, Summary};
use crate::records::error::Error;
use crate::records::{contact, cursor, owner};
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};
use domain::contact_key::ContactKey;
use domain::id::RecordId;
use domain::text_cleaning::KEY_FORMAT;
use hubspot_client::ThreadStatus;

const LIMIT_DEFAULT: usize = 8;
const LIMIT_MAX: usize = 50;
/// The window that is looked through unless said, and the longest one.
const DAYS_DEFAULT: u32 = 14;
const DAYS_MAX: u32 = 365;
const MINUTES_MAX: u32 = DAYS_MAX * 24 * 60;
/// The value of `assignee` for those that nobody has.
const NOBODY: &str = "nobody";

/// Find conversations in HubSpot's inbox: whose, where, and who waits for an answer. The latest come first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindConversations {
    /// The customer's contact id or e-mail address, for example `sarah@gmail.com`.
    contact: Option<ContactKey>,
    /// In place of `contact`, a ticket's id, for example `33190415288`.
    ticket_id: Option<RecordId>,
    /// An inbox's name or id, for example `Website chat`.
    #[schemars(length(max = 255))]
    inbox: Option<String>,
    /// Only those that are `open` or `closed`.
    status: Option<Status>,
    /// Who has it: id, e-mail address or name, or `nobody`.
    #[schemars(length(max = 255), extend("format" = KEY_FORMAT))]
    assignee: Option<String>,
    /// Only those whose customer's last words have waited so many minutes for an answer, the longest first; `0` for all.
    unanswered_minutes: Option<u32>,
    /// How many days back to look where no `contact` or `ticket_id` is given, `14` unless said, up to `365`.
    days: Option<u32>,
    /// At most so many, `8` unless said, up to `50`.
    limit: Option<usize>,
    /// The `next_cursor` of the answer before.
    #[schemars(length(max = 500))]
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Open,
    Closed,
}

impl Status {
    pub(super) fn of_thread(self) -> ThreadStatus {
        match self {
            Status::Open => ThreadStatus::Open,
            Status::Closed => ThreadStatus::Closed,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Conversations {
    /// The number of those that fit, on all pages.
    total: usize,
    conversations: Vec<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// All were looked at that the arguments name.
    complete: bool,
    /// Those that were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_looked_at: Option<String>,
}

impl Tool for FindConversations {
    const NAME: &'static str = "find_conversations";
    const TITLE: &'static str = "Find conversations";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["conversations.read"];
    const TOOLSET: Toolset = Toolset::Conversations;
    type Output = Conversations;

    async fn call(self, ctx: &Ctx) -> Result<Conversations, ToolError> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if limit == 0 || limit > LIMIT_MAX {
            return Err(ToolError::input("limit", format!("it must be between 1 and {LIMIT_MAX}")));
        }
        let among = self.among(ctx).await?;
        let fits = self.fits(ctx).await?;
        let question = self.question(&among, &fits);
        let after: Option<ConversationPosition> =
            self.cursor.as_deref().map(|text| cursor::read(&question, text)).transpose()?;
        let found = listing::read(ctx, &among).await?;
        let is_waiting = self.unanswered_minutes.is_some();
        let fitting = found.threads.into_iter().filter(|thread| fits.admits(thread));
        let mut all: Vec<_> = fitting.map(|thread| (listing::position(&thread, is_waiting), thread)).collect();
        all.sort_by_key(|(position, _)| *position);
        let total = all.len();
        all.retain(|(position, _)| after.is_none_or(|after| *position > after));
        let has_more = all.len() > limit;
        all.truncate(limit);
        let next_cursor = all.last().filter(|_| has_more).map(|(position, _)| cursor::write(&question, *position));
        let names = ActorNames::of(ctx, all.iter().flat_map(|(_, thread)| summary::actors(thread))).await;
        let (inboxes, now) = (load::inboxes(ctx).await, ctx.clock.now());
        Ok(Conversations {
            total,
            conversations: all.iter().map(|(_, thread)| Summary::of(thread, &inboxes, &names, now)).collect(),
            next_cursor,
            complete: found.left_out.is_none(),
            not_looked_at: found.left_out,
        })
    }
}

impl FindConversations {
    /// Where to look. Times follow the clock, so that a cursor does not depend on them.
    async fn among(&self, ctx: &Ctx) -> Result<Among, ToolError> {
        match (&self.contact, &self.ticket_id) {
            (Some(_), Some(_)) => Err(ToolError::input("contact", "send either `contact` or `ticket_id`")),
            (Some(key), None) => {
                let statuses = match self.status {
                    Some(status) => vec![status.of_thread()],
                    None => vec![ThreadStatus::Open, ThreadStatus::Closed],
                };
                Ok(Among::Contact(contact::live(ctx, key, &["email"]).await?.record.id, statuses))
            }
            (None, Some(id)) => Ok(Among::Ticket(id.clone())),
            (None, None) => {
                let days = self.days.unwrap_or(DAYS_DEFAULT);
                if days == 0 || days > DAYS_MAX {
                    return Err(ToolError::input("days", format!("it must be between 1 and {DAYS_MAX}")));
                }
                let since = ctx.clock.now() - TimeDelta::days(days.into());
                let inbox = match self.inbox() {
                    Some(asked) => Some(load::inbox(ctx, asked).await?.id),
                    None => None,
                };
                Ok(Among::Since(inbox, since))
            }
        }
    }

    async fn fits(&self, ctx: &Ctx) -> Result<Fits, ToolError> {
        let inbox = match self.inbox() {
            Some(asked) => Some(load::inbox(ctx, asked).await?.id),
            None => None,
        };
        let assignee = match self.assignee.as_deref().map(str::trim).filter(|asked| !asked.is_empty()) {
            None => None,
            Some(asked) if asked.eq_ignore_ascii_case(NOBODY) => Some(Assignee::Nobody),
            Some(asked) => {
                let owner = owner::known(&ctx.hubspot, &owner::key(asked)?).await?;
                Some(Assignee::User(owner.user_id.ok_or(Error::OwnerUnknown { of_user: None })?))
            }
        };
        let waiting = self.unanswered_minutes.map(|minutes| match minutes > MINUTES_MAX {
            true => Err(ToolError::input("unanswered_minutes", format!("it must be at most {MINUTES_MAX}"))),
            false => Ok(ctx.clock.now() - TimeDelta::minutes(minutes.into())),
        });
        let status = self.status.map(Status::of_thread);
        Ok(Fits { inbox, status, assignee, waiting_since: waiting.transpose()? })
    }

    fn inbox(&self) -> Option<&str> {
        self.inbox.as_deref().map(str::trim).filter(|asked| !asked.is_empty())
    }

    /// Everything that selects the list, for its cursor. Times are left out: they move on from page to page.
    fn question(&self, among: &Among, fits: &Fits) -> String {
        let among = match among {
            Among::Contact(id, _) => format!("contact {id}"),
            Among::Ticket(id) => format!("ticket {id}"),
            Among::Since(..) => format!("days {:?}", self.days),
        };
        let Fits { inbox, status, assignee, waiting_since: _ } = fits;
        format!("{among} {inbox:?} {status:?} {assignee:?} {:?}", self.unanswered_minutes)
    }
}
