//! No customer data and no secret is ever logged: every tool is called with marked values at the most verbose log
//! level, and everything the process writes beside the protocol is searched for the marks.

use std::process::Stdio;
use std::time::Duration;

use frontdesk::telemetry::{self, Format};
use rmcp::model::{CallToolRequestParams, GetPromptRequestParams, ReadResourceRequestParams, Tool};
use rmcp::service::RunningService;
use rmcp::transport::TokioChildProcess;
use rmcp::{RoleClient, ServiceExt};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::binary::frontdesk;

/// The mark, which stands in every value that a customer, an agent or an operator could give.
const MARK: &str = "m4rk3d";

/// Log filters that request more than should be logged.
const FILTERS: [&str; 3] = [
    "trace",
    "frontdesk=trace,rmcp=trace,hyper=trace,hyper_util=trace,reqwest=trace,h2=trace,tower_http=trace",
    "info,rmcp::service=trace,rmcp::transport::async_rw=trace",
];

async fn soon<T>(step: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(30), step).await.expect("the step hangs")
}

#[tokio::test]
async fn no_mark_is_logged_at_any_log_level() {
    for (filter, format) in FILTERS.iter().zip(["text", "json", "text"]) {
        let said = run(filter, format).await;
        assert!(said.contains("Answered"), "it logs at all: {said}");
        for line in said.lines() {
            assert!(!line.contains(MARK), "--log {filter}: {line}");
            if format == "json" {
                assert!(serde_json::from_str::<Value>(line).is_ok(), "not JSON: {line}");
            }
        }
    }
}

/// Everything the process writes to stderr while all its tools, prompts and resources are used.
async fn run(filter: &str, format: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.args(["stdio", "--sandbox", "--log", filter, "--log-format", format]).env_clear();
    command.env("HUBSPOT_ACCESS_TOKEN", format!("pat-{MARK}"));
    let (process, stderr) = TokioChildProcess::builder(command).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = stderr.unwrap();
    let reading = tokio::spawn(async move {
        let mut said = String::new();
        stderr.read_to_string(&mut said).await.unwrap();
        said
    });
    let client: RunningService<RoleClient, ()> = soon(().serve(process)).await.unwrap();
    use_everything(&client).await;
    soon(client.cancel()).await.unwrap();
    soon(reading).await.unwrap()
}

async fn use_everything(client: &RunningService<RoleClient, ()>) {
    let call = async |name: String, arguments: Map<String, Value>| {
        // Many of these calls fail, and failures are logged too.
        let _ = soon(client.call_tool(CallToolRequestParams::new(name).with_arguments(arguments))).await;
    };
    for tool in soon(client.list_all_tools()).await.unwrap() {
        for arguments in [marked(&tool), wrong(&tool)] {
            call(tool.name.to_string(), arguments).await;
        }
    }
    for (tool, arguments) in customers_way() {
        call(tool.to_owned(), arguments.as_object().unwrap().clone()).await;
    }
    call(format!("no-tool-{MARK}"), Map::new()).await;
    let prompt = json!({"user_message": MARK, "graph": MARK});
    for arguments in [prompt, json!({"user_message": MARK})] {
        let params =
            GetPromptRequestParams::new("customer_service").with_arguments(arguments.as_object().unwrap().clone());
        let _ = soon(client.get_prompt(params)).await;
    }
    let _ = soon(client.read_resource(ReadResourceRequestParams::new(format!("taskgraph://{MARK}")))).await;
}

