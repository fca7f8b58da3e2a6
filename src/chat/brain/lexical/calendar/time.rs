//! The time of day in a message. Of two times, of one that is denied and of `after 3` none is taken, so that the visitor
//! is asked; numbers of other things are no times.

use serde::{Deserialize, Serialize};

use super::hours::HOURS;
use super::words::{DAY_WORDS, words_of};
use super::{negation, parts};
use crate::chat::language::Language;

/// The most words of a message in which a time is looked for.
const WORDS_MAX: usize = 60;
/// The most words of a text in which all times are looked for.
const TEXT_WORDS_MAX: usize = 1_000;
/// The words behind a number among which `time` makes it one, as in `at 9 Chicago time`.
const ZONE_WORDS_MAX: usize = 4;
/// Words before a number that make it a time of day.
const MARKS: &[&str] = &["at", "kl", "kl.", "à", "a", "alle", "um", "around", "klokken", "vers", "gegen", "@", "ore"];
/// Words behind a number that make it a time of day on the 24-hour clock.
const UNITS: &[&str] = &["h", "uhr", "heures", "heure", "ore"];
const OCLOCK: &[&str] = &["o'clock", "oclock"];
const NOON: &[&str] = &["noon", "midday", "middag", "midi", "mezzogiorno", "mittag", "mittags"];
/// Words before an hour that is written out.
const HOUR_MARKS: &[&str] = &["at", "kl", "kl.", "klokken", "alle", "um", "gegen", "around", "vers", "halb", "halv"];
/// Words before a number or a noon that make it a limit.
const LIMITS: &[&str] = &[
    "after",
    "before",
    "until",
    "till",
    "by",
    "from",
    "since",
    "between",
    "efter",
    "før",
    "inden",
    "mellem",
    "après",
    "avant",
    "jusqu'à",
    "entre",
    "dopo",
    "prima",
    "fino",
    "tra",
    "fra",
    "dalle",
    "delle",
    "nach",
    "vor",
    "bis",
    "ab",
    "zwischen",
    "than",
    "past",
    "viertel",
    "dreiviertel",
    "kvart",
    "kvarter",
    "quarter",
];
/// Words beside a number that move it by a part of an hour.
const PARTS: &[&str] = &[
    "half",
    "quarter",
    "viertel",
    "dreiviertel",
    "kvart",
    "kvarter",
    "quart",
    "demie",
    "demi",
    "mezza",
    "mezzo",
    "quarto",
];
/// Words for half an hour before the hour that they stand before: `halb vier` is 3:30.
const HALF_TO: &[&str] = &["halb", "halv"];
/// Words between two times.
const ALTERNATIVES: &[&str] = &[
    "or", "oder", "eller", "ou", "o", "and", "und", "og", "et", "e", "to", "bis", "til", "-", "–", "instead", "statt",
];
/// Words behind which a length is that of the meeting and no time.
const LENGTH_UNITS: &[&str] = &[
    "min", "mins", "minute", "minutes", "minutter", "minuti", "minuten", "hour", "hours", "timer", "stunden", "stunde",
    "ora", "day", "days", "week", "weeks", "tage", "tagen", "dage", "jours", "giorni",
];
/// Words of answers beside which a bare number is the time that was asked for.
const COURTESY: &[&str] = &[
    "please", "ok", "okay", "yes", "yeah", "no", "then", "fine", "works", "is", "good", "great", "perfect", "it",
    "make", "that's", "that", "the", "better", "best", "sharp", "exactly", "for", "me", "let's", "say", "take", "i",
    "i'll", "i'd", "like", "prefer", "would", "want", "be", "go", "with", "book", "thanks", "thank", "you", "start",
    "starting", "time", "ja", "jo", "tak", "gerne", "så", "passer", "er", "fint", "godt", "bedre", "nej", "den", "det",
    "hellere", "os", "sige", "vil", "jeg", "oui", "merci", "parfait", "plutôt", "va", "bien", "alors", "s'il", "vous",
    "te", "plaît", "plait", "c'est", "disons", "svp", "sì", "si", "grazie", "bene", "allora", "meglio", "perfetto",
    "facciamo", "per", "favore", "le", "bitte", "dann", "gut", "passt", "lieber", "besser", "ist", "nein", "danke",
    "wäre", "besten", "nehmen", "wir", "gern", "ich", "von", "kl", "o'clock", "one", "slot",
];
/// More words that may stand behind a time.
const BEHIND: &[&str] = &[
    "on",
    "in",
    "if",
    "next",
    "this",
    "but",
    "morning",
    "afternoon",
    "evening",
    "local",
    "formiddag",
    "eftermiddag",
    "om",
    "på",
    "du",
    "dans",
    "di",
    "della",
    "am",
    "im",
    "passend",
    "ville",
    "aber",
    "mais",
    "ma",
    "men",
    "because",
    "my",
    "our",
    "works",
    "suits",
    "possible",
    "free",
    "available",
    "h",
    "uhr",
];

