//! Tests of days, times and zones together, and of hours at which clocks change.

use super::*;
use chrono::{DateTime, Utc};
use chrono_tz::{Africa, America, Asia, Australia, Europe, Pacific, Tz};

/// Sunday, 10:00 in New York.
fn now() -> DateTime<Utc> {
    "2026-11-22T15:00:00Z".parse().unwrap()
}

fn started(day: &str, time: &str, zone: Tz) -> String {
    parse_start(day, time, zone.into(), now()).map_or_else(|refusal| refusal.to_string(), |start| start.at.to_rfc3339())
}

/// The rows of the original system's date table, with the correct results.
#[test]
fn phrases_that_the_original_system_misread_are_read_correctly() {
    let table = [
        ("December 1st", "1pm", America::New_York, "2026-12-01T13:00:00-05:00"),
        ("December 1st", "3pm", Asia::Tokyo, "2026-12-01T15:00:00+09:00"),
        ("July 1st 2027", "3pm", Europe::London, "2027-07-01T15:00:00+01:00"),
        ("the day after tomorrow", "1pm", America::New_York, "2026-11-24T13:00:00-05:00"),
        (
            "December 1st",
            "5 o'clock",
            America::New_York,
            "`December 1st, 5 o'clock` could be 05:00 or 17:00: am or pm?",
        ),
        ("December 1st", "4.30 pm", America::New_York, "2026-12-01T16:30:00-05:00"),
        ("December 1st", "4:30 pm", America::New_York, "2026-12-01T16:30:00-05:00"),
        ("December 1st", "1630", America::New_York, "2026-12-01T16:30:00-05:00"),
        ("December 1st", "2026-12-01T13:00:00", America::New_York, "2026-12-01T13:00:00-05:00"),
        ("the 15th", "1pm", America::New_York, "2026-12-15T13:00:00-05:00"),
    ];
    for (day, time, zone, expected) in table {
        assert_eq!(started(day, time, zone), expected, "{day}, {time}");
    }
    for (day, time, why) in [
        ("November 1st 2026", "1pm", "is past"),
        ("2027-03-14", "2:30 am", "does not exist"),
        ("whenever suits", "1pm", "`whenever`"),
    ] {
        let answer = started(day, time, America::New_York);
        assert!(answer.contains(why), "{day}, {time}: {answer}");
    }
}

#[test]
fn a_result_is_read_back_with_weekday_and_zone() {
    let start = parse_start("December 1st", "1pm", America::New_York.into(), now()).unwrap();
    assert_eq!(start.understood(), "Tuesday 1 December 2026, 13:00 America/New_York (UTC-05:00)");
    let day = parse_day("2026-12-01", America::New_York.into(), now()).unwrap();
    assert_eq!(day.understood(), "Tuesday 1 December 2026, America/New_York (UTC-05:00)");
}

