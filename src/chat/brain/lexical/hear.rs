//! The visitor's message: which choice it picks, which values it has, which intent it shows.

use serde_json::{Map, Value, json};

use super::asks::{self, Question};
use super::intents::Wish;
use super::person::MISSES_MAX;
use super::readers::{self, Reading};
use super::state::{Choice, Means, State};
use super::{BOOK, Decision, LexicalBrain, View, calendar, meeting, pick};
use crate::chat::language;
use crate::chat::texts::{self, Text};
use domain::email_in_text;

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
        self.understand(view)
    }

    /// Decides what a message means that is not about the conversation itself.
    fn understand(&mut self, view: &View<'_>) -> Decision {
        let message = view.message.trim();
        if language::agrees(message) && self.state.doubtful.is_some() {
            if language::praises(message) {
                return self.depart(view);
            }
            // A yes to several is one to the likeliest.
            if let Some(Choice { means: means @ Means::Intent(_), .. }) = self.state.choices.first().cloned() {
                return self.picked(view, means);
            }
        }
        if let Some(means) = self.choice(view) {
            return self.picked(view, means);
        }
        if let Some(decision) = self.which_address(view) {
            return decision;
        }
        if let Some(decision) = self.leave_for_more(view) {
            return decision;
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
        if language::is_courteous(message) {
            return self.depart(view);
        }
        if self.state.choices.is_empty() && language::declines(message) {
            return self.leave_unfinished(view);
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
            Means::Said(message) => self.understand(&View { message: &message, ..*view }),
            Means::Yes if self.state.unconfirmed.is_none() => self.asked_to_repeat(view),
            Means::Yes => self.agreed(view),
            Means::No => self.leave(view),
            Means::Change => self.change(view),
            Means::Switch(switch) => self.step(json!({ "user_text": said, "switch": switch })),
            Means::Person => self.person_picked(view),
            Means::Leave => self.leave_unfinished(view),
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

    /// A message of which an intent is wanted.
    pub(super) fn wish_heard(&mut self, view: &View<'_>) -> Decision {
        if let Some(intent) = self.correction(view) {
            return self.intent(view, &intent);
        }
        let mut offered = self.state.candidates();
        offered
            .extend(self.state.intents.iter().filter(|intent| !offered.contains(intent)).cloned().collect::<Vec<_>>());
        match self.intents.wish(view.message, &offered) {
            Wish::Sure(intent, _) => self.intent(view, &intent),
            wish => self.unsure(view, wish),
        }
    }

    /// A message of which no intent is sure.
    fn unsure(&mut self, view: &View<'_>, wish: Wish) -> Decision {
        if let Some(intent) = self.after_search(view) {
            return self.intent(view, &intent);
        }
        if let Some(decision) = self.ticket_meant(view) {
            return decision;
        }
        match wish {
            _ if self.state.doubtful.is_some() && !readers::volunteered(&Reading::of(view)).is_empty() => {
                self.still_in_doubt(view)
            }
            // A passage that answers is told before anything is asked.
            Wish::Perhaps(likely) if self.intents.answers(&likely[0]) => self.guess(view),
            Wish::Perhaps(likely) => {
                let likely = self.with_meeting(view, likely);
                self.asked_which(view, texts::WHICH_OF_THESE, &likely)
            }
            Wish::Sure(..) | Wish::Unknown => self.guess(view),
        }
    }

    /// The intents that a message probably has: one with a day may be about a meeting.
    fn with_meeting(&self, view: &View<'_>, mut likely: Vec<String>) -> Vec<String> {
        let meets = |intent: &&String| self.intents.goes_to(BOOK, intent);
        let meeting = self.state.intents.iter().find(meets);
        let names_day = calendar::names_weekday(view.message)
            || readers::volunteered(&Reading::of(view)).contains_key("meeting_date");
        if let Some(meeting) = meeting.filter(|meeting| names_day && !likely.contains(meeting)) {
            likely.pop();
            likely.push(meeting.clone());
        }
        likely
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
        self.asked_which(view, texts::REPHRASE, &topics)
    }

    /// Keeps a message of which it is asked what it means; an earlier one that was not answered is not forgotten.
    pub(super) fn doubt(&mut self, message: &str) {
        self.keep_unheard();
        self.state.doubtful = Some(message.to_owned());
    }

    /// Keeps the message in doubt if nothing was answered to it.
    pub(super) fn keep_unheard(&mut self) {
        if self.state.unserved {
            self.state.unheard = self.state.doubtful.take().or(self.state.unheard.take());
        }
    }

    /// Asks which intent the message has.
    pub(super) fn asked_which(&mut self, view: &View<'_>, text: Text, likely: &[String]) -> Decision {
        self.doubt(view.message);
        self.state.unserved = true;
        let question = asks::which(text, likely, &self.intents, view.language);
        self.say(question)
    }

    /// The visitor has picked this intent by its label or its number, which says nothing beside it.
    fn bare_intent(&mut self, view: &View<'_>, intent: &str) -> Decision {
        self.state.misses = 0;
        self.state.colleague_offered = false;
        self.state.topic = Some(intent.to_owned());
        if self.intents.leads_to_person(intent) {
            return self.person(view);
        }
        let changes = self.intents.first_tool(intent) == Some("update_ticket");
        let slots = if changes { self.of_ticket_meant("") } else { Map::new() };
        // The label is the desk's words, not the visitor's.
        self.step(json!({ "intent": intent, "slots": slots }))
    }

    /// The visitor has this intent; what the message says beside it comes along.
    pub(super) fn intent(&mut self, view: &View<'_>, intent: &str) -> Decision {
        if self.intents.answers(intent) && (self.state.unconfirmed.is_some() || self.state.kind() == "slots") {
            return self.aside(view.message);
        }
        let whole = self.with_unheard(view.message, intent);
        let view = &View { message: &whole, ..*view };
        let slots = self.slots_beside(view, intent);
        self.state.past_day = calendar::is_past(view.message, view.language, view.now);
        self.state.misses = 0;
        self.state.colleague_offered = false;
        self.state.doubtful = None;
        self.state.topic = Some(intent.to_owned());
        self.state.unconfirmed = None;
        self.step(json!({ "user_text": view.message, "intent": intent, "slots": slots }))
    }

    /// The message behind an earlier one to which nothing was answered: `and now that other thing` alone is no problem.
    fn with_unheard(&mut self, message: &str, intent: &str) -> String {
        let earlier = self.state.unheard.take().filter(|earlier| earlier != message);
        match earlier.filter(|_| self.intents.goes_to("create_ticket", intent)) {
            Some(earlier) => format!("{earlier}\n{message}"),
            None => message.to_owned(),
        }
    }

    /// The values that a message has beside its intent.
    fn slots_beside(&mut self, view: &View<'_>, intent: &str) -> Map<String, Value> {
        let reading = Reading::of(view);
        let mut slots = readers::volunteered(&reading);
        if slots.contains_key("meeting_date") {
            self.state.wanted = meeting::wanted_beside(view.message);
        }
        match self.intents.first_tool(intent) {
            Some("search_contacts") => self.add_query(view, &mut slots, self.intents.changes_contact(intent)),
            Some("create_contact" | "update_contact") => slots.extend(readers::properties(&reading)),
            Some("update_ticket") => slots.extend(self.of_ticket_meant(view.message)),
            _ => {}
        }
        slots
    }

    /// Adds whom to look for, and what is to be changed of them.
    fn add_query(&self, view: &View<'_>, slots: &mut Map<String, Value>, changes: bool) {
        let reading = Reading::of(view);
        match self.person_meant(view).filter(|_| changes) {
            Some(id) => {
                slots.insert("query".to_owned(), json!(id));
                slots.extend(readers::properties(&reading));
            }
            None => {
                let looked_for = readers::query(&reading, slots, changes);
                slots.extend(looked_for);
                if let [before, .., after] = &email_in_text::all(view.message)[..]
                    && changes
                {
                    slots.insert("query".to_owned(), json!(before.as_str()));
                    slots.insert("email".to_owned(), json!(after.as_str()));
                }
            }
        }
    }
}
