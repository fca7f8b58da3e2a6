//! The answer to the question whether another address is meant than the one that was typed: by an address or a domain that it
//! names, else by its yes or no.

use super::calendar;
use crate::chat::language::{agrees, declines, folded};
use domain::email_in_text;

/// The address that an answer means.
#[derive(Debug, PartialEq)]
pub(super) enum TypingAnswer {
    Typed,
    Meant,
    /// Another one than both.
    Other(String),
}

/// Words directly before what is denied. `No` and its like are answers of their own.
const NOT: &[&str] = &["not", "isn't", "never", "ikke", "pas", "non", "nicht", "kein", "keine"];
/// First words of a no, in every language of the fixed texts.
const NO: &[&str] = &["no", "not", "nope", "nah", "nej", "niks", "ikke", "non", "pas", "nein", "nee", "nicht"];
#[rustfmt::skip]
/// Words by which what was typed is as it should be.
const RIGHT: &[&str] = &[
    "right", "correct", "correctly", "rigtig", "rigtigt", "korrekt", "juste", "correcte", "exacte", "exact", "giusto", "giusta", "corretto", "corretta", "esatto", "esatta", "richtig", "stimmt",
];
/// Words by which the question is right, and not what was typed.
const ASKER: &[&str] = &["you", "you're"];
/// The most words of a message in which another address takes the place of the one that was typed.
const OTHER_WORDS_MAX: usize = 6;

/// The answer of a message; `None` for one that answers nothing.
pub(super) fn read(typed: &str, meant: &str, message: &str) -> Option<TypingAnswer> {
    if let Some(named) = by_name(typed, meant, message) {
        return Some(named);
    }
    let words = folded(message);
    let mut words = words.split(' ');
    match () {
        () if agrees(message) => Some(TypingAnswer::Meant),
        () if declines(message) => Some(TypingAnswer::Typed),
        () if words.clone().next().is_some_and(|first| NO.contains(&first)) => Some(TypingAnswer::Typed),
        () if !words.clone().any(|word| RIGHT.contains(&word)) => None,
        () if words.any(|word| ASKER.contains(&word)) => Some(TypingAnswer::Meant),
        () => Some(TypingAnswer::Typed),
    }
}

/// How an address stands in a message.
#[derive(Clone, Copy, PartialEq)]
enum Mention {
    None,
    Said,
    Denied,
}

fn by_name(typed: &str, meant: &str, message: &str) -> Option<TypingAnswer> {
    match (mention(typed, message), mention(meant, message)) {
        (Mention::Said, Mention::None | Mention::Denied) | (Mention::None, Mention::Denied) => {
            Some(TypingAnswer::Typed)
        }
        // A domain behind a no may be the one that is not meant; a whole address was typed for its own sake.
        (Mention::None, Mention::Said) if denies(message) && !has_only(meant, message) => Some(TypingAnswer::Typed),
        (Mention::Denied, _) | (Mention::None, Mention::Said) => Some(TypingAnswer::Meant),
        (Mention::Said, Mention::Said) => None,
        (Mention::None, Mention::None) => other(message).map(TypingAnswer::Other),
    }
}

/// How a message names an address, by the whole of it or by its domain.
fn mention(address: &str, message: &str) -> Mention {
    let address = folded(address);
    let domain = address.split_once('@').map_or(address.as_str(), |(_, domain)| domain);
    let said = format!(" {} ", folded(message));
    let place = [address.as_str(), domain].iter().find_map(|name| said.find(&format!(" {name} ")));
    let Some(at) = place else { return Mention::None };
    let before: Vec<&str> = said[..at].split_whitespace().collect();
    match before.last() {
        // The first word `non` is the no of the French.
        Some(word) if NOT.contains(word) && (*word != "non" || before.len() > 1) => Mention::Denied,
        _ => Mention::Said,
    }
}

fn denies(message: &str) -> bool {
    calendar::denies(message) || folded(message).split(' ').any(|word| NO.contains(&word))
}

fn has_only(address: &str, message: &str) -> bool {
    matches!(&email_in_text::all(message)[..], [one] if one.as_str() == address) && !calendar::denies(message)
}

/// The one other address of a short message.
fn other(message: &str) -> Option<String> {
    let is_short = message.split_whitespace().count() <= OTHER_WORDS_MAX;
    match &email_in_text::all(message)[..] {
        [address] if is_short => Some(address.as_str().to_owned()),
        _ => None,
    }
}

#[test]
fn an_answer_means_one_of_the_addresses() {
    use TypingAnswer::{Meant, Typed};
    for (message, expected) in [
        ("No it's gmial.com not gmail.com", Some(Typed)),
        ("not gmial.com, gmail.com", Some(Meant)),
        ("sorry, gmail.com of course", Some(Meant)),
        ("sarah@gmail.com", Some(Meant)),
        ("no, sarah@gmail.com", Some(Meant)),
        ("I do not use gmail.com", Some(Typed)),
        ("nein, gmail.com stimmt nicht", Some(Typed)),
        ("no, sarah@gmial.com is right", Some(Typed)),
        ("Sarah@gmial.com", Some(Typed)),
        ("I typed it right", Some(Typed)),
        ("no it is correct", Some(Typed)),
        ("Nein, das stimmt so", Some(Typed)),
        ("nej, den er rigtig", Some(Typed)),
        ("non, c'est juste", Some(Typed)),
        ("no, è giusto così", Some(Typed)),
        ("you're right, sorry", Some(Meant)),
        ("yes please", Some(Meant)),
        ("no", Some(Typed)),
        ("bob@outlok.com", Some(TypingAnswer::Other("bob@outlok.com".into()))),
        ("What does ADAM cost?", None),
        ("hm", None),
    ] {
        assert_eq!(read("sarah@gmial.com", "sarah@gmail.com", message), expected, "{message}");
    }
    assert_eq!(read("sarah at gmail dot com", "sarah@gmail.com", "sarah@gmail.com"), Some(Meant));
}
