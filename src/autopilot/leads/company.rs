//! The company that customers say is theirs. Pure; a name begins with a capital letter or a digit, and ends with the words.

use super::clause::{self, Clause};

/// Words behind which the name of the customer's own company stands, in the languages of the fixed texts. Those on whose behalf
/// somebody writes, and those whom they name beside it, are not their company.
const BEFORE: &[&str] = &[
    "i work for",
    "i work at",
    "we work for",
    "i am employed by",
    "i'm employed by",
    "my company is",
    "our company is",
    "my company is called",
    "our company is called",
    "my company's name is",
    "our company's name is",
    "the name of my company is",
    "the name of our company is",
    "ich arbeite bei",
    "ich arbeite für",
    "meine firma heißt",
    "unsere firma heißt",
    "mein unternehmen heißt",
    "unser unternehmen heißt",
    "jeg arbejder hos",
    "jeg arbejder for",
    "min virksomhed hedder",
    "vores virksomhed hedder",
    "mit firma hedder",
    "vores firma hedder",
    "je travaille chez",
    "je travaille pour",
    "mon entreprise s'appelle",
    "notre entreprise s'appelle",
    "ma société s'appelle",
    "notre société s'appelle",
    "lavoro per",
    "lavoro presso",
    "la mia azienda si chiama",
    "la nostra azienda si chiama",
    "la nostra ditta si chiama",
];
/// Words that are labels at the beginning of a clause alone.
const LABELS: &[&str] = &[
    "company:",
    "my company:",
    "our company:",
    "firma:",
    "unternehmen:",
    "virksomhed:",
    "entreprise :",
    "entreprise:",
    "société :",
    "société:",
    "azienda:",
    "ditta:",
];
/// An Italian verb that is also a noun: `il lavoro per Fiat` is no job. It has nothing before it but these.
const VERB_OR_NOUN: &str = "lavoro ";
const BEFORE_VERB: &[&str] = &["io", "e", "ed", "perché"];
/// Small words within a name.
const WITHIN: &[&str] = &["of", "and", "&", "the", "for", "und", "der", "von", "og", "af", "de", "et", "la", "e", "di"];
/// Articles before a name.
const ARTICLES: &[&str] = &["the", "der", "die", "das", "la", "le", "il", "l'"];
/// Words with a capital letter that are no name when they stand alone.
const NO_NAMES: &[&str] = &[
    "i",
    "you",
    "your",
    "sie",
    "ihnen",
    "ihr",
    "ihre",
    "nacht",
    "tag",
    "tage",
    "geld",
    "regen",
    "freunde",
    "freunden",
    "kunden",
    "leute",
    "leuten",
    "hause",
    "firmen",
    "monday",
    "friday",
    "montag",
    "freitag",
    "german",
    "danish",
    "french",
    "italian",
    "english",
    "british",
    "american",
    "swiss",
    "austrian",
    "european",
    "dutch",
    "swedish",
    "norwegian",
    "spanish",
    "polish",
    "iso",
];
/// Words behind a name that make something else of it: another's competitor, or one of two.
const ALTERNATIVES: &[&str] = &["or", "oder", "eller", "ou", "o"];
const AFTER_OWN_NAME: &[&str] = &["in", "and", "as", "but", "since", "from", "for", "on", "now", "here", "at", "where"];
/// The most words and characters of a name.
const WORDS_MAX: usize = 7;
const CHARACTERS_MAX: usize = 80;

/// The company that a text names as the customer's own.
pub fn of(text: &str) -> Option<String> {
    clause::all(text).iter().find_map(of_clause)
}

fn of_clause(clause: &Clause) -> Option<String> {
    let text = clause.text.trim_start_matches(['-', '*', '•', ' ']);
    let small = text.to_lowercase();
    // Letters whose small form has another length would shift the places.
    if small.len() != text.len() {
        return None;
    }
    let (start, end) = statement(&small)?;
    let (name, behind) = name(&text[end..])?;
    clause.is_own(&clause::words(&small[..start]), &clause::words(&behind)).then_some(name)
}

/// The span of the words behind which the name stands. The longest win: `my company is called` over `my company is`.
fn statement(small: &str) -> Option<(usize, usize)> {
    let label = LABELS.iter().filter(|label| small.starts_with(**label)).map(|label| (0, label.len())).max();
    let said = |words: &&str| {
        let mut found = small.match_indices(*words).map(|(at, _)| (at, at + words.len()));
        found.find(|(start, end)| is_word(small, *start, *end) && is_verb(small, *start))
    };
    label.or_else(|| BEFORE.iter().filter_map(said).max_by_key(|(_, end)| *end))
}

fn is_word(text: &str, start: usize, end: usize) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !is_letter(text[..start].chars().next_back()) && !is_letter(text[end..].chars().next())
}

fn is_verb(small: &str, start: usize) -> bool {
    let before = clause::words(&small[..start]);
    !small[start..].starts_with(VERB_OR_NOUN) || before.last().is_none_or(|word| BEFORE_VERB.contains(&word.as_str()))
}

/// The words of a name up to what is none, and the text behind it.
fn name(text: &str) -> Option<(String, String)> {
    let all: Vec<&str> = text.split_whitespace().collect();
    let skipped = all.iter().take_while(|word| ARTICLES.contains(&word.to_lowercase().as_str())).count();
    let (mut words, mut end): (Vec<&str>, usize) = (vec![], skipped);
    for word in &all[skipped..] {
        let bare = word.trim_matches([',', '.', '!', '?', ';', ':', '"', '\'', '(', ')']);
        let is_name = bare.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        if !is_name && (words.is_empty() || !WITHIN.contains(&bare)) {
            break;
        }
        let is_dotted = word.ends_with('.') && clause::is_short(word);
        words.push(if is_dotted { word } else { bare });
        end += 1;
        if words.len() == WORDS_MAX || (!is_dotted && word.ends_with([',', '.', '!', '?', ';', ')'])) {
            break;
        }
    }
    while words.last().is_some_and(|last| WITHIN.contains(last)) {
        words.pop();
        end -= 1;
    }
    let name = words.join(" ");
    let fits = !name.is_empty() && name.chars().count() <= CHARACTERS_MAX && is_name(&words, all.get(end).copied());
    fits.then(|| (name, all[end..].join(" ")))
}

/// True for words that name somebody, before this next word.
fn is_name(words: &[&str], next: Option<&str>) -> bool {
    let has_letters = words.first().is_some_and(|first| first.contains(char::is_alphabetic));
    let is_common = matches!(words, [one] if NO_NAMES.contains(&one.to_lowercase().as_str()));
    let is_alternative = next.is_some_and(|next| ALTERNATIVES.contains(&next));
    let is_owner = words.last().is_some_and(|last| last.ends_with("'s"));
    let is_others = is_owner && next.is_some_and(|next| !AFTER_OWN_NAME.contains(&next));
    has_letters && !is_common && !is_alternative && !is_others
}

#[cfg(test)]
mod tests;
