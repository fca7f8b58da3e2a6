//! Days, times and lengths in a message. Days are read in English by the grammar of dates; the words of other languages
//! for weekdays, months and near days are put into English first. Everything else is offered as numbered choices.

use chrono::{DateTime, Utc};

use crate::chat::language::{Language, folded};
use domain::dates;
use domain::time_zone::rules::ZoneRules;
use domain::time_zone::zone::Zone;

/// The most words of a day, as in `the first Tuesday of January after 3 pm`.
const DAY_WORDS_MAX: usize = 8;
/// The letters up to which the name of a day may be a short form.
const SHORT_FORM_LETTERS: usize = 4;
/// The most words of a message in which a day is looked for.
const WORDS_MAX: usize = 60;

/// A word, or two, and their English.
type English = (&'static str, &'static str);

const DANISH: &[English] = &[
    ("i dag", "today"),
    ("i morgen", "tomorrow"),
    ("i overmorgen", "day after tomorrow"),
    ("mandag", "Monday"),
    ("tirsdag", "Tuesday"),
    ("onsdag", "Wednesday"),
    ("torsdag", "Thursday"),
    ("fredag", "Friday"),
    ("lørdag", "Saturday"),
    ("søndag", "Sunday"),
    ("januar", "January"),
    ("februar", "February"),
    ("marts", "March"),
    ("april", "April"),
    ("maj", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("august", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("november", "November"),
    ("december", "December"),
    ("næste uge", "next week"),
    ("næste", "next"),
    ("formiddag", "morning"),
    ("eftermiddag", "afternoon"),
    ("om formiddagen", "morning"),
    ("om eftermiddagen", "afternoon"),
    ("den", ""),
    ("på", ""),
    ("d", ""),
    ("efter", "after"),
    ("før", "before"),
    ("kl", ""),
];
const FRENCH: &[English] = &[
    ("aujourd'hui", "today"),
    ("demain", "tomorrow"),
    ("après-demain", "day after tomorrow"),
    ("lundi", "Monday"),
    ("mardi", "Tuesday"),
    ("mercredi", "Wednesday"),
    ("jeudi", "Thursday"),
    ("vendredi", "Friday"),
    ("samedi", "Saturday"),
    ("dimanche", "Sunday"),
    ("janvier", "January"),
    ("février", "February"),
    ("mars", "March"),
    ("avril", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juillet", "July"),
    ("août", "August"),
    ("septembre", "September"),
    ("octobre", "October"),
    ("novembre", "November"),
    ("décembre", "December"),
    ("la semaine prochaine", "next week"),
    ("matin", "morning"),
    ("après-midi", "afternoon"),
    ("le", ""),
    ("au", ""),
    ("1er", "1"),
    ("après", "after"),
    ("avant", "before"),
];
const ITALIAN: &[English] = &[
    ("oggi", "today"),
    ("domani", "tomorrow"),
    ("dopodomani", "day after tomorrow"),
    ("lunedì", "Monday"),
    ("martedì", "Tuesday"),
    ("mercoledì", "Wednesday"),
    ("giovedì", "Thursday"),
    ("venerdì", "Friday"),
    ("sabato", "Saturday"),
    ("domenica", "Sunday"),
    ("lunedi", "Monday"),
    ("martedi", "Tuesday"),
    ("mercoledi", "Wednesday"),
    ("giovedi", "Thursday"),
    ("venerdi", "Friday"),
    ("gennaio", "January"),
    ("febbraio", "February"),
    ("marzo", "March"),
    ("aprile", "April"),
    ("maggio", "May"),
    ("giugno", "June"),
    ("luglio", "July"),
    ("agosto", "August"),
    ("settembre", "September"),
    ("ottobre", "October"),
    ("novembre", "November"),
    ("dicembre", "December"),
    ("la prossima settimana", "next week"),
    ("mattina", "morning"),
    ("pomeriggio", "afternoon"),
    ("il", ""),
    ("prossimo", ""),
    ("dopo le", "after"),
    ("prima delle", "before"),
];
const GERMAN: &[English] = &[
    ("heute", "today"),
    ("morgen", "tomorrow"),
    ("übermorgen", "day after tomorrow"),
    ("montag", "Monday"),
    ("dienstag", "Tuesday"),
    ("mittwoch", "Wednesday"),
    ("donnerstag", "Thursday"),
    ("freitag", "Friday"),
    ("samstag", "Saturday"),
    ("sonntag", "Sunday"),
    ("januar", "January"),
    ("februar", "February"),
    ("märz", "March"),
    ("april", "April"),
    ("mai", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("august", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("november", "November"),
    ("dezember", "December"),
    ("nächste woche", "next week"),
    ("nächsten", "next"),
    ("nächster", "next"),
    ("nächste", "next"),
    ("vormittag", "morning"),
    ("vormittags", "morning"),
    ("nachmittag", "afternoon"),
    ("nachmittags", "afternoon"),
    ("am", ""),
    ("den", ""),
    ("der", ""),
    ("nach", "after"),
    ("vor", "before"),
    ("uhr", ""),
];
/// English words of which one stands in every day that is read, beside dates in figures.
const DAY_WORDS: &[&str] = &[
    "today",
    "tomorrow",
    "tonight",
    "day",
    "days",
    "week",
    "weeks",
    "weekend",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "fortnight",
    "month",
];
/// Words before a number that make it a time of day.
const TIME_MARKS: &[&str] = &["at", "kl", "kl.", "à", "a", "alle", "um", "around", "klokken", "vers", "gegen", "@"];

fn words_of(language: Language) -> &'static [English] {
    match language {
        Language::English => &[],
        Language::Danish => DANISH,
        Language::French => FRENCH,
        Language::Italian => ITALIAN,
        Language::German => GERMAN,
    }
}

/// A word of a message, in English where it is one for a day.
#[derive(Clone, Debug)]
struct Word {
    text: String,
    /// It may name a day: an English word is none in another language, as in `mon conseiller`.
    counts: bool,
}

/// The message with the words for days in English.
fn in_english(message: &str, language: Language) -> Vec<Word> {
    let words: Vec<String> = folded_with_dots(message);
    let table = words_of(language);
    let mut english = vec![];
    let mut at = 0;
    while at < words.len() {
        let meant = (1..=3).rev().filter(|count| at + count <= words.len()).find_map(|count| {
            let phrase = words[at..at + count].join(" ");
            table.iter().find(|(word, _)| *word == phrase).map(|(_, meant)| (count, *meant))
        });
        let counts = meant.is_some() || language == Language::English || is_in_figures(&words[at]);
        let (count, meant) = meant.unwrap_or((1, words[at].as_str()));
        if !meant.is_empty() {
            english.push(Word { text: meant.to_owned(), counts });
        }
        at += count;
    }
    english
}

/// The words in lower case without the punctuation around them; `1.` and `1st` keep their number.
fn folded_with_dots(message: &str) -> Vec<String> {
    let spaced = message.replace([',', ';'], " ");
    let bare = |word: &str| folded(word);
    spaced.split_whitespace().map(bare).filter(|word| !word.is_empty()).take(WORDS_MAX).collect()
}

/// The day in a message, in words that the tools read; `None` also for a message with two days.
pub(super) fn day(message: &str, language: Language, now: DateTime<Utc>) -> Option<String> {
    let words = in_english(message, language);
    let zone = utc()?;
    let read = |from: usize, length: usize| {
        let window = &words[from..from + length];
        let day = names_day(window).then(|| dates::parse_window(&joined(window), zone, now).ok()).flatten()?;
        Some((from, length, day.date))
    };
    let lengths = (1..=DAY_WORDS_MAX.min(words.len())).rev();
    let mut all = lengths.flat_map(|length| (0..=words.len() - length).map(move |from| (from, length)));
    let (from, length, date) = all.find_map(|(from, length)| read(from, length))?;
    // What is left of the longest window may name another day.
    let apart = |at: usize| at < from || at >= from + length;
    let other = (0..words.len()).filter(|at| apart(*at)).filter_map(|at| read(at, 1)).any(|(.., other)| other != date);
    (!other).then(|| joined(&words[from..from + length]))
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// True for words of which one names a day. A short form alone may be another word, as in `in the sun`.
fn names_day(window: &[Word]) -> bool {
    let names = |word: &Word| {
        let lower = word.text.to_lowercase();
        let short = window.len() == 1 && lower.len() <= SHORT_FORM_LETTERS;
        word.counts && ((!short && DAY_WORDS.contains(&lower.as_str())) || is_in_figures(&lower) || lower.contains(' '))
    };
    window.iter().any(names)
}

/// True for a date in figures, such as `2026-12-01` or `1.12.`.
fn is_in_figures(word: &str) -> bool {
    let separators = word.chars().filter(|c| "-/.".contains(*c)).count();
    separators > 0
        && word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || "-/.".contains(c))
}

fn utc() -> Option<Zone> {
    domain::time_zone::parse("UTC", ZoneRules::embedded()).ok()
}

/// A time of day as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    hour: u32,
    minute: u32,
    /// It is the 24-hour clock, or am or pm was said.
    exact: bool,
}

/// The time of day in a message. A bare number is one only if a time was asked for.
pub(super) fn time(message: &str, asked: bool) -> Option<Said> {
    let lower = message.to_lowercase().replace("a.m.", "am").replace("p.m.", "pm");
    let words: Vec<&str> =
        lower.split_whitespace().map(|word| word.trim_matches([',', ';', '!', '?', '.', '('])).collect();
    let noon = words.iter().any(|word| ["noon", "midday", "middag", "midi", "mezzogiorno", "mittag"].contains(word));
    let at = |at: usize| -> Option<Said> {
        let (figures, suffix) = split(words[at]);
        let (hour, minute) = clock(figures)?;
        let half = |text: &str| ["am", "pm"].contains(&text).then(|| text == "pm");
        let suffix = if suffix.is_empty() { words.get(at + 1).copied().unwrap_or_default() } else { suffix };
        let marked = at > 0 && TIME_MARKS.contains(&words[at - 1]);
        let unit = ["h", "uhr", "heures", "o'clock", "oclock", "ore"].contains(&suffix);
        let is_time = minute.is_some() || half(suffix).is_some() || unit || marked || (asked && words.len() <= 6);
        let hour = match half(suffix) {
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            _ => hour,
        };
        let exact = half(suffix).is_some() || hour > 12 || (unit && suffix != "o'clock") || figures.starts_with('0');
        (is_time && hour < 24).then_some(Said { hour, minute: minute.unwrap_or(0), exact })
    };
    (0..words.len()).find_map(at).or(noon.then_some(Said { hour: 12, minute: 0, exact: true }))
}

/// The figures of a word and what follows them, as in `13:00`, `1pm`, `13h30`.
fn split(word: &str) -> (&str, &str) {
    let end = word.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.' && c != 'h').unwrap_or(word.len());
    let (figures, suffix) = word.split_at(end);
    match figures.strip_suffix('h') {
        Some(hours) if !hours.is_empty() => (hours, "h"),
        _ => (figures, suffix),
    }
}

/// Hours and minutes of `13`, `13:00`, `13.00` and `13h30`.
fn clock(figures: &str) -> Option<(u32, Option<u32>)> {
    let (hour, minute) = match figures.split_once([':', '.', 'h']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, Some(minute.parse().ok().filter(|minute| *minute < 60)?)),
        Some(_) => return None,
        None => (figures, None),
    };
    if hour.is_empty() || hour.len() > 2 {
        return None;
    }
    hour.parse().ok().filter(|hour| *hour < 24).map(|hour| (hour, minute))
}

impl Said {
    /// The start that is meant among those shown, as local times like `2026-12-01T13:00`.
    pub(super) fn among<'a>(self, starts: &'a [String]) -> Option<&'a str> {
        let at = |hour: u32| {
            let wanted = format!("T{hour:02}:{:02}", self.minute);
            let mut fitting = starts.iter().filter(move |start| start.ends_with(&wanted));
            let first = fitting.next()?;
            // On several days the hour alone says too little.
            fitting.next().is_none().then_some(first.as_str())
        };
        at(self.hour).or_else(|| if self.exact { None } else { at(self.hour + 12) })
    }

    /// The time as the tools read it. A small hour without am or pm is in the afternoon, when desks are open; what is
    /// booked is told and agreed to first.
    pub(super) fn written(self) -> String {
        let hour = if !self.exact && self.hour < 8 { self.hour + 12 } else { self.hour };
        format!("{hour:02}:{:02}", self.minute)
    }
}

