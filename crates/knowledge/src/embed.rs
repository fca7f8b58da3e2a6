//! A client for embeddings, for any endpoint with OpenAI's `POST /v1/embeddings`
//! (<https://platform.openai.com/docs/api-reference/embeddings>).

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_client::{HttpClient, SendError};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use url::Url;

/// The number of texts in one request; all known endpoints accept this many passages.
pub(crate) const BATCH: usize = 64;

/// The most attempts of a request while the endpoint is busy.
const ATTEMPTS_MAX: u32 = 4;

/// The pause before the second attempt. It doubles with each attempt.
const PAUSE: Duration = Duration::from_secs(1);

/// A client of one endpoint and one model.
#[derive(Clone)]
pub struct EmbeddingClient {
    http: Arc<dyn HttpClient>,
    endpoint: Url,
    pub(crate) model: String,
    key: Option<SecretString>,
}

impl fmt::Debug for EmbeddingClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddingClient").field("model", &self.model).finish_non_exhaustive()
    }
}

/// The reason why the endpoint gave no embeddings. No text of a document is part of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No response came; the text says why.
    #[error("the endpoint for embeddings cannot be reached: {0}")]
    Unreachable(String),
    /// The response has a status other than 2xx.
    #[error("the endpoint for embeddings answered {0}")]
    Status(StatusCode),
    /// The request cannot be built, or the response does not have OpenAI's form.
    #[error("the endpoint for embeddings cannot be used: {0}")]
    Invalid(&'static str),
}

#[derive(Deserialize)]
struct Response {
    data: Vec<Embedding>,
}

#[derive(Deserialize)]
struct Embedding {
    index: usize,
    embedding: Vec<f32>,
}

impl EmbeddingClient {
    /// Creates a client. `base` is the base address that such services document, for example
    /// `http://localhost:11434/v1`, or the address of the endpoint itself. `key` is sent as a bearer token. `http` must
    /// accept requests with a whole address.
    pub fn new(http: Arc<dyn HttpClient>, base: &Url, model: &str, key: Option<SecretString>) -> EmbeddingClient {
        EmbeddingClient { http, endpoint: endpoint(base), model: model.to_owned(), key }
    }

    /// Returns one vector of length 1 for each text, in the order of the texts.
    ///
    /// # Errors
    /// If the endpoint cannot be reached, fails, or sends an invalid response.
    pub(crate) async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Error> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            vectors.extend(self.send_with_retry(batch).await?);
        }
        Ok(vectors)
    }

    /// Sends one request, and sends it again while the endpoint is busy.
    async fn send_with_retry(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Error> {
        let mut pause = PAUSE;
        let mut attempts = 1;
        loop {
            let result = self.send(texts).await;
            let busy = matches!(result, Err(Error::Status(status)) if is_busy(status));
            if !busy || attempts == ATTEMPTS_MAX {
                return result;
            }
            tokio::time::sleep(pause).await;
            (pause, attempts) = (pause * 2, attempts + 1);
        }
    }

    async fn send(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Error> {
        let body = json!({"model": self.model, "input": texts, "encoding_format": "float"});
        let mut request = Request::post(self.endpoint.as_str()).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", key.expose_secret()));
        }
        let request = request.body(Bytes::from(body.to_string()));
        let request = request.map_err(|_| Error::Invalid("its address or key is not valid in a request"))?;
        let response = self.http.send(request).await.map_err(|error| Error::Unreachable(reason(error)))?;
        if !response.status().is_success() {
            return Err(Error::Status(response.status()));
        }
        in_order(
            serde_json::from_slice(response.body())
                .map_err(|_| Error::Invalid("its response is not of OpenAI's form"))?,
            texts.len(),
        )
    }
}

/// Completes a base address to that of the endpoint.
fn endpoint(base: &Url) -> Url {
    let path = base.path().trim_end_matches('/');
    let path = match path {
        "" => "/v1/embeddings".to_owned(),
        path if path.ends_with("/embeddings") => path.to_owned(),
        path => format!("{path}/embeddings"),
    };
    let mut endpoint = base.clone();
    endpoint.set_path(&path);
    endpoint
}

fn is_busy(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

fn reason(error: SendError) -> String {
    match error {
        SendError::BeforeSend(reason) | SendError::AfterSend(reason) => reason,
    }
}

/// Sorts the vectors by the index of their text, normalizes them, and checks that each text has one.
fn in_order(response: Response, count: usize) -> Result<Vec<Vec<f32>>, Error> {
    let mut vectors = vec![Vec::new(); count];
    for Embedding { index, embedding } in response.data {
        *vectors.get_mut(index).ok_or(Error::Invalid("its response has more vectors than texts"))? =
            normalize(embedding);
    }
    let length = vectors.first().map_or(0, Vec::len);
    match length > 0 && vectors.iter().all(|vector| vector.len() == length) {
        true => Ok(vectors),
        false => Err(Error::Invalid("a vector in its response is missing or of another length")),
    }
}

/// Scales a vector to length 1. A vector of length 0, or with a number that is not finite, becomes empty.
fn normalize(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if !length.is_normal() {
        return Vec::new();
    }
    vector.iter_mut().for_each(|x| *x /= length);
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_base_addresses_are_completed_to_the_endpoint() {
        let cases = [
            ("http://localhost:11434", "http://localhost:11434/v1/embeddings"),
            ("https://api.openai.com/v1/", "https://api.openai.com/v1/embeddings"),
            ("https://a.com/x/v1/embeddings?api-version=1", "https://a.com/x/v1/embeddings?api-version=1"),
        ];
        for (base, expected) in cases {
            assert_eq!(endpoint(&base.parse().unwrap()).as_str(), expected);
        }
    }

    #[test]
    fn vectors_are_sorted_normalized_and_checked() {
        let response = |data: &[(usize, &[f32])]| Response {
            data: data.iter().map(|(index, vector)| Embedding { index: *index, embedding: vector.to_vec() }).collect(),
        };
        assert_eq!(
            in_order(response(&[(1, &[0.0, 2.0]), (0, &[3.0, 4.0])]), 2),
            Ok(vec![vec![0.6, 0.8], vec![0.0, 1.0]])
        );
        for bad in [
            &[(0, &[1.0][..])][..],
            &[(0, &[1.0]), (2, &[1.0])],
            &[(0, &[1.0]), (1, &[1.0, 0.0])],
            &[(0, &[0.0]), (1, &[0.0])],
        ] {
            assert!(in_order(response(bad), 2).is_err());
        }
    }
}
