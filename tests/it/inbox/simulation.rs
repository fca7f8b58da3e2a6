//! Customers who write while tools read and reply, on a HubSpot that fails at random. `SEED=n` repeats one run, `SEEDS=n`
//! runs so many.

use std::time::Duration;

use domain::clock::Clock;
use fastrand::Rng;
use futures::future::join_all;
use http_client::InProcess;
use hubspot_client::HubSpot;
use hubspot_sandbox::conversing::VisitorMessage;
use hubspot_sandbox::fault::{Fault, Match};
use hubspot_sandbox::limits::Tier;
use hubspot_sandbox::{self, Sandbox};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::sarah_writes;
use super::verdict::{self, Evidence};
use crate::simulation::network::{UnreliableTransport, effect};
use crate::world::{NOW, World, connect, server};

const SEEDS_DEFAULT: u64 = 40;
const CUSTOMERS: usize = 12;
const DESKS: usize = 4;
const READERS: usize = 3;
/// How long a run lasts, on the stopped clock.
const RUN: Duration = Duration::from_secs(240);
const FAULTS_MAX: usize = 120;
/// Of the sends of messages, this many may fail too.
const SENDS_DISTURBED_MAX: usize = 20;
/// The answer after which a desk sends the same words again, how often, and after how long: sooner and later than the two
/// minutes for which HubSpot may still be at it.
const UNCLEAR: &str = "OUTCOME_UNKNOWN_ERROR";
const TRIES_MAX: usize = 4;
const PAUSE_SECONDS_MAX: u64 = 180;
/// HubSpot ends what it still works on.
const AFTERWARDS: Duration = Duration::from_secs(120);
/// One seed in this many has no faults.
const CALM_EVERY: u64 = 8;
/// Fewer replies would show nothing; a run without faults has about forty.
const REPLIES_MIN: usize = 8;
/// Holds for the worst run.
const SERVED_PERCENT_MIN: usize = 40;

/// Writes now and then into a conversation of their own, over a chat or by e-mail.
async fn customer(sandbox: &Sandbox, number: usize, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let mut thread = None;
    for message in 0..rng.usize(1..6) {
        sleep(RUN.mul_f64(rng.f64() / 4.0)).await;
        let text = format!("Customer {number} writes {message}");
        let message = match number % 2 {
            0 => VisitorMessage { name: Some(format!("Visitor {number}")), ..VisitorMessage::chat(&text) },
            _ => VisitorMessage::email(&format!("customer{number}@example.com"), "A question", &text),
        };
        let message = VisitorMessage { thread, ..message };
        thread = Some(sandbox.visitor_writes(message).unwrap().thread_id);
    }
}

/// Answers whoever waits, comments, assigns and closes; returns its replies.
async fn desk(world: &World, number: usize, seed: u64) -> Vec<Value> {
    let (mut rng, end) = (Rng::with_seed(seed), Instant::now() + RUN);
    let mut replies = vec![];
    while Instant::now() < end {
        sleep(Duration::from_secs(rng.u64(1..20))).await;
        let Ok(found) = world.call("find_conversations", json!({"unanswered_minutes": 0, "limit": 8})).await else {
            continue;
        };
        let waiting = found["conversations"].as_array().unwrap();
        let Some(one) = rng.choice(waiting) else { continue };
        let id = one["conversation_id"].clone();
        match rng.u8(..10) {
            0 => drop(world.call("update_conversation", json!({"conversation_id": id, "status": "closed"})).await),
            1 => drop(world.call("update_conversation", json!({"conversation_id": id, "assignee": "117003"})).await),
            action => {
                let text = format!("Desk {number} replies {}", replies.len());
                let internal = action == 2;
                let reply = json!({"conversation_id": id, "text": text, "internal": internal});
                let (answer, tries) = sent(world, reply, &mut rng).await;
                let (message, code) = match answer {
                    Ok(done) => (done["message_id"].clone(), Value::Null),
                    // Whoever was told once that it is not known has not learned more by another refusal.
                    Err(_) if tries > 1 => (Value::Null, json!(UNCLEAR)),
                    Err(error) => (Value::Null, error["code"].clone()),
                };
                let id = id.as_str().unwrap();
                replies.push(json!({
                    "conversation": id, "text": text, "internal": internal, "message": message, "code": code,
                    "tries": tries,
                }));
            }
        }
    }
    replies
}

/// Sends a reply, and the same words again while it is not known what became of them, sooner or later; returns the last
/// answer and the number of tries.
async fn sent(world: &World, reply: Value, rng: &mut Rng) -> (Result<Value, Value>, usize) {
    let mut answer = world.call("reply_conversation", reply.clone()).await;
    let mut tries = 1;
    while answer.as_ref().is_err_and(|error| error["code"] == UNCLEAR) && tries < TRIES_MAX {
        sleep(Duration::from_secs(rng.u64(1..PAUSE_SECONDS_MAX))).await;
        answer = world.call("reply_conversation", reply.clone()).await;
        tries += 1;
    }
    (answer, tries)
}

