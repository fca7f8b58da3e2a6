//! The Rust SDK's client: both eras on stdio and Streamable HTTP. It has no HTTP+SSE transport any more.
//!
//! Like every client here it prints one JSON line per step; the harness compares them with what is expected.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rmcp::model::{
    CallToolRequest, CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, ClientRequest,
    ElicitRequestParams, ElicitResult, ElicitationAction, GetPromptRequestParams, Implementation, ProtocolVersion,
    ReadResourceRequestParams, ResourceContents,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, PeerRequestOptions, RequestContext, RunningService};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{ClientHandler, ErrorData, RoleClient};
use serde_json::{Map, Value, json};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

/// The longest a step may take; a step that hangs has failed.
const STEP_MAX: Duration = Duration::from_secs(20);
/// The longest the server may take to abort the request of a cancelled call.
const DROP_MAX: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(20);

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    rustls::crypto::ring::default_provider().install_default().map_err(|_| "a second TLS provider")?;
    let mut words = std::env::args().skip(1);
    let task: Value = serde_json::from_str(&words.next().ok_or("no task given")?)?;
    let steps: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(words.next().ok_or("no steps given")?)?)?;
    let session = match connect(&task, "desk").await {
        Ok(session) => session,
        Err(error) => return show("connect", &json!({"failed": error.to_string()})),
    };
    let version = session.client.peer_info().map(|info| info.protocol_version.to_string());
    show("connect", &json!({"seen": {"version": version}}))?;
    for step in &steps {
        let outcome = match timeout(STEP_MAX, act(step, &session, &task)).await {
            Ok(Ok(seen)) => json!({"seen": seen}),
            Ok(Err(error)) => json!({"failed": error.to_string()}),
            Err(_) => json!({"failed": "the step hangs"}),
        };
        show(step["step"].as_str().unwrap_or_default(), &outcome)?;
    }
    timeout(STEP_MAX, session.client.cancel()).await??;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the harness reads this process's standard output")]
fn show(step: &str, outcome: &Value) -> Result<(), Error> {
    let mut line = outcome.clone();
    line["step"] = json!(step);
    println!("{}", serde_json::to_string(&line)?);
    Ok(())
}

async fn act(step: &Value, session: &Session, task: &Value) -> Result<Value, Error> {
    match step["kind"].as_str() {
        Some("list") => list(session).await,
        Some("call") => call(step, session).await,
        Some("prompt") => prompt(step, session).await,
        Some("resource") => resource(step, session).await,
        Some("cancel") => cancel(step, task).await,
        other => Err(format!("no client does {other:?}").into()),
    }
}

async fn list(session: &Session) -> Result<Value, Error> {
    let tools: Vec<_> = session.client.list_all_tools().await?.into_iter().map(|tool| tool.name).collect();
    let prompts: Vec<_> = session.client.list_all_prompts().await?.into_iter().map(|prompt| prompt.name).collect();
    let resources: Vec<_> =
        session.client.list_all_resources().await?.into_iter().map(|found| found.uri.clone()).collect();
    Ok(json!({"tools": tools, "prompts": prompts, "resources": resources}))
}

async fn call(step: &Value, session: &Session) -> Result<Value, Error> {
    let given = prepared(step, session).await?;
    *session.asked.lock().expect("no other holder panics") = Asked { count: 0, answer: step["answer"].clone() };
    let mut seen = result(&session.client.call_tool(request(step, &given)).await?);
    if step.get("answer").is_some() {
        seen["asked"] = json!(session.asked.lock().expect("no other holder panics").count);
    }
    Ok(seen)
}

/// An argument `$name` is the field `name` of another tool's answer.
async fn prepared(step: &Value, session: &Session) -> Result<Map<String, Value>, Error> {
    let mut given = object(&step["arguments"]);
    let Some(before) = step.get("before") else { return Ok(given) };
    let found = result(&session.client.call_tool(request(before, &object(&before["arguments"]))).await?);
    let take = before["take"].as_str().unwrap_or_default();
    for value in given.values_mut().filter(|value| **value == json!(format!("${take}"))) {
        *value = found["structured"][take].clone();
    }
    Ok(given)
}

async fn prompt(step: &Value, session: &Session) -> Result<Value, Error> {
    let name = step["prompt"].as_str().unwrap_or_default();
    let given = GetPromptRequestParams::new(name).with_arguments(object(&step["arguments"]));
    let answer = session.client.get_prompt(given).await?;
    let texts = answer.messages.iter().filter_map(|message| message.content.as_text());
    Ok(json!({"text": texts.map(|text| text.text.as_str()).collect::<String>()}))
}