/// The length of a meeting in minutes.
pub(super) fn duration(message: &str) -> Option<u32> {
    let text = format!(" {} ", folded(message));
    const LENGTHS: &[(&str, u32)] = &[
        ("hour and a half", 90),
        ("halvanden time", 90),
        ("anderthalb stunden", 90),
        ("half an hour", 30),
        ("half hour", 30),
        ("a half hour", 30),
        ("halv time", 30),
        ("demi-heure", 30),
        ("demi heure", 30),
        ("mezz'ora", 30),
        ("mezzora", 30),
        ("halbe stunde", 30),
        ("halben stunde", 30),
        ("quarter of an hour", 15),
        ("kvarter", 15),
        ("quart d'heure", 15),
        ("quarto d'ora", 15),
        ("viertelstunde", 15),
        ("three quarters of an hour", 45),
        ("an hour", 60),
        ("one hour", 60),
        ("1 hour", 60),
        ("full hour", 60),
        ("en time", 60),
        ("1 time", 60),
        ("une heure", 60),
        ("un'ora", 60),
        ("eine stunde", 60),
        ("two hours", 120),
        ("2 hours", 120),
    ];
    const MINUTES: &[&str] = &["min", "mins", "minute", "minutes", "minutter", "minuti", "minuten", "m"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let counted = words.windows(2).find_map(|pair| {
        let minutes = pair[0].parse().ok().filter(|minutes| (5..=480).contains(minutes))?;
        MINUTES.contains(&pair[1]).then_some(minutes)
    });
    let joined = || {
        words.iter().find_map(|word| {
            let end = word.find(|c: char| !c.is_ascii_digit())?;
            MINUTES.contains(&word[end..].trim_start_matches('-')).then(|| word[..end].parse().ok()).flatten()
        })
    };
    let named =
        || LENGTHS.iter().find(|(phrase, _)| text.contains(&format!(" {phrase} "))).map(|(_, minutes)| *minutes);
    counted.or_else(joined).or_else(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-29T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn days_are_found_in_sentences_of_every_language() {
        for (message, language, day) in [
            ("Can I book a meeting for Tuesday?", Language::English, Some("tuesday")),
            (
                "I'd like to meet my representative next Tuesday. I'm in New York",
                Language::English,
                Some("next tuesday"),
            ),
            ("on December 1st please", Language::English, Some("on december 1st please")),
            ("2026-12-01", Language::English, Some("2026-12-01")),
            ("kan jeg få et møde på tirsdag?", Language::Danish, Some("Tuesday")),
            ("i morgen", Language::Danish, Some("tomorrow")),
            ("mardi ou plutôt demain", Language::French, None),
            ("Tuesday or Wednesday", Language::English, None),
            ("le 1 décembre", Language::French, Some("1 December")),
            ("vorrei giovedì", Language::Italian, Some("Thursday")),
            ("am Donnerstag", Language::German, Some("Thursday")),
            ("morgen", Language::German, Some("tomorrow")),
            ("My robot is broken", Language::English, None),
            ("2", Language::English, None),
            ("I may come", Language::English, None),
        ] {
            let found = super::day(message, language, now());
            assert_eq!(found.as_deref().map(str::to_lowercase), day.map(str::to_lowercase), "{message}");
        }
    }

    #[test]
    fn a_time_means_one_of_those_shown() {
        let starts = ["2026-12-01T09:00", "2026-12-01T13:00", "2026-12-01T13:30"].map(str::to_owned);
        for (message, start) in [
            ("13:00", Some("2026-12-01T13:00")),
            ("1 pm please", Some("2026-12-01T13:00")),
            ("1:30pm", Some("2026-12-01T13:30")),
            ("at 1", Some("2026-12-01T13:00")),
            ("9", Some("2026-12-01T09:00")),
            ("kl. 13", Some("2026-12-01T13:00")),
            ("13h30", Some("2026-12-01T13:30")),
            ("um 13 Uhr", Some("2026-12-01T13:00")),
            ("9 pm", None),
            ("11 is good, an hour please", None),
        ] {
            assert_eq!(time(message, true).and_then(|said| said.among(&starts)), start, "{message}");
        }
        assert_eq!(time("I have 2 robots", false), None);
        assert_eq!(time("at 3", false).map(Said::written).as_deref(), Some("15:00"));
        assert_eq!(time("at 3 am", false).map(Said::written).as_deref(), Some("03:00"));
    }

    #[test]
    fn lengths_are_read_in_words_and_minutes() {
        for (message, minutes) in [
            ("Half an hour next Tuesday", Some(30)),
            ("an hour please", Some(60)),
            ("30 minutes", Some(30)),
            ("45min", Some(45)),
            ("en halv time", Some(30)),
            ("une demi-heure", Some(30)),
            ("un'ora", Some(60)),
            ("eine Stunde", Some(60)),
            ("next Tuesday", None),
            ("13:30", None),
        ] {
            assert_eq!(duration(message), minutes, "{message}");
        }
    }
}
