//! Files of hours that cannot be meant are refused with their line.

use super::*;

fn refused(text: &str) -> String {
    read(text, ZoneRules::embedded()).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let days = "zone = \"Europe/Berlin\"\n[days]\n";
    for (text, said) in [
        ("zone = \"Mars\"\n[days]\nmonday = []".to_owned(), "line 1: `Mars` is not one time zone"),
        (format!("{days}monday = [\"9-17\"]"), "line 3: `9-17` is no span of hours"),
        (format!("{days}monday = [\"09:00-25:00\"]"), "line 3: `09:00-25:00` is no span"),
        (format!("{days}monday = [\"09:00-09:00\"]"), "line 3: `09:00-09:00` is no span"),
        (format!("{days}monday = [\n  \"09:00-12:00\",\n  \"11:00-17:00\"]"), "line 5: `11:00-17:00` overlaps"),
        (format!("{days}monday = [\"22:00-02:00\", \"23:00-24:00\"]"), "line 3: `23:00-24:00` overlaps"),
        (format!("{days}\nmontag = [\"09:00-17:00\"]"), "line 4: `montag` is no day: use monday"),
        (days.to_owned(), "line 1: nobody would ever answer"),
        (format!("{days}monday = []"), "line 1: nobody would ever answer"),
        (format!("{days}monday = [\"09:00-17:00\"]\n[special]\n2026-02-30 = []"), "line 5: `2026-02-30` is no day"),
        (format!("{days}monday = [\"09:00-17:00\"]\n[[holidays]]\nname = \"x\""), "line 5: a holiday has either"),
        (
            format!("{days}monday = [\"09:00-17:00\"]\n[[holidays]]\nname = \"x\"\ndate = \"13-01\""),
            "line 6: `13-01` is no day, such as `2026-12-24`, or `12-24`",
        ),
        (
            format!(
                "{days}monday = [\"09:00-17:00\"]\n[[holidays]]\nname = \"x\"\nfrom = \"2026-12-24\"\nto = \"12-26\""
            ),
            "line 7: `from` and `to` both have a year",
        ),
        (
            format!("{days}monday = [\"09:00-17:00\"]\n[[holidays]]\nname = \"x\"\nfrom = 2026-12-24\nto = 2026-12-23"),
            "line 7: `to` lies before `from`",
        ),
        (
            format!("{days}monday = [\"09:00-17:00\"]\n[[holidays]]\nname = \"\"\ndate = \"12-24\""),
            "line 5: a name has",
        ),
        (format!("{days}monday = \"09:00-17:00\""), "line 3"),
        (format!("hours = 1\n{days}"), "line 1"),
        ("x".repeat(70_000), "more than"),
    ] {
        let problem = refused(&text);
        assert!(problem.contains(said), "{said:?} is not in {problem:?}");
    }
}

#[test]
fn days_are_read_in_any_order_and_case() {
    let text = "zone = \"berlin\"\n[days]\nMonday = [\"13:00-17:00\", \"9:00 – 12:00\"]";
    let Hours(Some(calendar)) = read(text, ZoneRules::embedded()).unwrap() else { panic!() };
    assert_eq!((calendar.zone.name(), calendar.week[0].len()), ("Europe/Berlin", 2));
    assert!(calendar.week[0].is_sorted());
    assert!(
        read(
            "zone = \"UTC\"\n[days]\nmonday = [\"00:00-24:00\"]\n[[holidays]]\nname = \"Leap\"\ndate = \"02-29\"",
            ZoneRules::embedded()
        )
        .is_ok()
    );
}
