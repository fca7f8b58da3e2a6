//! Two addresses in one message: none is taken before the visitor has said which one is theirs.

use serde_json::{Map, Value, json};

use super::intents::IntentMatch;
use super::prompts::{self, PromptWithChoices};
use super::session::LexicalConversation;
use super::state::{LexicalChoice, Means};
use super::{person, record_reference};
use crate::chat::brain::{Decision, View};
use crate::chat::language::folded;
use crate::chat::texts::kind::Text;
use crate::chat::texts::{self, with_values};
use crate::tool::on_behalf_of::OnBehalfOf;
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

#[rustfmt::skip]
/// Words by which another address takes the place of the one before.
const IN_PLACE: &[&str] = &[
    "wrong", "instead", "rather", "use", "take", "mistake", "meant", "typo", "forkert", "forkerte", "stedet", "brug", "tag", "mente", "fausse", "mauvaise", "erreur", "plutôt", "utilisez", "prenez",
    "voulais", "sbagliato", "sbagliata", "errore", "invece", "usi", "usate", "prenda", "intendevo", "falsch", "falsche", "falschen", "irrtum", "stattdessen", "lieber", "nehmen", "nimm", "verwenden",
    "benutzen", "meinte", "versehentlich",
];
#[rustfmt::skip]
/// Words for others whose address it may be.
const OTHERS: &[&str] = &["colleague", "boss", "wife", "husband", "kollega", "chef", "collègue", "collega", "kollege", "kollegen", "kollegin", "chefin"];
/// Tools whose record is made again for the right address.
const MADE_AGAIN: &[&str] = &["create_ticket", "create_task"];

/// Another address behind what was made for one: the visitor had named a wrong one. Where they do not say so, they are asked, and
/// before anything is made again they are asked as before every write.
pub(super) fn wrong_address(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let [address] = &email_in_text::all(view.message)[..] else { return None };
    let before = known_address(session, view).filter(|who| who != address.as_str())?;
    let is_made = session.state.deed.as_deref().is_some_and(|tool| MADE_AGAIN.contains(&tool));
    let words = folded(view.message);
    let has = |known: &[&str]| words.split(' ').any(|word| known.contains(&word));
    let is_other = matches!(session.intents.match_intent(view.message, &session.state.intents), IntentMatch::Sure(..));
    if !is_made || is_other || tells_of_another(view.message) {
        return None;
    }
    session.state.doubtful = None;
    let is_alone = view.message.split_whitespace().count() == 1;
    // The address that was claimed first holds for the conversation: a colleague sees to another one.
    if matches!(view.on_behalf_of, OnBehalfOf::Claimed { .. }) {
        return (has(IN_PLACE) || is_alone).then(|| with_colleague(session, view));
    }
    let values =
        Map::from_iter([("email".to_owned(), json!(address.as_str())), ("correction".to_owned(), json!(true))]);
    if has(IN_PLACE) {
        return Some(session.step(json!({ "user_text": view.message, "slots": values })));
    }
    is_alone.then(|| {
        let text =
            with_values::WRONG_ADDRESS.with(view.language, &[("before", &before), ("address", address.as_str())]);
        let choice = |text: Text, means| LexicalChoice { label: text.in_language(view.language).to_owned(), means };
        let choices = vec![choice(texts::YES, Means::Values(values)), choice(texts::NO, Means::Else)];
        session.say(PromptWithChoices {
            text,
            choices: choices.into_iter().chain([prompts::person(view.language)]).collect(),
        })
    })
}

/// Passes the other address on with what was said before.
fn with_colleague(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    session.state.keep_said(view.message.trim());
    person::person(session, view)
}

/// The address by which the visitor was looked up, or which they claim.
fn known_address(session: &LexicalConversation, view: &View<'_>) -> Option<String> {
    let looked_up = session.state.who.clone().filter(|who| who.contains('@'));
    looked_up.or_else(|| match view.on_behalf_of {
        OnBehalfOf::Claimed { address } => Some(address.as_str().to_owned()),
        _ => None,
    })
}

/// True for a message about somebody else, such as a colleague.
pub(super) fn tells_of_another(message: &str) -> bool {
    let words = folded(message);
    words.split(' ').any(|word| OTHERS.contains(&word)) || record_reference::speaks_of_somebody(message)
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
