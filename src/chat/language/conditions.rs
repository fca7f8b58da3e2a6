//! Conditions: what is wanted only if something else is so. This chat keeps none in mind, and so takes none for an order. A word
//! such as `si` or `se` is a condition in one language and another word in the next.

use super::words::{COURTESIES, folded, phrases};
use super::{answers, forbidden};
use domain::language::Language;

const ENGLISH: &[&str] =
    &["if", "unless", "provided", "providing", "assuming", "in case", "as long as", "only if", "should it"];
const DANISH: &[&str] = &["hvis", "medmindre", "såfremt", "forudsat", "ifald", "i tilfælde af", "så længe"];
const FRENCH: &[&str] = &[
    "si",
    "s'il",
    "s'ils",
    "à condition",
    "à moins",
    "pourvu",
    "au cas où",
    "dans le cas où",
    "en cas de",
    "tant que",
];
const ITALIAN: &[&str] =
    &["se", "a condizione", "a patto", "purché", "qualora", "nel caso", "in caso di", "a meno che", "finché"];
const GERMAN: &[&str] =
    &["wenn", "falls", "sofern", "vorausgesetzt", "solange", "es sei denn", "für den fall", "im falle"];

#[rustfmt::skip]
/// Conditions that are only polite, or that are questions.
const NONE: &[&str] = &[
    "if possible", "if you can", "if you could", "if you please", "if you don't mind", "if you like", "if i may", "what if", "as if", "even if",
    "hvis muligt", "hvis det er muligt", "hvis du kan", "hvis i kan", "hvad hvis", "si possible", "si c'est possible", "si vous pouvez", "si tu peux",
    "si vous voulez", "s'il vous plaît", "s'il te plaît", "s'il vous plait", "et si", "comme si", "se possibile", "se è possibile", "se può", "se puoi",
    "se potete", "se vuole", "e se", "come se", "wenn möglich", "falls möglich", "wenn es geht", "wenn sie können", "wenn du kannst", "wenn ich bitten darf",
];
#[rustfmt::skip]
/// Words before a condition that make a question of it: `I wonder if`.
const KNOWING: &[&str] = &[
    "know", "see", "check", "ask", "wonder", "wondering", "me", "sure", "matter", "vide", "se", "tjekke", "savoir", "sais", "demander", "demande", "voir", "vérifier", "dire", "dites-moi",
    "sapere", "so", "vedere", "chiedere", "dirmi", "controllare", "verificare", "wissen", "sehen", "prüfen", "fragen",
];

/// The words of conditions in a language.
fn words_of(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => ENGLISH,
        Language::Danish => DANISH,
        Language::French => FRENCH,
        Language::Italian => ITALIAN,
        Language::German => GERMAN,
    }
}

/// True for a message that begins with a condition, whatever is polite before it.
pub fn begins_with_if(text: &str, language: Language) -> bool {
    let words = folded(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    place(&words, language).is_some_and(|at| is_opening(&words[..at]))
}

/// True for a deed of a desk that is wanted on a condition only: `if it rains, cancel my appointment`.
pub fn is_conditional_order(text: &str, language: Language) -> bool {
    let words = folded(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    !text.contains(['?', '？']) && place(&words, language).is_some() && forbidden::names_deed(&words, language)
}

/// The place of the first condition that is one.
fn place(words: &[&str], language: Language) -> Option<usize> {
    (0..words.len()).find(|at| {
        let polite =
            answers::longest(&words[*at..], NONE) > 0 || (*at > 0 && answers::longest(&words[at - 1..], NONE) > 0);
        let is_asked = *at > 0 && KNOWING.contains(&words[at - 1]);
        answers::longest(&words[*at..], words_of(language)) > 0 && !polite && !is_asked
    })
}

/// True for words that only lead to what is said: answers, courtesies and links.
fn is_opening(words: &[&str]) -> bool {
    const LINKS: &[&str] = &[
        "and", "but", "so", "then", "well", "og", "men", "så", "et", "mais", "alors", "e", "ma", "allora", "und",
        "aber", "also",
    ];
    let known: Vec<&str> = phrases(|of| of.yes)
        .chain(phrases(|of| of.no))
        .chain(COURTESIES.iter().copied())
        .chain(LINKS.iter().copied())
        .collect();
    let mut rest = words;
    while !rest.is_empty() {
        match answers::longest(rest, &known) {
            0 => return false,
            length => rest = &rest[length..],
        }
    }
    true
}

#[test]
fn a_condition_is_told_from_a_courtesy_and_a_question() {
    use Language::{Danish, English, French, German, Italian};
    for (text, language, begins, orders) in [
        ("If it rains, cancel my appointment", English, true, true),
        ("cancel my appointment if it rains", English, false, true),
        ("if it rains I won't be there", English, true, false),
        ("yes, if my boss agrees", English, true, false),
        ("only if it is free", English, true, false),
        ("the robot stops if it rains", English, false, false),
        ("cancel my appointment if possible", English, false, false),
        ("I want to know if you can cancel it", English, false, false),
        ("what if it rains?", English, false, false),
        ("Hvis det regner, så aflys min aftale", Danish, true, true),
        ("jeg vil gerne se robotten", Danish, false, false),
        ("S'il pleut, annulez mon rendez-vous", French, true, true),
        ("annulez mon rendez-vous s'il pleut", French, false, true),
        ("annulez mon rendez-vous, s'il vous plaît", French, false, false),
        ("je voudrais savoir si vous pouvez l'annuler", French, false, false),
        ("Se piove, annullate il mio appuntamento", Italian, true, true),
        ("se possibile annulli l'appuntamento", Italian, false, false),
        ("Falls es regnet, sagen Sie den Termin ab", German, true, true),
        ("Wenn es regnet, komme ich nicht", German, true, false),
        ("der Roboter stoppt, wenn es regnet", German, false, false),
        ("Bitte wenn möglich den Termin absagen", German, false, false),
    ] {
        assert_eq!(begins_with_if(text, language), begins, "{text}");
        assert_eq!(is_conditional_order(text, language), orders, "{text}");
    }
}
