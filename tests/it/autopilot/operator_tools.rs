//! The operator's tools through a client of the protocol.

use std::sync::Arc;

use frontdesk::autopilot::tools;
use frontdesk::tool::permissions::Permissions;
use frontdesk::tool::policy::ToolPolicy;
use rmcp::model::{CallToolRequestParams, ElicitResult, ElicitationAction};
use serde_json::{Value, json};

use super::brains::echo;
use super::desk::{House, REPLY, Way, pass, server_on};
use crate::audit::{self, Trail};
use crate::elicitation::{Person, accept, modern};
use crate::tool_policy;
use crate::world::{self, connect, read};

#[tokio::test(start_paused = true)]
async fn operators_see_and_steer_from_their_client() {
    let house = House::new(Way::Webhooks, REPLY).with_brain(echo(0));
    let desk = house.open().await;
    let policy = ToolPolicy::default().choose_toolsets(&["operator".to_owned()]).unwrap();
    let client = connect(server_on(&house).await.with_tools(tools::all()).with_policy(Arc::new(policy))).await;
    let mut names: Vec<_> =
        client.list_all_tools().await.unwrap().into_iter().map(|tool| tool.name.to_string()).collect();
    names.sort();
    assert_eq!(
        names,
        ["autopilot_pause", "autopilot_report", "autopilot_resume", "autopilot_status", "autopilot_unanswered"]
    );
    let call = async |tool: &'static str, arguments: Value| {
        let request = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
        read(client.call_tool(request).await.unwrap())
    };
    let thread = house.sarah("Hello").thread_id;
    pass(30).await;
    let status = call("autopilot_status", json!({"conversation_id": thread.to_string()})).await.unwrap();
    assert_eq!(status["conversation"]["memory"]["outcome"], "answered");
    assert_eq!(
        (&status["status"]["waiting"], &status["status"]["today"][0]["outcome"]),
        (&json!(0), &json!("answered"))
    );
    let paused = call("autopilot_pause", json!({"what": "all"})).await.unwrap();
    assert_eq!(paused, json!({"what": "all", "paused": true}));
    house.more(thread, "And now?");
    pass(60).await;
    assert_eq!(house.told(thread).await.len(), 1);
    assert_eq!(call("autopilot_status", json!({})).await.unwrap()["status"]["paused"], json!(["all"]));
    call("autopilot_resume", json!({"what": "all"})).await.unwrap();
    pass(90).await;
    assert_eq!(house.told(thread).await.len(), 2);
    assert_eq!(call("autopilot_report", json!({"days": 2})).await.unwrap()["counts"][0]["messages"], 2);
    assert_eq!(call("autopilot_unanswered", json!({})).await.unwrap(), json!({"questions": []}));
    let refused = call("autopilot_pause", json!({"what": "everything"})).await.unwrap_err();
    assert_eq!(refused["code"], "INVALID_INPUT_ERROR");
    desk.close().await;
}

/// What pauses answers is agreed to by a person where changes are, has its line in the trail, and is closed where nothing may be
/// changed.
#[tokio::test(start_paused = true)]
async fn pausing_is_a_change_like_others() {
    let policy = |policy: ToolPolicy| Arc::new(policy.choose_toolsets(&["operator".to_owned()]).unwrap());
    let confirming = || policy(ToolPolicy { confirm_writes: true, ..ToolPolicy::default() });
    let (sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), Default::default());
    let trail = Trail::new();
    let serve = || audit::server(hubspot.clone(), clock, &trail).with_tools(tools::all());
    let what = json!({"what": "all"});
    let person = Person::new([ElicitResult::new(ElicitationAction::Decline), accept(json!({})), accept(json!({}))]);
    let client = tool_policy::connect(serve().with_policy(confirming()), person.clone(), modern()).await;
    let refused = tool_policy::call(&client, "autopilot_pause", what.clone()).await.unwrap_err();
    assert_eq!(refused["code"], "DECLINED_ERROR");
    let status = async || tool_policy::call(&client, "autopilot_status", json!({})).await.unwrap()["status"].clone();
    assert_eq!(status().await["paused"], json!([]));
    tool_policy::call(&client, "autopilot_pause", what.clone()).await.unwrap();
    assert_eq!(status().await["paused"], json!(["all"]));
    tool_policy::call(&client, "autopilot_resume", what.clone()).await.unwrap();
    assert_eq!(
        person.questions(),
        ["Pause the autopilot for all?", "Pause the autopilot for all?", "Resume the autopilot for all?"]
    );
    let lines = trail.lines();
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line["tool"].as_str().unwrap(), line["outcome"].as_str().unwrap(), line["agreed"] == true))
        .filter(|(_, outcome, _)| *outcome != "asked")
        .collect();
    assert_eq!(
        told,
        [
            ("autopilot_pause", "DECLINED_ERROR", false),
            ("autopilot_pause", "ok", true),
            ("autopilot_resume", "ok", true)
        ]
    );
    let read_only = Permissions { read_only: true, ..Permissions::default() };
    let closed = policy(ToolPolicy { permissions: read_only, ..ToolPolicy::default() });
    let client = connect(serve().with_policy(closed)).await;
    let request = CallToolRequestParams::new("autopilot_pause").with_arguments(what.as_object().unwrap().clone());
    assert_eq!(read(client.call_tool(request).await.unwrap()).unwrap_err()["code"], "FORBIDDEN_ERROR");
    assert!(sandbox.requests().iter().all(|sent| sent.method == "GET"), "nothing of it is HubSpot's");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_pauses_nothing() {
    let dry = hubspot_client::Settings { dry_run: true, ..hubspot_client::Settings::default() };
    let (_, hubspot, clock) = world::sandbox_and_client(Default::default(), dry);
    let client = connect(world::with_every_tool(world::server(hubspot, clock))).await;
    let call = async |tool: &'static str, arguments: Value| {
        let request = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
        read(client.call_tool(request).await.unwrap()).unwrap()
    };
    call("autopilot_pause", json!({"what": "all"})).await;
    assert_eq!(call("autopilot_status", json!({})).await["status"]["paused"], json!([]));
}

#[test]
fn they_are_served_only_where_their_toolset_is_named() {
    let all = frontdesk::tools::all();
    assert!(tools::all().iter().all(|tool| all.get(tool.name).is_none()));
}
