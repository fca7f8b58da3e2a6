//! Three hundred customers, persons who take over and give back, robots, lost and doubled events, crashes, and clocks that
//! jump. `SEED=n` repeats one run,
//! `AUTOPILOT_SEEDS=n` runs so many.

use std::sync::Mutex;
use std::time::Duration;

use chrono::TimeDelta;
use fastrand::Rng;
use futures::future::join_all;
use http_client::InProcess;
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::conversing::{AgentMessage, VisitorMessage};
use hubspot_sandbox::fault::{Effect, Fault, Match, Policy};
use hubspot_sandbox::webhooks::DeliveryFaults;
use tokio::time::sleep;

use super::brains::echo;
use super::desk::{House, MEI, REPLY, VERONICA, Way, mend, stored};
use super::verdict::{self, Thread};

const SEEDS_DEFAULT: u64 = 1;
const CUSTOMERS: usize = 300;
const ROBOTS: usize = 12;
const PERSONS: usize = 3;
/// How long customers write, on the stopped clock.
const RUN: Duration = Duration::from_secs(900);
/// The time after which inboxes were asked for what webhooks have lost, and in which what is left is dealt with: until nothing
/// waits, or for twenty minutes at most.
const HEARD_AFTER: Duration = Duration::from_secs(200);
const AFTERWARDS_LOOK: Duration = Duration::from_secs(50);
const AFTERWARDS_LOOKS_MAX: usize = 20;
const CRASHES_MAX: usize = 5;
const FAULTS_MAX: usize = 60;
/// One seed in this many has neither faults nor crashes.
const CALM_EVERY: u64 = 6;
/// Of the customers' messages, at least so many in a hundred are answered in a calm run.
const ANSWERED_PERCENT_MIN: usize = 50;

/// Writes now and then into a conversation of their own; its thread.
async fn customer(sandbox: &Sandbox, begun: &Mutex<Vec<u64>>, number: usize, seed: u64) -> u64 {
    let mut rng = Rng::with_seed(seed);
    sleep(RUN.mul_f64(rng.f64() * 0.8)).await;
    let mut thread = None;
    for message in 0..rng.usize(1..4) {
        let text = format!("[c{number}-m{message}] where is my robot {}", rng.u32(..));
        let new = match number % 3 {
            0 => VisitorMessage::email(&format!("customer{number}@example.com"), "A question", &text),
            _ => VisitorMessage { name: Some(format!("Visitor {number}")), ..VisitorMessage::chat(&text) },
        };
        let is_first = thread.is_none();
        let written = sandbox.visitor_writes(VisitorMessage { thread, ..new }).unwrap();
        thread = Some(written.thread_id);
        if is_first {
            begun.lock().unwrap().push(written.thread_id);
        }
        let pause = if rng.bool() { rng.u64(1..5) } else { rng.u64(20..200) };
        sleep(Duration::from_secs(pause)).await;
    }
    thread.unwrap()
}

async fn robot(sandbox: &Sandbox, number: usize, seed: u64) -> u64 {
    let mut rng = Rng::with_seed(seed);
    sleep(RUN.mul_f64(rng.f64())).await;
    let mail = match number % 2 {
        0 => VisitorMessage::email(&format!("no-reply@shop{number}.example"), "Your order", "Thank you"),
        _ => VisitorMessage::email(&format!("ann{number}@x.example"), "Automatic reply: holidays", "I am away"),
    };
    sandbox.visitor_writes(mail).unwrap().thread_id
}

/// Takes conversations over, gives them back, closes them, and comments.
async fn person(sandbox: &Sandbox, begun: &Mutex<Vec<u64>>, seed: u64) {
    let (mut rng, mut left) = (Rng::with_seed(seed), RUN);
    loop {
        let pause = Duration::from_secs(rng.u64(10..60));
        let Some(rest) = left.checked_sub(pause) else { return };
        left = rest;
        sleep(pause).await;
        let Some(thread) = rng.choice(begun.lock().unwrap().as_slice()).copied() else { continue };
        let user = if rng.bool() { VERONICA } else { MEI };
        // A thread that is gone, or a mail without an address, is nobody's.
        let _done = match rng.u8(..6) {
            0 | 1 => sandbox.agent_writes(AgentMessage::reply(thread, user, "I take over.")).map(drop),
            2 => sandbox.assign_thread(thread, Some(user)),
            3 => sandbox.agent_writes(AgentMessage::comment(thread, user, "/bot on")).map(drop),
            4 => sandbox.set_thread_closed(thread, true),
            _ => sandbox.agent_writes(AgentMessage::comment(thread, user, "Who knows this?")).map(drop),
        };
    }
}

fn disturb(sandbox: &Sandbox, rng: &mut Rng) {
    for _ in 0..rng.usize(..FAULTS_MAX) {
        let effect = match rng.u8(..8) {
            0 => Effect::LostAnswer,
            1 => Effect::SilenceAfter,
            2 => Effect::CutBody,
            3 => Effect::Silence,
            4 => Effect::RateLimited { policy: Policy::TenSecondlyRolling },
            5 => Effect::Html,
            _ => Effect::Status { status: [500, 502, 503, 504][rng.usize(..4)], body: None, headers: vec![] },
        };
        let method = ["GET", "POST", "PUT"][rng.usize(..3)].to_owned();
        let matches = Match { method: Some(method), path_contains: Some("/threads/".to_owned()), ..Match::default() };
        sandbox.inject_fault(Fault { matches, effect, times: rng.u32(1..3), after: rng.u32(..40) });
    }
}

