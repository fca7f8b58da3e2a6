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
#[rustfmt::skip]
/// Phrases in which such a word means the rest, or nothing more.
const NOT_ALL: &[&str] = &[
    "that's all", "that is all", "that will be all", "all the others", "all the other", "all others", "all the rest", "every other", "det er alt", "alle de andre", "alle andre", "c'est tout",
    "tous les autres", "toutes les autres", "è tutto", "tutti gli altri", "tutte le altre", "das ist alles", "das wäre alles", "alle anderen", "alle andern", "alle übrigen",
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
    let day = calendar::date(reading.message, reading.language, reading.now).map(|day| day.to_string());
    let time = calendar::time(reading.message, false).map(|time| time.written());
    let on_day = |one: &&ToldAppointment| day.as_ref().is_none_or(|day| *day == one.day);
    let at_time = |one: &&ToldAppointment| time.as_ref().is_none_or(|time| one.label.contains(time));
    let names_moment = day.is_some() || time.is_some();
    let at_moment = || only(told.iter().filter(on_day).filter(at_time)).filter(|_| names_moment);
    let said = content_words(reading.message);
    let titled = |one: &&ToldAppointment| {
        content_words(&one.title).iter().any(|word| said.iter().any(|other| are_alike(word, other)))
    };
    let by_title = || only(told.iter().filter(titled)).filter(|_| !names_moment);
    if let Some(one) = at_moment().or_else(by_title) {
        return Some(one.id.as_str().into());
    }
    (told.len() > 1 && !names_moment && means_all(reading.message)).then(|| ALL.into())
}

fn means_all(message: &str) -> bool {
    let words = format!(" {} ", folded(message));
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(&format!(" {phrase} ")));
    has(ALL_WORDS) && !has(NOT_ALL)
}

fn only<'a>(mut all: impl Iterator<Item = &'a ToldAppointment>) -> Option<&'a ToldAppointment> {
    all.next().filter(|_| all.next().is_none())
}

#[test]
fn an_appointment_is_known_by_its_day_or_its_title() {
    let one = |id: &str, day: &str, time: &str, title: &str| ToldAppointment {
        id: id.into(),
        day: day.into(),
        title: title.into(),
        label: format!("{day}, {time}, {title}"),
    };
    let told = [one("1", "2026-12-03", "11:00", "ADAM demo"), one("2", "2026-12-08", "13:00", "Service review")];
    for (message, language, expected) in [
        ("the one on December 8", Language::English, Some("2")),
        ("quella dell'otto dicembre", Language::Italian, Some("2")),
        ("am Donnerstag, dem 3. Dezember", Language::German, Some("1")),
        ("the demo", Language::English, Some("1")),
        ("both of them", Language::English, Some("all")),
        ("riguarda tutte e due", Language::Italian, Some("all")),
        ("the one on December 8, that's all", Language::English, Some("2")),
        ("only the one tomorrow, I will come to all the others", Language::English, None),
        ("only the demo, I will come to all the others", Language::English, Some("1")),
        ("den um 11 Uhr, alle anderen bleiben", Language::German, Some("1")),
        ("that's all", Language::English, None),
        ("all of them", Language::English, Some("all")),
        ("not the demo", Language::English, None),
        ("the one on December 9", Language::English, None),
        ("hm", Language::English, None),
    ] {
        let reading = Reading { message, language, now: "2026-11-29T12:00:00Z".parse().unwrap() };
        assert_eq!(meant(&told, &reading), expected.map(Value::from), "{message}");
    }
}
