//! The configuration of MCP clients whose server uses a login.

use std::path::Path;

use frontdesk::cli::setup::clients::{self, Secret};
use frontdesk::config::McpClient;
use serde_json::json;

const CLIENTS: [McpClient; 4] = [McpClient::Claude, McpClient::ClaudeCode, McpClient::Vscode, McpClient::Cursor];

/// A login needs the secret of its app where others need a token.
#[test]
fn a_login_asks_for_the_client_secret_of_its_app() {
    let secret = Some(Secret::ClientSecret);
    for client in CLIENTS {
        let entry =
            clients::entry(client, "frontdesk", Path::new("/bin/frontdesk"), &["stdio".into()], secret).unwrap();
        assert_eq!(entry.env.keys().collect::<Vec<_>>(), ["HUBSPOT_CLIENT_SECRET"], "{client:?}");
        let asks = entry.input.as_ref().map(|question| question["id"].clone());
        assert_eq!(asks, (client == McpClient::Vscode).then(|| json!("hubspot_client_secret")), "{client:?}");
        let next = clients::next_step(client, secret);
        assert!(next.contains("client secret") || next.contains("HUBSPOT_CLIENT_SECRET"), "{next}");
    }
}
