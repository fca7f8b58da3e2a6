//! The properties that a message names with their values, as in `company: Havnen` or `her job title is now CEO`.

use serde_json::{Map, Value, json};

use super::positions;
use super::words::{Piece, longest_at, pieces};
use crate::chat::language::Language;

/// The words for a property, by its name. The longest that fits is taken.
const LABELS: &[(&str, &[&str])] = &[
    (
        "company",
        &[
            "company",
            "company name",
            "firm",
            "employer",
            "firma",
            "firmanavn",
            "firmaet",
            "virksomhed",
            "société",
            "nom de la société",
            "entreprise",
            "azienda",
            "ditta",
            "società",
            "unternehmen",
            "firmenname",
        ],
    ),
    ("firstname", &["first name", "given name", "fornavn", "prénom", "nome", "vorname"]),
    ("lastname", &["last name", "surname", "family name", "efternavn", "nom de famille", "cognome", "nachname"]),
    ("jobtitle", &["job title", "position", "stilling", "stillingen", "fonction", "ruolo", "titolo", "beruf"]),
    ("city", &["city", "town", "by", "byen", "ville", "città", "stadt"]),
    ("address", &["address", "street address", "adresse", "adressen", "indirizzo", "anschrift"]),
    (
        "zip",
        &[
            "zip",
            "zip code",
            "postal code",
            "postcode",
            "postnummer",
            "postnummeret",
            "code postal",
            "cap",
            "postleitzahl",
            "plz",
        ],
    ),
    ("country", &["country", "land", "pays", "paese"]),
    ("website", &["website", "web site", "hjemmeside", "site web", "sito web", "sito", "webseite"]),
];
/// Labels that are another word in another language.
const LABELS_OF: &[(&str, &[Language])] =
    &[("by", &[Language::Danish]), ("land", &[Language::Danish, Language::German]), ("cap", &[Language::Italian])];
/// The properties of which somebody says where they are.
const PLACES: &[&str] = &["city", "address", "country"];
/// Words between the name of a property and its value.
const CONNECTORS: &[&str] = &[
    ":",
    "is now",
    "is now called",
    "is called",
    "has changed to",
    "changed to",
    "should be",
    "must be",
    "will be",
    "to",
    "called",
    "now",
    "er nu",
    "er ændret til",
    "skal være",
    "til",
    "nu",
    "hedder nu",
    "hedder",
    "s'appelle maintenant",
    "s'appelle",
    "est maintenant",
    "est désormais",
    "è ora",
    "si chiama ora",
    "si chiama",
    "ist jetzt",
    "lautet",
    "lautet jetzt",
    "auf",
    "heißt jetzt",
    "heißt",
];
/// Connectors behind which a word in small letters says more often how the thing is than its name.
const WEAK: &[&str] = &["is", "er", "est", "è", "ist"];
/// Connectors of places; behind them stands where a company is, not its name.
const OF_PLACES: &[&str] = &[
    "is in",
    "is now in",
    "is at",
    "is now at",
    "er i",
    "er nu i",
    "est à",
    "est en",
    "est maintenant à",
    "est maintenant en",
    "è a",
    "è in",
    "è ora a",
    "è ora in",
    "ist in",
    "ist jetzt in",
];
/// Connectors of one language only.
const CONNECTORS_OF: &[(Language, &[&str])] = &[(Language::Italian, &["a", "in"]), (Language::French, &["à", "en"])];
/// Words at the end of a value that say when.
const NOW: &[&str] =
    &["now", "nu", "maintenant", "désormais", "ora", "adesso", "jetzt", "please", "tak", "bitte", "merci"];
/// Words of sentences, of which a value without a connector and the rest of a value behind a comma have none.
const OF_SENTENCES: &[&str] = &[
    "i", "we", "you", "my", "our", "please", "can", "is", "are", "was", "has", "have", "need", "needs", "want", "also",
    "thanks", "help", "me", "it", "ich", "wir", "mein", "bitte", "ist", "brauche", "jeg", "vi", "er", "min", "tak",
    "je", "nous", "mon", "ma", "est", "merci", "io", "noi", "mio", "mia", "è", "grazie",
];
/// What is said of a value in its place, in every language.
const OF_FAULTS: &[&str] = &[
    "missing",
    "wrong",
    "incorrect",
    "not",
    "no",
    "old",
    "outdated",
    "empty",
    "false",
    "changed",
    "unknown",
    "misspelt",
    "misspelled",
    "mangler",
    "forkert",
    "ikke",
    "gammel",
    "tom",
    "fehlt",
    "falsch",
    "nicht",
    "alt",
    "veraltet",
    "leer",
    "manque",
    "manquant",
    "faux",
    "fausse",
    "pas",
    "ancien",
    "vide",
    "manca",
    "mancante",
    "sbagliato",
    "sbagliata",
    "errato",
    "vecchio",
    "vuoto",
];
/// Words between two properties.
const JOINTS: &[&str] = &[" and ", " og ", " et ", " e ", " und "];
/// The most words of a value without a connector, and of what follows a comma in a value.
const LOOSE_WORDS_MAX: usize = 4;
/// The digits from which an entry is a telephone number and no part of another value.
const PHONE_DIGITS_MIN: usize = 7;
/// The letters of a word that ends a sentence with its dot.
const LAST_WORD_LETTERS_MIN: usize = 4;

