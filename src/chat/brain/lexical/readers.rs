//! The values in a message: deterministic, and never guessed. What cannot be read is asked for.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::people::employers;
use super::{calendar, people};
use crate::chat::brain::View;
use crate::chat::language::{self, Language, folded};
use domain::email_in_text;
use domain::phone::in_text;
use domain::time_zone;
use domain::time_zone::rules::ZoneRules;

/// The longest text that a value takes as it is.
const TEXT_CHARACTERS_MAX: usize = 2_000;
/// The fewest letters of a text.
const TEXT_LETTERS_MIN: usize = 2;
/// The most words of the name of a place.
const PLACE_WORDS_MAX: usize = 4;
/// The most words of a message behind which a place is looked for.
const PLACE_MARKS_MAX: usize = 12;
/// Words behind which somebody says where they are.
const PLACE_MARKS: &[&str] = &["in", "from", "i", "fra", "à", "de", "a", "da", "aus", "zone:", "zone", "au"];
/// Words for records that have numbers.
const RECORDS: &[&str] = &[
    "ticket",
    "tickets",
    "order",
    "orders",
    "invoice",
    "case",
    "reference",
    "ref",
    "id",
    "serial",
    "contract",
    "customer",
    "po",
    "sag",
    "sagen",
    "ordre",
    "ordren",
    "faktura",
    "fakturaen",
    "kundenummer",
    "ordrenummer",
    "commande",
    "facture",
    "dossier",
    "contrat",
    "série",
    "ordine",
    "fattura",
    "pratica",
    "contratto",
    "serie",
    "bestellung",
    "bestellnummer",
    "rechnung",
    "rechnungsnummer",
    "auftrag",
    "vorgang",
    "kundennummer",
    "seriennummer",
    "seriennr",
    "billet",
];
/// The words before a number among which its record stands.
const RECORD_WORDS_BEFORE_MAX: usize = 3;
/// The parts of a contact that a message can have.
const PARTS: &[&str] = &["email", "firstname", "lastname", "phone", "company"];

/// What is known when a message is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    pub(super) message: &'a str,
    pub(super) language: Language,
    pub(super) now: DateTime<Utc>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(view: &View<'a>) -> Reading<'a> {
        Reading { message: view.message, language: view.language, now: view.now }
    }
}

/// The values for the arguments that were asked for. `asked` is what is missing, in order.
pub(super) fn answers(reading: &Reading<'_>, asked: &[String]) -> Map<String, Value> {
    let mut values = volunteered(reading);
    for name in asked {
        if !values.contains_key(name)
            && let Some(value) = answer(reading, name, &values)
        {
            values.insert(name.clone(), value);
        }
    }
    values
}

/// The values that a message has whether or not they were asked for, such as an address.
pub(super) fn volunteered(reading: &Reading<'_>) -> Map<String, Value> {
    let Reading { message, language, now } = *reading;
    let mut values = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.insert(name.to_owned(), value);
        }
    };
    put("email", email(message).map(Value::from));
    put("phone", phone(message).map(Value::from));
    put("meeting_date", calendar::day(message, language, now).map(Value::from));
    put("duration", calendar::duration(message).map(Value::from));
    put("time_zone", place(message).map(Value::from));
    values
}

/// The value of one argument that was asked for.
fn answer(reading: &Reading<'_>, name: &str, known: &Map<String, Value>) -> Option<Value> {
    let message = reading.message.trim();
    match name {
        "email" | "cus_email" => email(message).map(Value::from),
        "phone" => phone(message).map(Value::from),
        "time_zone" => place(message).or_else(|| whole_place(message)).map(Value::from),
        "meeting_date" | "due" | "meeting_start_time" | "duration" | "ticket_id" | "meeting_id" | "correction" => None,
        "cus_fname" => people::name(message).map(|(first, _)| first.into()),
        "cus_lname" => people::name(message).and_then(|(_, last)| last).map(Value::from),
        "firstname" | "lastname" | "company" => None,
        "properties" => Some(properties(reading)).filter(|parts| !parts.is_empty()).map(Value::Object),
        "reach" => email(message).or_else(|| phone(message)).map(Value::from),
        // A yes or a no answers something else.
        "query" | "issue" | "note" | "reason" if language::agrees(message) || language::declines(message) => None,
        "query" => {
            let said = ["email", "phone"].iter().find_map(|name| known.get(*name).cloned());
            said.or_else(|| people::named(message).or_else(|| text(message)).map(Value::from))
        }
        "contact" | "cus_cid" | "owner_id" | "slug" | "form_fields" | "consents" => None,
        _ => text(message).map(Value::from),
    }
}

