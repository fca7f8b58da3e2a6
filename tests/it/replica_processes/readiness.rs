//! `/readyz` says what is away, and without the database reads go on.

use std::time::{Duration, Instant};

use domain::clock::Clock;
use reqwest::StatusCode;
use rmcp::ServiceExt;
use rmcp::model::CallToolRequestParams;
use serde_json::{Value, json};
use tokio::process::Child;
use tokio::time::sleep;

use super::cable::{Cable, State};
use super::{ASK_EVERY, PATIENCE, Replica, TOKEN};
use crate::binary::{serve, soon, transport};
use crate::databases::{execute, new_database, url};
use crate::events::{PUBLIC, SECRET, TARGET, message, signature};
use crate::world::read;

/// `/readyz` asks nobody, so its answer takes no longer than this. The best of some answers counts, since other processes on
/// the machine are not under test.
const ANSWER_MAX: Duration = Duration::from_millis(50);

/// A replica that takes webhooks, and reaches its database over a cable.
struct Place {
    replica: Replica,
    cable: Cable,
    /// The address of the database without the cable.
    database: String,
    hubspot: String,
    _hubspot: Child,
}

async fn place() -> Option<Place> {
    let database = url(&new_database().await?);
    let (_, rest) = database.split_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let cable = Cable::to(server).await;
    let store = format!("postgres://postgres@{}/{name}", cable.address);
    let (process, hubspot) = serve("sandbox", &[]).await;
    let hubspot = format!("http://{hubspot}");
    let environment = [
        ("HUBSPOT_BASE_URL", hubspot.as_str()),
        ("HUBSPOT_ACCESS_TOKEN", "pat-na1-sandbox"),
        ("HUBSPOT_CLIENT_SECRET", SECRET),
    ];
    let replica = Replica::start(&store, &["--allow-replies", "--public-url", PUBLIC], &environment).await;
    replica.ready_when(|status, shown| is_ready(status, shown) && shown["hubspot"] == "reached").await;
    Some(Place { replica, cable, database, hubspot, _hubspot: process })
}

/// A customer begins a conversation in the inbox; its id.
async fn thread(place: &Place) -> Value {
    let words = json!({"channel": "chat", "email": "sarah@gmail.com", "text": "Where is it?"});
    let address = format!("{}/__sandbox/conversations/visitor-messages", place.hubspot);
    let written: Value = place.replica.client.post(address).json(&words).send().await.unwrap().json().await.unwrap();
    written["thread_id"].clone()
}

/// Delivers an event again until it is taken, as HubSpot does.
async fn delivered(replica: &Replica, id: &str) {
    let begun = Instant::now();
    while deliver(replica, id).await != StatusCode::OK {
        assert!(begun.elapsed() < PATIENCE, "nothing is taken");
        sleep(ASK_EVERY).await;
    }
}

async fn deliver(replica: &Replica, id: &str) -> StatusCode {
    let now = Clock::System.now().timestamp_millis();
    let body = json!([message(6_065_362_089, id, now)]).to_string();
    let timestamp = now.to_string();
    let request = replica.client.post(replica.url("/webhooks/hubspot")).header("content-type", "application/json");
    let request = request.header("x-hubspot-signature-v3", signature(TARGET, body.as_bytes(), &timestamp));
    soon(request.header("x-hubspot-request-timestamp", timestamp).body(body).send()).await.unwrap().status()
}

async fn call(replica: &Replica, tool: &'static str, arguments: Value) -> Result<Value, Value> {
    let client = soon(().serve(transport(&replica.address, Some(TOKEN)))).await.unwrap();
    let params = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
    let answer = read(soon(client.call_tool(params)).await.unwrap());
    let _ = client.cancel().await;
    answer
}

fn is_ready(status: StatusCode, _: &Value) -> bool {
    status == StatusCode::OK
}

fn is_away(status: StatusCode, shown: &Value) -> bool {
    status == StatusCode::SERVICE_UNAVAILABLE && shown["database"] == "away"
}

