//! Days by date with the name of the month: `December 1st`, `the first of December`, `13-Dec-2026`.

use chrono::{Datelike, NaiveDate};

use super::date::{self, Day, DayForm, skip};
use super::error::Reason;
use super::token::Token::{self, Dash, Mark, Number, Word};
use super::vocabulary::{self, Match};
use super::year_in_words;

/// The years ahead that a bare number of two digits after a date may stand for.
const SHORT_YEARS_AHEAD: u32 = 2;
/// Smaller numbers after a date may be an hour.
const HOURS: u32 = 24;

const FORMS: [DayForm; 4] = [month_first, day_first, with_marks, year_first];

/// Matches dates with the name of a month.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> impl Iterator<Item = (usize, Day)> {
    FORMS.iter().filter_map(move |form| form(tokens, today))
}

/// Matches `December 1st`, `Dec. 1`, `May 1, 2027`, `December the first`, `March one 2027`.
fn month_first(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let [Word(word), rest @ ..] = tokens else { return None };
    let month = vocabulary::month(word)?;
    let (the, rest) = skip(rest, "the");
    let (length, day) = vocabulary::ordinal(rest).or_else(|| in_digits(rest)).or_else(|| in_words(rest))?;
    let (taken, after) = (1 + the + length, &rest[length..]);
    if let Some((more, year)) = year_in_words::at_front(after, today) {
        return Some((taken + more, date::date(year, month, day)));
    }
    let Some((more, year)) = short_year(after, today) else {
        return Some(with_year(taken, date::year(after), (month, day), today));
    };
    // A number of two digits after `Dec 26` is another day as likely as a year; after `Dec 26th` it is the year.
    let of_year = date::date(year, month, day);
    let found = if length == 1 { or_other_day(of_year, (month, year % 100), today) } else { of_year };
    Some((taken + more, found))
}

/// Matches `1 December`, `1st of Dec 2026`, `the first of December`, `twenty three December`, `13th Dec 26`.
fn day_first(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let written = || vocabulary::count(rest).filter(|(_, day)| *day <= 31);
    let (length, day) = vocabulary::ordinal(rest).or_else(|| in_digits(rest)).or_else(written)?;
    let (of, after) = skip(&rest[length..], "of");
    let [Word(word), after @ ..] = after else { return None };
    let month = vocabulary::month(word)?;
    let in_words = || year_in_words::at_front(after, today);
    let year = date::year(after).or_else(|| short_year(after, today)).or_else(in_words);
    let found = with_year(the + length + of + 1, year, (month, day), today);
    let bare = matches!(rest, [Number(_, 2), Word(_), Number(_, 2), ..]);
    Some(if bare { or_year_first(found, (day, month), after, today) } else { found })
}

/// Matches `2026 Dec 13`, `2026, December 13th`.
fn year_first(tokens: &[Token], _: NaiveDate) -> Match<Day> {
    let (of_year, year) = date::year(tokens)?;
    let [Word(word), rest @ ..] = &tokens[of_year..] else { return None };
    let month = vocabulary::month(word)?;
    let (length, day) = vocabulary::ordinal(rest).or_else(|| in_digits(rest))?;
    Some((of_year + 1 + length, date::date(year, month, day)))
}

/// Matches `13-Dec`, `13-Dec-2026`, `13/Dec/26`, `Dec-13`, `Dec/13/2026`, `2026-Dec-13`.
fn with_marks(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (mark, day, month, name_first) = match *tokens {
        [Number(year, 4), Mark(a @ ('-' | '/')), Word(word), Mark(b), Number(day, 1..=2), ..] if a == b => {
            return Some((5, date::date(year, vocabulary::month(word)?, day)));
        }
        [Number(day, 1..=2), Mark(mark @ ('-' | '/')), Word(word), ..] => (mark, day, vocabulary::month(word)?, false),
        [Word(word), Mark(mark @ ('-' | '/')), Number(day, 1..=2), ..] => (mark, day, vocabulary::month(word)?, true),
        _ => return None,
    };
    match tokens[3..] {
        [Mark(second), Number(year, 4), ..] if second == mark => Some((5, date::date(year, month, day))),
        [Mark(second), Number(year, 2), ..] if second == mark => {
            let found = (5, date::date(2000 + year, month, day));
            Some(if name_first { found } else { or_year_first(found, (day, month), &tokens[4..], today) })
        }
        [Mark(_), Number(..), ..] => None,
        // Spreadsheets write the month of a year as `Dec-26`.
        _ if name_first && may_be_year(day, today) => {
            let name = vocabulary::month_name(month);
            let readings = vec![format!("{day} {name}"), format!("{name} {}", 2000 + day)];
            Some((3, Err(Reason::Readings(readings))))
        }
        ref rest => Some(with_year(3, date::year(rest), (month, day), today)),
    }
}

