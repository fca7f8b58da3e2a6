//! The customer's words: what of a message tells more than the wish with which it begins.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use super::known_value::Source;
use super::state::State;
use super::toolbox::{CUSTOMER_ARGUMENTS, REACH};
use crate::graph::{Edge, Graph};

/// Words that tell nothing of a matter: greetings, thanks, answers, and what only joins others.
const FILLERS: &[&str] = &[
    // English
    "a",
    "again",
    "also",
    "am",
    "an",
    "and",
    "any",
    "are",
    "at",
    "big",
    "number",
    "phone",
    "but",
    "bye",
    "can",
    "could",
    "do",
    "for",
    "from",
    "good",
    "got",
    "have",
    "hello",
    "help",
    "hey",
    "hi",
    "i",
    "in",
    "is",
    "it",
    "its",
    "just",
    "little",
    "m",
    "me",
    "morning",
    "afternoon",
    "evening",
    "my",
    "mine",
    "need",
    "no",
    "not",
    "of",
    "ok",
    "okay",
    "on",
    "one",
    "our",
    "please",
    "really",
    "s",
    "so",
    "some",
    "sorry",
    "thank",
    "thanks",
    "that",
    "the",
    "there",
    "this",
    "to",
    "ve",
    "want",
    "we",
    "well",
    "with",
    "would",
    "like",
    "yes",
    "you",
    "your",
    "first",
    "second",
    "third",
    "last",
    "e",
    "mail",
    "email",
    "address",
    // Danish
    "en",
    "et",
    "er",
    "har",
    "hej",
    "hjælp",
    "ja",
    "jeg",
    "med",
    "min",
    "mit",
    "nej",
    "og",
    "på",
    "tak",
    "til",
    "vi",
    "vil",
    "gerne",
    "venligst",
    "det",
    "den",
    "der",
    "goddag",
    // German
    "bitte",
    "danke",
    "das",
    "der",
    "die",
    "ein",
    "eine",
    "einen",
    "guten",
    "tag",
    "habe",
    "hallo",
    "ich",
    "ist",
    "mein",
    "meine",
    "meinem",
    "mit",
    "nein",
    "und",
    "wir",
    "zu",
    // French
    "ai",
    "avec",
    "bonjour",
    "ce",
    "d",
    "de",
    "est",
    "j",
    "je",
    "la",
    "le",
    "les",
    "ma",
    "merci",
    "mon",
    "non",
    "nous",
    "oui",
    "plaît",
    "s'il",
    "un",
    "une",
    "vous",
    // Italian
    "ciao",
    "buongiorno",
    "ho",
    "il",
    "lo",
    "mia",
    "mio",
    "con",
    "per",
    "favore",
    "grazie",
    "sì",
    "si",
    "no",
    "un",
    "una",
    "è",
    "e",
];
/// The fewest words that tell of a fault: what is broken, and how.
const FAULT_WORDS_MIN: usize = 2;
/// The most words of a sample utterance that only say the wish. A longer one is a matter of its own: "I have an issue in
/// installing the DUST-E robot".
const WISH_WORDS_MAX: usize = 3;
/// The fewest characters that tell something in languages that write without spaces.
const WIDE_MIN: usize = 5;
/// The fewest digits of a number that names something, such as an order; a year has fewer.
const CODE_DIGITS_MIN: usize = 5;
/// The fewest digits of a phone number.
const PHONE_DIGITS_MIN: usize = 7;

/// Returns `true` if a message tells more than a wish of this graph: "I have a problem" does not, "my wheel is broken"
/// does. Greetings, addresses and values that were stated by themselves do not count.
pub(super) fn tell_something(text: &str, state: &State, graph: &Graph) -> bool {
    let wide = text.chars().filter(|c| is_wide(*c)).count();
    if wide >= WIDE_MIN {
        return !graph.all_edges().any(|edge| wishes(edge).any(|wish| wish.trim() == text.trim()));
    }
    if text.split_whitespace().any(is_code) {
        return true;
    }
    let stated = stated(state);
    let said: Vec<String> = words(text).filter(|word| !stated.contains(word) && !is_filler(word)).collect();
    said.len() >= FAULT_WORDS_MIN && graph.all_edges().all(|edge| wishes(edge).all(|wish| !is_said(edge, wish, &said)))
}

/// Returns `true` if a message says all that an earlier one said.
pub(super) fn say_all_of(text: &str, earlier: &str) -> bool {
    let text: BTreeSet<String> = words(text).collect();
    words(earlier).filter(|word| !is_filler(word)).all(|word| text.contains(&word))
}

