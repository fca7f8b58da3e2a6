//! The transport: every request to HubSpot goes through [`Transport::send`].
//!
//! It waits for the quota, sends, repeats what is harmless to repeat, gives up at the caller's deadline and counts what
//! calls cost. It knows nothing of the families of HubSpot's API.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::task::TaskTracker;

use crate::error::Error;
use crate::metrics;
use crate::settings::Settings;
use crate::tier::Bucket;
use crate::token::access_token::AccessToken;
use crate::token::source::TokenSource;
use crate::transport::attempt::{AttemptError, FailureKind, Policy};
use crate::transport::limiter::{Limiter, Permit};
use crate::transport::request::ApiRequest;
use crate::transport::retry::{Idempotency, Pause, RetryStep};
use crate::transport::retry_budget::RetryBudget;
use crate::transport::waiters::Waiters;
use crate::writes::written::Written;
use domain::clock::Clock;
use domain::time_zone::zone::Zone;
use http_client::{HttpClient, SendError};

pub(crate) mod attempt;
pub(crate) mod call_scope;
pub(crate) mod daily_quota;
mod fair_queue;
pub(crate) mod limiter;
mod limiter_queue;
pub(crate) mod paging;
pub(crate) mod planned_writes;
pub(crate) mod quota_state;
pub(crate) mod request;
mod retry;
mod retry_budget;
pub(crate) mod room;
pub(crate) mod sharing;
pub(crate) mod waiters;
mod window;

/// Time of a write that is kept back for look-ups, in case its answer is lost.
const LOOKUP_RESERVE: Duration = Duration::from_secs(6);
/// An attempt with less time than this is not sent.
const ATTEMPT_TIME_MIN: Duration = Duration::from_millis(100);

/// The connection to one HubSpot account, with its quota and its retry budget.
pub(crate) struct Transport {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) tokens: Arc<dyn TokenSource>,
    /// The account's time zone once it is known: HubSpot's daily limits start anew at its midnight.
    pub(crate) time_zone: OnceLock<Zone>,
    pub(crate) limiter: Arc<Limiter>,
    /// Writes in progress. They run to their end even if their callers stop waiting.
    pub(crate) writes: TaskTracker,
    /// Reads in progress. They are dropped when nobody waits for them any more.
    pub(crate) reads: TaskTracker,
    http_client: Box<dyn HttpClient>,
    retry_budget: Mutex<RetryBudget>,
    jitter: Mutex<fastrand::Rng>,
}

