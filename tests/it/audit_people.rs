//! The audit trail tells people apart who share the name of a caller, and tells of request states that are not a call's own.

use frontdesk::chat::desk::{Beginning, ChatDesk, DeskSettings};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::visitor::Trust;
use frontdesk::tool::caller::{Caller, CallerId};
use frontdesk::tool::digest;
use frontdesk::tool::policy::ToolPolicy;
use rmcp::RoleClient;
use rmcp::model::{CallToolRequestParams, CallToolResponse, ClientCapabilities, ClientConfig, Implementation};
use rmcp::service::{ClientServiceExt, RunningService};
use serde_json::{Value, json};

use crate::audit::{Trail, server};
use crate::elicitation::{Person, accept, both, modern};
use crate::tool_policy::params;
use crate::world::{self, read};

const SARAH: &str = "84246479604";

fn change(city: &str) -> Value {
    json!({"contact": SARAH, "properties": {"city": city}})
}

#[tokio::test(start_paused = true)]
async fn clients_that_share_a_token_are_told_apart_by_their_names() {
    for era in both() {
        let trail = Trail::new();
        let (_sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), Default::default());
        let server = server(hubspot, clock, &trail);
        for (name, city) in [("editor", "Oslo"), ("terminal", "Rome"), ("editor", "Bern")] {
            let client = ClientConfig::new(ClientCapabilities::default(), Implementation::new(name, "1.2"));
            let client = client.serve_with_lifecycle(world::serve(server.clone()), era.clone()).await.unwrap();
            read(client.call_tool(params("update_contact", change(city))).await.unwrap()).unwrap();
        }
        let lines = trail.lines();
        let told: Vec<_> = lines.iter().map(|line| line["client"].as_str().unwrap()).collect();
        let [editor, terminal] = ["editor 1.2", "terminal 1.2"].map(digest::short);
        assert_eq!(told, [editor.as_str(), &terminal, &editor], "{era:?}");
        assert!(!json!(lines).to_string().contains("terminal"), "a client may put a person's name there");
    }
}

/// Two colleagues use the contact assistant with one token.
#[tokio::test(start_paused = true)]
async fn staff_who_share_a_token_are_told_apart_by_their_conversations() {
    let trail = Trail::new();
    let (_sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), Default::default());
    let settings = DeskSettings {
        graph: Some("contacts".to_owned()),
        persona: Persona::default(),
        limits: TurnLimits::default(),
        trust: Trust::Operator,
        representative: None,
    };
    let desk = ChatDesk::new(server(hubspot, clock, &trail), settings).await.unwrap();
    for (id, who) in [
        ("staff-one", "Ada Byron, one@acme.example, +45 12 34 56 78"),
        ("staff-two", "Bo Lind, two@acme.example, +45 87 65 43 21"),
    ] {
        let caller = Caller { id: CallerId("office".into()), ..Caller::default() };
        let (mut chat, _) = desk.begin_as(id, Beginning { staff: Some(caller), ..Beginning::default() });
        for said in ["Create a new contact", who, "Yes"] {
            chat.turn(said, &mut |_| ()).await;
        }
    }
    let lines: Vec<_> = trail.lines().into_iter().filter(|line| line["tool"] == "create_contact").collect();
    let told: Vec<_> = lines.iter().map(|line| json!([line["caller"], line["chat"], line["outcome"]])).collect();
    let expected = ["staff-one", "staff-two"].map(|id| json!(["office", digest::short(id), "ok"]));
    assert_eq!(told, expected, "{lines:#?}");
}

async fn asked(client: &RunningService<RoleClient, Person>, params: CallToolRequestParams) -> String {
    match client.call_tool_once(params).await.unwrap() {
        CallToolResponse::InputRequired(required) => required.request_state.unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_state_that_is_not_the_call_s_own_is_told_without_its_values() {
    let metrics = frontdesk::telemetry::metrics().unwrap();
    let trail = Trail::new();
    let (sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), Default::default());
    let policy = ToolPolicy { confirm_writes: true, ..ToolPolicy::default() };
    let server = server(hubspot, clock, &trail).with_policy(policy.into());
    let client = Person::new([]).serve_with_lifecycle(world::serve(server), modern()).await.unwrap();
    let to = |city| params("update_contact", change(city));
    let state = asked(&client, to("Oslo")).await;
    let agreed = || [("change".to_owned(), json!(accept(json!({}))))].into();
    let before = trail.lines().len();
    for (city, state) in [("Rome", state.clone()), ("Oslo", format!("{state}-TAMPERED")), ("Oslo", "forged".into())] {
        let retry = to(city).with_input_responses(agreed()).with_request_state(state);
        client.call_tool_once(retry).await.unwrap_err();
    }
    let lines = trail.lines().split_off(before);
    let told: Vec<_> = lines.iter().map(|line| json!([line["event"], line["caller"], line["tool"]])).collect();
    assert_eq!(told, vec![json!(["request_state_refused", "local", "update_contact"]); 3]);
    assert!(lines.iter().all(|line| line["client"] == json!(digest::short("person 1"))), "{lines:?}");
    assert!(lines.iter().all(|line| line["call"].as_str().is_some_and(|id| !id.is_empty())), "{lines:?}");
    let text = json!(lines).to_string();
    assert!(["Rome", "Oslo", "forged", &state, SARAH].iter().all(|value| !text.contains(value)), "{text}");
    let written = sandbox.requests().into_iter().filter(|sent| sent.method == "PATCH").count();
    assert_eq!(written, 0);
    assert!(metrics.render().contains("mcp_request_states_refused_total"));
}
