//! A ticket as the place of a hand-off: brought to HubSpot in one request, answered by marked notes, ended by its stage.

use std::collections::BTreeMap;

use super::closing_hand::{self, ClosingHand};
use super::customer;
use super::error::Error;
use super::mark;
use super::session::HandoffSession;
use super::state::{EndedBy, Happening, SessionState};
use crate::records::changes::Changes;
use crate::records::confirmation::{self, Proposal};
use crate::records::equal_ticket::{self, EqualTicket, TicketDraft};
use crate::records::{contact, excerpt, new_task, note, owner, record_url, stage};
use crate::tool::{Ctx, digest};
use chrono::{DateTime, Utc};
use domain::id::{OwnerId, RecordId};
use hubspot_client::{
    Created, Error as HubSpotError, NewTask, NewTicket, Object, Pipeline, Record, TaskKind, WriteKind,
};

/// The properties of a ticket that a look reads.
pub const LOOKED_AT: [&str; 4] = [STAGE, "hs_pipeline", OWNER, CLOSED];
/// The properties of a note that a look reads.
pub const NOTE: [&str; 4] = ["hs_note_body", OWNER, "hs_timestamp", FILES];
const STAGE: &str = "hs_pipeline_stage";
const FILES: &str = "hs_attachment_ids";
const OWNER: &str = "hubspot_owner_id";
/// HubSpot sets it when a ticket comes into a closed stage.
const CLOSED: &str = "closed_date";
/// The longest content of a ticket.
const CONTENT_CHARACTERS_MAX: usize = 60_000;

/// The name of a visitor of whom nothing is known.
const UNKNOWN_VISITOR: &str = "unknown visitor";

/// A ticket that was opened for a session.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The ticket.
    pub ticket: RecordId,
    /// Its owner.
    pub owner: Option<OwnerId>,
    /// Its stage.
    pub stage: String,
    /// Its page in HubSpot.
    pub url: Option<String>,
    /// The task for its owner; without one, colleagues find the ticket alone.
    pub task: Option<RecordId>,
    /// HubSpot's answer was lost, and the ticket was found to be there.
    pub recovered: bool,
}

/// The words of a hand-off.
#[derive(Clone, Debug)]
pub struct TicketTexts {
    /// The title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// The conversation so far, as lines.
    pub transcript: String,
}

/// Opens the ticket of a session, or finds the one that an earlier try has opened, and makes a task for its owner.
pub async fn open(
    ctx: &Ctx,
    session: &HandoffSession,
    customer: &Record,
    words: &TicketTexts,
) -> Result<Opened, Error> {
    let opened_in = stage::of_new(ctx, None, None).await?;
    let mark = &ctx.call.policy.handoff.mark;
    // A client names its tickets itself.
    let named = ctx.call.caller.is_chat.then(|| title_of_chat(&words.title, customer));
    let title = named.clone().unwrap_or_else(|| words.title.clone());
    let content = content(words, named.as_deref(), mark, &session.reference());
    let owner = customer::owner_of(ctx, customer).await;
    let new = NewTicket {
        contact: customer::contact_id(customer),
        subject: title.clone(),
        content,
        pipeline: opened_in.pipeline.id,
        stage: opened_in.stage.id.clone(),
        priority: None,
        category: None,
        owner: owner.clone(),
        properties: BTreeMap::new(),
        key: Some(key(session)),
    };
    let Created { value: record, recovered } = open_once(ctx, &new).await?;
    let task = task(ctx, &record.id, customer, title, owner.clone()).await?;
    let url = record_url::url(ctx, Object::Tickets, &record).await;
    Ok(Opened { ticket: record.id, owner, stage: opened_in.stage.id, url, task, recovered })
}

/// The key of a session's ticket: the same in every process that opens it. It tells nothing of the session's own id.
fn key(session: &HandoffSession) -> String {
    format!("fd-{}", &digest::of(&format!("ticket of {}", session.row.id))[..32])
}

async fn open_once(ctx: &Ctx, new: &NewTicket) -> Result<Created<Record>, Error> {
    let nobody = customer::nobody().id;
    let lock =
        ctx.hubspot.tickets().lock(new.contact.as_ref().unwrap_or(&nobody), &equal_ticket::words(&new.content)).await;
    match equal(ctx, new).await {
        Ok(Some(EqualTicket::Equal(value) | EqualTicket::OtherSubject(value))) => {
            return Ok(Created { value, recovered: true });
        }
        Err(_) if lock.is_in_doubt() => {
            return Err(HubSpotError::OutcomeUnknown { write: WriteKind::Ticket, refusal: None }.into());
        }
        Ok(None) | Err(_) => {}
    }
    match ctx.hubspot.tickets().create_locked(new, lock).await {
        Ok(created) => Ok(created),
        Err(HubSpotError::ContactMissing) => Err(Error::ContactUnknown { can_be_created: false }),
        Err(error) => Err(error.into()),
    }
}

