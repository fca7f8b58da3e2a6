//! Names of people and what is told of them, in a message.

pub(super) mod employers;
mod entries;
pub(super) mod introductions;
mod legal_forms;
mod phrases;
mod positions;
mod properties;
mod words;

use serde_json::{Map, Value};

use self::employers::{company_from, without_from};
use self::entries::{company_in, is_address, is_capital, name_in};
use self::phrases::{ENDS, GENITIVE_LETTERS_MIN, LEAD_INS, NOW, OWNED, SEARCHES, THINGS, WEAK_LEAD_INS};
use self::words::{Piece, is_no_name, longest_at, pieces, plain};
use crate::chat::language::Language;

/// The most words of a company.
const COMPANY_WORDS_MAX: usize = 6;
/// The most words of a name.
const NAME_WORDS_MAX: usize = 4;

/// The first and the last name that somebody says of themselves.
pub(super) fn name(message: &str) -> Option<(String, Option<String>)> {
    let message = plain(message);
    if let Some(told) = introduced(&message) {
        return Some(told);
    }
    let said = message
        .split([',', ';', '\n', '.'])
        .map(str::trim)
        .find(|part| !part.is_empty() && !part.contains(['@', '?']))?;
    let words = name_words(said).filter(|words| !words.first().is_none_or(|first| is_no_name(first)))?;
    split(&words)
}

/// First and last name, where a message introduces somebody or is nothing but a name in capitals.
pub(super) fn introduced_in_full(message: &str) -> Option<String> {
    let message = plain(message);
    let alone = || {
        let words = name_words(message.trim().trim_end_matches(['.', '!']))?;
        words.iter().all(|word| is_capital(word) && !is_no_name(word)).then(|| split(&words)).flatten()
    };
    let (first, last) = introduced(&message).or_else(alone)?;
    last.map(|last| format!("{first} {last}"))
}

/// The name behind a phrase such as `my name is`.
pub(super) fn introduced(message: &str) -> Option<(String, Option<String>)> {
    let all = pieces(message);
    let behind = |lead_ins: &[&str], capitals: bool| {
        // The longest phrase at a word; `name` alone needs a colon.
        let found = (0..all.len()).find_map(|at| {
            let length = longest_at(&all, at, lead_ins)?;
            let is_bare = length == 1 && all[at].lower == "name";
            // `name: ada byron`, `name Ada Byron`
            let next = all.get(at + length);
            let is_said = next.is_some_and(|piece| piece.lower == ":" || is_capital(piece.raw));
            (!is_bare || (is_said && at == 0)).then_some(at + length)
        })?;
        split(&run(&all[found..], capitals))
    };
    behind(LEAD_INS, false).or_else(|| behind(WEAK_LEAD_INS, true))
}

