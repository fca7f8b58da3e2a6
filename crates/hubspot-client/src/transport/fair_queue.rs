//! The order in which callers that wait for the same limit are served: in turn, one request each.
//!
//! That is deficit round robin (Shreedhar and Varghese, 1995) for requests that all cost one place. A caller with a
//! thousand requests and one with a single request are served alternately, so nobody waits longer for the first than one
//! request of each other caller takes. Beside it, a fifth of each window is kept for quiet callers: a turn helps nobody
//! while all places of a window are taken. Quiet is who holds fewer places of a long window than its even part of the
//! other four fifths; of the five searches in a second, none.
//!
//! In a long window, a caller beside others takes a fifth at once and spreads the places that it may still take over the
//! time until its first one is free again. Taken at once they would also come free at once, and another caller that needs
//! more than the fifth would wait for that moment. Where others may come at any time, a lone caller leaves the fifth too,
//! and takes a half at once.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::caller_key::CallerKey;
use crate::settings::Callers;
use crate::shared_quota::division::{self, KEPT_ONE_IN};
use crate::shared_quota::report::Wants;
use crate::tier::Limit;
use crate::transport::room::Room;

/// Requests of one caller that wait for the same limit.
const WAITING_PER_CALLER_MAX: usize = 4_096;
/// Requests that wait for the same limit, of all callers.
const WAITING_MAX: usize = 16_384;
/// Callers that are known for the same limit. One that holds and waits for nothing makes way for another.
const CALLERS_MAX: usize = 4_096;
/// The callers whose number decides which part of a window is an even one; further ones make it no smaller.
const LATEST: usize = KEPT_ONE_IN - 1;
/// The time for which places are kept for a caller that is not there: a lone caller has the whole window.
const KNOWN_FOR: Duration = Duration::from_secs(600);

/// The part of a window that a caller takes at once while it is alone although others may come: one in this many.
const UNPACED_ALONE_ONE_IN: usize = 2;
/// Windows longer than this are paced: nobody minds waiting for the end of a shorter one.
const UNPACED_SPAN_MAX: Duration = Duration::from_secs(1);

/// A request in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct QueueEntry(u64);

/// The callers of one limit, and their requests that wait.
#[derive(Debug, Default)]
pub(crate) struct FairQueue {
    callers: HashMap<CallerKey, CallerQueue>,
    /// The callers with waiting requests, the next one first.
    turns: VecDeque<CallerKey>,
    waiting: usize,
    tickets: u64,
    swept: Option<Instant>,
    /// The [`LATEST`] callers that asked last, the latest first, without the client's own reads.
    latest: Vec<(CallerKey, Instant)>,
    /// The callers that may ask at any time.
    expected: Callers,
    /// The replicas that share the limit; `None` for a process on its own.
    replicas: Option<usize>,
}

#[derive(Debug)]
struct CallerQueue {
    waiting: VecDeque<QueueEntry>,
    /// The last time that it asked.
    asked: Instant,
    /// The last time that it was given a place.
    served: Option<Instant>,
    /// The places that it holds until an answer comes.
    in_flight: usize,
    /// The instants from which its other places are held for the length of a window, oldest first.
    finished: VecDeque<Instant>,
}

impl FairQueue {
    pub(crate) fn new(expected: Callers) -> FairQueue {
        FairQueue { expected, ..FairQueue::default() }
    }

    /// Shares the limit with other replicas from now on. Their callers may come at any time.
    pub(crate) fn share_among(&mut self, replicas: usize) {
        self.replicas = Some(replicas.max(1));
    }

    /// Puts a request behind the caller's others; `None` if there is no more room for them.
    pub(crate) fn join(&mut self, caller: &CallerKey, now: Instant) -> Option<QueueEntry> {
        self.forget(now);
        if !self.has_room_for(caller) {
            return None;
        }
        self.note(caller, now);
        let line = self.callers.entry(caller.clone());
        let line = line.or_insert_with(|| CallerQueue::new(now));
        line.asked = now;
        if line.waiting.len() >= WAITING_PER_CALLER_MAX || self.waiting >= WAITING_MAX {
            return None;
        }
        if line.waiting.is_empty() {
            self.turns.push_back(caller.clone());
        }
        let ticket = QueueEntry(self.tickets);
        line.waiting.push_back(ticket);
        (self.tickets, self.waiting) = (self.tickets + 1, self.waiting + 1);
        Some(ticket)
    }

    /// Takes a request out of the queue, if it still waits.
    pub(crate) fn leave(&mut self, caller: &CallerKey, ticket: QueueEntry) {
        let Some(line) = self.callers.get_mut(caller) else { return };
        let Ok(place) = line.waiting.binary_search_by_key(&ticket.0, |waiting| waiting.0) else { return };
        line.waiting.remove(place);
        self.waiting -= 1;
        if line.waiting.is_empty() {
            self.turns.retain(|other| other != caller);
        }
    }

