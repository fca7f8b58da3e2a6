//! The brains that can be rehearsed, and the speakers of simulated customers.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::account::Broken;
use super::script_brain::BrainScript;
use super::speaker::Speaker;
use crate::chat::brain::{Brain, BrainError, Decided, Decision, Reply, View};
use taskgraph::graph::Graph;

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
    Broken(format!("{what} is not built in: use `--brain script --script FILE`"))
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

    /// A brain for one conversation by this script.
    pub fn brain(&self, _graph: &Arc<Graph>) -> Result<Box<dyn Brain>, Broken> {
        match self {
            BrainChoice::Lexical => Err(not_built_in("the lexical brain")),
            BrainChoice::Model => Err(not_built_in("the brain of a language model")),
            BrainChoice::Script(script) => Ok(Box::new(script.brain())),
            BrainChoice::Idle => Ok(Box::new(Idle)),
        }
    }

    /// The system prompt of that conversation; only a model reads one.
    pub fn prompt(&self, _graph: &Graph) -> String {
        String::new()
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
