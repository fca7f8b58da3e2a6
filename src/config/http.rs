//! The settings of `frontdesk http`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{BoolishValueParser, RangedU64ValueParser};
use clap::{Args, ValueEnum};
use domain::address_range::AddressRange;
use secrecy::SecretString;

use super::chat_page::ChatPageSettings;
use super::model::ModelSettings;
use super::webhook::WebhookSettings;

/// The largest number that a flag takes.
const NUMBER_MAX: u64 = 1_000_000;

/// The longest name of a replica.
const REPLICA_CHARACTERS_MAX: usize = 16;

/// The bytes of a body that may be allowed: more would let one request take more memory than all others.
const BODY_BYTES: std::ops::RangeInclusive<u64> = 16 * 1024..=4 * 1024 * 1024;

/// The longest delay of the end: what stops a service kills it soon after.
const DRAIN_SECONDS_MAX: u64 = 300;

/// Settings of `frontdesk http`.
#[derive(Args, Clone, Debug)]
pub struct HttpSettings {
    /// Where to listen; an address beyond this machine needs a bearer token.
    #[arg(long, env = "FRONTDESK_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:8765")]
    pub bind: SocketAddr,
    /// The bearer token callers must send; better set by the environment than by the flag.
    #[arg(long, env = "FRONTDESK_AUTH_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub auth_token: Option<SecretString>,
    /// A file of tokens with names, rights and limits, readable by you alone, in a folder that only you can write; SIGHUP
    /// reads it again. `frontdesk token new` makes its entries.
    #[arg(long, env = "FRONTDESK_AUTH_FILE", value_name = "FILE")]
    pub auth_file: Option<PathBuf>,
    /// A name this server is called by, beside localhost; may be repeated.
    #[arg(long, env = "FRONTDESK_ALLOWED_HOSTS", value_name = "HOST", value_delimiter = ',')]
    pub allowed_host: Vec<String>,
    /// An origin whose web pages may call this server, beside this machine's; may be repeated.
    #[arg(long, env = "FRONTDESK_ALLOWED_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    pub allowed_origin: Vec<String>,
    /// The address or network (`10.0.0.0/8`) of a proxy in front: from there alone `X-Forwarded-For` says who the client is;
    /// may be repeated.
    #[arg(long, env = "FRONTDESK_TRUSTED_PROXIES", value_name = "ADDRESS", value_delimiter = ',')]
    pub trusted_proxy: Vec<AddressRange>,
    /// Seconds between the signal to stop, from which on `/readyz` says 503 and other replicas have the leases, and the end
    /// of taking calls: time for a proxy to notice.
    #[arg(long, env = "FRONTDESK_DRAIN_DELAY", value_name = "SECONDS", default_value_t = 0,
        value_parser = RangedU64ValueParser::<u64>::new().range(0..=DRAIN_SECONDS_MAX))]
    pub drain_delay: u64,
    /// Leave out the old HTTP+SSE transport at /sse and /messages.
    #[arg(long, env = "FRONTDESK_NO_SSE", value_parser = BoolishValueParser::new())]
    pub no_sse: bool,
    /// Requests of one caller in a second; by default 200 where callers have tokens, and no limit on this machine.
    #[arg(long, env = "FRONTDESK_CALLS_PER_SECOND", value_name = "NUMBER", value_parser = number::<u32>())]
    pub calls_per_second: Option<u32>,
    /// Calls of one caller at once, the others wait; by default 256 where callers have tokens.
    #[arg(long, env = "FRONTDESK_CALLS_AT_ONCE", value_name = "NUMBER", value_parser = number::<usize>())]
    pub calls_at_once: Option<usize>,
    /// Bytes of a request's body.
    #[arg(long, env = "FRONTDESK_BODY_MAX", value_name = "BYTES", default_value_t = 512 * 1024,
        value_parser = RangedU64ValueParser::<usize>::new().range(BODY_BYTES))]
    pub body_max: usize,
    /// Sessions of clients before 2026-07-28: `auto` also serves those that do not send their session id back, where what they
    /// ask needs none; `required` refuses them.
    #[arg(long, env = "FRONTDESK_SESSIONS", value_name = "MODE", value_enum, default_value_t)]
    pub sessions: Sessions,
    /// Sessions of clients before 2026-07-28, on each of the two transports; of the caller with the most, the one not used
    /// for longest makes way for a new one.
    #[arg(long, env = "FRONTDESK_SESSIONS_MAX", value_name = "NUMBER", default_value_t = 1_000, value_parser = number::<usize>())]
    pub sessions_max: usize,
    /// The name of this replica, of letters, digits and hyphens: the ids of its sessions begin with it, so that a proxy can
    /// lead their requests back.
    #[arg(long, env = "FRONTDESK_REPLICA", value_name = "NAME", value_parser = replica_name)]
    pub replica: Option<String>,
    /// Signs what clients carry between a question and its answer, 32 bytes or more and not easily guessed; the same for all
    /// replicas. Without one, replicas share a key that they keep in the store.
    #[arg(long, env = "FRONTDESK_STATE_KEY", hide_env_values = true, value_name = "KEY")]
    pub state_key: Option<SecretString>,
    /// Answer what customers write into HubSpot's inbox, as this file (TOML) says; `docs/autopilot.md` explains it. Without
    /// webhooks it asks HubSpot's inboxes every few seconds.
    #[arg(long, env = "FRONTDESK_AUTOPILOT", value_name = "SETTINGS")]
    pub autopilot: Option<PathBuf>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show a comment on it as help")]
    pub model: ModelSettings,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show a comment on it as help")]
    pub webhook: WebhookSettings,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show a comment on it as help")]
    pub page: ChatPageSettings,
}

/// The sessions of clients before 2026-07-28.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the flag explains them; clap would make a list of two lines of them")]
pub enum Sessions {
    #[default]
    Auto,
    Required,
}

/// Reads the name of a replica.
fn replica_name(text: &str) -> Result<String, String> {
    let is_name = (1..=REPLICA_CHARACTERS_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let expected = || format!("expected 1 to {REPLICA_CHARACTERS_MAX} letters, digits and hyphens");
    is_name.then(|| text.to_owned()).ok_or_else(expected)
}

/// Reads a number from 1 to [`NUMBER_MAX`].
fn number<T: TryFrom<u64>>() -> RangedU64ValueParser<T> {
    RangedU64ValueParser::new().range(1..=NUMBER_MAX)
}
