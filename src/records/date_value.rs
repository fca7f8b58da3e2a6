//! Values of `date` and `datetime` properties: a day, a moment with its offset, or Unix milliseconds as HubSpot has them.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, TimeZone, Utc};
use serde_json::Value;

use domain::time_zone::zone::Zone;
use domain::unix_ms::{self, NotMilliseconds};

/// The milliseconds of a day in UTC.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The hours that clocks may skip at the begin of a day; one zone has skipped a whole day.
const SKIPPED_HOURS_MAX: i64 = 24;

/// A value that is no date or no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDate {
    /// A text that is no day.
    #[error("it must be a day such as `2026-12-01`")]
    NoDay,
    /// A text that is no moment.
    #[error("it must be a moment with its offset such as `2026-12-01T13:00:00-05:00`, or a day")]
    NoMoment,
    /// Milliseconds within a day, which HubSpot rejects for a day.
    #[error("`{0}` is not midnight in UTC, as the unix milliseconds of a day are: send a day such as `2026-12-01`")]
    NotMidnight(i64),
    /// A moment within a day, whose time would be lost.
    #[error("it must be a day such as `2026-12-01`: a time that is not midnight cannot be kept")]
    HasTime,
    /// A number in another unit.
    #[error(transparent)]
    Unit(#[from] NotMilliseconds),
}

/// Reads a day as HubSpot stores it, `2026-12-01`.
pub fn day(raw: &Value) -> Result<String, InvalidDate> {
    if let Some(number) = number(raw) {
        let ms = unix_ms::check(number)?;
        let midnight = DateTime::from_timestamp_millis(ms).filter(|_| ms % DAY_MS == 0);
        return midnight.map(|at| at.date_naive().to_string()).ok_or(InvalidDate::NotMidnight(ms));
    }
    let text = raw.as_str().map(str::trim).ok_or(InvalidDate::NoDay)?;
    let day = match (written_day(text), DateTime::parse_from_rfc3339(text)) {
        (Some(day), _) => day,
        (None, Ok(moment)) if moment.time() == NaiveTime::MIN => moment.date_naive(),
        (None, Ok(_)) => return Err(InvalidDate::HasTime),
        (None, Err(_)) => return Err(InvalidDate::NoDay),
    };
    Ok(day.to_string())
}

/// Reads a moment as HubSpot stores it, `2026-12-01T18:00:00.000Z`; a day stands for its midnight in
/// UTC; [`begin`] has that of a zone.
pub fn moment(raw: &Value) -> Result<String, InvalidDate> {
    let moment: Option<DateTime<Utc>> = match (number(raw), raw.as_str().map(str::trim)) {
        (Some(number), _) => DateTime::from_timestamp_millis(unix_ms::check(number)?),
        (None, Some(text)) => {
            let written = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc());
            written.or_else(|| written_day(text).map(|day| day.and_time(NaiveTime::MIN).and_utc()))
        }
        (None, None) => None,
    };
    moment.map(stored).ok_or(InvalidDate::NoMoment)
}

/// Returns true for a day without a time, such as `2026-12-01`.
pub fn is_day(raw: &Value) -> bool {
    raw.as_str().is_some_and(|text| written_day(text.trim()).is_some())
}

/// Returns the moment at which a day begins in a zone; none if the value is no day.
pub fn begin(raw: &Value, zone: Zone) -> Option<Value> {
    Some(first_moment(written_day(raw.as_str()?.trim())?, zone)?.to_rfc3339().into())
}

/// Returns the first and the last millisecond of a day in a zone as HubSpot stores moments; none if the value is no day.
pub fn span(raw: &Value, zone: Zone) -> Option<(String, String)> {
    let day = written_day(raw.as_str()?.trim())?;
    let (begin, next) = (first_moment(day, zone)?, first_moment(day.succ_opt()?, zone)?);
    Some((stored(begin), stored(next - TimeDelta::milliseconds(1))))
}

/// Where clocks skip midnight, the day begins when they go on.
fn first_moment(day: NaiveDate, zone: Zone) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    let begin = |hours| zone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest();
    (0..=SKIPPED_HOURS_MAX).find_map(begin).map(|at| at.to_utc())
}

