//! Names of people and what is told of them, in a message.

use serde_json::{Map, Value, json};

use crate::chat::language::folded;

/// The most words of a name.
const NAME_WORDS_MAX: usize = 4;
/// The beginnings of sentences that tell a name.
const LEAD_INS: &[&str] = &[
    "my name is",
    "i am",
    "i'm",
    "it is",
    "it's",
    "this is",
    "name:",
    "jeg hedder",
    "jeg er",
    "mit navn er",
    "je m'appelle",
    "je suis",
    "mon nom est",
    "c'est",
    "mi chiamo",
    "sono",
    "il mio nome è",
    "ich heiße",
    "ich bin",
    "mein name ist",
    "name is",
];
/// Words that begin with a capital letter at the start of a sentence and are no names.
const NO_NAMES: &[&str] = &[
    "hello",
    "hi",
    "hey",
    "yes",
    "no",
    "ok",
    "please",
    "thanks",
    "the",
    "a",
    "my",
    "i",
    "it",
    "who",
    "what",
    "find",
    "search",
    "look",
    "add",
    "create",
    "change",
    "update",
    "correct",
    "set",
    "opret",
    "tilføj",
    "find",
    "søg",
    "ret",
    "ændr",
    "opdater",
    "hvem",
    "hej",
    "ja",
    "nej",
    "trouve",
    "cherche",
    "ajoute",
    "crée",
    "créer",
    "change",
    "corrige",
    "qui",
    "bonjour",
    "oui",
    "non",
    "trova",
    "cerca",
    "aggiungi",
    "crea",
    "cambia",
    "correggi",
    "chi",
    "ciao",
    "sì",
    "finde",
    "suche",
    "lege",
    "füge",
    "ändere",
    "korrigiere",
    "wer",
    "hallo",
    "nein",
    "den",
    "die",
    "das",
    "der",
    "il",
    "la",
    "le",
    "sa",
    "son",
    "his",
    "her",
    "their",
    "robot",
    "hubspot",
    "is",
    "can",
    "could",
    "contact",
    "kontakt",
    "contatto",
    "nummer",
    "numero",
    "numéro",
    "telefon",
    "phone",
    "e-mail",
    "email",
    "firma",
    "company",
    "for",
];
/// The words for a property, by its name. The longest that fits is taken.
const LABELS: &[(&str, &[&str])] = &[
    (
        "company",
        &[
            "company",
            "firm",
            "employer",
            "firma",
            "virksomhed",
            "société",
            "entreprise",
            "azienda",
            "ditta",
            "società",
            "unternehmen",
        ],
    ),
    ("firstname", &["first name", "given name", "fornavn", "prénom", "nome", "vorname"]),
    ("lastname", &["last name", "surname", "family name", "efternavn", "nom de famille", "cognome", "nachname"]),
    ("jobtitle", &["job title", "position", "stilling", "fonction", "ruolo", "titolo", "position", "beruf"]),
    ("city", &["city", "town", "by", "ville", "città", "stadt"]),
    ("address", &["address", "street address", "adresse", "indirizzo", "anschrift"]),
    ("zip", &["zip", "zip code", "postal code", "postcode", "postnummer", "code postal", "cap", "postleitzahl", "plz"]),
    ("country", &["country", "land", "pays", "paese"]),
    ("website", &["website", "web site", "hjemmeside", "site web", "sito web", "sito", "webseite"]),
];
/// Words between the name of a property and its value.
const CONNECTORS: &[&str] = &[
    "is now",
    "has changed to",
    "changed to",
    "is",
    "to",
    "are",
    "er nu",
    "er",
    "til",
    "s'appelle maintenant",
    "s'appelle",
    "est maintenant",
    "est",
    "à",
    "è ora",
    "è",
    "in",
    "a",
    "ist jetzt",
    "ist",
    "lautet",
    "auf",
    "heißt jetzt",
    "heißt",
    "now",
    "nu",
    "called",
    "hedder nu",
    "hedder",
    "si chiama ora",
    "si chiama",
    "=",
];

