//! Customers and people who talk through hand-offs, on a HubSpot that fails at random, while its signed deliveries are lost,
//! doubled, late and forged and the desk restarts. `SEED=n` repeats one run, `SEEDS=n` runs so many.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use fastrand::Rng;
use frontdesk::tool::caller::Caller;
use futures::future::join_all;
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::conversing::AgentMessage;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::SARAH;
use super::deliveries::{self, Addresses};
use super::desk::{Desk, House, change, note};
use super::verdict::{self, Evidence};
use crate::events::message;
use crate::handoff_channel::person_wrote;
use crate::simulation::network::UnreliableTransport;

const SEEDS_DEFAULT: u64 = 8;
const CUSTOMERS: usize = 3;
/// How long a run lasts, on the stopped clock.
const RUN: Duration = Duration::from_secs(400);
/// HubSpot and the desk end what they still work on.
const AFTERWARDS: Duration = Duration::from_secs(200);
/// Fewer messages would show nothing.
const MESSAGES_MIN: usize = 3;
const OWNERS: [&str; 3] = ["117001", "117002", "117003"];
const USERS: [u64; 2] = [9_586_504, 9_586_742];

/// The messages of people that were heard, deliveries that came twice and that were repeated, and forged ones.
type Heard = [usize; 4];

/// The desk that lives at the moment.
type Now = Arc<RwLock<Arc<Desk>>>;

async fn call(now: &Now, tool: &str, arguments: Value) -> Result<Value, Value> {
    let server = now.read().unwrap().server.clone();
    let arguments = arguments.as_object().unwrap().clone();
    server.call_in_process(Caller::default(), tool, arguments).await.map_err(|error| error.to_json())
}

/// Talks through one hand-off; returns where it was, what was sent and what was heard.
async fn customer(now: &Now, number: usize, seed: u64, places: &RwLock<Vec<String>>) -> Option<Value> {
    let (mut rng, end) = (Rng::with_seed(seed), Instant::now() + RUN);
    sleep(Duration::from_millis(rng.u64(..20_000))).await;
    let start = json!({"contact": SARAH, "title": format!("Matter {number} of run {seed}")});
    let mut started = call(now, "handoff_start", start.clone()).await;
    while started.is_err() && Instant::now() < end {
        sleep(Duration::from_secs(20)).await;
        started = call(now, "handoff_start", start.clone()).await;
    }
    let started = started.ok()?;
    let place = started["ticket_id"].as_str().or(started["conversation_id"].as_str())?.to_owned();
    places.write().unwrap().push(place.clone());
    let (session, mut after, mut heard, mut sent) = (started["session"].clone(), 0, vec![], vec![]);
    let finish = end + AFTERWARDS;
    while Instant::now() < finish {
        if Instant::now() < end && rng.u8(..3) == 0 {
            let text = format!("Customer {number} of {seed} says {}", sent.len());
            let words = json!({"session": session, "text": text, "message_id": sent.len().to_string()});
            let mut answer = call(now, "handoff_send", words.clone()).await;
            // A client that hears nothing tries again with the same number.
            for _ in 0..rng.u8(..4) {
                if answer.is_ok() {
                    break;
                }
                sleep(Duration::from_secs(rng.u64(1..60))).await;
                answer = call(now, "handoff_send", words.clone()).await;
            }
            sent.push(json!({"text": text, "code": answer.err().map(|error| error["code"].clone())}));
        }
        let ask = json!({"session": session, "after": after, "wait_seconds": rng.u64(1..25)});
        match call(now, "handoff_events", ask).await {
            Ok(answer) => {
                after = answer["next"].as_u64().unwrap();
                heard.extend(answer["events"].as_array().unwrap().clone());
            }
            Err(_) => sleep(Duration::from_secs(5)).await,
        }
        // An ended session answers at once.
        sleep(Duration::from_secs(2)).await;
    }
    Some(json!({"place": place, "sent": sent, "heard": heard}))
}

/// A person who writes, gives away, closes, or does nothing for a while.
async fn person(sandbox: &Sandbox, number: usize, seed: u64, places: &RwLock<Vec<String>>, by_ticket: bool) {
    let (mut rng, end) = (Rng::with_seed(seed), Instant::now() + RUN);
    let mut words = 0;
    while Instant::now() < end {
        sleep(Duration::from_millis(rng.u64(2_000..40_000))).await;
        let open = places.read().unwrap().clone();
        let Some(place) = rng.choice(&open).cloned() else { continue };
        let text = format!("Person {number} answers {words}");
        words += 1;
        if by_ticket {
            match rng.u8(..20) {
                0 => change(sandbox, &place, json!({"hs_pipeline_stage": "4"})).await,
                1..4 => change(sandbox, &place, json!({"hubspot_owner_id": rng.choice(OWNERS).unwrap()})).await,
                4..7 => drop(note(sandbox, &place, rng.choice(OWNERS).unwrap(), &format!("Among us: {text}")).await),
                _ => {
                    let html = format!("<p>@customer&nbsp;{text}</p>");
                    drop(note(sandbox, &place, rng.choice(OWNERS).unwrap(), &html).await);
                }
            }
            continue;
        }
        let (thread, user) = (place.parse().unwrap(), *rng.choice(&USERS).unwrap());
        let done = match rng.u8(..20) {
            0 => sandbox.set_thread_closed(thread, true),
            1..4 => sandbox.assign_thread(thread, Some(user)),
            4..7 => sandbox.agent_writes(AgentMessage::comment(thread, user, &format!("Among us: {text}"))).map(drop),
            _ => sandbox.agent_writes(AgentMessage::reply(thread, user, &text)).map(drop),
        };
        done.unwrap();
    }
}

