//! One look at all open sessions: tickets share their requests, and what happened becomes events.
//!
//! A ticket that is alone costs one request, and one more when somebody has written a note; several share batches. So no
//! session costs more than two requests of a look.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use super::error::Error;
use super::follow_up;
use super::note_outbox;
use super::session::{self, HandoffSession, Way};
use super::state::{EndedBy, Happening, Phase};
use super::thread;
use super::ticket::{self, MarkedNote};
use super::undelivered;
use crate::records::new_task;
use crate::tool::Ctx;
use domain::id::{RecordId, ThreadId};
use hubspot_client::{Object, Record};

/// The most notes of one ticket, the newest, that a look reads.
const NOTES_MAX: usize = 50;
/// The most sessions whose seen notes are remembered.
const REMEMBERED_MAX: usize = 5_000;

/// A begin that takes longer has failed.
const START_MAX_MS: i64 = 60 * 60 * 1_000;

/// The notes without a mark that were read before, by session: they need not be read again.
#[derive(Debug, Default)]
pub struct UnmarkedNotes(BTreeMap<String, BTreeSet<RecordId>>);

/// A ticket as a look found it.
type Looked = Option<(Record, Vec<RecordId>)>;

/// Looks at every open session, and moves those on in which something happened. The failure of one does not stop the
/// others; the first is returned.
pub async fn at_all(ctx: &Ctx, seen: &mut UnmarkedNotes) -> Result<(), Error> {
    let open = session::open(ctx).await?;
    seen.forget_all_but(&open);
    let (starting, begun): (Vec<_>, Vec<_>) = open.into_iter().partition(|one| one.state.phase == Phase::Starting);
    forget_failed(ctx, starting).await?;
    let (on_tickets, others): (Vec<_>, Vec<_>) = begun.into_iter().partition(|one| one.way() == Way::Ticket);
    let tickets = at_tickets(ctx, on_tickets, seen).await;
    let threads = join_all(others.into_iter().map(|session| at_thread(ctx, session))).await;
    let undelivered = undelivered::tell(ctx).await;
    [tickets].into_iter().chain(threads).chain([undelivered]).find(Result::is_err).unwrap_or(Ok(()))
}

/// Forgets the sessions whose begin ended in nothing, and which nobody has taken up again.
async fn forget_failed(ctx: &Ctx, starting: Vec<HandoffSession>) -> Result<(), Error> {
    let oldest_ms = session::now_ms(ctx) - START_MAX_MS;
    for session in starting.iter().filter(|session| session.row.started_ms < oldest_ms) {
        ctx.store.drop_handoff(&session.row.id).await?;
    }
    Ok(())
}

/// Looks at the session with this id alone: something was told of it, or its caller is about to end it.
pub async fn at_one(ctx: &Ctx, id: &str) -> Result<(), Error> {
    let told = session::again(ctx, id).await?.filter(|one| !matches!(one.state.phase, Phase::Starting | Phase::Ended));
    match told {
        Some(session) if session.way() == Way::Ticket => {
            at_tickets(ctx, vec![session], &mut UnmarkedNotes::default()).await
        }
        Some(session) => at_thread(ctx, session).await,
        None => Ok(()),
    }
}

/// Looks at one session in a conversation.
async fn at_thread(ctx: &Ctx, session: HandoffSession) -> Result<(), Error> {
    let id: ThreadId = session.row.place.parse().map_err(|_| Error::Unknown)?;
    let mut happenings = thread::look(ctx, &id, &session.state, session::deadline_ms(ctx)).await?;
    happenings.extend(of_time(ctx, &session));
    let session = moved(ctx, session, &happenings).await?;
    follow_up::make(ctx, session).await.map(drop)
}

/// Moves a session on. What HubSpot has closed for the caller after all has its task ended too.
async fn moved(ctx: &Ctx, session: HandoffSession, happenings: &[Happening]) -> Result<HandoffSession, Error> {
    let was_ending = session.state.ending_ms.is_some();
    let session = session::apply(ctx, session, happenings).await?;
    if was_ending && session.state.ended_by == Some(EndedBy::Caller) {
        new_task::done(ctx, session.state.task.as_deref()).await;
    }
    Ok(session)
}

