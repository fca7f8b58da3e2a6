//! The chat under the operator's safety flags: a trial run, reading alone, few tools, and bookings that need a yes.

use frontdesk::chat::visitor::Trust;
use frontdesk::tool::permissions::Permissions;
use frontdesk::tool::policy::{BookingConsent, ToolPolicy};
use serde_json::json;

use super::consents::look_up;
use super::models::{call, says};
use super::talk::{SARAH, Talk};

fn reading_only() -> ToolPolicy {
    let permissions = Permissions { read_only: true, ..Permissions::default() };
    ToolPolicy { permissions, ..ToolPolicy::default() }
}

/// With `--dry-run` nothing is told as done, in no language and by no brain.
#[tokio::test(start_paused = true)]
async fn a_trial_run_is_told_as_one() {
    for (lines, trial) in [
        (&["my robot is broken", SARAH, "yes"][..], "This is a trial run: nothing was opened"),
        (&["Mein Roboter ist kaputt", SARAH, "ja"][..], "Das ist ein Probelauf: Nichts wurde eröffnet"),
        (&["book a meeting", SARAH, "next tuesday, New York", "1", "15", "yes"][..], "This is a trial run"),
        (&["a person", SARAH, "it beeps", "yes"][..], "This is a trial run"),
        (
            &["I want to become a customer", "Max Meier, max@meier.example, +49 170 1234567", "yes"][..],
            "This is a trial run",
        ),
    ] {
        let mut talk = Talk::on_trial(None).await;
        let told = talk.play(lines).await;
        assert!(told.contains(trial), "{told}");
        for claim in ["I have opened", "It is booked", "I have passed", "are saved", "eröffnet: "] {
            assert!(!told.contains(claim), "{claim}: {told}");
        }
    }
    let ticket = json!({"cus_cid": "84246479604", "issue": "It beeps."});
    let script = vec![
        look_up(SARAH),
        says("Shall I open a ticket for it?"),
        call("create_ticket", ticket),
        says("I have opened a ticket for you. Have a nice day!"),
        says("As I said, your ticket is open: I have opened it."),
        says("As I said, your ticket is open: I have opened it."),
    ];
    let mut talk = Talk::on_trial(Some(script)).await;
    talk.say("My robot beeps, sarah@gmail.com").await;
    let told = talk.say("yes please").await.reply.text;
    assert!(told.contains("trial run") && !told.contains("I have opened"), "{told}");
    let told = talk.say("and now?").await.reply.text;
    assert!(!told.contains("I have opened"), "{told}");
}

/// With `--read-only` questions are answered, also about the visitor's own matters; only writes are not made.
#[tokio::test(start_paused = true)]
async fn a_desk_that_may_only_read_answers() {
    let mut talk = Talk::under(reading_only(), Trust::Operator, None).await;
    let told = talk.play(&["what does ADAM cost", "When is my appointment?", SARAH]).await;
    assert!(told.contains("depends on its configuration") && told.contains("Thank you, Sarah."), "{told}");
    let mut talk = Talk::under(reading_only(), Trust::Operator, None).await;
    let before = talk.records("tickets").len() + talk.records("tasks").len();
    let told = talk.play(&["What is the state of my ticket?", SARAH]).await;
    assert!(told.contains("Thank you, Sarah.") && told.contains("I find no ticket."), "{told}");
    let turn = talk.say("a person please").await;
    assert!(turn.reply.text.contains("I cannot pass anything on"), "{turn:?}");
    assert_eq!(talk.records("tickets").len() + talk.records("tasks").len(), before);
    let mut talk = Talk::under(reading_only(), Trust::Operator, None).await;
    let told = talk.play(&["When is my appointment?", "nobody@nowhere.example"]).await;
    assert!(told.contains("nobody@nowhere.example") && !told.contains("a colleague"), "{told}");
    let search: std::collections::BTreeSet<String> = ["search_documents".to_owned()].into();
    let permissions = Permissions { tools: Some(search.into()), ..Permissions::default() };
    let mut talk = Talk::under(ToolPolicy { permissions, ..ToolPolicy::default() }, Trust::Claimed, None).await;
    let turn = talk.say("what does ADAM cost").await;
    assert!(turn.failed.is_none() && turn.reply.text.contains("depends on its configuration"), "{turn:?}");
}

/// Nobody has to be known before they may ask for a person, or for what only a person does.
#[tokio::test(start_paused = true)]
async fn a_visitor_of_whom_nothing_is_known_reaches_a_person() {
    for lines in [
        ["a person", SARAH, "yes"],
        ["ich möchte mit einem Menschen sprechen", SARAH, "ja"],
        ["delete my data", SARAH, "yes"],
    ] {
        let mut talk = Talk::begin(None, Trust::Claimed).await;
        let before = talk.records("tasks").len();
        let told = talk.play(&lines).await;
        assert_eq!(talk.records("tasks").len(), before + 1, "{told}");
    }
}

/// With `--confirm-bookings` and `--confirm-writes` the chat books and changes, since it asks itself; a model needs the yes.
#[tokio::test(start_paused = true)]
async fn the_chat_asks_where_the_operator_wants_a_yes() {
    let policy =
        ToolPolicy { confirm_writes: true, confirm_bookings: BookingConsent::Required, ..ToolPolicy::default() };
    let mut talk = Talk::under(policy.clone(), Trust::Operator, None).await;
    let before = talk.records("meetings").len();
    let told = talk.play(&["book a meeting", SARAH, "next tuesday, New York", "1", "15", "yes"]).await;
    assert_eq!(talk.records("meetings").len(), before + 1, "{told}");
    let mut talk = Talk::under(policy.clone(), Trust::Operator, None).await;
    talk.play(&["my phone number is now +1 702 555 0177", SARAH, "yes", "yes"]).await;
    assert_eq!(talk.contact(SARAH)["properties"]["phone"], "+1 702 555 0177");
    let booking = json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": SARAH, "meeting_date": "2026-12-01", "duration": 30,
        "meeting_start_time": "13:00", "time_zone": "America/New_York", "slug": "richtech/veronica-chen",
    });
    let day = json!({
        "owner_id": "117001", "meeting_date": "2026-12-01 13:00", "time_zone": "America/New_York", "duration": 30,
    });
    for (answer, booked) in [("13:00", 0), ("yes, book 13:00", 1)] {
        let script = vec![
            call("check_available", day.clone()),
            says("Tuesday at 13:00 is free. Shall I book the meeting at 13:00?"),
            call("create_meeting", booking.clone()),
            says("One moment."),
        ];
        let mut talk = Talk::under(policy.clone(), Trust::Operator, Some(script)).await;
        let before = talk.records("meetings").len();
        let first = talk.say("I am Sarah Mark, sarah@gmail.com, and I want a meeting").await;
        let turn = talk.say(answer).await;
        assert_eq!(talk.records("meetings").len(), before + booked, "{answer}: {first:?} {turn:?}");
    }
}
