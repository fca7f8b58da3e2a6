//! Channels and accounts: the developer key, and what becomes of one whose answer is lost.

use serde_json::json;

use super::*;
use crate::api::custom_channels::channel::ChannelCapabilities;
use crate::fake::{Fake, FakeFault};
use crate::settings::Settings;
use crate::writes::kind::WriteKind;

fn key() -> DeveloperKey {
    DeveloperKey { key: "k3y".to_owned().into(), app_id: 7 }
}

fn channel() -> NewCustomChannel {
    NewCustomChannel {
        name: "Front desk".into(),
        webhook_url: "https://desk.example.com/webhooks/handoff/abc".into(),
        capabilities: ChannelCapabilities {
            identifier_types: vec!["CHANNEL_SPECIFIC_OPAQUE_ID".into()],
            allow_outgoing_messages: true,
            ..ChannelCapabilities::default()
        },
    }
}

fn account() -> NewChannelAccount {
    NewChannelAccount { inbox_id: "1".into(), name: "Desk".into(), identifier: "assistant-1".into() }
}

#[tokio::test(start_paused = true)]
async fn channels_are_made_with_the_key_and_the_key_stands_in_the_query_alone() {
    let (fake, hub) = Fake::new();
    let made = hub.custom_channels().create_channel(&key(), channel()).await.unwrap().value;
    assert!(made.is_like(&channel()));
    let listed = hub.custom_channels().channels(&key()).await.unwrap();
    assert_eq!(listed, [made]);
    assert!(fake.log().iter().all(|path| path.ends_with("hapikey=k3y&appId=7")), "{:?}", fake.log());
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_is_an_error_that_names_the_key_and_does_not_show_it() {
    let (fake, hub) = Fake::new();
    let wrong = DeveloperKey { key: "s3cret".to_owned().into(), app_id: 7 };
    let error = hub.custom_channels().channels(&wrong).await.unwrap_err();
    assert_eq!(error, Error::DeveloperKeyRejected);
    assert_eq!(hub.custom_channels().create_channel(&wrong, channel()).await, Err(Error::DeveloperKeyRejected));
    let shown = format!("{error} {error:?} {:?} {wrong:?}", error.hint());
    assert!(!shown.contains("s3cret"), "{shown}");
    assert_eq!(fake.log().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_shows_no_key() {
    let (fake, hub) = Fake::with(Settings { dry_run: true, ..Settings::default() });
    hub.custom_channels().create_channel(&key(), channel()).await.unwrap();
    let planned = format!("{:?}", hub.take_planned_writes());
    assert!(planned.contains("custom-channels") && !planned.contains("k3y"), "{planned}");
    assert!(fake.log().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_channel_and_an_account_are_found_again_and_never_sent_twice() {
    for (trouble, is_made) in [
        (FakeFault::DoneThenBroken, true),
        (FakeFault::DoneThenAnswer(502), true),
        (FakeFault::Silence, false),
        (FakeFault::Html(502), false),
    ] {
        let (fake, hub) = Fake::new();
        fake.trouble("POST /conversations/custom-channels/2026-09?", trouble.clone());
        let made = hub.custom_channels().create_channel(&key(), channel()).await;
        let unknown = Error::OutcomeUnknown { write: WriteKind::Channel, refusal: None };
        match is_made {
            true => assert!(made.unwrap().recovered, "{trouble:?}"),
            false => assert_eq!(made, Err(unknown.clone()), "{trouble:?}"),
        }
        fake.trouble("POST /conversations/custom-channels/2026-09/5/channel-accounts", trouble.clone());
        let made = hub.custom_channels().create_account("5", account()).await;
        match is_made {
            true => assert!(made.unwrap().recovered, "{trouble:?}"),
            false => assert_eq!(made, Err(unknown), "{trouble:?}"),
        }
        tokio::time::sleep(std::time::Duration::from_secs(120)).await;
        assert!(fake.count("channels") <= 1 && fake.count("accounts") <= 1, "{trouble:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_archived_channel_is_archived_again_without_an_error() {
    let (fake, hub) = Fake::new();
    let gone = json!({"category": "OBJECT_NOT_FOUND", "message": "Channel with id 5 was not found"});
    fake.trouble("DELETE /conversations/custom-channels/2026-09/5", FakeFault::Answer(404, gone));
    hub.custom_channels().archive_channel(&key(), "5").await.unwrap();
}

#[test]
fn a_channel_is_compared_by_all_that_is_set() {
    let of = |wanted: &NewCustomChannel| {
        let mut json = wanted.json();
        json["id"] = json!(2_930_388);
        CustomChannel::read(&json).unwrap()
    };
    assert!(of(&channel()).is_like(&channel()));
    for change in [
        NewCustomChannel { name: "x".into(), ..channel() },
        NewCustomChannel { webhook_url: "https://x.example".into(), ..channel() },
        NewCustomChannel { capabilities: ChannelCapabilities { files_max: 1, ..channel().capabilities }, ..channel() },
    ] {
        assert!(!of(&change).is_like(&channel()), "{change:?}");
    }
}
