//! Vectors of texts, from any endpoint that speaks OpenAI's `/v1/embeddings`.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use http_client::{HttpClient, SendError};

/// Texts in one request; all known endpoints take this many passages.
pub(super) const BATCH: usize = 64;

/// How often a request is sent that the endpoint was too busy for.
const TRIES: u32 = 4;

/// The pause before the second try; it doubles.
const PAUSE: Duration = Duration::from_secs(1);

/// Where vectors come from.
#[derive(Clone)]
pub struct Embeddings {
    wire: Arc<dyn HttpClient>,
    endpoint: Url,
    pub(super) model: String,
    key: Option<SecretString>,
}

impl fmt::Debug for Embeddings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embeddings").field("model", &self.model).finish_non_exhaustive()
    }
}

/// No vectors came. No text of the documents is in these.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the endpoint for embeddings cannot be reached: {0}")]
    Unreachable(String),
    #[error("the endpoint for embeddings answered {0}")]
    Refused(StatusCode),
    #[error("the endpoint for embeddings answered what cannot be read: {0}")]
    Unreadable(&'static str),
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Embedding>,
}

#[derive(Deserialize)]
struct Embedding {
    index: usize,
    embedding: Vec<f32>,
}

impl Embeddings {
    /// `base` is what such services name as their base address, such as `http://localhost:11434/v1`, or the endpoint
    /// itself. `wire` must take whole addresses.
    pub fn new(wire: Arc<dyn HttpClient>, base: &Url, model: &str, key: Option<SecretString>) -> Embeddings {
        Embeddings { wire, endpoint: endpoint(base), model: model.to_owned(), key }
    }

    /// One vector of length 1 for each text, in their order.
    ///
    /// # Errors
    /// When the endpoint does not answer, refuses, or answers something else.
    pub(super) async fn of(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Error> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            vectors.extend(self.batch(batch).await?);
        }
        Ok(vectors)
    }

    async fn batch(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Error> {
        let mut pause = PAUSE;
        let mut tries = 1;
        loop {
            let answer = self.ask(texts).await;
            let busy = matches!(answer, Err(Error::Refused(status)) if is_busy(status));
            if !busy || tries == TRIES {
                return answer;
            }
            tokio::time::sleep(pause).await;
            (pause, tries) = (pause * 2, tries + 1);
        }
    }

    async fn ask(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Error> {
        let body = json!({"model": self.model, "input": texts, "encoding_format": "float"});
        let mut request = Request::post(self.endpoint.as_str()).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", key.expose_secret()));
        }
        let request = request.body(Bytes::from(body.to_string()));
        let request = request.map_err(|_| Error::Unreadable("its address or key cannot be sent"))?;
        let answer = self.wire.send(request).await.map_err(|broken| Error::Unreachable(why(broken)))?;
        if !answer.status().is_success() {
            return Err(Error::Refused(answer.status()));
        }
        in_order(
            serde_json::from_slice(answer.body()).map_err(|_| Error::Unreadable("it is not of OpenAI's form"))?,
            texts.len(),
        )
    }
}

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

fn why(broken: SendError) -> String {
    match broken {
        SendError::BeforeSend(why) | SendError::AfterSend(why) => why,
    }
}

/// The vectors by the texts' places, whatever the order they came in.
fn in_order(answer: Answer, count: usize) -> Result<Vec<Vec<f32>>, Error> {
    let mut vectors = vec![Vec::new(); count];
    for Embedding { index, embedding } in answer.data {
        *vectors.get_mut(index).ok_or(Error::Unreadable("there are more vectors than texts"))? = unit(embedding);
    }
    let length = vectors.first().map_or(0, Vec::len);
    match length > 0 && vectors.iter().all(|vector| vector.len() == length) {
        true => Ok(vectors),
        false => Err(Error::Unreadable("a vector is missing or of another length")),
    }
}

/// The same direction at length 1. What has no direction, or is no number, is nothing.
fn unit(mut vector: Vec<f32>) -> Vec<f32> {
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
    fn any_usual_base_leads_to_the_endpoint() {
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
    fn vectors_are_put_in_order_and_checked() {
        let answer = |data: &[(usize, &[f32])]| Answer {
            data: data.iter().map(|(index, vector)| Embedding { index: *index, embedding: vector.to_vec() }).collect(),
        };
        assert_eq!(
            in_order(answer(&[(1, &[0.0, 2.0]), (0, &[3.0, 4.0])]), 2),
            Ok(vec![vec![0.6, 0.8], vec![0.0, 1.0]])
        );
        for bad in [
            &[(0, &[1.0][..])][..],
            &[(0, &[1.0]), (2, &[1.0])],
            &[(0, &[1.0]), (1, &[1.0, 0.0])],
            &[(0, &[0.0]), (1, &[0.0])],
        ] {
            assert!(in_order(answer(bad), 2).is_err());
        }
    }
}
