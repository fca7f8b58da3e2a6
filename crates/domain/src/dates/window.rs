//! The hours to which a day is limited by times: `Tuesday after 3pm`, `tomorrow 14:00-16:00`, `before noon on Friday`,
//! `Tuesday afternoon before 4pm`.
//!
//! A meeting has one start, so these are no phrases of the grammar; they only say which of a day's free times to show.

use chrono::{DateTime, TimeDelta, Utc};

use super::day_part::DayPart;
use super::error::{DateError, Reason};
use super::limit_words::{self, Limit};
use super::parse::{self, Day, parse_day, parse_start};
use super::{filler_words, format, local_time, spelling};
use crate::interval::Interval;
use crate::time_zone::zone::Zone;

/// Reads the day that `words` mean, which times may limit to some of its hours, or of the part of it that is named:
/// [`Day::limits`].
///
/// # Errors
/// [`DateError`] as for [`parse_day`], or if nothing of the day is left.
pub fn parse_window(words: &str, zone: Zone, now: DateTime<Utc>) -> Result<Day, DateError> {
    let plain = match parse_day(words, zone, now) {
        Ok(day) => return Ok(day),
        Err(error) => error,
    };
    let Ok(text) = spelling::normalise(words) else { return Err(plain) };
    let text = text.replace(['(', ')', ';'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let read = Read { zone, now };
    let (mut days, mut refusals): (Vec<Day>, Vec<Reason>) = (Vec::new(), Vec::new());
    for (day, limits) in limit_words::cuts(filler_words::trimmed(&text)) {
        for read in read.all(day, &limits) {
            match read {
                Ok(day) if days.contains(&day) => {}
                Ok(day) => days.push(day),
                Err(why) => refusals.push(why),
            }
        }
    }
    match days.len() {
        1 => Ok(days.remove(0)),
        0 => Err(refusals.into_iter().find(tells_more).map_or(plain, |why| DateError::new(words, why))),
        _ => Err(plain),
    }
}

/// Returns `true` for a reason that says more than that the words are no single start.
fn tells_more(why: &Reason) -> bool {
    use Reason::{AmOrPm, Disagree, Doubled, OtherZone, Past, Readings, Skipped};
    matches!(why, AmOrPm(..) | Disagree(..) | Doubled { .. } | OtherZone(_) | Past(_) | Readings(_) | Skipped { .. })
}

struct Read {
    zone: Zone,
    now: DateTime<Utc>,
}

impl Read {
    /// The day with each of the limits that it may have; nothing if the words are no day.
    fn all(&self, words: &str, limits: &[Vec<Limit>]) -> Vec<Result<Day, Reason>> {
        let day = parse_day(words, self.zone, self.now).ok().filter(|day| day.start_ms().is_none());
        let Some(day) = day else { return Vec::new() };
        limits.iter().filter_map(|limits| self.limited(&day, words, limits)).collect()
    }

    /// The day with its limits; `None` if these are no times.
    fn limited(&self, day: &Day, words: &str, limits: &[Limit]) -> Option<Result<Day, Reason>> {
        let is_date = |words: &String| parse_day(words, self.zone, self.now).is_ok();
        if limit_words::dates(words, limits).iter().any(is_date) {
            return None;
        }
        let (whole, part) = (day.interval()?, day.limits());
        let mut window = part.unwrap_or(whole);
        for limit in limits {
            let limit = match self.interval(limit, day, whole)? {
                Ok(limit) => limit,
                Err(why) => return Some(Err(why)),
            };
            window = match window.intersection(limit) {
                Some(rest) => rest,
                None => return Some(Err(self.apart(day, limit))),
            };
        }
        if window.end_ms() <= self.now.timestamp_millis() {
            return Some(Err(Reason::Past(format::instant(&self.now.with_timezone(&self.zone)))));
        }
        Some(Ok(Day { window: Some(window), part: None, ..day.clone() }))
    }

    /// The hours within a limit; `None` if they end before they begin, or the words are no times.
    fn interval(&self, limit: &Limit, day: &Day, whole: Interval) -> Option<Result<Interval, Reason>> {
        let (first, last) = match limit {
            Limit::From(time) => (Some(time.clone()), None),
            Limit::Until(time) => (None, Some(time.clone())),
            Limit::Between(first, last) => (Some(first.clone()), Some(last.clone())),
            Limit::Hours(first, last) => (Some(format!("{first:02}:00")), Some(format!("{last}:00"))),
        };
        if ![&first, &last].into_iter().flatten().all(|time| parse::is_time(time, self.zone, self.now)) {
            return None;
        }
        let start = first.map_or(Ok(whole.start_ms()), |time| self.instant(day, &time, false));
        let end = last.map_or(Ok(whole.end_ms()), |time| self.instant(day, &time, true));
        match (start, end) {
            (Ok(start), Ok(end)) => Interval::new(start, end).map(Ok),
            (Err(why), _) | (_, Err(why)) => Some(Err(why)),
        }
    }

    /// The instant of a time of the day, within the part of it that was named; its end is one for what ends there. A
    /// limit may be over already.
    fn instant(&self, day: &Day, time: &str, is_end: bool) -> Result<i64, Reason> {
        let date = day.date.to_string();
        let of_part = day.part.map_or(date.clone(), |part| format!("{date} {}", part.phrase()));
        let why = match self.start(&of_part, time) {
            Err(why) => why,
            at => return at,
        };
        let end = day.limits().filter(|_| is_end && day.part.is_some()).map(Interval::end_ms);
        let (noon, at) = (self.start(&date, &format!("{time} pm")), self.start(&date, time));
        match [at, noon].into_iter().flatten().find(|at| Some(*at) == end) {
            Some(end) => Ok(end),
            None => Err(why),
        }
    }

    fn start(&self, day: &str, time: &str) -> Result<i64, Reason> {
        let read = |time: &str, now| parse_start(day, time, self.zone, now).map(|start| start.at.timestamp_millis());
        let now = read(time, self.now).map_err(|error| error.why);
        let Err(Reason::Past(_)) = now else { return now };
        let today = local_time::whole_day(self.now.with_timezone(&self.zone).date_naive(), self.zone);
        let begin = today.and_then(|today| DateTime::from_timestamp_millis(today.start_ms()));
        let before = begin.unwrap_or(self.now) - TimeDelta::minutes(1);
        match read(time, before).map_err(|error| error.why) {
            Err(Reason::AmOrPm(_, pm)) => read(&pm, before).map_err(|error| error.why),
            at => at,
        }
    }

    /// The reason why nothing of the day is left.
    fn apart(&self, day: &Day, limit: Interval) -> Reason {
        let at = |ms| DateTime::from_timestamp_millis(ms).map(|at| format::time(at.with_timezone(&self.zone).time()));
        let limit = [limit.start_ms(), limit.end_ms()].map(|ms| at(ms).unwrap_or_default());
        let part = day.part.map_or_else(|| format::day(day.date), |part: DayPart| part.name().to_owned());
        Reason::Disagree(part, format!("{} to {}", limit[0], limit[1]))
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
            // A part of the day stays one.
            ("Tuesday afternoon before 4pm", "2026-11-24", Some((12, 16))),
            ("Tuesday afternoon until 3pm", "2026-11-24", Some((12, 15))),
            ("Tuesday afternoon until 6", "2026-11-24", Some((12, 18))),
            ("Tuesday afternoon by 4", "2026-11-24", Some((12, 16))),
            ("Tuesday evening before 8", "2026-11-24", Some((17, 20))),
            ("Tuesday pm before 3pm", "2026-11-24", Some((12, 15))),
            ("Tuesday am after 10", "2026-11-24", Some((10, 12))),
            ("Tuesday after lunch until 3pm", "2026-11-24", Some((13, 15))),
            ("Thursday before lunch after 10am", "2026-11-26", Some((10, 12))),
            ("tonight before 8pm", "2026-11-22", Some((18, 20))),
            ("tonight after 7", "2026-11-22", Some((19, 24))),
            ("this afternoon before 4pm", "2026-11-22", Some((12, 16))),
            ("Tuesday morning after 10", "2026-11-24", Some((10, 12))),
            ("Tuesday morning until noon", "2026-11-24", Some((0, 12))),
            ("Tuesday morning until 12", "2026-11-24", Some((0, 12))),
            ("Tuesday morning from 9", "2026-11-24", Some((9, 12))),
            ("Tuesday afternoon after 3pm", "2026-11-24", Some((15, 18))),
            ("in the afternoon on Tuesday before 4pm", "2026-11-24", Some((12, 16))),
            ("Tuesday afternoon 2-4", "2026-11-24", Some((14, 16))),
            ("Tuesday afternoon between 2 and 4", "2026-11-24", Some((14, 16))),
            ("Tuesday evening 6-8", "2026-11-24", Some((18, 20))),
            ("before 4pm on Tuesday afternoon", "2026-11-24", Some((12, 16))),
            ("Tuesday at lunchtime after 1pm", "2026-11-24", Some((13, 14))),
            ("Tuesday 3-5 in the afternoon", "2026-11-24", Some((15, 17))),
            ("Tuesday after 3 in the afternoon", "2026-11-24", Some((15, 24))),
            // The limit may stand first, or behind its time.
            ("after 3pm on Tuesday", "2026-11-24", Some((15, 24))),
            ("after 3pm Tuesday", "2026-11-24", Some((15, 24))),
            ("between 2 and 4 pm on Tuesday", "2026-11-24", Some((14, 16))),
            ("between 2 and 4 p.m. on Tuesday", "2026-11-24", Some((14, 16))),
            ("2-4pm on Tuesday", "2026-11-24", Some((14, 16))),
            ("before noon on Tuesday", "2026-11-24", Some((0, 12))),
            ("I'm free after 3pm on Tuesday", "2026-11-24", Some((15, 24))),
            ("Tuesday 3pm or later", "2026-11-24", Some((15, 24))),
            ("Tuesday at 3pm or later", "2026-11-24", Some((15, 24))),
            ("3pm or later on Tuesday, please", "2026-11-24", Some((15, 24))),
            ("Tuesday from 3pm onwards", "2026-11-24", Some((15, 24))),
            ("Tuesday from 3pm on", "2026-11-24", Some((15, 24))),
            ("Tuesday no earlier than 3pm", "2026-11-24", Some((15, 24))),
            ("Tuesday not until 3pm", "2026-11-24", Some((15, 24))),
            ("Tuesday not after 3pm", "2026-11-24", Some((0, 15))),
            ("Tuesday 14-16", "2026-11-24", Some((14, 16))),
            ("Tuesday 9-17", "2026-11-24", Some((9, 17))),
            ("Tuesday after 3pm and before 5pm", "2026-11-24", Some((15, 17))),
            ("Tuesday after 3pm but before 5pm", "2026-11-24", Some((15, 17))),
            ("Tuesday before 5pm, after 3pm", "2026-11-24", Some((15, 17))),
            ("Tuesday afternoon after 2 and before 5", "2026-11-24", Some((14, 17))),
            ("Tuesday 2pm-4pm EST", "2026-11-24", Some((14, 16))),
            ("Tuesday 2\u{2013}4\u{202f}pm", "2026-11-24", Some((14, 16))),
            ("tomorrow (2-4pm)", "2026-11-23", Some((14, 16))),
            ("tomorrow  afternoon\t(before 4pm)", "2026-11-23", Some((12, 16))),
            // A part of today may be over.
            ("today after 9am", "2026-11-22", Some((9, 24))),
            ("today after 9", "2026-11-22", Some((21, 24))),
            ("today between 9am and 2pm", "2026-11-22", Some((9, 14))),
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
            ("Tuesday morning 2-4pm", "do not agree"),
            ("Tuesday morning 2pm-4pm", "do not agree"),
            ("Tuesday morning after 2pm", "do not agree"),
            ("Tuesday afternoon before 10am", "do not agree"),
            ("Tuesday afternoon after 6pm", "do not agree"),
            ("Tuesday afternoon before noon", "do not agree"),
            ("Tuesday evening before 4pm", "do not agree"),
            ("tonight before 5pm", "do not agree"),
            ("Tuesday after 5pm and before 3pm", "do not agree"),
            ("Tuesday 9-11", "am or pm?"),
            ("Tuesday 3-5", "am or pm?"),
            ("Tuesday 2-16", "Tuesday 2-16"),
            ("Monday 12-14", "Monday 12-14"),
            ("today before 9am", "is past"),
            ("Tuesday 2pm-4pm PST", "another time zone"),
            ("Tuesday after 3pm GMT", "another time zone"),
            ("Tuesday before midnight", "can be read as"),
            ("tomorrow until Friday 3pm", "span"),
            ("Tuesday afternoon or later", "span"),
        ] {
            let refused = limits(words).unwrap_err();
            assert!(refused.contains(why), "{words}: {refused}");
        }
    }

    /// As many limits as fit are tried with a day that is read once; a longer text is not read.
    #[test]
    fn a_text_full_of_limits_is_refused() {
        let zone: Zone = chrono_tz::America::New_York.into();
        let now = "2026-11-22T15:00:00Z".parse().unwrap();
        for words in ["- ", "1-2 ", "after ", "tuesday ", "to 3 ", "and ", "3pm or later ", ", 2-"] {
            for text in [words.repeat(120 / words.len()), words.repeat(60_000)] {
                assert!(parse_window(&text, zone, now).is_err(), "{words}");
            }
        }
    }

    #[test]
    fn what_was_understood_says_the_limits_and_is_read_back() {
        let zone: Zone = chrono_tz::America::New_York.into();
        let now = "2026-11-22T15:00:00Z".parse().unwrap();
        for (words, understood) in [
            ("Tuesday 2-4pm", "Tuesday 24 November 2026 from 14:00 to 16:00, America/New_York (UTC-05:00)"),
            ("Tuesday after 3pm", "Tuesday 24 November 2026 from 15:00, America/New_York (UTC-05:00)"),
            ("Tuesday before noon", "Tuesday 24 November 2026 until 12:00, America/New_York (UTC-05:00)"),
            (
                "Tuesday afternoon before 4pm",
                "Tuesday 24 November 2026 from 12:00 to 16:00, America/New_York (UTC-05:00)",
            ),
            ("tonight before 8pm", "Sunday 22 November 2026 from 18:00 to 20:00, America/New_York (UTC-05:00)"),
            ("tonight after 7pm", "Sunday 22 November 2026 from 19:00, America/New_York (UTC-05:00)"),
            // The night on which clocks are put forward.
            ("2027-03-14 before 1am", "Sunday 14 March 2027 until 01:00, America/New_York (UTC-05:00)"),
            ("2027-03-14 after 1am", "Sunday 14 March 2027 from 01:00, America/New_York (UTC-05:00)"),
            ("2027-03-14 1am-4am", "Sunday 14 March 2027 from 01:00 to 04:00, America/New_York (UTC-04:00)"),
        ] {
            let day = parse_window(words, zone, now).unwrap();
            assert_eq!(day.understood(), understood, "{words}");
            assert_eq!(parse_window(understood, zone, now), Ok(day), "{words}");
        }
    }
}
