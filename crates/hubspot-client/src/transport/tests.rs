//! The transport under failures of HubSpot.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::fake::{Fake, FakeFault, LATENCY};
use crate::{Error, HubSpot, Settings};
use domain::id::RecordId;
use domain::time_zone::rules::ZoneRules;

async fn read(hub: &HubSpot) -> (Result<bool, Error>, Duration) {
    let start = Instant::now();
    let came = hub.contacts().by_id(&RecordId::from(1), &[]).await;
    (came.map(|record| record.is_some()), start.elapsed())
}

fn throttled(policy: Option<&str>, message: &str) -> Value {
    json!({"status": "error", "message": message, "policyName": policy})
}

#[tokio::test(start_paused = true)]
async fn throttled_reads_wait_and_come_through() {
    let (fake, hub) = Fake::new();
    for _ in 0..2 {
        fake.trouble("contacts", FakeFault::Answer(429, throttled(Some("TEN_SECONDLY_ROLLING"), "limit")));
    }
    let (came, took) = read(&hub).await;
    assert_eq!((came, hub.usage().requests, hub.usage().attempts), (Ok(true), 1, 3));
    assert!(took >= Duration::from_secs(2) + 3 * LATENCY && took < Duration::from_secs(12), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_daily_limit_fails_at_once_and_stops_the_next_call_too() {
    let (fake, hub) = Fake::new();
    fake.trouble("contacts", FakeFault::Answer(429, throttled(Some("DAILY"), "You have reached your daily limit.")));
    for latency in [LATENCY, Duration::ZERO] {
        let (came, took) = read(&hub).await;
        assert!(matches!(came, Err(Error::DailyLimit { .. })), "{came:?}");
        assert_eq!(took, latency);
    }
    assert_eq!(fake.log().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_daily_limit_names_the_midnight_of_the_account() {
    let (fake, hub) = Fake::new();
    fake.trouble("account-info", FakeFault::Answer(200, json!({"portalId": 1, "timeZone": "America/New_York"})));
    hub.account().details_fresh().await.unwrap();
    fake.trouble("contacts", FakeFault::Answer(429, throttled(Some("DAILY"), "daily")));
    let error = read(&hub).await.0.unwrap_err();
    assert_eq!(error.details()["resets_at"], "2026-11-23T00:00:00-05:00");
    assert_eq!(error.to_string(), "HubSpot's daily limit is used up until `2026-11-23T00:00:00-05:00`");
}

#[tokio::test(start_paused = true)]
async fn a_failing_request_is_sent_four_times() {
    let (fake, hub) = Fake::new();
    for _ in 0..9 {
        fake.trouble("contacts", FakeFault::Html(502));
    }
    let (came, took) = read(&hub).await;
    assert_eq!((came, fake.log().len()), (Err(Error::Failed { status: 502 }), 4));
    assert!(took < Duration::from_secs(12), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_amplified() {
    let (fake, hub) = Fake::new();
    for _ in 0..5000 {
        fake.trouble("account-info", FakeFault::Answer(500, json!({})));
    }
    let calls = (0..60).map(|_| hub.account());
    let failed = join_all(calls.map(async |account| account.details_fresh().await.is_err())).await;
    assert!(failed.iter().all(|failed| *failed));
    assert!(fake.log().len() < 60 + 75, "{}", fake.log().len());
}

#[tokio::test(start_paused = true)]
async fn a_hubspot_that_does_not_answer_ends_with_the_call() {
    let (fake, hub) = Fake::new();
    for _ in 0..9 {
        fake.trouble("contacts", FakeFault::Silence);
    }
    let (came, took) = read(&hub).await;
    assert_eq!(came, Err(Error::Timeout));
    assert!(took <= Duration::from_secs(30) && fake.log().len() <= 4, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn refusals_are_not_repeated() {
    let no_scope = json!({"category": "MISSING_SCOPES", "context": {"requiredGranularScopes": ["tickets"]}});
    let cases = [
        (FakeFault::Answer(401, json!({})), Error::TokenRejected),
        (FakeFault::Answer(401, json!({"category": "EXPIRED_AUTHENTICATION"})), Error::TokenExpired),
        (FakeFault::Answer(403, no_scope), Error::ScopeMissing { scopes: vec!["tickets".into()] }),
        (FakeFault::Html(404), Error::RouteUnknown { family: "contacts" }),
        (FakeFault::Answer(414, json!({})), Error::TooLong),
    ];
    for (trouble, want) in cases {
        let (fake, hub) = Fake::new();
        fake.trouble("contacts", trouble);
        assert_eq!((read(&hub).await.0, fake.log().len()), (Err(want), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_migration_without_a_time_is_tried_again() {
    let (fake, hub) = Fake::new();
    fake.trouble("contacts", FakeFault::Answer(477, json!({})));
    let (came, took) = read(&hub).await;
    assert_eq!(came, Ok(true));
    assert!(took >= Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_cannot_be_made_is_tried_again() {
    let (fake, hub) = Fake::new();
    fake.trouble("contacts", FakeFault::NotConnected);
    assert_eq!((read(&hub).await.0, fake.log().len()), (Ok(true), 2));
}

#[tokio::test(start_paused = true)]
async fn without_a_token_nothing_is_sent() {
    let fake = Fake::default();
    let clock = domain::clock::Clock::starting_at("2026-11-22T15:00:00Z".parse().unwrap());
    let hub = HubSpot::new(fake.clone(), None, Settings::default(), clock);
    let (came, took) = read(&hub).await;
    assert_eq!((came, took, fake.log().len()), (Err(Error::TokenMissing), Duration::ZERO, 0));
    assert_eq!(hub.account().token_info().await, Err(Error::TokenMissing));
}

#[tokio::test(start_paused = true)]
async fn a_path_that_is_too_long_for_an_address_is_an_error() {
    let (fake, hub) = Fake::new();
    let came = hub.scheduler().booking_info(&"x".repeat(70_000), ZoneRules::embedded().utc()).await;
    assert!(matches!(came, Err(Error::TooLong)), "{came:?}");
    assert!(fake.log().is_empty());
}
