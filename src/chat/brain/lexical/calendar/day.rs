//! The day in a message. What stands beside the words for it is read too: of `last Monday`, `not Monday` and `Monday or
//! the 3rd` no day is taken, so that the visitor is asked.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::figures::{TIMES_FOLLOW, Word, in_figures, is_date, is_number};
use super::words::{DAY_WORDS, DISTANCES, LAST_WORDS, NUMBERS, words_of};
use super::{day_numbers, negation};
use crate::chat::language::Language;
use domain::time_zone::rules::ZoneRules;
use domain::time_zone::zone::Zone;
use domain::{dates, day_in_words};

/// The most words of a day, as in `the first Tuesday of January after 3 pm`.
const DAY_WORDS_MAX: usize = 8;
/// The most words of a phrase that is put into English.
const PHRASE_WORDS_MAX: usize = 4;
/// The letters up to which the name of a day may be a short form.
const SHORT_FORM_LETTERS: usize = 4;
/// The most words of a message in which a day is looked for.
const WORDS_MAX: usize = 60;
/// The letters from which a word with a dot behind it ends a sentence; shorter ones are often cut, as `Dec.`
const LAST_WORD_LETTERS_MIN: usize = 5;
/// Words for days that say nothing of which.
const VAGUE: &[&str] = &["day", "may"];
/// Words before a day that mean another.
const BEFORE_A_DAY: &[&str] =
    &["before", "after", "until", "till", "by", "following", "second", "third", "fourth", "week"];
/// Words behind a day that mean another, unless a time follows them.
const BEHIND_A_DAY: &[&str] = &["after", "before", "next", "week", "in", "en", "a"];
/// Words between a day and a number that belongs to it.
const LINKS: &[&str] = &[
    "the", "or", "and", "of", "oder", "und", "eller", "og", "ou", "et", "o", "e", "den", "der", "le", "il", "bis",
    "to", "til", "au", "al", "-", "–",
];
/// Words behind a number that is no day of a month.
const UNITS: &[&str] = &[
    "o'clock", "oclock", "am", "pm", "h", "heures", "ore", "uhr", "min", "mins", "minutes", "minute", "minutter",
    "minuti", "minuten", "hour", "hours", "time", "timer", "heure", "ora", "stunde", "stunden", "people", "persons",
];

/// The finding in one sentence.
enum Found {
    Day(String, NaiveDate),
    /// A day is named and not meant, or it is not plain which is meant.
    Doubt,
    Nothing,
}

/// The day in a message, in words that the tools read; `None` also for a message with two days, or with one that is
/// denied, past or not plain.
pub(in crate::chat::brain::lexical) fn day(message: &str, language: Language, now: DateTime<Utc>) -> Option<String> {
    said(message, language, now).map(|(words, _)| words)
}

/// The day in a message as a date, as [`day`] finds it.
pub(in crate::chat::brain::lexical) fn date(
    message: &str,
    language: Language,
    now: DateTime<Utc>,
) -> Option<NaiveDate> {
    said(message, language, now).map(|(_, date)| date)
}

fn said(message: &str, language: Language, now: DateTime<Utc>) -> Option<(String, NaiveDate)> {
    let zone = domain::time_zone::parse("UTC", ZoneRules::embedded()).ok()?;
    let read = Read { language, now, zone };
    let mut day: Option<(String, NaiveDate)> = None;
    for sentence in sentences(message) {
        match read.sentence(&sentence) {
            Found::Doubt => return None,
            Found::Nothing => {}
            Found::Day(words, date) => match &day {
                Some((_, before)) if *before != date => return None,
                Some(_) => {}
                None => day = Some((words, date)),
            },
        }
    }
    day
}

/// True for a message with a word for a day, whether or not it is plain which one.
pub(in crate::chat::brain::lexical) fn mentions_day(message: &str, language: Language) -> bool {
    let names =
        |word: &Word| names_day(std::slice::from_ref(word)) && !VAGUE.contains(&word.text.to_lowercase().as_str());
    sentences(message).iter().any(|sentence| in_english(sentence, language).iter().any(names))
}

