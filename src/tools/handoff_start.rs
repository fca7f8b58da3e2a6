//! `handoff_start`: brings a conversation to a person.

use chrono::{DateTime, SecondsFormat};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::handoff::start::{self, StartRequest, Started};
use crate::handoff::ticket::TicketTexts;
use crate::handoff::transcript::{self, EarlierMessage};
use crate::handoff::{session::Way, texts};
use crate::hours::calendar::Opening;
use crate::records::{note, ticket};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};
use domain::id::{RecordId, ThreadId};
use domain::language::Language;
use domain::text_cleaning::KEY_FORMAT;

/// The title of a ticket for which the caller sent none.
const TITLE: &str = "A customer asks for a person";

/// Hand a conversation over to a person in HubSpot. Tell the customer `tell_customer`, pass on what they write with
/// `handoff_send`, and read the person's answers with `handoff_events`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandoffStart {
    /// The customer's id, address or phone number, such as `sarah@gmail.com`, or `nobody`; a conversation has its own.
    #[schemars(length(max = 255), extend("format" = KEY_FORMAT))]
    contact: Option<String>,
    /// For example `Broken wheel`.
    #[schemars(length(max = 255))]
    title: Option<String>,
    /// What the person has to know, for example `The DUST-E has lost a wheel.`
    #[schemars(length(max = 20_000))]
    description: Option<String>,
    /// The conversation so far, oldest first, for example `[{"from": "customer", "text": "It beeps."}]`.
    #[serde(default)]
    history: Vec<Turn>,
    /// `true` adds an unknown contact.
    #[serde(default)]
    create_contact: bool,
    /// The name of a new contact, for example `Ada Byron`.
    #[schemars(length(max = 200))]
    name: Option<String>,
    /// Hand over this conversation of the inbox, for example `9000000001`; be silent there afterwards.
    conversation_id: Option<ThreadId>,
    /// That of `tell_customer`: `en`, `da`, `fr`, `it` or `de`.
    #[schemars(length(max = 10))]
    language: Option<String>,
}

/// A message of the conversation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Turn {
    /// Such as `customer` or `assistant`.
    #[schemars(length(max = 60))]
    from: String,
    #[schemars(length(max = 20_000))]
    text: String,
    /// When.
    #[schemars(length(max = 60))]
    at: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Answer {
    /// For the other tools of the hand-off.
    session: String,
    people_answer_now: bool,
    /// The time at which the opening hours begin next, or end if they are open (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// What to tell the customer now.
    tell_customer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<String>,
    /// Its page in HubSpot, for colleagues.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The same call has begun it before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already: bool,
    /// HubSpot's answer was lost and the ticket was found to exist: it was opened once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
}

impl Tool for HandoffStart {
    const NAME: &'static str = "handoff_start";
    const TITLE: &'static str = "Hand over to a person";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    const TOOLSET: Toolset = Toolset::Handoff;
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::claimed(
        Subject::Contact("contact"),
        &["title", "description", "history", "language"],
        &[],
        &["session", "people_answer_now", "until", "tell_customer", "already"],
    );
    type Output = Answer;

    async fn call(self, ctx: &Ctx) -> Result<Answer, ToolError> {
        let wanted = self.wanted()?;
        let language = wanted.language;
        let started = start::start(ctx, wanted).await?;
        let now = ctx.clock.now();
        let opening = ctx.hours.answering(now);
        let tell_customer = texts::passed_on(&opening, !ctx.hours.are_unset(), now, language);
        Ok(answer(started, &opening, tell_customer))
    }
}

fn answer(started: Started, opening: &Opening, tell_customer: String) -> Answer {
    let Started { session, contact, url, already, recovered } = started;
    let (people_answer_now, until) = match opening {
        Opening::Open { until } => (true, until),
        Opening::Closed { opens_at, .. } => (false, opens_at),
    };
    let place = Some(session.row.place.clone());
    let is_ticket = session.way() == Way::Ticket;
    Answer {
        session: session.row.id.clone(),
        people_answer_now,
        until: until.as_ref().map(|at| DateTime::to_rfc3339_opts(at, SecondsFormat::Secs, true)),
        tell_customer,
        contact_id: contact,
        ticket_id: place.clone().filter(|_| is_ticket),
        conversation_id: place.filter(|_| !is_ticket),
        url,
        already,
        recovered,
    }
}

impl HandoffStart {
    fn wanted(self) -> Result<StartRequest, ToolError> {
        let title = match ticket::subject(self.title.as_deref().unwrap_or_default())? {
            given if given.is_empty() => TITLE.to_owned(),
            given => given,
        };
        if self.contact.is_none() && self.conversation_id.is_none() {
            return Err(ToolError::input("contact", "say who the customer is"));
        }
        let description = self.description.unwrap_or_default();
        // As a text of a ticket: its limit is checked before anything is written.
        note::checked("description", Some(&description))?;
        let said = |turn: Turn| EarlierMessage { from: turn.from, at: turn.at, text: turn.text };
        let history: Vec<_> = self.history.into_iter().map(said).collect();
        Ok(StartRequest {
            contact: self.contact,
            create: self.create_contact,
            name: self.name,
            conversation: self.conversation_id,
            words: TicketTexts { title, description, transcript: transcript::of(&history) },
            language: language(self.language.as_deref())?,
        })
    }
}

/// The language with this code; English unless one is named.
fn language(code: Option<&str>) -> Result<Language, ToolError> {
    let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else { return Ok(Language::default()) };
    let short = code.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let known = Language::ALL.into_iter().find(|language| language.code() == short);
    known.ok_or_else(|| ToolError::input("language", "it is one of `en`, `da`, `fr`, `it` and `de`"))
}
