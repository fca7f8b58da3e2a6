//! The hours as a sentence for the customer, in the languages that customers are answered in.

use chrono::{DateTime, Utc};
use domain::day_in_words;
use domain::language::Language;
use domain::time_zone::zone::Zone;

use super::calendar::{Opening, Why};

/// The text for a customer who asks for a person now.
pub fn of(opening: &Opening, now: DateTime<Utc>, language: Language) -> String {
    match opening {
        Opening::Open { until: None } => open(language).to_owned(),
        Opening::Open { until: Some(until) } => open_until(&end(*until, now, language), language),
        Opening::Closed { opens_at, why } => {
            let again =
                opens_at.map_or_else(|| closed(language).to_owned(), |at| again(&moment(at, now, language), language));
            match why {
                Why::Hours => again,
                Why::Holiday(name) => format!("{name}: {again}"),
            }
        }
    }
}

/// The sentence of when people answer again; `None` while they do, or if nobody knows.
pub fn when_again(opening: &Opening, now: DateTime<Utc>, language: Language) -> Option<String> {
    matches!(opening, Opening::Closed { .. }).then(|| of(opening, now, language))
}

fn open(language: Language) -> &'static str {
    match language {
        Language::English => "People answer at any time.",
        Language::Danish => "Der svares når som helst.",
        Language::French => "On vous répond à toute heure.",
        Language::Italian => "Rispondiamo a qualsiasi ora.",
        Language::German => "Es antwortet jederzeit jemand.",
    }
}

fn open_until(moment: &str, language: Language) -> String {
    match language {
        Language::English => format!("People answer now, until {moment}."),
        Language::Danish => format!("Der svares nu, indtil {moment}."),
        Language::French => format!("On vous répond actuellement, jusqu'à {moment}."),
        Language::Italian => format!("Rispondiamo ora, fino a: {moment}."),
        Language::German => format!("Es antwortet jetzt jemand, bis {moment}."),
    }
}

fn again(moment: &str, language: Language) -> String {
    match language {
        Language::English => format!("People answer again {moment}."),
        Language::Danish => format!("Der svares igen {moment}."),
        Language::French => format!("On vous répondra à nouveau {moment}."),
        Language::Italian => format!("Risponderemo di nuovo {moment}."),
        Language::German => format!("Es antwortet wieder jemand {moment}."),
    }
}

fn closed(language: Language) -> &'static str {
    match language {
        Language::English => "Nobody answers at the moment.",
        Language::Danish => "Der er ingen, der svarer i øjeblikket.",
        Language::French => "Personne ne répond pour le moment.",
        Language::Italian => "Al momento non risponde nessuno.",
        Language::German => "Zurzeit antwortet niemand.",
    }
}

/// The days for which a weekday alone says which day is meant.
const WEEK: i64 = 7;

/// An end with its zone: `17:00 (Europe/Berlin)`.
fn end(at: DateTime<Zone>, now: DateTime<Utc>, language: Language) -> String {
    let (time, zone) = (at.format("%H:%M"), at.timezone());
    match days_ahead(at, now) {
        ..=0 => format!("{time} ({zone})"),
        days => format!("{} {time} ({zone})", day(days, at, language)),
    }
}

/// A beginning with its zone: `on Monday at 09:00 (Europe/Berlin)`.
fn moment(at: DateTime<Zone>, now: DateTime<Utc>, language: Language) -> String {
    let (time, zone) = (at.format("%H:%M"), at.timezone());
    let at_time = match language {
        Language::English => format!("at {time}"),
        Language::Danish => format!("kl. {time}"),
        Language::French => format!("à {time}"),
        Language::Italian => format!("alle {time}"),
        Language::German => format!("um {time} Uhr"),
    };
    match days_ahead(at, now) {
        ..=0 => format!("{at_time} ({zone})"),
        1 => format!("{} {at_time} ({zone})", day(1, at, language)),
        days => format!("{}{} {at_time} ({zone})", before_day(language, days < WEEK), day(days, at, language)),
    }
}

fn days_ahead(at: DateTime<Zone>, now: DateTime<Utc>) -> i64 {
    (at.date_naive() - now.with_timezone(&at.timezone()).date_naive()).num_days()
}

/// The word before the name of a day.
fn before_day(language: Language, is_weekday: bool) -> &'static str {
    match (language, is_weekday) {
        (Language::English, _) => "on ",
        (Language::German, _) => "am ",
        (Language::Danish, true) => "på ",
        (Language::Danish, false) | (Language::French | Language::Italian, _) => "",
    }
}

/// A day other than today: tomorrow, its weekday, or the whole date.
fn day(days: i64, at: DateTime<Zone>, language: Language) -> String {
    let date = at.date_naive();
    match (days, language) {
        (1, Language::English) => "tomorrow".to_owned(),
        (1, Language::Danish) => "i morgen".to_owned(),
        (1, Language::French) => "demain".to_owned(),
        (1, Language::Italian) => "domani".to_owned(),
        (1, Language::German) => "morgen".to_owned(),
        (2..WEEK, _) => day_in_words::weekday(date, language).to_owned(),
        _ => day_in_words::day(&date.to_string(), language).unwrap_or_else(|| date.to_string()),
    }
}

#[cfg(test)]
mod tests;
