//! The settings of the page where customers chat.

use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;

use super::chat::ChatBrain;

/// The variables that may hold the secret of host pages' claims, and that of webhooks.
pub const CLAIM_SECRET_VARIABLE: &str = "FRONTDESK_CHAT_CLAIM_SECRET";
/// The variable that may hold the secret of the chat's webhooks.
pub const WEBHOOK_SECRET_VARIABLE: &str = "FRONTDESK_CHAT_WEBHOOK_SECRET";

/// Settings of the chat page.
#[derive(Args, Clone, Debug)]
pub struct ChatPageSettings {
    /// Serve a page where customers chat, at `/chat`, a script that puts it on other pages, at `/chat.js`, and their
    /// interface, below `/chat/api`: docs/chat-page.md.
    #[arg(long, env = "FRONTDESK_CHAT", value_parser = BoolishValueParser::new())]
    pub chat: bool,
    /// Serve a page where staff search, add and change contacts, at `/assistant`; they sign in with a token of this server, whose
    /// rights hold: docs/chat-page.md. It needs --auth-token or --auth-file.
    #[arg(long, env = "FRONTDESK_ASSISTANT", value_parser = BoolishValueParser::new())]
    pub assistant: bool,
    /// The taskgraph that the assistant follows.
    #[arg(long, env = "FRONTDESK_ASSISTANT_GRAPH", value_name = "NAME", default_value = "contacts")]
    pub assistant_graph: String,
    /// A TOML file with the page's brand, texts, privacy notice, origins, webhook and limits.
    #[arg(long, env = "FRONTDESK_CHAT_SETTINGS", value_name = "FILE", requires = "chat")]
    pub chat_settings: Option<PathBuf>,
    /// The brain that answers customers; without it a language model where --model-url names one, else the one that needs
    /// no model.
    #[arg(long, env = "FRONTDESK_BRAIN", value_name = "BRAIN")]
    pub brain: Option<ChatBrain>,
    /// The taskgraph that the chat follows; without it the only one there is, or `frontdesk`.
    #[arg(long, env = "FRONTDESK_CHAT_GRAPH", value_name = "NAME")]
    pub graph: Option<String>,
    /// A TOML file with the assistant's `name`, `tone`, and lists of what it does (`do`) and does not (`dont`), for a model.
    #[arg(long, env = "FRONTDESK_PERSONA", value_name = "FILE")]
    pub persona: Option<PathBuf>,
    /// Whom visitors meet whom nobody knows: an owner's id, address or name. Without it they cannot book, but with
    /// --sandbox.
    #[arg(long, env = "FRONTDESK_REPRESENTATIVE", value_name = "OWNER")]
    pub representative: Option<String>,
}
