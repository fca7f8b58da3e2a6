//! The hours to which a day is limited by times: `Tuesday after 3pm`, `tomorrow 14:00-16:00`, `Friday before noon`.
//!
//! A meeting has one start, so these are no phrases of the grammar; they only say which of a day's free times to show.

use chrono::{DateTime, Utc};

use super::error::{DateError, Reason};
use super::parse::{Day, Start, parse_day, parse_start};
use crate::interval::Interval;
use crate::time_zone::zone::Zone;

/// Words behind a day after which its first or its last time follows.
const FROM: &[&str] = &[" any time after ", " anytime after ", " not before ", " after ", " from ", " since "];
const UNTIL: &[&str] = &[" any time before ", " anytime before ", " before ", " until ", " till ", " by "];
const BETWEEN: &[&str] = &[" between ", " from ", " "];
const AND: &[&str] = &[" and ", " to ", " until ", " till ", " - ", " \u{2013} ", "-", "\u{2013}"];

/// Reads the day that `words` mean, which times may limit to some of its hours: [`Day::limits`].
///
/// # Errors
/// [`DateError`] as for [`parse_day`].
pub fn parse_window(words: &str, zone: Zone, now: DateTime<Utc>) -> Result<Day, DateError> {
    let plain = match parse_day(words, zone, now) {
        Ok(day) => return Ok(day),
        Err(error) => error,
    };
    let lower = words.trim().to_lowercase();
    let read = Read { zone, now };
    let spans = splits(&lower, BETWEEN).filter_map(|(day, rest)| read.between(day, rest));
    let from = splits(&lower, FROM).filter_map(|(day, time)| read.from(day, time));
    let until = splits(&lower, UNTIL).filter_map(|(day, time)| read.until(day, time));
    let mut all: Vec<_> = spans.chain(from).chain(until).collect();
    match all.iter().position(Result::is_ok) {
        Some(at) => all.swap_remove(at),
        // `after 3` is a limit; only its half of the day is open.
        None => all.into_iter().find(|one| matches!(one, Err(error) if error.is_half_open())).unwrap_or(Err(plain)),
    }
}

/// The parts before and after each of the words.
fn splits<'a>(text: &'a str, words: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let all = words.iter().flat_map(|word| text.match_indices(word).map(|(at, _)| (at, word.len())));
    all.map(|(at, length)| (text[..at].trim_end_matches(','), &text[at + length..]))
}

struct Read {
    zone: Zone,
    now: DateTime<Utc>,
}

type Found = Option<Result<Day, DateError>>;

impl Read {
    fn from(&self, day: &str, time: &str) -> Found {
        self.limited(day, &[time], |whole, times| Interval::new(times[0], whole.end_ms()))
    }

    fn until(&self, day: &str, time: &str) -> Found {
        self.limited(day, &[time], |whole, times| Interval::new(whole.start_ms(), times[0]))
    }

    /// `2-4pm` are both of the afternoon; `11-1pm` are not.
    fn between(&self, day: &str, times: &str) -> Found {
        let mut open = None;
        for (first, last) in splits(times, AND) {
            let half = ["am", "pm"].into_iter().find(|half| last.ends_with(half));
            let same_half = half.map(|half| format!("{first}{half}"));
            for first in same_half.as_deref().into_iter().chain([first]) {
                match self.limited(day, &[first, last], |_, times| Interval::new(times[0], times[1])) {
                    Some(Err(error)) => open = Some(Err(error)),
                    Some(found) => return Some(found),
                    None => {}
                }
            }
        }
        open
    }

    /// The day with its limits; `None` if the day cannot be read, or there is nothing between the times.
    fn limited(&self, day: &str, times: &[&str], limit: impl Fn(Interval, &[i64]) -> Option<Interval>) -> Found {
        let read = parse_day(day, self.zone, self.now).ok().filter(|read| read.start_ms().is_none())?;
        let starts: Result<Vec<Start>, _> =
            times.iter().map(|time| parse_start(day, time, self.zone, self.now)).collect();
        let starts = match starts {
            Ok(starts) => starts,
            Err(error) => return Some(Err(error)),
        };
        let starts: Vec<_> = starts.iter().map(|start| start.at.timestamp_millis()).collect();
        let limits = limit(read.interval()?, &starts)?;
        Some(Ok(Day { window: Some(limits), ..read }))
    }
}

impl DateError {
    fn is_half_open(&self) -> bool {
        matches!(self.why, Reason::AmOrPm(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limits in hours of the day, from Sunday, 10:00 in New York.
    fn limits(words: &str) -> Result<(String, Option<(i64, i64)>), String> {
        let day = parse_window(words, chrono_tz::America::New_York.into(), "2026-11-22T15:00:00Z".parse().unwrap());
        let day = day.map_err(|error| error.to_string())?;
        let begin = day.interval().unwrap().start_ms();
        let hours = |ms: i64| (ms - begin) / 3_600_000;
        Ok((day.date.to_string(), day.limits().map(|all| (hours(all.start_ms()), hours(all.end_ms())))))
    }

    #[test]
    fn times_limit_a_day() {
        for (words, date, hours) in [
            ("Tuesday", "2026-11-24", None),
            ("Tuesday after 3pm", "2026-11-24", Some((15, 24))),
            ("2026-12-01 after 15:00", "2026-12-01", Some((15, 24))),
            ("tomorrow, not before 14:00", "2026-11-23", Some((14, 24))),
            ("tomorrow from 2 pm", "2026-11-23", Some((14, 24))),
            ("Friday before noon", "2026-11-27", Some((0, 12))),
            ("2026-12-01 14:00-16:00", "2026-12-01", Some((14, 16))),
            ("tomorrow 2-4pm", "2026-11-23", Some((14, 16))),
            ("tomorrow 11am - 1pm", "2026-11-23", Some((11, 13))),
            ("tomorrow 11-1pm", "2026-11-23", None),
            ("Tuesday between 14:00 and 16:00", "2026-11-24", Some((14, 16))),
            ("Tuesday from 14:00 to 16:00", "2026-11-24", Some((14, 16))),
            ("tomorrow early morning", "2026-11-23", Some((0, 12))),
            ("Tuesday in the early morning", "2026-11-24", Some((0, 12))),
            ("Tuesday after lunch", "2026-11-24", Some((13, 18))),
        ] {
            match limits(words) {
                Ok(read) => assert_eq!(read, (date.to_owned(), hours), "{words}"),
                // Eleven in which half of the day is not said.
                Err(why) => assert!(words.contains("11-1pm"), "{words}: {why}"),
            }
        }
    }

    #[test]
    fn an_open_half_is_asked_back_and_nonsense_refused() {
        for (words, why) in [
            ("Tuesday after 3", "am or pm?"),
            ("Tuesday 16:00-14:00", "16:00"),
            ("Tuesday after work", "`work`"),
            ("after 3pm", "after 3pm"),
        ] {
            let refused = limits(words).unwrap_err();
            assert!(refused.contains(why), "{words}: {refused}");
        }
    }
}
