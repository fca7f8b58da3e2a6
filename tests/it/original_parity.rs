//! The original system's table on dates, availability and meetings, row by row with the better result, independent of
//! the server's time zone.

use http::Method;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};

use crate::booking::{MEI, MEI_USER, VERONICA, VERONICA_USER, day, meeting, on_booking, refusal, starts, utc, with};
use crate::world::World;

/// The name of the table's test in the test runner.
const TABLE: &str = "original_parity::every_row_of_the_original_is_better";

/// The expected result of a booking.
#[derive(Debug)]
enum Expected {
    /// Booked, with this start in the customer's time zone.
    Booked(&'static str),
    /// Refused with this code, and with these words in the message.
    Refused(&'static str, &'static str),
}

use Expected::{Booked, Refused};

const NEW_YORK: &str = "America/New_York";
const NOT_UNDERSTOOD: &str = "DATE_NOT_UNDERSTOOD_ERROR";
const UNAVAILABLE: &str = "UNAVAILABLE_ERROR";

/// Row, date, time, time zone. A refusal that names the right day and hour understood both: nobody works at that time.
const MEETINGS: &[(&str, &str, &str, &str, Expected)] = &[
    ("ok_NY", "December 1st", "1pm", NEW_YORK, Booked("2026-12-01T13:00:00-05:00")),
    (
        "tokyo_day_shift",
        "December 1st",
        "3pm",
        "Asia/Tokyo",
        Refused(UNAVAILABLE, "Tuesday 1 December 2026, 15:00 Asia/Tokyo"),
    ),
    ("tokyo_day_shift, in working hours", "December 2nd", "6am", "Asia/Tokyo", Booked("2026-12-02T06:00:00+09:00")),
    (
        "london_bst_day_shift",
        "July 1st 2027",
        "3pm",
        "Europe/London",
        Refused(UNAVAILABLE, "Thursday 1 July 2027, 15:00 Europe/London"),
    ),
    ("day_after_tomorrow", "the day after tomorrow", "4pm", NEW_YORK, Booked("2026-11-24T16:00:00-05:00")),
    ("unparsed_time", "December 1st", "after lunch", NEW_YORK, Refused(NOT_UNDERSTOOD, "")),
    ("5 o'clock", "December 1st", "5 o'clock", NEW_YORK, Refused(NOT_UNDERSTOOD, "am or pm")),
    ("4.30 pm", "December 1st", "4.30 pm", "EST", Booked("2026-12-01T16:30:00-05:00")),
    ("iso_datetime", "2026-12-01", "2026-12-01T13:00:00", NEW_YORK, Booked("2026-12-01T13:00:00-05:00")),
    ("unparsed_date", "the 15th", "15:00", NEW_YORK, Booked("2026-12-15T15:00:00-05:00")),
    ("past_date", "November 1st 2026", "1pm", NEW_YORK, Refused(NOT_UNDERSTOOD, "past")),
    ("unknown_tz", "December 1st", "1pm", "NYC", Booked("2026-12-01T13:00:00-05:00")),
    ("unknown_tz, of nowhere", "December 1st", "1pm", "Gotham", Refused("TIME_ZONE_UNKNOWN_ERROR", "Gotham")),
    ("dst_gap", "2027-03-14", "2:30 am", NEW_YORK, Refused(NOT_UNDERSTOOD, "does not exist")),
    ("G4 NY_430pm", "December 1st", "4:30 pm", "New York", Booked("2026-12-01T16:30:00-05:00")),
    ("G4 1630", "December 1st", "1630", NEW_YORK, Booked("2026-12-01T16:30:00-05:00")),
];

#[tokio::test(start_paused = true)]
async fn every_row_of_the_original_is_better() {
    let untouched = World::new().await;
    for (row, date, time, zone, expected) in MEETINGS {
        // Each booking needs a world of its own; a refusal changes nothing.
        let own = if let Booked(_) = expected { Some(World::new().await) } else { None };
        let world = own.as_ref().unwrap_or(&untouched);
        let answer = world.call("create_meeting", with(meeting(date, time), json!({"time_zone": zone}))).await;
        let fits = match (&answer, expected) {
            (Ok(booked), Booked(start)) => booked["start"] == *start,
            (Err(error), Refused(code, words)) => {
                error["code"] == *code && error["message"].as_str().unwrap().contains(words)
            }
            _ => false,
        };
        assert!(fits, "{row}: {answer:?} instead of {expected:?}");
    }
    busy_times_are_cut_to_the_customers_day().await;
    owners_links_and_zones_are_told_apart().await;
    meetings_touch_and_never_overlap().await;
    a_slot_that_is_taken_is_no_confirmation().await;
    what_one_tool_says_the_other_reads().await;
    every_day_has_an_answer().await;
}

/// avail.user_id_NY: three meetings, of which one is on the next day in UTC and one ends after midnight.
async fn busy_times_are_cut_to_the_customers_day() {
    let world = World::new().await;
    for (start, end) in [("19:00", "20:00"), ("21:00", "22:00"), ("23:30", "00:30")] {
        let next = |time: &str| if time < "01" { "2026-12-02" } else { "2026-12-01" };
        let at = |time: &str| utc(&format!("{}T{time}:00-05:00", next(time)));
        world.sandbox.add_busy(VERONICA_USER, at(start), at(end));
    }
    let mut shown = world.call("check_available", day("December 1st")).await.unwrap();
    shown.as_object_mut().unwrap().remove("links"); // They have the names that their organisers gave them.
    let busy: Vec<_> =
        shown["busy_time_slots"].as_array().unwrap().iter().map(|slot| (&slot["start"], &slot["end"])).collect();
    for (start, end) in [("01T19:00", "01T20:00"), ("01T21:00", "01T22:00"), ("01T23:30", "02T00:00")] {
        let [start, end] = [start, end].map(|at| json!(format!("2026-12-{at}:00-05:00")));
        assert!(busy.contains(&(&start, &end)), "user_id_NY: {start} is not in {busy:?}");
    }
    assert!(!shown.to_string().contains("Veronica") && !shown.to_string().contains("GOOGLE"), "{shown}");
}

/// avail.owner_id_117001, user_id, garbage_date, links_403, slug_404, unknown_tz.
async fn owners_links_and_zones_are_told_apart() {
    let world = World::new().await;
    let free = world.call("check_available", with(day("2026-12-01"), json!({"owner_id": VERONICA}))).await.unwrap();
    assert!(!starts(&free["available_slots"]).is_empty(), "owner_id_117001");
    for (row, more, code) in [
        ("user_id", json!({"owner_id": VERONICA_USER.to_string()}), "OWNER_NOT_FOUND_ERROR"),
        ("garbage_date", json!({"meeting_date": "whenever suits"}), NOT_UNDERSTOOD),
        ("slug_404", json!({"slug": "richtech/nobody"}), "MEETING_LINK_UNFOUND_ERROR"),
        ("unknown_tz", json!({"time_zone": "Gotham"}), "TIME_ZONE_UNKNOWN_ERROR"),
    ] {
        assert_eq!(world.code("check_available", with(day("2026-12-01"), more)).await, code, "{row}");
    }
    let resolved = world.call("check_available", with(day("2026-12-01"), json!({"time_zone": "NYC"}))).await.unwrap();
    assert_eq!(resolved["time_zone"], NEW_YORK, "unknown_tz");
    let refused = World::new().await;
    let forbidden = Effect::Status { status: 403, body: None, headers: vec![] };
    refused.sandbox.inject_fault(Fault::once(forbidden).on(&Method::GET, "/meeting-links"));
    assert_eq!(refused.code("check_available", day("2026-12-01")).await, "MISSING_SCOPE_ERROR", "links_403");
}

/// meeting.busy_inside_meeting, back_to_back_before, back_to_back_after.
async fn meetings_touch_and_never_overlap() {
    let mei = |time: &str| with(meeting("2026-12-01", time), json!({"slug": "richtech/mei-tanaka", "duration": 60}));
    for (row, time, free) in [
        ("busy_inside_meeting", "15:00", false),
        ("back_to_back_before", "14:15", true),
        ("back_to_back_after", "15:30", true),
    ] {
        let world = World::new().await;
        world.sandbox.add_busy(MEI_USER, utc("2026-12-01T20:15:00Z"), utc("2026-12-01T20:30:00Z"));
        let answer = world.call("create_meeting", mei(time)).await;
        assert_eq!(answer.is_ok(), free, "{row}: {answer:?}");
        assert!(free || answer.unwrap_err()["code"] == UNAVAILABLE, "{row}");
    }
}

/// meeting.server_says_taken.
async fn a_slot_that_is_taken_is_no_confirmation() {
    let world = World::new().await;
    world.sandbox.inject_fault(on_booking(refusal(400, "MEETING_START_TIME_NOT_VALID")));
    let error = world.call("create_meeting", meeting("2026-12-01", "1pm")).await.unwrap_err();
    assert_eq!(error["code"], "SLOT_TAKEN_ERROR", "server_says_taken");
    assert!(starts(&error["alternatives"]).len() >= 3, "server_says_taken: {error}");
}

/// meeting.bt_python_repr.
async fn what_one_tool_says_the_other_reads() {
    let world = World::new().await;
    let shown = world.call("check_available", with(day("2026-12-01"), json!({"unix": true}))).await.unwrap();
    let busy = shown["busy_time_slots_unix"].clone();
    for (time, busy) in [("1pm", json!(busy.to_string())), ("3pm", busy)] {
        let booked =
            world.call("create_meeting", with(meeting("2026-12-01", time), json!({"bt_slots_ux": busy}))).await;
        assert!(booked.is_ok(), "bt_python_repr: {booked:?}");
    }
}

/// G4 avail.no_slots, 30 min, availability month.
async fn every_day_has_an_answer() {
    let world = World::new().await;
    let sunday = world.call("check_available", day("2026-11-29")).await.unwrap();
    assert_eq!(sunday["available_slots"], json!([]), "no_slots");
    assert_eq!(starts(&sunday["next_free_slots"]).len(), 5, "no_slots");
    let tuesday = world.call("check_available", day("2026-12-01")).await.unwrap();
    let free: Vec<Value> = tuesday["available_slots"].as_array().unwrap().clone();
    assert!(free.iter().all(|slot| slot.get("end").is_none()), "30 min: a start, not windows that overlap");
    assert!(starts(&tuesday["available_slots"]).is_sorted_by(|one, next| one < next), "30 min");
    let ahead = with(day("2027-01-26"), json!({"owner_id": MEI}));
    assert!(!starts(&world.call("check_available", ahead).await.unwrap()["available_slots"]).is_empty(), "month");
}

/// Runs the table again in processes with another `TZ`, which the server, the sandbox and the client in them would
/// read.
#[tokio::test]
async fn the_table_holds_in_every_server_time_zone() {
    for zone in ["UTC", "America/New_York", "Asia/Tokyo"] {
        let mut again = tokio::process::Command::new(std::env::current_exe().unwrap());
        let ran = again.args([TABLE, "--exact"]).env("TZ", zone).output().await.unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("1 passed"), "{zone}: {said}");
    }
}
