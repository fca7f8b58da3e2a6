//! The writes of a call, for the operator's audit trail: which records, and what became of each.
//!
//! Every write reports here, because every write goes through [`crate::writes::detached_write`]. It holds no values.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use tokio::sync::watch;

use crate::error::Error;
use crate::object::Object;
use domain::id::RecordId;

/// The header by which HubSpot's support finds a request.
const CORRELATION_ID: &str = "x-hubspot-correlation-id";
/// The longest correlation id that is kept; HubSpot's have 36 characters.
const CORRELATION_ID_BYTES_MAX: usize = 64;
/// Correlation ids of one write that are kept: it is sent twice at most, and each send is repeated a few times.
const CORRELATION_IDS_MAX: usize = 16;

/// The kinds of writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A record was to be created.
    Create,
    /// A record was to be changed.
    Update,
    /// A meeting was to be booked.
    Book,
}

/// The outcome of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// HubSpot did it.
    Done,
    /// HubSpot did nothing.
    NotDone,
    /// Nobody knows, or it has not ended.
    Unknown,
}

/// A record by the name of its type in HubSpot's API and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenRecord {
    /// The type, such as `tickets`; `calendar_events` for the event of a booking.
    pub object: &'static str,
    /// Id of the record or message in HubSpot.
    pub id: String,
}

impl WrittenRecord {
    pub(crate) fn new(object: &'static str, id: impl ToString) -> WrittenRecord {
        WrittenRecord { object, id: id.to_string() }
    }

    pub(crate) fn of((object, id): &(Object, RecordId)) -> WrittenRecord {
        WrittenRecord::new(object.name(), id)
    }
}

/// A write as far as it is known. It holds no value, address or text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteFacts {
    /// The kind of the write.
    pub action: Action,
    /// The type of the records it writes, such as `tickets`.
    pub object: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// It was found to be done after HubSpot's answer was lost.
    pub recovered: bool,
    /// The records that were created or changed, as far as HubSpot has named them.
    pub records: Vec<WrittenRecord>,
    /// The record to which the new one belongs.
    pub parent: Option<WrittenRecord>,
    /// The internal names of the properties that were sent.
    pub properties: Vec<String>,
    /// HubSpot's correlation ids of the requests that wrote, oldest first.
    pub correlation_ids: Vec<String>,
}

impl WriteFacts {
    /// A write that begins.
    pub(crate) fn begun(action: Action, object: &'static str, properties: Vec<String>) -> WriteFacts {
        WriteFacts {
            action,
            object,
            outcome: Outcome::Unknown,
            recovered: false,
            records: vec![],
            parent: None,
            properties,
            correlation_ids: vec![],
        }
    }
}

/// One write of a call. Clones are the same write.
#[derive(Clone, Debug)]
pub struct Written(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<WrittenState>,
    ended: watch::Sender<bool>,
}

#[derive(Debug)]
struct WrittenState {
    facts: WriteFacts,
    /// HubSpot may have carried out a request whose answer was lost.
    in_doubt: bool,
}

impl Written {
    pub(crate) fn begin(facts: WriteFacts) -> Written {
        let state = Mutex::new(WrittenState { facts, in_doubt: false });
        Written(Arc::new(Shared { state, ended: watch::Sender::new(false) }))
    }

    /// The write as it is known now.
    pub fn facts(&self) -> WriteFacts {
        self.state().facts.clone()
    }

    /// True if nothing more will become known.
    pub fn has_ended(&self) -> bool {
        *self.0.ended.borrow()
    }

    /// Waits for the end of the write, also after its caller has gone.
    pub async fn ended(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.ended.subscribe().wait_for(|ended| *ended).await;
    }

    /// HubSpot has answered a request of this write.
    pub(crate) fn answered(&self, headers: &HeaderMap) {
        let Some(id) = headers.get(CORRELATION_ID).and_then(|id| id.to_str().ok()).filter(|id| is_id(id)) else {
            return;
        };
        let ids = &mut self.state().facts.correlation_ids;
        if ids.len() < CORRELATION_IDS_MAX {
            ids.push(id.to_owned());
        }
    }

    /// HubSpot may have carried out a request, and its answer was lost.
    pub(crate) fn doubt(&self) {
        self.state().in_doubt = true;
    }

    /// The write has ended; on success with these records. After a lost answer, an error does not tell that nothing was
    /// done.
    pub(crate) fn end(&self, result: Result<Success, &Error>) {
        let mut state = self.state();
        match result {
            Ok(Success { records, recovered }) => {
                state.facts.outcome = Outcome::Done;
                (state.facts.records, state.facts.recovered) = (records, recovered);
            }
            Err(Error::OutcomeUnknown { .. }) => {}
            Err(_) if state.in_doubt => {}
            Err(_) => state.facts.outcome = Outcome::NotDone,
        }
        drop(state);
        self.0.ended.send_replace(true);
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn state(&self) -> MutexGuard<'_, WrittenState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The result of a write that was done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Success {
    pub(crate) records: Vec<WrittenRecord>,
    pub(crate) recovered: bool,
}

/// True for text that can be repeated: HubSpot's ids have letters, digits and dashes.
pub(crate) fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= CORRELATION_ID_BYTES_MAX
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writes::kind::WriteKind;

    fn written() -> Written {
        Written::begin(WriteFacts::begun(Action::Create, "tickets", vec!["subject".into()]))
    }

    #[test]
    fn an_error_after_a_lost_answer_does_not_tell_that_nothing_was_done() {
        let unknown = Error::OutcomeUnknown { write: WriteKind::Ticket, refusal: None };
        for (doubted, error, outcome) in [
            (false, &Error::Timeout, Outcome::NotDone),
            (true, &Error::Timeout, Outcome::Unknown),
            (false, &unknown, Outcome::Unknown),
        ] {
            let written = written();
            assert_eq!((written.facts().outcome, written.has_ended()), (Outcome::Unknown, false));
            if doubted {
                written.doubt();
            }
            written.end(Err(error));
            assert_eq!((written.facts().outcome, written.has_ended()), (outcome, true), "{doubted} {error}");
        }
    }

    #[test]
    fn only_ids_are_kept_and_not_without_end() {
        let written = written();
        for id in ["6f1c-9", "two words", "", &"x".repeat(65)] {
            written.answered(&HeaderMap::from_iter([(
                http::HeaderName::from_static(CORRELATION_ID),
                id.parse().unwrap(),
            )]));
        }
        assert_eq!(written.facts().correlation_ids, ["6f1c-9"]);
        for _ in 0..50 {
            written.answered(&HeaderMap::from_iter([(
                http::HeaderName::from_static(CORRELATION_ID),
                "a".parse().unwrap(),
            )]));
        }
        assert_eq!(written.facts().correlation_ids.len(), CORRELATION_IDS_MAX);
    }
}
