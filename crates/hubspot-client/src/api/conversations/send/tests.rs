//! Messages as HubSpot takes them, and what becomes of one whose answer is lost.

use super::*;
use crate::fake::{Fake, FakeFault};

fn message(text: &str) -> NewMessage {
    let address = DeliveryIdentifier { kind: "HS_EMAIL_ADDRESS".into(), value: "lknope@hubspot.com".into() };
    NewMessage {
        thread: ThreadId::from(7),
        text: text.into(),
        rich_text: format!("<p>{text}</p>"),
        file_ids: vec![],
        to: Readers::Customer(Delivery {
            sender: ActorId::new("A-3892666"),
            channel_id: "1002".into(),
            channel_account_id: "42423411".into(),
            recipients: vec![(ActorId::new("E-user@hubspot.com"), Some(address))],
            subject: Some("Follow up".into()),
        }),
        known: vec![],
    }
}

fn found(text: &str) -> Message {
    let value = json!({
        "id": "1", "type": "MESSAGE", "text": text, "direction": "OUTGOING", "senders": [{"actorId": "A-3892666"}]
    });
    Message::read(&value).unwrap()
}

#[test]
fn a_message_has_the_form_of_hubspots_api() {
    let want = json!({
        "type": "MESSAGE", "text": "Hey there, following up", "richText": "<p>Hey there, following up</p>",
        "attachments": [], "senderActorId": "A-3892666", "channelId": "1002", "channelAccountId": "42423411",
        "recipients": [{"actorId": "E-user@hubspot.com", "recipientField": "TO",
                        "deliveryIdentifiers": [{"type": "HS_EMAIL_ADDRESS", "value": "lknope@hubspot.com"}]}],
        "subject": "Follow up"
    });
    assert_eq!(input(&message("Hey there, following up")), want);
    let comment = NewMessage { to: Readers::Colleagues, file_ids: vec!["5".into()], ..message("Can you follow up?") };
    let want = json!({
        "type": "COMMENT", "text": "Can you follow up?", "richText": "<p>Can you follow up?</p>",
        "attachments": [{"type": "FILE", "fileId": "5"}]
    });
    assert_eq!(input(&comment), want);
}

#[test]
fn only_a_new_message_with_the_same_words_is_the_result() {
    let new = message("It is on\nits way.");
    assert!(is_result(&new, &found("It is on\r\nits\u{a0}way. ")));
    assert!(!is_result(&new, &found("It is on its way!")));
    assert!(!is_result(&NewMessage { known: vec!["1".into()], ..new.clone() }, &found("It is on its way.")));
    let by_another = Message { sender: Some(ActorId::new("A-1")), ..found("It is on its way.") };
    assert!(!is_result(&new, &by_another));
    let comment = Message { kind: MessageKind::Comment, ..found("It is on its way.") };
    assert!(!is_result(&new, &comment));
}

#[tokio::test(start_paused = true)]
async fn a_message_is_found_again_if_its_answer_is_lost_and_is_never_sent_twice() {
    for (trouble, outcome) in [
        (FakeFault::DoneThenBroken, Ok(true)),
        (FakeFault::DoneThenAnswer(502), Ok(true)),
        (FakeFault::BrokenThenDone(std::time::Duration::from_secs(2)), Ok(true)),
        (FakeFault::BrokenThenDone(std::time::Duration::from_secs(60)), Err(())),
        (FakeFault::Silence, Err(())),
        (FakeFault::Html(502), Err(())),
    ] {
        let (fake, hub) = Fake::new();
        fake.trouble("POST /conversations", trouble.clone());
        let sent = hub.conversations().send(message("It is on its way.")).await;
        let unknown = Error::OutcomeUnknown { write: WriteKind::Message, refusal: None };
        match outcome {
            Ok(recovered) => assert_eq!(sent.map(|sent| sent.recovered), Ok(recovered), "{trouble:?}"),
            Err(()) => assert_eq!(sent, Err(unknown), "{trouble:?}"),
        }
        tokio::time::sleep(std::time::Duration::from_secs(120)).await;
        assert!(fake.count("messages") <= 1, "{trouble:?}");
    }
}
