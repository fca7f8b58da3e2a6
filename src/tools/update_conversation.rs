//! `update_conversation`: assigns, closes or reopens a conversation.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::find_conversations::Status;
use crate::conversations::error::Error as ConversationError;
use crate::conversations::names::ActorNames;
use crate::conversations::summary::{self, status_name};
use crate::conversations::{agreement, load, resource};
use crate::records::diff::Change;
use crate::records::error::Error;
use crate::records::owner;
use crate::tool::question::{ElicitationRequest, quoted};
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};
use domain::code::Code;
use domain::id::{ThreadId, UserId};
use domain::text_cleaning::KEY_FORMAT;
use hubspot_client::{ActorId, Thread, ThreadStatus};

const STATUS: &str = "status";
const ASSIGNEE: &str = "assignee";
/// The value of `assignee` that leaves the conversation to whoever takes it.
const NOBODY: &str = "nobody";

/// Assign a conversation, close or reopen it. Answers what was before and is after.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateConversation {
    /// The id from `find_conversations`, for example `9000000001`.
    conversation_id: ThreadId,
    /// Who is to have it: id, e-mail address or name, for example `veronica@acme.com`, or `nobody`.
    #[schemars(length(max = 255), extend("format" = KEY_FORMAT))]
    assignee: Option<String>,
    /// `closed`, or `open` again.
    status: Option<Status>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Updated {
    conversation_id: ThreadId,
    /// By argument, with names; empty when everything was so already.
    changes: BTreeMap<&'static str, Change>,
    /// Why one of two changes was not made, although the other was.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

impl Tool for UpdateConversation {
    const NAME: &'static str = "update_conversation";
    const TITLE: &'static str = "Assign or close a conversation";
    const EFFECT: Effect = Effect::Update;
    const SCOPES: &'static [&'static str] = &["conversations.read", "conversations.write"];
    const TOOLSET: Toolset = Toolset::Conversations;
    type Output = Updated;

    async fn call(self, ctx: &Ctx) -> Result<Updated, ToolError> {
        if self.assignee.is_none() && self.status.is_none() {
            let hint = "send `assignee`, `status` or both beside `conversation_id`";
            return Err(ToolError::new(Code::InvalidInput, "there is nothing to change", hint));
        }
        let thread = load::thread(ctx, &self.conversation_id).await?;
        let wanted = self.wanted(ctx, &thread).await?;
        let mut changes = wanted.changes(ctx, &thread).await;
        agreed(ctx, &thread, &wanted, &changes).await?;
        let mut done = vec![];
        let sent = wanted.send(ctx, &thread.id, &mut done).await;
        changes.retain(|name, _| done.contains(name));
        if !done.is_empty() {
            resource::announce(&ctx.changes, &thread.id);
        }
        match sent {
            Err(error) if done.is_empty() => Err(refused(error, &thread.id).into()),
            sent => {
                let warning = sent.err().map(|error| not_done(refused(error, &thread.id)));
                Ok(Updated { conversation_id: thread.id, changes, warning })
            }
        }
    }
}

fn refused(error: hubspot_client::Error, id: &ThreadId) -> ConversationError {
    match error {
        hubspot_client::Error::NotFound => ConversationError::Unknown(id.clone()),
        error => error.into(),
    }
}

/// The failure of the second change, where the first was made.
fn not_done(error: ConversationError) -> String {
    let error = ToolError::from(error);
    format!("the other change was not made: {}: {}", error.code, error.message)
}

/// The parts that differ from the conversation as it is.
struct ConversationChanges {
    status: Option<ThreadStatus>,
    /// `Some(None)` takes it from whoever has it.
    assignee: Option<Option<UserId>>,
}