async fn resource(step: &Value, session: &Session) -> Result<Value, Error> {
    let uri = step["uri"].as_str().unwrap_or_default();
    match session.client.read_resource(ReadResourceRequestParams::new(uri)).await?.contents.first() {
        Some(ResourceContents::TextResourceContents { text, mime_type, .. }) => {
            Ok(json!({"text": text, "mime_type": mime_type}))
        }
        other => Err(format!("expected a text, got {other:?}").into()),
    }
}

/// Calls a tool whose HubSpot never answers, cancels the call, and checks that the server aborts its request.
async fn cancel(step: &Value, task: &Value) -> Result<Value, Error> {
    let slow = connect(task, "slow").await?;
    let asked = ClientRequest::from(CallToolRequest::new(request(step, &object(&step["arguments"]))));
    let running = slow.client.send_cancellable_request(asked, PeerRequestOptions::no_options()).await?;
    until(task, STEP_MAX, |waiting| waiting > 0).await?;
    let start = Instant::now();
    running.cancel(Some("by intent".into())).await?;
    let ended_ms = start.elapsed().as_millis() as u64;
    let dropped = until(task, DROP_MAX, |waiting| waiting == 0).await.is_ok();
    let tools = slow.client.list_all_tools().await?;
    slow.client.cancel().await?;
    Ok(json!({"ended_ms": ended_ms, "hubspot_request_dropped": dropped, "still_answers": !tools.is_empty()}))
}

/// Waits until the silent HubSpot has the expected number of pending requests.
async fn until(task: &Value, most: Duration, holds: impl Fn(u64) -> bool) -> Result<(), Error> {
    let url = format!("{}/waiting", task["silent"].as_str().unwrap_or_default());
    let http = reqwest::Client::new();
    let end = Instant::now() + most;
    while Instant::now() < end {
        if holds(http.get(&url).send().await?.text().await?.parse()?) {
            return Ok(());
        }
        sleep(POLL).await;
    }
    Err(format!("not so within {most:?}").into())
}

struct Session {
    client: RunningService<RoleClient, Answering>,
    asked: Arc<Mutex<Asked>>,
}

async fn connect(task: &Value, target: &str) -> Result<Session, Error> {
    let asked = Arc::new(Mutex::new(Asked::default()));
    let handler = Answering(asked.clone());
    let (target, era) = (&task[target], era(&task["era"]));
    let client = match task["transport"].as_str() {
        Some("stdio") => handler.serve_with_lifecycle(process(target)?, era).await?,
        Some("http") => handler.serve_with_lifecycle(over_http(target), era).await?,
        other => return Err(format!("there is no transport {other:?}").into()),
    };
    Ok(Session { client, asked })
}

fn era(name: &Value) -> ClientLifecycleMode {
    let preferred_versions = vec![ProtocolVersion::LATEST];
    match name.as_str() {
        Some("modern") => ClientLifecycleMode::Discover { preferred_versions },
        Some("auto") => ClientLifecycleMode::Auto { preferred_versions, legacy_version: None },
        _ => ClientLifecycleMode::Initialize,
    }
}

fn process(target: &Value) -> Result<TokioChildProcess, Error> {
    let words: Vec<_> = target["command"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (program, arguments) = words.split_first().ok_or("the command is empty")?;
    let settings =
        object(&target["env"]).into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(settings);
    let (process, _) = TokioChildProcess::builder(command).stderr(Stdio::null()).spawn()?;
    Ok(process)
}

fn over_http(target: &Value) -> StreamableHttpClientTransport<reqwest::Client> {
    let config = StreamableHttpClientTransportConfig::with_uri(target["url"].as_str().unwrap_or_default());
    StreamableHttpClientTransport::with_client(reqwest::Client::new(), config)
}

/// The client's answer to elicitations, and how often it was asked.
#[derive(Default)]
struct Asked {
    count: u32,
    answer: Value,
}

struct Answering(Arc<Mutex<Asked>>);

impl ClientHandler for Answering {
    async fn create_elicitation(
        &self,
        _: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let mut asked = self.0.lock().expect("no other holder panics");
        asked.count += 1;
        Ok(ElicitResult::new(ElicitationAction::Accept).with_content(asked.answer.clone()))
    }

    fn get_info(&self) -> ClientConfig {
        let capabilities = ClientCapabilities::builder().enable_elicitation().build();
        ClientConfig::new(capabilities, Implementation::new("frontdesk-clients", "1"))
    }
}

fn request(step: &Value, given: &Map<String, Value>) -> CallToolRequestParams {
    let tool = step["tool"].as_str().unwrap_or_default().to_owned();
    CallToolRequestParams::new(tool).with_arguments(given.clone())
}

/// A tool's result as the harness reads it.
fn result(answer: &CallToolResult) -> Value {
    let texts = answer.content.iter().filter_map(|part| part.as_text()).map(|text| text.text.as_str());
    let is_error = answer.is_error == Some(true);
    json!({"is_error": is_error, "text": texts.collect::<String>(), "structured": answer.structured_content})
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