/// The words of a name at the beginning of these.
fn run(pieces: &[Piece<'_>], capitals: bool) -> Vec<String> {
    let mut run = vec![];
    for piece in pieces.iter().skip_while(|piece| NOW.contains(&piece.lower.as_str())) {
        let word = piece.raw.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
        let ends = ENDS.iter().chain(NOW).any(|end| *end == piece.lower);
        let is_name = is_name_word(word) && !ends;
        let first_fits = !run.is_empty() || !(is_no_name(word) || (capitals && !is_capital(word)));
        if !is_name || !first_fits {
            break;
        }
        run.push(word.to_owned());
        if piece.raw.ends_with([',', ';', '!', '?', '.']) {
            break;
        }
    }
    let lower = run.iter().rposition(|word| is_capital(word)).filter(|_| capitals);
    lower.into_iter().for_each(|last| run.truncate(last + 1));
    run
}

/// True for a message that says a name in so many words.
pub(super) fn introduces(message: &str) -> bool {
    introduced_plainly(&plain(message)).is_some()
}

/// The company that is all that a message has: its last word says what kind of company it is.
pub(super) fn alone_company(message: &str) -> Option<String> {
    let message = plain(message);
    let entry = message.trim().trim_end_matches(['!', ',']);
    let words = entry.split_whitespace().count();
    let is_alone = (2..=COMPANY_WORDS_MAX).contains(&words) && !entry.contains(['@', ',', ';', '\n']);
    let is_company = is_alone && legal_forms::ends_with_one(entry);
    if is_company { company_in(entry) } else { None }
}

/// The parts of an entry between what is no word: `Marie Dupont marie@dupont.example Dupont SA` has two.
fn parts(entry: &str) -> Vec<String> {
    let is_word = |word: &&str| !word.contains('@') && !word.chars().any(|c| c.is_ascii_digit());
    let words: Vec<&str> = entry.split_whitespace().collect();
    words.split(|word| !is_word(word)).filter(|part| !part.is_empty()).map(|part| part.join(" ")).collect()
}

/// The company in a list that has a name and an address: an entry with capital letters that is none of them.
pub(super) fn listed_company(message: &str, language: Language, name: &str) -> Option<String> {
    let message = plain(message);
    let told = properties::told(&message, language);
    let lines = told.others.iter().take_while(|entry| !is_address(entry));
    let entries: Vec<String> = lines.flat_map(|entry| parts(without_from(entry))).collect();
    let sure: Vec<&String> = entries.iter().filter(|entry| legal_forms::ends_with_one(entry)).collect();
    if let [company] = sure[..] {
        return company_in(company);
    }
    if !message.contains('@') {
        return None;
    }
    let is_company = |entry: &&str| {
        let letters =
            entry.split_whitespace().all(|word| word.chars().all(|c| c.is_alphanumeric() || "&.'-/".contains(c)));
        let short = entry.split_whitespace().count() <= NAME_WORDS_MAX;
        letters && short && is_capital(entry) && !entry.contains(name) && !name.contains(*entry)
    };
    // The name stands before it.
    let after = entries.iter().skip_while(|entry| !entry.contains(name)).skip(1);
    let found: Vec<&str> = after.map(String::as_str).filter(is_company).collect();
    match found[..] {
        [only] => Some(only.to_owned()),
        _ => None,
    }
}

/// The name of somebody else in a sentence: the longest run of words with capital letters.
pub(super) fn named(message: &str) -> Option<String> {
    let message = plain(message);
    let mut runs: Vec<Vec<&str>> = vec![vec![]];
    let verb = first_of_question(&message);
    let mut following = message.split_whitespace().skip(verb + 1);
    for word in message.split_whitespace().skip(verb) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let name = bare.strip_suffix("'s").unwrap_or(bare);
        let name = of_genitive(name, following.next().unwrap_or_default());
        let is_name = is_capital(name) && !is_no_name(name);
        let current = runs.last_mut().filter(|_| is_name);
        match current {
            Some(run) => run.push(name),
            None => runs.push(vec![]),
        }
        if word.ends_with([',', '.', ';', ':', '?', '!', '\'']) || name != bare {
            runs.push(vec![]);
        }
    }
    // Of two equally long the first: what follows is more often a value.
    let longest = runs.into_iter().rev().max_by_key(Vec::len).filter(|run| !run.is_empty());
    longest.map(|run| run.join(" ")).or_else(|| searched(&message))
}

/// The number of words at the beginning of a question that are none of a name: its verb, with the pronoun behind it, as in the
/// Danish `Har I et kontor?`
fn first_of_question(message: &str) -> usize {
    let mut words = message.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_verb = message.contains('?') && is_capital(first) && words.next().is_some();
    match second {
        _ if !is_verb || first.contains('\'') => 0,
        "I" | "De" | "Sie" | "Lei" => 2,
        _ if is_capital(second) => 0,
        _ => 1,
    }
}

/// A question without its verb and the pronoun behind it.
fn without_asking(message: &str) -> &str {
    let behind = message.trim_start().splitn(3, char::is_whitespace).nth(2);
    behind.filter(|_| first_of_question(message) > 1).unwrap_or(message)
}

