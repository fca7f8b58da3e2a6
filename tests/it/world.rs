//! A client, the server and a sandbox in one process, on a clock that only tests move.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::clock::Clock;
use frontdesk::app::shipped_documents;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::mcp::{Server, stdio};
use frontdesk::tool::Ctx;
use frontdesk::tool::Registry;
use frontdesk::tool::policy::ToolPolicy;
use http_client::{HttpClient, InProcess};
use hubspot_client::{self, HubSpot};
use hubspot_sandbox::{self, Sandbox};
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt};
use serde_json::Value;
use taskgraph::collection::Taskgraphs;
use tokio::io::DuplexStream;
use tokio_util::sync::CancellationToken;

use crate::handoff::desk::by_ticket;

/// A Sunday morning in New York.
pub(crate) const NOW: &str = "2026-11-22T15:00:00Z";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: RunningService<RoleClient, ()>,
    /// The server's HubSpot client.
    pub(crate) hubspot: HubSpot,
}

impl World {
    pub(crate) async fn new() -> World {
        World::with(hubspot_sandbox::Settings::default(), hubspot_client::Settings::default()).await
    }

    pub(crate) async fn with(sandbox: hubspot_sandbox::Settings, hubspot: hubspot_client::Settings) -> World {
        let (sandbox, hubspot, clock) = sandbox_and_client(sandbox, hubspot);
        World { client: connect(server(hubspot.clone(), clock)).await, sandbox, hubspot }
    }

    /// A world that serves the tools of the autopilot's operator too.
    pub(crate) async fn operating() -> World {
        let (sandbox, hubspot, clock) = sandbox_and_client(Default::default(), Default::default());
        World { client: connect(with_every_tool(server(hubspot.clone(), clock))).await, sandbox, hubspot }
    }

    /// A world at this time, or at [`NOW`], as it is where an operator has chosen nothing.
    pub(crate) async fn at(now: Option<DateTime<Utc>>) -> World {
        let now = now.unwrap_or_else(|| NOW.parse().unwrap());
        let (sandbox, hubspot, clock) = sandbox_and_client_at(now, Default::default(), Default::default());
        let server = server(hubspot.clone(), clock).with_policy(Arc::new(ToolPolicy::default()));
        World { client: connect(server).await, sandbox, hubspot }
    }

    /// A world with the operator's choices, and a hand-off by tickets.
    pub(crate) async fn under(policy: ToolPolicy) -> World {
        World::with_policy_as_it_is(ToolPolicy { handoff: by_ticket().handoff, ..policy }).await
    }

    /// A world with these choices alone.
    pub(crate) async fn with_policy_as_it_is(policy: ToolPolicy) -> World {
        let (sandbox, hubspot, clock) =
            sandbox_and_client(hubspot_sandbox::Settings::default(), hubspot_client::Settings::default());
        let server = server(hubspot.clone(), clock).with_policy(std::sync::Arc::new(policy));
        World { client: connect(server).await, sandbox, hubspot }
    }

    /// A server with its sandbox, for tests that connect clients of their own.
    pub(crate) fn server() -> Server {
        let (_, hubspot, clock) =
            sandbox_and_client(hubspot_sandbox::Settings::default(), hubspot_client::Settings::default());
        server(hubspot, clock)
    }

    /// Calls a tool; `Err` is the error that the model reads.
    pub(crate) async fn call(&self, tool: &'static str, arguments: Value) -> Result<Value, Value> {
        let arguments = arguments.as_object().unwrap().clone();
        read(self.client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.unwrap())
    }

    /// Calls a tool that must fail, and returns the error code.
    pub(crate) async fn code(&self, tool: &'static str, arguments: Value) -> String {
        let error = self.call(tool, arguments.clone()).await.expect_err(&format!("{tool} {arguments}"));
        for field in ["code", "message", "hint"] {
            assert!(error[field].as_str().is_some_and(|text| !text.is_empty()), "no {field} in {error}");
        }
        error["code"].as_str().unwrap().to_owned()
    }

