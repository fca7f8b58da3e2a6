//! The one door: every request to HubSpot goes through [`Door::send`].

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono_tz::Tz;
use http::{HeaderValue, Request, Response, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use super::accounting;
use super::ask::Ask;
use super::budget::Budget;
use super::daily;
use super::error::Error;
use super::fault::{self, Fault, Kind, Policy};
use super::limiter::{Limiter, Permit};
use super::retry::{self, Next, Pause, Repeat};
use super::settings::Settings;
use super::tier::Bucket;
use super::trip::Trip;
use domain::clock::Clock;
use http_client::{HttpClient, SendError};

/// What is kept of a write's time for finding out what became of it, should its answer be lost.
const LOOK_UP_RESERVE: Duration = Duration::from_secs(6);
/// An attempt is not worth sending with less time than this.
const ATTEMPT_TIME_MIN: Duration = Duration::from_millis(100);

pub(super) struct Door {
    pub(super) settings: Settings,
    pub(super) clock: Clock,
    pub(super) token: Option<SecretString>,
    /// The account's time zone, once somebody has asked for it: daily limits end at its midnight.
    pub(super) zone: OnceLock<Tz>,
    pub(super) limiter: Arc<Limiter>,
    wire: Box<dyn HttpClient>,
    authorization: Option<HeaderValue>,
    budget: Mutex<Budget>,
    dice: Mutex<fastrand::Rng>,
}

impl Door {
    pub(super) fn new(wire: impl HttpClient, token: Option<SecretString>, settings: Settings, clock: Clock) -> Door {
        Door {
            limiter: Arc::new(Limiter::new(settings.tier)),
            authorization: token.as_ref().and_then(bearer),
            budget: Mutex::new(Budget::new(Instant::now())),
            dice: Mutex::new(settings.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)),
            zone: OnceLock::new(),
            wire: Box::new(wire),
            settings,
            clock,
            token,
        }
    }

    /// Sends one request: waits for the quota, sends, and repeats while that is harmless, may help and fits the time.
    pub(super) async fn send(&self, bucket: Bucket, ask: &Ask, trip: &Trip) -> Result<Value, Fault> {
        self.send_composed(bucket, None, trip, &mut || Some(ask.clone())).await
    }

    /// The same with a request that is composed anew for each attempt, so that it carries only what is still wanted;
    /// `None` gives up. `permit` is a place in the quota that was waited for already.
    pub(super) async fn send_composed(
        &self,
        bucket: Bucket,
        mut permit: Option<Permit>,
        trip: &Trip,
        compose: &mut (dyn FnMut() -> Option<Ask> + Send),
    ) -> Result<Value, Fault> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let place = match permit.take() {
                Some(place) => place,
                None => self.admit(bucket, trip).await?,
            };
            let Some(ask) = compose().filter(|_| !trip.is_abandoned()) else {
                return Err(Fault::new(Kind::NotSent, Error::Timeout));
            };
            let fault = match self.attempt(&ask, place, trip, attempt == 1).await {
                Ok(value) => return Ok(value),
                Err(fault) => self.learnt(fault, bucket),
            };
            let Some(pause) = self.pause(&fault, attempt, ask.repeat, trip) else { return Err(fault) };
            tracing::debug!(family = ask.family, attempt, pause_ms = pause.as_millis() as u64, "Repeating a request.");
            accounting::repeated(ask.family, reason(fault.kind));
            trip.waited(pause);
            sleep(pause).await;
        }
    }

    async fn admit(&self, bucket: Bucket, trip: &Trip) -> Result<Permit, Fault> {
        self.check_token()?;
        let asked = Instant::now();
        let admitted = self.limiter.admit(bucket, trip.deadline()).await;
        trip.waited(asked.elapsed());
        accounting::waited(bucket.name(), asked.elapsed());
        admitted.map_err(|error| Fault::new(Kind::Refused, error))
    }

    /// Without a token nothing leaves, and nothing waits.
    pub(super) fn check_token(&self) -> Result<(), Fault> {
        match (&self.token, &self.authorization) {
            (None, _) => Err(Fault::new(Kind::Refused, Error::TokenMissing)),
            (Some(_), None) => Err(Fault::new(Kind::Refused, Error::TokenRejected)), // It cannot be a header's value.
            _ => Ok(()),
        }
    }

    async fn attempt(&self, ask: &Ask, mut permit: Permit, trip: &Trip, first: bool) -> Result<Value, Fault> {
        let patience = self.patience(ask.repeat, trip);
        if patience < ATTEMPT_TIME_MIN {
            return Err(Fault::new(Kind::Refused, Error::Timeout));
        }
        trip.attempt(first);
        permit.depart();
        if first {
            self.budget.lock().unwrap_or_else(PoisonError::into_inner).earn();
        }
        let left_at = permit.left_at();
        let came = timeout(patience, self.wire.send(self.request(ask))).await;
        accounting::attempt_ended(ask.family, status(&came), left_at.elapsed());
        if let Ok(Ok(answer)) = &came {
            permit.learn(answer.headers());
        }
        let came = match came {
            Ok(came) => fault::read(came, ask.family),
            Err(_) => Err(Fault::new(Kind::Silent, Error::Timeout)),
        };
        // Else it may come to HubSpot yet, and be counted then.
        if !came.as_ref().is_err_and(Fault::maybe_under_way) {
            permit.answered();
        }
        came.map_err(|fault| Fault { left_at: Some(left_at), ..fault })
    }

    /// How long to wait for one answer. A write gives up early enough to be looked up.
    fn patience(&self, repeat: Repeat, trip: &Trip) -> Duration {
        let reserve = if repeat == Repeat::Never { LOOK_UP_RESERVE } else { Duration::ZERO };
        let left = trip.time_left();
        let share = left.saturating_sub(reserve).max(left / 2);
        share.min(self.settings.attempt_timeout)
    }

    /// What a fault tells about the requests of others.
    fn learnt(&self, mut fault: Fault, bucket: Bucket) -> Fault {
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
        let resets_at = daily::resets_at(now, self.zone.get().copied());
        let reset = resets_at.and_then(|at| (at.to_utc() - now).to_std().ok()).unwrap_or(daily::PROBE_AFTER);
        let resets_at = resets_at.map(|at| at.to_rfc3339());
        self.limiter.stop_for_today(reset.min(daily::PROBE_AFTER), reset, resets_at.clone());
        Error::DailyLimit { resets_at, retry_after: reset }
    }

    /// How long to wait before the next attempt, or `None` to leave it.
    fn pause(&self, fault: &Fault, attempt: u32, repeat: Repeat, trip: &Trip) -> Option<Duration> {
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

    fn request(&self, ask: &Ask) -> Request<Bytes> {
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
        Kind::Lost => "lost",
        Kind::Silent => "silent",
        Kind::Unreadable { .. } => "unreadable",
        Kind::Refused => "refused",
    }
}

#[cfg(test)]
mod tests;
