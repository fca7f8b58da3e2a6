//! Answers that take a wish back or put it off: `wait, cancel that`, `hold on`, `later`. They are no yes, whatever comes next.

use super::answers::{begins_with_answer, longest, without_answer};
use super::consents::{limits, waits};
use super::words::{COURTESIES, folded, folded_if_short, phrases};

#[rustfmt::skip]
/// Phrases by which one waits or puts off, in every language.
const WAITS: &[&str] = &[
    "wait", "please wait", "hold on", "hang on", "hold it", "one moment", "a moment", "just a moment", "give me a moment", "give me a minute", "give me a min", "one second",
    "one sec", "just a sec", "just a minute", "just a min", "later", "maybe later", "another time", "some other time", "vent", "vent lidt", "lige et øjeblik", "et øjeblik",
    "øjeblik", "senere", "måske senere", "en anden gang", "attendez", "attends", "un instant", "un moment", "une minute", "plus tard", "une autre fois", "aspetti", "aspetta",
    "aspettate", "un attimo", "un momento", "un minuto", "più tardi", "un'altra volta", "warte", "warten sie", "moment", "einen moment", "moment mal", "momentchen",
    "augenblick", "einen augenblick", "eine minute", "später", "vielleicht später", "ein andermal",
];
/// Beginnings of verbs of taking back.
const TAKES_BACK: &[&str] = &[
    "cancel",
    "stop",
    "abort",
    "drop",
    "scrap",
    "annul",
    "aflys",
    "afbryd",
    "storn",
    "abbrech",
    "abort",
    "interromp",
    "arrêt",
];
#[rustfmt::skip]
/// Phrases by which a wish is dropped, in every language.
const DROPS: &[&str] = &[
    "forget it", "forget about it", "forget that", "never mind", "nevermind", "nvm", "scratch that", "leave it", "leave it be", "drop it", "don't bother", "no longer needed", "not needed anymore",
    "glem det", "glem det igen", "glem alt om det", "lad det være", "lad det ligge", "drop det", "det er lige meget", "skidt med det", "laissez tomber", "laisse tomber", "oubliez ça", "oubliez", "oublie ça",
    "tant pis", "ne vous embêtez pas", "lasci stare", "lascia stare", "lasci perdere", "lascia perdere", "lasciamo stare", "lasciamo perdere", "non importa", "non fa niente", "vergessen sie es",
    "vergessen sie's", "vergiss es", "vergiss's", "lassen sie es", "lassen wir das", "lass es", "hat sich erledigt", "das hat sich erledigt", "es hat sich erledigt",
];
/// Words that go with them and say nothing.
const BESIDE_DROPS: &[&str] = &[
    "just",
    "so",
    "then",
    "anyway",
    "ok",
    "wait",
    "oh",
    "and",
    "but",
    "bare",
    "så",
    "alligevel",
    "og",
    "men",
    "finalement",
    "alors",
    "et",
    "mais",
    "anzi",
    "allora",
    "pure",
    "e",
    "ma",
    "ach",
    "doch",
    "einfach",
    "dann",
    "und",
    "aber",
];
/// Signs between two clauses.
const BETWEEN_CLAUSES: [char; 8] = [',', '.', ';', '!', ':', '\n', '–', '—'];

/// What a message says beside the words by which it drops a wish: `it works now, forget it` drops one. `None`: it drops none.
pub fn drops_wish(text: &str) -> Option<String> {
    if text.contains(['?', '？']) {
        return None;
    }
    let beside: Vec<&str> =
        COURTESIES.iter().chain(WAITS).chain(BESIDE_DROPS).copied().chain(phrases(|of| of.no)).collect();
    let clauses: Vec<&str> = text.split(BETWEEN_CLAUSES).map(str::trim).filter(|clause| !clause.is_empty()).collect();
    let others: Vec<&str> = clauses.iter().copied().filter(|clause| !is_of(clause, DROPS, &beside)).collect();
    let said: Vec<&str> = others.iter().copied().filter(|clause| !is_of(clause, &beside, &beside)).collect();
    (others.len() < clauses.len()).then(|| said.join(", "))
}

