//! The sentences in every language.

use domain::time_zone::rules::ZoneRules;

use super::*;

fn at(text: &str) -> DateTime<Zone> {
    text.parse::<DateTime<Utc>>().unwrap().with_timezone(&ZoneRules::embedded().zone("Europe/Berlin").unwrap())
}

#[test]
fn the_next_opening_is_told_in_every_language() {
    let now: DateTime<Utc> = "2026-12-04T17:00:00Z".parse().unwrap();
    let closed = Opening::Closed { opens_at: Some(at("2026-12-07T08:00:00Z")), why: Why::Hours };
    let expected = [
        "People answer again on Monday at 09:00 (Europe/Berlin).",
        "Der svares igen på mandag kl. 09:00 (Europe/Berlin).",
        "On vous répondra à nouveau lundi à 09:00 (Europe/Berlin).",
        "Risponderemo di nuovo lunedì alle 09:00 (Europe/Berlin).",
        "Es antwortet wieder jemand am Montag um 09:00 Uhr (Europe/Berlin).",
    ];
    assert_eq!(Language::ALL.map(|language| of(&closed, now, language)), expected);
}

#[test]
fn the_day_is_named_as_people_name_it() {
    let english = |opens: &str, now: &str| {
        let closed = Opening::Closed { opens_at: Some(at(opens)), why: Why::Holiday("Christmas".to_owned()) };
        of(&closed, now.parse().unwrap(), Language::English)
    };
    for (opens, now, expected) in [
        ("2026-12-07T08:00:00Z", "2026-12-07T05:00:00Z", "Christmas: People answer again at 09:00 (Europe/Berlin)."),
        (
            "2026-12-07T08:00:00Z",
            "2026-12-06T05:00:00Z",
            "Christmas: People answer again tomorrow at 09:00 (Europe/Berlin).",
        ),
        // Past midnight in Berlin, not yet in UTC.
        ("2026-12-07T08:00:00Z", "2026-12-06T23:30:00Z", "Christmas: People answer again at 09:00 (Europe/Berlin)."),
        (
            "2026-12-14T08:00:00Z",
            "2026-12-07T12:00:00Z",
            "Christmas: People answer again on Monday 14 December 2026 at 09:00 (Europe/Berlin).",
        ),
    ] {
        assert_eq!(english(opens, now), expected);
    }
}

#[test]
fn open_hours_are_told_with_their_end() {
    let now: DateTime<Utc> = "2026-12-04T12:00:00Z".parse().unwrap();
    let open = |until: Option<&str>| of(&Opening::Open { until: until.map(at) }, now, Language::English);
    assert_eq!(open(None), "People answer at any time.");
    assert_eq!(open(Some("2026-12-04T16:00:00Z")), "People answer now, until 17:00 (Europe/Berlin).");
    assert_eq!(open(Some("2026-12-05T01:00:00Z")), "People answer now, until tomorrow 02:00 (Europe/Berlin).");
    let never = Opening::Closed { opens_at: None, why: Why::Hours };
    assert_eq!(of(&never, now, Language::German), "Zurzeit antwortet niemand.");
    assert_eq!(when_again(&Opening::Open { until: None }, now, Language::German), None);
}
