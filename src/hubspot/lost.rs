//! Writes whose answer was lost: what became of them is looked up before anything else is done.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, sleep};

use super::error::Error;
use super::fault::Kind;
use super::object::Object;
use super::record::Record;
use crate::crm::id::RecordId;

/// How far HubSpot's clock and ours may be apart: a record made earlier than this before the request is not its result.
const CLOCKS_APART_MAX: TimeDelta = TimeDelta::seconds(60);
/// The longest HubSpot works on a request: what it has not done by then it will not do.
pub(super) const WORK_MAX: Duration = Duration::from_secs(13);
/// Records that are remembered as given to a caller.
const CLAIMS_MAX: usize = 20_000;
/// A call needs this much time for one look.
const LOOK_TIME_MIN: Duration = Duration::from_millis(500);

/// What the look-ups found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Looked<T> {
    Done(T),
    /// It did not happen.
    NotDone,
    /// The look-ups failed as well, or there was no time for them.
    Undecided,
}

/// When to look: at once, and again after HubSpot must have ended what it may still have been doing.
fn pauses(kind: Kind) -> [Duration; 2] {
    let again = match kind {
        Kind::Silent { waited } => WORK_MAX.saturating_sub(waited),
        Kind::Failed { status: 504 | 522..=524 } => Duration::from_secs(3),
        _ => Duration::ZERO,
    };
    [Duration::ZERO, again.max(Duration::from_secs(1))]
}

/// Looks until the write is found. `find` looks once.
pub(super) async fn look_up<T, F>(kind: Kind, deadline: Instant, find: impl Fn() -> F) -> Looked<T>
where
    F: Future<Output = Result<Option<T>, Error>>,
{
    let mut looked = Looked::Undecided;
    for pause in pauses(kind) {
        if Instant::now() + pause + LOOK_TIME_MIN > deadline {
            return Looked::Undecided;
        }
        sleep(pause).await;
        looked = match find().await {
            Ok(Some(found)) => return Looked::Done(found),
            Ok(None) => Looked::NotDone,
            Err(_) => Looked::Undecided,
        };
    }
    looked
}

/// Whether a record is young enough to be what a request made that was sent at `sent_at`.
pub(super) fn is_since(record: &Record, sent_at: DateTime<Utc>) -> bool {
    let created: Option<DateTime<Utc>> = record.created_at.as_deref().and_then(|text| text.parse().ok());
    created.is_none_or(|created| created + CLOCKS_APART_MAX >= sent_at)
}

/// Which records were given to which callers: two equal tickets of one contact must not both be taken for the same one.
#[derive(Debug, Default)]
pub(super) struct Claims(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    records: HashSet<(Object, RecordId)>,
    order: VecDeque<(Object, RecordId)>,
}

impl Claims {
    /// `false`: somebody has it already.
    pub(super) fn claim(&self, object: Object, id: &RecordId) -> bool {
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

    async fn looked(results: [Result<Option<u8>, Error>; 2], deadline_seconds: u64) -> (Looked<u8>, Duration) {
        let (start, at) = (Instant::now(), AtomicU32::new(0));
        let find = || std::future::ready(results[at.fetch_add(1, Ordering::Relaxed) as usize].clone());
        let looked = look_up(Kind::Lost, start + Duration::from_secs(deadline_seconds), find).await;
        (looked, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_look_that_worked_decides() {
        let second = Duration::from_secs(1);
        let failed = || Err(Error::Timeout);
        assert_eq!(looked([Ok(Some(7)), failed()], 30).await, (Looked::Done(7), Duration::ZERO));
        assert_eq!(looked([failed(), Ok(Some(7))], 30).await, (Looked::Done(7), second));
        assert_eq!(looked([Ok(None), Ok(None)], 30).await, (Looked::NotDone, second));
        assert_eq!(looked([Ok(None), failed()], 30).await, (Looked::Undecided, second));
        assert_eq!(looked([Ok(None), Ok(None)], 1).await, (Looked::Undecided, Duration::ZERO));
    }

    #[test]
    fn who_lost_patience_early_looks_again_late() {
        let again = |seconds| pauses(Kind::Silent { waited: Duration::from_secs(seconds) })[1].as_secs();
        assert_eq!([0, 4, 10, 20].map(again), [13, 9, 3, 1]);
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
