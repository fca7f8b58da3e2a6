//! Two hundred concurrent customers on a HubSpot that fails at random, with invariants that must hold in every run.
//!
//! The seed decides a run: arrivals, requests, faults, and which clients disconnect. `SEED=n cargo test simulation`
//! repeats one run; `SEEDS=20000 cargo test --release simulation` runs many. As with HubSpot, a request that was sent
//! is carried out even if the client gives up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use domain::clock::Clock;
use domain::time_zone::rules::ZoneRules;
use fastrand::Rng;
use futures::future::{BoxFuture, join_all};
use http_client::{HttpClient, InProcess, SendError};
use hubspot_client::{self, HubSpot, TicketKeys};
use hubspot_sandbox::fault::{Effect, Fault, Match, Policy};
use hubspot_sandbox::{self, LoggedRequest, Sandbox, limits::Tier};
use rmcp::model::{CallToolRequestParams, ClientRequest, Request, ServerResult};
use rmcp::service::PeerRequestOptions;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::audit::{self, Trail};
use crate::audit_check::{self, Evidence};
use crate::thundering_herd::{create_customers, email, number_of};
use crate::world::{NOW, World, connect, read};

const SEEDS_DEFAULT: u64 = 200;
const CUSTOMERS: usize = 200;
/// Customers arrive within this time.
const RUSH: Duration = Duration::from_secs(20);
const CALL_MAX: Duration = Duration::from_secs(30);
const FAULTS_MAX: usize = 60;
/// A ticket of the seed company.
const TICKET: &str = "33190415288";
/// Errors that count as answers: two customers want the same hour, perhaps at the same moment, or a contact has no
/// owner.
const ANSWERS: [(&str, &str); 3] = [
    ("create_meeting", "UNAVAILABLE_ERROR"),
    ("create_meeting", "SLOT_TAKEN_ERROR"),
    ("find_owner_id_by_contact_id", "OWNER_NOT_FOUND_ERROR"),
];
/// Holds for the worst run: one call in ten is cancelled, and faults stop few of the others.
const SERVED_PERCENT_MIN: usize = 50;
/// One seed in this many has no faults.
const CALM_EVERY: u64 = 10;
/// The longest HubSpot works on a request that it does carry out.
const LATE_MS_MAX: u64 = 12_000;
/// The same for creations of tickets that write keys: however late it is, they happen once.
const KEYED_LATE_MS_MAX: u64 = 300_000;

/// The types of records that calls make.
const OBJECTS: [&str; 5] = ["communications", "tickets", "meetings", "notes", "contacts"];

