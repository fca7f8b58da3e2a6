//! A simulated customer's voice by the same kind of model that answers customers: a brain with another prompt, without
//! tools, and with the places of the two exchanged.

use std::fmt;
use std::time::Duration;

use chrono::DateTime;
use futures::future::BoxFuture;
use tokio::time::Instant;

use super::user_model::{UserMessage, UserModel, UserModelError};
use crate::chat::brain::{BrainError, Decided, Decision, View};
use crate::chat::conversation::{Author, Message};
use crate::chat::desk::NewBrain;
use crate::chat::language::Language;
use crate::tool::on_behalf_of::OnBehalfOf;

/// The longest time of one answer.
const ANSWER_MAX: Duration = Duration::from_secs(120);
/// The text in the place of a message without words, which some endpoints refuse.
const SILENCE: &str = "(no words)";

/// A brain that speaks for customers.
#[derive(Clone)]
pub struct BrainUserModel {
    new: NewBrain,
}

impl BrainUserModel {
    /// A speaker that asks a new brain for each message.
    pub fn new(new: NewBrain) -> BrainUserModel {
        BrainUserModel { new }
    }

    async fn ask(&self, prompt: &str, transcript: &[UserMessage]) -> Result<String, UserModelError> {
        let mut history: Vec<Message> = transcript.iter().map(seen_by_customer).collect();
        let heard = history.pop_if(|last| last.author == Author::Visitor).map_or(SILENCE.to_owned(), |last| last.text);
        let view = View {
            prompt,
            history: &history,
            message: &heard,
            done: &[],
            tools: &[],
            reaches_people: false,
            keeps_conversation: false,
            on_behalf_of: &OnBehalfOf::Anonymous,
            representative: None,
            time_zone: None,
            must_answer: true,
            correction: None,
            now: DateTime::UNIX_EPOCH,
            language: Language::default(),
            deadline: Instant::now() + ANSWER_MAX,
        };
        match (self.new)().decide(view).await {
            Ok(Decided { decision: Decision::Say(reply), .. }) => Ok(reply.text),
            Ok(Decided { decision: Decision::Call(_), .. }) => Err(UserModelError("it called a tool".into())),
            // Of no use as words, which the customer is held to: the run is void, and the endpoint is not at fault.
            Err(BrainError::Garbage(_) | BrainError::Refused) => Ok(String::new()),
            Err(error) => Err(UserModelError(error.to_string())),
        }
    }
}

/// A message with the places exchanged: what the customer said is the model's own.
fn seen_by_customer(spoken: &UserMessage) -> Message {
    let author = if spoken.by_customer { Author::Desk } else { Author::Visitor };
    let text = if spoken.text.trim().is_empty() { SILENCE } else { &spoken.text };
    Message { author, text: text.to_owned() }
}

impl UserModel for BrainUserModel {
    fn say<'a>(
        &'a self,
        prompt: &'a str,
        transcript: &'a [UserMessage],
    ) -> BoxFuture<'a, Result<String, UserModelError>> {
        Box::pin(self.ask(prompt, transcript))
    }
}

impl fmt::Debug for BrainUserModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrainUserModel")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::super::text::folded;
    use super::*;
    use crate::chat::brain::script::ScriptBrain;
    use crate::chat::brain::{Brain, Reply};

    /// Answers, and keeps what it is shown.
    #[derive(Clone, Debug, Default)]
    struct Shown(Arc<Mutex<Vec<String>>>);

    impl Brain for Shown {
        fn name(&self) -> &'static str {
            "shown"
        }

        fn decide<'a>(&'a mut self, view: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
            let told = view.history.iter().map(|message| format!("{:?} {}", message.author, folded(&message.text)));
            self.0.lock().unwrap().extend(told.chain([format!("heard {}", view.message)]));
            assert!(view.tools.is_empty() && view.must_answer);
            Box::pin(async { Ok(Decided::free(Decision::Say(Reply::text("{}")))) })
        }
    }

    #[tokio::test]
    async fn the_customers_own_words_are_the_models_own() {
        let shown = Shown::default();
        let brain = shown.clone();
        let speaker = BrainUserModel::new(Arc::new(move || Box::new(brain.clone())));
        let spoken = |by_customer, text: &str| UserMessage { by_customer, text: text.into() };
        let talk = [spoken(true, "Hello"), spoken(false, "Hi"), spoken(true, ""), spoken(false, "Are you there?")];
        assert_eq!(speaker.say("prompt", &talk).await.as_deref(), Ok("{}"));
        let expected = ["Desk hello", "Visitor hi", "Desk (no words)", "heard Are you there?"];
        assert_eq!(*shown.0.lock().unwrap(), expected);
    }

    #[tokio::test]
    async fn an_endpoint_that_fails_is_not_the_customers_fault() {
        for (error, is_broken) in [
            (BrainError::Unavailable("x".into()), true),
            (BrainError::Garbage("x".into()), false),
            (BrainError::Refused, false),
        ] {
            let failing = error.clone();
            let speaker = BrainUserModel::new(Arc::new(move || Box::new(ScriptBrain::new([Err(failing.clone())]))));
            assert_eq!(speaker.say("prompt", &[]).await.is_err(), is_broken, "{error}");
        }
    }
}
