//! The values that were asked for, in a message that may bring others, or none.

use serde_json::{Map, Value, json};

use super::asks::{self, Question};
use super::intents::Wish;
use super::person::MISSES_MAX;
use super::readers::{self, Reading};
use super::state::State;
use super::{BOOK, Decision, LexicalBrain, TIMES, View, calendar, confirm, meeting, people};
use crate::chat::language::{self, Language};
use crate::chat::texts;
use domain::code::Code;

/// The likeness from which another intent is meant although a text was asked for.
const OTHER_MATTER_FROM: f64 = 0.8;
/// The fewest digits of a record's id.
const ID_DIGITS_MIN: usize = 6;
/// The arguments whose example helps somebody who was not understood.
const WITH_EXAMPLES: &[&str] = &["email", "cus_email", "time_zone"];

impl LexicalBrain {
    /// A message while values are missing.
    pub(super) fn values_heard(&mut self, view: &View<'_>) -> Decision {
        let missing = self.state.missing();
        let values = self.values(view, &missing);
        let is_free = |name: &String| !readers::is_read(name);
        let only_words = values.keys().all(is_free);
        if let Wish::Sure(intent, score) = self.intents.wish(view.message, &self.state.intents)
            && self.state.topic.as_ref() != Some(&intent)
            && (values.is_empty() || (only_words && score >= OTHER_MATTER_FROM))
        {
            return self.intent(view, &intent);
        }
        if only_words && language::contradicts(view.message) {
            // Somebody who begins with a no tells no problem but wants something else.
            if let Wish::Perhaps(likely) = self.intents.wish(view.message, &self.state.intents)
                && self.state.topic.as_ref() != Some(&likely[0])
            {
                return self.asked_which(view, texts::WHICH_OF_THESE, &likely);
            }
        }
        if values.is_empty()
            && let Some(intent) = self.says_they_are_new(view)
        {
            return self.intent(view, &intent);
        }
        if values.is_empty()
            && let Some((intent, name)) = self.known_by_name(view, &missing)
        {
            return self.step(json!({ "user_text": view.message, "intent": intent, "slots": { "query": name } }));
        }
        if values.is_empty() && view.message.contains('?') {
            return self.aside(view.message);
        }
        if values.is_empty() || (only_words && language::is_courteous(view.message)) {
            if language::declines(view.message) {
                return self.leave(view);
            }
            return if language::is_courteous(view.message) { self.depart(view) } else { self.asked_again(view) };
        }
        self.state.misses = 0;
        self.state.changing = None;
        self.state.past_day |= calendar::is_past(view.message, view.language, view.now);
        self.send(view, values)
    }

    /// The values of a message for what is missing, and those that belong to the same matter.
    fn values(&mut self, view: &View<'_>, missing: &[String]) -> Map<String, Value> {
        let has = |name: &str| missing.iter().any(|missing| missing == name);
        let mut values = readers::answers(&Reading::of(view), missing);
        if language::agrees(view.message) || language::declines(view.message) {
            values.remove("query");
        }
        if let Some(Value::Object(parts)) = values.remove("properties") {
            values.extend(parts);
        }
        if has("ticket_id")
            && let Some(id) = id(view.message)
        {
            values.insert("ticket_id".to_owned(), id.into());
        }
        let meets = [TIMES, BOOK].iter().any(|tool| self.state.ask["tool"] == *tool);
        if meets {
            values.extend(self.of_meeting(view));
        }
        let is_other = values.get("email").is_some_and(|email| self.is_somebody_else(email));
        let is_asked = |name: &str| {
            has(name)
                || (name == "email" && is_other)
                || (meets && meeting::VALUES.contains(&name))
                || (has("properties") && (readers::is_part(name) || !readers::is_read(name)))
                || (name == "phone" && has("email"))
                || (name == "email" && (has("reach") || has("cus_email")))
        };
        values.retain(|name, _| is_asked(name));
        values
    }

    /// True for an address of somebody else than the customer who was recognised, at a step that is for that customer.
    pub(super) fn is_somebody_else(&self, email: &Value) -> bool {
        const FOR_CUSTOMER: &[&str] = &[TIMES, BOOK, "find_tickets", "create_ticket", "update_ticket"];
        let tool = self.state.ask["tool"].as_str().unwrap_or_default();
        let known = self.state.who.as_deref().filter(|who| who.contains('@'));
        FOR_CUSTOMER.contains(&tool) && known.is_some_and(|known| email != known)
    }

    /// The intent by which somebody is added whose address nobody knows, and who says that they are new and their name.
    fn says_they_are_new(&self, view: &View<'_>) -> Option<String> {
        self.state.failure().filter(|code| *code == Code::UserNotFound.as_str())?;
        let ways = ["create_contact", "search_contacts"];
        let offered: Vec<String> =
            ways.iter().filter_map(|tool| self.intents.leading_to(tool, &self.state.intents)).collect();
        let nearest = self.intents.nearest(view.message, &offered).into_iter().next()?;
        let adds = self.intents.first_tool(&nearest) == Some("create_contact");
        (adds && !readers::properties(&Reading::of(view)).is_empty()).then_some(nearest)
    }

    /// The intent by which somebody is looked for who says a name in place of an address.
    fn known_by_name(&self, view: &View<'_>, missing: &[String]) -> Option<(String, String)> {
        let name = people::introduced_in_full(view.message).filter(|_| missing.iter().any(|name| name == "email"))?;
        Some((self.intents.leading_to("search_contacts", &self.state.intents)?, name))
    }

    /// The question is asked once more; whoever is not understood again and again gets a person.
    pub(super) fn asked_again(&mut self, view: &View<'_>) -> Decision {
        self.state.misses += 1;
        if self.state.misses > MISSES_MAX {
            return self.give_up(view);
        }
        let asks_day = self.state.missing().iter().any(|name| ["meeting_date", "due"].contains(&name.as_str()));
        let is_past = asks_day && calendar::is_past(view.message, view.language, view.now);
        let why = if is_past { texts::DAY_IS_PAST } else { texts::NOT_READ };
        self.turn.out.push(why.in_language(view.language).to_owned());
        let question = self.open_question(view);
        self.say(question)
    }

    /// The question that is open.
    pub(super) fn open_question(&self, view: &View<'_>) -> Question {
        let call = self.state.unconfirmed.clone();
        let tool = call.as_ref().and_then(|call| view.tools.iter().find(|tool| tool.name == call.tool));
        match (&call, tool) {
            (Some(call), Some(tool)) => Question {
                text: confirm::question(call, tool, &self.state.shown, view.language),
                choices: confirm::choices(call, view.language),
            },
            _ => {
                let asked = asks::question(&self.state, &self.intents, view.language);
                Question { text: with_example(asked.text, &self.state, view.language), ..asked }
            }
        }
    }
}

/// The id of a record in a message.
fn id(message: &str) -> Option<&str> {
    let mut words = message.split(|c: char| !c.is_ascii_digit());
    words.find(|digits| digits.len() >= ID_DIGITS_MIN)
}

fn with_example(text: String, state: &State, language: Language) -> String {
    let first = &state.ask["missing"][0];
    let helps = first["name"].as_str().is_some_and(|name| WITH_EXAMPLES.contains(&name));
    match first["example"].as_str().filter(|_| helps) {
        Some(example) => format!("{text} {}", texts::example(example, language)),
        None => text,
    }
}
