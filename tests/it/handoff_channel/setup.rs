//! The set-up under repeats, crashes at every step, lost answers, and two at once: one channel, one account.

use std::time::Duration;

use frontdesk::handoff::connect::{self, Error, SetupChange};
use hubspot_client::{DeveloperKey, WriteKind};
use hubspot_sandbox::assumptions::Assumptions;
use hubspot_sandbox::fault::{Effect, Fault, Policy};
use tokio::time::{sleep, timeout};

use super::{APP, HELP_DESK, INBOX, Place, SERVER, key, wishes};

#[tokio::test(start_paused = true)]
async fn h7_a_set_up_makes_a_channel_for_the_only_help_desk_and_a_second_one_changes_nothing() {
    let place = Place::new();
    let done = place.set_up().await.unwrap();
    let channel = place.expect_one("first").await;
    let made = SetupChange::Made { channel: channel.id.clone() };
    assert_eq!(done.changes, [made, SetupChange::Connected { inbox: HELP_DESK.into() }]);
    assert_eq!((&done.channel, done.inboxes[0].name.as_str()), (&channel.id, "Help desk"));
    assert!(channel.webhook_url.starts_with(&format!("{SERVER}/webhooks/handoff/")), "{channel:?}");
    assert!(channel.capabilities.allow_outgoing_messages, "people can answer");
    place.sandbox.clear_requests();
    let again = place.set_up().await.unwrap();
    assert_eq!((again.changes, place.writes()), (vec![], vec![]));
    place.expect_one("again").await;
}

#[tokio::test(start_paused = true)]
async fn inboxes_are_chosen_by_name_or_id_and_those_left_out_are_switched_off() {
    let place = Place::new();
    let done = place.set_up_for(&["inbox", HELP_DESK, INBOX]).await.unwrap();
    assert_eq!(done.inboxes.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), [INBOX, HELP_DESK]);
    let noted = place.desk.store.handoff_accounts().await.unwrap();
    assert_eq!(noted.iter().map(|one| one.inbox.as_str()).collect::<Vec<_>>(), [INBOX, HELP_DESK]);
    assert_eq!(place.set_up().await.unwrap().changes, [], "without a choice, that of before");
    let done = place.set_up_for(&["Help desk"]).await.unwrap();
    assert_eq!(done.changes, [SetupChange::Switched { inbox: INBOX.into(), on: false }]);
    let accounts = place.accounts(&done.channel).await;
    let on: Vec<_> = accounts.iter().filter(|one| one.is_authorized).map(|one| one.inbox_id.as_str()).collect();
    assert_eq!(on, [HELP_DESK]);
    let done = place.set_up_for(&["Inbox", "Help desk"]).await.unwrap();
    assert_eq!(done.changes, [SetupChange::Switched { inbox: INBOX.into(), on: true }]);
    let unknown = place.set_up_for(&["Front office"]).await.unwrap_err().to_string();
    assert!(unknown.contains("`Front office`") && unknown.contains("`Help desk` (948000001, help desk)"), "{unknown}");
}

#[tokio::test(start_paused = true)]
async fn of_two_at_once_one_works_and_both_succeed() {
    let place = Place::with(hubspot_sandbox::Settings { delay_ms: 300, ..Default::default() });
    let (wishes, desk) = (wishes(&[]), &place.desk);
    let (one, two, three) =
        tokio::join!(connect::set_up(desk, &wishes), connect::set_up(desk, &wishes), connect::set_up(desk, &wishes));
    let all = [one.unwrap(), two.unwrap(), three.unwrap()];
    let changes: usize = all.iter().map(|done| done.changes.len()).sum();
    assert_eq!(changes, 2, "made once, connected once");
    place.expect_one("three at once").await;
}