/// Calls that succeed in the sandbox, so that the marks reach HubSpot and come back.
fn customers_way() -> [(&'static str, Value); 6] {
    let email = format!("{MARK}@example.com");
    [
        ("find_contact_by_email", json!({"email": email, "chat": MARK})),
        ("find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": MARK})),
        ("create_ticket", json!({"cus_cid": "84246479604", "issue": MARK, "subject": MARK})),
        ("create_ticket", json!({"cus_cid": "84246479604", "issue": "It beeps.", "pipeline": MARK})),
        ("check_available", json!({"owner_id": "117001", "time_zone": MARK, "meeting_date": MARK})),
        (
            "create_meeting",
            json!({"cus_fname": MARK, "cus_lname": MARK, "cus_email": email, "meeting_date": "next Tuesday",
            "meeting_start_time": "13:00", "duration": 30, "slug": "richtech/veronica-chen", "time_zone": "America/New_York"}),
        ),
    ]
}

/// Arguments that fit the schema, marked wherever a text is allowed.
fn marked(tool: &Tool) -> Map<String, Value> {
    let properties = tool.input_schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    properties.iter().map(|(name, schema)| (name.clone(), value(name, schema))).collect()
}

fn value(name: &str, schema: &Value) -> Value {
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("integer" | "number") => json!(30),
        Some("boolean") => json!(true),
        Some("array") => json!([value(name, &schema["items"])]),
        Some("object") => json!({MARK: MARK}),
        _ if name.contains("email") => json!(format!("{MARK}@example.com")),
        _ => json!(MARK),
    }
}

/// The same arguments with a value of the wrong type everywhere, for the errors of the argument parser.
fn wrong(tool: &Tool) -> Map<String, Value> {
    marked(tool).into_iter().map(|(name, _)| (name, json!({MARK: [MARK]}))).collect()
}

/// A client that starts the server with a pipe for stderr and never reads it, as some do.
#[tokio::test]
async fn an_unread_log_blocks_no_call() {
    /// Each call writes more than 200 bytes of log; a pipe holds 64 KiB.
    const CALLS: usize = 1_000;
    let mut process = frontdesk(&["stdio", "--sandbox", "--log", "debug", "--log-format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params":
        {"name": "find_contact_by_email", "arguments": {"email": "sarah@gmail.com"}}});
    for message in std::iter::once(&hello).chain(std::iter::repeat_n(&call, CALLS)) {
        input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
        let answer = soon(lines.next_line()).await.unwrap().unwrap();
        assert!(answer.contains("result"), "{answer}");
    }
    drop(input);
    assert!(soon(process.wait()).await.unwrap().success());
}

/// What cannot be read is no end of the conversation.
#[cfg(unix)]
#[tokio::test]
async fn an_input_that_cannot_be_read_ends_the_process_with_an_error() {
    let folder = std::fs::File::open("/").unwrap();
    let mut command = frontdesk(&["stdio", "--sandbox"]);
    let output = soon(command.stdin(Stdio::from(folder)).stdout(Stdio::null()).output()).await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("input could not be read"), "{said}");
}

/// Set for the process in which `panics_when_told` panics.
const PANIC: &str = "FRONTDESK_TEST_PANIC";

/// Not a test by itself: another test starts this one alone, in a process of its own.
#[test]
fn panics_when_told() {
    let Ok(format) = std::env::var(PANIC) else { return };
    let format = if format == "json" { Format::Json } else { Format::Text };
    let _log = telemetry::start("info", format).unwrap();
    telemetry::log_panics();
    let panicking = std::thread::Builder::new().name("worker".into()).spawn(|| panic!("{MARK} called"));
    assert!(panicking.unwrap().join().is_err());
}

#[tokio::test]
async fn a_panic_is_one_log_line_with_its_place_and_without_its_text() {
    for format in ["text", "json"] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "logs::panics_when_told", "--nocapture"]).env(PANIC, format);
        let output = soon(command.output()).await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let lines: Vec<_> = said.lines().filter(|line| line.contains("tests/it/logs.rs:")).collect();
        assert!(lines.len() == 1 && lines[0].contains("worker") && !said.contains(MARK), "{said}");
        if format == "json" {
            let line: Value = serde_json::from_str(lines[0]).unwrap();
            assert_eq!((&line["level"], &line["thread"]), (&json!("ERROR"), &json!("worker")));
        }
    }
}