/// The properties in a message, and the entries that name none.
#[derive(Debug, Default)]
pub(super) struct Told<'a> {
    pub(super) properties: Map<String, Value>,
    pub(super) others: Vec<&'a str>,
}

/// Reads the entries of a message, which commas and lines part. Where it has one label, commas may stand in its value.
pub(super) fn told(message: &str, language: Language) -> Told<'_> {
    let entries: Vec<&str> = entries(message).into_iter().flat_map(|entry| joined(entry, language)).collect();
    let labels: Vec<Option<(&str, &str)>> = entries.iter().map(|entry| label(entry, language)).collect();
    let is_only = labels.iter().flatten().count() == 1;
    let mut told = Told::default();
    let mut last: Option<&str> = None;
    for (entry, label) in entries.into_iter().zip(labels) {
        if let Some((property, value)) = label {
            told.properties.insert(property.to_owned(), json!(value));
            last = Some(property).filter(|_| is_only);
        } else if let Some(value) = last.filter(|_| is_more(entry)).and_then(|last| told.properties.get_mut(last)) {
            *value = json!(format!("{}, {}", value.as_str().unwrap_or_default(), trimmed(entry)));
        } else if let Some(position) = positions::told(entry) {
            told.properties.insert("jobtitle".to_owned(), json!(capitalized(trimmed(position))));
            last = None;
        } else {
            told.others.push(entry);
            last = None;
        }
    }
    told
}

/// A text with a capital letter at its beginning.
fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The parts of a message between commas, at the ends of lines and of sentences.
fn entries(message: &str) -> Vec<&str> {
    let parts = message.split([',', ';', '\n', '!', '?']).flat_map(|part| {
        let mut from = 0;
        let mut sentences = vec![];
        for (at, _) in part.match_indices(". ") {
            let word = part.get(..at).unwrap_or_default().split_whitespace().next_back().unwrap_or_default();
            if word.chars().filter(|c| c.is_alphabetic()).count() >= LAST_WORD_LETTERS_MIN {
                sentences.push(part.get(from..at).unwrap_or_default());
                from = at + 1;
            }
        }
        sentences.push(part.get(from..).unwrap_or_default());
        sentences
    });
    parts.map(str::trim).filter(|entry| !entry.is_empty()).collect()
}

/// The parts of an entry that names several properties: `my last name is Marks and my job title is CEO`.
fn joined(entry: &str, language: Language) -> Vec<&str> {
    let split = JOINTS.iter().flat_map(|joint| entry.match_indices(joint)).find_map(|(at, joint)| {
        let (before, behind) = (entry.get(..at)?, entry.get(at + joint.len()..)?);
        (label(before, language).is_some() && label(behind, language).is_some()).then_some((before, behind))
    });
    match split {
        Some((before, behind)) => [vec![before], joined(behind, language)].concat(),
        None => vec![entry],
    }
}

/// True for an entry that goes on with the value before it, as in `Director, Sales and Marketing`.
fn is_more(entry: &str) -> bool {
    let words = pieces(entry);
    let begins = entry.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let digits = entry.chars().filter(char::is_ascii_digit).count();
    begins && !entry.contains('@') && digits < PHONE_DIGITS_MIN && is_loose(&words)
}

