//! `handoff_events`: what the person wrote and did.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conversations::files::SCOPE as FILES;
use crate::conversations::message_view::AttachmentView;
use crate::handoff::events::{self, EventView, WAIT_MAX};
use crate::handoff::session::HandoffSession;
use crate::handoff::state::{EndedBy, Phase, SessionEventKind};
use crate::handoff::texts;
use crate::tool::customer_use::CustomerUse;
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};

/// Read what happened in a hand-off, in order: the person's messages, who took it, its end. With `wait_seconds` it waits for
/// the next event. Give `colleague_text` to the customer word for word.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandoffEvents {
    /// From `handoff_start`, for example `0f3c…`.
    #[schemars(length(max = 100))]
    session: String,
    /// Only events after this `number`, for example `3`.
    #[serde(default)]
    after: u32,
    /// How long to wait if there is none, up to `25`.
    wait_seconds: Option<u64>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Happened {
    /// `waiting`, `with_person` or `ended`.
    state: &'static str,
    /// The name of the person who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// Oldest first.
    events: Vec<HandoffEvent>,
    /// The `after` of the next call.
    next: u32,
    /// What to tell the customer now, beside what the person wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    tell_customer: Option<String>,
    /// Scopes that HubSpot's token lacks: without `files` the names of files are unknown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_scopes: Vec<&'static str>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct HandoffEvent {
    number: u32,
    /// `message`, `taken`, `reassigned`, `closed` or `not_taken`.
    event: String,
    at: String,
    /// The name of the person who wrote it, or has it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// The person's words, for the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    colleague_text: Option<String>,
    /// The text is longer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<AttachmentView>,
    /// Who ended it: `person`, `caller`, `expiry` or `deletion`.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
}

impl Tool for HandoffEvents {
    const NAME: &'static str = "handoff_events";
    const TITLE: &'static str = "Read a hand-off";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    const OPTIONAL_SCOPES: &'static [&'static str] = &[FILES];
    const TOOLSET: Toolset = Toolset::Handoff;
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::anybody(
        &["session", "after", "wait_seconds"],
        &["state", "person", "events", "next", "tell_customer"],
    );
    type Output = Happened;

    async fn call(self, ctx: &Ctx) -> Result<Happened, ToolError> {
        let wait = Duration::from_secs(self.wait_seconds.unwrap_or_default());
        if wait > WAIT_MAX {
            return Err(ToolError::input("wait_seconds", format!("it must be at most {}", WAIT_MAX.as_secs())));
        }
        let (session, events) = events::after(ctx, &self.session, i64::from(self.after), wait).await?;
        Ok(Happened::of(ctx, &session, events, self.after).await)
    }
}

impl Happened {
    /// The answer about a session and these of its events.
    async fn of(ctx: &Ctx, session: &HandoffSession, events: Vec<EventView>, after: u32) -> Happened {
        let next = events.last().map_or(after, |last| number(last.number));
        let tell_customer = tell_customer(ctx, session, &events);
        let by = session.state.ended_by.map(ended_by);
        let lacks_files = events.iter().any(|event| event.lacks_files_scope);
        Happened {
            state: state_name(session.state.phase),
            person: events::person(ctx, session).await,
            events: events.into_iter().map(|event| HandoffEvent::of(event, by)).collect(),
            next,
            tell_customer,
            missing_scopes: lacks_files.then_some(FILES).into_iter().collect(),
        }
    }
}

/// What the customer is told of the newest of these events.
fn tell_customer(ctx: &Ctx, session: &HandoffSession, events: &[EventView]) -> Option<String> {
    let (now, language) = (ctx.clock.now(), session.state.language);
    let is = |event: &EventView, kind: SessionEventKind| event.kind == kind.name();
    let newest = events
        .iter()
        .rev()
        .find(|event| is(event, SessionEventKind::NotTaken) || is(event, SessionEventKind::Closed))?;
    let by_caller = session.state.ended_by == Some(EndedBy::Caller);
    match is(newest, SessionEventKind::Closed) {
        true => (!by_caller).then(|| texts::ended(language).to_owned()),
        false => {
            (session.state.phase == Phase::Waiting).then(|| texts::not_taken(&ctx.hours.answering(now), now, language))
        }
    }
}

impl HandoffEvent {
    fn of(event: EventView, ended_by: Option<&'static str>) -> HandoffEvent {
        let at = DateTime::<Utc>::from_timestamp_millis(event.at_ms).unwrap_or_default();
        HandoffEvent {
            number: number(event.number),
            by: ended_by.filter(|_| event.kind == SessionEventKind::Closed.name()),
            event: event.kind,
            at: at.to_rfc3339_opts(SecondsFormat::Secs, true),
            person: event.person,
            colleague_text: event.text,
            truncated: event.truncated,
            files: event.files,
        }
    }
}

fn number(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn state_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Starting | Phase::Waiting => "waiting",
        Phase::Taken => "with_person",
        Phase::Ended => "ended",
    }
}

fn ended_by(by: EndedBy) -> &'static str {
    match by {
        EndedBy::Person => "person",
        EndedBy::Caller => "caller",
        EndedBy::Expiry => "expiry",
        EndedBy::Deletion => "deletion",
    }
}
