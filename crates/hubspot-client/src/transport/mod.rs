//! The one door: every request to HubSpot goes through [`Transport::send`].

pub(crate) mod attempt;
mod daily_quota;
pub(crate) mod limiter;
mod paging;
pub(crate) mod request;
mod retry;
mod retry_budget;
pub(crate) mod waiters;
mod window;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono_tz::Tz;
use http::{HeaderValue, Request, Response, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use crate::error::Error;
use crate::metrics;
use crate::settings::Settings;
use crate::tier::Bucket;
use crate::transport::attempt::{AttemptError, Kind, Policy};

use crate::transport::limiter::{Limiter, Permit};
use crate::transport::request::ApiRequest;
use crate::transport::retry::{Idempotency, Next, Pause};
use crate::transport::retry_budget::RetryBudget;
use crate::transport::waiters::Waiters;
use domain::clock::Clock;
use http_client::{HttpClient, SendError};

/// What is kept of a write's time for finding out what became of it, should its answer be lost.
const LOOK_UP_RESERVE: Duration = Duration::from_secs(6);
/// An attempt is not worth sending with less time than this.
const ATTEMPT_TIME_MIN: Duration = Duration::from_millis(100);

pub(crate) struct Transport {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) token: Option<SecretString>,
    /// The account's time zone, once somebody has asked for it: daily limits end at its midnight.
    pub(crate) zone: OnceLock<Tz>,
    pub(crate) limiter: Arc<Limiter>,
    wire: Box<dyn HttpClient>,
    authorization: Option<HeaderValue>,
    budget: Mutex<RetryBudget>,
    dice: Mutex<fastrand::Rng>,
}