fn is_loose(words: &[Piece<'_>]) -> bool {
    words.len() <= LOOSE_WORDS_MAX && !words.iter().any(|word| OF_SENTENCES.contains(&word.lower.as_str()))
}

/// The property that an entry names, and its value.
fn label(entry: &str, language: Language) -> Option<(&'static str, &str)> {
    let words = pieces(entry);
    let found = (0..words.len()).flat_map(|at| {
        let words = &words;
        LABELS.iter().filter_map(move |(property, labels)| {
            let length = longest_at(words, at, labels)?;
            let value = value(entry, words, at, length, property, language)?;
            Some((length, *property, value))
        })
    });
    let best = found.reduce(|best, other| if other.0 > best.0 { other } else { best });
    best.map(|(_, property, value)| (property, value))
}

/// The value behind a label that begins at a word.
fn value<'a>(
    entry: &'a str,
    words: &[Piece<'_>],
    at: usize,
    length: usize,
    property: &str,
    language: Language,
) -> Option<&'a str> {
    let behind = at + length;
    let is_colon = words.get(behind).is_some_and(|word| word.lower == ":");
    let of = LABELS_OF.iter().find(|(label, _)| words.get(at).is_some_and(|word| word.lower == *label));
    if of.is_some_and(|(_, languages)| !is_colon && !languages.contains(&language)) {
        return None;
    }
    let longest = |phrases: &[&str]| longest_at(words, behind, phrases);
    let place = longest(OF_PLACES);
    let own = CONNECTORS_OF.iter().filter(|(of, _)| *of == language).find_map(|(_, phrases)| longest(phrases));
    let (plain, weak) = (longest(CONNECTORS).or(own), longest(WEAK));
    let (skipped, weak) = match (place, plain, weak) {
        (Some(_), ..) if !PLACES.contains(&property) => return None,
        (Some(skipped), ..) => (skipped, false),
        (_, Some(skipped), _) => (skipped, false),
        (_, _, Some(skipped)) => (skipped, true),
        // It stands as an entry of its own, as in `Søren Kjær, firma Havnen`.
        _ if at == 0 && is_loose(words.get(behind..)?) => (0, true),
        _ => return None,
    };
    let mut end = words.len();
    while end > behind + skipped && words.get(end - 1).is_some_and(|word| NOW.contains(&word.lower.as_str())) {
        end -= 1;
    }
    let begin = words.get((behind + skipped).checked_sub(1)?)?.end;
    let value = trimmed(entry.get(begin..words.get(end.checked_sub(1)?)?.end)?);
    let first = value.chars().next()?;
    // `the position is missing` says that there is none.
    if weak && pieces(value).first().is_some_and(|word| OF_FAULTS.contains(&word.lower.as_str())) {
        return None;
    }
    // `the company is closed` names none.
    let is_name = first.is_uppercase() || first.is_ascii_digit() || (property == "jobtitle" && skipped > 0);
    let is_name = is_name || (property == "website" && value.contains('.'));
    (!weak || is_name).then_some(value)
}

fn trimmed(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || ":.!?\"“”".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_behind_a_connector_or_in_an_entry_of_its_own() {
        use Language::{Danish, English, French, German, Italian};
        for (message, language, expected) in [
            ("company: Acme", English, json!({"company": "Acme"})),
            ("company:acme", English, json!({"company": "acme"})),
            ("Company Acme, I also need help by Friday", English, json!({"company": "Acme"})),
            ("change my address, I moved by car to 5 Main Street", English, json!({})),
            ("change my address to 5 Main Street", English, json!({"address": "5 Main Street"})),
            ("my company is in Berlin now", English, json!({})),
            ("my city is Berlin now", English, json!({"city": "Berlin"})),
            ("my city is in Berlin now", English, json!({"city": "Berlin"})),
            ("meine Stadt ist jetzt in Köln", German, json!({"city": "Köln"})),
            ("mein Land ist Österreich", German, json!({"country": "Österreich"})),
            ("In our country, the company is closed", English, json!({})),
            ("my company needs help", English, json!({})),
            (
                "my job title is Director, Sales and Marketing",
                English,
                json!({"jobtitle": "Director, Sales and Marketing"}),
            ),
            ("her job title is now CEO", English, json!({"jobtitle": "CEO"})),
            (
                "my company is now Tea & Co, my last name is Marks and my job title is CEO",
                English,
                json!({"company": "Tea & Co", "lastname": "Marks", "jobtitle": "CEO"}),
            ),
            ("company: Smith and Sons", English, json!({"company": "Smith and Sons"})),
            ("Peter Pan, peter@pan.example, company: Never, Land Inc", English, json!({"company": "Never, Land Inc"})),
            (
                "address: 5 Main Street, Springfield, +1 702 555 0143",
                English,
                json!({"address": "5 Main Street, Springfield"}),
            ),
            ("company: Acme, city: Rome", English, json!({"company": "Acme", "city": "Rome"})),
            ("by: Aarhus, land: Danmark", Danish, json!({"city": "Aarhus", "country": "Danmark"})),
            ("Ret hans stilling til direktør", Danish, json!({"jobtitle": "direktør"})),
            ("Ma société s'appelle maintenant Le Grand Comptoir", French, json!({"company": "Le Grand Comptoir"})),
            ("cambia la città a Roma", Italian, json!({"city": "Roma"})),
            ("by Friday", English, json!({})),
            ("İİ company€ '", English, json!({})),
        ] {
            assert_eq!(Value::from(told(message, language).properties), expected, "{message}");
        }
    }
}
