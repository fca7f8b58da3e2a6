//! The settings of a language model, for the commands that can talk with one.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use url::Url;

use super::web_address;

/// The variables that may hold the model's key, in this order; the second is every OpenAI client's.
pub const MODEL_KEY_VARIABLES: [&str; 2] = ["FRONTDESK_MODEL_KEY", "OPENAI_API_KEY"];

/// Fields of a request that are ours alone: without them it would be another conversation, or an answer of another form.
const OWN_FIELDS: [&str; 8] =
    ["model", "messages", "tools", "tool_choice", "functions", "stream", "stream_options", "n"];

/// The choice of a model, and how it is asked.
#[derive(Args, Clone, Debug)]
pub struct ModelSettings {
    /// An OpenAI-compatible endpoint for chat completions, such as `http://localhost:11434/v1`; without it no model is
    /// asked. Its key comes from `FRONTDESK_MODEL_KEY` or `OPENAI_API_KEY`.
    #[arg(long, env = "FRONTDESK_MODEL_URL", hide_env_values = true, value_name = "URL", requires = "model",
        value_parser = web_address::of_any_scheme)]
    pub model_url: Option<Url>,
    /// The name of the model at that endpoint; it must be able to call tools.
    #[arg(long, env = "FRONTDESK_MODEL", value_name = "MODEL")]
    pub model: Option<String>,
    /// A file with the model's key in place of a variable, readable by you alone.
    #[arg(long, env = "FRONTDESK_MODEL_KEY_FILE", value_name = "FILE")]
    pub model_key_file: Option<PathBuf>,
    /// The header that holds the key: `authorization` as a bearer token, any other, such as `api-key`, as it is.
    #[arg(long, env = "FRONTDESK_MODEL_KEY_HEADER", value_name = "NAME", default_value = "authorization")]
    pub model_key_header: String,
    /// The most tokens of an answer; without it the endpoint's own limit holds.
    #[arg(long, env = "FRONTDESK_MODEL_MAX_TOKENS", value_name = "TOKENS",
        value_parser = RangedU64ValueParser::<u32>::new().range(1..=1_000_000))]
    pub model_max_tokens: Option<u32>,
    /// The name under which the endpoint takes that limit; one that it refuses is replaced by the other.
    #[arg(long, env = "FRONTDESK_MODEL_TOKEN_KEY", value_name = "KEY", value_enum, default_value_t)]
    pub model_token_key: ModelTokenKey,
    /// The `reasoning_effort` to ask for, such as `low`; without it the model's own.
    #[arg(long, env = "FRONTDESK_MODEL_REASONING_EFFORT", value_name = "EFFORT")]
    pub model_reasoning_effort: Option<String>,
    /// Send a model's own reasoning back to it within a turn: some need that; `never` for those that refuse it.
    #[arg(long, env = "FRONTDESK_MODEL_ECHO_REASONING", value_name = "WHEN", value_enum, default_value_t)]
    pub model_echo_reasoning: EchoReasoning,
    /// The longest time of one answer; a large model on a machine without a GPU may need 300.
    #[arg(long, env = "FRONTDESK_MODEL_TIMEOUT", value_name = "SECONDS", default_value_t = 60,
        value_parser = RangedU64ValueParser::<u64>::new().range(1..=600))]
    pub model_timeout: u64,
    /// Further fields of every request, such as `{"temperature": 0}`.
    #[arg(long, env = "FRONTDESK_MODEL_EXTRA_BODY", value_name = "JSON", value_parser = extra_body)]
    pub model_extra_body: Option<ExtraBody>,
}

impl ModelSettings {
    /// The time that one turn should have: for two answers of the model, and not less than `usual`.
    pub fn turn_time(&self, usual: Duration) -> Duration {
        usual.max(Duration::from_secs(self.model_timeout.saturating_mul(2)))
    }
}

/// The name of the field that limits an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the flag explains them; clap would make a list of them")]
pub enum ModelTokenKey {
    #[default]
    MaxCompletionTokens,
    MaxTokens,
    None,
}

/// The time to send reasoning back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the flag explains them; clap would make a list of them")]
pub enum EchoReasoning {
    #[default]
    Auto,
    Never,
}

/// Fields that are added to every request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExtraBody(
    /// The fields.
    pub Map<String, Value>,
);

fn extra_body(text: &str) -> Result<ExtraBody, String> {
    let fields: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("it is not a JSON object: {error}"))?;
    match OWN_FIELDS.into_iter().find(|field| fields.contains_key(*field)) {
        Some(field) => Err(format!("`{field}` cannot be set here")),
        None => Ok(ExtraBody(fields)),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        model: ModelSettings,
    }

    fn read(line: &[&str]) -> Result<ModelSettings, String> {
        let line = ["frontdesk"].iter().chain(line);
        Line::try_parse_from(line).map(|line| line.model).map_err(|error| error.to_string())
    }

    #[test]
    fn a_model_has_an_address_and_a_name() {
        let settings = read(&["--model-url", "http://localhost:11434/v1", "--model", "qwen3"]).unwrap();
        assert_eq!(settings.model.as_deref(), Some("qwen3"));
        assert_eq!(settings.model_timeout, 60);
        assert!(read(&["--model-url", "http://localhost:11434/v1"]).unwrap_err().contains("--model <MODEL>"));
        assert!(read(&[]).unwrap().model_url.is_none());
        let usual = Duration::from_secs(120);
        assert_eq!(settings.turn_time(usual), usual);
        assert_eq!(read(&["--model-timeout", "300"]).unwrap().turn_time(usual), Duration::from_secs(600));
    }

    #[test]
    fn settings_that_cannot_be_meant_are_refused() {
        for (line, why) in [
            (["--model-url", "https://me:secret@host/v1"], "no user name"),
            (["--model-url", "host"], "not a web address"),
            (["--model-timeout", "0"], "1..=600"),
            (["--model-max-tokens", "0"], "1..=1000000"),
            (["--model-token-key", "tokens"], "max_completion_tokens, max_tokens, none"),
            (["--model-extra-body", "[]"], "not a JSON object"),
            (["--model-extra-body", "{\"stream\": true}"], "`stream` cannot be set"),
        ] {
            let refused = read(&line).unwrap_err();
            assert!(refused.contains(why), "{line:?}: {refused}");
        }
    }
}