/// One call of a customer and its outcome.
struct Call {
    customer: usize,
    tool: &'static str,
    /// The record that the call creates: its kind, and the words that identify it.
    marks: Option<(&'static str, String)>,
    outcome: Outcome,
    took: Duration,
}

enum Outcome {
    /// With the id of the created record, where there is one.
    Done(Option<String>),
    /// With the id of the ticket that an equal call has opened.
    Already(String),
    Failed(String),
    HungUp,
}

/// The transport of a run: some connections are refused, some break at once or at a gateway while HubSpot goes on, and
/// HubSpot does not stop when the client does.
pub(crate) struct UnreliableTransport {
    pub(crate) sandbox: Sandbox,
    pub(crate) inner: InProcess,
    pub(crate) chance: std::sync::Mutex<Rng>,
    pub(crate) refused_percent: u8,
    pub(crate) broken_percent: u8,
}

/// The fate of one request on this transport.
enum Delivery {
    Refused,
    /// The client gets a gateway status or nothing at once; HubSpot carries the request out after this number of
    /// milliseconds.
    Broken(Option<u16>, u64),
    Open,
}

impl UnreliableTransport {
    fn delivery(&self) -> Delivery {
        let mut chance = self.chance.lock().unwrap();
        if chance.u8(..100) < self.refused_percent {
            return Delivery::Refused;
        }
        if chance.u8(..100) >= self.broken_percent {
            return Delivery::Open;
        }
        let status = [None, Some(502), Some(504)][chance.usize(..3)];
        Delivery::Broken(status, chance.u64(..LATE_MS_MAX))
    }
}

impl HttpClient for UnreliableTransport {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, SendError>> {
        let (inner, delivery) = (self.inner.clone(), self.delivery());
        let broken = || SendError::AfterSend("the connection broke".to_owned());
        match delivery {
            Delivery::Refused => {
                Box::pin(async { Err(SendError::BeforeSend("the connection was refused".to_owned())) })
            }
            Delivery::Broken(status, later_ms) => {
                let path_contains = Some(request.uri().path().to_owned());
                let matches = Match { path_contains, ..Match::default() };
                self.sandbox.inject_fault(Fault { matches, effect: Effect::DelayMs(later_ms), times: 1, after: 0 });
                tokio::spawn(async move { inner.send(request).await });
                let gateways = status.map(|status| http::Response::builder().status(status).body("<html>".into()));
                Box::pin(async move { gateways.map_or_else(|| Err(broken()), |answer| Ok(answer.unwrap())) })
            }
            Delivery::Open => {
                let at_work = tokio::spawn(async move { inner.send(request).await });
                Box::pin(async move { at_work.await.unwrap_or_else(|_| Err(broken())) })
            }
        }
    }
}

/// A random failure.
pub(crate) fn effect(rng: &mut Rng) -> Effect {
    let answer = |status| Effect::Status { status, body: None, headers: vec![] };
    let wait = |seconds: u64| Effect::Status {
        status: 477,
        body: None,
        headers: vec![("retry-after".into(), seconds.to_string())],
    };
    match rng.u8(..16) {
        0 => Effect::RateLimited { policy: Policy::TenSecondlyRolling },
        1 => Effect::RateLimited { policy: Policy::Secondly },
        2 => answer(500),
        3 => answer(502),
        4 => answer(503),
        5 => answer(423),
        6 => wait(rng.u64(1..6)),
        7 => Effect::Silence,
        8 => Effect::SilenceAfter,
        9 | 10 => Effect::LostAnswer,
        11 => Effect::CutBody,
        12 => Effect::BrokenJson,
        13 => Effect::Html,
        _ => Effect::DelayMs(rng.u64(500..LATE_MS_MAX)),
    }
}

/// Creations of tickets that HubSpot carries out minutes after a gateway gave up.
fn delay_tickets(sandbox: &Sandbox, rng: &mut Rng) {
    for _ in 0..rng.usize(..20) {
        let matches = Match {
            method: Some("POST".to_owned()),
            path_contains: Some(
                if rng.bool() { "/tickets/batch/create" } else { "/objects/2026-09/tickets" }.to_owned(),
            ),
            ..Match::default()
        };
        let effect = Effect::Late(rng.u64(..KEYED_LATE_MS_MAX));
        sandbox.inject_fault(Fault { matches, effect, times: 1, after: rng.u32(..10) });
    }
}

fn disturb(sandbox: &Sandbox, rng: &mut Rng) {
    let paths = [
        "batch/read",
        "/communications",
        "/tickets",
        "associations",
        "meeting-links",
        "/book",
        "contacts",
        "owners",
        "",
    ];
    for _ in 0..rng.usize(..FAULTS_MAX) {
        let path = paths[rng.usize(..paths.len())].to_owned();
        let matches = Match { path_contains: Some(path), ..Match::default() };
        let times = if rng.u8(..10) == 0 { rng.u32(5..30) } else { rng.u32(1..4) };
        sandbox.inject_fault(Fault { matches, effect: effect(rng), times, after: rng.u32(..40) });
    }
}

/// A tool, its arguments, and the record it creates: the kind, and the words that identify it.
type CustomerRequest = (&'static str, Value, Option<(&'static str, String)>);

