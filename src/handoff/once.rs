//! Notes on a ticket that are written once: noted before, looked up if nobody knows what became of them.

use chrono::TimeDelta;

use super::error::Error;
use crate::records::{newest, note};
use crate::store::outbox::{Begun, NewReply, Reply, ReplyEnd, ReplyKind, ReplyState};
use crate::tool::{Ctx, digest};
use domain::id::RecordId;
use hubspot_client::{self, DRY_RUN_ID, Object, Write};

/// The time after which a note whose end nobody knows does not arrive any more.
const LATE_MAX: TimeDelta = TimeDelta::minutes(2);
/// Equal words within this time are one message, unless the caller numbers its messages.
pub const EQUAL_WITHIN_MS: i64 = 30_000;
/// The most notes of a ticket, the newest, among which a lost one is looked for.
const LOOKED_AT_MAX: usize = 50;
const BODY: &str = "hs_note_body";

/// A note for a person.
#[derive(Clone, Debug)]
pub struct Note {
    /// The session.
    pub session: String,
    /// The contact.
    pub contact: String,
    /// The ticket.
    pub ticket: RecordId,
    /// The caller's number of the message; without one equal words tell a repeat.
    pub number: Option<String>,
    /// The text in HTML.
    pub body: String,
    /// The ids of its files.
    pub file_ids: Vec<String>,
}

/// A note that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenNote {
    /// HubSpot's id.
    pub id: String,
    /// An earlier call had written it.
    pub already: bool,
    /// HubSpot's answer was lost, and it was found to be there.
    pub recovered: bool,
}

/// The name under which a session's notes are kept apart from messages of conversations.
pub fn outbox_of(session: &str) -> String {
    format!("handoff/{session}")
}

/// Looks for a note that an earlier equal call has written. An error while it may still arrive.
pub async fn earlier(ctx: &Ctx, note: &Note) -> Result<Option<WrittenNote>, Error> {
    if ctx.hubspot.is_dry_run() {
        return Ok(None);
    }
    let now_ms = ctx.clock.now().timestamp_millis();
    let replies = ctx.store.replies(&outbox_of(&note.session)).await?;
    let same = replies.iter().filter(|reply| is_same(note, reply, now_ms));
    match same.max_by_key(|reply| reply.begun_ms) {
        Some(reply) => end_of(ctx, note, reply).await,
        None => Ok(None),
    }
}

/// Writes the note.
pub async fn write(ctx: &Ctx, note: Note) -> Result<WrittenNote, Error> {
    if ctx.hubspot.is_dry_run() {
        note::with_files(ctx, &note.ticket, note.body, note.file_ids).await?;
        return Ok(WrittenNote { id: DRY_RUN_ID.to_owned(), already: false, recovered: false });
    }
    let key = key(ctx, &note).await?;
    let reply = NewReply {
        key: key.clone(),
        thread: outbox_of(&note.session),
        contact: note.contact.clone(),
        fence: None,
        kind: ReplyKind::Comment,
        digest: digest_of(&note.body),
    };
    if let Begun::Before(reply) = ctx.store.begin_reply(reply).await? {
        // Another call writes the same at this moment.
        return end_of(ctx, &note, &reply).await?.ok_or_else(unclear);
    }
    let written = note::with_files(ctx, &note.ticket, note.body.clone(), note.file_ids.clone()).await;
    let end = match &written {
        Ok(created) => ReplyEnd::Sent { message: created.value.to_string() },
        Err(crate::records::error::Error::HubSpot(hubspot_client::Error::OutcomeUnknown { .. })) => ReplyEnd::Unclear,
        Err(_) => ReplyEnd::NotSent,
    };
    if let Err(error) = ctx.store.end_reply(&key, end).await {
        tracing::warn!(%error, "The end of a note could not be noted: it counts as unclear.");
    }
    let written = written?;
    Ok(WrittenNote { id: written.value.to_string(), already: false, recovered: written.recovered })
}

/// The key of a note: by its number, or by its words and how often they came before.
async fn key(ctx: &Ctx, note: &Note) -> Result<String, Error> {
    let outbox = outbox_of(&note.session);
    if let Some(number) = &note.number {
        return Ok(format!("{outbox}/number/{}", digest::short(number)));
    }
    let digest = digest_of(&note.body);
    let before = ctx.store.replies(&outbox).await?.iter().filter(|reply| reply.digest == digest).count();
    Ok(format!("{outbox}/words/{}/{before}", &digest[..16]))
}

/// True for the reply of an equal call. Pure.
fn is_same(note: &Note, reply: &Reply, now_ms: i64) -> bool {
    match &note.number {
        Some(number) => reply.key.ends_with(&format!("/number/{}", digest::short(number))),
        None => {
            let is_open = matches!(reply.state, ReplyState::New | ReplyState::Unclear);
            let is_young = now_ms - reply.begun_ms < EQUAL_WITHIN_MS;
            reply.digest == digest_of(&note.body) && (is_open || is_young)
        }
    }
}

/// The note of a reply that was begun; `None` if it surely does not arrive any more.
async fn end_of(ctx: &Ctx, note: &Note, reply: &Reply) -> Result<Option<WrittenNote>, Error> {
    if let Some(id) = &reply.message {
        return Ok(Some(WrittenNote { id: id.clone(), already: true, recovered: false }));
    }
    if let Some(id) = find(ctx, note).await? {
        ctx.store.end_reply(&reply.key, ReplyEnd::Sent { message: id.clone() }).await?;
        return Ok(Some(WrittenNote { id, already: true, recovered: false }));
    }
    let now_ms = ctx.clock.now().timestamp_millis();
    if now_ms - reply.begun_ms < LATE_MAX.num_milliseconds() {
        return Err(unclear());
    }
    ctx.store.end_reply(&reply.key, ReplyEnd::NotSent).await?;
    Ok(None)
}

/// The note on the ticket with the same words that no other reply has.
async fn find(ctx: &Ctx, note: &Note) -> Result<Option<String>, Error> {
    let ours = ctx.store.own_message_ids(&outbox_of(&note.session)).await?;
    let on = (Object::Tickets, &note.ticket);
    let notes = newest::of(ctx, on, Object::Notes, &[BODY], LOOKED_AT_MAX).await?.records;
    let digest = digest_of(&note.body);
    let found = notes.iter().find(|record| {
        let is_ours = ours.iter().any(|id| id == record.id.as_str());
        !is_ours && digest_of(record.get(BODY).unwrap_or_default()) == digest
    });
    Ok(found.map(|record| record.id.to_string()))
}

/// HubSpot may store markup in another form, so the words count.
fn digest_of(body: &str) -> String {
    let plain = note::plain(body);
    digest::of(&plain.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn unclear() -> Error {
    hubspot_client::Error::OutcomeUnknown { write: Write::Note, refusal: None }.into()
}
