//! A call with a key of its client's: carried out once by all replicas together, and answered again for a day.
//!
//! It is noted before it begins, and goes on to its end also when its client leaves, so that the client's repeat finds
//! what became of it. A run whose process has died is not repeated: nobody knows what it has done.

use std::convert::Infallible;
use std::time::Duration;

use chrono::DateTime;
use rmcp::ErrorData;
use rmcp::model::{CallToolResponse, CallToolResult, MetaObject};
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep, timeout};
use tracing::{Instrument, Span, warn};

use super::call_limits::CallLimits;
use super::idempotency_key::NAME;
use super::kept_answer;
use super::result_limit::json_bytes;
use crate::store::idempotent_calls::{CallBegin, CallEnd, NewCall};
use crate::store::{Error, Store};
use crate::tool::call_context::WriteLog;
use crate::tool::{ToolEntry, ToolError};
use domain::code::Code;
use hubspot_client::Outcome;

/// The time for which a run is surely alive after it has said so, and the pause until it says so again.
const LIFE: Duration = Duration::from_secs(30);
const KEEP_EVERY: Duration = Duration::from_secs(10);

/// The shortest and the longest pause between two looks at a run of the same call.
const LOOK_FIRST: Duration = Duration::from_millis(100);
const LOOK_LAST: Duration = Duration::from_secs(1);

/// The longest wait for writes that go on after their call was given up.
const WRITES_END_MAX: Duration = Duration::from_secs(60);

/// The attempts to note an end, and the pause between them.
const END_ATTEMPTS: u32 = 3;
const END_AGAIN: Duration = Duration::from_secs(1);

/// The largest outcome that is kept.
const OUTCOME_BYTES_MAX: usize = 16 * 1024;

/// A call that is to be done once.
pub(super) struct IdempotentCall {
    pub(super) store: Store,
    pub(super) limits: CallLimits,
    pub(super) entry: ToolEntry,
    pub(super) call: NewCall,
    /// The writes of its run.
    pub(super) writes: WriteLog,
}

type Response = Result<CallToolResponse, ErrorData>;

impl IdempotentCall {
    /// Carries it out, if it was not carried out before; the error is one of the key or of the store.
    pub(super) async fn once<F>(self, run: F) -> Result<Response, ToolError>
    where
        F: Future<Output = Response> + Send + 'static,
    {
        if let Some(before) = self.begin().await? {
            return Ok(Ok(before));
        }
        let carried_out = tokio::spawn(self.carry_out(run).instrument(Span::current()));
        Ok(carried_out.await.unwrap_or_else(|ended| Err(ErrorData::internal_error(ended.to_string(), None))))
    }

    /// Notes that it begins; the answer, if it was carried out before.
    async fn begin(&self) -> Result<Option<CallToolResponse>, ToolError> {
        let (until, mut pause) = (self.limits.deadline(), LOOK_FIRST);
        loop {
            match self.store.begin_call(self.call.clone(), LIFE).await.map_err(|error| unnoted(&error))? {
                CallBegin::First => return Ok(None),
                CallBegin::Answered { outcome, begun_ms } => return Ok(Some(replayed(&outcome, begun_ms).into())),
                CallBegin::Unclear { outcome } => return Err(unclear(&outcome)),
                CallBegin::OtherRequest => return Err(other_request()),
                CallBegin::UnderWay if Instant::now() >= until => return Err(under_way()),
                CallBegin::UnderWay => sleep(pause).await,
            }
            pause = (pause * 2).min(LOOK_LAST);
        }
    }

    /// Runs it to its end, and notes that.
    async fn carry_out(self, run: impl Future<Output = Response> + Send) -> Response {
        // A shutdown waits for it.
        let _counted = self.limits.counted();
        let response = self.kept_while(run).await;
        self.kept_while(async { self.note(self.end_of(&response).await).await }).await;
        response
    }

    /// Says again and again that it is carried out, until this has ended.
    async fn kept_while<T>(&self, work: impl Future<Output = T>) -> T {
        // Beside the work, which goes on while the store is waited for.
        tokio::select! {
            ended = work => ended,
            never = self.keep() => match never {},
        }
    }