/// A name without the s of Danish and German before what somebody has: `Freja Holms telefonnummer`.
fn of_genitive<'a>(name: &'a str, next: &str) -> &'a str {
    let is_owned = OWNED.contains(&next.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str());
    let short = name.strip_suffix('s').filter(|short| is_owned && short.chars().count() >= GENITIVE_LETTERS_MIN);
    short.unwrap_or(name)
}

/// The name behind a word of a search, in small letters: `who is sarah mark?`
fn searched(message: &str) -> Option<String> {
    let all = pieces(message);
    let length = longest_at(&all, 0, SEARCHES)?;
    let name: Vec<&str> =
        all[length..].iter().map(|piece| piece.raw.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let is_part = |word: &&str| is_name_word(word) && !is_no_name(word) && !THINGS.contains(word);
    (name.len() == 2 && name.iter().all(is_part)).then(|| name.join(" "))
}

/// A name that stands as an entry of a list, as in `Ada Byron, ada@acme.example`, or after a word for adding somebody.
pub(super) fn listed_name(message: &str, language: Language) -> Option<(String, Option<String>)> {
    let message = plain(message);
    if let Some(told) = introduced_plainly(&message) {
        return Some(told);
    }
    let message = without_asking(&message);
    let told = properties::told(message, language);
    // What stands behind the line of an address belongs to it, as a city does.
    let lines = told.others.iter().take_while(|entry| !is_address(entry));
    let entries = lines.flat_map(|entry| parts(entry));
    let listed = entries.filter(|entry| !legal_forms::ends_with_one(entry)).find_map(|entry| {
        if company_from(&entry).is_some() {
            return None;
        }
        let said: Vec<String> = words(&entry).into_iter().filter(|word| !is_no_name(word)).collect();
        split(&name_in(&entry)).filter(|(_, last)| last.is_some() || said.len() == 1)
    });
    listed.or_else(|| listed_in_small_letters(&told.others))
}

fn introduced_plainly(message: &str) -> Option<(String, Option<String>)> {
    let begins = |at: usize, all: &[Piece<'_>]| longest_at(all, at, LEAD_INS).is_some();
    let all = pieces(message);
    (0..all.len()).any(|at| begins(at, &all)).then(|| introduced(message)).flatten()
}

/// `ada byron, ada@acme.example`
fn listed_in_small_letters(entries: &[&str]) -> Option<(String, Option<String>)> {
    let (first, others) = entries.split_first()?;
    let first = first.rsplit(':').next().unwrap_or_default();
    let is_beside = parts(first).len() == 1 && first.contains('@');
    let has_address =
        is_beside || others.iter().any(|entry| entry.contains('@') && !entry.contains(char::is_whitespace));
    let first = parts(first).into_iter().next().unwrap_or_default();
    let words = name_words(&first).filter(|words| has_address && (2..=3).contains(&words.len()))?;
    let is_part =
        |word: &String| !is_no_name(word) && !ENDS.contains(&word.as_str()) && !THINGS.contains(&word.as_str());
    words.iter().all(is_part).then(|| split(&words)).flatten()
}

/// The properties that a message names with their values, as in `company: Havnen` or `her job title is now CEO`.
pub(super) fn labelled(message: &str, language: Language) -> Map<String, Value> {
    properties::told(&plain(message), language).properties
}

fn is_name_word(word: &str) -> bool {
    word.chars().any(char::is_alphabetic) && word.chars().all(|c| c.is_alphabetic() || "'-.".contains(c))
}

/// The words of a text that has nothing but words of a name.
fn name_words(text: &str) -> Option<Vec<String>> {
    let all: Vec<&str> = text.split_whitespace().collect();
    let names = words(text);
    (names.len() == all.len()).then_some(names)
}

fn words(text: &str) -> Vec<String> {
    let bare = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\''));
    bare.filter(|word| is_name_word(word)).map(str::to_owned).collect()
}

