//! The visitor's message: which choice it picks, which values it has, which intent it shows.

use serde_json::{Map, Value, json};

use super::asks::{self, Question};
use super::intents::Wish;
use super::readers::{self, Reading};
use super::state::{Choice, Means, State};
use super::{Decision, HAND_OFF, LexicalBrain, View, calendar, confirm, meeting, pick};
use crate::chat::language::{self, Language};
use crate::chat::texts;

/// The intent that is open in every graph.
const PERSON: &str = "a person";
/// Messages in a row that are not understood, after which a person goes on.
const MISSES_MAX: u8 = 2;
/// The likeness from which another intent is meant although a text was asked for.
const OTHER_MATTER_FROM: f64 = 0.8;
/// The fewest digits of a record's id.
const ID_DIGITS_MIN: usize = 6;
/// The arguments whose example helps somebody who was not understood.
const WITH_EXAMPLES: &[&str] = &["email", "cus_email", "time_zone"];
/// Arguments that take what the visitor says as it is.
const TEXTS: &[&str] = &["issue", "note", "reason"];
/// The fewest words that add something to a text.
const MORE_WORDS_MIN: usize = 2;

impl LexicalBrain {
    /// Decides what a message means.
    pub(super) fn hear(&mut self, view: &View<'_>) -> Decision {
        let message = view.message.trim();
        if language::starts_over(message) {
            self.state = State::default();
            self.turn.restarts = true;
            return self.begin(view);
        }
        self.state.note(message);
        if language::agrees(message) && self.state.doubtful.is_some() {
            // A yes to several is one to the likeliest.
            if let Some(Choice { means: means @ Means::Intent(_), .. }) = self.state.choices.first().cloned() {
                return self.picked(view, means);
            }
        }
        if let Some(means) = self.choice(view) {
            return self.picked(view, means);
        }
        if self.state.unconfirmed.is_some() {
            return self.answered(view);
        }
        if language::asks_for_person(message) {
            return self.person(view);
        }
        if self.state.kind() != "slots" && language::greets(message) {
            let menu = asks::menu(&self.state, &self.intents, view.language);
            return self.say(menu);
        }
        if language::goes_back(message) {
            let menu = asks::menu(&self.state, &self.intents, view.language);
            return self.say(menu);
        }
        if self.state.kind() == "slots" || self.state.changing.is_some() {
            return self.values_heard(view);
        }
        if self.state.kind() == "call" {
            return self.asked_to_repeat(view);
        }
        if language::declines(message) && !self.state.choices.is_empty() {
            let text = texts::AS_YOU_LIKE.in_language(view.language).to_owned();
            return self.say(Question { text, choices: vec![] });
        }
        if language::says_goodbye(message) || (self.state.choices.is_empty() && language::declines(message)) {
            self.state.topic = None;
            let text = texts::GOODBYE.in_language(view.language).to_owned();
            return self.say(Question { text, choices: vec![] });
        }
        self.wish_heard(view)
    }

    /// What the message picks of what is offered. A time beside a day is none of the times that were shown.
    fn choice(&self, view: &View<'_>) -> Option<Means> {
        let message = view.message.trim();
        let names_day =
            || calendar::day(message, view.language, view.now).is_some() || calendar::names_weekday(message);
        let by_name = self.state.choices.iter().find(|choice| choice.detail() == message);
        let picked = by_name.or_else(|| pick::choice(&self.state.choices, message))?;
        let is_time = matches!(&picked.means, Means::Values(values) if values.contains_key("meeting_start_time"));
        (!is_time || picked.label == message || !names_day()).then(|| picked.means.clone())
    }

    fn picked(&mut self, view: &View<'_>, means: Means) -> Decision {
        let said = view.message;
        match means {
            Means::Intent(intent) => match self.state.doubtful.take() {
                // What was said before is what they want.
                Some(before) => self.intent(&View { message: &before, ..*view }, &intent),
                None => self.bare_intent(view, &intent),
            },
            Means::Values(values) => self.send(view, values),
            Means::Yes if self.state.unconfirmed.is_none() => self.asked_to_repeat(view),
            Means::Yes => self.agreed(view),
            Means::No => self.leave(view),
            Means::Change => self.change(view),
            Means::Switch(switch) => self.step(json!({ "user_text": said, "switch": switch })),
            Means::Person => self.person(view),
            Means::Else => {
                let menu = asks::menu(&self.state, &self.intents, view.language);
                self.say(menu)
            }
            Means::AnotherDay => {
                let text = texts::ASK_DAY.in_language(view.language).to_owned();
                self.say(Question { text, choices: vec![] })
            }
            Means::Helped => {
                let text = texts::ANYTHING_ELSE.in_language(view.language).to_owned();
                self.say(Question { text, choices: vec![] })
            }
        }
    }

