//! A new user's first session: the server as the README configures it, and every call made from the last answer alone.

use rmcp::service::{ClientLifecycleMode, ClientServiceExt};
use rmcp::transport::TokioChildProcess;
use serde_json::{Value, json};

use crate::binary::{frontdesk, soon};
use crate::elicitation::{Person, both};
use crate::generated::text_of;
use crate::tool_policy::{call, names};

/// The flags of the server in the README's configuration of an MCP client.
fn documented_flags() -> Vec<String> {
    let readme = text_of("README.md");
    let (_, rest) = readme.split_once("```json\n").expect("a configuration in the README");
    let (block, _) = rest.split_once("```").unwrap();
    let entry: Value = serde_json::from_str(block).unwrap();
    serde_json::from_value(entry["mcpServers"]["frontdesk"]["args"].clone()).unwrap()
}

/// Adds a contact, changes it, finds it, opens a ticket for it and closes the ticket.
async fn first_session(era: ClientLifecycleMode) {
    let flags = documented_flags();
    let process = TokioChildProcess::new(frontdesk(&flags.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
    let client = soon(Person::unreachable().serve_with_lifecycle(process, era)).await.unwrap();
    let tools = soon(names(&client)).await;
    let step = async |tool: &'static str, arguments: Value| {
        assert!(tools.contains(&tool.to_owned()), "{tool} is not listed");
        soon(call(&client, tool, arguments)).await.unwrap_or_else(|error| panic!("{tool}: {error}"))
    };

    let ada = json!({"email": "ada@acme.example", "First name": "Ada", "lastname": "Byron", "Phone number": "+44 20 7946 0018"});
    let added = step("create_contact", json!({ "properties": ada })).await;
    assert_eq!(added["created"], true);
    let id = added["contact"]["contact_id"].clone();

    let phone = json!({"contact": "ada@acme.example", "properties": {"phone": "+44 20 7946 0999"}});
    let changed = step("update_contact", phone).await;
    assert_eq!(changed["changes"]["phone"], json!({"before": "+44 20 7946 0018", "after": "+44 20 7946 0999"}));

    let found = step("search_contacts", json!({"query": "byron"})).await;
    assert_eq!((&found["total"], &found["contacts"][0]["contact_id"]), (&json!(1), &id));
    assert_eq!(found["contacts"][0]["properties"]["phone"], "+44 20 7946 0999");

    let opened = step("create_ticket", json!({"cus_cid": id, "issue": "The new robot does not charge."})).await;
    let open = step("find_tickets", json!({ "contact": id })).await;
    assert_eq!((&open["open"], &open["tickets"][0]["ticket_id"]), (&json!(1), &opened["ticket_id"]));

    let closed = step("update_ticket", json!({"ticket_id": opened["ticket_id"], "stage": "close"})).await;
    assert_eq!(closed["changes"]["stage"]["before"], open["tickets"][0]["stage"]);
    let after = step("find_tickets", json!({ "contact": id })).await;
    assert_eq!((&after["open"], &after["tickets"][0]["open"]), (&json!(0), &json!(false)));
    soon(client.cancel()).await.unwrap();
}

#[tokio::test]
async fn a_new_user_gets_from_the_readme_to_a_closed_ticket() {
    for era in both() {
        first_session(era).await;
    }
}