/// A random request of a customer. Free times are rare, because their answers are long.
fn random_request(rng: &mut Rng, customer: usize, number: usize, contact: &str) -> CustomerRequest {
    // Some customers say the same twice, which creates two records, but for tickets: the second answer has the first.
    let words = format!("customer {customer} says {}", if rng.u8(..5) == 0 { 0 } else { number });
    match rng.u8(..80) {
        0..=21 => {
            let arguments = json!({"email": email(customer), "chat": words});
            ("find_contact_by_email", arguments, Some(("communications", words)))
        }
        22..=43 => {
            let arguments = json!({"cus_cid": contact, "issue": words, "subject": "Robot"});
            ("create_ticket", arguments, Some(("tickets", words)))
        }
        44..=48 => {
            let arguments = json!({"text": words, "contact": contact});
            ("log_activity", arguments, Some(("notes", words)))
        }
        49..=53 => {
            let friend = format!("friend{number}.of.{}", email(customer));
            let arguments = json!({"properties": {"email": friend, "firstname": "Friend"}});
            ("create_contact", arguments, Some(("contacts", friend)))
        }
        54..=56 => booking(rng, customer),
        57 => {
            let day = format!("2026-11-{}", rng.u8(23..26));
            let arguments = json!({"owner_id": "117001", "time_zone": "America/New_York", "meeting_date": day});
            ("check_available", arguments, None)
        }
        _ => reading_or_changing(rng, customer, contact),
    }
}

fn booking(rng: &mut Rng, customer: usize) -> CustomerRequest {
    let (day, hour) = (rng.u8(23..26), rng.u8(9..17));
    let start = format!("2026-11-{day}T{hour:02}:00");
    let arguments = json!({
        "cus_fname": "C", "cus_lname": customer.to_string(), "cus_email": email(customer), "duration": 30,
        "meeting_date": start[..10], "meeting_start_time": start[11..], "time_zone": "America/New_York",
        "slug": "richtech/veronica-chen",
    });
    ("create_meeting", arguments, Some(("meetings", start)))
}

/// A request that creates no record.
fn reading_or_changing(rng: &mut Rng, customer: usize, contact: &str) -> CustomerRequest {
    let (tool, arguments) = match rng.u8(..9) {
        0 => ("find_owner_id_by_contact_id", json!({"cus_cid": contact})),
        1 => ("find_owner_by_owner_id", json!({"owner_id": if rng.bool() { "117001" } else { "117002" }})),
        2 => ("find_meetings", json!({"contact": contact})),
        3 => ("get_contact", json!({"contact": if rng.bool() { contact.to_owned() } else { email(customer) }})),
        4 => ("search_contacts", json!({"query": email(customer)})),
        5 => ("find_tickets", json!({"contact": contact})),
        6 => ("describe_crm", json!({"about": "pipelines"})),
        7 => ("update_contact", json!({"contact": contact, "properties": {"city": town(customer)}})),
        _ => ("update_ticket", json!({"ticket_id": TICKET, "priority": if rng.bool() { "HIGH" } else { "LOW" }})),
    };
    (tool, arguments, None)
}

/// Calls a tool, and cancels the call when the customer's patience ends.
async fn call(world: &World, tool: &'static str, arguments: &Value, patience: Option<Duration>) -> Outcome {
    let params = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
    let request = ClientRequest::CallToolRequest(Request::new(params));
    let handle = world.client.send_cancellable_request(request, PeerRequestOptions::no_options()).await.unwrap();
    let Some(patience) = patience else {
        return outcome(handle.await_response().await.unwrap());
    };
    let mut handle = handle;
    match tokio::time::timeout(patience, &mut handle.rx).await {
        Ok(answer) => outcome(answer.unwrap().unwrap()),
        Err(_) => {
            handle.cancel(Some("the customer hung up".to_owned())).await.unwrap();
            Outcome::HungUp
        }
    }
}

