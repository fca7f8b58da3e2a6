//! A call with a key is carried out once, and answered again at every replica for a day.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use frontdesk::store::Location;
use frontdesk::store::idempotent_calls::{CallBegin, CallEnd, NewCall};
use frontdesk::tool::{Ctx, Effect, Tool, ToolEntry, ToolError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::House;
use crate::databases::{on_each, on_shared};
use crate::handoff::SARAH;
use crate::raw_client::RawClient;

/// A word that stands nowhere else.
const TEXT: &str = "quagga";

fn keyed(tool: &str, arguments: Value, key: &Value) -> Value {
    json!({"name": tool, "arguments": arguments, "_meta": {"idempotency_key": key}})
}

/// Calls a tool with a key; the answer, and whether it is one of before.
async fn call(raw: &mut RawClient, tool: &str, arguments: Value, key: &str) -> (Result<Value, Value>, bool) {
    raw.request(7, "tools/call", keyed(tool, arguments, &key.into())).await;
    let result = raw.answer(7).await["result"].clone();
    let replayed = result["_meta"]["idempotency_replayed"] == true;
    let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    (if result["isError"] == true { Err(text) } else { Ok(result["structuredContent"].clone()) }, replayed)
}

async fn code(raw: &mut RawClient, tool: &str, arguments: Value, key: &str) -> Value {
    call(raw, tool, arguments, key).await.0.unwrap_err()["code"].clone()
}

fn note(text: &str) -> Value {
    json!({"contact": SARAH, "text": text})
}

#[tokio::test(start_paused = true)]
async fn a_repeat_answers_what_the_first_call_did() {
    on_shared(async |location| {
        let house = House::at(location.clone());
        let (mut one, mut other) = (RawClient::open(house.replica()).await, RawClient::open(house.replica()).await);
        let notes = || house.sandbox.records("notes").len();
        let before = notes();
        let (first, replayed) = call(&mut one, "log_activity", note(TEXT), "a").await;
        let first = first.unwrap();
        assert!(!replayed);
        for raw in [&mut other, &mut one] {
            let (again, replayed) = call(raw, "log_activity", note(TEXT), "a").await;
            let again = again.unwrap();
            for field in ["activity_id", "kind", "at", "contact_id", "url"] {
                assert_eq!(again[field], first[field], "{field}");
            }
            assert!(replayed);
        }
        assert_eq!(notes() - before, 1);
        // A subject is a text: it is not kept, and the answer fits its schema all the same.
        let ticket = json!({"cus_cid": SARAH, "issue": TEXT});
        let (opened, _) = call(&mut one, "create_ticket", ticket.clone(), "t").await;
        let (again, _) = call(&mut other, "create_ticket", ticket, "t").await;
        let (opened, again) = (opened.unwrap(), again.unwrap());
        assert_eq!((&again["ticket_id"], &again["subject"]), (&opened["ticket_id"], &json!("")), "{again}");
        if let Location::File(file) = &location {
            let bytes = std::fs::read(file.with_extension("db-wal")).unwrap_or_default();
            let bytes = [bytes, std::fs::read(file).unwrap()].concat();
            assert!(!bytes.windows(TEXT.len()).any(|window| window == TEXT.as_bytes()), "no text is stored");
        }
        // Another call needs another key, and a key of its own makes another note.
        for raw in [&mut one, &mut other] {
            assert_eq!(code(raw, "log_activity", note("else"), "a").await, "IDEMPOTENCY_KEY_REUSED_ERROR");
            assert_eq!(
                code(raw, "create_contact", json!({"properties": {}}), "a").await,
                "IDEMPOTENCY_KEY_REUSED_ERROR"
            );
        }
        call(&mut other, "log_activity", note(TEXT), "b").await.0.unwrap();
        assert_eq!(notes() - before, 2);
        // After a day the key is free.
        tokio::time::advance(Duration::from_secs(24 * 3_600 + 1)).await;
        assert!(!call(&mut other, "log_activity", note(TEXT), "a").await.1);
        assert_eq!(notes() - before, 3);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn two_at_once_are_carried_out_once() {
    on_shared(async |location| {
        let house = House::at(location);
        let (mut one, mut other) = (RawClient::open(house.replica()).await, RawClient::open(house.replica()).await);
        let before = house.sandbox.records("notes").len();
        let (first, second) = tokio::join!(
            call(&mut one, "log_activity", note("Called back."), "a"),
            call(&mut other, "log_activity", note("Called back."), "a"),
        );
        assert_eq!(first.0.unwrap()["activity_id"], second.0.unwrap()["activity_id"]);
        assert!(first.1 != second.1, "one of them is the answer of before");
        assert_eq!(house.sandbox.records("notes").len() - before, 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_did_nothing_leaves_its_key_free_and_a_bad_key_is_refused() {
    let house = House::at(Location::Memory);
    let mut raw = RawClient::open(house.replica()).await;
    let unknown = json!({"contact": "1", "text": "Called back."});
    for _ in 0..2 {
        house.sandbox.clear_requests();
        assert_eq!(code(&mut raw, "log_activity", unknown.clone(), "a").await, "CONTACT_NOT_FOUND_ERROR");
        assert!(!house.sandbox.requests().is_empty(), "it was tried again");
    }
    call(&mut raw, "log_activity", note("Called back."), "a").await.0.unwrap();
    for key in [json!(""), json!("x".repeat(129)), json!(1), json!("a b")] {
        raw.request(8, "tools/call", keyed("log_activity", note("Called back."), &key)).await;
        let refused = raw.answer(8).await.to_string();
        assert!(refused.contains("INVALID_INPUT_ERROR") && refused.contains("idempotency_key"), "{refused}");
    }
    // What only reads needs no key, and says nothing of before.
    let read = json!({"contact": SARAH});
    for _ in 0..2 {
        let (answer, replayed) = call(&mut raw, "get_contact", read.clone(), "r").await;
        assert!(answer.is_ok() && !replayed);
    }
}

/// Do something that takes a while.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Slow {}

#[derive(Serialize, JsonSchema)]
struct Done {
    done_id: String,
}

static RUNS: AtomicUsize = AtomicUsize::new(0);

impl Tool for Slow {
    const NAME: &'static str = "slow";
    const TITLE: &'static str = "Something slow";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &[];
    type Output = Done;

    async fn call(self, _: &Ctx) -> Result<Done, ToolError> {
        sleep(Duration::from_secs(5)).await;
        Ok(Done { done_id: (RUNS.fetch_add(1, Ordering::Relaxed) + 1).to_string() })
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_left_learns_from_its_repeat_what_was_done() {
    let house = Arc::new(House::at(Location::Memory));
    let server = house.replica_with(vec![ToolEntry::of::<Slow>()]);
    let mut leaving = RawClient::open(server.clone()).await;
    leaving.request(1, "tools/call", keyed("slow", json!({}), &"a".into())).await;
    sleep(Duration::from_secs(1)).await;
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    leaving.send(&cancel.to_string()).await;
    sleep(Duration::from_millis(100)).await;
    let mut coming_back = RawClient::open(server).await;
    let (answer, replayed) = call(&mut coming_back, "slow", json!({}), "a").await;
    assert_eq!((answer.unwrap(), replayed, RUNS.load(Ordering::Relaxed)), (json!({"done_id": "1"}), true, 1));
}

/// A process that dies says nothing more: nobody knows what it has done, so it is not done again.
#[tokio::test(start_paused = true)]
async fn what_was_begun_by_a_process_that_died_is_unclear() {
    on_each(async |location| {
        let store = House::at(location).store();
        let life = Duration::from_secs(30);
        let of = |holder: &str| NewCall {
            key: "k".into(),
            caller: "ann".into(),
            request: "r".into(),
            holder: holder.into(),
        };
        let begin = async |holder: &str| store.begin_call(of(holder), life).await.unwrap();
        assert_eq!(begin("one").await, CallBegin::First);
        assert_eq!(begin("two").await, CallBegin::UnderWay);
        let other = NewCall { request: "s".into(), ..of("two") };
        assert_eq!(store.begin_call(other, life).await.unwrap(), CallBegin::OtherRequest);
        tokio::time::advance(Duration::from_secs(20)).await;
        store.keep_call("k", "one", life).await.unwrap();
        tokio::time::advance(Duration::from_secs(20)).await;
        assert_eq!(begin("two").await, CallBegin::UnderWay, "it says that it is alive");
        tokio::time::advance(Duration::from_secs(11)).await;
        let unclear = CallBegin::Unclear { outcome: String::new() };
        assert_eq!((begin("two").await, begin("three").await), (unclear.clone(), unclear));
        // It was only slow, and its end is better than no knowledge; that of a stranger is not taken.
        let end = |outcome: &str| CallEnd::Answered { outcome: outcome.into() };
        store.end_call("k", "two", end("wrong")).await.unwrap();
        store.end_call("k", "one", end("right")).await.unwrap();
        assert!(matches!(begin("two").await, CallBegin::Answered { outcome, .. } if outcome == "right"));
        let removed = async || store.tidy().await.unwrap().old;
        assert_eq!(removed().await, 0);
        tokio::time::advance(Duration::from_secs(24 * 3_600)).await;
        assert_eq!(removed().await, 1);
    })
    .await;
}
