//! The server with the embedded HubSpot, and an MCP client that is connected to it.

use std::collections::BTreeMap;
use std::time::Duration;

use rmcp::model::{CallToolRequestParams, ReadResourceRequestParams, ResourceContents};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::error::Error;
use super::transcript::DemoTranscript;
use crate::app::App;
use crate::app::events::Running;
use crate::autopilot::operator;
use crate::autopilot::settings::file;
use crate::chat::limits::TurnLimits;
use crate::config::{HandoffChoice, Settings};
use crate::mcp::{Server, stdio};
use hubspot_sandbox::Sandbox;

/// The bytes that the pipe between client and server holds.
const PIPE_BYTES: usize = 64 * 1024;

/// The pause between two looks at what people do in HubSpot: nobody is to wait in a demo.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The settings of the autopilot that answers HubSpot's inbox.
const AUTOPILOT: &str = include_str!("autopilot.toml");

/// The types of records that the conversations create, each with the property that names a record.
const LEFT_BEHIND: [(&str, &str); 5] = [
    ("communications", "hs_communication_body"),
    ("tickets", "subject"),
    ("meetings", "hs_meeting_title"),
    ("tasks", "hs_task_subject"),
    ("notes", "hs_note_body"),
];

pub(super) struct DemoClient {
    /// The server, which the chat of the demo calls in this process.
    desk: Server,
    client: RunningService<RoleClient, ()>,
    sandbox: Sandbox,
    server: tokio::task::JoinHandle<Result<(), stdio::Error>>,
    /// The looks at conversations that people have.
    looks: Running,
    before: BTreeMap<&'static str, Vec<Value>>,
}

impl DemoClient {
    /// Starts both, connected by a pipe that is used like stdin and stdout.
    pub(super) async fn open() -> Result<DemoClient, Error> {
        let start = |error: &dyn std::fmt::Display| Error::Start(error.to_string());
        let settings = Settings { handoff: HandoffChoice::Ticket, ..Settings::demo() };
        let mut app = App::new(&settings, None).map_err(|error| start(&error))?;
        app.events.look_at_handoffs_every(LOOK_EVERY);
        let autopilot = file::read(AUTOPILOT, &[]).map_err(|error| start(&error))?;
        app.answer_embedded("demo", autopilot, TurnLimits::default().time).await.map_err(|error| start(&error))?;
        let sandbox = app.sandbox.ok_or_else(|| Error::Start("the demo has no sandbox".into()))?;
        let (near, far) = tokio::io::duplex(PIPE_BYTES);
        let desk = app.server.clone();
        let server = tokio::spawn(serve(app.server, far));
        let client = ().serve(near).await.map_err(|error| start(&error))?;
        let before = LEFT_BEHIND.iter().map(|(kind, _)| (*kind, sandbox.records(kind))).collect();
        let looks = app.events.start();
        Ok(DemoClient { desk, client, sandbox, server, looks, before })
    }

    /// The server that the client is connected to.
    pub(super) fn desk(&self) -> Server {
        self.desk.clone()
    }

    /// The embedded HubSpot.
    pub(super) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Calls a tool and prints the call, its answer and the requests to HubSpot.
    pub(super) async fn call(
        &self,
        transcript: &mut DemoTranscript<'_>,
        tool: &'static str,
        arguments: Value,
    ) -> Result<Value, Error> {
        let (answer, requests) = self.watch(tool, &arguments).await?;
        transcript.call(tool, &arguments)?;
        transcript.answer(&answer)?;
        transcript.requests(&requests)?;
        Ok(answer)
    }

    /// Calls a tool; the second part of the result lists the requests to HubSpot.
    pub(super) async fn watch(&self, tool: &'static str, arguments: &Value) -> Result<(Value, Vec<String>), Error> {
        self.sandbox.clear_requests();
        let answer = self.ask(tool, arguments).await?;
        let requests = self.sandbox.requests();
        Ok((answer, requests.iter().map(|sent| format!("{} {}", sent.method, sent.path)).collect()))
    }

