//! The loop that carries a write out once: it sends, looks up and sends again as [`WriteProgress`] decides.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, sleep_until};

use crate::error::Error;
use crate::metrics;
use crate::record::{Created, Record};
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::writes::detached_write::{Begun, run_to_completion};
use crate::writes::dry_run;
use crate::writes::protocol::{Event, Next, WriteProgress, WriteRules};
use crate::writes::written::{Success, WriteFacts, Written, WrittenRecord};

/// The largest difference between HubSpot's clock and ours. A record that was created earlier than this before the
/// request is not the result of it.
const CLOCK_DIFFERENCE_MAX: TimeDelta = TimeDelta::seconds(60);

/// A write that must not happen twice.
pub(crate) trait OnceWrite: Send + Sync + 'static {
    type Output: Send + 'static;

    /// The label in metrics and logs.
    fn family(&self) -> &'static str;

    fn rules(&self) -> WriteRules;

    /// The write for the audit trail, without any value.
    fn facts(&self) -> WriteFacts;

    /// The records that a result names; `object` is that of the facts.
    fn records(object: &'static str, output: &Self::Output) -> Vec<WrittenRecord>;

    /// Sends it once. Attempts that surely had no effect may be repeated inside.
    fn send(&self, scope: &CallScope) -> impl Future<Output = Result<Self::Output, AttemptError>> + Send;

    /// The request that sends it alone.
    fn request(&self, scope: &CallScope) -> ApiRequest;

    /// The result that a dry run pretends to have.
    fn pretended(&self) -> Self::Output;

    /// Looks once for its result among the records that were created since `sent_at`.
    fn find(
        &self,
        scope: &CallScope,
        sent_at: DateTime<Utc>,
    ) -> impl Future<Output = Result<Option<Self::Output>, Error>> + Send;

    /// Reads a refusal, for writes that know more about HubSpot's reasons than the transport.
    fn refusal(&self, _scope: &CallScope, error: AttemptError) -> impl Future<Output = Error> + Send {
        async { error.error }
    }

    /// The result, where a refusal for a duplicate names it and it is surely that of this write.
    fn result_in(&self, _refusal: &Error) -> Option<Self::Output> {
        None
    }

    /// True if a refusal means that HubSpot has the result, or an equal one, already.
    fn is_duplicate(&self, _refusal: &Error) -> bool {
        false
    }
}

/// Carries a write out in a task of its own, which runs to its end even if the caller stops waiting.
pub(crate) async fn write_once<W: OnceWrite>(scope: &CallScope, write: W) -> Result<Created<W::Output>, Error> {
    if let Some(value) = dry_run::in_place_of(scope, || write.request(scope), || write.pretended()) {
        return Ok(Created { value, recovered: false });
    }
    let success = |object: &'static str, created: &Created<W::Output>| Success {
        records: W::records(object, &created.value),
        recovered: created.recovered,
    };
    let begun = Begun { family: write.family(), write: write.rules().write, facts: write.facts(), success };
    run_to_completion(scope, begun, |scope| async move { carry_out(&write, &scope).await }).await
}

async fn carry_out<W: OnceWrite>(write: &W, scope: &CallScope) -> Result<Created<W::Output>, Error> {
    let sent_at = scope.transport().clock.now();
    let mut progress = WriteProgress::new(write.rules(), scope.deadline());
    let mut next = Next::Send;
    let mut answer_lost = false;
    loop {
        let event = match next {
            Next::Return(result) => return result,
            Next::Send => send(write, scope).await,
            Next::LookUp { at } => {
                sleep_until(at).await;
                look_up(write, scope, sent_at).await
            }
        };
        answer_lost |= matches!(event, Event::AnswerLost(_));
        next = progress.next(event, Instant::now());
        if answer_lost && let Some(found) = verdict(&next) {
            metrics::lost_answer(write.family(), found);
            answer_lost = false;
        }
    }
}

async fn send<W: OnceWrite>(write: &W, scope: &CallScope) -> Event<W::Output> {
    match write.send(scope).await {
        Ok(value) => Event::Confirmed(value),
        Err(error) if !error.may_have_been_done() && !error.follows_lost => {
            let error = write.refusal(scope, error).await;
            if let Some(found) = write.result_in(&error) {
                return Event::Found(found);
            }
            Event::Refused { duplicate: write.is_duplicate(&error), error }
        }
        Err(_) if scope.is_cancelled() => {
            metrics::finished_without_caller(write.family());
            Event::CallerGone
        }
        Err(error) => {
            scope.stats().write().into_iter().for_each(Written::doubt);
            Event::AnswerLost(error)
        }
    }
}

async fn look_up<W: OnceWrite>(write: &W, scope: &CallScope, sent_at: DateTime<Utc>) -> Event<W::Output> {
    match write.find(scope, sent_at).await {
        Ok(Some(value)) => Event::Found(value),
        Ok(None) => Event::NotFound,
        Err(_) => Event::LookupFailed,
    }
}

/// The result of the look-ups after a lost answer, for metrics; `None` while they go on.
fn verdict<T>(next: &Next<T>) -> Option<&'static str> {
    match next {
        Next::LookUp { .. } => None,
        Next::Return(Ok(_)) => Some("done"),
        Next::Return(Err(Error::OutcomeUnknown { .. })) => Some("undecided"),
        Next::Send | Next::Return(Err(_)) => Some("not_done"),
    }
}

/// True if a record is young enough to be the result of a request that was sent at `sent_at`.
pub(crate) fn is_created_since(record: &Record, sent_at: DateTime<Utc>) -> bool {
    let created: Option<DateTime<Utc>> = record.created_at.as_deref().and_then(|text| text.parse().ok());
    created.is_none_or(|created| created + CLOCK_DIFFERENCE_MAX >= sent_at)
}
