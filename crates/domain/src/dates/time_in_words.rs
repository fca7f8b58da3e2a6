//! Times of day in words, as people say them aloud: `four thirty pm`, `three oh five`, `fourteen thirty`, `fifteen hundred`.

use super::date::skip;
use super::time_of_day::{self, Style, Time};
use super::token::Token::{self, Word};
use super::vocabulary::{self, Match};

/// The years that are said as two numbers, as in `twenty twenty-seven`.
const YEAR_HOUR: u32 = 20;
const YEAR_MINUTES: std::ops::RangeInclusive<u32> = 20..=39;

/// Matches times in words.
pub(super) fn at_front(tokens: &[Token]) -> Option<(usize, Time)> {
    hundreds(tokens).or_else(|| hour_and_minute(tokens))
}

/// Matches `fifteen hundred`, and `nine hundred hours`, which without its last word is no time.
fn hundreds(tokens: &[Token]) -> Match<Time> {
    let (length, hour) = hour(tokens)?;
    let [Word("hundred"), rest @ ..] = &tokens[length..] else { return None };
    let hours = usize::from(matches!(rest, [Word("hours" | "hrs"), ..]));
    let surely = hours == 1 || hour > 12;
    surely.then(|| (length + 1 + hours, time_of_day::exact(hour, 0)))
}

/// Matches `four thirty pm`, `three oh five`, `twenty two fifteen`.
fn hour_and_minute(tokens: &[Token]) -> Match<Time> {
    let (length, hour) = hour(tokens)?;
    let (taken, minute) = minute(&tokens[length..])?;
    let length = length + taken;
    match hour {
        YEAR_HOUR if YEAR_MINUTES.contains(&minute) => None,
        13.. => Some((length, time_of_day::exact(hour, minute))),
        _ => {
            let (taken, time) = time_of_day::with_suffix(hour, minute, Style::Dial, &tokens[length..]);
            Some((length + taken, time))
        }
    }
}

/// An hour from one to twenty-three. `twenty` takes its unit only if minutes or `hundred` follow, as in `twenty two ten`.
fn hour(tokens: &[Token]) -> Match<u32> {
    let [Word(word), rest @ ..] = tokens else { return None };
    let long = vocabulary::number_words(word, rest).filter(|(length, hour)| {
        (1..24).contains(hour)
            && (minute(&tokens[*length..]).is_some() || matches!(tokens[*length..], [Word("hundred"), ..]))
    });
    long.or_else(|| vocabulary::number_words(word, &[]).filter(|(_, hour)| (1..24).contains(hour)))
}

/// Minutes from ten to fifty-nine, and smaller ones behind a nought: `oh five`.
fn minute(tokens: &[Token]) -> Match<u32> {
    let (nought, rest) = skip(tokens, "oh");
    let (letter, rest) = if nought == 0 { skip(tokens, "o") } else { (0, rest) };
    let [Word(word), after @ ..] = rest else { return None };
    let (length, minute) = vocabulary::number_words(word, after)?;
    let fits = match nought + letter {
        0 => (10..=59).contains(&minute),
        _ => length == 1 && minute <= 9,
    };
    fits.then_some((nought + letter + length, minute))
}
