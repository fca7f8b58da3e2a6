//! The decision about a write that must not happen twice: send it once; if nobody knows what became of it, look it up;
//! send it again if it did not happen. Pure: it neither sends, looks up, waits nor reads a clock.
//!
//! The loop that acts on it is [`crate::writes::once`].

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;
use crate::record::Created;
use crate::transport::attempt::{AttemptError, FailureKind, HUBSPOT_WORK_MAX};
use crate::writes::kind::WriteKind;

/// The most times that the creation of a record is sent.
pub(crate) const SENDS_MAX: u32 = 2;
/// The most times that a message is sent to a person: a second one could not be taken back.
pub(crate) const SENDS_TO_PEOPLE_MAX: u32 = 1;
/// Pauses after a lost answer before the first look-ups. One more follows when HubSpot can no longer be at it.
const LOOKUP_DELAYS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(4)];
/// The last look-up is never earlier than this: a new record may take a moment to appear.
const LAST_LOOKUP_DELAY_MIN: Duration = Duration::from_secs(1);
/// The earliest last look-up of a message to a person, which is never sent again: its thread shows it later than HubSpot has it.
const LAST_LOOKUP_DELAY_TO_PEOPLE_MIN: Duration = Duration::from_secs(3);
/// A look-up with less time than this is not begun.
const LOOKUP_TIME_MIN: Duration = Duration::from_millis(500);

/// The differences between the kinds of writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WriteRules {
    /// Named in [`Error::OutcomeUnknown`].
    pub(crate) write: WriteKind,
    /// The result can be found by something that was sent. A contact without an e-mail address cannot.
    pub(crate) can_be_found: bool,
    pub(crate) uniqueness: Uniqueness,
    /// The most times that it is sent.
    pub(crate) sends_max: u32,
}

impl WriteRules {
    fn is_to_people(self) -> bool {
        self.sends_max == SENDS_TO_PEOPLE_MAX && self.uniqueness == Uniqueness::None
    }

    fn last_lookup_delay_min(self) -> Duration {
        if self.is_to_people() { LAST_LOOKUP_DELAY_TO_PEOPLE_MIN } else { LAST_LOOKUP_DELAY_MIN }
    }
}

/// HubSpot's own guard against a second record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Uniqueness {
    /// None. A look-up is the only guard.
    None,
    /// A value that the caller chose, such as an e-mail address: another call may have it too. The caller can repeat the
    /// call without harm, so the last lost answer is not worth a second round of look-ups.
    CallersValue,
    /// A key of this write alone. Sending again is harmless even while HubSpot may still be at the first send, and a
    /// refusal for a duplicate says that an earlier send was carried out.
    RequestKey,
    /// An id of this write alone, for which HubSpot makes one result and answers with it again
    /// (`integrationIdempotencyId` of custom channels). A lost answer is no doubt: the transport sends the write again as
    /// it repeats a read, there is nothing to look up, and whoever is told that the outcome is unknown may send it again.
    IdempotencyId,
}

/// The news about a write.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event<T> {
    /// HubSpot's answer confirms it.
    Confirmed(T),
    /// HubSpot did nothing. `duplicate`: because its result, or an equal one, is there already.
    Refused { error: Error, duplicate: bool },
    /// The write may have been carried out, or may still be.
    AnswerLost(AttemptError),
    /// The answer was lost and the caller does not wait any more.
    CallerGone,
    /// A look-up found the result.
    Found(T),
    /// A look-up did not find it.
    NotFound,
    /// A look-up failed.
    LookupFailed,
}

/// The next step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Next<T> {
    Send,
    LookUp { at: Instant },
    Return(Result<Created<T>, Error>),
}

/// The state of one write.
#[derive(Debug)]
pub(crate) struct WriteProgress {
    rules: WriteRules,
    deadline: Instant,
    sends: u32,
    /// HubSpot may carry out a send whose answer was lost as late as it likes.
    in_doubt: bool,
    state: ProtocolState,
}

#[derive(Debug)]
enum ProtocolState {
    Sent,
    /// The instants of the look-ups that are still to come.
    LookingUp {
        lost: AttemptError,
        remaining: VecDeque<Instant>,
    },
    /// The second send was refused for a duplicate, which may be the result of the first one.
    CheckingDuplicate {
        refusal: Error,
    },
}

impl WriteProgress {
    /// A write that is sent for the first time.
    pub(crate) fn new(rules: WriteRules, deadline: Instant) -> WriteProgress {
        WriteProgress { rules, deadline, sends: 1, in_doubt: false, state: ProtocolState::Sent }
    }

    /// Decides the next step after an event at `now`.
    pub(crate) fn next<T>(&mut self, event: Event<T>, now: Instant) -> Next<T> {
        match event {
            Event::Confirmed(value) => Next::Return(Ok(Created { value, recovered: false })),
            Event::Found(value) => Next::Return(Ok(Created { value, recovered: true })),
            Event::CallerGone => self.outcome_unknown(),
            Event::Refused { error, duplicate } => self.after_refusal(error, duplicate, now),
            Event::AnswerLost(error) => self.after_lost_answer(error, now),
            Event::NotFound => self.after_lookup(Ok(())),
            Event::LookupFailed => self.after_lookup(Err(())),
        }
    }