/// An equal ticket of the contact. That of nobody is found by its key alone.
async fn equal(ctx: &Ctx, new: &NewTicket) -> Result<Option<EqualTicket>, HubSpotError> {
    let Some(contact) = &new.contact else { return Ok(None) };
    let chosen = BTreeMap::new();
    equal_ticket::find(ctx, TicketDraft { contact, subject: &new.subject, content: &new.content, chosen: &chosen })
        .await
}

/// A task for the owner. It is a help: without it the ticket is there all the same, so only an unclear end is an error.
async fn task(
    ctx: &Ctx,
    ticket: &RecordId,
    customer: &Record,
    subject: String,
    owner: Option<OwnerId>,
) -> Result<Option<RecordId>, Error> {
    let mark = &ctx.call.policy.handoff.mark;
    let how = format!("A customer waits for a person. Answer with a note on the ticket that begins with {mark}.");
    let on = std::iter::once((Object::Tickets, ticket.clone()));
    let contact = customer::contact_id(customer).map(|id| (Object::Contacts, id));
    let new = NewTask {
        on: on.chain(contact).collect(),
        subject,
        body: note::html(&how),
        due: ctx.clock.now(),
        owner,
        queue: None,
        kind: TaskKind::ToDo,
    };
    match new_task::make(ctx, &new).await {
        Ok(made) => Ok(Some(made.record.id)),
        Err(error) => {
            tracing::warn!(code = %error.code(), "The task for the owner of a handed-over ticket could not be made.");
            Ok(None)
        }
    }
}

/// The title of a ticket of the chat: what the visitor wants, and who they are, since a list of tickets shows no contact. Pure.
fn title_of_chat(title: &str, customer: &Record) -> String {
    let name = excerpt::title(&customer::name_of(customer));
    let who = if name.is_empty() { UNKNOWN_VISITOR } else { name.as_str() };
    format!("{} ({who})", title.trim_end_matches('.'))
}

/// The content of the ticket: pure. A title that has the customer's words begins it, by which a reader knows it as theirs.
fn content(words: &TicketTexts, title: Option<&str>, mark: &str, reference: &str) -> String {
    let how = format!(
        "Answer the customer with a note on this ticket that begins with {mark}. Closing the ticket ends the conversation. \
         (Hand-off {reference})"
    );
    let history =
        if words.transcript.is_empty() { String::new() } else { format!("Conversation so far:\n{}", words.transcript) };
    let parts = [title.unwrap_or_default(), words.description.trim(), &how, &history];
    let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    text.chars().take(CONTENT_CHARACTERS_MAX).collect()
}

/// The stage that closes the ticket, after the caller's token and the person permit it as they do for any change of a
/// ticket; `None` if nothing is to be closed.
pub async fn closing(ctx: &Ctx, session: &HandoffSession, ticket: &RecordId) -> Result<Option<Changes>, Error> {
    let tickets = ctx.hubspot.records(Object::Tickets);
    let properties: Vec<_> = LOOKED_AT.iter().chain(confirmation::known_by(Object::Tickets)).copied().collect();
    let record = if session.is_pretended() { None } else { tickets.by_id(ticket, &properties).await? };
    let (pipeline, stage) = match &record {
        Some(record) => {
            (record.get("hs_pipeline").unwrap_or_default().to_owned(), record.get(STAGE).unwrap_or_default().to_owned())
        }
        None if session.is_pretended() => {
            let first = stage::of_new(ctx, None, None).await?;
            (first.pipeline.id, first.stage.id)
        }
        // It was deleted: there is nothing to close.
        None => return Ok(None),
    };
    if is_closed(&ctx.hubspot.pipelines().tickets().await?, &stage) {
        return Ok(None);
    }
    let closed = stage::of_move(ctx, &pipeline, &stage, "close").await?;
    let changed = Changes::from([(STAGE.to_owned(), closed.stage.id)]);
    if let Some(before) = &record {
        confirmation::ask(ctx, Proposal { object: Object::Tickets, before, changed: &changed, note: None }).await?;
    }
    Ok(Some(changed))
}

/// Closes the ticket and ends its task.
pub async fn close(ctx: &Ctx, session: &HandoffSession, ticket: &RecordId, closing: &Changes) -> Result<(), Error> {
    ctx.hubspot.records(Object::Tickets).update(ticket, closing).await?;
    new_task::done(ctx, session.state.task.as_deref()).await;
    Ok(())
}