    /// The answer to the question before a write.
    fn answered(&mut self, view: &View<'_>) -> Decision {
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
        match self.state.unconfirmed.as_ref().map(|call| call.tool.as_str()) {
            Some("create_meeting") => self.of_meeting(view),
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

    fn agreed(&mut self, view: &View<'_>) -> Decision {
        match self.state.unconfirmed.take() {
            Some(call) => {
                self.state.unanswered = true;
                self.call(&call.tool, Value::Object(call.arguments))
            }
            None => self.wish_heard(view),
        }
    }

    fn leave(&mut self, view: &View<'_>) -> Decision {
        self.state.unconfirmed = None;
        self.turn.left = true;
        self.step(json!({ "user_text": view.message, "switch": "leave" }))
    }

    /// The visitor wants another value in the call.
    fn change(&mut self, view: &View<'_>) -> Decision {
        let call = self.state.unconfirmed.take();
        self.state.changing = call.as_ref().and_then(confirm::changeable);
        let tool = call.map(|call| call.tool).unwrap_or_default();
        self.state.ask = json!({ "kind": "slots", "tool": tool, "missing": [{ "name": self.state.changing }] });
        let question = asks::question(&self.state, &self.intents, view.language);
        self.say(question)
    }

    /// The question whether a failed call is made again.
    fn asked_to_repeat(&mut self, view: &View<'_>) -> Decision {
        if language::declines(view.message) {
            return self.leave(view);
        }
        self.state.ask["failed"] = Value::Null;
        self.advance(view)
    }

    pub(super) fn person(&mut self, view: &View<'_>) -> Decision {
        let mut slots = ways_to_reach(view);
        if !self.state.said.is_empty() {
            slots.insert("reason".to_owned(), self.state.said.join("\n").into());
        }
        self.state.misses = 0;
        self.state.topic = Some(PERSON.to_owned());
        self.step(json!({ "user_text": view.message, "intent": PERSON, "slots": slots }))
    }

    /// A person goes on, because this brain does not understand.
    fn give_up(&mut self, view: &View<'_>) -> Decision {
        self.turn.out.push(texts::NOT_UNDERSTOOD_TWICE.in_language(view.language).to_owned());
        self.turn.gives_up = true;
        self.person(view)
    }

    /// A message while values are missing.
    fn values_heard(&mut self, view: &View<'_>) -> Decision {
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
                self.state.doubtful = Some(view.message.to_owned());
                let question = asks::which(texts::WHICH_OF_THESE, &likely, &self.intents, view.language);
                return self.say(question);
            }
        }
        if values.is_empty() || (only_words && language::says_goodbye(view.message)) {
            if language::declines(view.message) || language::says_goodbye(view.message) {
                return self.leave(view);
            }
            return self.asked_again(view);
        }
        self.state.misses = 0;
        self.state.changing = None;
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
        let meets = ["check_available", "create_meeting"].iter().any(|tool| self.state.ask["tool"] == *tool);
        if meets {
            values.extend(self.of_meeting(view));
        }
        let is_asked = |name: &str| {
            has(name)
                || (meets && meeting::VALUES.contains(&name))
                || (has("properties") && (readers::is_part(name) || !readers::is_read(name)))
                || (name == "phone" && has("email"))
                || (name == "email" && (has("reach") || has("cus_email")))
        };
        values.retain(|name, _| is_asked(name));
        values
    }

    /// The question is asked once more; whoever is not understood again and again gets a person.
    fn asked_again(&mut self, view: &View<'_>) -> Decision {
        self.state.misses += 1;
        if self.state.misses > MISSES_MAX {
            return self.give_up(view);
        }
        self.turn.out.push(texts::NOT_READ.in_language(view.language).to_owned());
        let call = self.state.unconfirmed.clone();
        let tool = call.as_ref().and_then(|call| view.tools.iter().find(|tool| tool.name == call.tool));
        let question = match (&call, tool) {
            (Some(call), Some(tool)) => Question {
                text: confirm::question(call, tool, &self.state.shown, view.language),
                choices: confirm::choices(call, view.language),
            },
            _ => {
                let asked = asks::question(&self.state, &self.intents, view.language);
                Question { text: with_example(asked.text, &self.state, view.language), ..asked }
            }
        };
        self.say(question)
    }

