//! Limits of what visitors may take: floods are refused politely, and others are served.

use std::time::Duration;

use frontdesk::web::settings::{Settings, VisitorLimits};
use frontdesk::web::visit::visit::RESTING_BYTES;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::time::advance;

use super::site::{ADDRESS, Site, get, post};
use crate::handoff::desk::notes;

fn limited(limits: VisitorLimits) -> Settings {
    Settings { limits, ..Settings::default() }
}

fn code(answer: &(StatusCode, Value)) -> (u16, &str) {
    (answer.0.as_u16(), answer.1["code"].as_str().unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_one_address_waits_and_others_are_served() {
    let limits = VisitorLimits { messages_per_minute: 6, ..VisitorLimits::default() };
    let site = Site::with(limited(limits)).await;
    let (busy, other) = (site.visitor().await, site.visitor_with(json!({}), "10.0.0.8").await);
    let mut refused = vec![];
    for number in 0..8 {
        let answer = busy.post(json!({"id": number.to_string(), "text": "hi"})).await;
        if answer.0 != StatusCode::OK {
            refused.push(answer);
        }
    }
    assert_eq!(refused.iter().map(code).collect::<Vec<_>>(), [(429, "TOO_OFTEN"); 2]);
    let wait = refused[0].1["retry_after_seconds"].as_u64().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    other.send("1", "hi").await;
    advance(Duration::from_secs(wait)).await;
    busy.send("6", "hi").await;
}

#[tokio::test(start_paused = true)]
async fn conversations_are_begun_at_a_rate() {
    let limits = VisitorLimits { starts_per_minute: 3, ..VisitorLimits::default() };
    let site = Site::with(limited(limits)).await;
    for _ in 0..3 {
        site.visitor().await;
    }
    let refused = site.ask(post("start", None, json!({})), ADDRESS.parse().unwrap()).await;
    assert_eq!(code(&refused), (429, "TOO_OFTEN"));
    site.visitor_with(json!({}), "10.0.0.8").await;
}

#[tokio::test(start_paused = true)]
async fn conversations_are_bounded_in_all_and_for_each_address() {
    let limits = VisitorLimits { conversations: 3, conversations_per_address: 2, ..VisitorLimits::default() };
    let site = Site::with(limited(limits)).await;
    let (one, two) = (site.visitor().await, site.visitor().await);
    let own = site.ask(post("start", None, json!({})), ADDRESS.parse().unwrap()).await;
    assert_eq!(code(&own), (429, "TOO_MANY_CONVERSATIONS"));
    let third = site.visitor_with(json!({}), "10.0.0.8").await;
    let all = site.ask(post("start", None, json!({})), "10.0.0.9".parse().unwrap()).await;
    assert_eq!(code(&all), (503, "BUSY"));
    advance(Duration::from_secs(90)).await;
    two.send("1", "hi").await;
    third.send("1", "hi").await;
    site.visitor().await;
    let gone = site.ask(get("events", &one.session), one.address).await;
    assert_eq!(code(&gone), (404, "NO_CONVERSATION"), "the one that nobody has used for long made way");
    two.events(0).await;
    third.events(0).await;
}

/// Whoever writes much takes the room of their own address first, and then that of conversations that nobody uses.
#[tokio::test(start_paused = true)]
async fn what_conversations_hold_is_bounded_in_all_and_for_each_address() {
    let limits = VisitorLimits {
        bytes: 5 * RESTING_BYTES,
        bytes_per_address: 7 * RESTING_BYTES / 2,
        messages_per_minute: 1_000,
        ..VisitorLimits::default()
    };
    let site = Site::with(limited(limits)).await;
    let start = async |address: &str| site.ask(post("start", None, json!({})), address.parse().unwrap()).await;
    let (one, two, three) = (site.visitor().await, site.visitor().await, site.visitor().await);
    let own = start(ADDRESS).await;
    assert_eq!(code(&own), (429, "TOO_MANY_CONVERSATIONS"));
    assert!(own.1["message"].as_str().unwrap().contains("hold too much"), "{}", own.1);
    let other = site.visitor_with(json!({}), "10.0.0.8").await;
    assert_eq!(code(&start("10.0.0.9").await), (503, "BUSY"), "nobody has been quiet for long");
    advance(Duration::from_secs(90)).await;
    for visitor in [&two, &three, &other] {
        visitor.send("1", "hi").await;
    }
    site.visitor_with(json!({}), "10.0.0.9").await;
    let gone = site.ask(get("events", &one.session), one.address).await;
    assert_eq!(code(&gone), (404, "NO_CONVERSATION"), "nobody had used it for longest");
    assert!(gone.1["message"].as_str().unwrap().contains("made way"), "{}", gone.1);
    let long = "長".repeat(4_000);
    let mut refused = None;
    for number in 2..9 {
        let answer = two.post(json!({"id": number.to_string(), "text": long})).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        if answer.0 != StatusCode::OK {
            refused = Some((number, answer));
            break;
        }
    }
    let (number, answer) = refused.expect("no address takes all");
    assert_eq!(code(&answer), (429, "TOO_MANY_CONVERSATIONS"));
    assert_eq!(answer.1["retry_after_seconds"], 30);
    tokio::time::sleep(Duration::from_secs(60)).await;
    two.send(&number.to_string(), &long).await;
    let gone = site.ask(get("events", &three.session), three.address).await;
    assert_eq!(code(&gone), (404, "NO_CONVERSATION"), "the quiet one of the same address made way");
    other.events(0).await;
}

#[tokio::test(start_paused = true)]
async fn what_nobody_uses_is_forgotten_and_a_person_is_told() {
    let limits = VisitorLimits { idle_minutes: 5, ..VisitorLimits::default() };
    let site = Site::with(limited(limits)).await;
    let (idle, read, handed) = (site.visitor().await, site.visitor().await, site.visitor().await);
    handed.ask_for_person().await;
    let newest = |kind: &str| {
        site.house.sandbox.records(kind).iter().filter_map(|one| one["id"].as_str()?.parse::<u64>().ok()).max()
    };
    let ticket = newest("tickets").unwrap().to_string();
    let screen = read.screen(0).await;
    tokio::time::sleep(Duration::from_secs(6 * 60)).await;
    let gone = site.ask(get("events", &idle.session), idle.address).await;
    assert_eq!(code(&gone), (404, "NO_CONVERSATION"));
    read.events(0).await;
    handed.events(0).await;
    drop(screen);
    tokio::time::sleep(Duration::from_secs(21 * 60)).await;
    for visitor in [&read, &handed] {
        let gone = site.ask(get("events", &visitor.session), visitor.address).await;
        assert_eq!(code(&gone), (404, "NO_CONVERSATION"));
    }
    let told = notes(&site.house.sandbox, &ticket).await;
    assert!(told.iter().any(|note| note.contains("The customer has left the chat.")), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn one_conversation_takes_neither_all_screens_nor_all_memory() {
    let limits = VisitorLimits { messages_per_minute: 10_000, ..VisitorLimits::default() };
    let site = Site::with(limited(limits)).await;
    let visitor = site.visitor().await;
    let mut screens = vec![];
    for _ in 0..7 {
        screens.push(visitor.screen(1).await);
    }
    assert_eq!(screens[0].next().await, None, "the oldest makes way");
    assert!(screens[6].next().await.is_some());
    let long = "長".repeat(4_000);
    let mut last = (StatusCode::OK, Value::Null);
    for number in 0..200 {
        last = visitor.post(json!({"id": number.to_string(), "text": long})).await;
        if code(&last) == (429, "TOO_OFTEN") {
            tokio::time::sleep(Duration::from_secs(5)).await;
        } else if last.0 != StatusCode::OK {
            break;
        }
    }
    assert_eq!(code(&last), (409, "TOO_LONG"));
}

#[tokio::test(start_paused = true)]
async fn the_server_stops_with_streams_open() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let mut screen = visitor.screen(0).await;
    screen.message().await;
    screen.next().await.unwrap();
    site.stop.cancel();
    assert_eq!(screen.next().await, None);
    site.running.await.unwrap();
}