    /// Calls a tool. A failure of the tool is an error here.
    pub(super) async fn ask(&self, tool: &'static str, arguments: &Value) -> Result<Value, Error> {
        let given = arguments.as_object().cloned().unwrap_or_default();
        let failed = |answer: String| Error::Step { tool: tool.to_owned(), answer };
        let result = self.client.call_tool(CallToolRequestParams::new(tool).with_arguments(given)).await;
        let result = result.map_err(|error| failed(error.to_string()))?;
        let texts = result.content.iter().filter_map(|part| part.as_text()).map(|text| text.text.as_str());
        let shown = texts.collect::<String>();
        result.structured_content.filter(|_| result.is_error != Some(true)).ok_or_else(|| failed(shown))
    }

    /// The greeting in the company's taskgraph.
    pub(super) async fn greeting(&self) -> Result<String, Error> {
        let failed = |answer: String| Error::Step { tool: "taskgraph://hubspot".into(), answer };
        let read = self.client.read_resource(ReadResourceRequestParams::new("taskgraph://hubspot")).await;
        let read = read.map_err(|error| failed(error.to_string()))?;
        let Some(ResourceContents::TextResourceContents { text, .. }) = read.contents.first() else {
            return Err(failed("no text".into()));
        };
        let graph: Value = serde_json::from_str(text).map_err(|error| failed(error.to_string()))?;
        let greeting = graph["nodes"][0][1]["attribute"]["value"].as_str();
        greeting.map(str::to_owned).ok_or_else(|| failed("the first node says nothing".into()))
    }

    pub(super) async fn tools(&self) -> Result<Vec<String>, Error> {
        let tools = self.client.list_all_tools().await.map_err(|error| Error::Start(error.to_string()))?;
        Ok(tools.into_iter().map(|tool| tool.name.into_owned()).collect())
    }

    /// The customers' messages that the autopilot has left to people.
    pub(super) async fn silences(&self) -> Result<i64, Error> {
        let counts =
            operator::report(&self.desk.context().store, 2).await.map_err(|error| Error::Start(error.to_string()))?;
        Ok(counts.iter().filter(|count| count.outcome == "silent").map(|count| count.messages).sum())
    }

    pub(super) fn changes(&self) -> Changes {
        let added = |kind: &str| {
            let known = &self.before[kind];
            self.sandbox.records(kind).into_iter().filter(|record| !known.contains(record)).collect()
        };
        Changes(LEFT_BEHIND.iter().map(|(kind, title)| (*kind, *title, added(kind))).collect())
    }

    pub(super) async fn close(self) -> Result<(), Error> {
        let _ = self.client.cancel().await;
        let served = self.server.await;
        self.looks.end().await;
        match served {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Error::Start(error.to_string())),
            Err(error) => Err(Error::Start(error.to_string())),
        }
    }
}

async fn serve(server: Server, pipe: tokio::io::DuplexStream) -> Result<(), stdio::Error> {
    let (input, output) = tokio::io::split(pipe);
    stdio::serve_on(server, input, output, CancellationToken::new()).await
}

/// The new records: their type, the property that names a record, and the records.
pub(super) struct Changes(Vec<(&'static str, &'static str, Vec<Value>)>);

impl Changes {
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |kind: &str, title: &str, record: &Value| {
            let id = record["id"].as_str().unwrap_or_default();
            let name = record["properties"][title].as_str().unwrap_or_default();
            format!("  new in {kind}: {id} \"{name}\"")
        };
        self.0
            .iter()
            .flat_map(|(kind, title, added)| added.iter().map(move |record| line(kind, title, record)))
            .collect()
    }

    /// True if two conversations were logged, one ticket opened and one meeting booked, each twice, a conversation logged and a
    /// ticket opened once more by the chat, one ticket handed over with a task for its owner and three notes, and a conversation
    /// noted and a meeting booked by the autopilot.
    pub(super) fn complete(&self) -> bool {
        let counts: Vec<_> = self.0.iter().map(|(_, _, added)| added.len()).collect();
        counts == [5, 4, 3, 1, 4]
    }
}