/// The words of a text that tell something, in lower case.
pub(super) fn telling(text: &str) -> impl Iterator<Item = String> {
    words(text).filter(|word| !is_filler(word))
}

/// Returns `true` if the words only say this wish: some of it for what begins a topic, all of it for an answer within one.
fn is_said(edge: &Edge, wish: &str, said: &[String]) -> bool {
    let wish: BTreeSet<String> = words(wish).filter(|word| !is_filler(word)).collect();
    let whole = || said.iter().collect::<BTreeSet<_>>().len() == wish.len();
    wish.len() <= WISH_WORDS_MAX && said.iter().all(|word| wish.contains(word)) && (edge.global || whole())
}

/// Returns `true` if a message says the whole of a wish with which this topic begins and hardly more, as in "Außerdem habe
/// ich ein Problem": the customer is asked what it is about. Only where the graph tells wishes from what tells something by
/// itself; a number always tells something.
pub(super) fn only_begin(text: &str, edge: &Edge) -> bool {
    if edge.telling_utterances.is_empty() || text.contains(|letter: char| letter.is_ascii_digit()) {
        return false;
    }
    let said: BTreeSet<String> = telling(text).collect();
    let only = |wish: &str| {
        let wish: BTreeSet<String> = telling(wish).collect();
        (1..=WISH_WORDS_MAX).contains(&wish.len()) && wish.is_subset(&said) && said.len() < wish.len() + FAULT_WORDS_MIN
    };
    wishes(edge).any(only)
}

/// The name of an edge's intent and the examples of it.
pub(super) fn wishes(edge: &Edge) -> impl Iterator<Item = &str> {
    let name = edge.intent.iter().map(|intent| intent.text.as_str());
    name.chain(edge.sample_utterances.iter().map(String::as_str))
}

/// The fillers, found at once: each word of every utterance of a graph is looked for among them.
static FILLER_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| FILLERS.iter().copied().collect());

fn is_filler(word: &str) -> bool {
    FILLER_SET.contains(word) || word.chars().count() == 1 || word.chars().all(|c| c.is_ascii_digit())
}

/// Returns `true` for a serial number, an order or an error code, such as `DE-4472`, `E-42` or `48213`: it tells something
/// by itself. Times, years and phone numbers do not count.
fn is_code(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let digits = word.chars().filter(char::is_ascii_digit).count();
    if word.contains(['@', ':']) || digits == 0 {
        return false;
    }
    match word.chars().any(char::is_alphabetic) {
        true => {
            let is_hour = ["AM", "PM"].iter().any(|half| word.ends_with(half));
            let has_capital = word.chars().any(char::is_uppercase);
            !is_hour && has_capital && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_'))
        }
        false => (CODE_DIGITS_MIN..PHONE_DIGITS_MIN).contains(&digits) && digits == word.len(),
    }
}

fn is_wide(c: char) -> bool {
    c >= '\u{2e80}'
}

/// The words of a text in lower case, without addresses and phone numbers.
fn words(text: &str) -> impl Iterator<Item = String> {
    let plain = text.split_whitespace().filter(|word| !word.contains('@') && !is_number(word));
    plain.flat_map(|word| {
        let parts = word.split(|c: char| !c.is_alphanumeric());
        parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect::<Vec<_>>()
    })
}

fn is_number(word: &str) -> bool {
    word.chars().filter(char::is_ascii_digit).count() >= PHONE_DIGITS_MIN
}

/// The words of short values that the customer has stated, such as their name.
fn stated(state: &State) -> BTreeSet<String> {
    let said = state.known.iter().filter(|(name, known)| {
        known.source != Source::Tool && CUSTOMER_ARGUMENTS.contains(&name.as_str()) && name.as_str() != REACH // It says a wish: "call me at the bar".
    });
    said.filter_map(|(_, known)| known.value.as_str()).flat_map(words).collect()
}

/// Words with which somebody says how they are reached, beside those that tell nothing.
const REACHING: &[&str] = &[
    "ah",
    "oh",
    "actually",
    "after",
    "auf",
    "best",
    "better",
    "bedre",
    "besser",
    "call",
    "cell",
    "chat",
    "contact",
    "get",
    "here",
    "home",
    "instead",
    "mobil",
    "mobile",
    "mobilen",
    "mobiltelefon",
    "new",
    "nummer",
    "numéro",
    "numero",
    "office",
    "phone",
    "portable",
    "rather",
    "reach",
    "ring",
    "rufen",
    "sie",
    "sms",
    "appelez",
    "appeler",
    "chiamate",
    "telefon",
    "telefono",
    "telefonnummer",
    "téléphone",
    "text",
    "under",
    "unter",
    "use",
    "via",
    "whatsapp",
    "work",
    "write",
    "skriv",
    "schreiben",
    "écrivez",
    "moi",
    "mich",
    "mig",
    "an",
    "by",
    "try",
    "or",
    "oder",
    "eller",
    "ou",
];

