//! The events of a session as its caller reads them, with the texts that HubSpot has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::error::Error;
use super::session::{self, HandoffSession, Way};
use super::state::SessionEventKind;
use super::{channel, mark, resource, thread, ticket};
use crate::change_feed::Change;
use crate::conversations::message_view::{ATTACHMENTS_MAX, AttachmentView};
use crate::conversations::{load, markup};
use crate::records::excerpt::TextPart;
use crate::store::handoffs::EventRow;
use crate::tool::Ctx;
use domain::id::{RecordId, ThreadId};
use futures::future::join_all;
use hubspot_client::{DeliveryStatus, Object};

/// The longest wait of one call.
pub const WAIT_MAX: Duration = Duration::from_secs(25);
/// The most events of one answer.
pub const EVENTS_MAX: i64 = 50;
/// The longest text that is shown: a note of HubSpot's has no more. The customer gets all of it.
const TEXT_CHARACTERS_MAX: usize = 65_536;
/// The texts of one answer: the event that would exceed them is the first of the next answer.
const ANSWER_CHARACTERS_MAX: usize = 20_000;
/// The pause between two looks at the store, for what other replicas have stored.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// The time that is left for the answer.
const RESERVE: Duration = Duration::from_secs(3);

/// An event with what is known of it.
#[derive(Debug)]
pub struct EventView {
    /// From 1 on.
    pub number: i64,
    /// The kind.
    pub kind: String,
    /// The time, in unix milliseconds.
    pub at_ms: i64,
    /// The name of the person.
    pub person: Option<String>,
    /// The words to the customer.
    pub text: Option<String>,
    /// The text is longer.
    pub truncated: bool,
    /// The files that came with it.
    pub files: Vec<AttachmentView>,
    /// HubSpot's token lacks the scope by which its files could be named.
    pub lacks_files_scope: bool,
}

/// The events after a number; waits for the first one, at most for this long.
pub async fn after(ctx: &Ctx, id: &str, after: i64, wait: Duration) -> Result<(HandoffSession, Vec<EventView>), Error> {
    let end = Instant::now() + wait.min(WAIT_MAX).min(ctx.hubspot.time_left().saturating_sub(RESERVE));
    // Subscribed before the first look, so that no event falls between.
    let subscription = ctx.changes.subscribe([Change::Resource(resource::uri(id.trim()))]);
    loop {
        let session = session::load(ctx, id).await?;
        let is_new = session.row.newest > after;
        if is_new || session.state.has_ended() || session.is_pretended() || Instant::now() >= end {
            let mut rows = ctx.store.handoff_events(&session.row.id, after, EVENTS_MAX).await?;
            let views = fitting(views(ctx, &session, &rows).await?);
            rows.truncate(views.len());
            let session = told(ctx, session, after, &rows).await;
            return Ok((session, views));
        }
        let next = end.min(Instant::now() + LOOK_EVERY);
        match &subscription {
            Some(subscription) => drop(timeout_at(next, subscription.next()).await),
            None => sleep_until(next).await,
        }
    }
}

/// The first of these events, as far as their texts fit into one answer; at least one.
fn fitting(mut views: Vec<EventView>) -> Vec<EventView> {
    let mut characters = 0;
    let fit = views.iter().take_while(|view| {
        let before = characters;
        characters += view.text.as_deref().map_or(0, |text| text.chars().count());
        before == 0 || characters <= ANSWER_CHARACTERS_MAX
    });
    let fit = fit.count();
    views.truncate(fit);
    views
}

/// Tells HubSpot which of a channel's messages were sent to the customer with this answer, and which the caller has passed
/// since: it asks only for what came after them.
async fn told(ctx: &Ctx, session: HandoffSession, after: i64, rows: &[EventRow]) -> HandoffSession {
    if session.way() != Way::Channel {
        return session;
    }
    let (sent, read) = (session.state.sent_upto, session.state.read_upto);
    let newest = rows.last().map_or(sent, |row| row.number.max(sent));
    let of = |rows: &[EventRow], from: i64, upto: i64| -> Vec<String> {
        let within = rows.iter().filter(|row| row.number > from && row.number <= upto && !row.message.is_empty());
        within.map(|row| row.message.clone()).collect()
    };
    let earlier = match after > read {
        true => ctx.store.handoff_events(&session.row.id, read, EVENTS_MAX).await.unwrap_or_default(),
        false => vec![],
    };
    let (sending, reading) = (of(rows, sent, newest), of(&earlier, read, after));
    let is_sent = channel::tell_delivery(ctx, &sending, &DeliveryStatus::Sent).await;
    let is_read = channel::tell_delivery(ctx, &reading, &DeliveryStatus::Read).await;
    let upto = |known: i64, wanted: i64, is_told: bool| if is_told { known.max(wanted) } else { known };
    let seen = earlier.last().map_or(read, |row| row.number.min(after));
    let (sent, read) = (upto(sent, newest, is_sent), upto(read, seen, is_read));
    let mut next = session.clone();
    let kept = session::apply_with(ctx, &mut next, &[], |session| {
        (session.state.sent_upto, session.state.read_upto) = (sent, read);
    });
    // What could not be noted is told once more, which changes nothing.
    if kept.await.is_ok() { next } else { session }
}

/// The name of the person who has the session.
pub async fn person(ctx: &Ctx, session: &HandoffSession) -> Option<String> {
    named(ctx, session.way(), session.state.person.as_deref()?).await
}

async fn named(ctx: &Ctx, way: Way, id: &str) -> Option<String> {
    match way {
        Way::Ticket => ticket::person(ctx, id).await,
        Way::Conversation | Way::Channel => thread::person(ctx, id).await,
    }
}

