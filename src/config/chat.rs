//! Settings of `frontdesk chat`.

use std::path::PathBuf;

use clap::builder::{BoolishValueParser, RangedU64ValueParser};
use clap::{Args, ValueEnum};

use super::model::ModelSettings;
use crate::chat::conversation::{WINDOW_MESSAGES, WINDOW_TOKENS};

/// Settings of `frontdesk chat`.
#[derive(Args, Clone, Debug)]
pub struct ChatSettings {
    /// The brain that answers; without it a language model where --model-url names one, else the one that needs no model.
    #[arg(long, env = "FRONTDESK_BRAIN", value_name = "BRAIN")]
    pub brain: Option<ChatBrain>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show a comment on it as help")]
    pub model: ModelSettings,
    /// The taskgraph to follow, such as `contacts`; without it the only one there is, or `frontdesk`.
    #[arg(long, env = "FRONTDESK_CHAT_GRAPH", value_name = "NAME")]
    pub graph: Option<String>,
    /// A TOML file with the assistant's `name`, `tone`, and lists of what it does (`do`) and does not (`dont`), for a model.
    #[arg(long, env = "FRONTDESK_PERSONA", value_name = "FILE")]
    pub persona: Option<PathBuf>,
    /// Believe who the person at this terminal says they are, and let them ask about any customer; --sandbox sets it.
    #[arg(long, env = "FRONTDESK_TRUST_CLAIMED", value_parser = BoolishValueParser::new())]
    pub trust_claimed: bool,
    /// Treat the person at this terminal as a visitor whom nobody knows, also with --sandbox.
    #[arg(long, conflicts_with = "trust_claimed")]
    pub claimed: bool,
    /// The earlier messages that a model is shown.
    #[arg(long, value_name = "MESSAGES", default_value_t = WINDOW_MESSAGES as u64, value_parser = RangedU64ValueParser::<u64>::new().range(0..=200))]
    pub window_messages: u64,
    /// The most tokens of them.
    #[arg(long, value_name = "TOKENS", default_value_t = WINDOW_TOKENS as u64, value_parser = RangedU64ValueParser::<u64>::new().range(0..=100_000))]
    pub window_tokens: u64,
    /// Read the messages from this file, one a line, and end after the last; the exit code is 1 if one was not answered.
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Write the conversation into this file too, one JSON line for each message; a file that is there goes on.
    #[arg(long, value_name = "FILE")]
    pub transcript: Option<PathBuf>,
    /// Show the arguments and the answers of tools whole.
    #[arg(long)]
    pub verbose: bool,
}

/// A brain of the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChatBrain {
    /// Matches words, without a model
    Lexical,
    /// A language model; the other one answers when it is down
    Model,
}