impl Transport {
    pub(crate) fn new(
        wire: impl HttpClient,
        token: Option<SecretString>,
        settings: Settings,
        clock: Clock,
    ) -> Transport {
        Transport {
            limiter: Arc::new(Limiter::new(settings.tier)),
            authorization: token.as_ref().and_then(bearer),
            budget: Mutex::new(RetryBudget::new(Instant::now())),
            dice: Mutex::new(settings.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)),
            zone: OnceLock::new(),
            wire: Box::new(wire),
            settings,
            clock,
            token,
        }
    }

    /// Sends one request: waits for the quota, sends, and repeats while that is harmless, may help and fits the time.
    pub(crate) async fn send(&self, bucket: Bucket, ask: &ApiRequest, trip: &Waiters) -> Result<Value, AttemptError> {
        self.send_composed(bucket, None, trip, &mut || Some(ask.clone())).await
    }

    /// The same with a request that is composed anew for each attempt, so that it carries only what is still wanted;
    /// `None` gives up. `permit` is a place in the quota that was waited for already.
    pub(crate) async fn send_composed(
        &self,
        bucket: Bucket,
        mut permit: Option<Permit>,
        trip: &Waiters,
        compose: &mut (dyn FnMut() -> Option<ApiRequest> + Send),
    ) -> Result<Value, AttemptError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let place = match permit.take() {
                Some(place) => place,
                None => self.admit(bucket, trip).await?,
            };
            let Some(ask) = compose().filter(|_| !trip.is_abandoned()) else {
                return Err(AttemptError::new(Kind::NotSent, Error::Timeout));
            };
            let fault = match self.attempt(&ask, place, trip, attempt == 1).await {
                Ok(value) => return Ok(value),
                Err(fault) => self.learnt(fault, bucket),
            };
            let Some(pause) = self.pause(&fault, attempt, ask.repeat, trip) else { return Err(fault) };
            tracing::debug!(family = ask.family, attempt, pause_ms = pause.as_millis() as u64, "Repeating a request.");
            metrics::repeated(ask.family, reason(fault.kind));
            trip.waited(pause);
            sleep(pause).await;
        }
    }

    async fn admit(&self, bucket: Bucket, trip: &Waiters) -> Result<Permit, AttemptError> {
        self.check_token()?;
        let asked = Instant::now();
        let admitted = self.limiter.admit(bucket, trip.deadline()).await;
        trip.waited(asked.elapsed());
        metrics::waited(bucket.name(), asked.elapsed());
        admitted.map_err(|error| AttemptError::new(Kind::Refused, error))
    }

    /// Without a token nothing leaves, and nothing waits.
    pub(crate) fn check_token(&self) -> Result<(), AttemptError> {
        match (&self.token, &self.authorization) {
            (None, _) => Err(AttemptError::new(Kind::Refused, Error::TokenMissing)),
            (Some(_), None) => Err(AttemptError::new(Kind::Refused, Error::TokenRejected)), // It cannot be a header's value.
            _ => Ok(()),
        }
    }

    async fn attempt(
        &self,
        ask: &ApiRequest,
        mut permit: Permit,
        trip: &Waiters,
        first: bool,
    ) -> Result<Value, AttemptError> {
        let patience = self.patience(ask.repeat, trip);
        if patience < ATTEMPT_TIME_MIN {
            return Err(AttemptError::new(Kind::Refused, Error::Timeout));
        }
        trip.attempt(first);
        permit.depart();
        if first {
            self.budget.lock().unwrap_or_else(PoisonError::into_inner).earn();
        }
        let left_at = permit.left_at();
        let came = timeout(patience, self.wire.send(self.request(ask))).await;
        metrics::attempt_ended(ask.family, status(&came), left_at.elapsed());
        if let Ok(Ok(answer)) = &came {
            permit.learn(answer.headers());
        }
        let came = match came {
            Ok(came) => attempt::read(came, ask.family),
            Err(_) => Err(AttemptError::new(Kind::NoResponse, Error::Timeout)),
        };
        // Else it may come to HubSpot yet, and be counted then.
        if !came.as_ref().is_err_and(AttemptError::maybe_under_way) {
            permit.answered();
        }
        came.map_err(|fault| AttemptError { left_at: Some(left_at), ..fault })
    }

    /// How long to wait for one answer. A write gives up early enough to be looked up.
    fn patience(&self, repeat: Idempotency, trip: &Waiters) -> Duration {
        let reserve = if repeat == Idempotency::NotIdempotent { LOOK_UP_RESERVE } else { Duration::ZERO };
        let left = trip.time_left();
        let share = left.saturating_sub(reserve).max(left / 2);
        share.min(self.settings.attempt_timeout)
    }

    /// What a fault tells about the requests of others.
    fn learnt(&self, mut fault: AttemptError, bucket: Bucket) -> AttemptError {
        match fault.kind {
            Kind::Throttled { policy: Policy::Daily, .. } => fault.error = self.stop_for_today(),
            Kind::Throttled { retry_after, .. } => {
                self.limiter.close(bucket, retry_after.unwrap_or(Duration::from_secs(1)));
            }
            _ => {}
        }
        fault
    }

    fn stop_for_today(&self) -> Error {
        let now = self.clock.now();
        let resets_at = daily_quota::resets_at(now, self.zone.get().copied());
        let reset = resets_at.and_then(|at| (at.to_utc() - now).to_std().ok()).unwrap_or(daily_quota::PROBE_AFTER);
        let resets_at = resets_at.map(|at| at.to_rfc3339());
        self.limiter.stop_for_today(reset.min(daily_quota::PROBE_AFTER), reset, resets_at.clone());
        Error::DailyLimit { resets_at, retry_after: reset }
    }

    /// How long to wait before the next attempt, or `None` to leave it.
    fn pause(&self, fault: &AttemptError, attempt: u32, repeat: Idempotency, trip: &Waiters) -> Option<Duration> {
        let Next::Wait(pause) = retry::next(fault.kind, attempt, repeat) else { return None };
        let length = self.length(pause);
        let fits = length + ATTEMPT_TIME_MIN < trip.time_left();
        let affordable =
            || !pause.charged || self.budget.lock().unwrap_or_else(PoisonError::into_inner).spend(Instant::now());
        (fits && affordable()).then_some(length)
    }

    fn length(&self, pause: Pause) -> Duration {
        pause.length(self.dice.lock().unwrap_or_else(PoisonError::into_inner).f64())
    }

    fn request(&self, ask: &ApiRequest) -> Request<Bytes> {
        let mut request = Request::new(ask.body.clone());
        *request.method_mut() = ask.method.clone();
        *request.uri_mut() = ask.path.parse().expect("paths are built from encoded parts");
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if !ask.body.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(authorization) = &self.authorization {
            headers.insert(header::AUTHORIZATION, authorization.clone());
        }
        request
    }
}

fn bearer(token: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret().trim())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn status<E>(came: &Result<Result<Response<Bytes>, SendError>, E>) -> u16 {
    match came {
        Ok(Ok(answer)) => answer.status().as_u16(),
        _ => 0,
    }
}

fn reason(kind: Kind) -> &'static str {
    match kind {
        Kind::Throttled { .. } => "throttled",
        Kind::Locked => "locked",
        Kind::Migrating { .. } => "migrating",
        Kind::NotSent => "not_sent",
        Kind::Failed { .. } => "failed",
        Kind::ConnectionLost => "lost",
        Kind::NoResponse => "silent",
        Kind::Unreadable { .. } => "unreadable",
        Kind::Refused => "refused",
    }
}

#[cfg(test)]
mod tests;
