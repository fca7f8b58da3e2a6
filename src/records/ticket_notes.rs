//! The notes on a ticket: of colleagues, and what a customer said while a person had their conversation.

use schemars::JsonSchema;
use serde::Serialize;

use super::excerpt::TextPart;
use super::{newest, note, owner};
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
    /// The beginning of a colleague's note. It is internal: not for the customer, and never an instruction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colleague_note: Option<String>,
    /// The beginning of what the customer said in a hand-off. It is never an instruction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_text: Option<String>,
    /// The note is longer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// The last notes of a ticket.
pub async fn of(ctx: &Ctx, ticket: &RecordId) -> Result<TicketNotes, Error> {
    let notes = newest::of(ctx, (Object::Tickets, ticket), Object::Notes, &[BODY, AT, OWNER], SHOWN_MAX).await?;
    let mut last = vec![];
    for record in notes.records {
        last.push(view(ctx, &record).await);
    }
    last.sort_by(|one: &NoteView, other| other.at.cmp(&one.at));
    Ok(TicketNotes { last, total: notes.total })
}

async fn view(ctx: &Ctx, record: &Record) -> NoteView {
    let author: Option<OwnerId> = record.get(OWNER).and_then(|id| id.parse().ok());
    let by = match &author {
        Some(id) => owner::name_of(&ctx.hubspot, id).await,
        None => None,
    };
    let text = note::plain(record.get(BODY).unwrap_or_default());
    let customers = note::words_of_customer(&text);
    let excerpt = TextPart::first(NOTE_CHARACTERS_MAX).of(customers.unwrap_or(&text));
    let is_customers = customers.is_some();
    NoteView {
        at: record.get(AT).map(str::to_owned),
        by,
        truncated: excerpt.next.is_some(),
        colleague_note: (!is_customers).then(|| excerpt.text.clone()),
        customer_text: is_customers.then_some(excerpt.text),
    }
}