fn stored(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn written_day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// A whole number, as a number or as text.
fn number(raw: &Value) -> Option<i64> {
    match raw {
        Value::Number(number) => {
            let whole = || number.as_f64().filter(|float| float.fract() == 0.0).map(|float| float as i64);
            number.as_i64().or_else(whole)
        }
        Value::String(text) => unix_ms::number(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_and_its_text_form_mean_the_same() {
        let table = [
            (1_796_137_200_000_i64, Err(InvalidDate::NotMidnight(1_796_137_200_000)), "2026-12-01T15:00:00.000Z"),
            (1_796_083_200_000, Ok("2026-12-01"), "2026-12-01T00:00:00.000Z"),
            (-157_766_400_000, Ok("1965-01-01"), "1965-01-01T00:00:00.000Z"),
        ];
        for (ms, expected_day, expected_moment) in table {
            for raw in [json!(ms), json!(ms.to_string()), json!(format!(" {ms} ")), json!(ms as f64)] {
                assert_eq!(day(&raw), expected_day.map(str::to_owned), "{raw}");
                assert_eq!(moment(&raw), Ok(expected_moment.to_owned()), "{raw}");
            }
        }
    }

    #[test]
    fn a_day_has_no_time() {
        for (text, expected) in [
            ("2026-12-01", Ok("2026-12-01")),
            ("2026-12-01T00:00:00Z", Ok("2026-12-01")),
            ("2026-12-01T00:00:00-05:00", Ok("2026-12-01")),
            ("2026-12-01T02:00:00Z", Err(InvalidDate::HasTime)),
            ("2026-12-01T23:30:00-05:00", Err(InvalidDate::HasTime)),
            ("2026-12-01T00:00:00.001Z", Err(InvalidDate::HasTime)),
            ("tomorrow", Err(InvalidDate::NoDay)),
        ] {
            assert_eq!(day(&json!(text)), expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_day_begins_in_the_zone() {
        let rules = domain::time_zone::rules::ZoneRules::embedded();
        for (zone, day, expected) in [
            ("America/New_York", "2026-12-01", "2026-12-01T05:00:00.000Z"),
            ("Pacific/Auckland", " 2026-12-01 ", "2026-11-30T11:00:00.000Z"),
            ("Africa/Cairo", "2027-04-30", "2027-04-29T22:00:00.000Z"),
        ] {
            let begin = begin(&json!(day), rules.zone(zone).unwrap()).unwrap();
            assert_eq!(moment(&begin), Ok(expected.to_owned()), "{zone}");
        }
        assert!(begin(&json!("2026-12-01T00:00:00Z"), rules.utc()).is_none());
    }

    #[test]
    fn a_day_has_the_hours_of_its_zone() {
        let rules = domain::time_zone::rules::ZoneRules::embedded();
        for (zone, day, begin, end) in [
            ("America/New_York", "2026-11-22", "2026-11-22T05:00:00.000Z", "2026-11-23T04:59:59.999Z"),
            ("America/New_York", "2026-11-01", "2026-11-01T04:00:00.000Z", "2026-11-02T04:59:59.999Z"),
            ("Asia/Tokyo", "2026-11-22", "2026-11-21T15:00:00.000Z", "2026-11-22T14:59:59.999Z"),
            ("Africa/Cairo", "2027-04-30", "2027-04-29T22:00:00.000Z", "2027-04-30T20:59:59.999Z"),
            ("UTC", "2026-11-22", "2026-11-22T00:00:00.000Z", "2026-11-22T23:59:59.999Z"),
        ] {
            let expected = Some((begin.to_owned(), end.to_owned()));
            assert_eq!(span(&json!(day), rules.zone(zone).unwrap()), expected, "{zone} {day}");
        }
    }

    #[test]
    fn seconds_and_microseconds_are_refused_and_milliseconds_named() {
        for number in [1_796_137_200_i64, 0, 20_261_213, 1_796_137_200_000_000] {
            for raw in [json!(number), json!(number.to_string())] {
                for error in [day(&raw).unwrap_err(), moment(&raw).unwrap_err()] {
                    assert!(error.to_string().contains("unix milliseconds"), "{raw}: {error}");
                }
            }
        }
        assert!(moment(&json!(u64::MAX)).is_err() && moment(&json!(1e300)).is_err() && moment(&json!(1.5)).is_err());
        assert!(moment(&json!(true)).is_err() && day(&json!([])).is_err() && day(&json!("")).is_err());
    }
}