    /// A message of which an intent is wanted.
    fn wish_heard(&mut self, view: &View<'_>) -> Decision {
        if let Some(intent) = self.correction(view) {
            return self.intent(view, &intent);
        }
        let mut offered = self.state.candidates();
        offered
            .extend(self.state.intents.iter().filter(|intent| !offered.contains(intent)).cloned().collect::<Vec<_>>());
        match self.intents.wish(view.message, &offered) {
            Wish::Sure(intent, _) => self.intent(view, &intent),
            _ if self.state.doubtful.is_some() && !readers::volunteered(&Reading::of(view)).is_empty() => {
                self.still_in_doubt(view)
            }
            // A passage that answers is told before anything is asked.
            Wish::Perhaps(likely) if self.intents.answers(&likely[0]) => self.guess(view),
            Wish::Perhaps(likely) => {
                self.state.doubtful = Some(view.message.to_owned());
                let question = asks::which(texts::WHICH_OF_THESE, &likely, &self.intents, view.language);
                self.say(question)
            }
            Wish::Unknown => self.guess(view),
        }
    }

    /// Looks whether a passage answers a message of which no intent is sure.
    fn guess(&mut self, view: &View<'_>) -> Decision {
        self.turn.guesses = true;
        self.search(view.message)
    }

    /// What was asked is not answered, but values were given: they are kept for the answer.
    fn still_in_doubt(&mut self, view: &View<'_>) -> Decision {
        let before = self.state.doubtful.take().unwrap_or_default();
        self.state.doubtful = Some(format!("{before}\n{}", view.message));
        let text = texts::WHICH_OF_THESE.in_language(view.language).to_owned();
        let choices = self.state.choices.clone();
        self.say(Question { text, choices })
    }

    /// The candidate by which a contact is changed, if the message has what to change it to.
    fn correction(&self, view: &View<'_>) -> Option<String> {
        let changing = self.intents.leading_to("update_contact", &self.state.candidates())?;
        (!readers::properties(&Reading::of(view)).is_empty()).then_some(changing)
    }

    /// Neither an intent nor a passage fits.
    pub(super) fn missed(&mut self, view: &View<'_>) -> Decision {
        self.state.misses += 1;
        if self.state.misses >= MISSES_MAX {
            return self.give_up(view);
        }
        let topics = self.intents.nearest(view.message, &self.state.intents);
        self.state.doubtful = Some(view.message.to_owned());
        let question = asks::which(texts::REPHRASE, &topics, &self.intents, view.language);
        self.say(question)
    }

    /// The visitor has picked this intent by its label or its number, which says nothing beside it.
    fn bare_intent(&mut self, view: &View<'_>, intent: &str) -> Decision {
        self.state.misses = 0;
        self.state.topic = Some(intent.to_owned());
        if self.intents.leads_to_person(intent) {
            return self.person(view);
        }
        // The label is the desk's words, not the visitor's.
        self.step(json!({ "intent": intent }))
    }

    /// The visitor has this intent; what the message says beside it comes along.
    fn intent(&mut self, view: &View<'_>, intent: &str) -> Decision {
        let reading = Reading::of(view);
        let mut slots = readers::volunteered(&reading);
        if let Some(Value::String(day)) = slots.get("meeting_date") {
            self.state.wanted = meeting::wanted_beside(day, view.message);
        }
        match self.intents.first_tool(intent) {
            Some("search_contacts") => {
                let looked_for = readers::query(&reading, &mut slots, self.intents.changes_contact(intent));
                slots.extend(looked_for);
            }
            Some("create_contact" | "update_contact") => slots.extend(readers::properties(&reading)),
            _ => {}
        }
        self.state.misses = 0;
        self.state.doubtful = None;
        self.state.topic = Some(intent.to_owned());
        self.state.unconfirmed = None;
        self.step(json!({ "user_text": view.message, "intent": intent, "slots": slots }))
    }
}

/// The addresses and numbers of a message by which somebody is reached.
fn ways_to_reach(view: &View<'_>) -> Map<String, Value> {
    let mut values = readers::volunteered(&Reading::of(view));
    values.retain(|name, _| ["email", "phone"].contains(&name.as_str()));
    values
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
