//! Two addresses in one message: none is taken before the visitor has said which one is theirs.

use serde_json::{Map, Value, json};

use super::intents::IntentMatch;
use super::prompts::{self, PromptWithChoices};
use super::session::LexicalConversation;
use super::state::{LexicalChoice, Means};
use crate::chat::brain::{Decision, View};
use crate::chat::language::folded;
use crate::chat::texts::with_values;
use domain::email::Email;
use domain::email_in_text;

/// The tool that adds a customer.
const ADD: &str = "create_contact";
/// Words before a new address.
const LEADS_TO_NEW: &[&str] = &[
    "to",
    "into",
    "til",
    "à",
    "en",
    "a",
    "in",
    "auf",
    "zu",
    "new",
    "ny",
    "nouvelle",
    "nouveau",
    "nuova",
    "nuovo",
    "neue",
    "neuen",
    "now",
    "nu",
    "maintenant",
    "ora",
    "jetzt",
    "is",
    "er",
    "est",
    "è",
    "ist",
    "by",
    "par",
    "durch",
];
/// The words before an address among which such a word stands.
const WORDS_BEFORE_MAX: usize = 3;
/// Words between two addresses.
const JOINTS: &[&str] = &["or", "and", "eller", "og", "ou", "et", "o", "e", "oder", "und"];

/// The question which of several addresses is meant. Where a contact is changed, one is the old and one the new one.
pub(super) fn which_address(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let all = email_in_text::all(view.message);
    let changes = changes_somebody(session, view);
    let is_plain = changes && all.last().is_some_and(|last| is_changed_to(view.message, last));
    if all.len() < 2 || is_plain {
        return None;
    }
    let listed = all.iter().map(Email::as_str).collect::<Vec<_>>().join(", ");
    let asked = if changes { with_values::WHICH_ADDRESS_IS_MEANT } else { with_values::WHICH_ADDRESS };
    let text = asked.with(view.language, &[("addresses", &listed)]);
    let choice = |email: &Email| LexicalChoice {
        label: email.as_str().to_owned(),
        means: Means::Said(with_address_alone(view.message, email)),
    };
    let choices = all.iter().map(choice).chain([prompts::person(view.language)]).collect();
    Some(session.say(PromptWithChoices { text, choices }))
}

/// The address with which a call has added a customer, or to which it has corrected theirs.
pub(super) fn added_under(tool: &str, arguments: &Map<String, Value>, answer: &Value) -> Option<Email> {
    let adds = tool == ADD && answer["created"] == true;
    let address = arguments.get("properties").filter(|_| adds)?.get("email")?;
    address.as_str()?.parse().ok()
}

/// The address of whoever has just been added is corrected, by a message that has another one behind a word such as `is`, or
/// has nothing else. The engine of the script tells what changes, and the visitor is asked before it does.
pub(super) fn own_corrected(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let added = session.state.added.as_ref()?;
    let [address] = &email_in_text::all(view.message)[..] else { return None };
    let is_alone = view.message.split_whitespace().count() == 1;
    if address == added || !(is_alone || is_changed_to(view.message, address)) {
        return None;
    }
    session.state.doubtful = None;
    Some(session.step(json!({ "user_text": view.message, "slots": { "email": address.as_str() } })))
}

fn changes_somebody(session: &LexicalConversation, view: &View<'_>) -> bool {
    match session.intents.match_intent(view.message, &session.state.intents) {
        IntentMatch::Sure(intent, _) => session.intents.changes_contact(&intent),
        IntentMatch::Perhaps(likely) => likely.iter().any(|intent| session.intents.changes_contact(intent)),
        IntentMatch::Unknown => {
            session.state.topic.as_ref().is_some_and(|topic| session.intents.changes_contact(topic))
        }
    }
}

/// True if a word before the address says that it is the new one: `from a@b.example to c@d.example`.
pub(super) fn is_changed_to(message: &str, address: &Email) -> bool {
    let words: Vec<&str> = message.split_whitespace().collect();
    let place = words.iter().rposition(|word| email_in_text::all(word).contains(address));
    let before = place.map(|at| &words[at.saturating_sub(WORDS_BEFORE_MAX)..at]).unwrap_or_default();
    before.iter().any(|word| LEADS_TO_NEW.contains(&folded(word).as_str()) || ["->", "→", "=>"].contains(word))
}

/// The message without the words that are other addresses, and without the words that joined them.
fn with_address_alone(message: &str, email: &Email) -> String {
    let is_other = |word: &str| email_in_text::all(word).iter().any(|other| other != email);
    let words: Vec<&str> = message.split(' ').collect();
    let joins = |at: usize| {
        let beside = |at: Option<usize>| at.and_then(|at| words.get(at)).is_some_and(|word| is_other(word));
        JOINTS.contains(&folded(words[at]).as_str()) && (beside(at.checked_sub(1)) || beside(Some(at + 1)))
    };
    let kept = (0..words.len()).filter(|at| !is_other(words[*at]) && !joins(*at));
    kept.map(|at| words[at]).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_other_addresses_are_left_out() {
    let email: Email = "a@b.com".parse().unwrap();
    let message = "It beeps. I am a@b.com, or c@d.com at work";
    assert_eq!(with_address_alone(message, &email), "It beeps. I am a@b.com, at work");
}

#[test]
fn a_new_address_stands_behind_a_word_for_it() {
    let email: Email = "c@d.com".parse().unwrap();
    for (message, changes) in [
        ("change the e-mail of a@b.com to c@d.com", true),
        ("a@b.com -> c@d.com", true),
        ("ret a@b.com til c@d.com", true),
        ("a@b.com, his new address is c@d.com", true),
        ("change a@b.com, c@d.com phone to +1 212 555 0100", false),
        ("a@b.com or c@d.com", false),
    ] {
        assert_eq!(is_changed_to(message, &email), changes, "{message}");
    }
    let first: Email = "a@b.com".parse().unwrap();
    assert_eq!(with_address_alone("mail me at a@b.com or c@d.com", &first), "mail me at a@b.com");
}
