//! The brains that can be rehearsed, and the speakers of simulated customers.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::account::Broken;
use super::script_brain::BrainScript;
use super::speaker::Speaker;
use crate::chat::brain::{Brain, BrainError, Decided, Decision, Reply, View};
use crate::chat::desk::NewBrain;

/// The brain that answers.
#[derive(Clone, Debug)]
pub enum BrainChoice {
    /// Matches words, without a model.
    Lexical,
    /// A language model.
    Model,
    /// Follows a file.
    Script(Arc<BrainScript>),
    /// Does nothing and says so: nobody should be content with it.
    Idle,
}

/// What is not part of this build.
fn not_built_in(what: &str) -> Broken {
    Broken(format!("{what} is not built in yet: use `--brain lexical`"))
}

impl BrainChoice {
    /// The name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            BrainChoice::Lexical => "lexical",
            BrainChoice::Model => "model",
            BrainChoice::Script(_) => "script",
            BrainChoice::Idle => "idle",
        }
    }

    /// True for a brain that waits for the network, so that its clock cannot be stopped and its runs differ.
    pub fn is_live(&self) -> bool {
        matches!(self, BrainChoice::Model)
    }

    /// What makes the brain of a conversation; `None` for the one without a model, which every desk has.
    pub fn brain(&self) -> Result<Option<NewBrain>, Broken> {
        let new: NewBrain = match self {
            BrainChoice::Lexical => return Ok(None),
            BrainChoice::Model => return Err(not_built_in("the brain of a language model")),
            BrainChoice::Script(script) => {
                let script = script.clone();
                Arc::new(move || Box::new(script.brain()))
            }
            BrainChoice::Idle => Arc::new(|| Box::new(Idle)),
        };
        Ok(Some(new))
    }
}

/// The model that speaks for simulated customers.
pub fn speaker() -> Result<Arc<dyn Speaker>, Broken> {
    Err(not_built_in("the model of simulated customers"))
}

#[derive(Debug)]
struct Idle;

impl Brain for Idle {
    fn name(&self) -> &'static str {
        "idle"
    }

    fn decide<'a>(&'a mut self, _: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
        let reply = Reply::text("Thank you for your message.");
        Box::pin(async move { Ok(Decided::free(Decision::Say(reply))) })
    }
}
