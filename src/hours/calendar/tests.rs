//! The hours over weeks, holidays and the days on which clocks change.

use domain::time_zone::rules::ZoneRules;
use proptest::prelude::*;

use super::*;
use crate::hours::setting;

const OFFICE: &str = r#"
zone = "Europe/Berlin"
[days]
monday = ["09:00-12:00", "13:00-17:00"]
tuesday = ["09:00-17:00"]
wednesday = ["09:00-17:00"]
thursday = ["09:00-17:00"]
friday = ["09:00-15:00", "22:00-02:00"]
[special]
2026-12-24 = ["09:00-12:00"]
2026-12-30 = []
[[holidays]]
name = "Christmas"
from = "12-24"
to = "12-26"
[[holidays]]
name = "Moving house"
date = 2026-12-08
[[holidays]]
name = "Winter break"
from = "12-31"
to = "01-02"
"#;

fn hours(text: &str) -> Hours {
    setting::read(text, ZoneRules::embedded()).unwrap()
}

/// The answer in short: `open until …` or `closed until …`, with the reason.
fn shown(opening: &Opening) -> String {
    let at = |at: &Option<DateTime<Zone>>| at.map_or("-".to_owned(), |at| at.format("%m-%dT%H:%M%:z").to_string());
    match opening {
        Opening::Open { until } => format!("open {}", at(until)),
        Opening::Closed { opens_at, why: Why::Hours } => format!("closed {}", at(opens_at)),
        Opening::Closed { opens_at, why: Why::Holiday(name) } => format!("closed {} {name}", at(opens_at)),
    }
}

#[test]
fn people_answer_at_the_hours_that_are_set() {
    let office = hours(OFFICE);
    for (now, expected) in [
        // 2026-12-07 is a Monday.
        ("2026-12-07T07:59:59Z", "closed 12-07T09:00+01:00"),
        ("2026-12-07T08:00:00Z", "open 12-07T12:00+01:00"),
        ("2026-12-07T10:59:59Z", "open 12-07T12:00+01:00"),
        ("2026-12-07T11:00:00Z", "closed 12-07T13:00+01:00"),
        ("2026-12-07T16:00:00Z", "closed 12-09T09:00+01:00"),
        ("2026-12-08T10:00:00Z", "closed 12-09T09:00+01:00 Moving house"),
        // The night of a Friday belongs to the Friday.
        ("2026-12-11T23:30:00Z", "open 12-12T02:00+01:00"),
        ("2026-12-12T01:00:00Z", "closed 12-14T09:00+01:00"),
        // The special day comes before the holiday, and the holiday before the week.
        ("2026-12-24T08:30:00Z", "open 12-24T12:00+01:00"),
        ("2026-12-24T12:00:00Z", "closed 12-28T09:00+01:00"),
        ("2026-12-25T21:30:00Z", "closed 12-28T09:00+01:00 Christmas"),
        ("2026-12-30T10:00:00Z", "closed 01-04T09:00+01:00"),
        ("2026-12-31T10:00:00Z", "closed 01-04T09:00+01:00 Winter break"),
        ("2027-01-01T10:00:00Z", "closed 01-04T09:00+01:00 Winter break"),
        // A yearly holiday is one in every year, a date in one.
        ("2027-12-27T10:00:00Z", "open 12-27T12:00+01:00"),
        ("2027-12-08T10:00:00Z", "open 12-08T17:00+01:00"),
    ] {
        assert_eq!(shown(&office.answering(now.parse().unwrap())), expected, "{now}");
    }
}

#[test]
fn without_a_setting_people_answer_at_any_time() {
    let any = Hours::default();
    assert!(any.are_unset());
    assert_eq!(any.answering("2026-12-25T03:00:00Z".parse().unwrap()), Opening::Open { until: None });
}

#[test]
fn hours_without_a_pause_have_no_end_and_those_of_the_past_no_beginning() {
    let always: String = setting_of("UTC", &["00:00-24:00"; 7]);
    assert_eq!(shown(&hours(&always).answering("2026-12-07T12:00:00Z".parse().unwrap())), "open -");
    let once = "zone = \"UTC\"\n[special]\n2026-12-01 = [\"09:00-10:00\"]";
    assert_eq!(shown(&hours(once).answering("2026-12-07T12:00:00Z".parse().unwrap())), "closed -");
    let joined = setting_of("UTC", &["20:00-24:00", "00:00-04:00,04:00-06:00", "", "", "", "", ""]);
    assert_eq!(shown(&hours(&joined).answering("2026-12-07T21:00:00Z".parse().unwrap())), "open 12-08T06:00+00:00");
}