/// The life of the desk: it crashes and comes back, and HubSpot's clock jumps.
async fn lives(house: &House, seed: u64, calm: bool) -> super::desk::Desk {
    let mut rng = Rng::with_seed(seed);
    let mut desk = house.open().await;
    let crashes = if calm { 0 } else { rng.usize(..CRASHES_MAX) };
    let mut left = RUN;
    for _ in 0..crashes {
        let life = RUN.mul_f64(rng.f64() / CRASHES_MAX as f64);
        left = left.saturating_sub(life);
        sleep(life).await;
        house.crash(desk);
        let gone = Duration::from_secs(rng.u64(0..60));
        left = left.saturating_sub(gone);
        sleep(gone).await;
        if rng.bool() {
            house.sandbox.advance_clock(TimeDelta::seconds(rng.i64(1..90)));
        }
        desk = house.open_over(InProcess(house.sandbox.router())).await;
    }
    sleep(left).await;
    desk
}

async fn run(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let calm = seed.is_multiple_of(CALM_EVERY);
    let way = if rng.bool() { Way::Webhooks } else { Way::Polling };
    let account = hubspot_sandbox::Settings { delay_ms: rng.u64(5..150), ..Default::default() };
    let mischief = match calm {
        true => DeliveryFaults::default(),
        false => DeliveryFaults { seed, duplicates_percent: 30, disorder_percent: 30, ..DeliveryFaults::default() },
    };
    let settings = format!("{REPLY}hand_over_to = \"{MEI}\"\n[limits]\nconversations_at_once = 8\n");
    let house = House::of_account(way, &settings, account, mischief).with_brain(echo(rng.u64(..3))).with_safety_poll();
    let seeds: Vec<u64> = (0..CUSTOMERS + ROBOTS + PERSONS + 1).map(|_| rng.u64(..)).collect();
    let (sandbox, begun) = (&house.sandbox, Mutex::default());
    let everybody = async {
        // A poller notes first where it begins.
        sleep(Duration::from_secs(30)).await;
        if !calm {
            disturb(sandbox, &mut rng);
        }
        let customers = join_all((0..CUSTOMERS).map(|number| customer(sandbox, &begun, number, seeds[number])));
        let robots = join_all((0..ROBOTS).map(|number| robot(sandbox, number, seeds[CUSTOMERS + number])));
        let persons = join_all((0..PERSONS).map(|number| person(sandbox, &begun, seeds[CUSTOMERS + ROBOTS + number])));
        let (customers, robots, _) = tokio::join!(customers, robots, persons);
        (customers, robots)
    };
    let (desk, (customers, robots)) = tokio::join!(lives(&house, seeds[CUSTOMERS + ROBOTS + PERSONS], calm), everybody);
    mend(sandbox).await;
    sleep(HEARD_AFTER).await;
    for _ in 0..AFTERWARDS_LOOKS_MAX {
        sleep(AFTERWARDS_LOOK).await;
        if desk.store.waiting_conversations().await.unwrap().0 == 0 {
            break;
        }
    }
    let (account, mut threads) = (InProcess(sandbox.router()), vec![]);
    for (id, is_robots) in customers.into_iter().map(|id| (id, false)).chain(robots.into_iter().map(|id| (id, true))) {
        threads.push(Thread { id, is_robots, messages: stored(&account, sandbox.token(), id).await });
    }
    let answered = threads.iter().filter(|thread| has_reply(thread)).count();
    let faults = verdict::faults(&threads);
    println!("SEED={seed} ({way:?}): {answered} of {} conversations got a reply", threads.len());
    assert!(faults.is_empty(), "SEED={seed}: {} faults:\n{}", faults.len(), faults[..faults.len().min(12)].join("\n"));
    assert!(answered * 100 >= CUSTOMERS * ANSWERED_PERCENT_MIN, "SEED={seed}: too few answers to show anything");
    // A double post that is planted is found.
    let double = threads.iter().find_map(|thread| {
        thread.messages.iter().find(|message| is_reply(message)).map(|message| (thread.id, message.clone()))
    });
    let (id, message) = double.unwrap();
    threads.iter_mut().find(|thread| thread.id == id).unwrap().messages.push(message);
    assert!(!verdict::faults(&threads).is_empty(), "SEED={seed}: a planted double post was not found");
    desk.close().await;
}

fn has_reply(thread: &Thread) -> bool {
    thread.messages.iter().any(is_reply)
}

fn is_reply(message: &serde_json::Value) -> bool {
    message["type"] == "MESSAGE"
        && message["client"]["clientType"] == "INTEGRATION"
        && message["text"].as_str().is_some_and(|text| text.contains("[c"))
}

#[tokio::test(start_paused = true)]
async fn customers_persons_and_robots_meet_an_autopilot_that_crashes() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match number("SEED") {
        Some(seed) => run(seed).await,
        None => {
            for seed in 1..=number("AUTOPILOT_SEEDS").unwrap_or(SEEDS_DEFAULT) {
                run(seed).await;
            }
        }
    }
}