/// A time of day as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::chat) struct SaidTime {
    hour: u32,
    minute: u32,
    /// It is the 24-hour clock, or am or pm was said.
    exact: bool,
}

/// A time at a word of a message.
#[derive(Clone, Copy, Debug)]
struct At {
    word: usize,
    said: SaidTime,
    /// It is said to be a time; else it is a bare number.
    marked: bool,
}

/// The time of day in a message. A bare number is one only if a time was asked for and nothing else is said.
pub(in crate::chat::brain::lexical) fn time(message: &str, asked: bool) -> Option<SaidTime> {
    let lower = plain(message);
    let words: Vec<&str> = lower.split_whitespace().take(WORDS_MAX).collect();
    let all: Vec<At> = (0..words.len()).filter_map(|at| read(&words, at)).collect();
    let marked: Vec<At> = all.iter().filter(|at| at.marked).copied().collect();
    let found = match marked[..] {
        [] if asked && is_all_that_is_said(&words, &all) => *all.first()?,
        [one] => one,
        // A time may be said twice, as in `13:00, so at 1 pm`.
        [one, ref others @ ..] if others.iter().all(|other| other.said == one.said) => one,
        _ => return None,
    };
    (is_meant(&words, found) && !negation::denies(message)).then_some(found.said)
}

/// Every time of day in a text that is plainly one, such as a reply with several of them.
pub(in crate::chat) fn times(text: &str) -> Vec<SaidTime> {
    let lower = plain(text);
    let words: Vec<&str> = lower.split_whitespace().take(TEXT_WORDS_MAX).collect();
    (0..words.len()).filter_map(|at| read(&words, at)).filter(|at| at.marked).map(|at| at.said).collect()
}

/// The message in lower case without punctuation around its words and without the lengths of meetings.
fn plain(message: &str) -> String {
    const LENGTHS: &[&str] = &[
        "half an hour",
        "a half hour",
        "half hour",
        "halv time",
        "demi-heure",
        "demi heure",
        "mezz'ora",
        "mezzora",
        "halbe stunde",
        "halben stunde",
        "three quarters of an hour",
        "quarter of an hour",
        "quart d'heure",
        "quarto d'ora",
        "hour and a half",
        "halvanden time",
        "et kvarter",
        "1 time",
        "en time",
        "1 hour",
        "an hour",
        "one hour",
    ];
    let lower = message.to_lowercase().replace(['’', '`', '´'], "'").replace("a.m.", "am").replace("p.m.", "pm");
    let words: Vec<&str> = lower.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect();
    let words = parts::in_figures(&words);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = in_figures(&words);
    let spaced = format!(" {} ", words.join(" "));
    LENGTHS.iter().fold(spaced, |text, length| text.replace(&format!(" {length} "), " "))
}

/// The words with an hour that is written out in figures, behind a word that makes it one: `at four`.
fn in_figures<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let hour = |word: &str| HOURS.iter().find(|(names, _)| names.contains(&word)).map(|(_, figures)| *figures);
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let is_hour = |at: usize| {
        at.checked_sub(1).is_some_and(|before| HOUR_MARKS.contains(&word(before)))
            || UNITS.contains(&word(at + 1))
            || OCLOCK.contains(&word(at + 1))
    };
    let figures = |(at, word): (usize, &&'a str)| hour(word).filter(|_| is_hour(at)).unwrap_or(word);
    words.iter().enumerate().map(figures).collect()
}

fn bare(word: &str) -> &str {
    word.trim_matches([',', ';', '!', '?', '(', ')', '"', ':']).trim_end_matches('.')
}