/// The days on which clocks skip an hour and repeat one, in New York: 14 March and 7 November 2027, both Sundays.
#[test]
fn hours_that_clocks_skip_or_repeat_are_met() {
    for (spans, now, expected) in [
        // Skipped: 02:30 is none, so it is 03:00.
        ("02:30-04:00", "2027-03-14T06:59:59Z", "closed 03-14T03:00-04:00"),
        ("02:30-04:00", "2027-03-14T07:00:00Z", "open 03-14T04:00-04:00"),
        ("01:00-02:30", "2027-03-14T06:30:00Z", "open 03-14T03:00-04:00"),
        // A span within the skipped hour is none on that day; on Monday there is nothing.
        ("02:10-02:50", "2027-03-14T06:30:00Z", "closed 03-21T02:10-04:00"),
        // Repeated: it begins in the first hour and ends in the second.
        ("01:30-03:00", "2027-11-07T05:30:00Z", "open 11-07T03:00-05:00"),
        ("00:00-01:30", "2027-11-07T05:45:00Z", "open 11-07T01:30-05:00"),
        ("00:00-01:30", "2027-11-07T06:30:00Z", "closed 11-14T00:00-05:00"),
    ] {
        let sunday = setting_of("America/New_York", &["", "", "", "", "", "", spans]);
        assert_eq!(shown(&hours(&sunday).answering(now.parse().unwrap())), expected, "{spans} {now}");
    }
}

/// A setting with these spans of each day, separated by commas.
fn setting_of(zone: &str, week: &[&str; 7]) -> String {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let day = |(name, spans): (&str, &&str)| {
        let spans: Vec<_> =
            spans.split(',').filter(|span| !span.is_empty()).map(|span| format!("\"{span}\"")).collect();
        format!("{name} = [{}]\n", spans.join(", "))
    };
    format!("zone = \"{zone}\"\n[days]\n{}", days.into_iter().zip(week).map(day).collect::<String>())
}

/// The expected answer, found in another way: minute by minute, by the clocks on the wall.
fn is_open_by_the_wall(calendar: &Calendar, now: DateTime<Utc>) -> bool {
    let local = now.with_timezone(&calendar.zone).naive_local();
    let minute = i64::from(chrono::Timelike::hour(&local) * 60 + chrono::Timelike::minute(&local));
    let within = |day: NaiveDate, minute: i64| {
        calendar.week[day.weekday().num_days_from_monday() as usize].iter().any(|span| {
            let end = i64::from(span.end) + if span.end > span.start { 0 } else { 24 * 60 };
            i64::from(span.start) <= minute && minute < end
        })
    };
    let yesterday = local.date().pred_opt().unwrap();
    within(local.date(), minute) || within(yesterday, minute + 24 * 60)
}

/// True for an instant whose local time is shown twice, or that follows within a day on a change of clocks.
fn is_near_a_change(calendar: &Calendar, now: DateTime<Utc>) -> bool {
    let offset =
        |hours: i64| chrono::Offset::fix((now + TimeDelta::hours(hours)).with_timezone(&calendar.zone).offset());
    (-26..=26).any(|hours| offset(hours) != offset(0))
}

proptest! {
    #[test]
    fn an_answer_holds_until_the_moment_that_it_names(
        starts in proptest::collection::vec(0u16..1_440, 7),
        lengths in proptest::collection::vec(0u16..1_440, 7),
        minute in 0i64..1_051_200,
        zone in proptest::sample::select(vec!["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    ) {
        let mut week: [Vec<Span>; 7] = Default::default();
        for (day, (start, length)) in starts.iter().zip(&lengths).enumerate() {
            week[day].extend(Span::new(*start, (start + length) % 1_440));
        }
        let zone = ZoneRules::embedded().zone(zone).unwrap();
        let calendar = Calendar { zone, week, special: BTreeMap::new(), holidays: vec![] };
        let now = DateTime::<Utc>::from_timestamp(1_798_761_600 + minute * 60, 0).unwrap();
        let answer = calendar.answering(now);
        let is_open = matches!(answer, Opening::Open { .. });
        if !is_near_a_change(&calendar, now) {
            prop_assert_eq!(is_open, is_open_by_the_wall(&calendar, now));
        }
        let (Opening::Open { until: change } | Opening::Closed { opens_at: change, .. }) = &answer;
        if let Some(change) = change.map(|at| at.to_utc()) {
            prop_assert!(change > now, "{answer:?}");
            let before = calendar.answering(change - TimeDelta::milliseconds(1));
            prop_assert_eq!(matches!(before, Opening::Open { .. }), is_open, "just before {}", change);
            let after = calendar.answering(change);
            prop_assert_ne!(matches!(after, Opening::Open { .. }), is_open, "at {}", change);
            let between = calendar.answering(now + (change - now) / 2);
            prop_assert_eq!(matches!(between, Opening::Open { .. }), is_open);
        }
    }
}
