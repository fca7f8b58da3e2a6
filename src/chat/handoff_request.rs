//! The way from a conversation to a person: how they can reach the visitor is learned first, then they get a task.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::brain::HandOver;
use super::conversation::{Author, Conversation};
use super::language::{self, Language};
use super::{handoff_relay, handoff_title, texts};
use crate::tool::on_behalf_of::OnBehalfOf;
use domain::email_in_text;
use domain::phone::Phone;

/// The tool that makes the task.
pub const HAND_OFF_TOOL: &str = "create_task";
/// The tools that bring a visitor to a person: as a task, and at once.
pub const TOOLS: [&str; 2] = [HAND_OFF_TOOL, handoff_relay::START];
/// The most times that the visitor is asked how to be reached.
const QUESTIONS_MAX: u8 = 2;
/// What colleagues read of how to reach a visitor who gives neither an address nor a number.
pub const ONLY_HERE: &str = "no way but this chat";
/// The visitor's messages that the task repeats.
const MESSAGES_REPEATED: usize = 5;

/// The part of a hand-over that is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Why, and how often the visitor was asked how they can be reached.
    asked: Option<(HandOver, u8)>,
}

/// What comes next in a hand-over.
#[derive(Clone, Debug, PartialEq)]
pub enum HandoffStep {
    /// Ask how the visitor can be reached.
    Ask(Pending),
    /// Make the task, with these arguments.
    Task(Map<String, Value>),
    /// The visitor gives nothing by which they can be reached: whoever sees to it answers here, or nobody does.
    Here(Map<String, Value>),
    /// The visitor wants none after all.
    Leave,
}

impl Pending {
    /// True if the visitor was asked something.
    pub fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }
}

/// What comes next after this message. `earlier` are the messages before it.
pub fn next(pending: &Pending, why: HandOver, message: &str, earlier: &Conversation, who: &OnBehalfOf) -> HandoffStep {
    let (why, asked) = pending.asked.unwrap_or((why, 0));
    if asked > 0 && language::declines(message) {
        return HandoffStep::Leave;
    }
    let reach = reach(message, earlier, who);
    let known = matches!(who, OnBehalfOf::Verified { .. } | OnBehalfOf::Claimed { .. });
    let told = |reach: Option<String>| {
        let reason = reason(why, message, earlier);
        let subject = handoff_title::of(why, &reason, earlier);
        let known = [("subject".to_owned(), subject.into()), ("reason".to_owned(), reason.into())];
        known.into_iter().chain(reach.map(|reach| ("reach".to_owned(), Value::from(reach)))).collect()
    };
    if known || reach.is_some() {
        return HandoffStep::Task(told(reach));
    }
    let gives_none = why == HandOver::Unreachable
        || asked >= QUESTIONS_MAX
        || (asked > 0 && language::keeps_to_oneself(message) && !message.contains('?'));
    if gives_none {
        return HandoffStep::Here(told(Some(ONLY_HERE.to_owned())));
    }
    HandoffStep::Ask(Pending { asked: Some((why, asked + 1)) })
}

/// An address or a number from the newest message that has one. The server knows the address that a customer claims, and
/// nobody is reached for a customer whom nobody knows by a number alone.
fn reach(message: &str, earlier: &Conversation, who: &OnBehalfOf) -> Option<String> {
    let said = earlier.messages().rev().filter(|said| said.author == Author::Visitor).map(|said| said.text.as_str());
    let mut all = std::iter::once(message).chain(said);
    all.find_map(|text| {
        let address = email_in_text::read(text).ok().flatten().map(|address| address.as_str().to_owned());
        let number = || Phone::parse(text).ok().map(|_| text.trim().to_owned());
        if matches!(who, OnBehalfOf::Anonymous) { address } else { address.or_else(number) }
    })
}

/// What the task says: the visitor's own words, newest last.
fn reason(why: HandOver, message: &str, earlier: &Conversation) -> String {
    let said = earlier.messages().filter(|said| said.author == Author::Visitor).map(|said| said.text.as_str());
    let all: Vec<&str> = said.chain([message]).map(str::trim).filter(|text| !text.is_empty()).collect();
    let newest = &all[all.len().saturating_sub(MESSAGES_REPEATED)..];
    format!("{}\n{}", why.for_colleagues(), newest.join("\n"))
}

impl HandOver {
    /// What the visitor is told of the reason, if it is not their own wish.
    pub fn apology(self, language: Language) -> &'static str {
        match self {
            HandOver::Asked | HandOver::Unreachable => "",
            HandOver::NotUnderstood => texts::NOT_UNDERSTOOD_TWICE.in_language(language),
            HandOver::Refused | HandOver::Limit | HandOver::Failed => texts::CANNOT_NOW.in_language(language),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(texts: &[&str]) -> Conversation {
        let mut all = Conversation::default();
        texts.iter().for_each(|text| all.add(Author::Visitor, text));
        all
    }

    #[test]
    fn a_person_is_told_what_was_said_and_how_the_visitor_is_reached() {
        let claimed = OnBehalfOf::Claimed { address: "ann@x.example".parse().unwrap() };
        let table: [(&OnBehalfOf, &[&str], &str, Option<&str>); 5] = [
            (&OnBehalfOf::Operator, &["My robot beeps", "I am ann@x.example"], "a person", Some("ann@x.example")),
            (&OnBehalfOf::Operator, &["My robot beeps"], "+1 702 555 0143", Some("+1 702 555 0143")),
            (&claimed, &["My robot beeps"], "a person", None),
            (&OnBehalfOf::Operator, &[], "a person", Some("?")),
            (&OnBehalfOf::Anonymous, &[], "+1 702 555 0143", Some("?")),
        ];
        for (who, earlier, message, reach) in table {
            let step = next(&Pending::default(), HandOver::Asked, message, &said(earlier), who);
            match (step, reach) {
                (HandoffStep::Ask(pending), Some("?")) => assert!(pending.is_waiting()),
                (HandoffStep::Task(arguments), reach) => {
                    assert_eq!(arguments.get("reach").and_then(Value::as_str), reach, "{message}");
                    assert!(arguments["reason"].as_str().unwrap().ends_with(message));
                    assert_eq!(arguments["subject"], "My robot beeps", "{message}");
                }
                (step, reach) => panic!("{message}: {step:?}, not {reach:?}"),
            }
        }
    }

    #[test]
    fn nobody_is_asked_without_end() {
        let mut pending = Pending::default();
        for _ in 0..QUESTIONS_MAX {
            let step = next(&pending, HandOver::Failed, "why?", &said(&[]), &OnBehalfOf::Operator);
            let HandoffStep::Ask(next) = step else { panic!("{step:?}") };
            pending = next;
        }
        let last = next(&pending, HandOver::Failed, "why?", &said(&[]), &OnBehalfOf::Operator);
        let HandoffStep::Here(arguments) = last else { panic!("{last:?}") };
        assert_eq!(arguments["reach"], ONLY_HERE, "they reach somebody all the same");
        let waiting = Pending { asked: Some((HandOver::Asked, 1)) };
        assert_eq!(next(&waiting, HandOver::Asked, "no thanks", &said(&[]), &OnBehalfOf::Operator), HandoffStep::Leave);
        for refusal in ["I'd rather not say", "das möchte ich nicht angeben"] {
            let step = next(&waiting, HandOver::Asked, refusal, &said(&["My robot beeps"]), &OnBehalfOf::Anonymous);
            let HandoffStep::Here(arguments) = step else { panic!("{step:?}") };
            assert!(arguments["reason"].as_str().unwrap().contains("My robot beeps"), "{arguments:?}");
        }
    }
}
