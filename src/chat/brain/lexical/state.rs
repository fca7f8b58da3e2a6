//! What the lexical brain remembers between two messages.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::calendar::SaidTime;
use super::compact_json::CompactJson;
use crate::chat::language;
use domain::email::Email;

/// The messages that are kept for whoever goes on, their longest, and the fewest words that tell anything.
const SAID_MAX: usize = 5;
const SAID_CHARACTERS_MAX: usize = 1_000;
const TELLING_WORDS_MIN: usize = 2;
/// The most words of a message that asks for a person and tells nothing else.
const PERSON_WORDS_MAX: usize = 4;
/// The questions that are remembered of one matter.
const TRAIL_MAX: usize = 20;

/// The conversation as this brain knows it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct LexicalState {
    /// The taskgraph session.
    pub(super) session: Option<String>,
    /// The intents that the session offers.
    pub(super) intents: Vec<String>,
    /// What the session asks for, as its last action.
    pub(super) ask: Value,
    /// The intent at hand.
    pub(super) topic: Option<String>,
    /// What can be picked now.
    pub(super) choices: Vec<LexicalChoice>,
    /// A call that writes and that the visitor has not yet agreed to.
    pub(super) unconfirmed: Option<Call>,
    /// A value of that call which the visitor wants to say anew.
    pub(super) changing: Option<Cow<'static, str>>,
    /// Free starts that were shown, as local times like `2026-12-01T13:00`.
    pub(super) starts: Vec<String>,
    /// The day for which they were asked, as it was sent.
    pub(super) day_asked: Option<String>,
    /// A day that is over was named for a meeting.
    pub(super) past_day: bool,
    /// The moment at which they were found.
    pub(super) shown_at: Option<DateTime<Utc>>,
    /// Records that were shown: their ids, with the words by which they are told apart.
    pub(super) shown: Vec<(String, String)>,
    /// The appointments to come that were told.
    pub(super) appointments: Vec<ToldAppointment>,
    /// The contacts that were found last; none of them if nobody was.
    pub(super) found: Option<Vec<String>>,
    /// The questions of the matter at hand, as the session asked for them, the latest last.
    pub(super) trail: Vec<CompactJson>,
    /// The tool that wrote last, while nothing else has begun.
    pub(super) deed: Option<String>,
    /// A matter that was interrupted for a person waits, and nobody was asked whether it goes on.
    pub(super) waits: bool,
    /// A colleague has a task for the visitor.
    pub(super) has_task: bool,
    /// That task, and whether the call that comes next changes it.
    pub(super) task: Option<String>,
    pub(super) changes_task: bool,
    /// The visitor wants somebody else than the colleague whom a task would be for.
    pub(super) excludes: bool,
    /// A conversation that is logged with the first write to which the visitor agrees.
    pub(super) unlogged: Option<String>,
    /// The last address and number by which the visitor can be reached.
    pub(super) reach: Map<String, Value>,
    /// An address of which they were asked whether it has a typing error, and that question while it is open.
    pub(super) typed: Option<String>,
    pub(super) typing: Option<TypingQuestion>,
    /// What was written of their matters, by tickets and tasks.
    pub(super) written: Vec<String>,
    /// The address with which they have introduced themselves.
    pub(super) introduced: Option<String>,
    /// The address with which they have just been added as a customer.
    #[serde(serialize_with = "written")]
    pub(super) added: Option<Email>,
    /// Values that were said while it was asked what a message means.
    pub(super) beside: Map<String, Value>,
    /// What a contact's values have become, said before they were looked up.
    pub(super) new_values: Map<String, Value>,
    /// A wish that was said beside a yes.
    pub(super) next_wish: Option<String>,
    /// The last question.
    pub(super) asked: String,
    /// The name of the meeting link whose times were shown.
    pub(super) link: Option<String>,
    /// The time of the message.
    pub(super) now: Option<DateTime<Utc>>,
    /// A message of which it was asked what it means.
    pub(super) doubtful: Option<String>,
    /// The intent of which a question is waited for.
    pub(super) question_for: Option<String>,
    /// The question for documents, said before somebody was recognised.
    pub(super) question: Option<String>,
    /// The next message is the question for documents, which was asked for.
    pub(super) awaits_question: bool,
    /// An earlier one, to which nothing was answered.
    pub(super) unheard: Option<String>,
    /// The address or number that was last looked up.
    pub(super) who: Option<String>,
    /// The time of day that was said, where it is not among those shown.
    pub(super) wanted: Option<SaidTime>,
    /// The start after which later times follow.
    pub(super) later: Option<String>,
    /// The call that was made last, if it failed.
    pub(super) failed: Option<Call>,
    /// It had failed before with the same arguments.
    pub(super) failed_again: bool,
    /// A call that writes and of which no answer has come.
    pub(super) unanswered: bool,
    /// Values that wait for an answer: those of a meeting for its length, a ticket for what becomes of it.
    pub(super) held: Map<String, Value>,
    /// The newest messages that say something, for whoever goes on.
    pub(super) said: Vec<String>,
    /// Messages in a row that were not understood.
    pub(super) misses: u8,
    /// Messages in a row of which it was asked what they mean.
    pub(super) doubts: u8,
    /// The last message was not understood, or nothing could be answered to it.
    pub(super) unserved: bool,
    /// A colleague was offered for what is not done.
    pub(super) colleague_offered: bool,
    /// No tool is open that brings a wish to a colleague: none is offered.
    pub(super) nobody_to_tell: bool,
    /// The conversation is with a member of staff.
    pub(super) is_staff: bool,
}