    /// The request that is given one of the places of a window, if one may have it.
    pub(crate) fn next(&mut self, room: impl Into<Room>, limit: Limit, now: Instant) -> Option<QueueEntry> {
        let room = room.into();
        let turn = self.turns.iter().position(|caller| {
            room.admits(self.kept_from(caller, limit, now)) && self.paced_until(caller, limit, now).is_none()
        })?;
        let caller = self.turns.remove(turn)?;
        let line = self.callers.get_mut(&caller)?;
        let ticket = line.waiting.pop_front()?;
        line.forget(limit, now);
        line.in_flight += 1;
        line.served = Some(now);
        self.waiting -= 1;
        if !line.waiting.is_empty() {
            self.turns.push_back(caller);
        }
        Some(ticket)
    }

    /// Takes back a place: from `held_from` it is held for the length of a window, or not at all if nothing was sent.
    pub(crate) fn give_back(&mut self, caller: &CallerKey, held_from: Option<Instant>) {
        let Some(line) = self.callers.get_mut(caller) else { return };
        line.in_flight = line.in_flight.saturating_sub(1);
        if let Some(at) = held_from {
            let place = line.finished.partition_point(|finished| *finished <= at);
            line.finished.insert(place, at);
        }
    }

    /// The places that a caller may not take: none if it is quiet, or alone and not one that yields.
    pub(crate) fn kept_from(&self, caller: &CallerKey, limit: Limit, now: Instant) -> usize {
        let Some(others) = self.others(caller, now) else { return 0 };
        let held = self.callers.get(caller).map_or(0, |line| line.held(limit, now));
        let threshold = self.quiet_below(limit, others);
        match self.replicas {
            None if held < threshold => 0,
            // Among many replicas the fewer places a caller holds, the more of the kept ones it may take.
            Some(_) if held < threshold && !caller.yields() => kept(limit) * held / threshold,
            _ => kept(limit),
        }
    }

    /// The requests that wait and could be sent if there were places, by what they may take.
    pub(crate) fn wants(&self, limit: Limit, now: Instant) -> Wants {
        let mut wants = Wants { floor: kept(limit), ..Wants::default() };
        for caller in self.turns.iter().filter(|caller| self.paced_until(caller, limit, now).is_none()) {
            let waiting = self.callers.get(caller).map_or(0, |line| line.waiting.len());
            let kept_from = self.kept_from(caller, limit, now);
            if caller.yields() {
                wants.background += waiting;
            } else if kept_from < kept(limit) {
                wants.quiet += waiting;
                wants.floor = wants.floor.min(kept_from);
            } else {
                wants.busy += waiting;
            }
        }
        wants
    }

    /// The places of this process with which a caller beside these others is no longer quiet.
    fn quiet_below(&self, limit: Limit, others: usize) -> usize {
        match self.replicas {
            // A tool asks HubSpot up to five things.
            Some(replicas) => (quiet_below(limit, others) / replicas).max(kept(limit) / 4).max(1),
            None => quiet_below(limit, others),
        }
    }

    /// The instant from which a busy caller beside others may take its next place; `None` if it may now.
    pub(crate) fn paced_until(&self, caller: &CallerKey, limit: Limit, now: Instant) -> Option<Instant> {
        let (others, line) = (self.others(caller, now)?, self.callers.get(caller)?);
        if limit.span <= UNPACED_SPAN_MAX || line.held(limit, now) < unpaced(limit, others) {
            return None;
        }
        let served = line.served?;
        let pause = line.time_to_first_free(limit, served) / line.more_to(limit.max - kept(limit), limit, now)?;
        Some(served + pause).filter(|next| *next > now)
    }

    /// The other callers that have been here not long ago, up to [`LATEST`] less one; `None` if the caller is alone, does
    /// not yield, and no others are expected.
    fn others(&self, caller: &CallerKey, now: Instant) -> Option<usize> {
        let others = self.latest.iter().filter(|(other, asked)| other != caller && *asked + KNOWN_FOR > now);
        let others = others.take(LATEST - 1).count();
        let are_expected = self.expected == Callers::Several || self.replicas.is_some();
        (others > 0 || are_expected || caller.yields()).then_some(others)
    }

