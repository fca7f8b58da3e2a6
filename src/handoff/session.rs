//! A session with its state: begun, loaded for its caller, and moved on by what happened.

use std::collections::BTreeSet;
use std::time::Duration;

use super::deadline;
use super::error::Error;
use super::event_time;
use super::resource;
use super::state::{Happening, SessionEvent, SessionState};
use crate::store::handoffs::{Advance, EVENTS_OF_SESSION_MAX, HandoffBegun, HandoffRow, NewEvent, NewHandoff};
use crate::tool::{Ctx, digest};
use domain::unix_ms::millis;
use hubspot_client::DRY_RUN_ID;

/// A session ends if nothing happens in it for so long: a weekend and a holiday are shorter.
pub const LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// An ended session can be read for so long.
pub const READABLE: Duration = Duration::from_secs(24 * 60 * 60);
/// Tries to store a step while others store theirs.
const TRIES_MAX: usize = 8;

/// The place where people meet a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A ticket.
    Ticket,
    /// A conversation of HubSpot's inbox.
    Conversation,
    /// A thread of a custom channel.
    Channel,
}

/// A session.
#[derive(Clone, Debug, PartialEq)]
pub struct HandoffSession {
    /// As it is stored.
    pub row: HandoffRow,
    /// Where it stands.
    pub state: SessionState,
}

/// The begin of a session.
#[derive(Debug)]
pub enum SessionBegin {
    /// It is new.
    New(HandoffSession),
    /// An equal call has begun it.
    Before(HandoffSession),
}

impl Way {
    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Way::Ticket => "ticket",
            Way::Conversation => "conversation",
            Way::Channel => "channel",
        }
    }
}

impl HandoffSession {
    fn of(row: HandoffRow) -> HandoffSession {
        // A state that cannot be read was written by another version: it counts as one that begins.
        let state = serde_json::from_str(&row.state).unwrap_or_default();
        HandoffSession { row, state }
    }

    /// The way by which it reaches people.
    pub fn way(&self) -> Way {
        match self.row.way.as_str() {
            "ticket" => Way::Ticket,
            "channel" => Way::Channel,
            _ => Way::Conversation,
        }
    }

    /// The session as a dry run pretends that it was begun.
    pub fn pretended(way: Way, contact: &str) -> HandoffSession {
        HandoffSession::of(HandoffRow::pretended(DRY_RUN_ID, way.name(), contact))
    }

    /// Words by which colleagues know it, without its id: whoever has that could read it.
    pub fn reference(&self) -> String {
        digest::short(&self.row.id)
    }

    /// True for one that a dry run pretends.
    pub fn is_pretended(&self) -> bool {
        self.row.id == DRY_RUN_ID
    }
}

/// Begins a session of the caller. `digest` is the same for the same call.
pub async fn begin(
    ctx: &Ctx,
    way: Way,
    contact: &str,
    digest: String,
    state: &SessionState,
) -> Result<SessionBegin, Error> {
    let now_ms = now_ms(ctx);
    let new = NewHandoff {
        caller: ctx.call.caller.id.0.to_string(),
        digest,
        way: way.name(),
        contact: contact.to_owned(),
        state: written(state)?,
        now_ms,
        expires_ms: now_ms + millis(LIFE),
    };
    match ctx.store.begin_handoff(new).await? {
        HandoffBegun::New(row) => Ok(SessionBegin::New(HandoffSession::of(row))),
        HandoffBegun::Before(row) => Ok(SessionBegin::Before(HandoffSession::of(row))),
        HandoffBegun::TooMany => Err(Error::TooMany),
    }
}

/// The caller's session with this id.
pub async fn load(ctx: &Ctx, id: &str) -> Result<HandoffSession, Error> {
    let id = id.trim();
    if ctx.hubspot.is_dry_run() && id == DRY_RUN_ID {
        return Ok(HandoffSession::pretended(Way::Ticket, DRY_RUN_ID));
    }
    let row = ctx.store.handoff(id, &ctx.call.caller.id.0, now_ms(ctx)).await?;
    row.map(HandoffSession::of).ok_or(Error::Unknown)
}

/// The session as it is now; `None` if it is no longer there.
pub async fn again(ctx: &Ctx, id: &str) -> Result<Option<HandoffSession>, Error> {
    Ok(ctx.store.any_handoff(id).await?.map(HandoffSession::of))
}

/// The sessions that have not ended.
pub async fn open(ctx: &Ctx) -> Result<Vec<HandoffSession>, Error> {
    Ok(ctx.store.open_handoffs().await?.into_iter().map(HandoffSession::of).collect())
}