/// The process ends after so many milliseconds: between any two requests, and in the middle of each.
#[tokio::test(start_paused = true)]
async fn h7_after_a_crash_at_any_moment_the_next_set_up_goes_on() {
    let late = Assumptions { custom_channel_lag_ms: 20_000, ..Assumptions::default() };
    for (name, assumptions) in [("at once", Assumptions::default()), ("listed late", late)] {
        for crash_ms in (50..=1_250).step_by(100) {
            let settings = hubspot_sandbox::Settings { delay_ms: 100, assumptions, ..Default::default() };
            let place = Place::with(settings);
            let crashed = timeout(Duration::from_millis(crash_ms), place.set_up()).await;
            let name = format!("{name}, after {crash_ms} ms, {}", if crashed.is_ok() { "done" } else { "crashed" });
            place.set_up().await.unwrap_or_else(|error| panic!("{name}: {error}"));
            place.expect_one(&name).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_failure_of_hubspot_at_every_write_ends_with_one_channel() {
    let effects = [
        Effect::status(500),
        Effect::status(503),
        Effect::RateLimited { policy: Policy::TenSecondlyRolling },
        Effect::LostAnswer,
        Effect::BrokenJson,
        Effect::CutBody,
        Effect::Html,
        Effect::Silence,
        Effect::SilenceAfter,
        Effect::Late(20_000),
        Effect::DelayMs(12_000),
    ];
    for late_ms in [0, 30_000] {
        let assumptions = Assumptions { custom_channel_lag_ms: late_ms, ..Assumptions::default() };
        for effect in &effects {
            for path in ["custom-channels/2026-09", "/channel-accounts"] {
                let place = Place::with(hubspot_sandbox::Settings { assumptions, ..Default::default() });
                let name = format!("{effect:?} at {path}, listed after {late_ms} ms");
                place.sandbox.inject_fault(Fault::once(effect.clone()).on(&http::Method::POST, path));
                // It may fail, and is then run again, as a person would.
                let first = place.set_up().await;
                sleep(Duration::from_secs(60)).await;
                let again = place.set_up().await;
                assert!(again.is_ok(), "{name}: {first:?}, {again:?}");
                place.expect_one(&name).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn hubspot_that_takes_two_accounts_of_one_name_gets_one() {
    let assumptions = Assumptions { channel_accounts_are_unique: false, ..Assumptions::default() };
    for effect in [Effect::LostAnswer, Effect::SilenceAfter, Effect::Late(10_000)] {
        let place = Place::with(hubspot_sandbox::Settings { assumptions, ..Default::default() });
        place.sandbox.inject_fault(Fault::once(effect.clone()).on(&http::Method::POST, "/channel-accounts"));
        place.set_up().await.unwrap();
        place.expect_one(&format!("{effect:?}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_wrong_is_named_and_not_shown() {
    let place = Place::new();
    let wrong = DeveloperKey { key: "s3cret-developer-key".to_owned().into(), app_id: APP };
    let mut wishes = wishes(&[]);
    wishes.key = wrong.clone();
    let error = connect::set_up(&place.desk, &wishes).await.unwrap_err();
    let said = format!("{error} {error:?} {:?} {wishes:?}", error.hint());
    assert!(said.contains("developer key") && !said.contains("s3cret"), "{said}");
    assert!(place.channels().await.is_empty());
    place.set_up().await.unwrap();
    place.expect_one("with the right one").await;
    let refused = connect::remove(&place.desk, &wrong).await.unwrap_err();
    assert_eq!(refused.to_string(), error.to_string());
    place.expect_one("still").await;
}

#[tokio::test(start_paused = true)]
async fn a_token_that_may_not_is_told_which_scopes_it_lacks() {
    let place = Place::new();
    place.sandbox.set_scopes(place.sandbox.token(), &["conversations.read"]);
    let error = place.set_up().await.unwrap_err();
    assert!(error.to_string().contains("conversations.custom_channels"), "{error}");
    let every = ["conversations.read", "conversations.custom_channels.read", "conversations.custom_channels.write"];
    place.sandbox.set_scopes(place.sandbox.token(), &every);
    place.set_up().await.unwrap();
    place.expect_one("with the scopes").await;
}

#[tokio::test(start_paused = true)]
async fn h7_a_channel_is_removed_and_forgotten_also_in_the_middle_of_its_making() {
    let place = Place::new();
    assert_eq!(connect::remove(&place.desk, &key()).await.unwrap(), []);
    let done = place.set_up().await.unwrap();
    let before = place.desk.store.handoff_channel().await.unwrap().unwrap();
    let removed = connect::remove(&place.desk, &key()).await.unwrap();
    assert_eq!(removed, [SetupChange::Archived { channel: done.channel }]);
    assert!(place.channels().await.is_empty());
    assert_eq!(place.desk.store.handoff_channel().await.unwrap(), None);
    assert_eq!(connect::remove(&place.desk, &key()).await.unwrap(), []);
    place.set_up().await.unwrap();
    let after = place.desk.store.handoff_channel().await.unwrap().unwrap();
    assert_ne!(before.path_secret, after.path_secret);

    let assumptions = Assumptions { custom_channel_lag_ms: 20_000, ..Assumptions::default() };
    let place = Place::with(hubspot_sandbox::Settings { assumptions, ..Default::default() });
    assert!(timeout(Duration::from_secs(10), place.set_up()).await.is_err(), "it waits for the channel to be listed");
    let removed = connect::remove(&place.desk, &key()).await.unwrap();
    assert_eq!(removed.len(), 1, "{removed:?}");
    sleep(Duration::from_secs(60)).await;
    assert!(place.channels().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_channel_of_another_app_is_not_taken_over() {
    let place = Place::new();
    place.set_up().await.unwrap();
    let mut row = place.desk.store.handoff_channel().await.unwrap().unwrap();
    row.app = 7;
    place.desk.store.keep_handoff_channel(row).await.unwrap();
    for refused in [place.set_up().await.map(drop), connect::remove(&place.desk, &key()).await.map(drop)] {
        assert!(matches!(refused, Err(Error::AnotherApp { app: 7, .. })), "{refused:?}");
    }
}

/// What HubSpot has taken is taken once, however often it is sent.
#[tokio::test(start_paused = true)]
async fn a_message_whose_answers_are_lost_has_no_second_copy() {
    let place = Place::new();
    let done = place.set_up().await.unwrap();
    let account = place.desk.store.handoff_accounts().await.unwrap().remove(0);
    let message = |id: &str| hubspot_client::NewChannelMessage {
        channel_id: done.channel.clone(),
        account_id: account.account.clone(),
        account_identifier: account.identifier.clone(),
        thread: "session-1".into(),
        idempotency_id: id.into(),
        text: "I need a person".into(),
        rich_text: None,
        file_ids: vec![],
        customer: hubspot_client::Sender { name: None, kind: "HS_EMAIL_ADDRESS", value: "sarah@gmail.com".into() },
        is_from_customer: true,
        contact: None,
    };
    for (number, effect) in
        [Effect::LostAnswer, Effect::CutBody, Effect::BrokenJson, Effect::SilenceAfter, Effect::status(503)]
            .into_iter()
            .enumerate()
    {
        let id = format!("m{number}");
        place.sandbox.inject_fault(Fault::once(effect.clone()).on(&http::Method::POST, "/messages"));
        let channels = place.desk.hubspot.custom_channels();
        let sent = match channels.publish(message(&id)).await {
            Ok(sent) => sent,
            Err(error) => {
                let unknown = hubspot_client::Error::OutcomeUnknown { write: WriteKind::ChannelMessage, refusal: None };
                assert_eq!(error, unknown, "{effect:?}");
                channels.publish(message(&id)).await.unwrap()
            }
        };
        let there = place.desk.hubspot.conversations().messages(&sent.thread).await.unwrap().messages;
        assert_eq!(there.len(), number + 1, "{effect:?}");
    }
}
