//! An address with a typing error, or one that is spelled out: the visitor is asked whether they mean the one that is near it.

use super::choice_selection;
use super::prompts::{self, PromptWithChoices};
use super::session::LexicalConversation;
use super::state::{LexicalChoice, Means, TypingQuestion};
use crate::chat::brain::{Decision, View};
use crate::chat::language::folded;
use crate::chat::texts::kind::Text;
use crate::chat::texts::{self, with_values};
use domain::email::Email;
use domain::email_in_text;
use domain::nearest::Wanted;

#[rustfmt::skip]
/// Domains under which many people have their address, and others that are like one of them.
const PROVIDERS: &[&str] = &[
    "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "t-online.de", "orange.fr", "wanadoo.fr", "laposte.net", "libero.it", "virgilio.it", "hotmail.it", "hotmail.fr",
    "hotmail.de", "yahoo.fr", "yahoo.it", "yahoo.de", "protonmail.com",
];
const OTHERS: &[&str] =
    &["mail.com", "ymail.com", "email.com", "hotmail.dk", "yahoo.dk", "hotmail.es", "yahoo.es", "hotmail.se"];
/// The typing errors of a domain that is near one of many.
const ERRORS_MAX: usize = 1;
/// Words for the sign and for the dot, in every language of the fixed texts.
const AT: &[&str] = &["at", "(at)", "[at]", "snabel-a", "snabela", "arobase", "chiocciola", "ät"];
const DOT: &[&str] = &["dot", "punkt", "punktum", "prik", "point", "punto"];

/// Words behind `at` in a sentence.
const ARTICLES: &[&str] = &["the", "a", "an", "my", "this", "that"];

/// The question whether another address is meant than the one that was typed. One that the visitor has held to is taken.
pub(super) fn other_address(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let (typed, meant) = suggested(view.message)?;
    if session.state.typed.as_ref() == Some(&typed) {
        return None;
    }
    session.state.typed = Some(typed.clone());
    let text = with_values::MEANT_ADDRESS.with(view.language, &[("address", meant.as_str())]);
    let choice = |text: Text, means| LexicalChoice { label: text.in_language(view.language).to_owned(), means };
    let question = TypingQuestion {
        typed: view.message.to_owned(),
        meant: view.message.replace(&typed, meant.as_str()),
        domain: meant.as_str().split_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default(),
        offered: session.state.choices.clone(),
    };
    let choices = vec![
        choice(texts::YES, Means::Said(question.meant.clone())),
        choice(texts::NO, Means::Said(question.typed.clone())),
        prompts::person(view.language),
    ];
    session.state.typing = Some(question);
    Some(session.say(PromptWithChoices { text, choices }))
}

/// The message as it is meant, for an answer to that question. What was offered before it is offered again; an answer that is
/// none is a message of its own.
pub(super) fn answered(session: &mut LexicalConversation, message: &str) -> Option<String> {
    let question = session.state.typing.take()?;
    let picked = choice_selection::choice(&session.state.choices, message).map(|choice| choice.means.clone());
    if picked == Some(Means::Person) {
        return None;
    }
    session.state.choices = question.offered;
    match picked {
        Some(Means::Said(said)) => Some(said),
        _ if email_in_text::all(message).is_empty() && folded(message).contains(&question.domain) => {
            Some(question.meant)
        }
        _ => None,
    }
}

/// The words of an address as they were typed, and the address that they rather mean.
fn suggested(message: &str) -> Option<(String, Email)> {
    match &email_in_text::all(message)[..] {
        [] => with_comma(message).or_else(|| spelled_out(message)),
        [address] => {
            let (name, domain) = address.as_str().split_once('@')?;
            let is_known = PROVIDERS.iter().chain(OTHERS).any(|known| *known == domain);
            let wanted = Wanted::new(domain);
            let near =
                PROVIDERS.iter().find(|known| wanted.typing_errors(known) <= ERRORS_MAX).filter(|_| !is_known)?;
            let typed = message.split_whitespace().find(|word| word.to_lowercase().contains(address.as_str()))?;
            let at = typed.to_lowercase().find(address.as_str())?;
            let typed = typed.get(at..at + address.as_str().len())?;
            Some((typed.to_owned(), format!("{name}@{near}").parse().ok()?))
        }
        _ => None,
    }
}

/// `sarah@gmail,com`
fn with_comma(message: &str) -> Option<(String, Email)> {
    let word = message.split_whitespace().find(|word| word.contains('@'))?;
    let typed = word.trim_matches([',', ';', '.', '!', '?']);
    Some((typed.to_owned(), typed.replace(',', ".").parse().ok()?))
}

/// `sarah at gmail dot com`
fn spelled_out(message: &str) -> Option<(String, Email)> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let is =
        |at: usize, known: &[&str]| words.get(at).is_some_and(|word| known.contains(&word.to_lowercase().as_str()));
    let sign = (1..words.len()).find(|at| is(*at, AT))?;
    let mut end = sign + 2;
    while is(end, DOT) && words.get(end + 1).is_some() {
        end += 2;
    }
    let domain: Vec<String> = words.get(sign + 1..end)?.iter().step_by(2).map(|word| folded(word)).collect();
    let address = format!("{}@{}", folded(words[sign - 1]), domain.join(".")).parse().ok();
    let typed = words.get(sign - 1..end)?.join(" ");
    let is_domain = domain.len() > 1 && !ARTICLES.contains(&domain[0].as_str());
    address.filter(|_| is_domain && message.contains(&typed)).map(|address| (typed, address))
}

#[test]
fn an_address_with_an_error_is_near_another() {
    for (message, expected) in [
        ("it's Sarah@gmial.com", Some(("Sarah@gmial.com", "sarah@gmail.com"))),
        ("sarah@gmail,com", Some(("sarah@gmail,com", "sarah@gmail.com"))),
        ("sarah at gmail punkt com", Some(("sarah at gmail punkt com", "sarah@gmail.com"))),
        ("kenji at ramenya dot co dot jp", Some(("kenji at ramenya dot co dot jp", "kenji@ramenya.co.jp"))),
        ("sarah@gmail.com", None),
        ("ann@mail.com", None),
        ("sarah@acme.example", None),
        ("meet me at noon", None),
        ("look at the dot on the display", None),
        ("a@gmial.com or b@gmail.com", None),
    ] {
        let found = suggested(message);
        let found = found.as_ref().map(|(typed, meant)| (typed.as_str(), meant.as_str()));
        assert_eq!(found, expected, "{message}");
    }
}