/// True for a clause of these phrases, at least one, and of what may stand beside them.
fn is_of(clause: &str, wanted: &[&str], beside: &[&str]) -> bool {
    let words = folded(clause);
    let mut rest: Vec<&str> = words.split_whitespace().collect();
    let mut is_said = false;
    while !rest.is_empty() {
        let (wants, allows) = (longest(&rest, wanted), longest(&rest, beside));
        if wants.max(allows) == 0 {
            return false;
        }
        is_said |= wants > 0 && wants >= allows;
        rest.drain(..wants.max(allows));
    }
    is_said
}

/// The most words of a message that takes back, and says no more.
const WORDS_MAX: usize = 5;

/// True for a message that takes back or puts off what was proposed, and says little else.
pub fn withdraws(text: &str) -> bool {
    let Some(words) = folded_if_short(text) else { return false };
    let words: Vec<&str> = words.split_whitespace().collect();
    let beside: Vec<&str> = COURTESIES.iter().copied().chain(phrases(|of| of.no)).collect();
    let skipped = (0..words.len()).take_while(|at| COURTESIES.contains(&words[*at])).count();
    let waiting = longest(&words[skipped..], WAITS);
    let rest = &words[skipped + waiting..];
    let takes_back = rest.iter().any(|word| TAKES_BACK.iter().any(|stem| word.starts_with(stem)));
    let is_only = rest.is_empty() || longest(rest, &beside) == rest.len();
    let is_short =
        words.len() <= WORDS_MAX && !text.contains(['?', '？']) && !text.contains(|c: char| c.is_ascii_digit());
    is_short && ((waiting > 0 && (is_only || takes_back)) || (takes_back && rest.len() < WORDS_MAX))
}

/// True for a yes that waits, or holds only for another time, place or person: `yes, but not before 5`.
pub fn restricts(text: &str) -> bool {
    let rest = without_answer(text);
    begins_with_answer(text) && !rest.is_empty() && !text.contains(['?', '？']) && (limits(&rest) || waits(&rest))
}

#[test]
fn a_wish_is_dropped_whatever_reason_stands_beside() {
    for (text, beside) in [
        ("oh wait, it works now, forget it", "it works now"),
        ("nej, glem det, den virker igen", "den virker igen"),
        ("laissez tomber, c'est réparé", "c'est réparé"),
        ("anzi no, lasci stare", ""),
        ("ach, vergessen Sie es, der Akku war leer", "der Akku war leer"),
        ("never mind", ""),
    ] {
        assert_eq!(drops_wish(text).as_deref(), Some(beside), "{text}");
    }
    for text in ["do not forget it is broken", "did you forget it?", "the robot will forget it all", "it works now"] {
        assert_eq!(drops_wish(text), None, "{text}");
    }
}

#[test]
fn what_is_taken_back_is_told_from_what_is_said() {
    for text in [
        "wait, cancel that",
        "hold on",
        "later",
        "warte, storniere das",
        "attendez, annulez",
        "aspetta, annulla",
        "øjeblik, drop det",
        "vent, aflys det",
        "give me a min",
    ] {
        assert!(withdraws(text), "{text}");
    }
    for text in [
        "yes",
        "wait, the arm smokes as well and it leaks oil",
        "13:00",
        "later than 15:00",
        "my appointment should be cancelled by tomorrow, please",
        "is it later?",
    ] {
        assert!(!withdraws(text), "{text}");
    }
    for text in ["ja men ikke før kl 17", "yes but not before 5", "oui mais attendez", "yes but not Veronica"] {
        assert!(restricts(text), "{text}");
    }
    for text in ["yes please", "yes, thank you", "no", "yes, if it is free", "my robot is not broken"] {
        assert!(!restricts(text), "{text}");
    }
}
