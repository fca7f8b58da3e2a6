//! The writes of a token in a day are those at all replicas.

use std::time::Duration;

use frontdesk::mcp::Server;
use frontdesk::tool::caller::{Caller, CallerId, CallerLimits};
use serde_json::{Value, json};

use super::House;
use crate::databases::on_shared;
use crate::handoff::SARAH;

async fn call(server: &Server, tool: &str, arguments: Value) -> Result<Value, Value> {
    let limits = CallerLimits { writes_per_day: Some(3), ..CallerLimits::default() };
    let caller = Caller { id: CallerId("chat".into()), limits, ..Caller::default() };
    let arguments = arguments.as_object().unwrap().clone();
    server.call_in_process(caller, tool, arguments).await.map_err(|error| error.to_json())
}

#[tokio::test(start_paused = true)]
async fn a_token_writes_so_many_times_a_day_at_all_replicas_together() {
    on_shared(async |location| {
        let house = House::at(location);
        let replicas = [house.replica(), house.replica()];
        let note = || json!({"contact": SARAH, "text": "Called back."});
        // What was refused, and what found all as it was to be, was not written and does not count.
        for replica in replicas.iter().cycle().take(6) {
            let refused = call(replica, "log_activity", json!({"contact": "1", "text": "a"})).await.unwrap_err();
            assert_eq!(refused["code"], "CONTACT_NOT_FOUND_ERROR", "{refused}");
        }
        for replica in replicas.iter().cycle().take(3) {
            call(replica, "log_activity", note()).await.unwrap();
        }
        house.sandbox.clear_requests();
        for replica in &replicas {
            let refused = call(replica, "log_activity", note()).await.unwrap_err();
            assert_eq!(refused["code"], "WRITE_LIMIT_ERROR", "{refused}");
        }
        assert!(house.sandbox.requests().is_empty(), "HubSpot was not even asked");
        let restarted = house.replica();
        assert_eq!(call(&restarted, "log_activity", note()).await.unwrap_err()["code"], "WRITE_LIMIT_ERROR");
        tokio::time::advance(Duration::from_secs(24 * 3_600)).await;
        call(&restarted, "log_activity", note()).await.unwrap();
    })
    .await;
}

/// Of many calls at once at both replicas, no more than the limit are carried out.
#[tokio::test(start_paused = true)]
async fn calls_at_once_do_not_pass_the_limit() {
    on_shared(async |location| {
        let house = House::at(location);
        let replicas = [house.replica(), house.replica()];
        let notes = || house.sandbox.records("notes").len();
        let before = notes();
        let calls = (0..10).map(|number| {
            call(&replicas[number % 2], "log_activity", json!({"contact": SARAH, "text": format!("Call {number}.")}))
        });
        let answers = futures::future::join_all(calls).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3, "{answers:?}");
        assert_eq!(notes() - before, 3);
    })
    .await;
}
