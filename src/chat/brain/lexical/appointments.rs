//! The appointment that is meant, of several that were told: by its day, by a word of its title, or all of them.

use serde_json::{Map, Value, json};

use super::calendar;
use super::readers::Reading;
use super::state::{LexicalChoice, LexicalState, Means, ToldAppointment};
use crate::chat::language::{Language, are_alike, content_words, folded};
use crate::chat::texts;

/// The argument that names an appointment, and its value for all of them.
pub(super) const MEETING: &str = "meeting_id";
const ALL: &str = "all";
#[rustfmt::skip]
/// Words that mean all of them, in every language of the fixed texts.
const ALL_WORDS: &[&str] = &[
    "all", "both", "every", "alle", "begge", "dem alle", "tous", "toutes", "les deux", "tutti", "tutte", "entrambi", "entrambe", "tutti e due", "tutte e due", "beide", "beiden", "sämtliche",
];

/// The appointments as choices, and all of them where there are several.
pub(super) fn choices(state: &LexicalState, language: Language) -> Vec<LexicalChoice> {
    let choice = |label: &str, id: &str| LexicalChoice {
        label: label.to_owned(),
        means: Means::Values(Map::from_iter([(MEETING.to_owned(), json!(id))])),
    };
    let each = state.appointments.iter().map(|told| choice(&told.label, &told.id));
    let all = (state.appointments.len() > 1).then(|| choice(texts::ALL_OF_THEM.in_language(language), ALL));
    each.chain(all).collect()
}

/// The appointment that a message means.
pub(super) fn meant(told: &[ToldAppointment], reading: &Reading<'_>) -> Option<Value> {
    if calendar::denies(reading.message) {
        return None;
    }
    let words = format!(" {} ", folded(reading.message));
    if told.len() > 1 && ALL_WORDS.iter().any(|phrase| words.contains(&format!(" {phrase} "))) {
        return Some(ALL.into());
    }
    let day = calendar::date(reading.message, reading.language, reading.now).map(|day| day.to_string());
    let on_day = |one: &&ToldAppointment| day.as_ref() == Some(&one.day);
    let said = content_words(reading.message);
    let titled = |one: &&ToldAppointment| {
        content_words(&one.title).iter().any(|word| said.iter().any(|other| are_alike(word, other)))
    };
    let found = only(told.iter().filter(on_day)).or_else(|| only(told.iter().filter(titled)).filter(|_| day.is_none()));
    found.map(|one| one.id.as_str().into())
}

fn only<'a>(mut all: impl Iterator<Item = &'a ToldAppointment>) -> Option<&'a ToldAppointment> {
    all.next().filter(|_| all.next().is_none())
}

#[test]
fn an_appointment_is_known_by_its_day_or_its_title() {
    let one = |id: &str, day: &str, title: &str| ToldAppointment {
        id: id.into(),
        day: day.into(),
        title: title.into(),
        label: String::new(),
    };
    let told = [one("1", "2026-12-03", "ADAM demo"), one("2", "2026-12-08", "Service review")];
    for (message, language, expected) in [
        ("the one on December 8", Language::English, Some("2")),
        ("quella dell'otto dicembre", Language::Italian, Some("2")),
        ("am Donnerstag, dem 3. Dezember", Language::German, Some("1")),
        ("the demo", Language::English, Some("1")),
        ("both of them", Language::English, Some("all")),
        ("riguarda tutte e due", Language::Italian, Some("all")),
        ("not the demo", Language::English, None),
        ("the one on December 9", Language::English, None),
        ("hm", Language::English, None),
    ] {
        let reading = Reading { message, language, now: "2026-11-29T12:00:00Z".parse().unwrap() };
        assert_eq!(meant(&told, &reading), expected.map(Value::from), "{message}");
    }
}