/// The time that begins at a word.
fn read(words: &[&str], at: usize) -> Option<At> {
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let before = at.checked_sub(1).map(word).unwrap_or_default();
    if NOON.contains(&word(at)) {
        return Some(At { word: at, said: SaidTime { hour: 12, minute: 0, exact: true }, marked: true });
    }
    let (figures, joined) = split(word(at));
    let (hour, minute) = clock(figures)?;
    let half_of_day = |text: &str| ["am", "pm"].contains(&text).then(|| text == "pm");
    let suffix = if joined.is_empty() { word(at + 1) } else { joined };
    let unit = UNITS.contains(&suffix) || OCLOCK.contains(&suffix);
    if !joined.is_empty() && !unit && half_of_day(suffix).is_none() {
        return None;
    }
    // `am 3.` is a day of German, and `10 am Montag` an hour without am.
    let half = half_of_day(suffix).filter(|_| (1..=12).contains(&hour));
    let half_to = HALF_TO.contains(&before) && minute.is_none();
    let is_marked = MARKS.contains(&before) && follows_well(words, at + 1);
    let is_clock = minute.is_some() && !(is_maybe_date(figures) && !unit && !MARKS.contains(&before));
    if minute.is_some() && !is_clock && half.is_none() || (LENGTH_UNITS.contains(&suffix) && !is_clock) {
        return None;
    }
    let hour = match half {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    let exact = half.is_some() || hour > 12 || UNITS.contains(&suffix) || figures.starts_with('0');
    let said = SaidTime { hour, minute: minute.unwrap_or(0), exact };
    let said = if half_to { said.half_before()? } else { said };
    Some(At { word: at, said, marked: is_clock || half.is_some() || unit || half_to || is_marked })
}

/// True for figures that may be a day and a month, as `3.12`; `13.00` and `9.30` may not.
fn is_maybe_date(figures: &str) -> bool {
    figures.split_once('.').is_some_and(|(day, month)| {
        let month: u32 = month.parse().unwrap_or_default();
        day.parse::<u32>().is_ok_and(|day| day > 0) && (1..=12).contains(&month)
    })
}

/// True if what stands behind a marked number lets it be a time: `at 2 sites` and `at 5 Main Street` are none.
fn follows_well(words: &[&str], behind: usize) -> bool {
    let Some(next) = words.get(behind) else { return true };
    let names_zone =
        words[behind..].iter().take(ZONE_WORDS_MAX).any(|word| ["time", "zeit", "tid", "ora"].contains(word));
    names_zone
        || COURTESY.contains(next)
        || BEHIND.contains(next)
        || ALTERNATIVES.contains(next)
        || PARTS.contains(next)
        || OCLOCK.contains(next)
        || ["am", "pm"].contains(next)
        || DAY_WORDS.contains(next)
        || is_day_word(next)
        // `at 10, sarah@gmail.com`: an address begins something else.
        || next.contains('@')
        || !next.starts_with(char::is_alphabetic)
}

fn is_day_word(word: &str) -> bool {
    let tables = Language::ALL.into_iter().flat_map(words_of);
    tables.into_iter().any(|(day, _)| *day == word || day.split(' ').next() == Some(word))
}

/// True for one bare number with nothing but words of answers beside it.
fn is_all_that_is_said(words: &[&str], all: &[At]) -> bool {
    let [only] = all else { return false };
    words.iter().enumerate().all(|(at, word)| at == only.word || COURTESY.contains(word) || MARKS.contains(word))
}

/// True if nothing beside the time moves it or offers another.
fn is_meant(words: &[&str], found: At) -> bool {
    let word = |at: Option<usize>| at.and_then(|at| words.get(at)).copied().unwrap_or_default();
    let before = word(found.word.checked_sub(1));
    // `after about 3`, `not before kl. 3`
    let further = if MARKS.contains(&before) { word(found.word.checked_sub(2)) } else { "" };
    let limited = LIMITS.contains(&before) || LIMITS.contains(&further);
    let near = found.word.saturating_sub(3)..(found.word + 4).min(words.len());
    let in_parts = words[near].iter().any(|word| PARTS.contains(word));
    let joins = |at: Option<usize>| ALTERNATIVES.contains(&word(at));
    let number = |at: Option<usize>| clock(split(word(at)).0).is_some();
    let skips = 1 + usize::from(["am", "pm", "h", "uhr", "o'clock", "oclock"].contains(&word(Some(found.word + 1))));
    let or_another = joins(Some(found.word + skips))
        && (number(Some(found.word + skips + 1)) || number(Some(found.word + skips + 2)))
        || joins(found.word.checked_sub(1)) && number(found.word.checked_sub(2));
    !limited && !in_parts && !or_another
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

impl SaidTime {
    /// The time half an hour before this hour: `halb 4` is half past three.
    fn half_before(self) -> Option<SaidTime> {
        Some(SaidTime {
            hour: self.hour.checked_sub(1).map(|hour| if hour == 0 { 12 } else { hour })?,
            minute: 30,
            ..self
        })
    }

    /// True if it is this time of day; a small hour may be one of the afternoon.
    pub(in crate::chat) fn is(self, hour: u32, minute: u32) -> bool {
        self.minute == minute && (self.hour == hour || (!self.exact && self.hour + 12 == hour))
    }

    /// The start that is meant among those shown, as local times like `2026-12-01T13:00`.
    pub(in crate::chat::brain::lexical) fn among(self, starts: &[String]) -> Option<&str> {
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
    pub(in crate::chat::brain::lexical) fn written(self) -> String {
        let hour = if !self.exact && self.hour < 8 { self.hour + 12 } else { self.hour };
        format!("{hour:02}:{:02}", self.minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("um halb 2", Some("2026-12-01T13:30")),
            ("9 pm", None),
            ("11 is good, an hour please", None),
        ] {
            assert_eq!(time(message, true).and_then(|said| said.among(&starts)), start, "{message}");
        }
    }

    #[test]
    fn a_time_is_read_as_the_tools_read_it() {
        for (message, written) in [
            ("at 3", "15:00"),
            ("at 3 am", "03:00"),
            ("12 am", "00:00"),
            ("um halb 4", "15:30"),
            ("kl. halv 4", "15:30"),
            ("halb 1", "12:30"),
            ("um 10 Uhr", "10:00"),
            ("kl 9.30", "09:30"),
            ("13.00", "13:00"),
            ("um 10.10 Uhr", "10:10"),
            ("at noon", "12:00"),
            ("at 10, half an hour please", "10:00"),
            ("30 minutes at 10", "10:00"),
            ("at 11 time works", "11:00"),
            ("kl. 10, en time", "10:00"),
            ("15 minutes at 10", "10:00"),
            ("December 3 at 10", "10:00"),
            ("no, 11 am", "11:00"),
            ("Yes, but at 9 Chicago time", "09:00"),
            ("si, ma alle 10", "10:00"),
            ("oui mais à 10h", "10:00"),
            ("am 3.12. um 10 Uhr", "10:00"),
            ("mardi à 10 heures", "10:00"),
            ("at 10 tomorrow", "10:00"),
            ("wednesday at 10, sarah@gmail.com", "10:00"),
            ("onsdag kl 11 sarah@gmail.com", "11:00"),
            ("mercoledì alle 11, sarah@gmail.com", "11:00"),
            ("then at four", "16:00"),
            ("one o'clock please", "13:00"),
            ("klokken ti", "10:00"),
            ("à onze heures", "11:00"),
            ("alle nove", "09:00"),
            ("um halb vier", "15:30"),
            ("half past ten", "10:30"),
            ("a quarter past 9", "09:15"),
            ("quarter to ten", "09:45"),
            ("ten thirty", "10:30"),
            ("at nine fifteen please", "09:15"),
            ("viertel nach 4", "16:15"),
            ("Viertel vor zehn", "09:45"),
            ("kvart over ni", "09:15"),
            ("kvart i ti", "09:45"),
            ("9 heures et demie", "09:30"),
            ("dix heures moins le quart", "09:45"),
            ("alle tre e mezza", "15:30"),
            ("alle nove e un quarto", "09:15"),
        ] {
            assert_eq!(time(message, false).map(SaidTime::written).as_deref(), Some(written), "{message}");
        }
    }

    #[test]
    fn what_is_no_time_or_not_plainly_one_is_none() {
        for message in [
            "I have 2 robots",
            "I have 3 robots at 2 sites",
            "I live at 5 Main Street",
            "3.12.",
            "3.12",
            "3.12.2026",
            "03/12/2026",
            "9.10",
            "not at 9",
            "not at 9, at 10",
            "at 9 or 10",
            "9 or 10",
            "9, 10",
            "9-10",
            "at 9-10",
            "from 2 to 4 pm",
            "half 4",
            "I have two thirty inch screens",
            "a quarter of the robots",
            "the first one",
            "at two sites",
            "not at four",
            "after 3",
            "after 3 pm",
            "vor 10 Uhr",
            "before noon",
            "Dec 3",
            "3 robots",
            "15 minutes",
            "+45 12 34 56 78",
            "25:00",
            "ratio",
            "",
        ] {
            assert_eq!(time(message, true), None, "{message}");
        }
    }
}