async fn is_told_at_once(replica: &Replica) {
    let mut best = Duration::MAX;
    for _ in 0..10 {
        let begun = Instant::now();
        replica.get("/readyz").await;
        best = best.min(begun.elapsed());
    }
    assert!(best < ANSWER_MAX, "{best:?}");
}

/// Cut off or silent: reads go on, what needs the store is refused and says so, and HubSpot has to repeat its events.
#[tokio::test]
async fn without_its_database_a_replica_reads_and_says_what_is_away() {
    let Some(place) = place().await else { return };
    let (replica, cable) = (&place.replica, &place.cable);
    let (shown, _) =
        replica.ready_when(|status, shown| is_ready(status, shown) && shown["database"] == "reached").await;
    assert_eq!(shown["migration"]["state"], "current", "{shown}");
    assert_eq!(shown["migration"]["version"], shown["migration"]["known"], "{shown}");
    assert!(shown["leases"].is_object() && shown["reason"].is_null(), "{shown}");
    assert_eq!(deliver(replica, "m1").await, StatusCode::OK);
    let thread = thread(&place).await;

    for (round, state) in [State::Cut, State::Silent].into_iter().enumerate() {
        cable.set(state);
        let (shown, _) = replica.ready_when(is_away).await;
        assert_eq!(
            (&shown["status"], &shown["migration"]["state"]),
            (&json!("not_ready"), &json!("unknown")),
            "{shown}"
        );
        assert!(shown["reason"].as_str().unwrap().contains("does not answer"), "{shown}");
        is_told_at_once(replica).await;
        let (status, shown) = replica.get("/readyz?exclude=store").await;
        assert_eq!((status, &shown["database"]), (StatusCode::OK, &json!("away")), "a proxy may go on with reads");
        assert_eq!(deliver(replica, &format!("away{round}")).await, StatusCode::SERVICE_UNAVAILABLE);
        let found = call(replica, "find_contact_by_email", json!({"email": "sarah@gmail.com"})).await.unwrap();
        assert_eq!(found["contact_id"], "84246479604");
        let reply = json!({"conversation_id": thread, "text": "It is on its way."});
        let refused = call(replica, "reply_conversation", reply).await.unwrap_err();
        assert_eq!(refused["code"], "STORE_FAILED_ERROR", "{refused}");
        // What was silent is cut before it is whole: nobody waits for it any more.
        cable.set(State::Cut);
        cable.set(State::Whole);
        replica.ready_when(is_ready).await;
        delivered(replica, &format!("away{round}")).await;
    }
}

#[tokio::test]
async fn tables_that_do_not_fit_are_told_while_a_replica_runs() {
    let Some(Place { replica, cable: _cable, database, _hubspot, .. }) = place().await else { return };
    replica.ready_when(|status, shown| is_ready(status, shown) && shown["migration"]["state"] == "current").await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        SELECT 999, 'newer', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";
    execute(database.clone(), newer.to_owned()).await;
    let (shown, _) = replica.ready_when(|_, shown| shown["migration"]["version"] == 999).await;
    assert_eq!(shown["status"], "ready", "a newer release has only added to the tables: {shown}");

    let needs = |number| format!("UPDATE store_meta SET number = {number} WHERE name = 'oldest_reader'");
    execute(database.clone(), needs(999)).await;
    let is_unready = |status: StatusCode, _: &Value| status == StatusCode::SERVICE_UNAVAILABLE;
    let (shown, _) = replica.ready_when(is_unready).await;
    assert_eq!((&shown["database"], &shown["migration"]["state"]), (&json!("reached"), &json!("too_new")), "{shown}");
    assert!(shown["reason"].as_str().unwrap().contains("update this program"), "{shown}");
    execute(database.clone(), needs(1)).await;
    replica.ready_when(is_ready).await;

    execute(database, "DELETE FROM _sqlx_migrations WHERE version > 3".to_owned()).await;
    let (shown, _) = replica.ready_when(is_unready).await;
    assert_eq!(shown["migration"]["state"], "too_old", "{shown}");
}
