//! A model writes only what the visitor has agreed to: on a yes to this deed, and with the values that were asked or said.

use frontdesk::chat::brain::{BrainError, Decision};
use frontdesk::chat::visitor::Trust;
use frontdesk::tool::policy::{BookingConsent, ToolPolicy};
use serde_json::{Value, json};

use super::models::{call, says};
use super::talk::{SARAH, Talk};

const BROKEN: &str = "my robot is broken, sarah@gmail.com";

pub(super) fn look_up(email: &str) -> Result<Decision, BrainError> {
    call("find_contact_by_email", json!({ "email": email }))
}

async fn tickets_after(asked: &str, issue: &str, answer: &str) -> (usize, String) {
    let ticket = json!({"cus_cid": "84246479604", "issue": issue});
    let script = vec![look_up(SARAH), says(asked), call("create_ticket", ticket), says("I see.")];
    let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
    let before = talk.records("tickets").len();
    let told = talk.play(&[BROKEN, answer]).await;
    (talk.records("tickets").len() - before, told)
}

#[tokio::test(start_paused = true)]
async fn a_model_writes_on_a_yes_to_this_deed_alone() {
    let asked = "Shall I open a ticket about the broken robot?";
    for answer in ["yes", "Yes please, open the ticket", "ja tak", "oui, merci", "sì", "ja, gerne"] {
        let (made, told) = tickets_after(asked, "The robot is broken", answer).await;
        assert_eq!(made, 1, "{answer}: {told}");
    }
    for answer in [
        "yes once you have told me the price",
        "yes after lunch",
        "yes as soon as I am back",
        "yes tomorrow",
        "sure, right after you answer my question",
        "ok so what now",
        "ja sobald ich zurück bin",
        "oui après le déjeuner",
        "sì dopo pranzo",
        "ja efter frokost",
        "yes to the first question",
        "yes you already asked me that",
        "yes, provided it is free",
        "ja, men først i morgen",
    ] {
        let (made, told) = tickets_after(asked, "The robot is broken", answer).await;
        assert_eq!(made, 0, "{answer}: {told}");
    }
    for question in [
        "Do you like coffee?",
        "Shall I open a ticket, or would you rather book a meeting?",
        "Is the robot still under warranty?",
    ] {
        let (made, told) = tickets_after(question, "The robot is broken", "yes").await;
        assert_eq!(made, 0, "{question}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_model_writes_the_values_that_were_asked_or_said() {
    let (made, told) =
        tickets_after("Shall I open a ticket about the robot?", "I want to buy a hundred of them", "yes").await;
    assert_eq!(made, 0, "{told}");
    for (phone, changed) in [("+1 702 555 0111", false), ("+1 702 555 0199", true)] {
        let change = json!({"contact": "84246479604", "properties": {"phone": phone}});
        let script = vec![
            look_up(SARAH),
            says("Shall I change your phone number to +1 702 555 0199?"),
            call("update_contact", change),
            says("One moment."),
        ];
        let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
        let before: Value = talk.contact(SARAH)["properties"]["phone"].clone();
        let told = talk.play(&["I have a new number, sarah@gmail.com", "yes"]).await;
        assert_eq!(talk.contact(SARAH)["properties"]["phone"] != before, changed, "{phone}: {told}");
    }
}

/// One yes is good for one write, and only for a record that this conversation has shown.
#[tokio::test(start_paused = true)]
async fn a_yes_is_used_up_and_means_no_other_record() {
    const TOM: &str = "tom.baker@harborviewhotel.com";
    let broken = |contact: &str| json!({"cus_cid": contact, "issue": "my robot is broken"});
    let again = json!({"cus_cid": "84246479604", "issue": "robot broken"});
    let ticket = |arguments| call("create_ticket", arguments);
    for (calls, made) in [
        (vec![ticket(broken("84246479604")), ticket(again)], 1),
        (vec![ticket(broken("84246479604")), ticket(broken("84246479604"))], 1),
        (vec![ticket(broken("84246480117"))], 0),
        // Whom nobody has named is nobody's to look up.
        (vec![look_up(TOM), ticket(broken("84246480117"))], 0),
        (vec![call("update_ticket", json!({"ticket_id": "33190415300", "stage": "close"}))], 0),
    ] {
        let asked = "Shall I open a ticket: \"my robot is broken\"?";
        let script = [look_up(SARAH), says(asked)].into_iter().chain(calls).chain([says("I see.")]).collect();
        let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
        let before = talk.records("tickets");
        let told = talk.play(&[BROKEN, "yes"]).await;
        let after = talk.records("tickets");
        assert_eq!(after.len() - before.len(), made, "{told}");
        assert!(before.iter().all(|ticket| after.contains(ticket)), "another ticket was changed: {told}");
    }
}

fn booking(changes: Value) -> Result<Decision, BrainError> {
    let mut arguments = json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": SARAH, "meeting_date": "2026-12-01", "meeting_start_time": "10:30",
        "duration": 15, "slug": "richtech/veronica-chen", "time_zone": "America/New_York",
    });
    changes.as_object().unwrap().iter().for_each(|(name, value)| arguments[name] = value.clone());
    call("create_meeting", arguments)
}

/// A booking needs the yes as well, without any flag: for this start, this length and this customer, and for one meeting. The
/// names that a look-up has told are known, also where a person has to agree to every booking.
#[tokio::test(start_paused = true)]
async fn a_model_books_the_one_meeting_to_which_the_visitor_has_said_yes() {
    let day = json!({"owner_id": "117001", "meeting_date": "2026-12-01", "time_zone": "America/New_York", "duration": 15, "limit": 40});
    let other = json!({"cus_email": "tom.baker@harborviewhotel.com", "cus_fname": "Tom", "cus_lname": "Baker"});
    let at = |time: &str| booking(json!({ "meeting_start_time": time }));
    for (answer, calls, booked) in [
        ("yes", vec![at("10:30")], 1),
        ("yes", vec![at("10:30"), at("10:45"), at("11:00")], 1),
        ("yes", vec![at("11:00")], 0),
        ("yes", vec![booking(json!({"duration": 60}))], 0),
        ("yes", vec![booking(other)], 0),
        ("no", vec![at("10:30")], 0),
        ("no, not at all, I do not want a meeting", vec![at("10:30")], 0),
        ("what does ADAM cost?", vec![at("10:30")], 0),
    ] {
        let asked = "Shall I book Tuesday 1 December 2026 at 10:30, America/New_York, 15 minutes, with Veronica Chen?";
        let found = [look_up(SARAH), call("check_available", day.clone()), says(asked)];
        let script: Vec<_> = found.into_iter().chain(calls).chain([says("One moment.")]).collect();
        let policy = ToolPolicy { confirm_bookings: BookingConsent::IfPossible, ..ToolPolicy::default() };
        for policy in [ToolPolicy::default(), policy] {
            let mut talk = Talk::under(policy, Trust::Operator, Some(script.clone())).await;
            let before = talk.records("meetings").len();
            let told = talk.play(&["a meeting tomorrow, New York, sarah@gmail.com", answer]).await;
            assert_eq!(talk.records("meetings").len() - before, booked, "{answer}: {told}");
        }
    }
}
