//! The brains that can be rehearsed.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

use super::script_brain::BrainScript;
use crate::chat::brain::{Brain, BrainError, Decided, Decision, Reply, View};
use crate::chat::desk::NewBrain;

/// The brain that answers.
#[derive(Clone)]
pub enum BrainChoice {
    /// Matches words, without a model.
    Lexical,
    /// A language model.
    Model(NewBrain),
    /// Follows a file.
    Script(Arc<BrainScript>),
    /// Does nothing and says so: nobody should be content with it.
    Idle,
}

impl BrainChoice {
    /// The name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            BrainChoice::Lexical => "lexical",
            BrainChoice::Model(_) => "model",
            BrainChoice::Script(_) => "script",
            BrainChoice::Idle => "idle",
        }
    }

    /// True for a brain that waits for the network, so that its clock cannot be stopped and its runs differ.
    pub fn is_live(&self) -> bool {
        matches!(self, BrainChoice::Model(_))
    }

    /// What makes the brain of a conversation; `None` for the one without a model, which every desk has.
    pub fn brain(&self) -> Option<NewBrain> {
        match self {
            BrainChoice::Lexical => None,
            BrainChoice::Model(new) => Some(new.clone()),
            BrainChoice::Script(script) => {
                let script = script.clone();
                Some(Arc::new(move || Box::new(script.brain())))
            }
            BrainChoice::Idle => Some(Arc::new(|| Box::new(Idle))),
        }
    }
}

impl fmt::Debug for BrainChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
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
