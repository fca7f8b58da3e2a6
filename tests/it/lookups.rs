//! Look-ups that a company declares: asked by MCP clients, by customers and by scripts, of a stand-in for their services.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use domain::clock::Clock;
use frontdesk::cli::lookups::check;
use frontdesk::lookups::client::LookupClient;
use frontdesk::lookups::file;
use frontdesk::lookups::lookup::Lookup;
use frontdesk::lookups::tool;
use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::tool::caller::Caller;
use frontdesk::tool::on_behalf_of::OnBehalfOf;
use frontdesk::tool::{Ctx, ToolEntry};
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use http_client::{HttpClient, InProcess, SendError};
use hubspot_client::HubSpot;
use hubspot_sandbox::Sandbox;
use rmcp::RoleClient;
use rmcp::model::CallToolRequestParams;
use rmcp::service::RunningService;
use serde_json::{Value, json};
use taskgraph::collection::Taskgraphs;

use crate::binary::{frontdesk, soon};
use crate::world::{NOW, connect, read};

const REGISTER: &str = include_str!("../../examples/lookups/company_register.toml");
const PARCELS: &str = include_str!("../../examples/lookups/parcel_tracking.toml");
const KEY: &str = "k3y-of-the-register";

type Answering = dyn Fn(&Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync;

/// The services, in this process. An answer of `None` never comes.
struct StandIn {
    asked: Mutex<Vec<(String, String, Value)>>,
    answering: Box<Answering>,
}

impl StandIn {
    fn new(answering: impl Fn(&Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync + 'static) -> Arc<StandIn> {
        Arc::new(StandIn { asked: Mutex::default(), answering: Box::new(answering) })
    }

    /// Requests as method, address and body.
    fn asked(&self) -> Vec<(String, String, Value)> {
        self.asked.lock().unwrap().clone()
    }
}

/// The trait is the crate's own, and so is the type that sends by a shared stand-in.
struct Shared(Arc<StandIn>);

impl HttpClient for Shared {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, SendError>> {
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        self.0.asked.lock().unwrap().push((request.method().to_string(), request.uri().to_string(), body));
        let answer = (self.0.answering)(&request);
        async move {
            match answer {
                Some(answer) => Ok(answer),
                None => std::future::pending().await,
            }
        }
        .boxed()
    }
}

fn answer(status: StatusCode, body: &Value) -> Option<Response<Bytes>> {
    Some(Response::builder().status(status).body(body.to_string().into()).unwrap())
}

/// A company register and a carrier as the shipped examples expect them.
fn services(request: &Request<Bytes>) -> Option<Response<Bytes>> {
    let has_key = |name: &str, value: &str| request.headers().get(name).is_some_and(|given| given == value);
    if !has_key("authorization", &format!("Bearer {KEY}")) && !has_key("x-api-key", KEY) {
        return answer(StatusCode::UNAUTHORIZED, &json!({"error": "no key"}));
    }
    let acme = json!({"number": "14399840", "name": "Acme \u{202e}A/S", "city": "Aarhus"});
    match request.uri().path() {
        "/v1/companies" => answer(StatusCode::OK, &json!({"total": 9, "results": vec![acme; 9]})),
        "/v1/companies/14399840" => {
            let entry = json!({"name": "Acme A/S", "address": "Aarhus", "status": "active",
                "accounts": {"latest": {"turnover": 12_000_000}}});
            answer(StatusCode::OK, &entry)
        }
        "/v2/track" => {
            let events = json!([{"at": "2026-11-28", "where": "Aarhus"}]);
            let parcel =
                json!({"status": "on its way", "expected": "2026-12-02", "events": events, "sender": "secret"});
            answer(StatusCode::OK, &json!({"parcels": [parcel]}))
        }
        _ => answer(StatusCode::NOT_FOUND, &json!({})),
    }
}

fn lookups(text: &str) -> Vec<Lookup> {
    file::read(text, &[], |_| Some(KEY.to_owned())).unwrap()
}

fn tools(text: &str, services: &Arc<StandIn>) -> Vec<ToolEntry> {
    let http: Arc<dyn HttpClient> = Arc::new(Shared(services.clone()));
    lookups(text).into_iter().map(|lookup| tool::of(LookupClient::new(lookup, http.clone()))).collect()
}

fn server(more: Vec<ToolEntry>, taskgraphs: Taskgraphs) -> Server {
    let now = NOW.parse().unwrap();
    let sandbox = Sandbox::new(hubspot_sandbox::Settings { now: Some(now), ..Default::default() });
    let clock = Clock::starting_at(now);
    let token = Some(sandbox.token().into());
    let hubspot = HubSpot::new(InProcess(sandbox.router()), token, hubspot_client::Settings::default(), clock);
    Server::new(Ctx::new(hubspot, clock), Arc::new(taskgraphs), CallLimits::new(Duration::from_secs(60)))
        .with_tools(more)
}

async fn call<S: rmcp::service::Service<RoleClient>>(
    client: &RunningService<RoleClient, S>,
    tool: &'static str,
    arguments: Value,
) -> Result<Value, Value> {
    let request = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
    read(client.call_tool(request).await.unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_client_lists_and_asks_a_declared_look_up() {
    let services = StandIn::new(services);
    let client = connect(server(tools(REGISTER, &services), Taskgraphs::default())).await;
    let listed = client.list_all_tools().await.unwrap();
    let search = listed.iter().find(|tool| tool.name == "company_search").unwrap();
    assert!(search.description.as_ref().unwrap().contains("company register by name"));
    let schema = serde_json::to_value(&search.input_schema).unwrap();
    assert_eq!(schema["required"], json!(["name"]));
    assert_eq!(schema["properties"]["country"]["enum"], json!(["DE", "DK", "FR", "IT", "RO"]));

    let found = call(&client, "company_search", json!({"name": "Ac&me /../?", "country": "DK"})).await.unwrap();
    assert_eq!((&found["found"], &found["total"]), (&json!(true), &json!(9)));
    assert_eq!(found["companies"].as_array().unwrap().len(), 5, "`items_max`");
    assert_eq!(found["shortened"], json!(["companies"]));
    assert_eq!(found["companies"][0]["name"], "Acme A/S", "characters that nobody sees are removed");
    let asked = services.asked();
    assert_eq!(asked[0].1, "https://register.example/v1/companies?name=Ac%26me%20%2F..%2F%3F&country=DK");
    // The same again is answered from memory, for as long as the file says.
    call(&client, "company_search", json!({"name": "Ac&me /../?", "country": "DK"})).await.unwrap();
    assert_eq!(services.asked().len(), 1);
    tokio::time::advance(Duration::from_secs(3_601)).await;
    call(&client, "company_search", json!({"name": "Ac&me /../?", "country": "DK"})).await.unwrap();
    assert_eq!(services.asked().len(), 2);

    let info = call(&client, "company_info", json!({"number": "14399840"})).await.unwrap();
    assert_eq!((&info["turnover"], &info["status"]), (&json!(12_000_000), &json!("active")));
    let unknown = call(&client, "company_info", json!({"number": "1"})).await.unwrap();
    assert_eq!(unknown, json!({"found": false}));
    for (arguments, named) in [
        (json!({}), "name"),
        (json!({"name": "Acme", "country": "SE"}), "country"),
        (json!({"name": "x".repeat(121)}), "name"),
        (json!({"name": "Acme", "url": "https://evil.example"}), "url"),
    ] {
        let refused = call(&client, "company_search", arguments.clone()).await.unwrap_err();
        assert_eq!(refused["code"], "INVALID_INPUT_ERROR", "{arguments}");
        assert!(refused.to_string().contains(named), "{refused}");
    }
    for number in ["..", ".", " "] {
        let refused = call(&client, "company_info", json!({"number": number})).await.unwrap_err();
        assert_eq!(refused["code"], "INVALID_INPUT_ERROR", "{number}: {refused}");
    }
    assert!(services.asked().iter().all(|(_, address, _)| address.starts_with("https://register.example/v1/")));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_is_one_clear_error() {
    for (status, body, said) in [
        (StatusCode::UNAUTHORIZED, json!({}), "401"),
        (StatusCode::FOUND, json!({}), "302"),
        (StatusCode::TOO_MANY_REQUESTS, json!({}), "429"),
        (StatusCode::INTERNAL_SERVER_ERROR, json!({}), "500"),
    ] {
        let services = StandIn::new(move |_| answer(status, &body));
        let client = connect(server(tools(REGISTER, &services), Taskgraphs::default())).await;
        let error = call(&client, "company_search", json!({"name": "Acme"})).await.unwrap_err();
        assert_eq!(error["code"], "LOOKUP_FAILED_ERROR");
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
        assert_eq!(services.asked().len(), 1, "nothing is repeated");
    }
    let broken = StandIn::new(|_| Some(Response::new(Bytes::from_static(b"<html>"))));
    let client = connect(server(tools(REGISTER, &broken), Taskgraphs::default())).await;
    let error = call(&client, "company_search", json!({"name": "Acme"})).await.unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("no JSON"), "{error}");
    let silent = StandIn::new(|_| None);
    let client = connect(server(tools(REGISTER, &silent), Taskgraphs::default())).await;
    let error = call(&client, "company_search", json!({"name": "Acme"})).await.unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("did not answer within 10 s"), "{error}");
}

/// A register may repeat what it was sent: no model reads the key, and no other host gets it.
#[tokio::test(start_paused = true)]
async fn a_key_that_a_service_repeats_is_masked() {
    let services = StandIn::new(|request| {
        let key = request.headers()["authorization"].to_str().unwrap().to_owned();
        answer(
            StatusCode::OK,
            &json!({"total": 1, "results": [{"number": "1", "name": format!("key {key}"), "city": KEY}]}),
        )
    });
    let client = connect(server(tools(REGISTER, &services), Taskgraphs::default())).await;
    let told = call(&client, "company_search", json!({"name": "Acme"})).await.unwrap().to_string();
    assert!(told.contains("***") && !told.contains(KEY), "{told}");
}

#[tokio::test(start_paused = true)]
async fn one_caller_gets_half_of_the_calls_of_a_minute() {
    let services = StandIn::new(services);
    let server = server(tools(REGISTER, &services), Taskgraphs::default());
    let ask = async |caller: &str, name: String| {
        let caller = Caller::for_customer(caller, OnBehalfOf::Anonymous);
        let arguments = json!({ "name": name }).as_object().unwrap().clone();
        server.call_in_process(caller, "company_search", arguments).await.map_err(|error| error.to_json())
    };
    for number in 0..15 {
        ask("one", format!("a{number}")).await.unwrap();
    }
    let refused = ask("one", "more".to_owned()).await.unwrap_err();
    assert_eq!(refused["code"], "LOOKUP_FAILED_ERROR");
    assert!(refused["message"].as_str().unwrap().contains("again in"), "{refused}");
    ask("two", "b".to_owned()).await.unwrap();
    tokio::time::advance(Duration::from_secs(60)).await;
    ask("one", "more".to_owned()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn customers_use_what_is_open_to_them() {
    let services = StandIn::new(services);
    for (text, is_open) in [(PARCELS.to_owned(), true), (PARCELS.replace("open_to = \"customers\"", ""), false)] {
        let server = server(tools(&text, &services), Taskgraphs::default());
        let arguments = json!({"number": "JD0", "language": "da"}).as_object().unwrap().clone();
        let caller = Caller::for_customer("chat-1", OnBehalfOf::Anonymous);
        let told = server.call_in_process(caller, "track_parcel", arguments).await;
        match is_open {
            true => assert_eq!(told.unwrap()["status"], "on its way"),
            false => assert_eq!(told.unwrap_err().to_json()["code"], "FORBIDDEN_ERROR"),
        }
    }
    let parcel = json!({"parcels": [{"number": "JD0", "language": "da"}], "history": true});
    let asked = services.asked();
    assert_eq!(asked, [("POST".to_owned(), "https://parcels.example/v2/track".to_owned(), parcel)]);
}

#[tokio::test(start_paused = true)]
async fn a_script_asks_a_look_up_by_its_http_tool() {
    let graph = json!({
        "nodes": [
            ["start", {"resource": {"id": "message-worker"}, "attribute": {"value": "Hello!"}, "type": "start"}],
            ["parcel", {"resource": {"id": "custom/http-tool"}, "attribute": {"name": "track_parcel"}}],
        ],
        "edges": [["start", "parcel", {"intent": "track", "attribute": {"pred": true}}]],
        "tools": [{"id": "custom/http-tool"}],
    });
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.json"), graph.to_string()).unwrap();
    let services = StandIn::new(services);
    let graphs = Taskgraphs::from_folder(folder.path()).unwrap();
    let client = connect(server(tools(PARCELS, &services), graphs)).await;
    let started = call(&client, "taskgraph_start", json!({"graph": "own", "execute": true})).await.unwrap();
    let session = started["session"].clone();
    let step = json!({"session": session, "user_text": "Where is my parcel JD0?", "intent": "track",
        "slots": {"number": "JD0"}});
    let told = call(&client, "taskgraph_step", step).await.unwrap();
    assert!(told.to_string().contains("on its way"), "{told}");
    assert_eq!(services.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_shipped_examples_work_and_the_check_says_so() {
    let services = StandIn::new(services);
    let http: Arc<dyn HttpClient> = Arc::new(Shared(services.clone()));
    let mut said = vec![];
    assert!(check([lookups(REGISTER), lookups(PARCELS)].concat(), &http, &mut said).await.unwrap());
    let said = String::from_utf8(said).unwrap();
    assert_eq!(
        said,
        "✔ company_search: companies (5 items), total, shortened (1 items)\n\
         ✔ company_info: address, name, status, turnover\n\
         ✔ track_parcel: events (1 items), expected, status\n"
    );
    let mut said = vec![];
    let other = REGISTER.replace("/total", "/sum").replace("sample = \"14399840\"", "");
    assert!(!check(lookups(&other), &http, &mut said).await.unwrap());
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("✘ company_search: `total`: the response has nothing at `/sum`"), "{said}");
    assert!(said.contains("✘ company_info: `number` has no `sample`"), "{said}");
}

#[tokio::test]
async fn addresses_of_the_own_network_are_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    for host in ["127.0.0.1", "169.254.169.254", "10.0.0.1", "[::1]", "localhost"] {
        std::fs::write(&path, PARCELS.replace("parcels.example", host)).unwrap();
        let checked = frontdesk(&["lookups", "check", path.to_str().unwrap()]).env("PARCEL_KEY", KEY).output();
        let checked = soon(checked).await.unwrap();
        let said = String::from_utf8(checked.stdout).unwrap();
        assert!(!checked.status.success() && said.contains("not on the public internet"), "{host}: {said}");
    }
    let unset = soon(frontdesk(&["lookups", "check", path.to_str().unwrap()]).output()).await.unwrap();
    let said = String::from_utf8(unset.stderr).unwrap();
    assert!(said.contains("line 11") && said.contains("`PARCEL_KEY` is not set"), "{said}");
}