/// True for a closed stage.
pub fn is_closed(pipelines: &[Pipeline], stage: &str) -> bool {
    pipelines.iter().flat_map(|pipeline| &pipeline.stages).any(|one| one.id == stage && one.closed)
}

/// The page of a session's ticket.
pub async fn url(ctx: &Ctx, ticket: &RecordId) -> Option<String> {
    record_url::of_id(ctx, Object::Tickets, ticket).await
}

/// A marked note, as a look found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedNote {
    /// HubSpot's id.
    pub id: RecordId,
    /// The owner who wrote it.
    pub person: Option<String>,
    /// The time, in unix milliseconds.
    pub at_ms: i64,
    /// The text for the customer.
    pub text: String,
    /// The ids of its files.
    pub files: Vec<String>,
}

/// The note as one for the customer; `None` without the mark, and for one with nothing to tell beside it.
pub fn marked(record: &Record, mark: &str, now_ms: i64) -> Option<MarkedNote> {
    let text = mark::text_for_customer(record.get("hs_note_body").unwrap_or_default(), mark)?;
    let files = files(record);
    if text.trim().is_empty() && files.is_empty() {
        return None;
    }
    Some(MarkedNote {
        id: record.id.clone(),
        person: record.get(OWNER).map(str::to_owned),
        at_ms: instant_ms(record.created_at.as_deref()).unwrap_or(now_ms),
        text,
        files,
    })
}

/// An instant of HubSpot's, in unix milliseconds.
fn instant_ms(text: Option<&str>) -> Option<i64> {
    Some(text?.parse::<DateTime<Utc>>().ok()?.timestamp_millis())
}

/// The ids of the files on a note.
pub fn files(record: &Record) -> Vec<String> {
    let ids = record.get(FILES).unwrap_or_default().split(';').map(str::trim);
    ids.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned).collect()
}

/// The hand that closed a ticket which its caller was about to close. Where nobody was, a person did, and nothing is read.
///
/// # Errors
/// HubSpot's, if the history of the ticket cannot be read.
pub async fn closing_hand(
    ctx: &Ctx,
    state: &SessionState,
    ticket: Option<&Record>,
    pipelines: &[Pipeline],
) -> Result<ClosingHand, Error> {
    let stage = ticket.and_then(|ticket| ticket.get(STAGE)).filter(|stage| is_closed(pipelines, stage));
    let (Some(_), Some(ticket), Some(stage)) = (state.ending_ms, ticket, stage) else {
        return Ok(ClosingHand::Unknown);
    };
    let versions = ctx.hubspot.records(Object::Tickets).history(&ticket.id, STAGE).await;
    match versions {
        Ok(versions) => Ok(closing_hand::of_stage(stage, &versions)),
        Err(hubspot_client::Error::NotFound | hubspot_client::Error::ScopeMissing { .. }) => Ok(ClosingHand::Unknown),
        // A look that could not be taken is taken again: a guess would be for good.
        Err(error) => Err(error.into()),
    }
}

/// What a look at the ticket means for its session: pure. Messages come before the end, since people write and then close.
pub fn happenings(
    state: &SessionState,
    ticket: Option<&Record>,
    notes: &[MarkedNote],
    pipelines: &[Pipeline],
    hand: ClosingHand,
    deadline_ms: i64,
) -> Vec<Happening> {
    let Some(ticket) = ticket else { return vec![Happening::Closed { by: EndedBy::Deletion }] };
    let mut all = vec![];
    let owner = ticket.get(OWNER).map(str::to_owned);
    if owner != state.owner {
        all.push(Happening::Assigned { to: owner.clone(), deadline_ms });
    }
    let mut notes: Vec<_> = notes.iter().collect();
    notes.sort_by_key(|note| (note.at_ms, note.id.as_str().parse::<u64>().unwrap_or_default()));
    all.extend(notes.into_iter().map(|note| Happening::Wrote {
        message: note.id.to_string(),
        person: note.person.clone(),
        at_ms: note.at_ms,
    }));
    let stage = ticket.get(STAGE).unwrap_or_default();
    match is_closed(pipelines, stage) {
        true => all.push(Happening::FoundClosed { hand, at_ms: instant_ms(ticket.get(CLOSED)) }),
        false if !stage.is_empty() => all.push(Happening::Moved { stage: stage.to_owned() }),
        false => {}
    }
    all
}

/// The name of a person who has a ticket.
pub async fn person(ctx: &Ctx, id: &str) -> Option<String> {
    owner::name_of(&ctx.hubspot, &id.parse().ok()?).await
}

