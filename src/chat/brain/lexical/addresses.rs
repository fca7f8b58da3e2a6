//! Two addresses in one message: none is taken before the visitor has said which one is theirs.

use super::intents::IntentMatch;
use super::prompts::{self, Question};
use super::session::Session;
use super::state::{Choice, Means};
use crate::chat::brain::{Decision, View};
use crate::chat::texts;
use domain::email::Email;
use domain::email_in_text;

/// The question which of several addresses is meant. Where a contact is changed, one is the old and one the new one.
pub(super) fn which_address(session: &mut Session, view: &View<'_>) -> Option<Decision> {
    let all = email_in_text::all(view.message);
    if all.len() < 2 || changes_somebody(session, view) {
        return None;
    }
    let listed = all.iter().map(Email::as_str).collect::<Vec<_>>().join(", ");
    let text = texts::WHICH_ADDRESS.with(view.language, &[("addresses", &listed)]);
    let choice = |email: &Email| Choice {
        label: email.as_str().to_owned(),
        means: Means::Said(with_address_alone(view.message, email)),
    };
    let choices = all.iter().map(choice).chain([prompts::person(view.language)]).collect();
    Some(session.say(Question { text, choices }))
}

fn changes_somebody(session: &Session, view: &View<'_>) -> bool {
    match session.intents.match_intent(view.message, &session.state.intents) {
        IntentMatch::Sure(intent, _) => session.intents.changes_contact(&intent),
        IntentMatch::Perhaps(likely) => likely.iter().any(|intent| session.intents.changes_contact(intent)),
        IntentMatch::Unknown => {
            session.state.topic.as_ref().is_some_and(|topic| session.intents.changes_contact(topic))
        }
    }
}

/// The message without the words that are other addresses.
fn with_address_alone(message: &str, email: &Email) -> String {
    let is_other = |word: &str| email_in_text::all(word).iter().any(|other| other != email);
    message.split(' ').filter(|word| !is_other(word)).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_other_addresses_are_left_out() {
    let email: Email = "a@b.com".parse().unwrap();
    let message = "It beeps. I am a@b.com, or c@d.com at work";
    assert_eq!(with_address_alone(message, &email), "It beeps. I am a@b.com, or at work");
}