/// The first word and the others, if they can be a name.
fn split(words: &[String]) -> Option<(String, Option<String>)> {
    let (first, rest) = words.split_first().filter(|_| words.len() <= NAME_WORDS_MAX)?;
    let last = rest.join(" ");
    Some((first.clone(), (!last.is_empty()).then_some(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_with_and_without_words_around_it() {
        let both = |first: &str, last: &str| Some((first.to_owned(), Some(last.to_owned())));
        for (message, expected) in [
            ("Ada Byron", both("Ada", "Byron")),
            ("my name is Ada Byron.", both("Ada", "Byron")),
            ("Jeg hedder Søren Kjær", both("Søren", "Kjær")),
            ("je m’appelle Anne-Marie de la Tour", both("Anne-Marie", "de la Tour")),
            ("Ada", Some(("Ada".to_owned(), None))),
            ("I do not want to tell you my name at all", None),
            ("my name is ada byron and my email is ada@acme.example", both("ada", "byron")),
            ("Ich heiße jetzt Sarah Schmidt", both("Sarah", "Schmidt")),
            ("my name is Sarah Marks now", both("Sarah", "Marks")),
            ("ada byron", both("ada", "byron")),
            ("name: Ada Byron", both("Ada", "Byron")),
            ("Hello, I'm Ada Byron, ada@acme.example", both("Ada", "Byron")),
            ("I am Ada Byron from Acme", both("Ada", "Byron")),
            ("I am not sure", None),
            ("Har I et kontor?", None),
            ("i am very angry", None),
            ("I don't know", None),
            ("my name is", None),
        ] {
            assert_eq!(name(message), expected, "{message}");
        }
    }

    #[test]
    fn the_name_of_somebody_else_is_found_in_a_sentence() {
        for (message, expected) in [
            ("who is Sarah Mark?", Some("Sarah Mark")),
            ("Trouve Camille Moreau", Some("Camille Moreau")),
            ("Il numero di Tom Baker è cambiato: +1 617 555 0188", Some("Tom Baker")),
            ("Ändere bitte die Nummer von Jan Fischer auf +49 30 5550177", Some("Jan Fischer")),
            ("find a contact", None),
            ("change Tom Baker's phone number to +1 617 555 0188", Some("Tom Baker")),
            ("change Tom Baker’s phone number", Some("Tom Baker")),
            ("who is sarah mark?", Some("sarah mark")),
            ("find free times", None),
            ("Ret Freja Holms telefonnummer til +45 12 34 56 78", Some("Freja Holm")),
            ("Ändere Jan Fischers Nummer", Some("Jan Fischer")),
            ("Jones phone", Some("Jones")),
            ("Har I et kontor i Danmark?", Some("Danmark")),
            ("Har I et kontor?", None),
            ("Avete un ufficio?", None),
            ("Tom Baker, is that right?", Some("Tom Baker")),
        ] {
            assert_eq!(named(message).as_deref(), expected, "{message}");
        }
    }

    #[test]
    fn a_name_in_a_list_is_read_in_small_letters_beside_an_address() {
        for (message, expected) in [
            ("Ada Byron, ada@acme.example", Some("Ada Byron")),
            ("ada byron, ada@acme.example", Some("ada byron")),
            ("Ich heiße jetzt Sarah Schmidt", Some("Sarah Schmidt")),
            ("my name is ada byron and my email is ada@acme.example", Some("ada byron")),
            ("Ada Byron", Some("Ada Byron")),
            ("company: Never, Land Inc", None),
            ("Har I et kontor i Danmark?", None),
            ("Können Sie Ada Byron, ada@acme.example, anlegen?", Some("Ada Byron")),
            ("I am not sure", None),
            ("the phone number is +1 702 555 0199", None),
        ] {
            let found = listed_name(message, Language::English);
            let found =
                found.map(|(first, last)| [Some(first), last].into_iter().flatten().collect::<Vec<_>>().join(" "));
            assert_eq!(found.as_deref(), expected, "{message}");
        }
    }
}