/// Adds the reading of `26 Dec 27` that begins with the year, unless that is past.
fn or_year_first(
    (length, day): (usize, Day),
    (year, month): (u32, u32),
    after: &[Token],
    today: NaiveDate,
) -> (usize, Day) {
    let [Number(last, 2), ..] = *after else { return (length, day) };
    let is_year = |day: &NaiveDate| day.year() == 2000 + i32::try_from(last).unwrap_or(0);
    let reversed = date::date(2000 + year, month, last).ok().filter(|day| *day >= today);
    match (&day, reversed) {
        (Ok(first), Some(reversed)) if is_year(first) => (length, date::one_of(vec![*first, reversed])),
        _ => (length, day),
    }
}

/// Adds the second day of `Dec 26, 27`.
fn or_other_day(of_year: Day, (month, day): (u32, u32), today: NaiveDate) -> Day {
    let first = of_year?;
    let other = date::next_occurrence(month, day, today);
    date::one_of(date::candidates(&other).into_iter().chain([first]).collect())
}

/// Matches a day of the month in digits, unless they start a time as in `December 1:30 pm`.
fn in_digits(tokens: &[Token]) -> Match<u32> {
    match *tokens {
        [Number(_, _), Mark(':' | '.' | '/' | '-'), Number(..), ..] => None,
        [Number(_, _), Word("am" | "pm" | "a" | "p" | "h" | "o'clock" | "oclock" | "noon" | "midnight"), ..] => None,
        [Number(day, 1..=2), ..] => Some((1, day)),
        _ => None,
    }
}

/// Matches a day of the month as a number in words, which may not be the start of a time.
fn in_words(tokens: &[Token]) -> Match<u32> {
    let [Word(_), ..] = tokens else { return None };
    let (length, day) = vocabulary::count(tokens).filter(|(_, day)| *day <= 31)?;
    let ends = match tokens[length..] {
        [] | [Word("at" | "on"), ..] | [Dash, ..] => true,
        ref rest => date::year(rest).is_some(),
    };
    ends.then_some((length, day))
}

fn with_year(length: usize, year: Match<u32>, (month, day): (u32, u32), today: NaiveDate) -> (usize, Day) {
    match year {
        Some((taken, year)) => (length + taken, date::date(year, month, day)),
        None => (length, date::next_occurrence(month, day, today)),
    }
}

/// Matches a year of two digits that can be nothing else, as in `13th Dec 26`.
fn short_year(tokens: &[Token], today: NaiveDate) -> Match<u32> {
    match *tokens {
        [Number(_, 2), Mark(_), ..] | [Number(_, 2), Word("minutes" | "mins" | "past" | "to"), ..] => None,
        [Number(year, 2), ..] if may_be_year(year, today) => Some((1, 2000 + year)),
        _ => None,
    }
}

fn may_be_year(number: u32, today: NaiveDate) -> bool {
    let year = u32::try_from(today.year() % 100).unwrap_or(0);
    number > HOURS && (year..=year + SHORT_YEARS_AHEAD).contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_spreadsheets_write_for_a_month_is_open() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
        let read = |number| with_marks(&[Word("dec"), Mark('-'), Number(number, 2)], today);
        assert_eq!(read(13), Some((3, Ok(day(2026, 12, 13)))));
        assert!(matches!(read(26), Some((3, Err(Reason::Readings(_))))));
    }

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }
}
