//! The MCP server: the only module that names `rmcp`.
//!
//! A client reaches it over [`stdio`] or [`http`]; both serve the same [`Server`], which lists and calls tools,
//! reads resources and gives prompts.

pub mod guard;
pub mod http;
pub mod stdio;

mod auth;
mod calling;
mod definition;
mod hosts;
mod line;
mod progress;
mod prompt;
mod question;
mod resource;
mod schema;
mod state;
mod walk_resource;

use std::sync::Arc;

use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, GetPromptRequestParams,
    GetPromptResponse, Implementation, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, Tool as Definition,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use secrecy::SecretString;
use serde_json::Value;
use state::Signer;
use tokio::time::Instant;
use tracing::info;

use crate::taskgraph::collection::Taskgraphs;
use crate::tool::{Ctx, Entry, ToolError};
use crate::tools;
use guard::Guard;

/// How long a client may keep a list: they change only with the server's version and flags.
const LIST_TTL_MS: u64 = 3_600_000;

/// How to use the desk, for the model. Clients cut it off at 2 KB.
const INSTRUCTIONS: &str = include_str!("instructions.md");

/// What every session shares. A clone is a few pointers.
#[derive(Clone, Debug)]
pub struct Server {
    ctx: Ctx,
    tools: Arc<Vec<Entry>>,
    definitions: Arc<Vec<Definition>>,
    taskgraphs: Arc<Taskgraphs>,
    guard: Guard,
    signer: Signer,
}

impl Server {
    pub fn new(ctx: Ctx, taskgraphs: Arc<Taskgraphs>, guard: Guard) -> Server {
        let tools = tools::all();
        let definitions = Arc::new(tools.iter().map(definition::of).collect());
        let ctx = Ctx { taskgraphs: taskgraphs.clone(), ..ctx };
        Server { ctx, tools: Arc::new(tools), definitions, taskgraphs, guard, signer: Signer::new() }
    }

    /// The same server with more tools behind its own.
    #[must_use]
    pub fn with_tools(mut self, more: Vec<Entry>) -> Server {
        self.tools = Arc::new(tools::all().into_iter().chain(more).collect());
        self.definitions = Arc::new(self.tools.iter().map(definition::of).collect());
        self
    }

    /// Signs what clients carry between a question and its answer with a key that all replicas share.
    pub fn with_state_key(mut self, key: &SecretString) -> Result<Server, state::KeyTooShort> {
        self.signer = Signer::with_key(key)?;
        Ok(self)
    }
}

/// The one line of a call.
fn report(tool: &str, result: &Result<Value, ToolError>, started: Instant, ctx: &Ctx) {
    let usage = ctx.hubspot.usage();
    let code = result.as_ref().map_or_else(|error| error.code.as_str(), |_| "ok");
    info!(
        tool,
        code,
        duration_ms = started.elapsed().as_millis() as u64,
        hubspot_requests = usage.requests,
        attempts = usage.attempts,
        waited_ms = usage.waited.as_millis() as u64,
        "Answered `{tool}`."
    );
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_prompts().enable_resources().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("frontdesk", env!("CARGO_PKG_VERSION")).with_title("Frontdesk"))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.definitions.as_ref().clone();
        Ok(ListToolsResult::with_all_items(tools).with_ttl_ms(LIST_TTL_MS).with_cache_scope(CacheScope::Private))
    }

    fn get_tool(&self, name: &str) -> Option<Definition> {
        self.definitions.iter().find(|definition| definition.name == name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let name = request.name.clone();
        tokio::select! {
            answer = self.call(request, &context) => answer.unwrap_or_else(|| Err(unknown("tool", &name))),
            // Nobody reads the answer of a cancelled call. A write under way goes on behind the one door.
            () = context.ct.cancelled() => Err(ErrorData::internal_error("the call was cancelled", None)),
        }
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let resources = resource::list(&self.taskgraphs);
        Ok(ListResourcesResult::with_all_items(resources)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let templates = [resource::templates(), walk_resource::templates()].concat();
        Ok(ListResourceTemplatesResult::with_all_items(templates)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let result = match self.read_walk(&request.uri).await {
            // What a session stands at changes with every step.
            Some(result) => return Ok(result?.with_ttl_ms(0).with_cache_scope(CacheScope::Private).into()),
            None => resource::read(&self.taskgraphs, &request.uri)?,
        };
        Ok(result.with_ttl_ms(LIST_TTL_MS).with_cache_scope(CacheScope::Private).into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompt::list())
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompt::get(&self.taskgraphs, &request.name, &request.arguments.unwrap_or_default()).map(Into::into)
    }
}

/// A failure as the model sees it. It goes out as text alone: clients hold structured content, also that of a failure,
/// against the tool's output schema and would show a schema error in its place (TypeScript SDK 1.x).
fn shown(error: &ToolError) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(error.to_json().to_string())])
}

fn unknown(kind: &str, name: &str) -> ErrorData {
    let name: String = name.chars().take(80).collect();
    ErrorData::invalid_params(format!("there is no {kind} `{name}`"), None)
}
