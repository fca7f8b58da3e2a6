//! The chat page and the contact assistant that the settings ask for: their file, its secrets, and their desks.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::clock::Clock;
use domain::known_secrets;
use http_client::{HttpClient, InvalidBaseUrl, Network};
use secrecy::{ExposeSecret, SecretString};

use super::secret_file;
use crate::chat::desk::{ChatDesk, DeskSettings, NewBrain, UnknownGraph};
use crate::config::{self, CLAIM_SECRET_VARIABLE, WEBHOOK_SECRET_VARIABLE};
use crate::events::public_url::PublicUrl;
use crate::hours::calendar::Hours;
use crate::mcp::Server;
use crate::toml_file::InvalidFile;
use crate::web::assistant::routes::ContactAssistant;
use crate::web::chat_page::ChatPage;
use crate::web::settings::{FromFile, Settings, WebhookTarget};
use crate::web::settings_file;
use crate::web::visit::decisions::Decisions;

/// Fewest bytes of the secret that signs claims about visitors.
const SECRET_BYTES_MIN: usize = 32;

/// A setting of the page that cannot be used. No secret is part of it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("--chat-settings {0}: {1}")]
    File(PathBuf, std::io::Error),
    /// Its content.
    #[error("--chat-settings {0}: {1}")]
    Settings(PathBuf, InvalidFile),
    /// A file of a secret.
    #[error("the secret of the chat's {0}, `{1}`: {2}")]
    SecretFile(&'static str, PathBuf, String),
    /// A secret that is guessed too easily.
    #[error(
        "the secret of the chat's {0} is shorter than {SECRET_BYTES_MIN} bytes: make one with `openssl rand -base64 32`"
    )]
    ShortSecret(&'static str),
    /// A webhook without a secret.
    #[error(
        "--chat-settings {0}: the webhook has no secret: set `{WEBHOOK_SECRET_VARIABLE}`, or `secret_file` below `[webhook]`"
    )]
    NoWebhookSecret(PathBuf),
    /// The webhook's address.
    #[error("the chat's webhook cannot be used: {0}")]
    Webhook(#[from] InvalidBaseUrl),
    /// The taskgraph.
    #[error(transparent)]
    Graph(#[from] UnknownGraph),
}

/// Reads the settings, with their secrets; masked from now on in all that is said.
///
/// # Errors
/// [`Error`].
pub fn settings(file: Option<&Path>, variable: impl Fn(&str) -> Option<String>) -> Result<Settings, Error> {
    let (read, folder) = match file {
        None => (FromFile::default(), PathBuf::new()),
        Some(file) => {
            let text = fs::read_to_string(file).map_err(|error| Error::File(file.to_owned(), error))?;
            let read = settings_file::read(&text).map_err(|error| Error::Settings(file.to_owned(), error))?;
            (read, file.parent().map(Path::to_owned).unwrap_or_default())
        }
    };
    let FromFile { settings, claim_secret_file, webhook_url, webhook_secret_file } = read;
    let secret = |of: &'static str, file: Option<PathBuf>, name: &str| match file {
        Some(file) => {
            let file = folder.join(file);
            secret_file::read(&file).map(Some).map_err(|why| Error::SecretFile(of, file, why))
        }
        None => Ok(config::secret(&[name], &variable)),
    };
    let claim_secret = secret("claims", claim_secret_file, CLAIM_SECRET_VARIABLE)?;
    let claim_secret = claim_secret.map(|secret| checked("claims", secret)).transpose()?;
    let webhook = match webhook_url {
        None => None,
        Some(url) => {
            let secret = secret("webhook", webhook_secret_file, WEBHOOK_SECRET_VARIABLE)?;
            let secret = checked(
                "webhook",
                secret.ok_or_else(|| Error::NoWebhookSecret(file.map(Path::to_owned).unwrap_or_default()))?,
            )?;
            Some(WebhookTarget { url, secret })
        }
    };
    Ok(Settings { claim_secret, webhook, ..settings })
}

