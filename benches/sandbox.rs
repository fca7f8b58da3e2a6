//! The sandbox with a hundred thousand contacts: its memory and its latency.
//!
//! Promises: under 300 MB; a read by id or address under 50 µs, a search by address under 1 ms. All of them are checked
//! here, where they can be measured alone.

#[path = "measured/mod.rs"]
mod measured;
#[path = "table/mod.rs"]
mod table;

use std::hint::black_box;
use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use criterion::{Criterion, criterion_group};
use http_body_util::BodyExt;
use hubspot_sandbox::{Sandbox, Settings};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

const CONTACTS: u64 = 100_000;
const ROOM_BYTES_MAX: u64 = 300_000_000;
/// The measured memory of the contacts.
static ROOM_BYTES: OnceLock<u64> = OnceLock::new();

fn sandbox(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime needs nothing special");
    let before = resident_bytes();
    let sandbox = runtime.block_on(async { Sandbox::new(Settings::default()) });
    sandbox.generate_contacts(CONTACTS);
    let room = resident_bytes().saturating_sub(before);
    eprintln!("{CONTACTS} contacts and {} tickets take {} MB", CONTACTS / 5, room / 1_000_000);
    assert!(room < ROOM_BYTES_MAX, "{room} bytes are more than promised");
    ROOM_BYTES.get_or_init(|| room);
    let bench = Bench { runtime, routes: sandbox.router(), token: sandbox.token() };
    let contact = bench.answer("POST", "/crm/v3/objects/contacts/search", &query("Priya"));
    let (id, email) = (text(&contact["id"]), text(&contact["properties"]["email"]));
    let by_id = format!("/crm/objects/2026-09/contacts/{id}");
    let by_email = format!("/crm/objects/2026-09/contacts/{email}?idProperty=email");
    let mut group = criterion.benchmark_group("100,000 contacts");
    group.bench_function("read by id", |run| run.iter(|| bench.ask("GET", &by_id, "")));
    group.bench_function("read by e-mail", |run| run.iter(|| bench.ask("GET", &by_email, "")));
    let search = filter(&email);
    group.bench_function("search by e-mail", |run| {
        run.iter(|| bench.ask("POST", "/crm/objects/2026-09/contacts/search", &search));
    });
    let batch = format!(r#"{{"idProperty": "email", "inputs": [{{"id": "{email}"}}]}}"#);
    group.bench_function("batch read by e-mail", |run| {
        run.iter(|| bench.ask("POST", "/crm/objects/2026-09/contacts/batch/read", &batch));
    });
    let note = r#"{"properties": {"hs_timestamp": "2026-11-22T15:00:00Z", "hs_note_body": "Called back"}}"#;
    group.bench_function("create a note", |run| run.iter(|| bench.ask("POST", "/crm/objects/2026-09/notes", note)));
    group.sample_size(10);
    let scan = query("priya patel");
    group.bench_function("search all by a word", |run| {
        run.iter(|| bench.ask("POST", "/crm/objects/2026-09/contacts/search", &scan));
    });
    group.finish();
}

struct Bench {
    runtime: Runtime,
    routes: Router,
    token: &'static str,
}

impl Bench {
    fn ask(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {}", self.token));
        let request = request.body(Body::from(body.to_owned())).expect("the paths are written here");
        self.runtime.block_on(async {
            let Ok(response) = self.routes.clone().oneshot(request).await;
            assert!(response.status().is_success(), "{method} {path}: {}", response.status());
            let body = response.into_body().collect().await.expect("the body is in memory").to_bytes();
            black_box(body).to_vec()
        })
    }

    fn answer(&self, method: &str, path: &str, body: &str) -> serde_json::Value {
        let page: serde_json::Value = serde_json::from_slice(&self.ask(method, path, body)).expect("an answer is JSON");
        page["results"][0].clone()
    }
}

fn query(words: &str) -> String {
    format!(r#"{{"query": "{words}", "limit": 10}}"#)
}

fn filter(email: &str) -> String {
    format!(r#"{{"filters": [{{"propertyName": "email", "operator": "EQ", "value": "{email}"}}]}}"#)
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Resident memory of this process on Linux; 0 elsewhere, so that nothing is checked.
fn resident_bytes() -> u64 {
    const PAGE_BYTES: u64 = 4096;
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok());
    pages.unwrap_or(0) * PAGE_BYTES
}

criterion_group!(benches, sandbox);

const ROWS: [measured::Row; 6] = [
    ("read by id (promised: under 50 µs)", "100,000 contacts/read by id"),
    ("read by e-mail (promised: under 50 µs)", "100,000 contacts/read by e-mail"),
    ("search by e-mail (promised: under 1 ms)", "100,000 contacts/search by e-mail"),
    ("batch read by e-mail, of one", "100,000 contacts/batch read by e-mail"),
    ("create a note", "100,000 contacts/create a note"),
    ("search all for a word", "100,000 contacts/search all by a word"),
];

/// Of the first rows.
const TIMES_MAX: [Duration; 3] = [Duration::from_micros(50), Duration::from_micros(50), Duration::from_millis(1)];

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    measured::show("sandbox", &ROWS, |medians| {
        for ((what, _), (median, max)) in ROWS.iter().zip(medians.iter().zip(TIMES_MAX)) {
            assert!(*median < max, "{what}: {}", measured::text(*median));
        }
        let room = ROOM_BYTES.get().map(|room| format!("{} MB", room / 1_000_000));
        vec![(
            "memory of 100,000 contacts and 20,000 tickets (promised: under 300 MB)".to_owned(),
            room.unwrap_or_default(),
        )]
    });
}