/// The first and the last name that somebody says of themselves.
pub(super) fn name(message: &str) -> Option<(String, Option<String>)> {
    let message = message.replace('’', "'");
    let said =
        message.split([',', ';', '\n', '.']).map(str::trim).find(|part| !part.is_empty() && !part.contains('@'))?;
    let lower = said.to_lowercase();
    let lead_in = LEAD_INS.iter().filter(|lead_in| lower.starts_with(**lead_in)).max_by_key(|lead_in| lead_in.len());
    let rest = lead_in.map_or(said, |lead_in| said.get(lead_in.len()..).unwrap_or(said));
    split(&words(rest))
}

/// The name of somebody else in a sentence: the longest run of words with capital letters.
pub(super) fn named(message: &str) -> Option<String> {
    let mut runs: Vec<Vec<&str>> = vec![vec![]];
    for word in message.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_name = bare.chars().next().is_some_and(char::is_uppercase) && !is_no_name(bare);
        let current = runs.last_mut().filter(|_| is_name);
        match current {
            Some(run) => run.push(bare),
            None => runs.push(vec![]),
        }
        if word.ends_with([',', '.', ';', ':', '?', '!']) {
            runs.push(vec![]);
        }
    }
    // Of two equally long the first: what follows is more often a value.
    let longest = runs.into_iter().rev().max_by_key(Vec::len).filter(|run| !run.is_empty())?;
    Some(longest.join(" "))
}

/// A name that stands as an entry of a list, as in `Ada Byron, ada@acme.example`, or after a word for adding somebody.
pub(super) fn listed_name(message: &str) -> Option<(String, Option<String>)> {
    let entries = message.split([',', ';', '\n']).map(str::trim).filter(|entry| !entry.is_empty());
    entries.filter(|entry| label(entry).is_none()).find_map(|entry| {
        let said: Vec<String> = words(entry).into_iter().filter(|word| !is_no_name(word)).collect();
        let capital = |word: &String| word.chars().next().is_some_and(char::is_uppercase);
        let run: Vec<String> =
            said.iter().skip_while(|word| !capital(word)).take_while(|word| capital(word)).cloned().collect();
        split(&run).filter(|(_, last)| last.is_some() || said.len() == 1)
    })
}

/// The properties that a message names with their values, as in `company: Havnen` or `her job title is now CEO`.
pub(super) fn labelled(message: &str) -> Map<String, Value> {
    let mut found = Map::new();
    for entry in message.split([',', ';', '\n']).map(str::trim) {
        let Some((property, rest)) = label(entry) else { continue };
        let value = rest.trim_matches(|c: char| c.is_whitespace() || ":.!?\"“”".contains(c));
        if !value.is_empty() {
            found.insert(property.to_owned(), json!(value));
        }
    }
    found
}

/// The property that an entry names, and what follows its name.
fn label(entry: &str) -> Option<(&'static str, &str)> {
    let lower = entry.to_lowercase().replace('’', "'");
    if lower.len() != entry.len() {
        return None;
    }
    let named = LABELS.iter().flat_map(|(property, labels)| labels.iter().map(move |label| (*property, *label)));
    let found = named.filter_map(|(property, label)| {
        let at = lower.match_indices(label).map(|(at, _)| at).find(|at| is_word(&lower, *at, label.len()))?;
        Some((label.len(), property, at))
    });
    let (length, property, at) = found.max_by_key(|(length, ..)| *length)?;
    Some((property, without_connector(&entry[at + length..])))
}

fn is_word(text: &str, at: usize, length: usize) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !letter(text[..at].chars().next_back()) && !letter(text[at + length..].chars().next())
}

fn without_connector(rest: &str) -> &str {
    let rest = rest.trim_start_matches([':', '=', ' ']);
    let lower = rest.to_lowercase().replace('’', "'");
    let begins = |connector: &&&str| lower.starts_with(&format!("{connector} "));
    let connector = CONNECTORS.iter().filter(begins).max_by_key(|connector| connector.len());
    connector.map_or(rest, |connector| rest.get(connector.len()..).unwrap_or(rest)).trim()
}

fn is_no_name(word: &str) -> bool {
    NO_NAMES.contains(&folded(word).as_str())
}

fn words(text: &str) -> Vec<String> {
    let bare = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\''));
    bare.filter(|word| !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || "'-’.".contains(c)))
        .map(str::to_owned)
        .collect()
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
        ] {
            assert_eq!(named(message).as_deref(), expected, "{message}");
        }
    }
}
