//! The client of the language model that the settings name.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::known_secrets;
use http::HeaderName;
use secrecy::{ExposeSecret, SecretString};

use super::secret_file;
use crate::chat::brain::model::client::ModelClient;
use crate::chat::brain::model::endpoint::{Endpoint, InvalidEndpoint};
use crate::chat::brain::model::options::{InvalidKey, KeyHeader, Options, TokenKey};
use crate::config::{self, EchoReasoning, MODEL_KEY_VARIABLES, ModelSettings, ModelTokenKey};
use http_client::{InvalidBaseUrl, Network};

/// A setting of the model that cannot be used. Nothing of a key or an address is part of it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The base address of the model's API is invalid.
    #[error("`--model-url` cannot be used: {0}")]
    Endpoint(#[from] InvalidEndpoint),
    /// The address, as the HTTP client sees it.
    #[error("`--model-url` cannot be used: {0}")]
    Network(#[from] InvalidBaseUrl),
    /// An address was given without the name of a model.
    #[error("`--model-url` needs `--model`, the name of the model at that address")]
    NoName,
    /// The name of the header.
    #[error("`--model-key-header` is not the name of a header")]
    KeyHeader,
    /// The API key has characters that a header cannot hold.
    #[error("the model's key cannot be used: {0}")]
    Key(#[from] InvalidKey),
    /// The key file cannot be read: its path and the reason.
    #[error("`--model-key-file {0}`: {1}")]
    KeyFile(PathBuf, String),
}

/// The client; `None` where no model is wanted. The key comes from its file, or from the first variable that holds one.
///
/// # Errors
/// The setting that cannot be used.
pub fn client(
    settings: &ModelSettings,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<ModelClient>, Error> {
    let Some(options) = options(settings, variable)? else { return Ok(None) };
    let network = Network::new(&options.endpoint.origin)?;
    Ok(Some(ModelClient::new(Arc::new(network), options)))
}

fn options(settings: &ModelSettings, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Options>, Error> {
    let Some(url) = &settings.model_url else { return Ok(None) };
    let endpoint = Endpoint::parse(url.as_str())?;
    let model = settings.model.as_deref().map(str::trim).filter(|name| !name.is_empty()).ok_or(Error::NoName)?;
    let header: HeaderName = settings.model_key_header.trim().parse().map_err(|_| Error::KeyHeader)?;
    let key = key(settings, variable)?.map(|key| KeyHeader::new(header, &key)).transpose()?;
    let token_key = match settings.model_token_key {
        ModelTokenKey::MaxCompletionTokens => Some(TokenKey::MaxCompletionTokens),
        ModelTokenKey::MaxTokens => Some(TokenKey::MaxTokens),
        ModelTokenKey::None => None,
    };
    Ok(Some(Options {
        endpoint,
        model: model.to_owned(),
        key,
        token_limit: token_key.zip(settings.model_max_tokens),
        reasoning_effort: settings.model_reasoning_effort.clone(),
        echo_reasoning: settings.model_echo_reasoning == EchoReasoning::Auto,
        timeout: Duration::from_secs(settings.model_timeout),
        extra_body: settings.model_extra_body.clone().unwrap_or_default().0,
    }))
}

fn key(settings: &ModelSettings, variable: impl Fn(&str) -> Option<String>) -> Result<Option<SecretString>, Error> {
    let key = match &settings.model_key_file {
        Some(file) => Some(secret_file::read(file).map_err(|why| Error::KeyFile(file.clone(), why))?),
        None => config::secret(&MODEL_KEY_VARIABLES, variable),
    };
    key.iter().for_each(|key| known_secrets::remember(key.expose_secret()));
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        model: ModelSettings,
    }

    fn options_of(line: &[&str], key: &'static str) -> Result<Option<Options>, String> {
        let line = ["frontdesk"].iter().chain(line);
        let settings = Line::try_parse_from(line).unwrap().model;
        let variable = |name: &str| (name == "OPENAI_API_KEY").then(|| key.to_owned());
        options(&settings, variable).map_err(|error| error.to_string())
    }

    const HERE: [&str; 4] = ["--model-url", "http://localhost:11434/v1", "--model", "qwen3"];

    #[test]
    fn settings_become_the_options_of_a_client() {
        let line = [&HERE[..], &["--model-max-tokens", "300", "--model-token-key", "max_tokens"]].concat();
        let options = options_of(&line, "sk-secret").unwrap().unwrap();
        assert_eq!(options.endpoint.target, "/v1/chat/completions");
        assert_eq!(options.token_limit, Some((TokenKey::MaxTokens, 300)));
        assert!(options.echo_reasoning);
        let shown = format!("{options:?}");
        assert!(shown.contains("authorization: …") && !shown.contains("sk-secret"), "{shown}");
        assert!(options_of(&[], "").unwrap().is_none());
        assert!(options_of(&HERE, "").unwrap().unwrap().key.is_none(), "a local model needs none");
        let none = [&HERE[..], &["--model-max-tokens", "300", "--model-token-key", "none"]].concat();
        assert_eq!(options_of(&none, "").unwrap().unwrap().token_limit, None);
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_named_without_a_secret() {
        let far = ["--model-url", "http://10.0.0.7/v1?key=s3cret", "--model", "m"];
        let nameless = ["--model-url", "http://localhost/v1", "--model", " "];
        let header = [&HERE[..], &["--model-key-header", "a b"]].concat();
        let missing = [&HERE[..], &["--model-key-file", "/nowhere/key"]].concat();
        let cases: [(&[&str], &'static str, &str); 5] = [
            (&far, "", "`--model-url` cannot be used: beyond this machine"),
            (&nameless, "", "needs `--model`"),
            (&header, "", "not the name of a header"),
            (&missing, "", "/nowhere/key"),
            (&HERE, "s3cret\nkey", "characters that no HTTP header can hold"),
        ];
        for (line, key, why) in cases {
            let refused = options_of(line, key).unwrap_err();
            assert!(refused.contains(why) && !refused.contains("s3cret"), "{refused}");
        }
    }

    #[test]
    fn a_file_of_a_key_comes_before_variables() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let line = [&HERE[..], &["--model-key-file", file.to_str().unwrap()]].concat();
        fs::write(&file, " \n").unwrap();
        assert!(options_of(&line, "sk-env").unwrap_err().contains("it is empty"));
        fs::write(&file, "sk-file\n").unwrap();
        assert!(options_of(&line, "sk-env\nbroken").unwrap().unwrap().key.is_some(), "the variable was not read");
    }
}