/// Models often send the whole instant in both fields.
#[test]
fn a_whole_instant_has_to_agree_with_the_day() {
    let table = [
        ("2026-12-01", "2026-12-01T18:00:00Z", "2026-12-01T13:00:00-05:00"),
        ("2026-12-01", "2026-12-01T13:00-05:00", "2026-12-01T13:00:00-05:00"),
        ("December 1st", "Tuesday 1 December 2026, 13:00 America/New_York", "2026-12-01T13:00:00-05:00"),
        ("2026-12-01T00:00:00-05:00", "13:00", "2026-12-01T13:00:00-05:00"),
        ("2026-12-01T00:00:00", "13:00", "2026-12-01T13:00:00-05:00"),
        ("2026-12-01T13:00:00", "13:00", "2026-12-01T13:00:00-05:00"),
        ("tomorrow", "tomorrow at 3pm", "2026-11-23T15:00:00-05:00"),
        ("tomorrow at 3pm", "3pm", "2026-11-23T15:00:00-05:00"),
        ("tomorrow afternoon", "at 4", "2026-11-23T16:00:00-05:00"),
        ("tonight", "8", "2026-11-22T20:00:00-05:00"),
        ("today", "in 2 hours", "2026-11-22T12:00:00-05:00"),
        ("today", "in 2 hours and 30 minutes", "2026-11-22T12:30:00-05:00"),
        ("today", "in an hour and a half", "2026-11-22T11:30:00-05:00"),
        ("today", "in half an hour", "2026-11-22T10:30:00-05:00"),
        ("today", "90 minutes from now", "2026-11-22T11:30:00-05:00"),
        ("tomorrow", "in 2 hours", "do not agree"),
        ("2026-12-02", "2026-12-01T13:00:00-05:00", "do not agree"),
        ("today", "tomorrow at 3pm", "do not agree"),
        ("tomorrow at 2pm", "3pm", "do not agree"),
        ("tomorrow morning", "3pm", "do not agree"),
        (
            "2026-12-01T00:00:00Z",
            "13:00",
            "can be read as Tuesday 1 December 2026 or as Monday 30 November 2026, 19:00",
        ),
        ("2026-12-01", "2026-12-01T03:00:00Z", "do not agree"),
        ("2026-12-01", "2026-12-01T13:00:20-05:00", "seconds"),
        ("2026-12-01", "13:00 Europe/London", "another time zone"),
        ("2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-30T19:00:00-05:00"),
        ("2026-12-02T03:00:00Z", "2026-12-02T03:00:00Z", "2026-12-01T22:00:00-05:00"),
        ("2026-12-02T03:00:00Z", "22:00", "2026-12-01T22:00:00-05:00"),
        ("2026-12-02T03:00:00Z", "2026-12-01T22:00:00-05:00", "2026-12-01T22:00:00-05:00"),
        ("2026-12-02T03:00:00Z", "03:00", "do not agree"),
        ("2026-12-01", "13:00 UTC", "another time zone"),
        ("2026-12-01", "13:00 CST", "another time zone"),
        ("2026-12-01", "13:00 EST", "2026-12-01T13:00:00-05:00"),
        ("2026-12-01", "1pm Eastern time", "2026-12-01T13:00:00-05:00"),
        ("2026-12-01", "1pm in New York", "2026-12-01T13:00:00-05:00"),
        ("2026-12-01", "", "is empty"),
        ("", "13:00", "is empty"),
        ("13:00", "2026-12-01", "2026-12-01T13:00:00-05:00"),
        ("2026-12-01", "tomorrow", "do not agree"),
        ("2026-12-01", "2026-12-01", "names no time"),
    ];
    for (day, time, expected) in table {
        let answer = started(day, time, America::New_York);
        assert!(answer.contains(expected), "`{day}`, `{time}`: {answer}");
    }
}

#[test]
fn an_abbreviation_of_several_zones_can_be_the_customers_own() {
    let table = [
        ("2pm CST", America::Chicago, "2026-12-01T14:00:00-06:00"),
        ("2pm CST", Asia::Shanghai, "2026-12-01T14:00:00+08:00"),
        ("2pm CST", America::Denver, "another time zone"),
        ("2pm MST", America::Denver, "2026-12-01T14:00:00-07:00"),
        ("2pm IST", Asia::Kolkata, "2026-12-01T14:00:00+05:30"),
        ("2pm AST", America::Halifax, "2026-12-01T14:00:00-04:00"),
        ("2pm AEST", Australia::Brisbane, "2026-12-01T14:00:00+10:00"),
        ("2pm BST", Asia::Tokyo, "another time zone"),
        ("2pm Australian Eastern Standard Time", Australia::Brisbane, "2026-12-01T14:00:00+10:00"),
        ("2pm Portland", America::New_York, "which is not among"),
        ("2pm in London", Europe::London, "2026-12-01T14:00:00+00:00"),
    ];
    for (time, zone, expected) in table {
        let answer = started("2026-12-01", time, zone);
        assert!(answer.contains(expected), "{time} in {zone}: {answer}");
    }
}

#[test]
fn an_instant_means_the_customers_day() {
    let day = parse_day("2026-12-02T14:00:00-05:00", Asia::Tokyo.into(), now()).unwrap();
    assert_eq!(day.understood(), "Thursday 3 December 2026, 04:00 Asia/Tokyo (UTC+09:00)");
}

