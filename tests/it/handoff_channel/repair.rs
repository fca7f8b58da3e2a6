//! What people and accidents break, and the next set-up mends; and what the state of the channel says until then.

use frontdesk::handoff::channel_state::{self, Advice, Reach};
use frontdesk::handoff::connect::{self, SetupChange};
use http_client::{HttpClient, InProcess};

use super::{HELP_DESK, Place, SERVER, key, wishes};

async fn advice(place: &Place) -> Vec<Advice> {
    let server = SERVER.parse().unwrap();
    let state = channel_state::look(&place.desk, Some(&key()), Some(&server), None).await.unwrap().unwrap();
    channel_state::advice(&state, Some(&server))
}

#[tokio::test(start_paused = true)]
async fn an_archived_channel_is_made_anew() {
    let place = Place::new();
    let first = place.set_up().await.unwrap().channel;
    place.desk.hubspot.custom_channels().archive_channel(&key(), &first).await.unwrap();
    assert_eq!(advice(&place).await, [Advice::SetUp]);
    // Somebody who archives it within the minute in which it could be listed late waits for that minute.
    tokio::time::advance(std::time::Duration::from_secs(60)).await;
    let done = place.set_up().await.unwrap();
    assert_eq!(done.changes[0], SetupChange::Made { channel: done.channel.clone() });
    assert_ne!(done.channel, first);
    place.expect_one("made anew").await;
    assert_eq!(advice(&place).await, []);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_gone_or_off_is_connected_again() {
    let place = Place::new();
    let channel = place.set_up().await.unwrap().channel;
    let account: u64 = place.accounts(&channel).await[0].id.parse().unwrap();
    place.sandbox.purge_channel_account(account).unwrap();
    assert_eq!(advice(&place).await, [Advice::SetUp]);
    assert_eq!(place.set_up().await.unwrap().changes, [SetupChange::Connected { inbox: HELP_DESK.into() }]);
    place.expect_one("connected again").await;
    let account = place.accounts(&channel).await.remove(0).id;
    let off = hubspot_client::ChannelAccountChange { is_authorized: Some(false), ..Default::default() };
    place.desk.hubspot.custom_channels().change_account(&channel, &account, &off).await.unwrap();
    assert_eq!(advice(&place).await, [Advice::SetUp]);
    assert_eq!(place.set_up().await.unwrap().changes, [SetupChange::Switched { inbox: HELP_DESK.into(), on: true }]);
    assert_eq!(advice(&place).await, []);
}

#[tokio::test(start_paused = true)]
async fn a_new_address_of_the_server_and_foreign_changes_are_mended() {
    let place = Place::new();
    let first = place.set_up().await.unwrap().channel;
    let mut moved = wishes(&[]);
    moved.server = "https://new.example.com/behind/a/proxy".parse().unwrap();
    let done = connect::set_up(&place.desk, &moved).await.unwrap();
    assert_eq!(done.changes, [SetupChange::Repaired { channel: first.clone() }]);
    let channel = place.expect_one("moved").await;
    assert!(channel.webhook_url.starts_with("https://new.example.com/behind/a/proxy/webhooks/handoff/"));
    assert_eq!(advice(&place).await, [Advice::SetUp], "for the address of before it is wrong");
    place.set_up().await.unwrap();
    assert_eq!(place.expect_one("moved back").await.id, first);
}

/// The store was lost, or is another one: the channel of this server's address is used, and no second one is made.
#[tokio::test(start_paused = true)]
async fn a_lost_store_finds_the_channel_again() {
    let place = Place::new();
    let first = place.set_up().await.unwrap().channel;
    let anew = place.with_new_store();
    let done = anew.set_up().await.unwrap();
    assert_eq!(done.changes, [SetupChange::Found { channel: first.clone() }]);
    assert_eq!(anew.expect_one("found").await.id, first);
    place.expect_one("as before").await;
}

#[tokio::test(start_paused = true)]
async fn a_second_channel_of_ours_is_archived_and_others_stay() {
    let place = Place::new();
    let first = place.set_up().await.unwrap().channel;
    let ours = place.expect_one("first").await;
    let channels = place.desk.hubspot.custom_channels();
    let new = |webhook_url: &str| hubspot_client::NewCustomChannel {
        name: "Second".into(),
        webhook_url: webhook_url.into(),
        capabilities: ours.capabilities.clone(),
    };
    let second = channels.create_channel(&key(), new(&ours.webhook_url)).await.unwrap().value.id;
    let other = channels.create_channel(&key(), new("https://bot.example.com/hook")).await.unwrap().value.id;
    assert_eq!(place.set_up().await.unwrap().changes, [SetupChange::Archived { channel: second }]);
    let left: Vec<_> = place.channels().await.into_iter().map(|one| one.id).collect();
    assert_eq!(left, [first, other]);
}

#[tokio::test(start_paused = true)]
async fn the_state_says_what_answers_at_the_address() {
    let answering = |status: u16| {
        let status = http::StatusCode::from_u16(status).unwrap();
        InProcess(axum::Router::new().fallback(move || async move { status }))
    };
    for (status, expected) in
        [(401, Reach::Ours), (404, Reach::Unknown), (200, Reach::Another(200)), (502, Reach::Another(502))]
    {
        let web = answering(status);
        assert_eq!(channel_state::reach(&web as &dyn HttpClient, "0123").await, expected);
    }
    let place = Place::new();
    let server = SERVER.parse().unwrap();
    assert!(channel_state::look(&place.desk, Some(&key()), Some(&server), None).await.unwrap().is_none());
    place.set_up().await.unwrap();
    let web = answering(404);
    let state = channel_state::look(&place.desk, Some(&key()), Some(&server), Some(&web)).await.unwrap().unwrap();
    assert_eq!(channel_state::advice(&state, Some(&server)), [Advice::Serve]);
    let state = channel_state::look(&place.desk, None, None, None).await.unwrap().unwrap();
    assert_eq!(channel_state::advice(&state, None), [Advice::GiveKey]);
}
