//! Tools that the token's scopes permit.

use std::time::Duration;

use frontdesk::tool::policy::ToolPolicy;
use frontdesk::tools;
use hubspot_sandbox::fault::{Effect as Trouble, Fault};
use serde_json::{Value, json};

use super::{DOOR, SARAH, call, connect, is_final, names, sandbox_and_server};
use crate::elicitation::{Person, both, modern};
use crate::handoff::desk::by_ticket;
use crate::raw_client::RawClient;
use crate::world::{every_tool, with_every_tool};

const LESS: [&str; 3] = ["crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.owners.read"];

#[tokio::test(start_paused = true)]
async fn tools_beyond_the_tokens_scopes_are_hidden() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
        sandbox.set_scopes(sandbox.token(), &LESS);
        let server = with_every_tool(server);
        let client = connect(server.clone(), Person::unreachable(), era.clone()).await;
        let shown = names(&client).await;
        for tool in every_tool().iter() {
            let more = by_ticket().more_scopes(tool);
            let can = tool.scopes.iter().chain(more).all(|scope| LESS.contains(scope));
            assert_eq!(shown.contains(&tool.name.to_owned()), can, "{}", tool.name);
        }
        sandbox.clear_requests();
        let error = call(&client, "find_tickets", json!({"contact": SARAH})).await.unwrap_err();
        assert_eq!(error["code"], "MISSING_SCOPE_ERROR");
        assert!(error["message"].as_str().unwrap().contains("`tickets`"), "{error}");
        is_final(&error);
        let described = async |about| call(&client, "describe_crm", json!({ "about": about })).await;
        assert!(described("contact_properties").await.is_ok(), "what the token may read is told");
        assert_eq!(described("pipelines").await.unwrap_err()["code"], "MISSING_SCOPE_ERROR");
        sandbox.clear_requests();
        call(&client, "find_tickets", json!({"contact": SARAH})).await.unwrap_err();
        assert!(sandbox.requests().is_empty());
        // A new scope shows after a while in new lists, without a restart.
        sandbox.set_scopes(sandbox.token(), &[&LESS[..], &["tickets"]].concat());
        tokio::time::advance(Duration::from_secs(61)).await;
        let client = connect(server, Person::unreachable(), era).await;
        assert!(names(&client).await.contains(&"find_tickets".to_owned()));
        assert!(call(&client, "find_tickets", json!({"contact": SARAH})).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn all_tools_are_shown_where_the_operator_wants_it() {
    let (sandbox, server) = sandbox_and_server(ToolPolicy { ignore_scopes: true, ..ToolPolicy::default() });
    sandbox.set_scopes(sandbox.token(), &LESS);
    let client = connect(server, Person::unreachable(), modern()).await;
    assert_eq!(names(&client).await.len(), tools::all().len());
    assert!(sandbox.requests().is_empty(), "nobody needs to know the scopes");
    let error = call(&client, "find_tickets", json!({"ticket_id": DOOR})).await.unwrap_err();
    assert_eq!(error["code"], "MISSING_SCOPE_ERROR", "HubSpot itself says it");
}

/// Listing tools is the first request of a client: it waits briefly for HubSpot, once, and then goes on.
#[tokio::test(start_paused = true)]
async fn all_tools_are_shown_while_the_scopes_are_unknown() {
    for trouble in [Trouble::Silence, Trouble::LostAnswer] {
        let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
        sandbox.set_scopes(sandbox.token(), &LESS);
        let mut fault = Fault::once(trouble);
        fault.matches.path = Some("/oauth/".into());
        fault.times = 50;
        sandbox.inject_fault(fault);
        let start = tokio::time::Instant::now();
        for _ in 0..5 {
            let client = connect(server.clone(), Person::unreachable(), modern()).await;
            let list = client.list_tools(None).await.unwrap();
            assert_eq!(list.tools.len(), tools::all().len());
            assert!(list.ttl_ms.is_some_and(|ttl| ttl <= 60_000), "it is not kept for long");
        }
        assert!(start.elapsed() <= Duration::from_secs(3), "{:?}", start.elapsed());
    }
}

/// The list of tools follows the scopes of HubSpot's token, and clients are notified of a change.
#[tokio::test(start_paused = true)]
async fn a_scope_that_is_taken_away_is_told() {
    let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
    let mut raw = RawClient::open(server).await;
    let mut listed = async |id: i64| {
        raw.request(id, "tools/list", json!({})).await;
        let answer = raw.answer(id).await;
        let told = if id == 2 { raw.notification("notifications/tools/list_changed").await } else { Value::Null };
        (answer["result"]["tools"].as_array().unwrap().len(), told)
    };
    let (all, _) = listed(1).await;
    sandbox.set_scopes(sandbox.token(), &["crm.objects.contacts.read"]);
    tokio::time::advance(Duration::from_secs(61)).await;
    let (fewer, _) = listed(2).await;
    assert!(0 < fewer && fewer < all, "{fewer} of {all}");
    assert_eq!(listed(3).await.0, fewer);
    assert!(raw.leave().await.is_empty(), "and told once");
}