    fn after_refusal<T>(&mut self, refusal: Error, duplicate: bool, now: Instant) -> Next<T> {
        let own_key = self.rules.uniqueness == Uniqueness::RequestKey;
        if duplicate && own_key {
            return self.after_own_duplicate(refusal, now);
        }
        if !duplicate || self.sends == 1 {
            return Next::Return(Err(if self.in_doubt && own_key { self.refused_in_doubt(refusal) } else { refusal }));
        }
        self.state = ProtocolState::CheckingDuplicate { refusal };
        Next::LookUp { at: now }
    }

    /// An earlier send was carried out, so the record only has to be read.
    fn after_own_duplicate<T>(&mut self, refusal: Error, now: Instant) -> Next<T> {
        self.sends = self.rules.sends_max;
        let carried_out = AttemptError::new(FailureKind::Unreadable { done: true }, refusal);
        self.state = ProtocolState::LookingUp {
            lost: carried_out,
            remaining: LOOKUP_DELAYS[1..].iter().map(|pause| now + *pause).collect(),
        };
        self.look_up(Some(now))
    }

    fn after_lost_answer<T>(&mut self, lost: AttemptError, now: Instant) -> Next<T> {
        let uniqueness = self.rules.uniqueness;
        if uniqueness == Uniqueness::IdempotencyId {
            // The transport has repeated it as long as there was time, or until it was refused.
            return if lost.is_in_doubt() {
                Next::Return(Err(self.refused_in_doubt(lost.error)))
            } else {
                self.outcome_unknown()
            };
        }
        let is_last = self.sends == self.rules.sends_max;
        if !self.rules.can_be_found || (uniqueness == Uniqueness::CallersValue && is_last) {
            return self.outcome_unknown();
        }
        self.in_doubt |= lost.may_be_in_progress();
        // With a key of its own, the second send does not have to wait until HubSpot must have ended the first.
        let mut remaining = match uniqueness == Uniqueness::RequestKey && !is_last {
            true => VecDeque::from([now, now + LAST_LOOKUP_DELAY_MIN]),
            false => lookup_schedule(&lost, now, self.rules.last_lookup_delay_min()),
        };
        let first = remaining.pop_front();
        self.state = ProtocolState::LookingUp { lost, remaining };
        self.look_up(first)
    }

    /// `looked` is `Err` if the look-up failed.
    fn after_lookup<T>(&mut self, looked: Result<(), ()>) -> Next<T> {
        let (lost, next) = match &mut self.state {
            ProtocolState::Sent => return self.outcome_unknown(),
            // With a unique key the refusal is true whoever was first. Without one, a look-up that failed leaves open
            // whether the duplicate is the first send's own result.
            ProtocolState::CheckingDuplicate { .. } if looked.is_err() && self.rules.uniqueness == Uniqueness::None => {
                return self.outcome_unknown();
            }
            ProtocolState::CheckingDuplicate { refusal } => return Next::Return(Err(refusal.clone())),
            ProtocolState::LookingUp { lost, remaining } => (lost, remaining.pop_front()),
        };
        if next.is_some() {
            return self.look_up(next);
        }
        let (kind, error) = (lost.kind, lost.error.clone());
        let own_key = self.rules.uniqueness == Uniqueness::RequestKey;
        match (looked, kind) {
            _ if own_key && self.sends < self.rules.sends_max => self.send_again(),
            _ if own_key && self.in_doubt => self.outcome_unknown(),
            // Only a last look-up that worked tells that nothing was done; and HubSpot's own word that it was outweighs it.
            (Err(()), _) | (Ok(()), FailureKind::Unreadable { done: true }) => self.outcome_unknown(),
            (Ok(()), _) if self.sends < self.rules.sends_max => self.send_again(),
            // Whoever is told that nothing was done sends it again, and a person would read it twice: an error of HubSpot's,
            // or the page of something in between, does not tell that the message does not come later.
            (Ok(()), _) if self.rules.is_to_people() => self.outcome_unknown(),
            // A HubSpot that did not answer twice may be slower than it should be, and still at it.
            (Ok(()), FailureKind::NoResponse) => self.outcome_unknown(),
            (Ok(()), _) => Next::Return(Err(error)),
        }
    }

    fn send_again<T>(&mut self) -> Next<T> {
        self.sends += 1;
        self.state = ProtocolState::Sent;
        Next::Send
    }

    fn look_up<T>(&self, at: Option<Instant>) -> Next<T> {
        match at {
            Some(at) if at + LOOKUP_TIME_MIN <= self.deadline => Next::LookUp { at },
            _ => self.outcome_unknown(),
        }
    }

    fn outcome_unknown<T>(&self) -> Next<T> {
        Next::Return(Err(Error::OutcomeUnknown { write: self.rules.write, refusal: None }))
    }

    /// A refusal for another reason does not tell of an earlier send that HubSpot may still be at.
    fn refused_in_doubt(&self, refusal: Error) -> Error {
        refusal.in_doubt(self.rules.write)
    }
}

/// The instants of the look-ups after an answer was lost at `now`: soon, and a last time when HubSpot must have ended
/// whatever it may still be doing.
fn lookup_schedule(lost: &AttemptError, now: Instant, last_delay_min: Duration) -> VecDeque<Instant> {
    let in_progress_since = lost.sent_at.filter(|_| lost.may_be_in_progress());
    let ended = in_progress_since.map_or(now, |sent_at| sent_at + HUBSPOT_WORK_MAX);
    let last = ended.max(now + last_delay_min);
    let before = LOOKUP_DELAYS.into_iter().map(|delay| now + delay).filter(|at| *at < last);
    before.chain([last]).collect()
}

#[cfg(test)]
mod tests;
