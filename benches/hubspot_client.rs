//! The cost of the HubSpot client beside a bare request: quota, batching, retry, metrics and parsing of the answer.
//!
//! HubSpot is in this process and answers at once, so that only our own work is measured.

#[path = "measured/mod.rs"]
mod measured;
#[path = "table/mod.rs"]
mod table;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group};
use domain::clock::Clock;
use domain::id::RecordId;
use futures::future::join_all;
use http_client::{HttpClient, InProcess};
use hubspot_client::{HubSpot, NewTicket, Object, Settings, Tier};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// The number of concurrent reads.
const CROWD: u64 = 100;

fn record(id: &str) -> Value {
    json!({
        "id": id, "archived": false, "createdAt": "2026-11-22T15:00:00.000Z", "updatedAt": "2026-11-22T15:00:00.000Z",
        "properties": {"email": "sarah@gmail.com", "firstname": "Sarah", "lastname": "Mark", "hs_object_id": id},
    })
}

async fn batch(Json(body): Json<Value>) -> Json<Value> {
    let ids = body["inputs"].as_array().into_iter().flatten();
    let results: Vec<_> = ids.filter_map(|input| Some(record(input["id"].as_str()?))).collect();
    Json(json!({"status": "COMPLETE", "results": results}))
}

/// Gives no id twice: the HubSpot client would take the second for another record's.
async fn created(Json(_): Json<Value>) -> Json<Value> {
    static LAST: AtomicU64 = AtomicU64::new(0);
    Json(record(&LAST.fetch_add(1, Ordering::Relaxed).to_string()))
}

/// A HubSpot that does no work.
fn router() -> Router {
    Router::new()
        .route("/crm/objects/2026-09/contacts/{id}", get(|| async { Json(record("7")) }))
        .route("/crm/objects/2026-09/contacts/batch/read", post(batch))
        .route("/crm/objects/2026-09/tickets", post(created))
}

fn request(path: &str, body: Option<&Value>) -> http::Request<Bytes> {
    let builder = http::Request::builder()
        .method(if body.is_some() { "POST" } else { "GET" })
        .uri(path)
        .header("authorization", "Bearer pat-na1-bench")
        .header("content-type", "application/json");
    builder.body(body.map(|body| Bytes::from(body.to_string())).unwrap_or_default()).expect("it is well formed")
}

/// The least work of a request: send the bytes and parse the JSON of the answer.
async fn bare(wire: &InProcess, path: &str, body: Option<&Value>) -> Value {
    let answer = wire.send(request(path, body)).await.expect("the router answers");
    serde_json::from_slice(answer.body()).expect("it answers JSON")
}

fn ticket() -> NewTicket {
    NewTicket {
        contact: Some(RecordId::from(7)),
        subject: "Robot".into(),
        content: "It beeps.".into(),
        pipeline: "0".into(),
        stage: "1".into(),
        priority: None,
        category: None,
        owner: None,
        properties: BTreeMap::new(),
        key: None,
    }
}

fn hubspot_client(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let wire = InProcess(router());
    let settings = Settings { tier: Tier::Unlimited, ..Settings::default() };
    let hub = runtime.block_on(async {
        HubSpot::new(wire.clone(), Some("pat-na1-bench".to_owned().into()), settings, Clock::System)
    });
    let mut group = c.benchmark_group("hubspot_client");
    group.measurement_time(Duration::from_secs(5));
    let path = "/crm/objects/2026-09/contacts/7?properties=email%2Cfirstname";
    group.bench_function("read, bare client", |b| b.to_async(&runtime).iter(|| bare(&wire, path, None)));
    let read = async |id: u64| {
        let id = RecordId::from(id);
        black_box(hub.records(Object::Contacts).by_id(&id, &["email", "firstname"]).await.expect("an answer"))
    };
    group.bench_function("read, client", |b| b.to_async(&runtime).iter(|| read(7)));
    let input = json!({"properties": {"subject": "Robot", "content": "It beeps.", "hs_pipeline": "0", "hs_pipeline_stage": "1"},
        "associations": [{"to": {"id": "7"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 16}]}]});
    let path = "/crm/objects/2026-09/tickets";
    group.bench_function("create, bare client", |b| b.to_async(&runtime).iter(|| bare(&wire, path, Some(&input))));
    let ticket = ticket();
    group.bench_function("create, client", |b| {
        b.to_async(&runtime).iter(|| async { black_box(hub.tickets().create(&ticket).await.expect("a ticket")) });
    });
    group.throughput(Throughput::Elements(CROWD));
    group.bench_function("a hundred reads at once, client", |b| {
        b.to_async(&runtime).iter(|| join_all((1..=CROWD).map(read)));
    });
    group.finish();
}

criterion_group!(benches, hubspot_client);

const ROWS: [measured::Row; 5] = [
    ("a read over a bare HTTP client: send, and read the JSON", "hubspot_client/read, bare client"),
    ("the same through the HubSpot client: quota, fair queue, retry, accounting", "hubspot_client/read, client"),
    ("a create over a bare HTTP client", "hubspot_client/create, bare client"),
    ("the same through the HubSpot client", "hubspot_client/create, client"),
    (
        "a hundred reads at once through the HubSpot client, gathered into a batch",
        "hubspot_client/a hundred reads at once, client",
    ),
];

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    measured::show("hubspot_client", &ROWS, |medians| {
        let added = |what: &str, at: usize| {
            (
                format!("what the HubSpot client adds to a {what}"),
                measured::text(medians[at + 1].saturating_sub(medians[at])),
            )
        };
        vec![added("read", 0), added("create", 2)]
    });
}
