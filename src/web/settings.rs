//! The settings of the chat page: its brand, texts, privacy notice, the pages that show it, and its limits.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderName;
use secrecy::SecretString;
use url::Url;

use super::colour::Colour;
use super::texts::OwnTexts;
use crate::hours::calendar::Hours;

/// The settings, all of which have defaults.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The company, as customers see it.
    pub brand: Brand,
    /// The operator's own texts.
    pub texts: OwnTexts,
    /// The page with the privacy policy.
    pub privacy_url: Option<Url>,
    /// The origins whose pages may show the chat, such as `https://shop.example.com`.
    pub origins: Vec<String>,
    /// The secret that signs claims of host pages; without it none is believed.
    pub claim_secret: Option<SecretString>,
    /// Where events of conversations are sent.
    pub webhook: Option<WebhookTarget>,
    /// The limits.
    pub limits: VisitorLimits,
    /// The header in which a proxy of the operator's says who the visitor is.
    pub proxy_header: Option<HeaderName>,
    /// The address of this server from outside, for the origin of its own page behind a proxy.
    pub own_origin: Option<String>,
    /// When people answer.
    pub hours: Arc<Hours>,
    /// The name of this replica among those behind one address, which the tokens of its conversations begin with.
    pub replica: Option<String>,
}

/// The company, as customers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
    /// How it is reached without the chat: an e-mail address, an `https` address or a phone number.
    pub address: Option<String>,
}

/// The receiver of events.
#[derive(Clone, Debug)]
pub struct WebhookTarget {
    /// The address.
    pub url: Url,
    /// The secret that signs them.
    pub secret: SecretString,
}

/// The most that visitors may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitorLimits {
    /// Conversations at once.
    pub conversations: usize,
    /// Those of one address.
    pub conversations_per_address: usize,
    /// Conversations that one address begins in a minute.
    pub starts_per_minute: u32,
    /// Messages of one address in a minute.
    pub messages_per_minute: u32,
    /// The bytes that all conversations hold together, about. The idle ones end before there are more.
    pub bytes: usize,
    /// Those of the conversations of one address.
    pub bytes_per_address: usize,
    /// Minutes after which an idle conversation is forgotten.
    pub idle_minutes: u64,
}

impl VisitorLimits {
    /// The time after which an idle conversation is forgotten.
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_minutes.saturating_mul(60))
    }
}

impl Default for VisitorLimits {
    fn default() -> VisitorLimits {
        VisitorLimits {
            conversations: 2_000,
            conversations_per_address: 50,
            starts_per_minute: 20,
            messages_per_minute: 60,
            bytes: 192 << 20,
            bytes_per_address: 24 << 20,
            idle_minutes: 60,
        }
    }
}

impl Default for Brand {
    fn default() -> Brand {
        Brand { name: "Chat".to_owned(), colour: Colour::default(), address: None }
    }
}

/// The settings as the file has them: secrets are named and not read yet.
#[derive(Clone, Debug, Default)]
pub struct FromFile {
    /// The settings without secrets.
    pub settings: Settings,
    /// The file with the secret of claims.
    pub claim_secret_file: Option<PathBuf>,
    /// The receiver of events.
    pub webhook_url: Option<Url>,
    /// The file with its secret.
    pub webhook_secret_file: Option<PathBuf>,
}
