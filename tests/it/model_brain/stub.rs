//! A model server in this process: it answers by a list, remembers what it was asked, and knows nothing of the client.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// The server.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModelServer(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    answers: VecDeque<Step>,
    asked: Vec<Asked>,
}

/// An answer, or none.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Body(Value),
    Text(u16, &'static str),
    Status(u16, &'static [(&'static str, &'static str)], Value),
    Silence,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) at: Instant,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Asked {
    pub(crate) fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub(crate) fn messages(&self) -> Vec<Value> {
        self.body()["messages"].as_array().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Value {
        self.messages().last().unwrap().clone()
    }
}

impl ModelServer {
    pub(crate) fn answering(steps: impl IntoIterator<Item = Step>) -> ModelServer {
        let server = ModelServer::default();
        server.then(steps);
        server
    }

    /// Adds answers at the end of the list.
    pub(crate) fn then(&self, steps: impl IntoIterator<Item = Step>) {
        self.0.lock().unwrap().answers.extend(steps);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.0.lock().unwrap().asked.clone()
    }

    pub(crate) fn router(&self) -> Router {
        Router::new().fallback(post(answer)).with_state(self.clone())
    }
}

async fn answer(State(server): State<ModelServer>, uri: Uri, headers: HeaderMap, bytes: Bytes) -> Response {
    let step = {
        let mut script = server.0.lock().unwrap();
        script.asked.push(Asked { at: Instant::now(), path: uri.to_string(), headers, bytes });
        script.answers.pop_front()
    };
    match step.unwrap_or(Step::Status(500, &[], json!({"error": "the list is over"}))) {
        Step::Body(body) => axum::Json(body).into_response(),
        Step::Text(status, text) => (StatusCode::from_u16(status).unwrap(), text).into_response(),
        Step::Status(status, headers, body) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(*name, value.parse().unwrap());
            }
            response
        }
        Step::Silence => {
            sleep(Duration::from_secs(86_400)).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
    }
}

/// An answer with words.
pub(crate) fn says(text: &str) -> Step {
    completion(json!({"role": "assistant", "content": text}), "stop")
}

/// An answer with calls: id, tool and arguments.
pub(crate) fn calls(calls: &[(&str, &str, Value)]) -> Step {
    let call = |(id, tool, arguments): &(&str, &str, Value)| {
        let arguments = arguments.as_str().map_or_else(|| arguments.to_string(), str::to_owned);
        json!({"id": id, "type": "function", "function": {"name": tool, "arguments": arguments}})
    };
    let calls: Vec<_> = calls.iter().map(call).collect();
    completion(json!({"role": "assistant", "content": null, "tool_calls": calls}), "tool_calls")
}

fn completion(message: Value, finish: &str) -> Step {
    Step::Body(json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }))
}