/// True for a message that plainly names a day that is over.
pub(in crate::chat::brain::lexical) fn is_past(message: &str, language: Language, now: DateTime<Utc>) -> bool {
    let Ok(zone) = domain::time_zone::parse("UTC", ZoneRules::embedded()) else { return false };
    let read = Read { language, now, zone };
    sentences(message).iter().any(|sentence| read.names_past_day(sentence))
}

/// The words of the sentences of a message.
fn sentences(message: &str) -> Vec<Vec<String>> {
    let mut all = vec![vec![]];
    let spaced =
        message.replace("l'", "l' ").replace("l’", "l' ").replace(',', ", ").replace(';', "; ").replace('\n', " \n ");
    for word in spaced.split([' ', '\t', '\r']).filter(|word| !word.is_empty()).take(WORDS_MAX) {
        let ends = word.ends_with(['!', '?', '\n'])
            || (word.ends_with('.') && word.chars().filter(|c| c.is_alphabetic()).count() >= LAST_WORD_LETTERS_MIN);
        if let Some(sentence) = all.last_mut().filter(|_| word != "\n") {
            sentence.push(word.to_owned());
        }
        if ends {
            all.push(vec![]);
        }
    }
    all
}

struct Read {
    language: Language,
    now: DateTime<Utc>,
    zone: Zone,
}

impl Read {
    fn sentence(&self, said: &[String]) -> Found {
        let words = in_english(said, self.language);
        let lengths = (1..=DAY_WORDS_MAX.min(words.len())).rev();
        let mut all = lengths.flat_map(|length| (0..=words.len() - length).map(move |from| (from, length)));
        let found = all.find_map(|(from, length)| Some((from, length, self.date(&words[from..from + length])?)));
        match found {
            Some((from, length, date)) if self.is_plain(said, &words, (from, from + length), date) => {
                Found::Day(joined(&words[from..from + length]), date)
            }
            Some(_) => Found::Doubt,
            None => Found::Nothing,
        }
    }

    /// True if the longest words that mean one day mean one that is over.
    fn names_past_day(&self, said: &[String]) -> bool {
        let words = in_english(said, self.language);
        let windows = (1..=DAY_WORDS_MAX.min(words.len())).rev().flat_map(|length| words.windows(length));
        let mut days = windows.filter(|window| names_day(window));
        let is_past = |words: &str| match dates::parse_window(words, self.zone, self.now) {
            Ok(_) => Some(false),
            Err(error) => error.is_past().then_some(true),
        };
        // A date that was a few days ago is not plain without its year; in this year it is past.
        let of_this_year = |words: &str| is_past(&format!("{words} {}", self.now.year())).filter(|past| *past);
        days.find_map(|window| is_past(&joined(window)).or_else(|| of_this_year(&joined(window)))).unwrap_or(false)
            || names_last_day(&words)
    }

    fn date(&self, window: &[Word]) -> Option<NaiveDate> {
        let day =
            names_day(window).then(|| dates::parse_window(&joined(window), self.zone, self.now).ok()).flatten()?;
        Some(day.date)
    }

    /// True if nothing beside the words of the day moves or denies it.
    fn is_plain(&self, said: &[String], words: &[Word], (from, to): (usize, usize), date: NaiveDate) -> bool {
        let limits = joined(&words[from..to]).to_lowercase().contains("not before");
        if !limits && negation::denies(&said.join(" ")) {
            return false;
        }
        let text = |at: usize| words.get(at).map(|word| word.text.to_lowercase()).unwrap_or_default();
        let apart = |at: &usize| *at < from || *at >= to;
        let names_another = |at: usize| {
            let word = &words[at..=at];
            let vague = VAGUE.contains(&text(at).as_str());
            // `week` is as short as `sept`, and no other word.
            let is_whole = word[0].counts && text(at).len() >= SHORT_FORM_LETTERS && is_day_word(&text(at));
            !vague && (is_whole || names_day(word) || is_year(&text(at))) && self.date(word) != Some(date)
        };
        let moves = |at: usize| {
            let is_name = text(at) == "last" && text(at + 1) == "name";
            negation::moves_a_day(&text(at), self.language) && !is_name
        };
        if (0..words.len()).filter(apart).any(|at| names_another(at) || moves(at)) {
            return false;
        }
        let before = from.checked_sub(1).map(text).unwrap_or_default();
        let behind = text(to);
        let is_moved = BEFORE_A_DAY.contains(&before.as_str())
            || (BEHIND_A_DAY.contains(&behind.as_str()) && is_measure(&text(to + 1)));
        !is_moved && !number_beside(&text, from, to)
    }
}

