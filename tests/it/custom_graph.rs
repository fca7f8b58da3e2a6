//! A company's own taskgraph: it calls every tool of the desk, and what holds for a tool holds in a script.

use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::tool::policy::ToolPolicy;
use frontdesk::tool::{Ctx, Effect, Tool, ToolEntry, ToolError};
use frontdesk::tools;
use http_client::InProcess;
use hubspot_client::{self, HubSpot};
use hubspot_sandbox::{self, Sandbox};
use rmcp::RoleClient;
use rmcp::model::{ElicitResult, ElicitationAction, ReadResourceRequestParams, ResourceContents};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use taskgraph::collection::Taskgraphs;

use crate::elicitation::{Person, accept, both, modern};
use crate::tool_policy::call;
use crate::world::{self, NOW};

const SARAH: &str = "84246479604";

type Client = RunningService<RoleClient, Person>;

/// A server with this taskgraph alone, and a client with this user.
async fn custom_server(
    graph: &Value,
    policy: ToolPolicy,
    person: Person,
    era: ClientLifecycleMode,
) -> (Sandbox, Client) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.json"), graph.to_string()).unwrap();
    let taskgraphs = Arc::new(Taskgraphs::from_folder(folder.path()).unwrap());
    let now = NOW.parse().unwrap();
    let sandbox = Sandbox::new(hubspot_sandbox::Settings { now: Some(now), ..Default::default() });
    let clock = Clock::starting_at(now);
    let token = Some(sandbox.token().into());
    let hubspot = HubSpot::new(InProcess(sandbox.router()), token, hubspot_client::Settings::default(), clock);
    let server = Server::new(Ctx::new(hubspot, clock), taskgraphs, CallLimits::new(Duration::from_secs(30)));
    let server = server.with_policy(Arc::new(policy)).with_tools(vec![ToolEntry::of::<ReadThermometer>()]);
    (sandbox, person.serve_with_lifecycle(world::serve(server), era).await.unwrap())
}

/// Read the thermometer.
#[derive(Deserialize, JsonSchema)]
struct ReadThermometer {}

#[derive(Serialize, JsonSchema)]
struct Temperature {
    celsius: i32,
}

impl Tool for ReadThermometer {
    const NAME: &'static str = "read_thermometer";
    const TITLE: &'static str = "Read the thermometer";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &[];
    type Output = Temperature;

    async fn call(self, _: &Ctx) -> Result<Temperature, ToolError> {
        Ok(Temperature { celsius: 21 })
    }
}

/// Each of these resources is what an intent of the same name leads to.
fn graph(resources: &[&str]) -> Value {
    let start =
        json!(["start", {"resource": {"id": "message-worker"}, "attribute": {"value": "Hello!"}, "type": "start"}]);
    let nodes = resources.iter().map(|resource| json!([resource, {"resource": {"id": resource}}]));
    let edge = |resource: &&str| json!(["start", resource, {"intent": resource, "attribute": {"pred": true}}]);
    let edges: Vec<Value> = resources.iter().map(edge).collect();
    json!({"nodes": std::iter::once(start).chain(nodes).collect::<Vec<_>>(), "edges": edges})
}

#[tokio::test(start_paused = true)]
async fn a_script_can_call_every_tool_of_the_desk() {
    let apart = |name: &str| name.starts_with("taskgraph_") || name == "search_documents";
    let names: Vec<&str> = tools::all().iter().map(|tool| tool.name).filter(|name| !apart(name)).collect();
    let resources: Vec<String> = names.iter().map(|name| format!("hubspot.{name}")).collect();
    let graph = graph(&resources.iter().map(String::as_str).collect::<Vec<_>>());
    let (_, client) = custom_server(&graph, ToolPolicy::default(), Person::unreachable(), modern()).await;
    for (name, resource) in names.iter().zip(&resources) {
        let uri = format!("taskgraph://own/node/{resource}");
        let read = client.read_resource(ReadResourceRequestParams::new(uri)).await.unwrap();
        let Some(ResourceContents::TextResourceContents { text, .. }) = read.contents.first() else {
            panic!("no text")
        };
        let node: Value = serde_json::from_str(text).unwrap();
        assert_eq!(node["tool"], *name);
        assert!(node["input_schema"]["properties"].is_object(), "{node}");
    }
}

/// What comes of a script's change of Sarah's city: the call as the server made it, and the city then.
async fn moved(person: &Person, era: ClientLifecycleMode) -> (Value, Value) {
    let switches = ToolPolicy { confirm_writes: true, ..ToolPolicy::default() };
    let (sandbox, client) = custom_server(&graph(&["hubspot/update_contact"]), switches, person.clone(), era).await;
    let session = call(&client, "taskgraph_start", json!({})).await.unwrap()["session"].clone();
    let step = json!({
        "session": session, "intent": "hubspot/update_contact", "execute": true,
        "slots": {"contact": SARAH, "properties": {"city": "Oslo"}},
    });
    let turn = call(&client, "taskgraph_step", step).await.unwrap();
    let called = turn["called"].as_array().cloned().unwrap_or_default();
    assert!(called.iter().all(|call| call["tool"] == "update_contact"), "{turn}");
    assert!(called.len() <= 1, "{turn}");
    let kept = sandbox.records("contacts").into_iter().find(|record| record["id"] == SARAH).unwrap();
    let writes = sandbox.requests().iter().filter(|sent| sent.method == "PATCH").count();
    assert_eq!(writes, usize::from(kept["properties"]["city"] == "Oslo"), "changed once or not at all");
    (called.into_iter().next().unwrap_or_default(), kept["properties"]["city"].clone())
}

#[tokio::test(start_paused = true)]
async fn a_script_changes_nothing_without_the_person_either() {
    for era in both() {
        let (called, city) = moved(&Person::unreachable(), era.clone()).await;
        assert_eq!((called, city == "Oslo"), (Value::Null, false), "it is not even offered");
        for (reaction, code) in
            [(ElicitationAction::Decline, "DECLINED_ERROR"), (ElicitationAction::Cancel, "DISMISSED_ERROR")]
        {
            let person = Person::new([ElicitResult::new(reaction)]);
            let (called, city) = moved(&person, era.clone()).await;
            assert_eq!((&called["result"]["code"], city == "Oslo"), (&json!(code), false));
            assert_eq!(person.questions().len(), 1);
        }
        let person = Person::new([accept(json!({}))]);
        let (called, city) = moved(&person, era).await;
        assert_eq!((called.get("succeeded"), city), (None, json!("Oslo")));
        assert!(person.questions()[0].starts_with("Change the contact \"Sarah Mark"), "{:?}", person.questions());
    }
}

#[tokio::test(start_paused = true)]
async fn a_script_can_call_a_tool_that_was_added_to_the_server() {
    for era in both() {
        let graph = graph(&["hubspot/read_thermometer"]);
        let (_, client) = custom_server(&graph, ToolPolicy::default(), Person::unreachable(), era).await;
        let session = call(&client, "taskgraph_start", json!({})).await.unwrap()["session"].clone();
        let step = json!({"session": session, "intent": "hubspot/read_thermometer", "execute": true});
        let result = call(&client, "taskgraph_step", step).await.unwrap();
        let called = &result["called"][0];
        assert_eq!(
            (&called["tool"], &called["result"]["celsius"]),
            (&json!("read_thermometer"), &json!(21)),
            "{result}"
        );
    }
}