impl UpdateConversation {
    async fn wanted(&self, ctx: &Ctx, thread: &Thread) -> Result<ConversationChanges, ToolError> {
        let status = self.status.map(Status::of_thread).filter(|status| *status != thread.status);
        let assignee = match self.assignee.as_deref().map(str::trim) {
            None => None,
            Some(asked) if asked.eq_ignore_ascii_case(NOBODY) => Some(None),
            Some(asked) => Some(Some(user(ctx, asked).await?)),
        };
        let assigned = thread.assigned_to.as_ref();
        let is_so = |to: &Option<UserId>| match to {
            Some(user) => assigned == Some(&ActorId::agent(user)),
            None => assigned.is_none(),
        };
        Ok(ConversationChanges { status, assignee: assignee.filter(|to| !is_so(to)) })
    }
}

/// The user behind an owner who has not left.
async fn user(ctx: &Ctx, asked: &str) -> Result<UserId, ToolError> {
    let id = owner::find(ctx, asked).await?;
    let owner = ctx.hubspot.owners().by_id(&id).await?;
    Ok(owner.and_then(|owner| owner.user_id).ok_or(Error::OwnerUnknown { of_user: None })?)
}

impl ConversationChanges {
    /// Sends what differs, and names in `done` what HubSpot has taken.
    async fn send(&self, ctx: &Ctx, id: &ThreadId, done: &mut Vec<&'static str>) -> Result<(), hubspot_client::Error> {
        let conversations = ctx.hubspot.conversations();
        // Opened first: HubSpot may take an assignment of an open conversation only.
        if self.status == Some(ThreadStatus::Open) {
            conversations.set_status(id, ThreadStatus::Open).await?;
            done.push(STATUS);
        }
        if let Some(to) = &self.assignee {
            conversations.assign(id, to.as_ref()).await?;
            done.push(ASSIGNEE);
        }
        if self.status == Some(ThreadStatus::Closed) {
            conversations.set_status(id, ThreadStatus::Closed).await?;
            done.push(STATUS);
        }
        Ok(())
    }

    async fn changes(&self, ctx: &Ctx, thread: &Thread) -> BTreeMap<&'static str, Change> {
        let mut changes = BTreeMap::new();
        if let Some(status) = self.status {
            changes.insert(STATUS, Change::of(status_name(thread.status), status_name(status)));
        }
        if let Some(to) = &self.assignee {
            let after = to.as_ref().map(ActorId::agent);
            let names = ActorNames::of(ctx, summary::actors(thread).chain(after.clone())).await;
            let named = |id: Option<&ActorId>| match id {
                Some(id) => names.name(id).unwrap_or_else(|| id.as_str().to_owned()),
                None => NOBODY.to_owned(),
            };
            changes.insert(ASSIGNEE, Change::of(&named(thread.assigned_to.as_ref()), &named(after.as_ref())));
        }
        changes
    }
}

/// Returns when no agreement is needed or the person has agreed to these changes of the conversation as it is.
async fn agreed(
    ctx: &Ctx,
    thread: &Thread,
    wanted: &ConversationChanges,
    changes: &BTreeMap<&'static str, Change>,
) -> Result<(), ToolError> {
    if !ctx.call.policy.confirm_writes || changes.is_empty() {
        return Ok(());
    }
    let line = |(name, change): (&&str, &Change)| {
        let text = |value: &Option<String>| quoted(value.as_deref().unwrap_or_default());
        format!("\n- {name}: {} becomes {}", text(&change.before), text(&change.after))
    };
    let lines: String = changes.iter().map(line).collect();
    let names = ActorNames::of(ctx, summary::actors(thread)).await;
    let customer = summary::actors(thread).find_map(|id| (id.user().is_none()).then(|| names.name(&id))?);
    let with = customer.map(|name| format!(" with {}", quoted(&name))).unwrap_or_default();
    let message = format!("Change the conversation{with} ({}) in HubSpot?{lines}", thread.id);
    let otherwise = "nothing was changed; tell the person which change waits for their agreement";
    let assignee = wanted.assignee.as_ref().map(|to| to.as_ref().map(ToString::to_string));
    let whole = json!([agreement::state(thread), changes, wanted.status.map(ThreadStatus::name), assignee]);
    let question = ElicitationRequest::new("change", message, otherwise).about(&whole).readable()?;
    ctx.ask(question).await?.accepted("the change")?;
    Ok(())
}
