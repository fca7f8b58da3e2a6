//! Replicas whose database is away: reads go on, and what they have to agree on is refused clearly.

use frontdesk::store::Location;
use frontdesk::tool::ToolEntry;
use frontdesk::tool::caller::{Caller, CallerId, CallerLimits};
use rmcp::model::CallToolResponse;
use rmcp::service::ClientServiceExt;
use serde_json::{Value, json};

use super::House;
use crate::elicitation::{Book, Person, book, modern};
use crate::handoff::SARAH;
use crate::raw_client::RawClient;
use crate::world::{read, serve};

fn house() -> House {
    House::at(Location::read("postgres://desk@127.0.0.1:1/frontdesk".as_ref()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn reads_go_on_and_writes_that_need_the_store_are_refused() {
    let house = house();
    let server = house.replica();
    let limits = CallerLimits { writes_per_day: Some(3), ..CallerLimits::default() };
    let limited = Caller { id: CallerId("chat".into()), limits, ..Caller::default() };
    let call = async |caller: &Caller, tool: &str, arguments: Value| {
        let arguments = arguments.as_object().unwrap().clone();
        server.call_in_process(caller.clone(), tool, arguments).await.map_err(|error| error.to_json())
    };
    call(&limited, "get_contact", json!({"contact": SARAH})).await.unwrap();
    house.sandbox.clear_requests();
    let note = json!({"contact": SARAH, "text": "Called back."});
    let ticket = json!({"cus_cid": SARAH, "issue": "It beeps"});
    let anybody = Caller::default();
    for (caller, tool, arguments) in [(&limited, "log_activity", note.clone()), (&anybody, "create_ticket", ticket)] {
        let refused = call(caller, tool, arguments).await.unwrap_err();
        assert_eq!(refused["code"], "STORE_FAILED_ERROR", "{tool} {refused}");
        assert!(refused["hint"].as_str().unwrap().contains("nothing was written"), "{refused}");
    }
    let reads = |path: &str| path.ends_with("/read") || path.ends_with("/search");
    let sent = house.sandbox.requests();
    let wrote = sent.iter().any(|sent| sent.method != "GET" && !reads(&sent.path));
    assert!(!wrote, "nothing was written");
    // What needs no agreement goes on.
    call(&anybody, "log_activity", note).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_and_no_key_is_taken_without_the_store() {
    let house = house();
    let server = house.replica_with(vec![ToolEntry::of::<Book>()]);
    let client = Person::new([]).serve_with_lifecycle(serve(server.clone()), modern()).await.unwrap();
    let CallToolResponse::Complete(refused) = client.call_tool_once(book("13:00")).await.unwrap() else {
        panic!("it was asked")
    };
    assert_eq!(read(refused).unwrap_err()["code"], "STORE_FAILED_ERROR");
    let mut raw = RawClient::open(server).await;
    let note = json!({"contact": SARAH, "text": "Called back."});
    let keyed = json!({"name": "log_activity", "arguments": note, "_meta": {"idempotency_key": "k"}});
    raw.request(1, "tools/call", keyed).await;
    let refused = raw.answer(1).await;
    assert!(refused.to_string().contains("STORE_FAILED_ERROR"), "{refused}");
}