fn checked(of: &'static str, secret: SecretString) -> Result<SecretString, Error> {
    known_secrets::remember(secret.expose_secret());
    if secret.expose_secret().len() < SECRET_BYTES_MIN { Err(Error::ShortSecret(of)) } else { Ok(secret) }
}

/// The page of a desk on this server. Without a brain, the one without a model answers. With `decisions`, what is decided is
/// kept there.
///
/// # Errors
/// The taskgraph, or the webhook's address.
pub async fn page(
    server: Server,
    settings: Settings,
    desk: DeskSettings,
    brain: Option<NewBrain>,
    hours: Arc<Hours>,
    public_url: Option<&PublicUrl>,
    decisions: Option<Decisions>,
) -> Result<Arc<ChatPage>, Error> {
    let desk = desk_with(server, desk, brain).await?.with_other_way(settings.brand.address.clone());
    let receiver = settings.webhook.as_ref().map(|target| Network::new(&target.url.origin().ascii_serialization()));
    let receiver = receiver.transpose()?.map(|network| Arc::new(network) as Arc<dyn HttpClient>);
    let own_origin = public_url.map(PublicUrl::origin);
    let settings = Settings { hours, own_origin, ..settings };
    Ok(Arc::new(ChatPage::telling(desk, settings, Clock::System, receiver, decisions)))
}

/// The contact assistant of a desk on this server, with a brain as for [`page`].
///
/// # Errors
/// The taskgraph.
pub async fn assistant(
    server: Server,
    settings: Settings,
    desk: DeskSettings,
    brain: Option<NewBrain>,
    hours: Arc<Hours>,
) -> Result<Arc<ContactAssistant>, Error> {
    let desk = desk_with(server, desk, brain).await?;
    Ok(Arc::new(ContactAssistant::new(desk, Settings { hours, ..settings }, Clock::System)))
}

async fn desk_with(server: Server, desk: DeskSettings, brain: Option<NewBrain>) -> Result<ChatDesk, UnknownGraph> {
    let desk = ChatDesk::new(server, desk).await?;
    Ok(match brain {
        Some(brain) => desk.with_brain(brain),
        None => desk,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, set: &[(&str, &str)]) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("chat.toml"), text).unwrap();
        fs::write(folder.path().join("long.secret"), "a".repeat(SECRET_BYTES_MIN)).unwrap();
        fs::write(folder.path().join("short.secret"), "s3cret").unwrap();
        let variable = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        settings(Some(&folder.path().join("chat.toml")), variable).map_err(|error| error.to_string())
    }

    #[test]
    fn secrets_come_from_a_file_beside_the_settings_or_from_the_environment() {
        let own = "b".repeat(SECRET_BYTES_MIN);
        let both = "[claims]\nsecret_file = \"long.secret\"\n[webhook]\nurl = \"https://hooks.example/x\"";
        let settings = read(both, &[(WEBHOOK_SECRET_VARIABLE, &own)]).unwrap();
        assert_eq!(settings.claim_secret.unwrap().expose_secret(), "a".repeat(SECRET_BYTES_MIN));
        assert_eq!(settings.webhook.unwrap().secret.expose_secret(), own);
        assert!(read("", &[(CLAIM_SECRET_VARIABLE, &own)]).unwrap().claim_secret.is_some());
        assert!(super::settings(None, |_| None).unwrap().claim_secret.is_none());
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_named_without_a_secret() {
        for (text, part) in [
            ("[claims]\nsecret_file = \"short.secret\"", "shorter than 32 bytes"),
            ("[claims]\nsecret_file = \"missing.secret\"", "missing.secret"),
            ("[webhook]\nurl = \"https://hooks.example\"", "FRONTDESK_CHAT_WEBHOOK_SECRET"),
            ("[brand]\ncolour = \"blue\"", "chat.toml: line 2"),
        ] {
            let refused = read(text, &[]).unwrap_err();
            assert!(refused.contains(part) && !refused.contains("s3cret"), "{refused}");
        }
        let missing = super::settings(Some(Path::new("/nowhere/chat.toml")), |_| None).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/chat.toml"), "{missing}");
    }
}
