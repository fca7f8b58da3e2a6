//! Writes whose answer was lost: what became of them is looked up before anything else is done.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, sleep_until};

use crate::error::Error;
use crate::object::Object;
use crate::record::Record;
use crate::transport::attempt::{AttemptError, Kind};
use domain::id::RecordId;

/// How far HubSpot's clock and ours may be apart: a record made earlier than this before the request is not its result.
const CLOCKS_APART_MAX: TimeDelta = TimeDelta::seconds(60);
/// The longest HubSpot works on a request: what it has not done by then it will not do.
pub(crate) const WORK_MAX: Duration = Duration::from_secs(13);
/// Records that are remembered as given to a caller.
const CLAIMS_MAX: usize = 20_000;
/// A call needs this much time for one look.
const LOOK_TIME_MIN: Duration = Duration::from_millis(500);

/// How long after an answer was lost it is looked for, before the last look.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(4)];
/// The last look is never earlier: what was made may take a moment to show.
const LAST_LOOK_MIN: Duration = Duration::from_secs(1);

/// What the look-ups found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Lookup<T> {
    Done(T),
    /// It did not happen.
    NotDone,
    /// The look-ups failed as well, there was no time for them, or they do not find what HubSpot says it did.
    Undecided,
}

impl<T> Lookup<T> {
    /// For the accounts.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Lookup::Done(_) => "done",
            Lookup::NotDone => "not_done",
            Lookup::Undecided => "undecided",
        }
    }
}

/// When to look for what was lost now: soon, and a last time when HubSpot must have ended what it may still be doing.
fn looks(fault: &AttemptError, now: Instant) -> Vec<Instant> {
    let ended = fault.left_at.filter(|_| fault.maybe_under_way()).map_or(now, |left_at| left_at + WORK_MAX);
    let last = ended.max(now + LAST_LOOK_MIN);
    let before = LOOKS.into_iter().map(|pause| now + pause).filter(|at| *at < last);
    before.chain([last]).collect()
}

/// Looks until the write is found. `find` looks once.
pub(crate) async fn look_up<T, F>(fault: &AttemptError, deadline: Instant, find: impl Fn() -> F) -> Lookup<T>
where
    F: Future<Output = Result<Option<T>, Error>>,
{
    let mut looked = Lookup::Undecided;
    for at in looks(fault, Instant::now()) {
        if at + LOOK_TIME_MIN > deadline {
            return Lookup::Undecided;
        }
        sleep_until(at).await;
        looked = match find().await {
            Ok(Some(found)) => return Lookup::Done(found),
            Ok(None) => Lookup::NotDone,
            Err(_) => Lookup::Undecided,
        };
    }
    if fault.kind == (Kind::Unreadable { done: true }) { Lookup::Undecided } else { looked }
}

/// Whether a record is young enough to be what a request made that was sent at `sent_at`.
pub(crate) fn is_since(record: &Record, sent_at: DateTime<Utc>) -> bool {
    let created: Option<DateTime<Utc>> = record.created_at.as_deref().and_then(|text| text.parse().ok());
    created.is_none_or(|created| created + CLOCKS_APART_MAX >= sent_at)
}

/// Which records were given to which callers: two equal tickets of one contact must not both be taken for the same one.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    records: HashSet<(Object, RecordId)>,
    order: VecDeque<(Object, RecordId)>,
}

impl Claims {
    /// `false`: somebody has it already.
    pub(crate) fn claim(&self, object: Object, id: &RecordId) -> bool {
        let mut claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !claims.records.insert((object, id.clone())) {
            return false;
        }
        claims.order.push_back((object, id.clone()));
        if claims.order.len() > CLAIMS_MAX
            && let Some(oldest) = claims.order.pop_front()
        {
            claims.records.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    type Found = Result<Option<u8>, Error>;
    /// What was lost, what the looks find, the deadline in seconds, and what comes of it after how many.
    type Case = (Kind, Vec<Found>, u64, (Lookup<u8>, u64));

    async fn looked(kind: Kind, results: &[Found], deadline_seconds: u64) -> (Lookup<u8>, u64) {
        let (start, at) = (Instant::now(), AtomicU32::new(0));
        let find = || std::future::ready(results[at.fetch_add(1, Ordering::Relaxed) as usize].clone());
        let fault = AttemptError { left_at: Some(start), ..AttemptError::new(kind, Error::Timeout) };
        let looked = look_up(&fault, start + Duration::from_secs(deadline_seconds), find).await;
        (looked, start.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_last_look_that_worked_decides() {
        let (none, failed, found) = (|| Ok(None), || Err(Error::Timeout), || Ok(Some(7)));
        let (ended, lost) = (Kind::Failed { status: 500 }, Kind::ConnectionLost);
        let says_done = Kind::Unreadable { done: true };
        let cases: [Case; 9] = [
            (ended, vec![found()], 30, (Lookup::Done(7), 0)),
            (ended, vec![failed(), found()], 30, (Lookup::Done(7), 1)),
            (ended, vec![none(), none()], 30, (Lookup::NotDone, 1)),
            (ended, vec![none(), failed()], 30, (Lookup::Undecided, 1)),
            (ended, vec![none()], 1, (Lookup::Undecided, 0)),
            (lost, vec![none(), none(), found()], 30, (Lookup::Done(7), 4)),
            (lost, vec![none(), none(), none(), found()], 30, (Lookup::Done(7), 13)),
            (lost, vec![none(), none(), none()], 10, (Lookup::Undecided, 4)),
            (says_done, vec![none(), none()], 30, (Lookup::Undecided, 1)),
        ];
        for (kind, results, deadline, want) in cases {
            assert_eq!(looked(kind, &results, deadline).await, want, "{kind:?} {results:?}");
        }
    }

    #[test]
    fn what_hubspot_may_be_at_is_looked_for_until_it_must_have_ended() {
        let now = Instant::now() + Duration::from_secs(60);
        let seconds = |kind, waited| {
            let left_at = Some(now - Duration::from_secs(waited));
            let fault = AttemptError { left_at, ..AttemptError::new(kind, Error::Timeout) };
            looks(&fault, now).into_iter().map(|at| (at - now).as_secs()).collect::<Vec<_>>()
        };
        assert_eq!(seconds(Kind::ConnectionLost, 0), [0, 1, 4, 13]);
        assert_eq!(seconds(Kind::Failed { status: 504 }, 2), [0, 1, 4, 11]);
        assert_eq!(seconds(Kind::NoResponse, 10), [0, 1, 3]);
        assert_eq!(seconds(Kind::NoResponse, 20), [0, 1]);
        assert_eq!(seconds(Kind::Failed { status: 500 }, 0), [0, 1]);
    }

    #[test]
    fn a_record_belongs_to_one_caller() {
        let claims = Claims::default();
        let id = RecordId::from(1);
        assert!(claims.claim(Object::Tickets, &id) && claims.claim(Object::Communications, &id));
        assert!(!claims.claim(Object::Tickets, &id));
    }

    #[test]
    fn claims_are_bounded() {
        let claims = Claims::default();
        for id in 0..=CLAIMS_MAX as u64 {
            assert!(claims.claim(Object::Tickets, &RecordId::from(id)));
        }
        assert!(claims.claim(Object::Tickets, &RecordId::from(0)), "the oldest was let go");
    }
}
