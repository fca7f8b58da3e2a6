//! Days and moments in the customer's language, and the names of days and months in all of them.

use chrono::{Datelike, NaiveDate};

use crate::language::Language;

/// The names of days and months, and the order of a date.
struct Names {
    weekdays: [&'static str; 7],
    months: [&'static str; 12],
}

const ENGLISH: Names = Names {
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
};
const DANISH: Names = Names {
    weekdays: ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"],
    months: [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ],
};
const FRENCH: Names = Names {
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
};
const ITALIAN: Names = Names {
    weekdays: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
};
const GERMAN: Names = Names {
    weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
};

impl Names {
    const fn of(language: Language) -> &'static Names {
        match language {
            Language::English => &ENGLISH,
            Language::Danish => &DANISH,
            Language::French => &FRENCH,
            Language::Italian => &ITALIAN,
            Language::German => &GERMAN,
        }
    }
}

/// True for a word in lower case that names a weekday in one of the languages.
pub fn is_weekday(word: &str) -> bool {
    Language::ALL.into_iter().any(|language| Names::of(language).weekdays.iter().any(|name| is_lower(name, word)))
}

/// True for a word in lower case that names a month in one of the languages.
pub fn is_month(word: &str) -> bool {
    Language::ALL.into_iter().any(|language| Names::of(language).months.iter().any(|name| is_lower(name, word)))
}

fn is_lower(name: &str, word: &str) -> bool {
    name.chars().flat_map(char::to_lowercase).eq(word.chars())
}

/// The weekday of a day.
pub fn weekday(date: NaiveDate, language: Language) -> &'static str {
    Names::of(language).weekdays[date.weekday().num_days_from_monday() as usize]
}

/// The name of a month from 1 to 12.
pub(crate) fn month(number: u32, language: Language) -> &'static str {
    Names::of(language).months[(number.clamp(1, 12) - 1) as usize]
}

/// A day of the form `2026-12-01` with its weekday; `None` for another text.
pub fn day(date: &str, language: Language) -> Option<String> {
    let date: NaiveDate = date.parse().ok()?;
    let weekday = weekday(date, language);
    let month = month(date.month(), language);
    Some(match language {
        Language::German => format!("{weekday}, {}. {month} {}", date.day(), date.year()),
        Language::Danish => format!("{weekday} den {}. {month} {}", date.day(), date.year()),
        Language::English | Language::French | Language::Italian => {
            format!("{weekday} {} {month} {}", date.day(), date.year())
        }
    })
}

/// A local moment that begins like `2026-12-01T13:00`, as a day and a time.
pub fn moment(start: &str, language: Language) -> Option<String> {
    Some(format!("{}, {}", day(start.get(..10)?, language)?, start.get(11..16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_have_names_in_every_language() {
        let shown = Language::ALL.map(|language| day("2026-12-01", language).unwrap());
        let expected = [
            "Tuesday 1 December 2026",
            "tirsdag den 1. december 2026",
            "mardi 1 décembre 2026",
            "martedì 1 dicembre 2026",
            "Dienstag, 1. Dezember 2026",
        ];
        assert_eq!(shown, expected);
        assert_eq!(
            moment("2026-12-01T13:00:00-05:00", Language::English).as_deref(),
            Some("Tuesday 1 December 2026, 13:00")
        );
        assert!(["monday", "lørdag", "lunedì", "montag"].into_iter().all(is_weekday) && !is_weekday("month"));
        assert!(["march", "maj", "août", "märz"].into_iter().all(is_month) && !is_month("montag"));
        assert_eq!((day("soon", Language::English), moment("2026-12-01", Language::English)), (None, None));
    }
}
