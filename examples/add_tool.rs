//! Adds a tool to the server and calls it through a real MCP client in this process.
//!
//! `cargo run --example add_tool`

#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use std::error::Error;

use domain::code::Code;
use domain::email::Email;
use frontdesk::app::App;
use frontdesk::config::Settings;
use frontdesk::mcp::stdio;
use frontdesk::tool::{Ctx, Effect, Tool, ToolEntry, ToolError};
use rmcp::ServiceExt;
use rmcp::model::CallToolRequestParams;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::sync::CancellationToken;

const PIPE_BYTES: usize = 64 * 1024;

/// Tell since when a person is in HubSpot.
///
/// The model reads this comment, and the comments of the arguments.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CustomerSince {
    /// The customer's e-mail address, for example `sarah@gmail.com`.
    email: Email,
}

#[derive(Serialize, JsonSchema)]
struct Since {
    /// ISO 8601, UTC.
    since: Option<String>,
}

impl Tool for CustomerSince {
    const NAME: &'static str = "customer_since";
    const TITLE: &'static str = "Tell since when a person is in HubSpot";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    type Output = Since;

    async fn call(self, ctx: &Ctx) -> Result<Since, ToolError> {
        let contact = ctx.hubspot.contacts().by_email(&self.email, &[]).await?;
        let nobody = || ToolError::new(Code::UserNotFound, "no contact has this address", "ask for another address");
        Ok(Since { since: contact.ok_or_else(nobody)?.created_at })
    }
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let app = App::new(&Settings::demo(), None)?; // With the embedded HubSpot.
    let server = app.server.with_tools(vec![ToolEntry::of::<CustomerSince>()]);

    let (client_end, server_end) = tokio::io::duplex(PIPE_BYTES);
    let (input, output) = tokio::io::split(server_end);
    let serving = tokio::spawn(stdio::serve_on(server, input, output, CancellationToken::new()));

    let client = ().serve(client_end).await?;
    let arguments = json!({"email": "sarah@gmail.com"}).as_object().cloned().unwrap_or_default();
    let result = client.call_tool(CallToolRequestParams::new("customer_since").with_arguments(arguments)).await?;
    let answer = result.structured_content.ok_or("the call failed")?;
    assert!(answer["since"].is_string(), "{answer}");
    println!("{answer}");

    client.cancel().await?;
    Ok(serving.await??)
}
