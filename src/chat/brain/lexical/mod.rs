//! A brain without a model and without a network. It follows a taskgraph: intents by likeness, values by readers, a
//! question before every write, and texts that are made from results.
//!
//! From the top down; a file uses only what stands below it:
//!
//! | module | content |
//! |---|---|
//! | `decide` | the next decision of a turn |
//! | `understanding` | the meaning of a message: guidance, a choice, an answer, or an intent |
//! | `values`, `answer` | values that were asked for, and the answer before a write |
//! | `progress` | what comes next, when the session or a tool has answered |
//! | `routing` | the way of a message to an intent |
//! | `repeat`, `back`, `farewell`, `person` | a question asked again or the one before, leaving, and the way to a person |
//! | `meeting`, `addresses`, `record_reference` | the time of a meeting, which address and which record is meant |
//! | `session` | the conversation with the few ways to call tools and to say something |
//! | `prompts`, `confirm`, `replies` | what the visitor is asked, agrees to and is told |
//! | [`intents`], `label`, `pick` | the intent of a message, its name as a choice, and the choice that a message picks |
//! | `readers`, `calendar`, `people` | the values of a message |
//! | `state` | what is remembered between two messages |

mod addresses;
mod answer;
mod back;
mod calendar;
mod confirm;
mod decide;
mod farewell;
pub mod intents;
mod label;
mod meeting;
mod people;
mod person;
mod pick;
mod progress;
mod prompts;
mod readers;
mod record_reference;
mod repeat;
mod replies;
mod routing;
mod session;
mod state;
mod understanding;
mod values;

use futures::future::BoxFuture;

use self::intents::Intents;
use self::session::Session;
use super::{Brain, BrainError, Decided, Reply, View};

/// The brain of one conversation.
#[derive(Debug)]
pub struct LexicalBrain {
    session: Session,
}

impl LexicalBrain {
    /// A brain that follows the graph of these intents, which several conversations share.
    pub fn new(intents: Intents) -> LexicalBrain {
        LexicalBrain { session: Session::new(intents) }
    }
}

impl Brain for LexicalBrain {
    fn name(&self) -> &'static str {
        "lexical"
    }

    fn decide<'a>(&'a mut self, view: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
        let decision = decide::next(&mut self.session, &view);
        Box::pin(async move { decision.map(Decided::free) })
    }

    fn greeting(&mut self) -> Option<Reply> {
        Some(decide::greeting(&mut self.session))
    }
}
