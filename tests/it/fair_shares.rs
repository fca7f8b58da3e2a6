//! One caller in a loop beside one that asks now and then: both are served.

use std::sync::Arc;
use std::time::Duration;

use frontdesk::mcp::Server;
use frontdesk::tool::caller::{Caller, CallerId};
use hubspot_client::{Callers, Tier};
use hubspot_sandbox::limits::Tier as Limits;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::world;

/// Searches that the flooding caller has under way all the time, as it was measured.
const FLOOD: usize = 160;
/// Questions of the honest caller, one a second.
const ASKED: u64 = 20;
const WORST: Duration = Duration::from_secs(2);

/// A server on a HubSpot that refuses more than a free account may ask.
fn server() -> Server {
    server_for(Callers::One)
}

fn server_for(callers: Callers) -> Server {
    let sandbox = hubspot_sandbox::Settings { tier: Some(Limits::Free), ..Default::default() };
    let client = hubspot_client::Settings { tier: Tier::Free, callers, ..Default::default() };
    let (_, hubspot, clock) = world::sandbox_and_client(sandbox, client);
    world::server(hubspot, clock)
}

fn caller(name: &str) -> Caller {
    Caller { id: CallerId(name.into()), ..Caller::default() }
}

async fn call(server: &Server, name: &str, tool: &str, arguments: Value) -> bool {
    let arguments = arguments.as_object().unwrap().clone();
    server.call_in_process(caller(name), tool, arguments).await.is_ok()
}

/// Keeps `FLOOD` calls under way until it is dropped. Each is another one, so that none shares a request.
fn flood(
    server: &Arc<Server>,
    tool: &'static str,
    arguments: impl Fn(usize) -> Value + Copy + Send + 'static,
) -> JoinSet<()> {
    let mut flooding = JoinSet::new();
    for lane in 0..FLOOD {
        let server = server.clone();
        flooding.spawn(async move {
            for at in 0.. {
                call(&server, "busy", tool, arguments(at * FLOOD + lane)).await;
                sleep(Duration::from_millis(10)).await; // A refusal comes at once.
            }
        });
    }
    flooding
}

/// The answers of the honest caller and its worst wait.
async fn honest(server: &Server, tool: &str, arguments: impl Fn(u64) -> Value) -> (u64, Duration) {
    let (mut answered, mut worst) = (0, Duration::ZERO);
    for at in 0..ASKED {
        let asked = Instant::now();
        answered += u64::from(call(server, "honest", tool, arguments(at)).await);
        worst = worst.max(asked.elapsed());
        sleep(Duration::from_secs(1).saturating_sub(asked.elapsed())).await;
    }
    (answered, worst)
}

#[tokio::test(start_paused = true)]
async fn a_flooding_caller_does_not_starve_an_honest_one() {
    let server = Arc::new(server());
    let flooding = flood(&server, "search_contacts", |at| json!({"query": format!("nobody {at}")}));
    sleep(Duration::from_secs(3)).await;
    let (answered, worst) = honest(&server, "search_contacts", |at| json!({"query": format!("Sarah {at}")})).await;
    drop(flooding);
    assert_eq!(answered, ASKED);
    assert!(worst <= WORST, "{worst:?}");
}

/// Floods with a tool that reads one contact, and asks for another contact beside it.
async fn honest_beside_a_flood_of(tool: &'static str, argument: &'static str) -> (u64, Duration) {
    let server = Arc::new(server());
    let asked = json!({argument: "84246479604"});
    assert!(call(&server, "honest", tool, asked.clone()).await);
    let flooding = flood(&server, tool, move |at| json!({argument: (90_000_000 + at).to_string()}));
    sleep(Duration::from_secs(12)).await;
    let served = honest(&server, tool, move |_| asked.clone()).await;
    drop(flooding);
    served
}

/// Reads of records share batches and the window of ten seconds; a fifth of it is kept for whoever was quiet.
#[tokio::test(start_paused = true)]
async fn a_flood_of_reads_leaves_places_for_others() {
    let (answered, worst) = honest_beside_a_flood_of("find_owner_id_by_contact_id", "cus_cid").await;
    assert_eq!(answered, ASKED);
    assert!(worst <= WORST, "{worst:?}");
}

/// A tool that asks HubSpot four things needs twice the fifth of the window: a flood leaves it its even part.
#[tokio::test(start_paused = true)]
async fn a_flood_of_reads_leaves_places_for_a_tool_that_asks_much() {
    let (answered, worst) = honest_beside_a_flood_of("get_contact", "contact").await;
    assert_eq!(answered, ASKED);
    assert!(worst <= WORST, "{worst:?}");
}

/// Others may come at any time to a server with several callers, so a flood finds them a place although they have not
/// asked before: at its start, in its first window, and when it has gone on for long.
#[tokio::test(start_paused = true)]
async fn a_caller_that_comes_to_a_flood_for_the_first_time_is_served() {
    for seconds in [0, 2, 5, 9, 11, 19] {
        let server = Arc::new(server_for(Callers::Several));
        let flooding = flood(&server, "get_contact", |at| json!({"contact": (90_000_000 + at).to_string()}));
        sleep(Duration::from_secs(seconds)).await;
        let (answered, worst) = honest(&server, "get_contact", |_| json!({"contact": "84246479604"})).await;
        drop(flooding);
        assert_eq!(answered, ASKED, "after {seconds} s");
        assert!(worst <= WORST, "after {seconds} s: {worst:?}");
    }
}

/// A lone caller has the whole quota: nothing is kept for nobody.
#[tokio::test(start_paused = true)]
async fn a_lone_caller_uses_the_whole_quota() {
    let server = server();
    assert!(call(&server, "lone", "search_contacts", json!({"query": "first"})).await);
    sleep(Duration::from_secs(2)).await;
    let start = Instant::now();
    let five = (0..5).map(|at| call(&server, "lone", "search_contacts", json!({"query": format!("Sarah {at}")})));
    let ended = futures::future::join_all(five.map(async |ended| (ended.await, start.elapsed()))).await;
    assert!(ended.iter().all(|(answered, at)| *answered && *at < Duration::from_secs(1)), "{ended:?}");
}