async fn at_tickets(ctx: &Ctx, sessions: Vec<HandoffSession>, seen: &mut UnmarkedNotes) -> Result<(), Error> {
    if sessions.is_empty() {
        return Ok(());
    }
    let looked = match &sessions[..] {
        [one] => vec![alone(ctx, one).await?],
        several => together(ctx, several).await?,
    };
    let notes = new_notes(ctx, &sessions, &looked, seen).await?;
    let pipelines = ctx.hubspot.pipelines().tickets().await?;
    let mut first = Ok(());
    for (session, (looked, notes)) in sessions.into_iter().zip(looked.into_iter().zip(notes)) {
        let ticket = looked.map(|(record, _)| record);
        let (ticket, deadline_ms) = (ticket.as_ref(), session::deadline_ms(ctx));
        let hand = match ticket::closing_hand(ctx, &session.state, ticket, &pipelines).await {
            Ok(hand) => hand,
            Err(error) => {
                first = first.and(Err(error));
                continue;
            }
        };
        let mut happenings = ticket::happenings(&session.state, ticket, &notes, &pipelines, hand, deadline_ms);
        happenings.extend(of_time(ctx, &session));
        let applied = moved(ctx, session, &happenings).await.map(drop);
        first = first.and(applied);
    }
    first
}

/// What the passing of time means for a session.
fn of_time(ctx: &Ctx, session: &HandoffSession) -> Vec<Happening> {
    let is_over = session.row.expires_ms <= session::now_ms(ctx);
    let over = is_over.then_some(Happening::Closed { by: EndedBy::Expiry });
    [Happening::Passed].into_iter().chain(over).collect()
}

/// One request for one ticket.
async fn alone(ctx: &Ctx, session: &HandoffSession) -> Result<Looked, Error> {
    let ticket: RecordId = session.row.place.parse().map_err(|_| Error::Unknown)?;
    Ok(ctx.hubspot.tickets().with_notes(&ticket, &ticket::LOOKED_AT).await?)
}

/// Two requests for a hundred tickets.
async fn together(ctx: &Ctx, sessions: &[HandoffSession]) -> Result<Vec<Looked>, Error> {
    let (tickets, associations) = (ctx.hubspot.records(Object::Tickets), ctx.hubspot.associations());
    let ids = sessions.iter().map(|session| session.row.place.parse::<RecordId>().map_err(|_| Error::Unknown));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    let records = join_all(ids.iter().map(|id| tickets.by_id(id, &ticket::LOOKED_AT)));
    let notes = join_all(ids.iter().map(|id| associations.of(Object::Tickets, id, Object::Notes)));
    let (records, notes) = futures::join!(records, notes);
    records.into_iter().zip(notes).map(|(record, notes)| Ok(record?.zip(Some(notes?)))).collect()
}

/// The marked notes of each session that were not read before, in one request for all.
async fn new_notes(
    ctx: &Ctx,
    sessions: &[HandoffSession],
    looked: &[Looked],
    seen: &mut UnmarkedNotes,
) -> Result<Vec<Vec<MarkedNote>>, Error> {
    let mut wanted: Vec<Vec<RecordId>> = vec![];
    for (session, looked) in sessions.iter().zip(looked) {
        let mut ids: Vec<_> = looked.iter().flat_map(|(_, ids)| ids.clone()).collect();
        ids.retain(|id| !seen.has(session, id));
        if !ids.is_empty() {
            let ours = ctx.store.own_message_ids(&note_outbox::outbox_of(&session.row.id)).await?;
            ids.retain(|id| !ours.iter().any(|own| own == id.as_str()));
        }
        ids.sort_by_key(|id| std::cmp::Reverse(id.as_str().parse::<u64>().unwrap_or_default()));
        ids.truncate(NOTES_MAX);
        wanted.push(ids);
    }
    let notes = ctx.hubspot.records(Object::Notes);
    let reads = join_all(wanted.iter().flatten().map(|id| notes.by_id(id, &ticket::NOTE))).await;
    let mut reads = reads.into_iter();
    let (mark, now_ms) = (&ctx.call.policy.handoff.mark, session::now_ms(ctx));
    let mut all = vec![];
    for (session, ids) in sessions.iter().zip(&wanted) {
        let mut marked = vec![];
        for (id, read) in ids.iter().zip(reads.by_ref()) {
            if let Some(note) = read?.and_then(|record| ticket::marked(&record, mark, now_ms)) {
                // One with files is read again when it is told, for their names.
                if note.files.is_empty() {
                    ctx.recent_texts.put(note.id.as_str(), &note.text);
                }
                marked.push(note);
            }
            seen.add(session, id.clone());
        }
        all.push(marked);
    }
    Ok(all)
}

impl UnmarkedNotes {
    fn has(&self, session: &HandoffSession, note: &RecordId) -> bool {
        self.0.get(&session.row.id).is_some_and(|notes| notes.contains(note))
    }

    fn add(&mut self, session: &HandoffSession, note: RecordId) {
        if self.0.len() < REMEMBERED_MAX || self.0.contains_key(&session.row.id) {
            self.0.entry(session.row.id.clone()).or_default().insert(note);
        }
    }

    fn forget_all_but(&mut self, open: &[HandoffSession]) {
        let ids: BTreeSet<_> = open.iter().map(|session| session.row.id.as_str()).collect();
        self.0.retain(|id, _| ids.contains(id.as_str()));
    }
}
