//! Guided conversations know who they are with: several people of a name or number, new addresses, strangers.

use serde_json::json;

use crate::agents_talk::{Guided, ISSUE, MEETING, WHEEL, sarah};
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn finding_08_of_several_people_the_customer_says_who_they_are() {
    let mut talk = Guided::desk().await;
    for (first, email) in [("Sarah", "sarah.one@acme.example"), ("Sarah", "sarah.two@acme.example")] {
        let person = json!({"firstname": first, "lastname": "Longfellow", "email": email});
        talk.world.call("create_contact", json!({"properties": person})).await.unwrap();
    }
    talk.world.call("search_contacts", json!({"query": "nobody"})).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(30)).await; // HubSpot's index lags.
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    talk.step(json!({"intent": "known by phone or name", "slots": {"query": "Sarah Longfellow"}})).await;
    assert_eq!(talk.missing(), ["cus_cid"], "{}", talk.last);
    let contacts = talk.call("search_contacts")["result"]["contacts"].as_array().unwrap().clone();
    let refused = talk.try_step(json!({"slots": {"cus_cid": "84246479604"}})).await.unwrap_err();
    assert_eq!(refused["code"], "STEP_REFUSED_ERROR", "only one of those found");
    talk.step(json!({"user_text": "the second", "slots": {"cus_cid": contacts[1]["contact_id"]}})).await;
    let asked = talk.world.requests().join(" ");
    assert!(asked.contains(contacts[1]["contact_id"].as_str().unwrap()), "{asked}");
    assert_eq!(talk.issue(), ISSUE);
}

/// A customer who turns out to be somebody else gets nothing of the first one.
#[tokio::test(start_paused = true)]
async fn another_address_half_way_is_looked_up_before_anything_is_booked() {
    let mut talk = Guided::desk().await;
    let slots = json!({"email": "sarah@gmail.com", "meeting_date": "2026-12-01", "time_zone": "America/New_York"});
    talk.step(json!({"user_text": MEETING, "intent": "book a meeting", "slots": slots})).await;
    assert_eq!(talk.missing(), ["meeting_start_time", "duration"]);
    let other = json!({"email": "tom.baker@harborviewhotel.com"});
    talk.step(json!({"user_text": "Sorry, I am Tom Baker", "slots": other})).await;
    assert!(talk.called().starts_with(&["find_contact_by_email"]), "{}", talk.last);
    assert_eq!(talk.call("find_contact_by_email")["result"]["contact_first_name"], "Tom");
    assert_eq!(talk.count("meetings"), World::new().await.sandbox.records("meetings").len());
}

#[tokio::test(start_paused = true)]
async fn a_phone_number_helps_after_an_unknown_address() {
    let mut talk = Guided::desk().await;
    let slots = json!({"email": "sarha@gmail.com"});
    talk.step(json!({"user_text": WHEEL, "intent": "report a problem", "slots": slots})).await;
    assert_eq!(talk.call("find_contact_by_email")["result"]["code"], "USER_NOT_FOUND_ERROR");
    talk.step(json!({"slots": {"phone": "702 555 0143"}})).await;
    assert_eq!(talk.call("find_contact_by_email")["result"]["contact_first_name"], "Sarah", "{}", talk.last);
    assert_eq!(talk.issue(), WHEEL);
}

/// Two people share a phone number.
async fn family() -> (Guided, String) {
    let mut talk = Guided::desk().await;
    let person =
        json!({"firstname": "Leo", "lastname": "Mark", "email": "leo.mark@clou.example", "phone": "+1 702 555 0143"});
    let added =
        talk.world.call("create_contact", json!({"properties": person, "allow_same_phone": true})).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(30)).await; // HubSpot's index lags.
    let slots = json!({"phone": "702 555 0143"});
    talk.step(json!({"user_text": WHEEL, "intent": "report a problem", "slots": slots})).await;
    assert_eq!(talk.call("find_contact_by_email")["result"]["code"], "AMBIGUOUS_ERROR", "{}", talk.last);
    assert_eq!(talk.missing(), ["cus_cid"]);
    (talk, added["contact"]["contact_id"].as_str().unwrap().to_owned())
}

#[tokio::test(start_paused = true)]
async fn who_shares_a_phone_number_is_named_by_id_or_address() {
    for by_id in [true, false] {
        let (mut talk, leo) = family().await;
        let slots = if by_id { json!({"cus_cid": leo}) } else { json!({"email": "leo.mark@clou.example"}) };
        talk.step(json!({"slots": slots})).await;
        assert!(talk.last.get("ignored").is_none(), "{}", talk.last);
        assert_eq!(talk.issue(), WHEEL, "by id: {by_id}");
        assert!(talk.world.requests().join(" ").contains(&leo));
    }
    let (mut talk, _) = family().await;
    let refused = talk.try_step(json!({"slots": {"cus_cid": "33190415288"}})).await.unwrap_err();
    assert_eq!(refused["code"], "STEP_REFUSED_ERROR", "only one of those shown");
}

#[tokio::test(start_paused = true)]
async fn a_stranger_with_a_known_phone_number_becomes_nobody_else() {
    let mut talk = Guided::desk().await;
    let before = talk.count("contacts");
    let slots = json!({"firstname": "Jo", "lastname": "Doe", "phone": "702 555 0143"});
    talk.step(json!({"user_text": "I am new here", "intent": "become", "slots": slots})).await;
    assert_eq!(talk.ask()["failed"]["code"], "AMBIGUOUS_ERROR", "{}", talk.last);
    assert_eq!(talk.missing(), ["allow_same_phone"]);
    let mut other = Guided::desk().await;
    other.step(json!({"intent": "become", "slots": slots})).await;
    other.step(json!({"user_text": WHEEL, "intent": "report a problem", "switch": "leave"})).await;
    assert_eq!((other.at().as_str(), other.missing()), ("problem.who slots", vec!["email"]), "{}", other.last);
    // Somebody else they are not.
    talk.step(json!({"slots": {"allow_same_phone": true}})).await;
    assert_eq!((&talk.call("create_contact")["result"]["created"], talk.count("contacts")), (&json!(true), before + 1));
    talk.step(json!({"user_text": WHEEL, "intent": "report a problem"})).await;
    assert_eq!(talk.call("find_tickets")["result"]["open"], 0, "{}", talk.last);
    // Or they are, and say the address.
    other.step(json!({"slots": {"email": "sarah@gmail.com"}})).await;
    assert_eq!(other.issue(), WHEEL);
}

#[tokio::test(start_paused = true)]
async fn a_new_address_is_corrected_and_another_customers_problem_is_theirs() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": "What do you know about me?", "intent": "my data"}))).await;
    let slots = json!({"email": "sarah.mark@new.example"});
    talk.step(json!({"user_text": "my address is new", "intent": "correct", "slots": slots})).await;
    assert_eq!(talk.called(), ["update_contact"], "{}", talk.last);
    assert_eq!(talk.call("update_contact")["result"]["changes"]["email"]["after"], slots["email"]);
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": WHEEL, "intent": "report a problem"}))).await;
    let slots = json!({"email": "tom.baker@harborviewhotel.com", "correction": false});
    talk.step(json!({"user_text": "our lift robot is stuck", "intent": "report a problem", "slots": slots})).await;
    assert_eq!(talk.call("find_contact_by_email")["result"]["contact_first_name"], "Tom", "{}", talk.last);
}
