//! The start and the length of a booking, held against the words to which the visitor has said yes: the newest text that
//! names a time, a day or a length tells which one was meant.

use chrono::{DateTime, Datelike, Days, NaiveDate, Timelike, Utc};

use crate::chat::brain::lexical::calendar;
use crate::chat::claims::sentence::sentences;
use crate::chat::language::{Language, folded};
use domain::day_in_words;

/// Words between two times of which a yes picks none.
const ALTERNATIVES: &[&str] = &["or", "eller", "ou", "oppure", "o", "oder"];
/// The words between the name of a month and the number of its day.
const BETWEEN_DAY_AND_MONTH: usize = 2;
/// The least and the most days that a zone may be away from today in UTC.
const ZONES_APART: u64 = 1;
/// Words for today and tomorrow in every language.
const TODAY: &[&str] = &["today", "tonight", "heute", "aujourd'hui", "oggi", "i dag"];
const TOMORROW: &[&str] = &["tomorrow", "i morgen", "demain", "domani"];

/// A booking that a model wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// The local start.
    pub(super) start: chrono::NaiveDateTime,
    /// The length, where the call says it.
    pub(super) minutes: Option<u64>,
}

/// The texts of a conversation in the order in which they count: what was said last says what was meant.
pub(super) struct Texts<'a> {
    /// The message that says yes.
    pub(super) message: &'a str,
    /// The reply that has asked.
    pub(super) reply: &'a str,
    /// Everything before it, oldest first.
    pub(super) earlier: &'a [String],
}

impl<'a> Texts<'a> {
    fn newest_first(&self) -> impl Iterator<Item = &'a str> {
        let question = sentences(self.reply).filter(|sentence| sentence.trim_end().ends_with(['?', '？'])).last();
        let own = [Some(self.message), question, Some(self.reply)].into_iter().flatten();
        own.chain(self.earlier.iter().rev().map(String::as_str))
    }
}

/// True if the booking is the one that the texts tell of. A day that none of them names is left to the times that were offered.
pub(super) fn is_told(wanted: Wanted, texts: &Texts<'_>, now: DateTime<Utc>) -> bool {
    let first = |fits: &dyn Fn(&str) -> Option<bool>| texts.newest_first().find_map(fits);
    let time = first(&|text| time_fits(text, wanted));
    let day = first(&|text| day_fits(text, wanted.start.date(), now.date_naive()));
    let length =
        wanted.minutes.and_then(|minutes| first(&|text| Some(u64::from(calendar::duration(text)?) == minutes)));
    time == Some(true) && day != Some(false) && length != Some(false)
}

/// True if any of the texts names a day.
pub(super) fn tells_day(texts: &Texts<'_>, date: NaiveDate, now: DateTime<Utc>) -> bool {
    texts.newest_first().any(|text| day_fits(text, date, now.date_naive()).is_some())
}

/// True for a text that names this time; `None` if it names none. Of several, the first is the start and the others tell its
/// end or what it is elsewhere, unless a question lets choose.
fn time_fits(text: &str, wanted: Wanted) -> Option<bool> {
    let times = calendar::times(text);
    let starts: Vec<bool> = times.iter().map(|time| time.is(wanted.start.hour(), wanted.start.minute())).collect();
    let first = *starts.first()?;
    let asks = text.trim_end().ends_with(['?', '？']) && sentences(text).count() == 1;
    let lets_choose = folded(text).split(' ').any(|word| ALTERNATIVES.contains(&word));
    Some(match asks && !lets_choose {
        true => first,
        false => starts.into_iter().all(|is_start| is_start),
    })
}

/// True for a text that names this day; `None` if it names none. Each form in which it names days has to fit.
fn day_fits(text: &str, date: NaiveDate, today: NaiveDate) -> Option<bool> {
    let words = folded(text);
    let words: Vec<&str> = words.split(' ').collect();
    let found = [
        weekday_fits(&words, date),
        written_fits(&words, date),
        figures_fit(&words, date),
        near_fits(&words, date, today),
    ];
    let told: Vec<bool> = found.into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.into_iter().all(|fits| fits))
}

fn weekday_fits(words: &[&str], date: NaiveDate) -> Option<bool> {
    let names = Language::ALL.map(|language| day_in_words::weekday(date, language).to_lowercase());
    let named: Vec<&&str> = words.iter().filter(|word| day_in_words::is_weekday(word)).collect();
    (!named.is_empty()).then(|| named.iter().any(|word| names.iter().any(|name| name == **word)))
}

