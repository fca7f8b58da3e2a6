//! A replica that leaves: it says so first, ends what is under way, and gives its leases back at once.

use std::time::Duration;

use reqwest::StatusCode;
use rmcp::ServiceExt;
use rmcp::model::CallToolRequestParams;
use serde_json::{Value, json};

use super::{Replica, TOKEN};
use crate::binary::{http_client, serve, signal, soon, transport};
use crate::databases::{new_database, url};
use crate::world::read;

/// The longest that nobody has a lease when its holder leaves.
const HAND_OVER_MAX: Duration = Duration::from_secs(2);

/// The flags of a replica that polls, looks at hand-offs, and goes on for a while after it was told to stop.
const FLAGS: [&str; 5] = ["--poll", "--handoff", "ticket", "--drain-delay", "4"];

fn holds_all(shown: &Value) -> bool {
    shown["leases"]["poll"] == 2 && shown["leases"]["handoff"] == 1
}

fn holds_none(shown: &Value) -> bool {
    shown["leases"]["poll"].is_null() && shown["leases"]["handoff"].is_null()
}

/// The number of lives that a lease needs to end by itself is more than the test waits: the leases are handed over.
#[tokio::test]
async fn a_replica_that_leaves_says_so_ends_its_calls_and_hands_its_leases_over() {
    let Some(database) = new_database().await else { return };
    let database = url(&database);
    let (_hubspot, hubspot) = serve("sandbox", &[]).await;
    let base = format!("http://{hubspot}");
    let environment = [("HUBSPOT_BASE_URL", base.as_str()), ("HUBSPOT_ACCESS_TOKEN", "pat-na1-sandbox")];
    let mut one = Replica::start(&database, &FLAGS, &environment).await;
    one.ready_when(|status, shown| status == StatusCode::OK && holds_all(shown)).await;
    let two = Replica::start(&database, &FLAGS, &environment).await;
    let (shown, _) = two.ready_when(|status, shown| status == StatusCode::OK && shown["hubspot"] == "reached").await;
    assert!(holds_none(&shown), "{shown}");

    let slow = json!({"match": {"method": "POST", "path_contains": "/contacts"}, "effect": {"delay_ms": 1500}});
    soon(http_client().post(format!("{base}/__sandbox/faults")).json(&slow).send()).await.unwrap();
    let client = soon(().serve(transport(&one.address, Some(TOKEN)))).await.unwrap();
    let arguments = json!({"email": "sarah@gmail.com"}).as_object().unwrap().clone();
    let under_way = tokio::spawn(async move {
        let params = CallToolRequestParams::new("find_contact_by_email").with_arguments(arguments);
        read(soon(client.call_tool(params)).await.unwrap())
    });
    signal(&one.process, "-TERM").await;
    let (shown, _) = one.ready_when(|status, _| status == StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(shown["status"], "stopping", "{shown}");
    let (_, waited) = two.ready_when(|_, shown| holds_all(shown)).await;
    assert!(waited < HAND_OVER_MAX, "{waited:?}");
    let (_, shown) = one.get("/readyz").await;
    assert!(holds_none(&shown), "{shown}");
    assert_eq!(under_way.await.unwrap().unwrap()["contact_id"], "84246479604");
    assert!(soon(one.process.wait()).await.unwrap().success());
}