/// The argument by which somebody is looked for: the name in the message, else the address, else the number. What is left
/// is what shall be changed, if anything shall.
pub(super) fn query(reading: &Reading<'_>, values: &mut Map<String, Value>, changes: bool) -> Map<String, Value> {
    let mut parts = if changes { people::labelled(reading.message, reading.language) } else { Map::new() };
    let by = match named_beside(reading, &parts) {
        Some(name) => Some(Value::from(name)),
        None => values.remove("email").or_else(|| values.remove("phone").filter(|_| !changes)),
    };
    if let Some(by) = by {
        parts.insert("query".to_owned(), by);
    }
    parts
}

/// The name in a message that is no part of these values.
pub(super) fn named_beside(reading: &Reading<'_>, parts: &Map<String, Value>) -> Option<String> {
    let is_value =
        |name: &String| parts.values().any(|value| value.as_str().is_some_and(|value| value.contains(name.as_str())));
    people::named(reading.message).filter(|name| !is_value(name))
}

/// The parts of a contact in a message, by property.
pub(super) fn properties(reading: &Reading<'_>) -> Map<String, Value> {
    let mut parts = people::labelled(reading.message, reading.language);
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|_| !parts.contains_key(name)) {
            parts.insert(name.to_owned(), json!(value));
        }
    };
    put("email", email(reading.message));
    put("phone", phone(reading.message));
    if let Some(company) = people::alone_company(reading.message) {
        put("company", Some(company));
    } else if let Some((first, last)) = people::listed_name(reading.message, reading.language) {
        let name = [Some(first.as_str()), last.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let behind = employers::company_behind(reading.message, &name).filter(|company| zone(company).is_none());
        put("company", behind.or_else(|| people::listed_company(reading.message, reading.language, &name)));
        put("firstname", Some(first));
        put("lastname", last);
    } else if let Some(company) = employers::company_from(reading.message) {
        put("company", Some(company).filter(|company| zone(company).is_none()));
    }
    parts
}

/// True for a message that has values of a contact to keep, a name alone left aside.
pub(super) fn tells_values(reading: &Reading<'_>) -> bool {
    email(reading.message).is_some()
        || phone(reading.message).is_some()
        || !people::labelled(reading.message, reading.language).is_empty()
}

/// True for an argument whose value is recognised in a message; others take all of it.
pub(super) fn is_read(name: &str) -> bool {
    const READ: &[&str] = &[
        "email",
        "cus_email",
        "phone",
        "time_zone",
        "meeting_date",
        "due",
        "meeting_start_time",
        "duration",
        "ticket_id",
        "meeting_id",
        "correction",
        "firstname",
        "lastname",
        "company",
        "contact",
        "cus_cid",
    ];
    READ.contains(&name)
}

/// True for the name of a part of a contact.
pub(super) fn is_part(name: &str) -> bool {
    PARTS.contains(&name)
}

pub(super) fn email(message: &str) -> Option<String> {
    email_in_text::read(message).ok().flatten().map(|address| address.as_str().to_owned())
}

pub(super) fn phone(message: &str) -> Option<String> {
    let bare = without_addresses(message);
    let found = in_text::read(&bare).ok().flatten()?;
    // The number as it was written, from its first to its last digit.
    let rest: Vec<char> = found.words.chars().collect();
    let whole: Vec<char> = bare.chars().collect();
    let first = whole.iter().zip(&rest).position(|(one, other)| one != other)?;
    let last = whole.len() - whole.iter().rev().zip(rest.iter().rev()).position(|(one, other)| one != other)?;
    let written: String = whole.get(first..last)?.iter().collect();
    // The scheme of `tel:+17025550143` is no part of it.
    let written = written.rsplit(':').next().unwrap_or_default().trim();
    if is_number_of_record(&bare, written) || is_within_code(&bare, written) {
        return None;
    }
    (written.chars().filter(char::is_ascii_digit).count() >= 7).then(|| written.to_owned())
}