/// Clock changes of 2027, taken from the zones' laws.
#[test]
fn hours_that_clocks_skip_or_repeat_are_rejected() {
    let skipped = [
        (America::New_York, "2027-03-14", "02:30", "from 02:00 to 03:00"),
        (America::Los_Angeles, "2027-03-14", "02:00", "from 02:00 to 03:00"),
        (Europe::London, "2027-03-28", "01:59", "from 01:00 to 02:00"),
        (Pacific::Auckland, "2027-09-26", "02:30", "from 02:00 to 03:00"),
        (Australia::Lord_Howe, "2027-10-03", "02:15", "from 02:00 to 02:30"),
        (Africa::Cairo, "2027-04-30", "00:30", "from 00:00 to 01:00"),
    ];
    for (zone, day, time, says) in skipped {
        let answer = started(day, time, zone);
        assert!(answer.contains("does not exist") && answer.contains(says), "{day} {time} {zone}: {answer}");
    }
    let doubled = [
        (America::New_York, "2027-11-07", "01:30", "2027-11-07T01:30:00-04:00 or 2027-11-07T01:30:00-05:00"),
        (America::Los_Angeles, "2027-11-07", "1:00 am", "2027-11-07T01:00:00-07:00 or 2027-11-07T01:00:00-08:00"),
        (Europe::London, "2027-10-31", "01:30", "2027-10-31T01:30:00+01:00 or 2027-10-31T01:30:00+00:00"),
        (Pacific::Auckland, "2027-04-04", "02:30", "2027-04-04T02:30:00+13:00 or 2027-04-04T02:30:00+12:00"),
        (Australia::Lord_Howe, "2027-04-04", "01:45", "2027-04-04T01:45:00+11:00 or 2027-04-04T01:45:00+10:30"),
    ];
    for (zone, day, time, says) in doubled {
        let answer = started(day, time, zone);
        assert!(answer.contains("happens twice") && answer.contains(says), "{day} {time} {zone}: {answer}");
    }
}

#[test]
fn hours_next_to_a_clock_change_are_unambiguous() {
    let table = [
        (America::New_York, "2027-03-14", "01:59", "2027-03-14T01:59:00-05:00"),
        (America::New_York, "2027-03-14", "3 am", "2027-03-14T03:00:00-04:00"),
        (America::New_York, "2027-11-07", "02:00", "2027-11-07T02:00:00-05:00"),
        (Australia::Lord_Howe, "2027-10-03", "02:30", "2027-10-03T02:30:00+11:00"),
        (Australia::Lord_Howe, "2027-04-04", "01:15", "2027-04-04T01:15:00+11:00"),
        (Australia::Lord_Howe, "2027-04-04", "02:00", "2027-04-04T02:00:00+10:30"),
        (Asia::Kolkata, "2027-03-14", "02:30", "2027-03-14T02:30:00+05:30"),
        (America::New_York, "2027-11-07", "2027-11-07T01:30:00-05:00", "2027-11-07T01:30:00-05:00"),
        (America::New_York, "2027-11-07", "01:30 (UTC-04:00)", "2027-11-07T01:30:00-04:00"),
    ];
    for (zone, day, time, expected) in table {
        assert_eq!(started(day, time, zone), expected, "{day} {time} {zone}");
    }
}

/// Elapsed hours are counted, not hours on the clock.
#[test]
fn in_three_hours_is_three_hours_later_on_any_night() {
    let now = "2027-03-14T05:30:40Z".parse().unwrap();
    let start = parse_start("today", "in 3 hours", America::New_York.into(), now).unwrap();
    assert_eq!(start.at.to_rfc3339(), "2027-03-14T04:30:00-04:00");
}

#[test]
fn a_day_has_as_many_hours_as_its_clocks_show() {
    let hours = |date: &str, zone: Tz| {
        let interval = parse_day(date, zone.into(), now()).unwrap().interval().unwrap();
        (interval.end_ms() - interval.start_ms()) / 3_600_000
    };
    assert_eq!(hours("2026-12-01", America::New_York), 24);
    assert_eq!(hours("2027-03-14", America::New_York), 23);
    assert_eq!(hours("2027-11-07", America::New_York), 25);
    // Clocks in Cairo are put forward at midnight: the day begins at one.
    assert_eq!(hours("2027-04-30", Africa::Cairo), 23);
}

/// The day that has just passed is as likely as one in two months.
#[test]
fn a_day_that_the_next_month_does_not_have_is_asked() {
    let said = |words: &str, now: &str| {
        let read = parse_day(words, America::New_York.into(), now.parse().unwrap());
        read.map_or_else(|refusal| refusal.to_string(), |day| day.date.to_string())
    };
    let (january, leap) = ("2027-01-31T17:00:00Z", "2028-01-31T17:00:00Z");
    for (words, now, expected) in [
        ("the 30th", january, "can be read as Saturday 30 January 2027 or as Tuesday 30 March 2027"),
        ("the 29th", january, "can be read as Friday 29 January 2027 or as Monday 29 March 2027"),
        ("30th", january, "can be read as"),
        ("the 29th", leap, "2028-02-29"),
        ("the 30th", leap, "can be read as"),
        ("the 28th", january, "2027-02-28"),
        ("the 31st", january, "2027-01-31"),
        ("the 31st", "2027-02-01T17:00:00Z", "2027-03-31"),
        ("the 30th of March", january, "2027-03-30"),
    ] {
        let answer = said(words, now);
        assert!(answer.contains(expected), "{words}: {answer}");
    }
}
