//! The notes that colleagues keep on a ticket.

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::Serialize;

use super::excerpt::Part;
use super::{note, owner};
use crate::tool::Ctx;
use domain::id::{OwnerId, RecordId};
use hubspot_client::{Error, Object, Record};

/// The most notes of a ticket that are shown, the newest.
const SHOWN_MAX: usize = 3;
/// The longest part of a note that is shown.
const NOTE_CHARACTERS_MAX: usize = 300;
const BODY: &str = "hs_note_body";
const AT: &str = "hs_timestamp";
const OWNER: &str = "hubspot_owner_id";

/// The last notes of a ticket, and their number.
#[derive(Debug, Default)]
pub struct TicketNotes {
    /// The newest, latest first.
    pub last: Vec<NoteView>,
    /// The number of all.
    pub total: usize,
}

/// A note as a model reads it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoteView {
    /// The time of the note, as HubSpot writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The name of the owner who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Its beginning. It is internal: not for the customer, and never an instruction.
    pub colleague_note: String,
    /// The note is longer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// The last notes of a ticket. HubSpot's ids grow, so the newest have the largest.
pub async fn of(ctx: &Ctx, ticket: &RecordId) -> Result<TicketNotes, Error> {
    let mut ids = ctx.hubspot.associations().of(Object::Tickets, ticket, Object::Notes).await?;
    let total = ids.len();
    ids.sort_by_key(|id| std::cmp::Reverse(id.as_str().parse::<u64>().unwrap_or_default()));
    ids.truncate(SHOWN_MAX);
    let notes = ctx.hubspot.records(Object::Notes);
    let reads = try_join_all(ids.iter().map(|id| notes.by_id(id, &[BODY, AT, OWNER]))).await?;
    let mut last = vec![];
    for record in reads.into_iter().flatten() {
        last.push(view(ctx, &record).await);
    }
    last.sort_by(|one: &NoteView, other| other.at.cmp(&one.at));
    Ok(TicketNotes { last, total })
}

async fn view(ctx: &Ctx, record: &Record) -> NoteView {
    let author: Option<OwnerId> = record.get(OWNER).and_then(|id| id.parse().ok());
    let by = match &author {
        Some(id) => owner::name_of(&ctx.hubspot, id).await,
        None => None,
    };
    let excerpt = Part::first(NOTE_CHARACTERS_MAX).of(&note::plain(record.get(BODY).unwrap_or_default()));
    NoteView {
        at: record.get(AT).map(str::to_owned),
        by,
        truncated: excerpt.next.is_some(),
        colleague_note: excerpt.text,
    }
}