/// Follows one conversation from its first message; returns the ids that it was shown.
async fn reader(world: &World, thread: u64) -> Value {
    let (id, end) = (thread.to_string(), Instant::now() + RUN + Duration::from_secs(60));
    let mut seen: Vec<Value> = vec![];
    while Instant::now() < end {
        let arguments = match seen.last() {
            None => json!({"conversation_id": id, "limit": 100}),
            Some(last) => json!({"conversation_id": id, "after": last, "wait_seconds": 20, "limit": 3}),
        };
        match world.call("read_conversation", arguments).await {
            Ok(page) => seen.extend(page["messages"].as_array().unwrap().iter().map(|one| one["message_id"].clone())),
            Err(_) => sleep(Duration::from_secs(2)).await,
        }
    }
    json!({"conversation": id, "seen": seen})
}

/// The faults of one request stand in a line: each waits until the one before it is used up.
fn disturb(sandbox: &Sandbox, rng: &mut Rng) {
    for _ in 0..rng.usize(..SENDS_DISTURBED_MAX) {
        let (method, path_contains) = (Some("POST".to_owned()), Some("/messages".to_owned()));
        let matches = Match { method, path_contains, ..Match::default() };
        sandbox.inject_fault(Fault { matches, effect: effect(rng), times: 1, after: rng.u32(..4) });
    }
    let paths = ["/messages", "/threads", "/assignee", "/actors", "/channel-accounts"];
    for _ in 0..rng.usize(..FAULTS_MAX) {
        let path = paths[rng.usize(..paths.len())].to_owned();
        let matches = Match { path_contains: Some(path), ..Match::default() };
        sandbox.inject_fault(Fault { matches, effect: effect(rng), times: rng.u32(1..3), after: rng.u32(..8) });
    }
}

async fn run(seed: u64) -> usize {
    let mut rng = Rng::with_seed(seed);
    let now = NOW.parse().unwrap();
    let settings = hubspot_sandbox::Settings {
        now: Some(now),
        tier: Some(Tier::Free),
        delay_ms: rng.u64(20..300),
        ..hubspot_sandbox::Settings::default()
    };
    let sandbox = Sandbox::new(settings);
    let calm = seed.is_multiple_of(CALM_EVERY);
    let wire = UnreliableTransport {
        sandbox: sandbox.clone(),
        inner: InProcess(sandbox.router()),
        chance: Rng::with_seed(seed ^ 1).into(),
        refused_percent: if calm || rng.bool() { 0 } else { rng.u8(..10) },
        broken_percent: if calm || rng.bool() { 0 } else { rng.u8(..12) },
    };
    let clock = Clock::starting_at(now);
    let settings = hubspot_client::Settings { seed: Some(seed), ..hubspot_client::Settings::default() };
    let hubspot = HubSpot::new(wire, Some(sandbox.token().into()), settings, clock);
    let world = World { client: connect(server(hubspot.clone(), clock)).await, sandbox, hubspot };
    let watched: Vec<_> = (0..READERS).map(|_| sarah_writes(&world.sandbox, "Hello?").thread_id).collect();
    if !calm {
        disturb(&world.sandbox, &mut rng);
    }
    let seeds: Vec<u64> = (0..CUSTOMERS + DESKS).map(|_| rng.u64(..)).collect();
    let customers = join_all((0..CUSTOMERS).map(|number| customer(&world.sandbox, number, seeds[number])));
    let desks = join_all((0..DESKS).map(|number| desk(&world, number, seeds[CUSTOMERS + number])));
    let readers = join_all(watched.iter().map(|thread| reader(&world, *thread)));
    let (_, replies, readers) = tokio::join!(customers, desks, readers);
    world.hubspot.drained().await;
    sleep(AFTERWARDS).await;
    let replies = replies.concat();
    let account = serde_json::from_str(&world.sandbox.snapshot()).unwrap();
    let served = replies.iter().filter(|reply| reply["message"].is_string()).count();
    let again = replies.iter().filter(|reply| reply["tries"].as_u64() > Some(1)).count();
    let percent = served * 100 / replies.len().max(1);
    println!("SEED={seed}: {served} of {} replies were sent", replies.len());
    assert!(replies.len() >= REPLIES_MIN, "SEED={seed}: too little was tried to show anything");
    let faults = verdict::faults(&Evidence { account, replies, readers });
    assert_eq!(faults, [""; 0], "SEED={seed}");
    assert!(percent >= if calm { 100 } else { SERVED_PERCENT_MIN }, "SEED={seed}: {percent} of a hundred were sent");
    assert_eq!(world.sandbox.peaks().refused, 0, "SEED={seed}: HubSpot's windows were exceeded");
    again
}

#[tokio::test(start_paused = true)]
async fn customers_write_while_tools_read_and_reply() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match number("SEED") {
        Some(seed) => drop(run(seed).await),
        None => {
            let mut again = 0;
            for seed in 0..number("SEEDS").unwrap_or(SEEDS_DEFAULT) {
                again += run(seed).await;
            }
            assert!(again > 0, "no reply was sent once more");
        }
    }
}