/// The events with names and texts.
async fn views(ctx: &Ctx, session: &HandoffSession, rows: &[EventRow]) -> Result<Vec<EventView>, Error> {
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.message.as_str()).filter(|id| !id.is_empty()).collect();
    let texts = match session.way() {
        _ if ids.is_empty() => BTreeMap::new(),
        Way::Ticket => texts_of_notes(ctx, &ids).await?,
        Way::Conversation | Way::Channel => texts_of_messages(ctx, session, &ids).await?,
    };
    let people: BTreeSet<&str> = rows.iter().map(|row| row.person.as_str()).filter(|id| !id.is_empty()).collect();
    let names = join_all(people.iter().map(|id| named(ctx, session.way(), id))).await;
    let names: BTreeMap<&str, Option<String>> = people.into_iter().zip(names).collect();
    Ok(rows.iter().map(|row| view(row, &names, &texts)).collect())
}

type Texts = BTreeMap<String, Content>;

/// What a note or a message of a person holds.
#[derive(Clone, Debug, Default)]
struct Content {
    text: String,
    files: Vec<AttachmentView>,
    lacks_files_scope: bool,
}

fn view(row: &EventRow, names: &BTreeMap<&str, Option<String>>, texts: &Texts) -> EventView {
    let content = texts.get(&row.message);
    let part = content.map(|content| TextPart::first(TEXT_CHARACTERS_MAX).of(&content.text));
    EventView {
        number: row.number,
        kind: row.kind.clone(),
        at_ms: row.at_ms,
        person: names.get(row.person.as_str()).cloned().flatten(),
        truncated: part.as_ref().is_some_and(|part| part.next.is_some()),
        text: part.map(|part| part.text).filter(|_| row.kind == SessionEventKind::Message.name()),
        files: content.map(|content| content.files.clone()).unwrap_or_default(),
        lacks_files_scope: content.is_some_and(|content| content.lacks_files_scope),
    }
}

/// The texts of marked notes. One that was deleted since, or lost its mark, has none.
async fn texts_of_notes(ctx: &Ctx, ids: &BTreeSet<&str>) -> Result<Texts, Error> {
    let mut texts = Texts::new();
    let mut unread: Vec<RecordId> = vec![];
    for id in ids {
        match ctx.recent_texts.get(id) {
            Some(text) => drop(texts.insert((*id).to_owned(), Content { text, ..Content::default() })),
            None => unread.extend(id.parse::<RecordId>()),
        }
    }
    let notes = ctx.hubspot.records(Object::Notes);
    let reads = join_all(unread.iter().map(|id| notes.by_id(id, &ticket::NOTE))).await;
    let mark = &ctx.call.policy.handoff.mark;
    for (id, read) in unread.iter().zip(reads) {
        let Some(note) = read? else { continue };
        let text = mark::text_for_customer(note.get("hs_note_body").unwrap_or_default(), mark);
        // Without its mark it is for colleagues again, and so are its files.
        let content = match text {
            Some(text) => with_files(ctx, text, &ticket::files(&note)).await,
            None => Content::default(),
        };
        texts.insert(id.to_string(), content);
    }
    Ok(texts)
}

/// A text with the files of these ids. One that cannot be read is told without its name: the words are more than it.
async fn with_files(ctx: &Ctx, text: String, ids: &[String]) -> Content {
    let conversations = ctx.hubspot.conversations();
    let reads = join_all(ids.iter().take(ATTACHMENTS_MAX).map(|id| conversations.file(id))).await;
    let lacks_files_scope = reads.iter().any(|read| matches!(read, Err(hubspot_client::Error::ScopeMissing { .. })));
    let files = reads.into_iter().map(|read| AttachmentView::stored(read.ok().flatten().as_ref())).collect();
    Content { text, files, lacks_files_scope }
}

async fn texts_of_messages(ctx: &Ctx, session: &HandoffSession, ids: &BTreeSet<&str>) -> Result<Texts, Error> {
    let thread: ThreadId = session.row.place.parse().map_err(|_| Error::Unknown)?;
    let mut messages = load::these_messages(ctx, &thread, ids).await?;
    load::uncut(ctx, &thread, &mut messages, TEXT_CHARACTERS_MAX).await;
    let text = |message: &hubspot_client::Message| markup::plain(message.text.as_deref(), message.rich_text.as_deref());
    let content = |message: &hubspot_client::Message| Content {
        text: text(message),
        files: AttachmentView::all_of(message),
        lacks_files_scope: false,
    };
    Ok(messages.iter().map(|one| (one.id.clone(), content(one))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(length: usize) -> EventView {
        EventView {
            number: 1,
            kind: "message".into(),
            at_ms: 0,
            person: None,
            text: (length > 0).then(|| "é".repeat(length)),
            truncated: false,
            files: vec![],
            lacks_files_scope: false,
        }
    }

    #[test]
    fn long_texts_come_one_after_the_other_and_none_is_cut() {
        for (lengths, expected) in [
            (&[][..], 0),
            (&[0, 0, 0], 3),
            (&[TEXT_CHARACTERS_MAX], 1),
            (&[TEXT_CHARACTERS_MAX, 1], 1),
            (&[0, TEXT_CHARACTERS_MAX, 1], 2),
            (&[ANSWER_CHARACTERS_MAX - 1, 1, 0, 1], 3),
        ] {
            let events = lengths.iter().map(|length| of(*length)).collect();
            assert_eq!(fitting(events).len(), expected, "{lengths:?}");
        }
    }
}
