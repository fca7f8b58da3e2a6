//! A brain that follows a list, for tests.

use std::collections::VecDeque;

use futures::future::BoxFuture;

use super::{Brain, BrainError, Decided, Decision, View};

/// The decisions of a script in their order; after the last one the brain fails.
#[derive(Debug, Default)]
pub struct ScriptBrain {
    left: VecDeque<Result<Decision, BrainError>>,
}

impl ScriptBrain {
    /// A brain that decides so.
    pub fn new(decisions: impl IntoIterator<Item = Result<Decision, BrainError>>) -> ScriptBrain {
        ScriptBrain { left: decisions.into_iter().collect() }
    }
}

impl Brain for ScriptBrain {
    fn name(&self) -> &'static str {
        "script"
    }

    fn decide<'a>(&'a mut self, _: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
        let next = self.left.pop_front().unwrap_or_else(|| Err(BrainError::Unavailable("the script is over".into())));
        Box::pin(async move { next.map(Decided::free) })
    }
}