/// True for `last Friday` and `vendredi dernier`, and not for `the last Friday of December`.
fn names_last_day(words: &[Word]) -> bool {
    let text = |at: usize| words.get(at).map(|word| word.text.to_lowercase()).unwrap_or_default();
    let is_last = |at: usize| LAST_WORDS.contains(&text(at).as_str());
    let is_day = |at: usize| {
        text(at).len() >= SHORT_FORM_LETTERS && is_day_word(&text(at)) && !VAGUE.contains(&text(at).as_str())
    };
    let further = |at: usize| ["of", "in", "i", "du", "de", "di", "im", "des"].contains(&text(at).as_str());
    (0..words.len()).any(|at| is_day(at) && (at > 0 && is_last(at - 1) || is_last(at + 1)) && !further(at + 1))
}

/// True for what follows a day in `Tuesday after next` and in `Dienstag in acht Tagen`.
fn is_measure(word: &str) -> bool {
    const MEASURES: &[&str] = &[
        "next", "that", "acht", "vierzehn", "zwei", "otte", "fjorten", "to", "huit", "quinze", "otto", "two", "a", "",
    ];
    MEASURES.contains(&word) && !word.is_empty()
}

/// True for a number beside the day that may be a day of a month, as in `Friday the 13th` and `December 2 or 3`.
fn number_beside(text: &impl Fn(usize) -> String, from: usize, to: usize) -> bool {
    let links = |word: &str| LINKS.contains(&word);
    let behind = (to..to + 3).find(|at| !links(&text(*at))).unwrap_or(to);
    let before = (1..=3.min(from)).map(|back| from - back).find(|at| !links(&text(*at)));
    let is_day = |at: usize| {
        let previous = at.checked_sub(1).map(text).unwrap_or_default();
        let linked_by_time = TIMES_FOLLOW.contains(&previous.as_str()) && !(links(&previous) && at > to);
        is_number(&text(at)) && !UNITS.contains(&text(at + 1).as_str()) && !linked_by_time
    };
    is_day(behind) || before.is_some_and(is_day)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse().is_ok_and(|year: u32| (1900..2200).contains(&year))
}

/// The words with those for days in English.
fn in_english(said: &[String], language: Language) -> Vec<Word> {
    let words = in_figures(said, language);
    let table = words_of(language);
    let meaning = |at: usize, count: usize| {
        let phrase = joined(&words[at..at + count]);
        table.iter().find(|(word, _)| *word == phrase).map(|(_, meant)| (count, *meant))
    };
    let mut english = vec![];
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if let Some(distance) = distance(&words[at..]) {
            english.extend(distance.into_iter().map(|text| Word { text, counts: true }));
            at += 3;
            continue;
        }
        if let Some(day) = day_of_month(&words[at..], language) {
            english.push(Word { text: day.to_string(), counts: true });
            at += 1;
            continue;
        }
        let meant = (1..=PHRASE_WORDS_MAX.min(words.len() - at)).rev().find_map(|count| meaning(at, count));
        let (count, text) = meant.unwrap_or((1, word.text.as_str()));
        if !text.is_empty() {
            english.push(Word { text: text.to_owned(), counts: meant.is_some() || word.counts });
        }
        at += count;
    }
    english
}

/// The day before the name of a month, in words.
fn day_of_month(words: &[Word], language: Language) -> Option<usize> {
    let [day, month, ..] = words else { return None };
    day_numbers::of_word(&day.text, language).filter(|_| day_in_words::is_month(&month.text))
}

