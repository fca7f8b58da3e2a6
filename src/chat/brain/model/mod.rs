//! A brain that asks a language model over any OpenAI-compatible chat-completions endpoint.
//!
//! Servers differ more than their documentation says, so that requests hold only what all take, and answers are read
//! leniently. No text of a prompt, an answer or an error is logged or shown to the operator.
//!
//! | module | content |
//! |---|---|
//! | [`options`], [`endpoint`] | the operator's choices |
//! | `request`, `messages`, `tools`, `ids`, `markers` | what is sent |
//! | `answer`, `calls`, `call_in_text`, `text`, `plain`, `usage` | what is read |
//! | `memory` | what the model said in this turn, which goes back to it |
//! | `failure`, `retry`, `retry_after`, `repair`, `breaker` | what happens when an endpoint fails |
//! | [`client`] | the client that all conversations share |

pub mod client;
pub mod endpoint;
pub mod options;

mod answer;
mod breaker;
mod call_in_text;
mod calls;
mod failure;
#[cfg(test)]
mod fixtures;
mod ids;
mod markers;
mod memory;
mod messages;
mod plain;
mod repair;
mod request;
mod retry;
mod retry_after;
mod text;
mod tools;
mod usage;

use bytes::Bytes;
use futures::future::BoxFuture;
use serde_json::{Map, Value};

use self::answer::{ModelAnswer, RequestFacts};
use self::client::ModelClient;
use self::failure::{Failure, Meaning};
use self::ids::Ids;
use self::memory::TurnMemory;
use self::repair::{Repairs, Sent};
use super::{Brain, BrainError, Decided, Decision, View};

/// The most requests for one decision, repeats apart: each of the three repairs, a shorter history, and the request itself.
const REQUESTS_MAX: usize = 5;

/// The brain of one conversation.
#[derive(Debug)]
pub struct ModelBrain {
    client: ModelClient,
    memory: TurnMemory,
}

impl ModelBrain {
    /// A brain that asks over this client.
    pub fn new(client: ModelClient) -> ModelBrain {
        ModelBrain { client, memory: TurnMemory::default() }
    }
}

impl Brain for ModelBrain {
    fn name(&self) -> &'static str {
        "model"
    }

    fn is_model(&self) -> bool {
        true
    }

    fn decide<'a>(&'a mut self, view: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
        Box::pin(self.ask(view))
    }
}

impl ModelBrain {
    async fn ask(&mut self, view: View<'_>) -> Result<Decided, BrainError> {
        self.memory.learn(view.done, view.correction);
        self.client.check()?;
        let (answer, sent) = self.request(&view).await?;
        let ids = Ids::of(view.done.iter().map(|done| done.call.id.as_str()));
        let ModelAnswer { decision, tokens, echo } =
            answer::read(&answer, RequestFacts { ids, sent, must_answer: view.must_answer })?;
        match (&decision, echo) {
            (Decision::Call(calls), Some(echo)) => {
                self.memory.called(calls.iter().map(|call| call.id.clone()).collect(), echo);
            }
            (Decision::Say(reply), _) => self.memory.said(&reply.text),
            _ => {}
        }
        Ok(Decided { decision, tokens })
    }

    /// Asks until the endpoint takes the request. Returns the answer and the bytes of the request.
    async fn request(&self, view: &View<'_>) -> Result<(Value, usize), BrainError> {
        let mut history = view.history;
        for _ in 0..REQUESTS_MAX {
            let repairs = self.client.repairs();
            let body = request::body(view, history, &self.memory, self.client.options(), repairs);
            let sent = self.sent(&body, repairs);
            let bytes = Bytes::from(Value::Object(body).to_string());
            let failure = match self.client.send(&bytes, view.deadline).await {
                Ok(answer) => return Ok((answer, bytes.len())),
                Err(failure) => failure,
            };
            if let Some(repaired) = failure.refused().and_then(|error| repairs.after(error, sent)) {
                self.client.repair(repaired);
            } else if is_too_long(&failure) && history.len() == view.history.len() && !history.is_empty() {
                history = &history[history.len().div_ceil(2)..];
            } else {
                return Err(self.gave_up(failure, repairs));
            }
        }
        Err(BrainError::Unavailable("it asks for one change of the request after another".to_owned()))
    }

    fn sent(&self, body: &Map<String, Value>, repairs: Repairs) -> Sent {
        let options = self.client.options();
        let messages = body["messages"].as_array().into_iter().flatten();
        let calls = messages.filter(|message| message.get("tool_calls").is_some());
        Sent {
            has_tools: body.contains_key("tools"),
            token_key: request::token_key(options, repairs),
            has_echo: calls.into_iter().any(calls::has_opaque),
        }
    }

    fn gave_up(&self, failure: Failure, repairs: Repairs) -> BrainError {
        let wants_other_api = failure.refused().is_some_and(repair::wants_no_reasoning) && repairs.without_reasoning;
        self.client.gave_up(if wants_other_api { Failure::OtherApi } else { failure })
    }
}

fn is_too_long(failure: &Failure) -> bool {
    failure.refused().is_some_and(|error| error.meaning() == Meaning::TooLong)
}
