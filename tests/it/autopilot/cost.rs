//! The requests to HubSpot that a reply costs, and the part of the quota that is left to people's tools.

use hubspot_sandbox::limits::Tier;
use hubspot_sandbox::webhooks::DeliveryFaults;
use tokio::time::Instant;

use super::brains::echo;
use super::desk::{House, REPLY, Way, both, pass};
use crate::generated::check_section;

/// The most requests of one reply, beside those of tools: the thread, its messages, a look before the reply, the reply. With
/// polling: its messages, a look before the reply, the reply, and its messages once more a minute later.
const REQUESTS_MAX: usize = 4;
/// Requests that are asked once and then remembered: inboxes, the account, who made the token, accounts of channels.
const REMEMBERED_MAX: usize = 6;
const BACKLOG: usize = 1_000;
/// The free tier's window: a hundred requests in ten seconds, of which a fifth is left to others.
const SECONDS_OF_REQUEST: f64 = 10.0 / 80.0;

fn requests(house: &House) -> Vec<String> {
    let sent = house.sandbox.requests().iter().map(|sent| format!("{} {}", sent.method, sent.path)).collect();
    house.sandbox.clear_requests();
    sent
}

#[tokio::test(start_paused = true)]
async fn a_reply_costs_four_requests() {
    both(async |way| {
        let house = House::new(way, REPLY).with_brain(echo(0));
        let desk = house.open().await;
        let thread = house.sarah("first").thread_id;
        pass(200).await;
        requests(&house);
        for number in 0..5 {
            house.more(thread, &format!("number {number}"));
            pass(200).await;
            let of_conversation = |sent: &String| sent.contains("/threads/") || sent.starts_with("POST");
            let sent: Vec<String> = requests(&house).into_iter().filter(of_conversation).collect();
            assert!(sent.iter().any(|sent| sent.starts_with("POST")), "{sent:#?}");
            assert!(sent.len() <= REQUESTS_MAX, "{way:?} {sent:#?}");
        }
        desk.close().await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_backlog_ends_in_the_time_that_its_requests_need_and_leaves_a_fifth_of_the_quota() {
    let account = hubspot_sandbox::Settings { tier: Some(Tier::Free), ..Default::default() };
    let house = House::of_account(Way::Webhooks, REPLY, account, DeliveryFaults::default());
    let desk = house.open().await;
    let threads: Vec<u64> = (0..BACKLOG).map(|_| house.sarah("Hello").thread_id).collect();
    pass(4).await;
    let (begun, mut peak) = (Instant::now(), 0_u32);
    requests(&house);
    let mut sent = 0;
    loop {
        pass(10).await;
        let window = house.sandbox.requests().len();
        house.sandbox.clear_requests();
        sent += window;
        peak = peak.max(u32::try_from(window).unwrap());
        if desk.store.waiting_conversations().await.unwrap().0 == 0 {
            break;
        }
        assert!(begun.elapsed().as_secs() < 3_600, "the backlog does not end");
    }
    let (took, needed) = (begun.elapsed().as_secs_f64(), (BACKLOG * REQUESTS_MAX) as f64 * SECONDS_OF_REQUEST);
    let most = needed * 1.1;
    let table = format!(
        "| conversations | requests, at most | seconds that they need on the free tier | seconds, at most |\n|---|---|---|---|\n\
         | {BACKLOG} | {} | {needed:.0} | {most:.0} |\n",
        BACKLOG * REQUESTS_MAX
    );
    check_section("docs/autopilot.md", "backlog", &table);
    println!(
        "{BACKLOG} conversations took {took:.0} s and {sent} requests, at most {peak} in ten seconds; they need {needed:.0} s"
    );
    assert!(sent <= BACKLOG * REQUESTS_MAX + REMEMBERED_MAX + 4, "{sent} requests");
    assert!(took <= most + 10.0, "{took} s, and {needed} s are needed");
    assert!(peak <= 84, "{peak} requests in ten seconds leave no fifth to others");
    assert_eq!(house.sandbox.peaks().refused, 0);
    for thread in threads.iter().step_by(100) {
        assert_eq!(house.told(*thread).await.len(), 1);
    }
    desk.close().await;
}