/// True for figures without a sign or a space behind a word for a record: an order's number is nobody's telephone.
fn is_number_of_record(message: &str, written: &str) -> bool {
    let is_plain = written.chars().all(|c| c.is_ascii_digit());
    let before = message.split(written).next().map(folded).unwrap_or_default();
    let mut words = before.split(' ').rev().take(RECORD_WORDS_BEFORE_MAX);
    is_plain && words.any(|word| RECORDS.contains(&word))
}

/// True for figures within a code, such as that of a shipment: a letter touches them, or stands behind them in the same word. A
/// label before them, such as `Tel.`, is none.
fn is_within_code(message: &str, written: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() && c != 'x';
    let is_code = |word: &str| {
        let Some((before, behind)) = word.split_once(written) else { return false };
        let behind = behind.split([',', ';', '.', '!', '?', ':', ')']).next().unwrap_or_default();
        before.ends_with(is_letter) || behind.contains(is_letter)
    };
    !written.starts_with('+') && message.split_whitespace().any(is_code)
}

fn without_addresses(message: &str) -> String {
    message.split(' ').filter(|word| !word.contains('@')).collect::<Vec<_>>().join(" ")
}

/// The zone of a place that the message names after a word such as `in`.
fn place(message: &str) -> Option<String> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let marks = words.iter().enumerate().filter(|(_, word)| PLACE_MARKS.contains(&word.to_lowercase().as_str()));
    let after = marks.take(PLACE_MARKS_MAX).map(|(at, _)| at + 1).flat_map(|from| spans(&words, from));
    let iana = words.iter().filter(|word| word.contains('/')).take(PLACE_MARKS_MAX).map(|word| bare(word));
    iana.chain(after).find_map(|name| zone(&name))
}

/// The zone that the message is the name of, with a few words around it.
fn whole_place(message: &str) -> Option<String> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let all = (0..words.len().min(12)).flat_map(|from| spans(&words, from));
    zone(bare(message).as_str()).or_else(|| all.filter(|name| is_name(name)).find_map(|name| zone(&name)))
}

/// The names that begin at a word, the longest first.
fn spans(words: &[&str], from: usize) -> Vec<String> {
    let lengths = (1..=PLACE_WORDS_MAX).rev().filter(|length| from + length <= words.len());
    lengths.map(|length| bare(&words[from..from + length].join(" "))).collect()
}

fn bare(name: &str) -> String {
    name.trim_matches(|c: char| !c.is_alphanumeric() && c != '+').to_owned()
}

/// A place begins with a capital letter; an offset with a sign.
fn is_name(name: &str) -> bool {
    name.chars().next().is_some_and(|c| c.is_uppercase() || c == '+')
}

fn zone(name: &str) -> Option<String> {
    // Two letters are a place only in capitals: `la` is an article.
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 2 || (letters == 2 && !name.chars().all(char::is_uppercase)) {
        return None;
    }
    // So is the country behind a city: `Chicago then, so` names none.
    let country = name.rsplit_once(',').map_or("", |(_, country)| country.trim());
    if country.chars().count() == 2 && !country.chars().all(char::is_uppercase) {
        return None;
    }
    time_zone::known(name, ZoneRules::embedded()).map(|zone| zone.name().to_owned())
}

