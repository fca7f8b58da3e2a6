//! Brains whose decisions a test knows.

use std::sync::Arc;
use std::time::Duration;

use frontdesk::chat::brain::{Brain, BrainError, Decided, Decision, Reply, Tokens, ToolCall, View};
use frontdesk::chat::desk::NewBrain;
use futures::future::BoxFuture;
use serde_json::Value;
use tokio::time::sleep;

/// What a brain decides.
pub(super) type Decide = dyn Fn(&View<'_>) -> Result<Decision, BrainError> + Send + Sync;

/// A brain that decides as a function says, after a pause.
struct Fake {
    decide: Arc<Decide>,
    pause: Duration,
    is_model: bool,
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fake")
    }
}

impl Brain for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn is_model(&self) -> bool {
        self.is_model
    }

    fn decide<'a>(&'a mut self, view: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
        let (decided, pause) = ((self.decide)(&view), self.pause);
        let tokens = Tokens { input: 90, output: 10, estimated: false };
        Box::pin(async move {
            sleep(pause).await;
            decided.map(|decision| Decided { decision, tokens })
        })
    }
}

/// A brain that decides so, after so many seconds.
pub(super) fn deciding(
    seconds: u64,
    is_model: bool,
    decide: impl Fn(&View<'_>) -> Result<Decision, BrainError> + Send + Sync + 'static,
) -> NewBrain {
    let (decide, pause): (Arc<Decide>, _) = (Arc::new(decide), Duration::from_secs(seconds));
    Arc::new(move || Box::new(Fake { decide: decide.clone(), pause, is_model }))
}

/// A brain that repeats what it was asked.
pub(super) fn echo(seconds: u64) -> NewBrain {
    deciding(seconds, false, |view| say(&format!("You said: {}", view.message.replace('\n', " | "))))
}

/// A reply.
#[expect(clippy::unnecessary_wraps, reason = "it is what a brain decides")]
pub(super) fn say(text: &str) -> Result<Decision, BrainError> {
    Ok(Decision::Say(Reply::text(text)))
}

/// A call of a tool.
#[expect(clippy::unnecessary_wraps, reason = "it is what a brain decides")]
pub(super) fn call(tool: &str, arguments: Value) -> Result<Decision, BrainError> {
    let arguments = arguments.as_object().cloned().unwrap_or_default();
    Ok(Decision::Call(vec![ToolCall { id: format!("call_{tool}"), tool: tool.to_owned(), arguments: Ok(arguments) }]))
}
