//! Restrictions by the operator: an excluded tool is neither listed nor run, and writes wait for confirmation where
//! required.

mod handoffs;
mod questions;
mod scopes;

use std::sync::Arc;

use frontdesk::mcp::Server;
use frontdesk::tool::Effect;
use frontdesk::tool::permissions::Permissions;
use frontdesk::tool::policy::ToolPolicy;
use frontdesk::tools;
use hubspot_sandbox::Sandbox;
use rmcp::RoleClient;
use rmcp::model::{CallToolRequestParams, CallToolResponse, ReadResourceRequestParams};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService};
use serde_json::{Value, json};

use crate::elicitation::{Person, both, modern};
use crate::handoff::desk::by_ticket;
use crate::inbox::sarah_writes;
use crate::world::{self, read};

const SARAH: &str = "84246479604";
const DOOR: &str = "33190415288";

type Client = RunningService<RoleClient, Person>;

pub(crate) fn sandbox_and_server(switches: ToolPolicy) -> (Sandbox, Server) {
    let (sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), Default::default());
    sarah_writes(&sandbox, "Where is my robot?");
    let switches = ToolPolicy { handoff: by_ticket().handoff, ..switches };
    (sandbox, world::server(hubspot, clock).with_policy(Arc::new(switches)))
}

fn of(only: &[&str], without: &[&str]) -> ToolPolicy {
    let [only, without] = [only, without].map(|names| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    ToolPolicy::default().choose(&tools::all().infos(), &only, &without).unwrap()
}

fn confirming() -> ToolPolicy {
    ToolPolicy { confirm_writes: true, ..ToolPolicy::default() }
}

pub(crate) async fn connect(server: Server, person: Person, era: ClientLifecycleMode) -> Client {
    person.serve_with_lifecycle(world::serve(server), era).await.unwrap()
}

pub(crate) async fn names(client: &Client) -> Vec<String> {
    client.list_all_tools().await.unwrap().into_iter().map(|tool| tool.name.into_owned()).collect()
}

pub(crate) async fn call(client: &Client, tool: &'static str, arguments: Value) -> Result<Value, Value> {
    read(client.call_tool(params(tool, arguments)).await.unwrap())
}

pub(crate) fn params(tool: &'static str, arguments: Value) -> CallToolRequestParams {
    CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone())
}