/// The customer of a session.
pub async fn customer(ctx: &Ctx, id: &str) -> Result<Record, Error> {
    let id: RecordId = id.parse().map_err(|_| Error::Unknown)?;
    if super::customer::is_nobody(&id) {
        return Ok(super::customer::nobody());
    }
    let read = ctx.hubspot.contacts().by_id(&id, &super::customer::PROPERTIES).await?;
    read.ok_or(Error::ContactUnknown { can_be_created: false })
}

/// The name of the customer of a session, for the head of a note; nothing for one of whom nothing is known.
pub async fn customer_name(ctx: &Ctx, id: &str) -> String {
    customer(ctx, id).await.map(|record| contact::title(&record)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hubspot_client::Stage;

    use super::*;

    fn record(stage: &str, owner: &str) -> Record {
        let values = [(STAGE, stage), (OWNER, owner), (CLOSED, "2025-11-24T16:00:00Z")];
        Record {
            id: RecordId::from(7),
            properties: values.map(|(name, value)| (name.to_owned(), Some(value.to_owned()))).into(),
            created_at: None,
            updated_at: None,
            archived: false,
            url: None,
        }
    }

    fn note(id: u64, at_ms: i64, person: Option<&str>) -> MarkedNote {
        MarkedNote {
            id: RecordId::from(id),
            person: person.map(str::to_owned),
            at_ms,
            text: String::new(),
            files: vec![],
        }
    }

    #[test]
    fn a_look_at_a_ticket_tells_what_happened_in_order() {
        let stage = |id: &str, closed| Stage { id: id.into(), label: id.into(), closed };
        let pipelines =
            [Pipeline { id: "0".into(), label: "Support".into(), stages: vec![stage("1", false), stage("4", true)] }];
        let state = SessionState { owner: Some("ann".into()), stage: Some("1".into()), ..SessionState::default() };
        let shown = |ticket: Option<Record>, notes: &[MarkedNote]| -> Vec<String> {
            let all = happenings(&state, ticket.as_ref(), notes, &pipelines, ClosingHand::Person, 9);
            all.iter()
                .map(|one| match one {
                    Happening::Assigned { to, .. } => format!("to {}", to.as_deref().unwrap_or("-")),
                    Happening::Wrote { message, person, .. } => {
                        format!("{message} by {}", person.as_deref().unwrap_or("-"))
                    }
                    Happening::Moved { stage } => format!("in {stage}"),
                    Happening::Closed { by } => format!("closed {by:?}"),
                    Happening::FoundClosed { hand, at_ms } => format!("found closed by {hand:?} at {at_ms:?}"),
                    other => format!("{other:?}"),
                })
                .collect()
        };
        assert_eq!(shown(Some(record("1", "ann")), &[]), ["in 1"]);
        let notes = [note(12, 5, None), note(11, 5, Some("eve")), note(13, 4, Some("bob"))];
        let all = ["to bob", "13 by bob", "11 by eve", "12 by -", "found closed by Person at Some(1764000000000)"];
        assert_eq!(shown(Some(record("4", "bob")), &notes), all);
        assert_eq!(shown(Some(record("1", "")), &[]), ["to -", "in 1"]);
        assert_eq!(shown(None, &notes), ["closed Deletion"]);
    }

    #[test]
    fn a_ticket_of_the_chat_says_who_wants_what() {
        let named = |values: &[(&str, &str)], title: &str| {
            let values = values.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())));
            title_of_chat(title, &Record { properties: values.collect(), ..record("1", "ann") })
        };
        let sarah = [("firstname", "Sarah"), ("lastname", "Mark"), ("email", "sarah@gmail.com")];
        assert_eq!(named(&sarah, "My robot beeps."), "My robot beeps (Sarah Mark)");
        assert_eq!(named(&sarah[2..], "My robot beeps"), "My robot beeps (sarah@gmail.com)");
        assert_eq!(named(&[], "My robot beeps"), "My robot beeps (unknown visitor)");
        let hostile = named(&[("firstname", &"x\n".repeat(500))], &"y".repeat(80));
        assert!(hostile.chars().count() < 200 && !hostile.contains('\n'), "{hostile}");
    }

    #[test]
    fn the_content_says_what_it_is_about_and_how_to_answer() {
        let words = TicketTexts {
            title: "Help".into(),
            description: " It beeps. ".into(),
            transcript: "customer: Hello".into(),
        };
        let content = content(&words, None, "@customer", "ab12");
        assert!(
            content
                .starts_with("It beeps.\n\nAnswer the customer with a note on this ticket that begins with @customer.")
        );
        assert!(content.ends_with("(Hand-off ab12)\n\nConversation so far:\ncustomer: Hello"), "{content}");
    }
}
