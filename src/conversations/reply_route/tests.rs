//! The channel, recipients and subject of replies.

use super::*;
use crate::conversations::summary::tests::thread;
use hubspot_client::DeliveryIdentifier;

fn account(id: &str, is_usable: bool) -> ChannelAccount {
    ChannelAccount { id: id.into(), channel_id: "1002".into(), inbox_id: "1".into(), is_usable }
}

fn message(id: &str, sender: &str, address: Option<&str>, channel: (&str, &str), subject: Option<&str>) -> Message {
    Message {
        id: id.into(),
        created_at: None,
        sender: Some(ActorId::new(sender)),
        sender_name: None,
        sender_address: address
            .map(|value| DeliveryIdentifier { kind: "HS_EMAIL_ADDRESS".into(), value: value.into() }),
        kind: MessageKind::Message,
        is_incoming: !sender.starts_with("A-"),
        text: Some("hi".into()),
        rich_text: None,
        subject: subject.map(str::to_owned),
        attachments: vec![],
        is_truncated: false,
        channel_id: Some(channel.0.into()),
        channel_account_id: Some(channel.1.into()),
        has_failed: false,
        integration_app_id: None,
    }
}

fn route(messages: &[Message], accounts: &[ChannelAccount]) -> Result<Delivery, Error> {
    to_customer(&thread(Some(1), None), messages, accounts, ActorId::new("A-7"))
}

#[test]
fn a_reply_takes_the_way_of_the_customers_last_message() {
    let messages = [
        message("1", "V-501", None, ("1000", "5"), None),
        message("2", "E-sarah@gmail.com", Some("sarah@gmail.com"), ("1002", "6"), Some("Robot")),
        message("3", "A-7", None, ("1000", "5"), None),
    ];
    let delivery = route(&messages, &[account("6", true)]).unwrap();
    assert_eq!((delivery.channel_id.as_str(), delivery.channel_account_id.as_str()), ("1002", "6"));
    assert_eq!(delivery.recipients[0].0, ActorId::new("E-sarah@gmail.com"));
    assert_eq!(delivery.subject.as_deref(), Some("Re: Robot"));
}

#[test]
fn the_subject_of_an_answer_is_not_answered_twice() {
    for (subject, expected) in [("Robot", "Re: Robot"), ("RE: Robot", "RE: Robot"), ("Re", "Re: Re"), ("é", "Re: é")]
    {
        let mail = message("1", "E-a@b.co", Some("a@b.co"), ("1002", "6"), Some(subject));
        assert_eq!(route(&[mail], &[]).unwrap().subject.as_deref(), Some(expected));
    }
}

#[test]
fn a_thread_that_only_has_our_messages_goes_to_its_contact() {
    let delivery = route(&[message("3", "A-7", None, ("1000", "5"), None)], &[]).unwrap();
    assert_eq!((delivery.recipients, delivery.subject), (vec![(ActorId::new("V-501"), None)], None));
    let delivery = route(&[], &[]).unwrap();
    assert_eq!((delivery.channel_id.as_str(), delivery.channel_account_id.as_str()), ("1000", "148662"));
}

#[test]
fn a_form_is_answered_by_the_mailbox_of_its_inbox() {
    let form = |address| message("1", "V-501", address, ("1003", "9"), None);
    let inbox = thread(Some(1), None).inbox_id;
    let own = ChannelAccount { inbox_id: inbox, ..account("7", true) };
    let accounts =
        [account("6", true), ChannelAccount { channel_id: "1003".into(), ..account("9", true) }, own.clone()];
    let delivery = route(&[form(Some("a@b.co"))], &accounts).unwrap();
    assert_eq!((delivery.channel_id.as_str(), delivery.channel_account_id.as_str()), ("1002", "7"));
    let off = ChannelAccount { is_usable: false, ..own };
    for (message, accounts, why) in [
        (form(None), accounts.to_vec(), "no address"),
        (form(Some("a@b.co")), accounts[..2].to_vec(), "no mailbox"),
        (form(Some("a@b.co")), vec![off], "no mailbox"),
        (self::message("1", "V-501", None, ("1007", "9"), None), accounts.to_vec(), "sends nothing over it"),
    ] {
        let refused = route(&[message], &accounts).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}

#[test]
fn a_way_that_hubspot_refuses_is_closed_if_its_account_is() {
    let mail = message("1", "E-a@b.co", Some("a@b.co"), ("1002", "6"), None);
    let delivery = route(&[mail], &[account("6", true)]).unwrap();
    let closed = |accounts: &[ChannelAccount]| closed_meanwhile(&delivery, accounts).is_some();
    assert!(!closed(&[account("6", true)]), "HubSpot has another reason");
    assert!(closed(&[account("6", false)]) && closed(&[]));
}

#[test]
fn a_channel_that_is_off_or_has_no_address_takes_nothing() {
    let mail = |address| message("1", "V-501", address, ("1002", "6"), None);
    let off = route(&[mail(Some("a@b.co"))], &[account("6", false)]);
    let silent = route(&[mail(None)], &[account("6", true)]);
    for refused in [off, silent] {
        assert!(matches!(refused, Err(Error::ChannelClosed { .. })), "{refused:?}");
    }
}