/// Somebody who knows an address and no secret says that people have written; returns the answers.
async fn forger(addresses: &Addresses, seed: u64, places: &RwLock<Vec<String>>, path: &str) -> Vec<u16> {
    let (mut rng, end, mut answers) = (Rng::with_seed(seed), Instant::now() + RUN, vec![]);
    while Instant::now() < end {
        sleep(Duration::from_secs(rng.u64(10..60))).await;
        let open = places.read().unwrap().clone();
        let Some(place) = rng.choice(&open) else { continue };
        let of_channel = person_wrote("1", place, "forged");
        let of_app = json!([message(place.parse().unwrap(), "forged", 0)]);
        answers.push(addresses.forge(path, &of_channel).await);
        answers.push(addresses.forge("/webhooks/hubspot", &of_app).await);
    }
    answers
}

async fn run(seed: u64) -> Result<Heard, String> {
    let by_ticket = seed.is_multiple_of(2);
    let mut house = if by_ticket { House::new() } else { House::new().with_channel().await };
    house.is_told = !by_ticket;
    let house = house;
    let addresses = Addresses::of(&house.sandbox, seed);
    let path = house.channel_path().await;
    let mut rng = Rng::with_seed(seed);
    let open = async |rng: &mut Rng| {
        let calm = seed.is_multiple_of(8);
        let wire = UnreliableTransport {
            sandbox: house.sandbox.clone(),
            inner: http_client::InProcess(house.sandbox.router()),
            chance: Rng::with_seed(rng.u64(..)).into(),
            refused_percent: if calm { 0 } else { rng.u8(..8) },
            broken_percent: if calm { 0 } else { rng.u8(..8) },
        };
        let desk = house.open_over(wire).await;
        desk.listen_at(&addresses);
        Arc::new(desk)
    };
    let now: Now = Arc::new(RwLock::new(open(&mut rng).await));
    let places = RwLock::new(vec![]);
    let customers = join_all((0..CUSTOMERS).map(|number| customer(&now, number, seed * 100 + number as u64, &places)));
    let people =
        join_all((0..2).map(|number| person(&house.sandbox, number, seed * 1_000 + number as u64, &places, by_ticket)));
    let restarts = async {
        for _ in 0..rng.usize(1..4) {
            sleep(RUN.mul_f64(rng.f64() / 3.0)).await;
            now.read().unwrap().stop_watching();
            addresses.lead_to(None);
            // Nobody looks for a while.
            sleep(Duration::from_secs(rng.u64(..90))).await;
            let next = open(&mut rng).await;
            *now.write().unwrap() = next;
        }
    };
    let forged = async {
        match &path {
            Some(path) => forger(&addresses, seed + 7, &places, path).await,
            None => vec![],
        }
    };
    let (talks, _, (), forged) = futures::join!(customers, people, restarts, forged);
    let account = serde_json::from_str(&house.sandbox.snapshot()).unwrap();
    let (talks, deliveries) = (talks.into_iter().flatten().collect(), deliveries::log(&house.sandbox));
    let evidence = Evidence { account, talks, by_ticket, deliveries, forged };
    let faults = verdict::faults(&evidence);
    let (messages, doubled) = (verdict::heard(&evidence), verdict::doubled(&evidence));
    let repeated = evidence.deliveries.iter().filter(|one| one["attempt"].as_u64() > Some(0)).count();
    if faults.is_empty() { Ok([messages, doubled, repeated, evidence.forged.len()]) } else { Err(faults.join("\n")) }
}

#[test]
fn no_message_is_lost_or_told_twice_and_each_session_is_in_order() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seeds = match number("SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("SEEDS").unwrap_or(SEEDS_DEFAULT),
    };
    let (mut heard, count) = (Heard::default(), seeds.end - seeds.start);
    for seed in seeds {
        println!("SEED={seed}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        match runtime.block_on(run(seed)) {
            Ok(more) => heard = std::array::from_fn(|at| heard[at] + more[at]),
            Err(faults) => panic!("SEED={seed}:\n{faults}"),
        }
    }
    assert!(heard[0] >= MESSAGES_MIN * count as usize, "only {heard:?} messages were heard in {count} runs");
    // A single run may have been lucky.
    assert!(count < SEEDS_DEFAULT || heard.iter().all(|count| *count > 0), "something never happened: {heard:?}");
}
