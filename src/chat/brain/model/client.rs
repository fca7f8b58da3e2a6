//! A client of one chat-completions endpoint and one model, which many conversations share.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, header};
use http_client::{HttpClient, SendError};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::debug;

use super::breaker::Breaker;
use super::failure::{ApiError, Failure};
use super::options::Options;
use super::repair::Repairs;
use super::retry;
use crate::chat::brain::BrainError;

/// The client. A clone is the same client: what it has learned of its endpoint is shared.
#[derive(Clone)]
pub struct ModelClient(Arc<ClientState>);

struct ClientState {
    http: Arc<dyn HttpClient>,
    options: Options,
    chance: fn() -> f64,
    repairs: Mutex<Repairs>,
    breaker: Breaker,
}

impl fmt::Debug for ModelClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelClient").field("model", &self.0.options.model).finish_non_exhaustive()
    }
}

impl ModelClient {
    /// A client that sends over `http`, which takes the path of the endpoint.
    pub fn new(http: Arc<dyn HttpClient>, options: Options) -> ModelClient {
        ModelClient::with_chance(http, options, fastrand::f64)
    }

    /// A client with another source of the numbers between 0 and 1 by which pauses differ.
    pub fn with_chance(http: Arc<dyn HttpClient>, options: Options, chance: fn() -> f64) -> ModelClient {
        let (repairs, breaker) = (Mutex::default(), Breaker::default());
        ModelClient(Arc::new(ClientState { http, options, chance, repairs, breaker }))
    }

    /// The operator's choices.
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    pub(super) fn repairs(&self) -> Repairs {
        *self.0.repairs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn repair(&self, repairs: Repairs) {
        let mut known = self.0.repairs.lock().unwrap_or_else(PoisonError::into_inner);
        *known = known.and(repairs);
    }

    /// Fails while the endpoint is known to be of no use.
    pub(super) fn check(&self) -> Result<(), BrainError> {
        self.0.breaker.refused(Instant::now()).map_or(Ok(()), Err)
    }

    /// Gives up a request, and remembers what that says of others.
    pub(super) fn gave_up(&self, failure: Failure) -> BrainError {
        self.0.breaker.failed(&failure, Instant::now());
        failure.into_error()
    }

    /// Sends a request, and the same bytes again where that may help and the time suffices.
    pub(super) async fn send(&self, body: &Bytes, deadline: Instant) -> Result<Value, Failure> {
        let mut attempt = 1;
        loop {
            let failure = match self.send_once(body, deadline).await {
                Ok(answer) => {
                    self.0.breaker.worked();
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            let pause = retry::next(&failure, attempt, (self.0.chance)());
            let Some(pause) = pause.filter(|pause| Instant::now() + *pause < deadline) else { return Err(failure) };
            debug!(attempt, pause_ms = pause.as_millis(), ?failure, "The model is asked again.");
            sleep(pause).await;
            attempt += 1;
        }
    }

    async fn send_once(&self, body: &Bytes, deadline: Instant) -> Result<Value, Failure> {
        let Options { endpoint, key, timeout, .. } = &self.0.options;
        let mut request = Request::post(&endpoint.target).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header(&key.name, &key.value);
        }
        let request =
            request.body(body.clone()).map_err(|_| Failure::Broken("its address cannot be used".to_owned()))?;
        let begun = Instant::now();
        let end = deadline.min(begun + *timeout);
        let answered = timeout_at(end, self.0.http.send(request)).await;
        let answer = answered.map_err(|_| Failure::TimedOut(end - begun))?.map_err(broken)?;
        let (head, body) = answer.into_parts();
        let parsed: Option<Value> = serde_json::from_slice(&body).ok();
        match ApiError::read(head.status.as_u16(), &head.headers, parsed.as_ref().unwrap_or(&Value::Null)) {
            Some(error) => Err(Failure::Refused(error)),
            None => parsed.ok_or(Failure::NotJson),
        }
    }
}

fn broken(error: SendError) -> Failure {
    let (SendError::BeforeSend(why) | SendError::AfterSend(why)) = error;
    Failure::Broken(why)
}