impl Transport {
    pub(crate) fn new(
        http_client: impl HttpClient,
        tokens: Arc<dyn TokenSource>,
        settings: Settings,
        clock: Clock,
    ) -> Transport {
        Transport {
            limiter: Arc::new(Limiter::new(settings.tier, settings.callers, settings.shared_quota.clone())),
            retry_budget: Mutex::new(RetryBudget::new(Instant::now())),
            jitter: Mutex::new(settings.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)),
            time_zone: OnceLock::new(),
            writes: TaskTracker::new(),
            reads: TaskTracker::new(),
            http_client: Box::new(http_client),
            settings,
            clock,
            tokens,
        }
    }

    /// Sends one request: waits for the quota, sends, and repeats while a repeat is harmless, may help and fits into the
    /// time that the waiters have left.
    pub(crate) async fn send(
        &self,
        bucket: Bucket,
        request: &ApiRequest,
        waiters: &Waiters,
    ) -> Result<Value, AttemptError> {
        self.send_composed(bucket, None, waiters, &mut || Some(request.clone())).await
    }

    /// Like [`Transport::send`], with a request that `compose` makes anew for each attempt, so that it holds only what is
    /// still wanted. `None` from `compose` gives up. `permit` is a place in the quota that the caller already has.
    pub(crate) async fn send_composed(
        &self,
        bucket: Bucket,
        permit: Option<Permit>,
        waiters: &Waiters,
        compose: &mut (dyn FnMut() -> Option<ApiRequest> + Send),
    ) -> Result<Value, AttemptError> {
        let mut lost = false;
        let sent = self.attempts(bucket, permit, waiters, compose, &mut lost).await;
        sent.map_err(|error| AttemptError { follows_lost: lost, ..error })
    }

    /// The attempts at a request. `lost` is set before an attempt that follows one which may have been carried out.
    async fn attempts(
        &self,
        bucket: Bucket,
        mut permit: Option<Permit>,
        waiters: &Waiters,
        compose: &mut (dyn FnMut() -> Option<ApiRequest> + Send),
        lost: &mut bool,
    ) -> Result<Value, AttemptError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let place = match permit.take() {
                Some(place) => place,
                None => self.admit(bucket, waiters).await?,
            };
            let Some(request) = compose().filter(|_| !waiters.are_all_cancelled()) else {
                return Err(AttemptError::new(FailureKind::NotSent, Error::Timeout));
            };
            // Writes end before they come here; one that does not is a fault, and is not sent either.
            if self.settings.dry_run && request.is_write() {
                return Err(AttemptError::refused(Error::DryRun));
            }
            let error = match self.attempt_authorized(&request, place, waiters, attempt == 1).await {
                Ok(value) => return Ok(value),
                Err(error) => self.apply_limits(error, bucket),
            };
            let Some(pause) = self.pause(&error, attempt, request.idempotency, waiters) else { return Err(error) };
            tracing::debug!(
                family = request.family,
                attempt,
                pause_ms = pause.as_millis() as u64,
                "Repeating a request."
            );
            metrics::repeated(request.family, error.kind.name());
            *lost |= error.may_have_been_done();
            waiters.add_wait(pause);
            sleep(pause).await;
        }
    }

    async fn admit(&self, bucket: Bucket, waiters: &Waiters) -> Result<Permit, AttemptError> {
        self.check_token()?;
        let asked = Instant::now();
        let payer = self.limiter.payer(bucket, waiters.callers());
        let admitted = self.limiter.admit(bucket, &payer, waiters.deadline()).await;
        waiters.add_wait(asked.elapsed());
        metrics::waited(bucket.name(), asked.elapsed());
        admitted.map_err(AttemptError::refused)
    }

    /// Fails at once if there is no usable token: nothing is sent, and nothing waits for the quota.
    pub(crate) fn check_token(&self) -> Result<(), AttemptError> {
        self.tokens.check().map_err(AttemptError::refused)
    }

    /// The token for a request that is sent now. A failure to get one that may pass is one to reach HubSpot.
    pub(crate) async fn token(&self, time_left: Duration) -> Result<AccessToken, AttemptError> {
        let got = timeout(time_left, self.tokens.token()).await;
        got.unwrap_or(Err(Error::Timeout)).map_err(without_token)
    }

    /// Sends the request with a token. If HubSpot refuses that, and there is another one now, the error says so.
    async fn attempt_authorized(
        &self,
        request: &ApiRequest,
        permit: Permit,
        waiters: &Waiters,
        first: bool,
    ) -> Result<Value, AttemptError> {
        let token = self.token(waiters.time_left()).await?;
        let refused = match self.attempt(request, &token, permit, waiters, first).await {
            // A developer key that is refused says nothing of the token.
            Err(error) if error.is_unauthorized() && request.developer_key.is_none() => error,
            answered => return answered,
        };
        match timeout(waiters.time_left(), self.tokens.renew(&token)).await.unwrap_or(Err(Error::Timeout)) {
            Ok(Some(_)) => Err(AttemptError { kind: FailureKind::TokenRenewed, ..refused }),
            // A login has no token that a person could replace.
            Ok(None) if self.tokens.app().is_some() => Err(AttemptError { error: Error::LoginNotAccepted, ..refused }),
            Ok(None) => Err(refused),
            Err(error) => Err(without_token(error)),
        }
    }

    async fn attempt(
        &self,
        request: &ApiRequest,
        token: &AccessToken,
        mut permit: Permit,
        waiters: &Waiters,
        first: bool,
    ) -> Result<Value, AttemptError> {
        if !permit.may_be_sent() {
            // The old one first: it may hold the place that the new one waits for.
            let bucket = permit.bucket();
            drop(permit);
            permit = self.admit(bucket, waiters).await?;
        }
        let time_limit = self.time_limit(request.idempotency, waiters);
        if time_limit < ATTEMPT_TIME_MIN {
            return Err(AttemptError::refused(Error::Timeout));
        }
        let http_request = self.http_request(request, token)?;
        waiters.count_attempt(first);
        permit.mark_sent();
        if first {
            self.retry_budget().earn();
        }
        let sent_at = permit.sent_at();
        let response = timeout(time_limit, self.http_client.send(http_request)).await;
        metrics::attempt_ended(request.family, status(&response), sent_at.elapsed());
        if let Ok(Ok(response)) = &response {
            permit.read_quota_headers(response.headers());
            waiters.writes().filter(|_| request.is_write()).for_each(|write| write.answered(response.headers()));
        }
        let result = match response {
            Ok(response) => attempt::read(response, request.family),
            Err(_) => Err(AttemptError::new(FailureKind::NoResponse, Error::Timeout)),
        };
        if request.is_write() && result.as_ref().is_err_and(AttemptError::may_have_been_done) {
            waiters.writes().for_each(Written::doubt);
        }
        // A request that HubSpot may still be working on counts against the quota for longer.
        if !result.as_ref().is_err_and(AttemptError::may_be_in_progress) {
            permit.mark_answered();
        }
        // HubSpot cannot have begun before the connection was open, and may work on it for its full time from then on. If
        // the newest connection is another request's, the time is only longer than it need be.
        let begun_at = self.http_client.connected_at().map_or(sent_at, |connected_at| connected_at.max(sent_at));
        result.map_err(|error| AttemptError { sent_at: Some(begun_at), ..error })
    }

    /// The longest wait for one answer. A write gives up early enough to be looked up.
    fn time_limit(&self, idempotency: Idempotency, waiters: &Waiters) -> Duration {
        let reserve = if idempotency == Idempotency::NotIdempotent { LOOKUP_RESERVE } else { Duration::ZERO };
        let left = waiters.time_left();
        let share = left.saturating_sub(reserve).max(left / 2);
        share.min(self.settings.attempt_timeout)
    }

    /// Holds other requests back as well if HubSpot refused this one for its rate.
    fn apply_limits(&self, mut error: AttemptError, bucket: Bucket) -> AttemptError {
        match error.kind {
            FailureKind::Throttled { policy: Policy::Daily, .. } => error.error = self.stop_until_daily_reset(),
            FailureKind::Throttled { retry_after, .. } => {
                self.limiter.close(bucket, retry_after.unwrap_or(Duration::from_secs(1)));
            }
            _ => {}
        }
        error
    }

    fn stop_until_daily_reset(&self) -> Error {
        let now = self.clock.now();
        let resets_at = daily_quota::resets_at(now, self.time_zone.get().copied());
        let reset = resets_at.and_then(|at| (at.to_utc() - now).to_std().ok()).unwrap_or(daily_quota::PROBE_AFTER);
        let resets_at = resets_at.map(|at| at.to_rfc3339());
        self.limiter.stop_for_today(reset.min(daily_quota::PROBE_AFTER), reset, resets_at.clone());
        Error::DailyLimit { resets_at, retry_after: reset }
    }

    /// The pause before the next attempt, or `None` if there is to be none.
    fn pause(
        &self,
        error: &AttemptError,
        attempt: u32,
        idempotency: Idempotency,
        waiters: &Waiters,
    ) -> Option<Duration> {
        let RetryStep::Wait(pause) = retry::next(error.kind, attempt, idempotency) else { return None };
        let length = self.with_jitter(pause);
        let fits = length + ATTEMPT_TIME_MIN < waiters.time_left();
        let affordable = || !pause.charged || self.retry_budget().spend(Instant::now());
        (fits && affordable()).then_some(length)
    }

    fn with_jitter(&self, pause: Pause) -> Duration {
        pause.length(self.jitter.lock().unwrap_or_else(PoisonError::into_inner).f64())
    }

    fn retry_budget(&self) -> MutexGuard<'_, RetryBudget> {
        self.retry_budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The request as bytes; one whose path is longer than an address can be is refused.
    fn http_request(&self, api_request: &ApiRequest, token: &AccessToken) -> Result<Request<Bytes>, AttemptError> {
        let mut request = Request::new(api_request.body.clone());
        *request.method_mut() = api_request.method.clone();
        *request.uri_mut() = api_request.address().parse().map_err(|_| AttemptError::refused(Error::TooLong))?;
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if !api_request.body.is_empty() {
            let content_type = HeaderValue::from_str(&api_request.content_type);
            headers.insert(header::CONTENT_TYPE, content_type.map_err(|_| AttemptError::refused(Error::TooLong))?);
        }
        if api_request.developer_key.is_none() {
            headers.insert(header::AUTHORIZATION, token.header());
        }
        Ok(request)
    }
}

/// The failure of a request for which no token could be had: it was not sent.
fn without_token(error: Error) -> AttemptError {
    match error {
        Error::Unreachable { .. } | Error::Failed { .. } | Error::Unreadable { .. } | Error::RateLimited { .. } => {
            AttemptError::new(FailureKind::NotSent, error)
        }
        error => AttemptError::refused(error),
    }
}

/// HubSpot's status, or 0 if no answer came.
fn status<E>(response: &Result<Result<Response<Bytes>, SendError>, E>) -> u16 {
    match response {
        Ok(Ok(response)) => response.status().as_u16(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
