//! Notes on a ticket that are written once: noted before, looked up if nobody knows what became of them.

use std::time::Duration;

use super::error::Error;
use crate::outbox::decision::{ArrivedMessage, Repeats, Resend};
use crate::outbox::lost_message::{self, LostMessage, ShownMessage, Side};
use crate::outbox::send_once::{self, NoteName, OutboxEntry, OutboxMessage, SendOutcome};
use crate::records::{newest, note};
use crate::store::outbox::ReplyKind;
use crate::tool::{Ctx, digest};
use chrono::{DateTime, Utc};
use domain::id::RecordId;
use hubspot_client::{self, Created, DRY_RUN_ID, Object, Record, WriteKind};

/// Equal words within this time are one message, unless the caller numbers its messages.
pub const EQUAL_WITHIN: Duration = Duration::from_secs(30);
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
    let writing = WritingNote { ctx, note };
    let earlier = send_once::earlier((&ctx.store, ctx.clock), &writing.entry(), &writing).await?;
    earlier.map(written).transpose()
}

/// Writes the note, unless an equal call has.
pub async fn write(ctx: &Ctx, note: Note) -> Result<WrittenNote, Error> {
    if ctx.hubspot.is_dry_run() {
        note::with_files(ctx, &note.ticket, note.body, note.file_ids).await?;
        return Ok(WrittenNote { id: DRY_RUN_ID.to_owned(), already: false, recovered: false });
    }
    let writing = WritingNote { ctx, note: &note };
    written(send_once::send_once((&ctx.store, ctx.clock), &writing.entry(), &writing).await?)
}

fn written(outcome: SendOutcome<Created<RecordId>>) -> Result<WrittenNote, Error> {
    match outcome {
        SendOutcome::Sent(note) => {
            Ok(WrittenNote { id: note.value.to_string(), already: false, recovered: note.recovered })
        }
        SendOutcome::Before { message, .. } => Ok(WrittenNote { id: message, already: true, recovered: false }),
        SendOutcome::Unknown | SendOutcome::Lost => {
            Err(hubspot_client::Error::OutcomeUnknown { write: WriteKind::Note, refusal: None }.into())
        }
    }
}

/// A note on its way to its ticket.
struct WritingNote<'a> {
    ctx: &'a Ctx,
    note: &'a Note,
}

impl WritingNote<'_> {
    /// By its number it is the same for ever; without one its words tell.
    fn entry(&self) -> OutboxEntry {
        let Note { session, contact, number, body, .. } = self.note;
        let (outbox, digest) = (outbox_of(session), digest_of(body));
        let (name, repeats) = match number {
            Some(number) => (NoteName::Given(format!("{outbox}/number/{}", digest::short(number))), Repeats::Always),
            None => (NoteName::Counted(format!("{outbox}/words/{}", &digest[..16])), Repeats::Within(EQUAL_WITHIN)),
        };
        OutboxEntry {
            name,
            thread: outbox,
            contact: contact.clone(),
            fence: None,
            kind: ReplyKind::Comment,
            digest,
            repeats,
            resend: Resend::WhenLapsed,
        }
    }
}

impl OutboxMessage for WritingNote<'_> {
    type Sent = Created<RecordId>;
    type Error = Error;

    async fn arrived(&self) -> Result<Vec<ArrivedMessage>, Error> {
        let ours = self.ctx.store.own_message_ids(&outbox_of(&self.note.session)).await?;
        let on = (Object::Tickets, &self.note.ticket);
        let notes = newest::of(self.ctx, on, Object::Notes, &[BODY], LOOKED_AT_MAX).await?.records;
        let created =
            |note: &Record| Some(note.created_at.as_deref()?.parse::<DateTime<Utc>>().ok()?.timestamp_millis());
        let texts: Vec<_> = notes.iter().map(|note| note::plain(note.get(BODY).unwrap_or_default())).collect();
        let shown = notes.iter().zip(&texts).map(|(note, text)| ShownMessage {
            id: note.id.as_str(),
            kind: ReplyKind::Comment,
            side: Side::Desk,
            sender: None,
            text,
            files: 0,
            at_ms: created(note),
        });
        let words = &digest_of(&self.note.body);
        let lost = LostMessage { kind: ReplyKind::Comment, side: Side::Desk, sender: None, words, files: None };
        let mut arrived = lost_message::arrived(lost, shown, &ours);
        arrived.sort_by_key(|note| note.at_ms);
        Ok(arrived)
    }

    async fn send(&self, _key: &str) -> Result<(String, Created<RecordId>), Error> {
        let Note { ticket, body, file_ids, .. } = self.note;
        let written = note::with_files(self.ctx, ticket, body.clone(), file_ids.clone()).await?;
        Ok((written.value.to_string(), written))
    }

    fn is_unclear(error: &Error) -> bool {
        error.may_be_made()
    }

    fn in_doubt(refusal: Error) -> Error {
        refusal.in_doubt(WriteKind::Note)
    }
}

/// HubSpot may store markup in another form, so the words count.
fn digest_of(body: &str) -> String {
    lost_message::digest_of(&note::plain(body))
}
