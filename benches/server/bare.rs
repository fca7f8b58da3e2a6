//! The floor: a bare rmcp server with reqwest and no policy, against which Frontdesk is measured.
//!
//! It has two tools: one that does nothing, and one that reads a contact from HubSpot with a single GET. The bench's own
//! binary runs it as `bare stdio HUBSPOT_ADDRESS` or `bare http HUBSPOT_ADDRESS`.

use std::sync::Arc;

use axum::serve::ListenerExt;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, JsonObject, ListToolsResult, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService, stdio};
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::Error;
use crate::load::{NO_OP, READ};
use crate::process::HUBSPOT_TOKEN;

#[derive(Clone)]
struct Bare {
    http: reqwest::Client,
    hubspot: Arc<str>,
}

pub(crate) async fn serve(transport: &str, hubspot: &str) -> Result<(), Error> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Bare { http: reqwest::Client::new(), hubspot: hubspot.into() };
    if transport == "stdio" {
        server.serve(stdio()).await?.waiting().await?;
        return Ok(());
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    eprintln!("listening on http://{}/mcp", listener.local_addr()?);
    let config = StreamableHttpServerConfig::default().with_json_response(true);
    let service = StreamableHttpService::new(move || Ok(server.clone()), LocalSessionManager::default().into(), config);
    // As every server that answers small messages does; without it, an event stream waits for delayed acknowledgements.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    Ok(axum::serve(listener, axum::Router::new().nest_service("/mcp", service)).await?)
}

impl ServerHandler for Bare {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let schema = JsonObject::from_iter([("type".to_owned(), json!("object"))]);
        let tool = |name| Tool::new(name, "A tool of the bare server.", schema.clone());
        Ok(ListToolsResult::with_all_items(vec![tool(NO_OP), tool(READ)]))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let answer = if request.name == NO_OP { json!({}) } else { self.owner(&request).await.map_err(internal)? };
        Ok(CallToolResult::structured(answer).into())
    }
}

impl Bare {
    async fn owner(&self, request: &CallToolRequestParams) -> Result<Value, Error> {
        let id = request.arguments.as_ref().and_then(|arguments| arguments["cus_cid"].as_str()).unwrap_or_default();
        let url = format!("{}/crm/objects/2026-09/contacts/{id}?properties=hubspot_owner_id", self.hubspot);
        let answer = self.http.get(url).bearer_auth(HUBSPOT_TOKEN).send().await?.error_for_status()?;
        let contact: Value = answer.json().await?;
        Ok(json!({"contact_id": contact["id"], "owner_id": contact["properties"]["hubspot_owner_id"]}))
    }
}

fn internal(error: Error) -> ErrorData {
    ErrorData::internal_error(error.to_string(), None)
}