/// The sessions by this way that have ended, and of which HubSpot may still have to be told something.
pub async fn unsettled(ctx: &Ctx, way: Way) -> Result<Vec<HandoffSession>, Error> {
    Ok(ctx.store.unsettled_handoffs(way.name()).await?.into_iter().map(HandoffSession::of).collect())
}

/// The newest session in this conversation of HubSpot's.
pub async fn at_thread(ctx: &Ctx, thread: &str) -> Result<Option<HandoffSession>, Error> {
    let ways = [Way::Conversation.name(), Way::Channel.name()];
    Ok(ctx.store.handoff_at(ways, thread).await?.map(HandoffSession::of))
}

/// Moves a session on, and tells whoever watches it. What was seen before brings nothing.
pub async fn apply(ctx: &Ctx, mut session: HandoffSession, happenings: &[Happening]) -> Result<HandoffSession, Error> {
    apply_with(ctx, &mut session, happenings, |_| {}).await?;
    Ok(session)
}

/// Takes a step, and changes what is known beside the steps.
pub async fn apply_with(
    ctx: &Ctx,
    session: &mut HandoffSession,
    happenings: &[Happening],
    change: impl Fn(&mut HandoffSession),
) -> Result<(), Error> {
    for _ in 0..TRIES_MAX {
        let known = known_messages(ctx, session, happenings).await?;
        let (next, events) = stepped(session.clone(), happenings, &known, now_ms(ctx), &change);
        if events.is_empty() && next == *session {
            return Ok(());
        }
        let step = step(ctx, &next, &events)?;
        let told = !events.is_empty();
        if let Some(row) = ctx.store.advance_handoff(session.row.clone(), step).await? {
            *session = HandoffSession { row, state: next.state };
            if told {
                resource::tell(&ctx.changes, &session.row.id);
            }
            return Ok(());
        }
        let row = ctx.store.any_handoff(&session.row.id).await?.ok_or(Error::Unknown)?;
        *session = HandoffSession::of(row);
    }
    Err(Error::Overtaken)
}

/// The messages that are events already.
async fn known_messages(
    ctx: &Ctx,
    session: &HandoffSession,
    happenings: &[Happening],
) -> Result<BTreeSet<String>, Error> {
    let writes = happenings.iter().any(|happening| matches!(happening, Happening::Wrote { .. }));
    if !writes || session.row.newest == 0 {
        return Ok(BTreeSet::new());
    }
    let rows = ctx.store.handoff_events(&session.row.id, 0, EVENTS_OF_SESSION_MAX).await?;
    Ok(rows.into_iter().map(|row| row.message).filter(|message| !message.is_empty()).collect())
}

/// All steps at once: pure.
fn stepped(
    mut session: HandoffSession,
    happenings: &[Happening],
    known: &BTreeSet<String>,
    now_ms: i64,
    change: &impl Fn(&mut HandoffSession),
) -> (HandoffSession, Vec<SessionEvent>) {
    let mut events = vec![];
    for happening in happenings {
        if matches!(happening, Happening::Wrote { message, .. } if known.contains(message)) {
            continue;
        }
        let (state, more) = session.state.after(happening, now_ms);
        session.state = state;
        events.extend(more);
    }
    change(&mut session);
    session.state.newest_ms = event_time::in_order(&mut events, session.state.newest_ms);
    (session, events)
}

fn step(ctx: &Ctx, next: &HandoffSession, events: &[SessionEvent]) -> Result<Advance, Error> {
    let now_ms = now_ms(ctx);
    let life = if next.state.has_ended() { READABLE } else { LIFE };
    let events = events.iter().map(|event| NewEvent {
        key: event.key.clone(),
        kind: event.kind.name(),
        message: event.message.clone().unwrap_or_default(),
        person: event.person.clone().unwrap_or_default(),
        at_ms: event.at_ms,
    });
    Ok(Advance {
        place: next.row.place.clone(),
        state: written(&next.state)?,
        ended: next.state.has_ended(),
        // The end of one that has ended stays where it is, whoever reads it.
        expires_ms: if next.row.ended { next.row.expires_ms } else { now_ms + millis(life) },
        events: events.collect(),
    })
}

/// The next time by which somebody should have taken a session.
pub fn deadline_ms(ctx: &Ctx) -> i64 {
    deadline::of(&ctx.hours, ctx.clock.now(), ctx.call.policy.handoff.minutes).timestamp_millis()
}

fn written(state: &SessionState) -> Result<String, Error> {
    serde_json::to_string(state).map_err(|error| Error::Unwritable(error.to_string()))
}

/// The present, in unix milliseconds.
pub fn now_ms(ctx: &Ctx) -> i64 {
    ctx.clock.now().timestamp_millis()
}