/// An address as it was written, which is not what a log line may have.
#[expect(clippy::ref_option, reason = "serde calls it so")]
fn written<S: Serializer>(address: &Option<Email>, serializer: S) -> Result<S::Ok, S::Error> {
    address.as_ref().map(Email::as_str).serialize(serializer)
}

/// The question whether another address is meant than the one that was typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct TypingQuestion {
    /// The message as it was typed, and with the address that is rather meant.
    pub(super) typed: String,
    pub(super) meant: String,
    /// The domain of that address.
    pub(super) domain: String,
    /// What was offered before.
    pub(super) offered: Vec<LexicalChoice>,
    /// The question was put once more, since nothing answered it.
    #[serde(default)]
    pub(super) is_repeated: bool,
}

/// An appointment as it was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ToldAppointment {
    pub(super) id: String,
    /// The day on which it begins, as `2026-12-01`.
    pub(super) day: String,
    pub(super) title: String,
    /// The line with which it was told.
    pub(super) label: String,
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) tool: String,
    pub(super) arguments: Map<String, Value>,
}

/// Something to pick by number or by its words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LexicalChoice {
    pub(super) label: String,
    pub(super) means: Means,
}

/// The meaning of a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Means {
    /// An intent of the graph.
    Intent(String),
    /// Values that were asked for.
    Values(Map<String, Value>),
    /// This is what they have said.
    Said(String),
    /// The visitor agrees to the call.
    Yes,
    /// They do not.
    No,
    /// They want another value in it.
    Change,
    /// What becomes of the matter at hand.
    Switch(Cow<'static, str>),
    /// A person is to go on.
    Person,
    /// A person is to go on here, since the visitor can be reached in no other way.
    PersonHere,
    /// What is not done is left.
    Leave,
    /// Nothing of what is offered: all that can be done is shown.
    Else,
    /// Another day than the one shown.
    AnotherDay,
    /// The passage has helped.
    Helped,
}

impl LexicalChoice {
    /// What it stands for, as programs read it.
    pub(super) fn detail(&self) -> String {
        let text =
            |values: &Map<String, Value>, name: &str| values.get(name).and_then(Value::as_str).map(str::to_owned);
        match &self.means {
            Means::Intent(intent) => intent.clone(),
            Means::Values(values) => {
                let start = text(values, "meeting_date").zip(text(values, "meeting_start_time"));
                start.map(|(day, time)| format!("{day}T{time}")).unwrap_or_default()
            }
            _ => String::new(),
        }
    }
}

impl LexicalState {
    /// The arguments that are asked for first: a time where free ones were shown, since that is what the visitor looks at.
    pub(super) fn asked_for(&self) -> Vec<String> {
        let mut missing = self.missing();
        if !self.starts.is_empty() {
            missing.sort_by_key(|name| name != "meeting_start_time");
        }
        missing
    }

    /// Remembers that this is asked, so that it can be come back to.
    pub(super) fn leave_trail(&mut self) {
        if self.trail.last().is_some_and(|last| last.value()["missing"] == self.ask["missing"]) {
            self.trail.pop();
        }
        if self.trail.len() == TRAIL_MAX {
            self.trail.remove(0);
        }
        self.trail.push(CompactJson::of(&self.ask));
    }

    /// Keeps a message that says something, for whoever goes on.
    pub(super) fn note(&mut self, message: &str) {
        let words = message.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
        if words < TELLING_WORDS_MIN && !language::tells_without_spaces(message)
            || language::is_courteous(message)
            || language::goes_back(message)
            || language::agrees(message)
            || language::declines(message)
            || language::doubts(message)
            || language::is_about_desk(message)
            || language::asks_about_desk(message)
            || (language::asks_for_person(message) && words <= PERSON_WORDS_MAX)
            || self.choices.iter().any(|choice| choice.label == message || choice.detail() == message)
        {
            return;
        }
        self.keep_said(message);
    }

    /// Keeps a message for a colleague, once.
    pub(super) fn keep_said(&mut self, message: &str) {
        if self.said.iter().any(|said| said == message) {
            return;
        }
        if self.said.len() == SAID_MAX {
            self.said.remove(0);
        }
        self.said.push(message.chars().take(SAID_CHARACTERS_MAX).collect());
    }

    /// The kind of what is asked for.
    pub(super) fn kind(&self) -> &str {
        self.ask["kind"].as_str().unwrap_or_default()
    }

    /// The names of the arguments that are missing.
    pub(super) fn missing(&self) -> Vec<String> {
        if let Some(name) = &self.changing {
            return vec![name.to_string()];
        }
        let missing = self.ask["missing"].as_array().into_iter().flatten();
        missing.filter_map(|one| one["name"].as_str()).map(str::to_owned).collect()
    }

    /// The intents by which the matter at hand goes on.
    pub(super) fn candidates(&self) -> Vec<String> {
        let candidates = self.ask["candidates"].as_array().into_iter().flatten();
        candidates.filter_map(|one| one["intent"].as_str().or(one.as_str())).map(str::to_owned).collect()
    }

    /// Remembers the people or records among which a failure leaves the choice.
    pub(super) fn show_candidates(&mut self, error: &Value) {
        let name = |one: &Value| {
            let words = ["name", "email", "company"].iter().filter_map(|field| one[*field].as_str());
            words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
        };
        let all = error["candidates"].as_array().into_iter().flatten();
        let shown: Vec<_> = all.filter_map(|one| Some((one["contact_id"].as_str()?.to_owned(), name(one)))).collect();
        if !shown.is_empty() {
            self.shown = shown;
        }
    }

    /// The failure that the ask tells of, by its code.
    pub(super) fn failure(&self) -> Option<&str> {
        self.ask["failed"]["code"].as_str()
    }
}
