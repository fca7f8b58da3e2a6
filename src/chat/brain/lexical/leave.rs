//! Leaving. What the visitor came for is left as it is; where nothing was done about it, a colleague is offered for it,
//! once.

use serde_json::json;

use super::asks::{self, Question};
use super::person::PERSON;
use super::{Decision, LexicalBrain, View};
use crate::chat::language;
use crate::chat::texts::{self, Text};

/// The fewest words behind a no that are a wish of their own.
const REST_WORDS_MIN: usize = 3;

impl LexicalBrain {
    /// Thanks or a goodbye.
    pub(super) fn depart(&mut self, view: &View<'_>) -> Decision {
        let is_asked_already = std::mem::replace(&mut self.state.colleague_offered, true);
        if self.is_unfinished() && !is_asked_already {
            return self.offer_colleague(view, texts::NOT_FINISHED);
        }
        self.leave_unfinished(view)
    }

    /// True if the visitor came for something of which nothing is done yet.
    fn is_unfinished(&self) -> bool {
        let is_person = self.state.topic.as_deref() == Some(PERSON);
        let is_asked = match self.state.kind() {
            "slots" | "switch" | "go_on" => true,
            "call" | "nothing" => self.state.failure().is_some(),
            _ => false,
        };
        !is_person && (is_asked || self.state.unserved || self.state.unconfirmed.is_some())
    }

    /// The question whether a colleague goes on.
    pub(super) fn offer_colleague(&mut self, view: &View<'_>, text: Text) -> Decision {
        let text = text.in_language(view.language).to_owned();
        self.say(Question { text, choices: asks::colleague(view.language) })
    }

    /// What is under way is left, and without anything the visitor leaves.
    pub(super) fn leave_unfinished(&mut self, view: &View<'_>) -> Decision {
        if self.state.unconfirmed.is_some() || ["slots", "switch", "go_on", "call"].contains(&self.state.kind()) {
            return self.leave(view);
        }
        self.state.topic = None;
        self.state.unserved = false;
        let text = texts::GOODBYE.in_language(view.language).to_owned();
        self.say(Question { text, choices: vec![] })
    }

    /// Leaves the matter at hand for what else the message says: `Never mind. What does ADAM cost?`
    pub(super) fn leave_for_more(&mut self, view: &View<'_>) -> Option<Decision> {
        let in_matter = self.state.unconfirmed.is_some() || ["slots", "switch"].contains(&self.state.kind());
        let (first, rest) = view.message.split_once(['.', '!', ';', '\n']).filter(|_| in_matter)?;
        let says_more = rest.split_whitespace().count() >= REST_WORDS_MIN && language::declines(first);
        says_more.then(|| {
            self.turn.then = Some(rest.trim().to_owned());
            self.leave(view)
        })
    }

    /// Leaves the matter at hand.
    pub(super) fn leave(&mut self, view: &View<'_>) -> Decision {
        self.state.unconfirmed = None;
        self.turn.left = true;
        self.turn.leaves_both = self.state.kind() == "switch";
        self.step(json!({ "user_text": view.message, "switch": "leave" }))
    }

    /// The matter is left: what else the message says is heard. `None` if one that was interrupted goes on.
    pub(super) fn left(&mut self, view: &View<'_>) -> Option<Decision> {
        if std::mem::take(&mut self.turn.leaves_both) {
            self.turn.left = true;
            return Some(self.step(json!({ "switch": "leave" })));
        }
        self.turn.out.push(texts::LEFT.in_language(view.language).to_owned());
        self.state.topic = None;
        if let Some(rest) = self.turn.then.take() {
            return Some(self.wish_heard(&View { message: &rest, ..*view }));
        }
        let goes_on = ["slots", "call"].contains(&self.state.kind()) && self.state.failure().is_none();
        let text = texts::ANYTHING_ELSE.in_language(view.language).to_owned();
        (!goes_on).then(|| self.say(Question { text, choices: vec![] }))
    }
}
