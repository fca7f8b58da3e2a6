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
//! | `doubt`, `wish_order` | the question what a message means, and the order of the wishes in one |
//! | `repeat`, `back`, `farewell`, `person` | a question asked again or the one before, leaving, and the way to a person |
//! | `known` | what is known of the visitor beside their words |
//! | `meeting`, `addresses`, `record_reference` | the time of a meeting, which address and which record is meant |
//! | `typing_answer` | the address that an answer to the question about a typing error means |
//! | `typing_errors` | the address that was meant by one with a typing error |
//! | `appointments` | which of the visitor's appointments is meant |
//! | `audience` | customers or staff, and what is offered to them |
//! | `session` | the conversation with the few ways to call tools and to say something |
//! | `prompts`, `confirm`, `replies` | what the visitor is asked, agrees to and is told |
//! | [`intents`], `meeting_wish`, `two_wishes`, `label`, `choice_selection` | the intent of a message, or its two, its name as a choice, and the choice that a message picks |
//! | `contact_parts`, `new_values`, `no_text`, `readers`, `calendar`, `people` | the values of a message |
//! | `state`, `compact_json` | what is remembered between two messages |

mod addresses;
mod answer;
mod appointments;
mod audience;
mod back;
pub(in crate::chat) mod calendar;
mod choice_selection;
mod compact_json;
mod confirm;
mod contact_parts;
mod decide;
mod doubt;
mod farewell;
pub mod intents;
mod known;
mod label;
mod meeting;
mod meeting_wish;
mod new_values;
mod no_text;
mod people;
mod person;
mod progress;
mod prompts;
mod readers;
mod record_reference;
mod repeat;
mod replies;
mod routing;
mod session;
mod state;
mod two_wishes;
mod typing_answer;
mod typing_errors;
mod understanding;
mod values;
mod wish_order;

use std::collections::BTreeSet;

use futures::future::BoxFuture;
use serde_json::Value;

use self::audience::Audience;
use self::intents::Intents;
use self::session::LexicalConversation;
use super::{Brain, BrainError, Decided, Reply, View};
use crate::chat::language::Language;

/// The brain of one conversation.
#[derive(Debug)]
pub struct LexicalBrain {
    session: LexicalConversation,
}

impl LexicalBrain {
    /// A brain that follows the graph of these intents, which several conversations share.
    pub fn new(intents: Intents) -> LexicalBrain {
        LexicalBrain { session: LexicalConversation::new(intents, Audience::Customers) }
    }

    /// A brain for a member of staff, to whom these tools are open: it offers nothing else, and no other person.
    pub fn for_staff(intents: Intents, tools: BTreeSet<String>) -> LexicalBrain {
        LexicalBrain { session: LexicalConversation::new(intents, Audience::Staff(tools)) }
    }

    /// The sentence of what the token of staff may not do; `None` for customers, and if it may do everything.
    pub fn missing_rights(&self, language: Language) -> Option<String> {
        let LexicalConversation { audience, intents, state, .. } = &self.session;
        audience.missing_rights(intents, &state.intents, language)
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

    fn hand_over_at_once(&mut self) {
        self.session.at_once = true;
    }

    fn resume(&mut self, session: &str) {
        self.session.resume(session);
    }

    fn memory(&self) -> Value {
        // Nothing in it is a map whose names are no texts.
        serde_json::to_value(&self.session.state).unwrap_or_default()
    }

    fn remember(&mut self, memory: Value) {
        if let Ok(state) = serde_json::from_value(memory) {
            self.session.state = state;
        }
    }

    fn hear_again(&mut self) {
        self.session.catch_up();
    }

    fn leave_unclear(&mut self) {
        self.session.leave();
    }

    fn greeting(&mut self, language: Language) -> Option<Reply> {
        Some(decide::greeting(&mut self.session, language))
    }
}
