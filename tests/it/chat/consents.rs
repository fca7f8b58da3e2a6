//! A model writes only what the visitor has agreed to: on a yes to this deed, and with the values that were asked or said.

use frontdesk::chat::visitor::Trust;
use serde_json::{Value, json};

use super::models::{call, says};
use super::talk::{SARAH, Talk};

const BROKEN: &str = "my robot is broken";

async fn tickets_after(asked: &str, issue: &str, answer: &str) -> (usize, String) {
    let ticket = json!({"cus_cid": "84246479604", "issue": issue});
    let script = vec![says(asked), call("create_ticket", ticket), says("I see.")];
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
            says("Shall I change your phone number to +1 702 555 0199?"),
            call("update_contact", change),
            says("One moment."),
        ];
        let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
        let before: Value = talk.contact(SARAH)["properties"]["phone"].clone();
        let told = talk.play(&["I have a new number", "yes"]).await;
        assert_eq!(talk.contact(SARAH)["properties"]["phone"] != before, changed, "{phone}: {told}");
    }
}