/// A refusal gives the reason and no way around it: no flag, no file, no person who could allow it.
fn is_final(error: &Value) {
    let said = error.to_string().to_lowercase();
    for way in ["--", "flag", "restart", "frontdesk_", "ask the operator"] {
        assert!(!said.contains(way), "{way} in {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_only_server_lists_and_runs_only_reads() {
    for era in both() {
        let permissions = Permissions { read_only: true, ..Permissions::default() };
        let (sandbox, server) = sandbox_and_server(ToolPolicy { permissions, ..ToolPolicy::default() });
        let client = connect(world::with_every_tool(server), Person::unreachable(), era).await;
        let reading: Vec<_> = world::every_tool().iter().filter(|t| t.effect == Effect::Read).map(|t| t.name).collect();
        assert_eq!(names(&client).await, reading);
        assert!(reading.contains(&"get_contact") && !reading.contains(&"find_contact_by_email"));
        sandbox.clear_requests();
        for tool in world::every_tool().iter().filter(|tool| tool.effect != Effect::Read) {
            let error = call(&client, tool.name, json!({})).await.unwrap_err();
            assert_eq!(error["code"], "FORBIDDEN_ERROR", "{}", tool.name);
            assert!(error["message"].as_str().unwrap().contains("change nothing"), "{error}");
            is_final(&error);
        }
        assert!(sandbox.requests().is_empty(), "HubSpot was not even asked");
        assert_eq!(call(&client, "get_contact", json!({"contact": SARAH})).await.unwrap()["contact_id"], SARAH);
    }
}

#[tokio::test(start_paused = true)]
async fn tools_are_included_or_excluded_by_name() {
    let (_, server) = sandbox_and_server(of(&["get_contact", "find_tickets", "create_ticket"], &["create_ticket"]));
    let client = connect(server, Person::unreachable(), modern()).await;
    assert_eq!(names(&client).await, ["get_contact", "find_tickets"]);
    let error = call(&client, "create_ticket", json!({"cus_cid": SARAH, "issue": "It beeps."})).await.unwrap_err();
    assert_eq!(
        (&error["code"], error["message"].as_str().unwrap().contains("switched it off")),
        (&json!("FORBIDDEN_ERROR"), true)
    );
    is_final(&error);
}

/// Documents that cannot be searched cannot be read one by one either.
#[tokio::test(start_paused = true)]
async fn an_excluded_tool_is_not_reachable_as_a_resource() {
    let documents = async |client: &Client| -> Vec<String> {
        let all = client.list_all_resources().await.unwrap().into_iter().map(|one| one.uri.clone());
        all.filter(|uri| uri.starts_with("doc://")).collect()
    };
    let (_, open) = sandbox_and_server(ToolPolicy::default());
    let open = connect(open, Person::unreachable(), modern()).await;
    let (_, closed) = sandbox_and_server(of(&[], &["search_documents", "describe_crm"]));
    let closed = connect(closed, Person::unreachable(), modern()).await;
    let known = documents(&open).await;
    assert!(!known.is_empty() && documents(&closed).await.is_empty());
    let read = ReadResourceRequestParams::new(known[0].clone());
    assert!(open.read_resource(read.clone()).await.is_ok() && closed.read_resource(read).await.is_err());
    let owners = async |client: &Client| client.complete_prompt_simple("open_ticket", "owner", "v").await.unwrap();
    assert!(owners(&closed).await.is_empty() && owners(&open).await.iter().any(|name| name.contains("Veronica")));
}

/// A taskgraph cannot call a tool that its client cannot call.
#[tokio::test(start_paused = true)]
async fn a_taskgraph_cannot_call_an_excluded_tool() {
    let (sandbox, server) = sandbox_and_server(of(&[], &["find_tickets"]));
    let client = connect(server, Person::unreachable(), modern()).await;
    let mut called = vec![];
    for intent in ["Report a problem", "My ticket"] {
        let session = call(&client, "taskgraph_start", json!({})).await.unwrap()["session"].clone();
        let said = json!({
            "session": session, "user_text": "My robot is broken.", "intent": intent,
            "slots": {"email": "sarah@gmail.com", "chat": "My robot is broken."}, "execute": true,
        });
        let turn = call(&client, "taskgraph_step", said).await.unwrap();
        called.extend(turn["called"].as_array().into_iter().flatten().cloned());
    }
    let closed: Vec<_> = called.iter().filter(|called| called["tool"] == "find_tickets").collect();
    assert!(!closed.is_empty(), "the script never came to the tool: {called:?}");
    for called in closed {
        assert_eq!((&called["succeeded"], &called["result"]["code"]), (&json!(false), &json!("FORBIDDEN_ERROR")));
    }
    assert!(!sandbox.requests().iter().any(|sent| sent.path.contains("tickets")), "nothing was looked up");
}

/// Neither an intent nor a hint leads to a tool that is not there.
#[tokio::test(start_paused = true)]
async fn nothing_that_begins_with_an_excluded_tool_is_offered() {
    let offered = async |without: &[&str], step: Value| -> (Vec<String>, Value) {
        let (_, server) = sandbox_and_server(of(&[], without));
        let client = connect(server, Person::unreachable(), modern()).await;
        let begun = call(&client, "taskgraph_start", json!({})).await.unwrap();
        let intents = begun["intents"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned());
        let intents = intents.collect();
        let mut said = step;
        (said["session"], said["execute"]) = (begun["session"].clone(), json!(true));
        (intents, call(&client, "taskgraph_step", said).await.unwrap())
    };
    let meeting = json!({
        "user_text": "a demo please", "intent": "Book a meeting",
        "slots": {"email": "tom.baker@harborviewhotel.com", "meeting_date": "2026-12-01", "time_zone": "America/New_York"},
    });
    let (all, named) = offered(&[], meeting.clone()).await;
    assert_eq!((all.len(), named.to_string().contains("`create_task`")), (10, true), "{named}");
    // A person is brought in by either of them.
    let neither = ["create_task", "handoff_start"];
    let (fewer, unnamed) = offered(&neither, meeting).await;
    assert_eq!(all.iter().filter(|one| !fewer.contains(one)).collect::<Vec<_>>(), ["A person, please"]);
    assert!(!unnamed.to_string().contains("create_task"), "{unnamed}");
    assert!(!unnamed.to_string().contains("a person can be asked for"), "{unnamed}");
    let asked = json!({"user_text": "a human, now", "intent": "a person"});
    let (_, told) = offered(&neither, asked).await;
    assert!(told["asks"][0]["instruction"].as_str().unwrap().contains("nobody can be asked"), "{told}");
    let question = json!({"user_text": "What does the ADAM cost?", "intent": "1"});
    let (no_look_up, answered) = offered(&["find_contact_by_email", "search_contacts"], question).await;
    let first = ["Question about products, prices or delivery", "Become a customer", "A person, please"];
    assert_eq!(
        (no_look_up, answered["called"][0]["tool"].as_str()),
        (first.map(str::to_owned).to_vec(), Some("search_documents"))
    );
}

/// A failure's hint names only tools that are there, with a script and without.
#[tokio::test(start_paused = true)]
async fn hints_name_no_excluded_tool() {
    let unknown = json!({"email": "nobody@nowhere.example"});
    for without in [&["create_contact"][..], &["search_contacts", "create_contact", "search_documents"], &[]] {
        let (_, server) = sandbox_and_server(of(&[], without));
        let client = connect(server, Person::unreachable(), modern()).await;
        let hint = call(&client, "find_contact_by_email", unknown.clone()).await.unwrap_err()["hint"].clone();
        let hint = hint.as_str().unwrap();
        assert!(hint.contains("check the spelling"), "{hint}");
        for tool in ["create_contact", "search_contacts", "search_documents"] {
            assert_eq!(hint.contains(tool), !without.contains(&tool), "{without:?}: {hint}");
        }
    }
}

pub(crate) async fn asked(client: &Client, params: CallToolRequestParams) -> rmcp::model::InputRequiredResult {
    match client.call_tool_once(params).await.unwrap() {
        CallToolResponse::InputRequired(asked) => asked,
        other => panic!("nobody was asked: {other:?}"),
    }
}
