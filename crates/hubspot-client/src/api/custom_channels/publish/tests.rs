//! Messages as HubSpot takes them, and that a lost answer makes no second one.

use super::*;
use crate::fake::{Fake, FakeFault};

fn message(id: &str) -> NewChannelMessage {
    NewChannelMessage {
        channel_id: "2930388".into(),
        account_id: "3307400689".into(),
        account_identifier: "assistant-1".into(),
        thread: "chat-0f3c".into(),
        idempotency_id: id.into(),
        text: "I need a human please".into(),
        rich_text: Some("<p>I need a human please</p>".into()),
        file_ids: vec!["5".into()],
        customer: Sender { name: Some("Jane Doe".into()), kind: "HS_EMAIL_ADDRESS", value: "jane@example.com".into() },
        is_from_customer: true,
        contact: "171596044869".parse().ok(),
    }
}

#[test]
fn a_message_has_the_form_of_hubspots_api() {
    let jane = json!({
        "name": "Jane Doe", "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "jane@example.com"}
    });
    let desk = json!({"deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "assistant-1"}});
    let want = json!({
        "text": "I need a human please", "richText": "<p>I need a human please</p>", "messageDirection": "INCOMING",
        "channelAccountId": "3307400689", "integrationThreadId": "chat-0f3c", "integrationIdempotencyId": "msg-0001",
        "senders": [jane], "recipients": [desk], "attachments": [{"type": "FILE", "fileId": "5"}],
        "associateWithContactId": 171_596_044_869_u64
    });
    assert_eq!(input(&message("msg-0001")), want);
    let copy = input(&NewChannelMessage { is_from_customer: false, ..message("msg-0002") });
    assert_eq!(
        (&copy["messageDirection"], &copy["senders"], &copy["recipients"]),
        (&json!("OUTGOING"), &json!([desk]), &json!([jane]))
    );
}

#[test]
fn a_message_shows_nobody_to_a_log() {
    let shown = format!("{:?} {:?}", message("m"), message("m").customer);
    assert!(!shown.contains("human") && !shown.contains("jane") && !shown.contains("Jane"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_sent_again_and_makes_no_second_message() {
    for trouble in [
        FakeFault::DoneThenBroken,
        FakeFault::DoneThenAnswer(502),
        FakeFault::DoneThenGarbled,
        FakeFault::NotConnected,
        FakeFault::Html(503),
        FakeFault::Answer(429, json!({"policyName": "TEN_SECONDLY_ROLLING"})),
    ] {
        let (fake, hub) = Fake::new();
        fake.trouble("POST /conversations/custom-channels", trouble.clone());
        let sent = hub.custom_channels().publish(message("m1")).await.unwrap();
        assert_eq!((fake.log().len(), fake.count("published")), (2, 1), "{trouble:?}");
        assert_eq!(hub.custom_channels().publish(message("m1")).await.unwrap(), sent, "{trouble:?}");
        assert_eq!(fake.count("published"), 1, "{trouble:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_stays_unclear_may_be_sent_again_and_what_is_refused_is_not() {
    let (fake, hub) = Fake::new();
    (0..4).for_each(|_| fake.trouble("POST /conversations/custom-channels", FakeFault::DoneThenAnswer(500)));
    let unknown = hub.custom_channels().publish(message("m1")).await.unwrap_err();
    assert_eq!(unknown, Error::OutcomeUnknown { write: WriteKind::ChannelMessage, refusal: None });
    assert!(unknown.hint().unwrap().contains("same id"), "{unknown:?}");
    hub.custom_channels().publish(message("m1")).await.unwrap();
    assert_eq!(fake.count("published"), 1);
    let (fake, hub) = Fake::new();
    let body = json!({"category": "OBJECT_NOT_FOUND", "message": "Channel with id 2930388 was not found"});
    fake.trouble("POST /conversations/custom-channels", FakeFault::Answer(404, body));
    assert_eq!(hub.custom_channels().publish(message("m1")).await, Err(Error::NotFound));
    assert_eq!(fake.log().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_answer_leaves_open_what_became_of_the_message() {
    let (fake, hub) = Fake::new();
    fake.trouble("POST /conversations/custom-channels", FakeFault::DoneThenBroken);
    let body = json!({"category": "VALIDATION_ERROR", "message": "no"});
    fake.trouble("POST /conversations/custom-channels", FakeFault::Answer(400, body));
    let unknown = hub.custom_channels().publish(message("m1")).await.unwrap_err();
    assert!(
        matches!(&unknown, Error::OutcomeUnknown { refusal: Some(no), .. } if matches!(**no, Error::Rejected { .. }))
    );
    assert_eq!(fake.count("published"), 1);
}
