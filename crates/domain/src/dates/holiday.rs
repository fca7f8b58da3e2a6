//! Feasts that have the same date every year and an English name that stands for one day.

use chrono::NaiveDate;

use super::date::{self, Day};
use super::error::Reason;
use super::token::Token::{self, Word};
use super::vocabulary::Match;

/// Matches `Christmas Day`, `Christmas Eve`, `Boxing Day`, `New Year's Eve`, `New Year's Day`, `Valentine's Day`,
/// `St Patrick's Day`, `Halloween`. `New Year` alone may be a season.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, (month, day)) = match tokens {
        [Word("christmas" | "xmas"), Word("day"), ..] => (2, (12, 25)),
        [Word("christmas" | "xmas"), Word("eve"), ..] => (2, (12, 24)),
        [Word("nye"), ..] => (1, (12, 31)),
        [Word("boxing"), Word("day"), ..] => (2, (12, 26)),
        [Word("new"), Word("year's" | "years" | "years'" | "year"), Word("eve"), ..] => (3, (12, 31)),
        [Word("new"), Word("year's" | "years" | "years'" | "year"), Word("day"), ..] => (3, (1, 1)),
        [Word("valentine's" | "valentines" | "valentine"), Word("day"), ..] => (2, (2, 14)),
        [Word("st" | "saint"), Word("patrick's" | "patricks"), Word("day"), ..] => (3, (3, 17)),
        [Word("halloween" | "hallowe'en"), ..] => (1, (10, 31)),
        [Word("christmas" | "xmas"), Word("week" | "weekend" | "time" | "season" | "break" | "holidays"), ..] => {
            return Some((2, Err(Reason::WhichDay)));
        }
        [Word("christmas" | "xmas"), ..] => (1, (12, 25)),
        [Word("new"), Word("year"), ..] => return Some((2, Err(Reason::WhichDay))),
        _ => return None,
    };
    match date::year(&tokens[length..]) {
        Some((taken, year)) => Some((length + taken, date::date(year, month, day))),
        None => Some((length, date::next_occurrence(month, day, today))),
    }
}