/// A day of a month that is written by its name, as in `1 December` and `December 1st`.
fn written_fits(words: &[&str], date: NaiveDate) -> Option<bool> {
    let months =
        Language::ALL.map(|language| day_in_words::day(&date.to_string(), language).unwrap_or_default().to_lowercase());
    let is_month = |word: &str| months.iter().any(|day| day.split(' ').any(|part| part == word));
    let days = words.iter().enumerate().filter(|(_, word)| day_in_words::is_month(word)).filter_map(|(at, month)| {
        let near = at.saturating_sub(BETWEEN_DAY_AND_MONTH)..words.len().min(at + 1 + BETWEEN_DAY_AND_MONTH);
        let numbers: Vec<u32> = words[near].iter().filter_map(|word| day_number(word)).collect();
        (!numbers.is_empty()).then(|| is_month(month) && numbers.contains(&date.day()))
    });
    days.reduce(|one, other| one || other)
}

/// The day of a month in figures, as `1`, `1st`, `1er`.
fn day_number(word: &str) -> Option<u32> {
    let end = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let is_ordinal = ["", "st", "nd", "rd", "th", "er", "º", "°"].contains(&&word[end..]);
    word[..end].parse().ok().filter(|day| is_ordinal && (1..=31).contains(day))
}

/// A day in figures, as `2026-12-01`, `1.12.` and `12/1/2026`: of the last two nobody knows which number is the month.
fn figures_fit(words: &[&str], date: NaiveDate) -> Option<bool> {
    let fits = |word: &&str| {
        if let Ok(read) = word.parse::<NaiveDate>() {
            return Some(read == date);
        }
        let mut parts = word.split(['/', '.']).filter(|part| !part.is_empty()).map(str::parse::<u32>);
        let (Some(Ok(one)), Some(Ok(other))) = (parts.next(), parts.next()) else { return None };
        let year = parts.next();
        let is_date = (word.contains('/') || year.is_some()) && (1..=31).contains(&one) && (1..=31).contains(&other);
        let (day, month) = (date.day(), date.month());
        is_date.then_some((one, other) == (day, month) || (one, other) == (month, day))
    };
    words.iter().filter_map(fits).reduce(|one, other| one || other)
}

/// `today` and `tomorrow` hold for every zone: somewhere it is another day by now.
fn near_fits(words: &[&str], date: NaiveDate, today: NaiveDate) -> Option<bool> {
    let padded = format!(" {} ", words.join(" "));
    let says = |names: &[&str]| names.iter().any(|name| padded.contains(&format!(" {name} ")));
    let is_about = |day: NaiveDate| date.signed_duration_since(day).num_days().unsigned_abs() <= ZONES_APART;
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    match (says(TODAY), says(TOMORROW)) {
        (false, false) => None,
        (of_today, of_tomorrow) => Some((of_today && is_about(today)) || (of_tomorrow && is_about(tomorrow))),
    }
}

#[test]
fn a_booking_is_the_one_that_was_asked() {
    let now: DateTime<Utc> = "2026-11-30T12:00:00Z".parse().unwrap();
    let wanted = |start: &str, minutes| Wanted { start: start.parse().unwrap(), minutes };
    let half_past_ten = wanted("2026-12-01T10:30:00", Some(15));
    let earlier = ["meeting tomorrow 10:30 new york, 15 minutes".to_owned()];
    for (reply, message, fits) in [
        (
            "Shall I book Tuesday 1 December 2026 at 10:30, America/New_York, 15 minutes, with Veronica Chen?",
            "yes",
            true,
        ),
        ("It is free at 10:30. Shall I book it?", "yes", true),
        ("Shall I book it?", "yes", true),
        ("Shall I book 10:30 to 10:45?", "yes", true),
        ("Soll ich Dienstag, 1. Dezember um 10:30 Uhr buchen?", "ja", true),
        ("Skal jeg booke tirsdag den 1. december kl. 10.30?", "ja", true),
        ("Dois-je réserver le mardi 1er décembre à 10h30 ?", "oui", true),
        ("Shall I book Tuesday at 10:30?", "yes, 10:30", true),
        ("Shall I book Tuesday at 10:30?", "yes, at 11:00", false),
        ("Shall I book Tuesday at 9:00?", "yes", false),
        ("Shall I book Wednesday at 10:30?", "yes", false),
        ("Shall I book 2 December at 10:30?", "yes", false),
        ("Shall I book 2026-12-02 at 10:30?", "yes", false),
        ("Shall I book 12/3 at 10:30?", "yes", false),
        ("Shall I book Tuesday at 10:30 or 11:00?", "yes", false),
        ("9:00, 10:30 and 11:00 are free. Shall I book?", "yes", false),
        ("Shall I book Tuesday at 10:30, 60 minutes?", "yes", false),
    ] {
        let texts = Texts { message, reply, earlier: &earlier };
        assert_eq!(is_told(half_past_ten, &texts, now), fits, "{reply} {message}");
    }
    let texts = Texts { message: "yes", reply: "Shall I book it?", earlier: &earlier };
    assert!(!is_told(wanted("2026-12-01T10:30:00", Some(60)), &texts, now), "another length");
    assert!(!is_told(wanted("2026-12-04T10:30:00", Some(15)), &texts, now), "not tomorrow");
    assert!(!is_told(half_past_ten, &Texts { earlier: &[], ..texts }, now), "no time was named");
}
