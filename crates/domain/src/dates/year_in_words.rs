//! Years in words behind a date: `5 January next year`, `December fifth, twenty twenty-six`.

use chrono::{Datelike, NaiveDate};

use super::date::skip;
use super::token::Token::{self, Word};
use super::vocabulary::{self, Match};

/// The words of this century's years.
const CENTURY: u32 = 2000;

/// Matches `next year`, `of this year`, `twenty twenty-seven`, `two thousand and twenty seven`.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> Match<u32> {
    let (of, rest) = skip(tokens, "of");
    let this = u32::try_from(today.year()).ok()?;
    match rest {
        [Word("this"), Word("year"), ..] => Some((of + 2, this)),
        [Word("next"), Word("year"), ..] => Some((of + 2, this + 1)),
        [Word("twenty"), rest @ ..] if of == 0 => of_century(rest).map(|(length, year)| (1 + length, year)),
        [Word("two"), Word("thousand"), rest @ ..] if of == 0 => {
            let (and, rest) = skip(rest, "and");
            of_century(rest).map(|(length, year)| (2 + and + length, year))
        }
        _ => None,
    }
}

/// Matches the words behind the century's, from `twenty` on; smaller numbers may be an hour.
fn of_century(tokens: &[Token]) -> Match<u32> {
    let [Word(word), rest @ ..] = tokens else { return None };
    let (length, year) = vocabulary::number_words(word, rest).filter(|(_, year)| *year >= 20)?;
    Some((length, CENTURY + year))
}
