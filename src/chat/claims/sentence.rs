//! Sentences and their clauses: which claim, which ask, which deny, and which hold on a condition only.

use crate::chat::language::folded;

#[rustfmt::skip]
/// Words that deny what follows them, or tell of what is still to be done.
pub(super) const NOT_YET: &[&str] = &[
    "not", "cannot", "can't", "haven't", "hasn't", "isn't", "won't", "couldn't", "unable", "shall", "should", "would", "could", "can",
    "will", "may be", "may have", "to be", "nicht", "kein", "keine", "soll", "möchten", "kann", "werde", "wird", "ikke", "ingen",
    "skal", "vil", "kan", "pas", "voulez", "peux", "puis-je", "dois-je", "sera", "non", "vuole", "posso", "devo", "sarà", "never",
    "nothing", "always", "usually", "rien", "intet", "nulla", "nichts", "aucun", "aucune", "nessun",
];
#[rustfmt::skip]
/// Words that deny the clause in which they stand.
pub(super) const DENIALS: &[&str] = &[
    "not", "no", "cannot", "can't", "isn't", "won't", "hasn't", "haven't", "never", "nothing", "nobody", "unable", "nicht", "kein", "keine",
    "keinen", "nie", "niemand", "ikke", "ingen", "aldrig", "pas", "aucun", "aucune", "jamais", "personne ne", "non", "nessun", "nessuno",
];
#[rustfmt::skip]
/// Words of a condition.
pub(super) const CONDITIONS: &[&str] = &[
    "if", "once", "when", "before", "until", "as soon as", "unless", "wenn", "falls", "sobald", "bevor", "hvis", "når", "inden", "dès",
    "quand", "lorsque", "avant", "quando", "appena", "prima",
];
/// The same, where they are the first word: within a clause they mean something else.
pub(super) const CONDITIONS_AT_START: &[&str] =
    &["si", "s'il", "se", "say", "just say", "sagen sie", "sag", "dites", "dis", "dica", "di'", "sig"];
#[rustfmt::skip]
/// Words with which a question begins.
pub(super) const QUESTIONS: &[&str] = &[
    "is", "are", "was", "has", "have", "did", "do", "does", "shall", "should", "would", "could", "can", "will", "may", "what", "when",
    "which", "how", "who", "where", "why", "ist", "sind", "hat", "haben", "soll", "sollen", "möchten", "wollen", "darf", "kann",
    "können", "was", "wann", "welche", "welcher", "wie", "er", "har", "skal", "vil", "kan", "må", "hvad", "hvornår", "hvilken",
    "est-ce", "dois-je", "voulez-vous", "souhaitez-vous", "puis-je", "avez-vous", "quel", "quelle", "quand", "devo", "vuole", "posso",
    "quale",
];
/// Words between two clauses.
const JOINTS: &[&str] =
    &[" and ", " but ", " und ", " aber ", " og ", " men ", " et ", " mais ", " ma ", " so ", " - ", " – ", " — "];

/// The parts of a sentence that claim, ask or deny each for itself, in lower case.
pub(super) fn clauses(sentence: &str) -> Vec<String> {
    let marked =
        [", ", "; ", ": ", " (", "\n"].iter().fold(format!(" {sentence} "), |text, mark| text.replace(mark, " | "));
    let joined = JOINTS.iter().fold(marked, |text, joint| text.replace(joint, " | "));
    joined.split('|').map(folded).filter(|clause| !clause.is_empty()).collect()
}

pub(super) fn holds(clause: &str, words: &[&str]) -> bool {
    let padded = format!(" {clause} ");
    words.iter().any(|word| padded.contains(&format!(" {word} ")))
}

pub(super) fn begins(clause: &str, words: &[&str]) -> bool {
    let padded = format!("{clause} ");
    words.iter().any(|word| padded.starts_with(&format!("{word} ")))
}

/// Words whose point ends no sentence, where a number follows them.
const ABBREVIATIONS: &[&str] =
    &["n", "no", "nr", "num", "réf", "ref", "rif", "tel", "tél", "kl", "ca", "approx", "inkl"];

fn is_abbreviation(word: &str) -> bool {
    // `Sagsnr.`, `Ticketnr.`
    ABBREVIATIONS.contains(&word) || word.ends_with("nr")
}

/// The sentences of a text, each with what ends it. A point within a number or an address ends none.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.char_indices().find(|(at, c)| {
            let after = rest[at + c.len_utf8()..].chars().next();
            let word = rest[..*at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let is_numbered =
                rest[at + c.len_utf8()..].trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '#');
            if *c == '.' && is_numbered && is_abbreviation(&word.to_lowercase()) {
                return false;
            }
            *c == '\n' || (matches!(c, '.' | '!' | '?') && after.is_none_or(char::is_whitespace))
        });
        let (sentence, left) = rest.split_at(end.map_or(rest.len(), |(at, c)| at + c.len_utf8()));
        rest = left;
        (!sentence.is_empty()).then_some(sentence)
    })
}