fn outcome(answer: ServerResult) -> Outcome {
    let ServerResult::CallToolResult(result) = answer else { panic!("not a tool's result: {answer:?}") };
    match read(result) {
        // A warning without a code tells of a ticket that nobody has, and not of something undone.
        Ok(done) => match done["warning"].as_str().and_then(|warning| warning.split(": ").nth(1)) {
            Some(code) => Outcome::Failed(code.to_owned()),
            None if done["already"] == true => Outcome::Already(done["ticket_id"].as_str().unwrap().to_owned()),
            None => {
                let ids = ["/logged_communication_id", "/ticket_id", "/activity_id", "/contact/contact_id"];
                Outcome::Done(ids.iter().find_map(|field| done.pointer(field)?.as_str().map(str::to_owned)))
            }
        },
        Err(error) => Outcome::Failed(error["code"].as_str().unwrap().to_owned()),
    }
}

async fn customer(world: &World, customer: usize, contact: &str, seed: u64) -> Vec<Call> {
    let mut rng = Rng::with_seed(seed);
    sleep(RUSH.mul_f64(rng.f64())).await;
    let mut calls = vec![];
    let mut has_booked = false;
    for number in 1..=1 + usize::from(rng.u8(..4) == 0) {
        let (tool, arguments, marks) = random_request(&mut rng, customer, number, contact);
        if tool == "create_meeting" && std::mem::replace(&mut has_booked, true) {
            continue;
        }
        let patience = (rng.u8(..10) == 0).then(|| Duration::from_millis(rng.u64(1..3_000)));
        let start = Instant::now();
        let outcome = call(world, tool, &arguments, patience).await;
        calls.push(Call { customer, tool, marks, outcome, took: start.elapsed() });
    }
    calls
}

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

type Ids = BTreeMap<&'static str, BTreeSet<String>>;

/// The ids of the records that calls can make.
fn records(world: &World) -> Ids {
    let ids =
        |object| world.sandbox.records(object).iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect();
    OBJECTS.map(|object| (object, ids(object))).into()
}

/// Checks the audit trail against HubSpot's log and records.
fn check_trail(seed: u64, world: &World, trail: &Trail, before: &Ids) {
    let requests = world.sandbox.requests();
    assert!(requests.len() < 10_000, "SEED={seed}: HubSpot's log is not whole");
    let request = |sent: &LoggedRequest| json!({"method": sent.method, "path": sent.path, "status": sent.status, "correlation_id": sent.correlation_id});
    let made = records(world).into_iter().map(|(object, ids)| (object, &ids - &before[object]));
    let evidence =
        Evidence { lines: trail.lines(), requests: requests.iter().map(request).collect(), made: made.collect() };
    audit_check::check(&format!("SEED={seed}"), &evidence);
}

/// Checks that enough customers were served: a server that refuses everybody would keep every other invariant.
fn check_served(seed: u64, calm: bool, calls: &[Call]) {
    let mut served = 0;
    for call in calls {
        match &call.outcome {
            Outcome::Done(_) | Outcome::Already(_) => served += 1,
            Outcome::Failed(code) if ANSWERS.contains(&(call.tool, code)) => served += 1,
            Outcome::Failed(code) => assert!(!calm, "SEED={seed}: {} failed with {code} on a quiet day", call.tool),
            Outcome::HungUp => {}
        }
    }
    let percent = served * 100 / calls.len();
    assert!(percent >= SERVED_PERCENT_MIN, "SEED={seed}: {percent} of a hundred calls were served");
}

/// Checks the invariants.
fn check(seed: u64, world: &World, contacts: &[String], calls: &[Call]) {
    for call in calls {
        assert!(call.took <= CALL_MAX, "SEED={seed}: {} took {:?}", call.tool, call.took);
        if let Outcome::Failed(code) = &call.outcome {
            assert!(!["INTERNAL_ERROR", "INVALID_INPUT_ERROR"].contains(&code.as_str()), "SEED={seed}: {code}");
        }
    }
    let peaks = world.sandbox.peaks();
    assert_eq!(peaks.refused, 0, "SEED={seed}: HubSpot's windows were exceeded: {peaks:?}");
    for object in OBJECTS {
        check_records(seed, world, contacts, calls, object);
    }
    check_changes(seed, world, contacts, calls);
}