/// Returns `true` for a word of how somebody is reached.
pub(super) fn is_reaching(word: &str) -> bool {
    REACHING.contains(&word)
}

/// Returns `true` if a text says how somebody is reached and nothing else.
pub(super) fn only_reach(text: &str) -> bool {
    telling(text).all(|word| is_reaching(&word))
}

/// Returns `true` if a text says how somebody is reached.
pub(super) fn reaches(text: &str) -> bool {
    address(text).is_some() || is_number(text)
}

/// The phone number with which a text begins, such as `+1 702 555 0143, after 3pm`.
pub(super) fn phone(text: &str) -> Option<String> {
    let number: String =
        text.trim().chars().take_while(|c| c.is_ascii_digit() || "+ ()-./".contains(*c)).collect::<String>();
    is_number(&number).then(|| number.trim().to_owned())
}

/// The e-mail address in a text, if there is one.
pub(super) fn address(text: &str) -> Option<&str> {
    let is_edge = |c: char| c.is_ascii_punctuation() && !['_', '-', '+'].contains(&c);
    let mut words = text.split_whitespace().map(|word| word.trim_matches(is_edge));
    words.find(|word| word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{load, test_graph};

    fn desk() -> Graph {
        let text = include_str!("../../../../taskgraphs/frontdesk.json");
        load::read("frontdesk", text).unwrap().graph
    }

    #[test]
    fn short_faults_tell_something_and_wishes_do_not() {
        let graph = desk();
        let state = State::new(&graph, 1);
        for fault in [
            "my robot is broken",
            "my wheel is broken",
            "my robot leaks oil",
            "brush stuck, urgent",
            "hej, min robot bipper",
            "der Arm hängt",
            "机器人坏了",
            "I have an issue in installing the DUST-E robot",
            "I want to add to my ticket that it also beeps",
            "The serial number is DE-4472",
            "Serial is DE-9, not DE-4471",
            "RX-551-09",
            "E42.",
            "My order number is 48213",
        ] {
            assert!(tell_something(fault, &state, &graph), "{fault}");
        }
        for wish in [
            "I have a problem with my robot",
            "hello, i have a problem, sarah@gmail.com",
            "I have a problem, my number is +17025550143",
            "i want to add something to my ticket",
            "Yes, that is the one, please",
            "No, it is a new problem",
            "Jeg har et problem med min robot",
            "J'ai un problème avec mon robot",
            "It beeps.",
            "the one at 3PM",
            "It was in 2026.",
            "my number is 555-0143",
            "the first",
            "2",
            "ok thanks",
            "",
        ] {
            assert!(!tell_something(wish, &state, &graph), "{wish}");
        }
        assert!(tell_something("My wheel broke", &State::new(&test_graph::hubspot(), 1), &test_graph::hubspot()));
    }

    #[test]
    fn a_wish_with_another_word_begins_a_matter_and_tells_none() {
        let graph = desk();
        let edge =
            graph.all_edges().find(|edge| edge.intent.as_ref().is_some_and(|one| one.text == "Report a problem"));
        for (text, expected) in [
            ("Außerdem habe ich ein Problem", true),
            ("jeg har endnu et problem med min robot", true),
            ("our robot leaks", false),
            ("Mon robot est en panne", false),
            ("I have a problem with my robot 4711", false),
            ("my wheel is broken", false),
            ("the problem is that the left wheel wobbles", false),
        ] {
            assert_eq!(only_begin(text, edge.unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn an_address_is_found_in_a_sentence() {
        assert_eq!(address("write to me (sarah@gmail.com)."), Some("sarah@gmail.com"));
        assert_eq!(address("meet me @ noon"), None);
        assert_eq!(phone("+1 702 555 0143, after 3pm").as_deref(), Some("+1 702 555 0143"));
        assert_eq!(phone("in this chat").or(phone("room 12")), None);
    }

    #[test]
    fn a_way_to_be_reached_is_told_from_a_wish() {
        for way in
            ["call me on my mobile instead, +45 99 88 77 66", "an meine Nummer 030 1234567 bitte", "or sarah@gmail.com"]
        {
            assert!(only_reach(way), "{way}");
        }
        for wish in ["call me on 030 1234567 and bring the invoice", "the arm is stuck"] {
            assert!(!only_reach(wish), "{wish}");
        }
    }
}