/// So many days or weeks ahead, as in `om 3 dage` and `in drei Tagen`, in English.
fn distance(words: &[Word]) -> Option<[String; 3]> {
    let [before, number, unit, ..] = words else { return None };
    let units = DISTANCES.iter().filter(|(word, _)| *word == before.text);
    let (_, unit) = units.flat_map(|(_, units)| units.iter()).find(|(word, _)| *word == unit.text)?;
    let written = NUMBERS.iter().find(|(names, _)| names.contains(&number.text.as_str())).map(|(_, figures)| *figures);
    let figures = Some(number.text.as_str()).filter(|text| text.len() <= 2 && text.chars().all(|c| c.is_ascii_digit()));
    Some(["in".to_owned(), written.or(figures)?.to_owned(), (*unit).to_owned()])
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// True for words of which one names a day. A short form alone may be another word, as in `in the sun`.
fn names_day(window: &[Word]) -> bool {
    let names = |word: &Word| {
        let lower = word.text.to_lowercase();
        let short = window.len() == 1 && lower.len() <= SHORT_FORM_LETTERS;
        word.counts && ((!short && is_day_word(&lower)) || is_date(&lower) || lower.contains(' '))
    };
    window.iter().any(names)
}

fn is_day_word(word: &str) -> bool {
    DAY_WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &str, language: Language) -> Option<String> {
        day(message, language, "2026-11-29T12:00:00Z".parse().unwrap()).map(|day| day.to_lowercase())
    }

    #[test]
    fn a_day_that_is_over_is_known_as_one() {
        let now = "2026-11-29T12:00:00Z".parse().unwrap();
        for (message, language, past) in [
            ("2026-11-02", Language::English, true),
            ("on 2026-11-02 please", Language::English, true),
            ("a meeting on November 2nd 2026", Language::English, true),
            ("am 2.11.2026", Language::German, true),
            ("november 3rd", Language::English, true),
            ("march 3rd", Language::English, false),
            ("yesterday", Language::English, true),
            ("hier", Language::French, true),
            ("ieri", Language::Italian, true),
            ("gestern", Language::German, true),
            ("last friday", Language::English, true),
            ("sidste fredag", Language::Danish, true),
            ("letzten Freitag", Language::German, true),
            ("vendredi dernier", Language::French, true),
            ("venerdì scorso", Language::Italian, true),
            ("the last Friday of December", Language::English, false),
            ("my last name is Friday", Language::English, false),
            ("hier am Freitag", Language::German, false),
            ("tomorrow", Language::English, false),
            ("my robot beeps", Language::English, false),
        ] {
            assert_eq!(is_past(message, language, now), past, "{message}");
        }
    }

    #[test]
    fn days_are_found_in_sentences_of_every_language() {
        for (message, language, day) in [
            ("Can I book a meeting for Tuesday?", Language::English, "tuesday"),
            ("I'd like to meet my representative next Tuesday. I'm in New York", Language::English, "next tuesday"),
            ("on December 1st please", Language::English, "on december 1st please"),
            ("2026-12-01", Language::English, "2026-12-01"),
            ("no wait, friday", Language::English, "friday"),
            ("yes but on thursday", Language::English, "on thursday"),
            ("tuesday at 3", Language::English, "tuesday"),
            ("Tuesday, 30 minutes", Language::English, "tuesday"),
            ("my last name is Byron and Tuesday is fine", Language::English, "tuesday"),
            ("kan jeg få et møde på tirsdag?", Language::Danish, "tuesday"),
            ("i morgen", Language::Danish, "tomorrow"),
            ("tirsdag kl 10", Language::Danish, "tuesday"),
            ("le 1 décembre", Language::French, "1 december"),
            ("l'otto dicembre", Language::Italian, "8 december"),
            ("am dritten Dezember", Language::German, "3 december"),
            ("den ottende december", Language::Danish, "8 december"),
            ("le deux décembre", Language::French, "2 december"),
            ("mardi prochain à 10h", Language::French, "tuesday"),
            ("non, mardi", Language::French, "tuesday"),
            ("vorrei giovedì", Language::Italian, "thursday"),
            ("am Donnerstag", Language::German, "thursday"),
            ("morgen", Language::German, "tomorrow"),
            ("Guten Morgen, am Mittwoch um 10 Uhr bitte", Language::German, "wednesday"),
            ("I'm free tomorrow from 10 to 12", Language::English, "tomorrow"),
            ("non, mercredi 2 décembre", Language::French, "2 december"),
            ("in drei Tagen", Language::German, "in 3 days"),
            ("om tre dage", Language::Danish, "in 3 days"),
            ("dans 2 semaines", Language::French, "in 2 weeks"),
            ("tra tre giorni", Language::Italian, "in 3 days"),
            ("mercredi de la semaine prochaine", Language::French, "wednesday next week"),
            ("Mittwoch nächster Woche", Language::German, "wednesday next week"),
            ("onsdag i næste uge", Language::Danish, "wednesday next week"),
            ("mercoledì della prossima settimana", Language::Italian, "wednesday next week"),
        ] {
            let found = read(message, language).unwrap_or_else(|| panic!("{message}: none"));
            assert!(found.contains(day), "{message}: {found}");
        }
        for (message, language) in [
            ("mardi ou plutôt demain", Language::French),
            ("Tuesday or Wednesday", Language::English),
            ("My robot is broken", Language::English),
            ("2", Language::English),
            ("I may come", Language::English),
        ] {
            assert_eq!(read(message, language), None, "{message}");
        }
    }

    #[test]
    fn a_day_that_is_denied_or_past_or_not_plain_is_none() {
        for (message, language) in [
            ("last monday", Language::English),
            ("1 January 2020", Language::English),
            ("2020-01-01", Language::English),
            ("yesterday", Language::English),
            ("broken since Monday", Language::English),
            ("letzten Montag", Language::German),
            ("lundi dernier", Language::French),
            ("lunedì scorso", Language::Italian),
            ("sidste mandag", Language::Danish),
            ("friday the 13th", Language::English),
            ("Freitag, der 13.", Language::German),
            ("not monday", Language::English),
            ("any day but monday", Language::English),
            ("I can't make Monday", Language::English),
            ("Montag passt nicht", Language::German),
            ("pas lundi", Language::French),
            ("non lunedì", Language::Italian),
            ("ikke mandag", Language::Danish),
            ("On Tuesday. No, not Tuesday.", Language::English),
            ("December 2 or 3", Language::English),
            ("2 or 3 December", Language::English),
            ("1 December or 3 December", Language::English),
            ("der Tag vor Dienstag", Language::German),
            ("Tuesday after next", Language::English),
            ("übernächsten Dienstag", Language::German),
            ("mardi en huit", Language::French),
            ("every monday", Language::English),
            ("Montag in einer Woche", Language::German),
            ("mardi dans 15 jours", Language::French),
            ("Guten Morgen, ich brauche Hilfe", Language::German),
            ("next week, maybe tuesday", Language::English),
            ("Tuesday 10", Language::English),
        ] {
            assert_eq!(read(message, language), None, "{message}");
        }
    }

    #[test]
    fn dates_in_figures_are_read_where_their_order_is_plain() {
        for (message, language, day) in [
            ("3.12.", Language::German, Some("3 december")),
            ("am 3.12.2026 um 10 Uhr", Language::German, Some("3 december 2026")),
            ("am 3. 12. bitte", Language::German, Some("3 december")),
            ("d. 3.12.26", Language::Danish, Some("3 december 2026")),
            ("le 3.12", Language::French, Some("3 december")),
            ("il 3.12.2026", Language::Italian, Some("3 december 2026")),
            ("3. Dezember", Language::German, Some("3 december")),
            ("am Dienstag, dem 1. Dezember", Language::German, Some("1 december")),
            ("25/12/2026", Language::English, Some("25/12/2026")),
            ("25.12.", Language::English, Some("25.12.")),
            ("3.12.", Language::English, None),
            ("03/12/2026", Language::English, None),
            ("le 3/12/2026 à 14h30", Language::French, Some("3 december 2026")),
            ("3.12.2020", Language::German, None),
            ("31.2.", Language::German, None),
            ("Mittwoch, 3.12.", Language::German, None),
            ("Wednesday 03/12/2026", Language::English, None),
            ("um 15.30", Language::German, None),
            ("9.10", Language::German, None),
        ] {
            let found = read(message, language);
            match (&found, day) {
                (Some(found), Some(day)) => assert!(found.contains(day), "{message}: {found}"),
                _ => assert_eq!(found.as_deref(), day, "{message}"),
            }
        }
    }
}
