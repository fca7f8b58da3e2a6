//! The answer to a question with a yes or a no: whether a call is made, and whether one that failed is made again.

use serde_json::{Map, Value, json};

use super::asks;
use super::confirm;
use super::intents::Wish;
use super::people;
use super::person::ways_to_reach;
use super::readers::{self, Reading};
use super::{BOOK, Decision, HAND_OFF, LexicalBrain, View};
use crate::chat::language;

/// Arguments that take what the visitor says as it is.
const TEXTS: &[&str] = &["issue", "note", "reason"];
/// The fewest words that add something to a text.
const MORE_WORDS_MIN: usize = 2;

impl LexicalBrain {
    /// The answer to the question before a write.
    pub(super) fn answered(&mut self, view: &View<'_>) -> Decision {
        let other = self.corrected(view);
        if !other.is_empty() {
            return self.step(json!({ "user_text": view.message, "slots": other }));
        }
        if language::agrees(view.message) {
            return self.agreed(view);
        }
        if language::declines(view.message) {
            return self.leave(view);
        }
        if language::asks_for_person(view.message) {
            return self.person(view);
        }
        match self.intents.wish(view.message, &self.state.intents) {
            Wish::Sure(intent, _) if self.state.topic.as_ref() != Some(&intent) => self.intent(view, &intent),
            _ => match self.more_words(view) {
                Some(slots) => self.step(json!({ "user_text": view.message, "slots": slots })),
                None => self.asked_again(view),
            },
        }
    }

    /// The values of the unconfirmed call that the message has: another time, or how a colleague reaches them.
    fn corrected(&mut self, view: &View<'_>) -> Map<String, Value> {
        if let Some(email) = readers::email(view.message).map(Value::from).filter(|email| self.is_somebody_else(email))
        {
            return Map::from_iter([("email".to_owned(), email)]);
        }
        match self.state.unconfirmed.as_ref().map(|call| call.tool.as_str()) {
            Some(BOOK) => {
                let mut values = self.of_meeting(view);
                values.extend(name_said(view.message));
                values
            }
            Some("create_contact") => readers::properties(&Reading::of(view)),
            Some(HAND_OFF) => {
                let mut values = ways_to_reach(view);
                if !values.is_empty() {
                    values.extend(self.more_words(view).unwrap_or_default());
                }
                values
            }
            _ => Map::new(),
        }
    }

    /// The text of the unconfirmed call with what was said at the question: nothing of it is lost, and it is asked again.
    fn more_words(&self, view: &View<'_>) -> Option<Map<String, Value>> {
        let call = self.state.unconfirmed.as_ref()?;
        let name = confirm::changeable(call).filter(|name| TEXTS.contains(name))?;
        let before = call.arguments.get(name).and_then(Value::as_str).unwrap_or_default();
        let more = view.message.trim();
        let says_more = more.split_whitespace().count() >= MORE_WORDS_MIN && !more.ends_with('?');
        says_more.then(|| Map::from_iter([(name.to_owned(), format!("{before}\n{more}").into())]))
    }

    pub(super) fn agreed(&mut self, view: &View<'_>) -> Decision {
        match self.state.unconfirmed.take() {
            Some(call) if call.tool == BOOK && self.times_are_old(view) => {
                let text = |name: &str| call.arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                self.look_again(view, &text("meeting_date"), &text("meeting_start_time"))
            }
            Some(call) => {
                self.state.unanswered = true;
                self.call(&call.tool, Value::Object(call.arguments))
            }
            None => self.wish_heard(view),
        }
    }

    /// The visitor wants another value in the call.
    pub(super) fn change(&mut self, view: &View<'_>) -> Decision {
        let call = self.state.unconfirmed.take();
        self.state.changing = call.as_ref().and_then(confirm::changeable);
        let tool = call.map(|call| call.tool).unwrap_or_default();
        self.state.ask = json!({ "kind": "slots", "tool": tool, "missing": [{ "name": self.state.changing }] });
        let question = asks::question(&self.state, &self.intents, view.language);
        self.say(question)
    }

    /// The question whether a failed call is made again.
    pub(super) fn asked_to_repeat(&mut self, view: &View<'_>) -> Decision {
        if language::declines(view.message) {
            return self.leave(view);
        }
        if language::is_courteous(view.message) {
            return self.depart(view);
        }
        let corrected = ways_to_reach(view);
        if !corrected.is_empty() {
            return self.step(json!({ "user_text": view.message, "slots": corrected }));
        }
        self.state.ask["failed"] = Value::Null;
        self.advance(view)
    }
}

/// The name that a message introduces, for a meeting.
fn name_said(message: &str) -> Map<String, Value> {
    let Some((first, last)) = people::introduced(message) else { return Map::new() };
    let named = [("cus_fname", Some(first)), ("cus_lname", last)];
    named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
}