fn text(message: &str) -> Option<String> {
    let text: String = message.chars().take(TEXT_CHARACTERS_MAX).collect();
    // A number or a sign picks or answers something else.
    (text.chars().filter(|c| c.is_alphabetic()).count() >= TEXT_LETTERS_MIN).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(message: &str) -> Reading<'_> {
        Reading { message, language: Language::English, now: "2026-11-29T12:00:00Z".parse().unwrap() }
    }

    fn read(message: &str, asked: &[&str]) -> Value {
        let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
        answers(&reading(message), &asked).into()
    }

    #[test]
    fn several_values_of_one_message_are_taken_at_once() {
        let all = "I am sarah@gmail.com and would like half an hour on Tuesday; I am in New York";
        let expected = json!({
            "email": "sarah@gmail.com", "meeting_date": "on tuesday", "duration": 30, "time_zone": "America/New_York"
        });
        assert_eq!(read(all, &[]), expected);
        for (said, zone) in [("vegas", "Los_Angeles"), ("in LA", "Los_Angeles"), ("I am in Colorado", "Denver")] {
            assert_eq!(read(said, &["time_zone"])["time_zone"], format!("America/{zone}"), "{said}");
        }
        assert_eq!(read("Chicago", &["time_zone"])["time_zone"], "America/Chicago");
        assert_eq!(
            read("My robot beeps in the morning", &["issue"]),
            json!({"issue": "My robot beeps in the morning"})
        );
        assert_eq!(read("call me on +1 702 555 0143 please", &["reach"])["reach"], "+1 702 555 0143");
        assert_eq!(
            read("it is Ada Byron", &["cus_fname", "cus_lname"]),
            json!({"cus_fname": "Ada", "cus_lname": "Byron"})
        );
        assert_eq!(read("what?", &["email"]), json!({}));
    }

    #[test]
    fn the_parts_of_a_contact_are_read_from_a_list_or_a_sentence() {
        for (message, parts) in [
            (
                "Ada Byron, ada@acme.example, +45 12 34 56 78",
                json!({"email": "ada@acme.example", "phone": "+45 12 34 56 78", "firstname": "Ada", "lastname": "Byron"}),
            ),
            ("Søren Kjær, firma Havnen", json!({"company": "Havnen", "firstname": "Søren", "lastname": "Kjær"})),
            ("Sa société s'appelle maintenant Le Grand Comptoir", json!({"company": "Le Grand Comptoir"})),
            ("the phone number is +1 702 555 0199", json!({"phone": "+1 702 555 0199"})),
            ("first name: Jan, last name: Fischer", json!({"firstname": "Jan", "lastname": "Fischer"})),
            ("Ma société s’appelle maintenant Le Grand Comptoir", json!({"company": "Le Grand Comptoir"})),
            ("Ich heiße jetzt Sarah Schmidt", json!({"firstname": "Sarah", "lastname": "Schmidt"})),
            ("İİ company€ ’", json!({"firstname": "İİ"})),
            ("company: Never, Land Inc", json!({"company": "Never, Land Inc"})),
            ("I moved to 12 Baker Street, London", json!({})),
            ("my name is Sara without h", json!({"firstname": "Sara"})),
            (
                "ich heiße jetzt Sarah Schmidt-Müller und arbeite bei Tee GmbH",
                json!({"firstname": "Sarah", "lastname": "Schmidt-Müller", "company": "Tee GmbH"}),
            ),
            (
                "I am Bob Miller, bob.miller@newco.com, from NewCo",
                json!({"firstname": "Bob", "lastname": "Miller", "email": "bob.miller@newco.com", "company": "NewCo"}),
            ),
            (
                "neuer Kunde: Herr Dr. Hans-Peter von der Heide, hp@heide.example",
                json!({"firstname": "Hans-Peter", "lastname": "von der Heide", "email": "hp@heide.example"}),
            ),
            (
                "nouveau client Marie-Claire d'Aubigné, mc@aubigne.example",
                json!({"firstname": "Marie-Claire", "lastname": "d'Aubigné", "email": "mc@aubigne.example"}),
            ),
            (
                "no, we are new: Joe Baker of New Bakery, add me please",
                json!({"company": "New Bakery", "firstname": "Joe", "lastname": "Baker"}),
            ),
            ("my name is Joe Baker from Boston", json!({"firstname": "Joe", "lastname": "Baker"})),
            ("I am from Newman Diner and want to become a customer", json!({"company": "Newman Diner"})),
            ("je suis du Newman Diner, je voudrais devenir client", json!({"company": "Newman Diner"})),
            ("Wir sind von Newman Diner", json!({"company": "Newman Diner"})),
            ("I'm from Boston", json!({})),
            (
                "I am Joe Baker from Newman Diner",
                json!({"firstname": "Joe", "lastname": "Baker", "company": "Newman Diner"}),
            ),
        ] {
            assert_eq!(Value::from(properties(&reading(message))), parts, "{message}");
        }
    }

    #[test]
    fn the_number_of_a_record_is_no_telephone() {
        for (message, number) in [
            ("What is the state of ticket 33397362407?", None),
            ("My robot is broken, order 4500012345", None),
            ("Meine Rechnung Nr. 4500012345 fehlt", None),
            ("my number is 7025550143", Some("7025550143")),
            ("order +1 702 555 0143", Some("+1 702 555 0143")),
            ("track my shipment 1Z999AA10123456784", None),
            ("it is 10123456784AB", None),
            ("Tel.030123456789", Some("030123456789")),
            ("tel:+17025550143", Some("+17025550143")),
            ("my number is:7025550143", Some("7025550143")),
            ("call me: 702 555 0143", Some("702 555 0143")),
        ] {
            assert_eq!(phone(message).as_deref(), number, "{message}");
        }
    }

    #[test]
    fn a_company_in_a_list_is_kept() {
        for (message, company) in [
            ("create contact John Miller, john@acme.example, +1 212 555 0100, Acme", Some("Acme")),
            ("Søren Kjær, soren@jensen.example, Jensen ApS", Some("Jensen ApS")),
            ("Ada Byron, ada@acme.example", None),
        ] {
            let parts = properties(&reading(message));
            assert_eq!(parts.get("company").and_then(Value::as_str), company, "{message}: {parts:?}");
        }
    }

    #[test]
    fn places_are_read_in_the_names_of_every_language() {
        for (message, zone) in [
            ("København", Some("Europe/Copenhagen")),
            ("Kopenhagen", Some("Europe/Copenhagen")),
            ("Parigi", Some("Europe/Paris")),
            ("londres", Some("Europe/London")),
            ("Genève", Some("Europe/Zurich")),
            ("Mailand", Some("Europe/Rome")),
            ("ich bin in Mailand", Some("Europe/Rome")),
            ("oh, I am in Chicago then, so 3pm there", Some("America/Chicago")),
            ("we sit in Vienna, no need to ask", Some("Europe/Vienna")),
            ("in Paris, FR", Some("Europe/Paris")),
            ("UTC+9", Some("Etc/GMT-9")),
            // Several zones show it for a part of the year.
            ("GMT+1", None),
        ] {
            assert_eq!(read(message, &["time_zone"])["time_zone"].as_str(), zone, "{message}");
        }
    }

    #[test]
    fn a_yes_or_a_no_looks_for_nobody() {
        for message in ["yes", "nej", "oui"] {
            assert_eq!(read(message, &["query"]), json!({}), "{message}");
        }
    }

    /// Letters that change their length in lower case, marks of several bytes, and words that the readers know.
    const TEXT: &str =
        "([a-zİßéø€’'.,:;/0-9@+ ]{0,6}|company|city is|my name is|monday|3\\.12\\.|halb 4|at 9|İ|ſ|\\PC{0,4}| ){0,12}";

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(96))]
        #[test]
        fn no_text_makes_a_reader_fail(message in TEXT) {
            reads_without_failing(&message);
        }

        #[test]
        fn no_bytes_make_a_reader_fail(message in ".{0,80}") {
            reads_without_failing(&message);
        }
    }

    fn reads_without_failing(message: &str) {
        const ASKED: &[&str] =
            &["email", "phone", "time_zone", "cus_fname", "cus_lname", "properties", "reach", "query"];
        let asked: Vec<String> = ASKED.iter().map(|name| (*name).to_owned()).collect();
        let mut values = answers(&reading(message), &asked);
        query(&reading(message), &mut values, true);
        for language in Language::ALL {
            let reading = Reading { language, ..reading(message) };
            calendar::day(message, language, reading.now);
            properties(&reading);
        }
        for asked in [true, false] {
            calendar::time(message, asked).map(|said| (said.written(), said.among(&[]).is_some()));
        }
    }
}
