//! No customer data and no secret is ever logged: every tool is called with marked values at the most verbose log
//! level, and everything the process writes beside the protocol is searched for the marks.

use std::process::Stdio;
use std::time::Duration;

use rmcp::model::{CallToolRequestParams, GetPromptRequestParams, ReadResourceRequestParams, Tool};
use rmcp::service::RunningService;
use rmcp::transport::TokioChildProcess;
use rmcp::{RoleClient, ServiceExt};
use serde_json::{Map, Value, json};
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;

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
