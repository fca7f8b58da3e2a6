//! Messages in which somebody only says who they are, and not yet what they want.

use super::words::{Piece, longest_at, pieces, plain};
use domain::day_in_words;

/// Phrases with which somebody says who they are.
const INTRODUCTIONS: &[&str] = &[
    "i am",
    "i'm",
    "it is",
    "it's",
    "this is",
    "here is",
    "here",
    "my name is",
    "my name's",
    "my e-mail is",
    "my email is",
    "my e-mail address is",
    "my email address is",
    "my address is",
    "my mail is",
    "jeg er",
    "jeg hedder",
    "det er",
    "her er",
    "mit navn er",
    "min mail er",
    "min e-mail er",
    "min email er",
    "min mailadresse er",
    "min e-mailadresse er",
    "min adresse er",
    "je suis",
    "c'est",
    "ici",
    "je m'appelle",
    "mon nom est",
    "mon e-mail est",
    "mon mail est",
    "mon adresse est",
    "mon adresse e-mail est",
    "sono",
    "mi chiamo",
    "il mio nome è",
    "la mia e-mail è",
    "la mia mail è",
    "la mia email è",
    "il mio indirizzo è",
    "ich bin",
    "hier ist",
    "ich heiße",
    "mein name ist",
    "meine e-mail ist",
    "meine mail ist",
    "meine e-mail-adresse ist",
    "meine adresse ist",
];
/// The fewest words of a name that says enough without an address.
const NAME_WORDS_MIN: usize = 2;
/// Words that may stand beside them.
const BESIDE_INTRODUCTIONS: &[&str] = &[
    "hello",
    "hi",
    "hey",
    "hej",
    "goddag",
    "bonjour",
    "salut",
    "ciao",
    "salve",
    "buongiorno",
    "hallo",
    "guten",
    "tag",
    "morgen",
    "good",
    "morning",
    "and",
    "og",
    "et",
    "e",
    "und",
    "please",
    "again",
    "there",
    "qui",
    "hier",
    "her",
    "e-mail",
    "email",
    "mail",
];
/// True for a message in which somebody only says who they are: `hello, ann@x.example here`. In a search, where an address
/// alone is somebody to look for, it needs words for that.
pub(in crate::chat::brain::lexical) fn only_introduces(message: &str, needs_words: bool) -> bool {
    let message = plain(message);
    let all: Vec<Piece<'_>> = pieces(&message).into_iter().filter(|piece| !piece.lower.is_empty()).collect();
    let (mut at, mut has_address, mut has_words, mut names) = (0, false, false, 0);
    while at < all.len() {
        let piece = &all[at];
        let length = longest_at(&all, at, INTRODUCTIONS).unwrap_or_default();
        if length > 0 {
            has_words = true;
            at += length;
        } else if piece.raw.contains('@') {
            has_address = true;
            at += 1;
        } else if piece.lower == ":" || BESIDE_INTRODUCTIONS.contains(&piece.lower.as_str()) {
            at += 1;
        } else if has_words && piece.raw.starts_with(char::is_uppercase) && !is_date_word(&piece.lower) {
            names += 1;
            at += 1;
        } else {
            return false;
        }
    }
    let is_named = has_words && !needs_words && names >= NAME_WORDS_MIN;
    (has_address && (has_words || !needs_words)) || is_named
}

fn is_date_word(word: &str) -> bool {
    day_in_words::is_weekday(word) || day_in_words::is_month(word)
}

#[test]
fn who_only_says_who_they_are_wants_nothing_yet() {
    for message in [
        "I'm zed@zed.example",
        "hello, sarah@gmail.com here",
        "Sono zed@zed.example",
        "jeg er zed@zed.example",
        "je suis zed@zed.example",
        "Hi, I am Ada Byron, ada@acme.example",
        "my email is ada@acme.example",
    ] {
        assert!(only_introduces(message, true), "{message}");
    }
    assert!(only_introduces("hello, this is Tom Baker", false) && !only_introduces("I am Tom Baker", true));
    assert!(only_introduces("ada@acme.example", false) && !only_introduces("ada@acme.example", true));
    for message in [
        "I'm new, ada@acme.example",
        "Ada Byron, ada@acme.example",
        "My robot beeps, I am ada@acme.example",
        "It is Monday",
        "add ada@acme.example",
    ] {
        assert!(!only_introduces(message, true), "{message}");
    }
}