/// Checks that every acknowledged change was made.
fn check_changes(seed: u64, world: &World, contacts: &[String], calls: &[Call]) {
    let records = world.sandbox.records("contacts").into_iter();
    let kept: BTreeMap<_, _> = records.map(|record| (record["id"].as_str().unwrap().to_owned(), record)).collect();
    for call in calls.iter().filter(|call| call.tool == "update_contact" && matches!(call.outcome, Outcome::Done(_))) {
        let record = &kept[&contacts[call.customer]];
        assert_eq!(record["properties"]["city"], town(call.customer), "SEED={seed}: customer {}", call.customer);
    }
}

fn town(customer: usize) -> String {
    format!("Town {customer}")
}

#[derive(Default)]
struct Count {
    made: usize,
    done: usize,
    perhaps: usize,
}

/// Checks that every acknowledged record exists exactly once, and that no other record does.
fn check_records(seed: u64, world: &World, contacts: &[String], calls: &[Call], object: &str) {
    let mut counts: BTreeMap<(usize, String), Count> = BTreeMap::new();
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let mut already = vec![];
    for call in calls {
        let Some((kind, words)) = &call.marks else { continue };
        if *kind != object {
            continue;
        }
        let count = counts.entry((call.customer, words.clone())).or_default();
        match &call.outcome {
            Outcome::Done(id) => {
                count.done += 1;
                if let Some(id) = id {
                    assert_eq!(
                        ids.insert(id.clone(), call.customer),
                        None,
                        "SEED={seed}: {object} {id} was given twice"
                    );
                }
            }
            Outcome::Already(id) => already.push((id.clone(), call.customer)),
            Outcome::Failed(code) if code == "OUTCOME_UNKNOWN_ERROR" => count.perhaps += 1,
            Outcome::Failed(_) => {}
            Outcome::HungUp => count.perhaps += 1,
        }
    }
    let mut seen = BTreeMap::new();
    for record in world.sandbox.records(object) {
        let Some((customer, words)) = owner_of(&record, contacts, object) else { continue };
        let id = record["id"].as_str().unwrap().to_owned();
        if let Some(acknowledged) = ids.get(&id) {
            assert_eq!(*acknowledged, customer, "SEED={seed}: {object} {id} belongs to somebody else");
        }
        seen.insert(id, customer);
        counts.entry((customer, words)).or_default().made += 1;
    }
    for (id, customer) in already {
        assert_eq!(seen.get(&id), Some(&customer), "SEED={seed}: {object} {id} is not that of an equal call");
    }
    for id in ids.keys() {
        assert!(seen.contains_key(id), "SEED={seed}: acknowledged {object} {id} does not exist");
    }
    for ((customer, words), count) in counts {
        let right = (count.done..=count.done + count.perhaps).contains(&count.made);
        assert!(
            right,
            "SEED={seed}: {object} `{words}` of customer {customer}: {} exist, {} were acknowledged, {} are open",
            count.made, count.done, count.perhaps
        );
    }
}

/// The customer of a record and the words that identify it; `None` for records of the seed company.
fn owner_of(record: &Value, contacts: &[String], object: &str) -> Option<(usize, String)> {
    if object == "contacts" {
        let friend = record["properties"]["email"].as_str()?;
        let customer = number_of(friend.rsplit_once(".of.")?.1)?;
        return Some((customer, friend.to_owned()));
    }
    let contact = record["associations"]["contacts"]["results"][0]["id"].as_str()?;
    let customer = contacts.iter().position(|id| id == contact)?;
    let property = |name: &str| record["properties"][name].as_str().map(str::to_owned);
    let words = match object {
        "communications" => property("hs_communication_body"),
        "tickets" => property("content"),
        "notes" => property("hs_note_body"),
        _ => property("hs_meeting_start_time").map(|start| {
            let start: chrono::DateTime<chrono::Utc> = start.parse().unwrap();
            start
                .with_timezone(&ZoneRules::embedded().zone("America/New_York").unwrap())
                .format("%Y-%m-%dT%H:%M")
                .to_string()
        }),
    };
    Some((customer, words?))
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
