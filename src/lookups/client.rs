//! One look-up: paced, cached, sent.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_client::HttpClient;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::cache::Cache;
use super::lookup::Lookup;
use super::pace::Pace;
use super::request::Unsendable;
use super::{answer, request};
use crate::tool::digest;

/// Requests of one look-up at once; others wait for their turn within the look-up's timeout.
const AT_ONCE: usize = 8;
/// Most bytes of a response.
pub const RESPONSE_BYTES_MAX: usize = 1 << 20;

/// A look-up with its cache and its pace.
pub struct LookupClient {
    /// The declaration.
    pub lookup: Lookup,
    http: Arc<dyn HttpClient>,
    cache: Cache,
    pace: Pace,
    at_once: Semaphore,
}

/// The reason why a look-up has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The arguments make no request.
    #[error(transparent)]
    Unsendable(#[from] Unsendable),
    /// The declared number of calls is used up.
    #[error("it may be asked again in {} s", .0.as_secs().max(1))]
    TooOften(Duration),
    /// No answer came within the declared time.
    #[error("the service did not answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The service could not be reached, or its answer not be read.
    #[error("the service cannot be asked: {0}")]
    Unreachable(String),
    /// The service refused the request.
    #[error("the service refused the request with {0}")]
    Refused(StatusCode),
    /// The response is no JSON.
    #[error("the service's answer is no JSON")]
    NotJson,
}

impl LookupClient {
    /// A look-up that sends its requests by this client, which takes absolute addresses.
    pub fn new(lookup: Lookup, http: Arc<dyn HttpClient>) -> LookupClient {
        LookupClient {
            cache: Cache::new(lookup.cached),
            pace: Pace::new(lookup.calls_per_minute),
            at_once: Semaphore::new(AT_ONCE),
            lookup,
            http,
        }
    }

    /// Asks the service, or answers what it said to the same request a while ago.
    ///
    /// # Errors
    /// [`LookupError`].
    pub async fn ask(&self, arguments: &Map<String, Value>, caller: &str) -> Result<Map<String, Value>, LookupError> {
        let request = request::of(&self.lookup, arguments)?;
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let key = digest::of(&format!("{} {}\n{body}", request.method(), request.uri()));
        if let Some(known) = self.cache.get(&key) {
            return Ok(known);
        }
        self.pace.take(caller).map_err(LookupError::TooOften)?;
        let sent = async {
            // Never closed, so a place is always given.
            let _place = self.at_once.acquire().await;
            self.http.send(request).await
        };
        let response = timeout(self.lookup.timeout, sent).await;
        let response = response.map_err(|_| LookupError::Timeout(self.lookup.timeout))?;
        let response = response.map_err(|error| LookupError::Unreachable(error.to_string()))?;
        let told = self.read(&response)?;
        self.cache.keep(key, told.clone());
        Ok(told)
    }

    fn read(&self, response: &Response<Bytes>) -> Result<Map<String, Value>, LookupError> {
        match response.status() {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(answer::nothing()),
            status if status.is_success() => {
                let body: Value = serde_json::from_slice(response.body()).map_err(|_| LookupError::NotJson)?;
                Ok(answer::of(&self.lookup, &body))
            }
            // Redirects as well: only the declared host is asked.
            status => Err(LookupError::Refused(status)),
        }
    }
}

impl std::fmt::Debug for LookupClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LookupClient").field("name", &self.lookup.name).finish_non_exhaustive()
    }
}