    /// The requests to HubSpot since the last call, as `METHOD path`.
    pub(crate) fn requests(&self) -> Vec<String> {
        let sent = self.sandbox.requests().iter().map(|sent| format!("{} {}", sent.method, sent.path)).collect();
        self.sandbox.clear_requests();
        sent
    }
}

/// Every tool that an operator can have served.
pub(crate) fn every_tool() -> Registry {
    frontdesk::tools::all().with(frontdesk::autopilot::tools::all())
}

/// The same server with all of them.
pub(crate) fn with_every_tool(server: Server) -> Server {
    server.with_tools(frontdesk::autopilot::tools::all())
}

/// A sandbox, and a HubSpot client of it on the same clock.
pub(crate) fn sandbox_and_client(
    sandbox: hubspot_sandbox::Settings,
    hubspot: hubspot_client::Settings,
) -> (Sandbox, HubSpot, Clock) {
    sandbox_and_client_at(NOW.parse().unwrap(), sandbox, hubspot)
}

fn sandbox_and_client_at(
    now: DateTime<Utc>,
    sandbox: hubspot_sandbox::Settings,
    hubspot: hubspot_client::Settings,
) -> (Sandbox, HubSpot, Clock) {
    let sandbox = Sandbox::new(hubspot_sandbox::Settings { now: Some(now), ..sandbox });
    let clock = Clock::starting_at(now);
    let hubspot = HubSpot::new(InProcess(sandbox.router()), Some(sandbox.token().into()), hubspot, clock);
    (sandbox, hubspot, clock)
}

/// The shipped taskgraphs, which all servers of the tests share, as the desks of one process do.
pub(crate) fn taskgraphs() -> Arc<Taskgraphs> {
    static SHIPPED: LazyLock<Arc<Taskgraphs>> =
        LazyLock::new(|| Arc::new(frontdesk::app::taskgraphs::load(None).unwrap()));
    SHIPPED.clone()
}

pub(crate) fn server(hubspot: HubSpot, clock: Clock) -> Server {
    let taskgraphs = taskgraphs();
    let ctx = Ctx::new(hubspot, clock).with_documents(shipped_documents::documents());
    let server = Server::new(ctx, taskgraphs, CallLimits::new(Duration::from_secs(30)));
    server.with_policy(Arc::new(by_ticket()))
}

/// Connects a real client over a pipe, line by line as over standard streams.
pub(crate) async fn connect(server: Server) -> RunningService<RoleClient, ()> {
    ().serve(serve(server)).await.unwrap()
}

/// Serves on a pipe and returns the client's end.
pub(crate) fn serve(server: Server) -> DuplexStream {
    let (near, far) = tokio::io::duplex(1 << 16);
    let (input, output) = tokio::io::split(far);
    tokio::spawn(async move { stdio::serve_on(server, input, output, CancellationToken::new()).await.unwrap() });
    near
}

/// Failures are text only, because clients validate structured content against the output schema.
pub(crate) fn read(result: CallToolResult) -> Result<Value, Value> {
    let text = &result.content[0].as_text().unwrap().text;
    let shown: Value = serde_json::from_str(text).unwrap();
    if result.is_error == Some(true) {
        assert_eq!(result.structured_content, None);
        return Err(shown);
    }
    assert_eq!(result.structured_content.as_ref(), Some(&shown), "the text is a copy of the structured content");
    Ok(shown)
}

/// Sends a request to the sandbox directly, as another user's change.
pub(crate) async fn ask_sandbox(world: &World, method: &str, path: &str, body: Value) -> Value {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {}", world.sandbox.token()))
        .header("content-type", "application/json")
        .body(bytes::Bytes::from(body.to_string()))
        .unwrap();
    let answer = InProcess(world.sandbox.router()).send(request).await.unwrap();
    let status = answer.status();
    assert!(status.is_success(), "{method} {path}: {status} {:?}", answer.body());
    serde_json::from_slice(answer.body()).unwrap_or_default()
}
