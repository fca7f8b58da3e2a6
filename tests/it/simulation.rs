//! Two hundred concurrent customers on a HubSpot that fails at random, with invariants that must hold in every run.
//!
//! The seed decides a run: arrivals, requests, faults, and which clients disconnect. `SEED=n cargo test simulation`
//! repeats one run; `SEEDS=20000 cargo test --release simulation` runs many. As with HubSpot, a request that was sent
//! is carried out even if the client gives up.

mod checks;
mod customers;
pub(crate) mod network;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::clock::Clock;
use fastrand::Rng;
use futures::future::join_all;
use http_client::InProcess;
use hubspot_client::{self, HubSpot, TicketKeys};
use hubspot_sandbox::limits::Tier;
use hubspot_sandbox::{self, Sandbox};
use tokio::time::sleep;

use crate::audit::{self, Trail};
use crate::thundering_herd::create_customers;
use crate::world::{NOW, World, connect};
use checks::{check, check_served, check_trail, records};
use customers::customer;
use network::{KEYED_LATE_MS_MAX, UnreliableTransport, delay_tickets, disturb};

const SEEDS_DEFAULT: u64 = 200;
const CUSTOMERS: usize = 200;
/// One seed in this many has no faults.
const CALM_EVERY: u64 = 10;

async fn run(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let now = NOW.parse().unwrap();
    let delay_ms = rng.u64(20..400);
    let settings = hubspot_sandbox::Settings {
        now: Some(now),
        tier: Some(Tier::Free),
        delay_ms,
        ..hubspot_sandbox::Settings::default()
    };
    let sandbox = Sandbox::new(settings);
    let contacts = create_customers(&sandbox, CUSTOMERS).await;
    sleep(Duration::from_secs(20)).await;
    let clock = Clock::starting_at(sandbox.now());
    let calm = seed.is_multiple_of(CALM_EVERY);
    let wire = UnreliableTransport {
        sandbox: sandbox.clone(),
        inner: InProcess(sandbox.router()),
        chance: Rng::with_seed(seed ^ 1).into(),
        refused_percent: if calm || rng.bool() { 0 } else { rng.u8(..10) },
        broken_percent: if calm || rng.bool() { 0 } else { rng.u8(..8) },
    };
    let ticket_keys = if rng.bool() { TicketKeys::Auto } else { TicketKeys::Off };
    let settings = hubspot_client::Settings {
        seed: Some(seed),
        ticket_keys: ticket_keys.clone(),
        ..hubspot_client::Settings::default()
    };
    let hub = HubSpot::new(wire, Some(sandbox.token().into()), settings, clock);
    let trail = Trail::new();
    let server = audit::server(hub.clone(), clock, &trail);
    let world = World { client: connect(server).await, sandbox, hubspot: hub.clone() };
    let before = records(&world);
    world.sandbox.clear_requests();
    if !calm {
        disturb(&world.sandbox, &mut rng);
        if ticket_keys == TicketKeys::Auto {
            delay_tickets(&world.sandbox, &mut rng);
        }
    }
    let seeds: Vec<_> = contacts.iter().map(|_| rng.u64(..)).collect();
    let customers = contacts.iter().enumerate().map(|(at, contact)| customer(&world, at, contact, seeds[at]));
    let calls: Vec<_> = join_all(customers).await.into_iter().flatten().collect();
    hub.drained().await;
    sleep(Duration::from_millis(KEYED_LATE_MS_MAX) + Duration::from_secs(10)).await; // HubSpot ends what it still works on.
    check(seed, &world, &contacts, &calls);
    check_trail(seed, &world, &trail, &before);
    check_served(seed, calm, &calls);
}

/// Runs one seed on a paused clock.
fn simulate(seed: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(run(seed));
}

#[test]
fn simulation() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    if let Some(seed) = number("SEED") {
        println!("SEED={seed}");
        return simulate(seed);
    }
    let (next, seeds) = (AtomicU64::new(0), number("SEEDS").unwrap_or(SEEDS_DEFAULT));
    let workers = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let seed @ 0.. = next.fetch_add(1, Ordering::Relaxed)
                    && seed < seeds
                {
                    println!("SEED={seed}");
                    simulate(seed);
                }
            });
        }
    });
}