    /// The instant from which a caller is quiet if no more answers come; `None` if it is quiet already, or not without an
    /// answer.
    pub(crate) fn quiet_from(&self, caller: &CallerKey, limit: Limit, now: Instant) -> Option<Instant> {
        let line = self.callers.get(caller)?;
        let surplus = line.held(limit, now).checked_sub(self.quiet_below(limit, self.others(caller, now)?))?;
        let held = line.finished.iter().filter(|finished| **finished + limit.span > now);
        held.map(|finished| *finished + limit.span).nth(surplus)
    }

    /// The requests that are served before this one, or before a new one of the caller: its own, and in each round one of
    /// each other caller.
    pub(crate) fn ahead_of(&self, caller: &CallerKey, ticket: Option<QueueEntry>) -> usize {
        let own = self.callers.get(caller).map_or(0, |line| {
            let before = ticket.map(|ticket| line.waiting.partition_point(|other| other.0 < ticket.0));
            before.unwrap_or(line.waiting.len())
        });
        let others = self.turns.iter().filter(|other| *other != caller);
        own + others
            .filter_map(|other| self.callers.get(other))
            .map(|line| line.waiting.len().min(own + 1))
            .sum::<usize>()
    }

    /// The caller that holds the fewest places: of those that share a request, it pays for it, as it would alone. The
    /// others' requests make it no later.
    pub(crate) fn payer<'a>(
        &self,
        callers: impl Iterator<Item = &'a CallerKey>,
        limit: Limit,
        now: Instant,
    ) -> CallerKey {
        // Not by what waits: a request that waits in the turn of one would then belong to the other.
        let held = |caller: &&CallerKey| self.callers.get(*caller).map(|line| line.held(limit, now));
        callers.min_by_key(held).cloned().unwrap_or_default()
    }

    /// Makes room for a caller that is not known; false if all others wait or hold something.
    fn has_room_for(&mut self, caller: &CallerKey) -> bool {
        if self.callers.len() < CALLERS_MAX || self.callers.contains_key(caller) {
            return true;
        }
        let idle = self.callers.iter().filter(|(_, line)| line.waiting.is_empty() && line.in_flight == 0);
        let first = idle.min_by_key(|(_, line)| line.asked).map(|(first, _)| first.clone());
        first.and_then(|first| self.callers.remove(&first)).is_some()
    }

    fn note(&mut self, caller: &CallerKey, now: Instant) {
        if !caller.is_background() {
            self.latest.retain(|(other, _)| other != caller);
            self.latest.insert(0, (caller.clone(), now));
            self.latest.truncate(LATEST);
        }
    }

    /// Forgets callers that have not been here for long.
    fn forget(&mut self, now: Instant) {
        if self.swept.is_none_or(|swept| swept + KNOWN_FOR <= now) {
            let is_here =
                |line: &CallerQueue| !line.waiting.is_empty() || line.in_flight > 0 || line.asked + KNOWN_FOR > now;
            self.callers.retain(|_, line| is_here(line));
            self.swept = Some(now);
        }
    }
}

/// The places of a window that are kept for quiet callers.
fn kept(limit: Limit) -> usize {
    division::kept(limit.max)
}

/// The places with which a caller beside these others is no longer quiet.
fn quiet_below(limit: Limit, others: usize) -> usize {
    if limit.span > UNPACED_SPAN_MAX { (limit.max - kept(limit)) / (others + 1) } else { kept(limit) }
}

/// The places that a caller takes at once beside these others.
fn unpaced(limit: Limit, others: usize) -> usize {
    if others == 0 { limit.max / UNPACED_ALONE_ONE_IN } else { kept(limit) }
}

impl CallerQueue {
    fn new(now: Instant) -> CallerQueue {
        CallerQueue { waiting: VecDeque::new(), asked: now, served: None, in_flight: 0, finished: VecDeque::new() }
    }

    /// The places of the window that it holds.
    fn held(&self, limit: Limit, now: Instant) -> usize {
        let over = self.finished.partition_point(|finished| *finished + limit.span <= now);
        self.in_flight + self.finished.len() - over
    }

    /// The places that it may take until it holds `most`; `None` if none.
    fn more_to(&self, most: usize, limit: Limit, now: Instant) -> Option<u32> {
        let more = most.checked_sub(self.held(limit, now)).filter(|more| *more > 0)?;
        u32::try_from(more).ok()
    }

    /// The time from `at` until the first of its places is free again, as far as it is known.
    fn time_to_first_free(&self, limit: Limit, at: Instant) -> Duration {
        let over = self.finished.partition_point(|finished| *finished + limit.span <= at);
        self.finished.get(over).map_or(limit.span, |first| (*first + limit.span).duration_since(at))
    }

    fn forget(&mut self, limit: Limit, now: Instant) {
        let over = self.finished.partition_point(|finished| *finished + limit.span <= now);
        self.finished.drain(..over);
    }
}

#[cfg(test)]
mod tests;
