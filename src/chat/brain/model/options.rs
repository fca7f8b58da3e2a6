//! The choices of the operator about a model.

use std::fmt;
use std::time::Duration;

use http::{HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::endpoint::Endpoint;

/// The time of one call, unless the operator says otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// An endpoint, a model, and how it is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The model's name.
    pub model: String,
    /// The header with the key, where one is needed.
    pub key: Option<KeyHeader>,
    /// The most tokens of an answer, and the name of that field. Without it the server's own limit holds.
    pub token_limit: Option<(TokenKey, u32)>,
    /// The `reasoning_effort` to ask for.
    pub reasoning_effort: Option<String>,
    /// Send a model's own reasoning back to it within a turn, which some need and some refuse.
    pub echo_reasoning: bool,
    /// The longest time of one call.
    pub timeout: Duration,
    /// Further fields of every request; they win over ours.
    pub extra_body: Map<String, Value>,
}

/// The name of the field that limits an answer's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKey {
    /// `max_completion_tokens`: OpenAI, Azure, Groq, Gemini, Anthropic.
    MaxCompletionTokens,
    /// `max_tokens`: Mistral, Ollama, DeepSeek, llama.cpp, older vLLM.
    MaxTokens,
}

impl TokenKey {
    /// The field's name.
    pub fn name(self) -> &'static str {
        match self {
            TokenKey::MaxCompletionTokens => "max_completion_tokens",
            TokenKey::MaxTokens => "max_tokens",
        }
    }

    /// The other name.
    #[must_use]
    pub fn other(self) -> TokenKey {
        match self {
            TokenKey::MaxCompletionTokens => TokenKey::MaxTokens,
            TokenKey::MaxTokens => TokenKey::MaxCompletionTokens,
        }
    }
}

/// A header with a key, which no log shows.
#[derive(Clone)]
pub struct KeyHeader {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

/// A key with characters that no header can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it has characters that no HTTP header can hold")]
pub struct InvalidKey;

impl KeyHeader {
    /// A key as a bearer token, or as it stands in a header of another name, such as Azure's `api-key`.
    ///
    /// # Errors
    /// [`InvalidKey`]; it repeats nothing of the key.
    pub fn new(name: HeaderName, key: &SecretString) -> Result<KeyHeader, InvalidKey> {
        let key = key.expose_secret();
        let text = if name == header::AUTHORIZATION { format!("Bearer {key}") } else { key.to_owned() };
        let mut value = HeaderValue::from_str(&text).map_err(|_| InvalidKey)?;
        value.set_sensitive(true);
        Ok(KeyHeader { name, value })
    }
}

impl fmt::Debug for KeyHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: …", self.name)
    }
}
