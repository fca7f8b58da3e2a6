//! Weekdays by a number of weeks or by another day: `Monday in two weeks`, `the Friday after Christmas`.

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};

use super::date::{self, Day, DayForm, skip};
use super::distance::{self, Distance};
use super::relative;
use super::token::Token::{self, Word};
use super::vocabulary::{self, Match};

const FORMS: [DayForm; 5] = [weeks_then_weekday, weekday_then_weeks, beside_day, after_next, of_week_after_next];

/// Matches days of this kind.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> impl Iterator<Item = (usize, Day)> {
    FORMS.iter().filter_map(move |form| form(tokens, today))
}

/// Matches `in two weeks on Monday`, `in a week's time on Friday`, `two weeks from now on Monday`.
fn weeks_then_weekday(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, days) = weeks(tokens)?;
    let (on, rest) = skip(&tokens[length..], "on");
    let weekday = weekday(rest)?;
    Some((length + on + 1, in_weeks(weekday, days, today)))
}

/// Matches `Monday in two weeks`, `Friday in a fortnight's time`, `Monday two weeks from now`.
fn weekday_then_weeks(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let weekday = weekday(tokens)?;
    let (length, days) = weeks(&tokens[1..])?;
    Some((1 + length, in_weeks(weekday, days, today)))
}

/// Matches `in two weeks`, `in two weeks' time`, `two weeks from now`; returns the days.
fn weeks(tokens: &[Token]) -> Match<u32> {
    let (within, rest) = skip(tokens, "in");
    let (length, Ok(Distance::Days(days))) = Distance::at_front(rest)? else { return None };
    let Word(unit) = rest[length - 1] else { return None };
    let is_in_weeks = unit.starts_with("week") || unit.starts_with("wk") || unit.starts_with("fortnight");
    let end = match (within, &rest[length..]) {
        (1, [Word("time"), ..]) => 1,
        (1, _) => 0,
        (_, [Word("from"), Word("now" | "today"), ..]) => 2,
        _ => return None,
    };
    is_in_weeks.then_some((within + length + end, days))
}

/// To some the weekday of the week that is so far away, to others so long after the coming one.
fn in_weeks(weekday: Weekday, days: u32, today: NaiveDate) -> Day {
    let so_far_ahead = |day: NaiveDate| day + Days::new(days.into());
    if today.weekday() == weekday {
        return Ok(so_far_ahead(today));
    }
    date::one_of(vec![so_far_ahead(of_this_week(weekday, today)), so_far_ahead(relative::coming(weekday, today))])
}

/// Matches `the Friday after Christmas`, `Monday before 5 December`, `the first Monday after next Friday`.
fn beside_day(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let (first, rest) = skip(rest, "first");
    let weekday = weekday(rest)?;
    let length = the + first + 2;
    match rest.get(1)? {
        Word("after") => distance::from_each(length, &rest[2..], today, |day| Ok(relative::coming(weekday, day))),
        Word("before") if first == 0 => distance::from_each(length, &rest[2..], today, |day| Ok(before(weekday, day))),
        _ => None,
    }
}

/// Matches `the Monday after next`.
fn after_next(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let weekday = weekday(rest)?;
    let [Word("after"), Word("next"), ..] = rest[1..] else { return None };
    let second = relative::coming(weekday, today) + Days::new(7);
    let is_over = of_this_week(weekday, today) < today && !is_weekend(today);
    let days = match is_over || weekday == today.weekday() {
        true => vec![second],
        // To some, the next one is not the one that is so near.
        false => vec![second, second + Days::new(7)],
    };
    Some((the + 3, date::one_of(days)))
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Matches `Monday of the week after next`, `Monday the week after next`, `the week after next on Monday`.
fn of_week_after_next(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, weekday) = match weekday(tokens) {
        Some(weekday) => {
            let (of, rest) = skip(&tokens[1..], "of");
            let (within, rest) = skip(rest, "in");
            (1 + of + within + week_after_next(rest)?, weekday)
        }
        None => {
            let length = week_after_next(tokens)?;
            let [Word("on"), rest @ ..] = &tokens[length..] else { return None };
            (length + 2, self::weekday(rest)?)
        }
    };
    let day = of_this_week(weekday, today) + TimeDelta::days(14);
    // In some countries the week begins on Sunday.
    let is_unclear = weekday != today.weekday() && [weekday, today.weekday()].contains(&Weekday::Sun);
    let other = if weekday == Weekday::Sun { day - TimeDelta::days(7) } else { day + TimeDelta::days(7) };
    Some((length, if is_unclear { date::one_of(vec![day, other]) } else { Ok(day) }))
}

fn week_after_next(tokens: &[Token]) -> Option<usize> {
    let (the, rest) = skip(tokens, "the");
    matches!(rest, [Word("week"), Word("after"), Word("next"), ..]).then_some(the + 3)
}

fn weekday(tokens: &[Token]) -> Option<Weekday> {
    let [Word(word), ..] = tokens else { return None };
    vocabulary::weekday(word)
}

/// The day of the week, from Monday to Sunday, that today is in.
fn of_this_week(weekday: Weekday, today: NaiveDate) -> NaiveDate {
    let from_monday = |weekday: Weekday| i64::from(weekday.num_days_from_monday());
    today + TimeDelta::days(from_monday(weekday) - from_monday(today.weekday()))
}

/// The last such weekday before a day.
fn before(weekday: Weekday, day: NaiveDate) -> NaiveDate {
    relative::coming(weekday, day - TimeDelta::days(8))
}