    async fn keep(&self) -> Infallible {
        loop {
            sleep(KEEP_EVERY).await;
            // A store that fails may work again before the life of the call is over.
            drop(self.store.keep_call(&self.call.key, &self.call.holder, LIFE).await);
        }
    }

    /// The end that a response is.
    async fn end_of(&self, response: &Response) -> CallEnd {
        let answer = match response {
            Ok(CallToolResponse::Complete(done)) if done.is_error != Some(true) => done.structured_content.as_ref(),
            _ => None,
        };
        if let Some(answer) = answer {
            let outcome = json!({ "answer": kept_answer::of(answer, self.entry.output().as_value()) });
            if json_bytes(&outcome) <= OUTCOME_BYTES_MAX {
                return CallEnd::Answered { outcome: outcome.to_string() };
            }
        }
        let records = self.records().await;
        match (records, answer) {
            (None, None) => CallEnd::NothingDone,
            (records, _) => CallEnd::Unclear { outcome: json!({ "records": records.unwrap_or_default() }).to_string() },
        }
    }

    /// The records of writes that were done or may have been; `None` if there were no such writes.
    async fn records(&self) -> Option<Vec<Value>> {
        let writes = self.writes.all();
        let ended = futures::future::join_all(writes.iter().map(|write| write.ended()));
        // A write without an end is one that nobody knows.
        let _ = timeout(WRITES_END_MAX, ended).await;
        let facts: Vec<_> = writes.iter().map(|write| write.facts()).collect();
        let done = facts.iter().filter(|facts| facts.outcome != Outcome::NotDone);
        let records = done.clone().flat_map(|facts| &facts.records);
        let records = records.map(|record| json!({"object": record.object, "id": record.id})).collect();
        (done.count() > 0).then_some(records)
    }

    async fn note(&self, end: CallEnd) {
        for _ in 0..END_ATTEMPTS {
            match self.store.end_call(&self.call.key, &self.call.holder, end.clone()).await {
                Ok(()) => return,
                Err(error) => warn!("The end of a call with an `{NAME}` could not be noted: {error}."),
            }
            sleep(END_AGAIN).await;
        }
    }
}

/// The answer again, as far as it was kept.
fn replayed(outcome: &str, begun_ms: i64) -> CallToolResult {
    let mut outcome: Value = serde_json::from_str(outcome).unwrap_or_default();
    let mut result = CallToolResult::structured(outcome["answer"].take());
    let first = DateTime::from_timestamp_millis(begun_ms).unwrap_or_default().to_rfc3339();
    let meta = Map::from_iter([("idempotency_replayed".into(), json!(true)), ("first_called_at".into(), json!(first))]);
    result.meta = Some(MetaObject(meta));
    result
}

fn unclear(outcome: &str) -> ToolError {
    let outcome: Value = serde_json::from_str(outcome).unwrap_or_default();
    let message = format!("a call with this `{NAME}` was begun before, and not all that became of it is known");
    let hint = "nothing was sent again; look in HubSpot, at `records` where there are some, and only then call with another \
                key";
    let error = ToolError::new(Code::OutcomeUnknown, message, hint);
    match outcome["records"].as_array() {
        Some(records) if !records.is_empty() => error.with("records", records),
        _ => error,
    }
}

fn other_request() -> ToolError {
    let message = format!("this `{NAME}` was sent before, with another tool or other arguments");
    let hint = "nothing was done; send another key for another call, and the same arguments to repeat one";
    ToolError::new(Code::IdempotencyKeyReused, message, hint)
}

fn under_way() -> ToolError {
    let message = format!("a call with this `{NAME}` is still under way");
    ToolError::new(Code::Busy, message, "nothing was done twice; send the same call again in a moment")
}

fn unnoted(error: &Error) -> ToolError {
    let message = format!("the call cannot be noted, so it would not be done once: {error}");
    ToolError::new(Code::StoreFailed, message, "nothing was done; call again in a moment, with the same key")
}
