//! Every setting: flag, environment variable, default and one line of explanation.
//!
//! A switch is set by its flag, or in the environment to `true`, `1`, `yes` or `on`. Secrets come from the environment, so
//! that they stand in no process list and no shell history. `child_process_flags` writes them as flags for another process.

mod autopilot;
mod chat;
mod chat_page;
mod child_process_flags;
mod handoff;
mod handoff_channel;
mod http;
mod login;
mod lookups;
mod model;
mod project_files;
mod rehearse;
mod sandbox;
mod setup;
mod store_name;
mod taskgraph;
mod token;
mod web_address;
mod webhook;
mod webhook_replay;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{BoolishValueParser, RangedU64ValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use secrecy::SecretString;
use url::Url;

pub use self::autopilot::{AutopilotCommand, AutopilotSettings, ShadowSettings};
pub use self::chat::{ChatBrain, ChatSettings};
pub use self::chat_page::{CLAIM_SECRET_VARIABLE, ChatPageSettings, WEBHOOK_SECRET_VARIABLE};
pub use self::handoff::HandoffChoice;
pub use self::handoff_channel::{DEVELOPER_KEY_VARIABLE, DeveloperApp, HandoffCommand, HandoffSetup, HandoffStatus};
pub use self::http::{HttpSettings, Sessions};
pub use self::login::{
    CLIENT_SECRET_FILE_VARIABLE, LoginSettings, LogoutSettings, PORT as LOGIN_PORT, TOKEN_FILE_VARIABLE,
};
pub use self::lookups::LookupsCommand;
pub use self::model::{EchoReasoning, ExtraBody, MODEL_KEY_VARIABLES, ModelSettings, ModelTokenKey};
pub use self::project_files::ProjectFilesSettings;
pub use self::rehearse::{Customers, RehearseSettings, RehearsedBrain, ReportFormat};
pub use self::sandbox::SandboxSettings;
pub use self::setup::{McpClient, SetupSettings};
pub use self::store_name::StoreName;
pub use self::taskgraph::TaskgraphCommand;
pub use self::token::TokenCommand;
pub use self::webhook::{CLIENT_SECRET_VARIABLE, WebhookSettings};
pub use self::webhook_replay::WebhookReplaySettings;
use crate::audit::file;
use crate::events::poll::inboxes::Inboxes;
use crate::telemetry::Format;
use crate::tool::handoff_policy::HandoffPolicy;
use hubspot_client::{TicketKeys, Tier, Versions};

/// The variables that may hold the HubSpot token, in this order; other HubSpot servers read the second.
pub const TOKEN_VARIABLES: [&str; 2] = ["HUBSPOT_ACCESS_TOKEN", "PRIVATE_APP_ACCESS_TOKEN"];

/// Let any LLM agent run your HubSpot front desk, over the Model Context Protocol.
#[derive(Debug, Parser)]
#[command(name = "frontdesk", version, after_help = ENVIRONMENT)]
#[expect(missing_docs, reason = "clap would show a comment on its fields as help")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub settings: Settings,
}

const ENVIRONMENT: &str = "\
Environment:
  HUBSPOT_ACCESS_TOKEN      The HubSpot token: a service key or a private app's token (never an argument)
  HUBSPOT_ACCESS_TOKEN_FILE A file with the token instead, read again when it changes
  PRIVATE_APP_ACCESS_TOKEN  Read when neither is set, as other HubSpot servers call it
  FRONTDESK_EMBEDDINGS_KEY  The key for --embeddings-url, where it needs one
  FRONTDESK_MODEL_KEY       The key for --model-url, where it needs one
  OPENAI_API_KEY            Read when that is not set
  FRONTDESK_CHAT_CLAIM_SECRET The secret that signs claims of pages that show the chat, for --chat
  FRONTDESK_CHAT_WEBHOOK_SECRET The secret that signs the chat's webhooks
  HUBSPOT_DEVELOPER_KEY     The developer key of HubSpot's app, for `frontdesk handoff`
  HUBSPOT_CLIENT_SECRET     The client secret of HubSpot's app, for `frontdesk login` and the signatures of webhooks
  HUBSPOT_CLIENT_SECRET_FILE A file with it instead

Without a command, frontdesk serves MCP over stdin and stdout. Try `frontdesk demo` first: it needs no account.";

#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "clap would show a comment on the enum or on nested commands as help")]
pub enum Command {
    /// Serve MCP over stdin and stdout (the default).
    Stdio,
    /// Serve MCP over HTTP, at /mcp.
    Http(Box<HttpSettings>),
    /// Serve the embedded HubSpot alone, for any HubSpot client.
    #[command(args = servers_own())]
    Sandbox(SandboxSettings),
    /// Play three conversations through a real MCP client, the same three led by a taskgraph, one with the chat, and one
    /// that a person takes over: no account, no network.
    Demo,
    /// Talk with the desk in this terminal, with a model or without one; `chat --sandbox` needs no account.
    Chat(Box<ChatSettings>),
    /// Answer what customers write into HubSpot's inbox, as a file of settings says; see and steer that.
    Autopilot(Box<AutopilotSettings>),
    /// Check, show and start taskgraphs, the scripts of guided conversations.
    Taskgraph {
        #[command(subcommand)]
        command: TaskgraphCommand,
    },
    /// Make bearer tokens for callers over HTTP.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Check the look-ups that a company declares.
    Lookups {
        #[command(subcommand)]
        command: LookupsCommand,
    },
    /// Play conversations from files against a desk on the embedded HubSpot, and say what it gets wrong.
    Rehearse(Box<RehearseSettings>),
    /// Set up the channel through which conversations go to people in HubSpot's help desk.
    Handoff {
        #[command(subcommand)]
        command: HandoffCommand,
    },
    /// Write the files of a HubSpot project: an app with a token for this server that tells it of conversations.
    ProjectFiles(ProjectFilesSettings),
    /// Sign a delivery as HubSpot does and send it to a server, to try its webhooks.
    WebhookReplay(WebhookReplaySettings),
    /// Connect an app of HubSpot's on its own page, and keep the login for all commands.
    Login(LoginSettings),
    /// End the login at HubSpot, and remove its file.
    Logout(LogoutSettings),
    /// Test the token, and list its account and the tools that will work.
    Check,
    /// Write this server into an MCP client's configuration, and change nothing else there.
    Setup(SetupSettings),
    /// Print a script that completes these commands in a shell.
    Completions {
        /// The shell it is for.
        shell: clap_complete::Shell,
    },
    /// Read one document for another process of this program.
    #[command(name = "read-document", hide = true)]
    ReadDocument,
    /// Print a manual page, for `man -l -`.
    Man {
        /// The command it is about; without it, all of them in short.
        about: Option<String>,
    },
}

impl Cli {
    /// Reads the command line, together with the matches that tell which flags were given. An invalid command line is
    /// reported and ends the process.
    pub fn read() -> (Cli, ArgMatches) {
        Cli::read_from(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    fn read_from(line: impl IntoIterator<Item: Into<OsString> + Clone>) -> Result<(Cli, ArgMatches), clap::Error> {
        let mut commands = Cli::as_started();
        let given = commands.try_get_matches_from_mut(line)?;
        if let Some(("sandbox", given)) = given.subcommand() {
            let is_given = |flag: &Arg| given.value_source(flag.get_id().as_str()) == Some(ValueSource::CommandLine);
            if let Some(flag) = servers_own().into_iter().find(is_given) {
                let problem = format!("the argument '--{}' is nothing to `frontdesk sandbox`", flag.get_id());
                return Err(commands.error(ErrorKind::UnknownArgument, problem.replace('_', "-")));
            }
        }
        Ok((Cli::from_arg_matches(&given)?, given))
    }

    /// The command line definition, in which an empty environment variable counts as unset: filled-in templates leave such
    /// variables.
    fn as_started() -> clap::Command {
        let own = |command: clap::Command| command.mut_args(without_empty_variable);
        own(Cli::command()).mut_subcommands(own)
    }
}

fn without_empty_variable(arg: Arg) -> Arg {
    let value = arg.get_env().and_then(std::env::var_os);
    if value.is_some_and(|value| value.is_empty()) { arg.env(None::<&str>) } else { arg }
}

/// The common settings that the help of the sandbox command leaves out.
fn servers_own() -> Vec<Arg> {
    let all = Settings::augment_args(clap::Command::new("all"));
    let own = all.get_arguments().filter(|flag| !sandbox::USES.contains(&flag.get_id().as_str()));
    own.map(|flag| flag.clone().hide(true)).collect()
}

/// Settings of every command.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Use the embedded HubSpot: a made-up account in this process, no token needed.
    #[arg(long, global = true, env = "FRONTDESK_SANDBOX", value_parser = BoolishValueParser::new())]
    pub sandbox: bool,
    /// HubSpot's address; another region or a sandbox elsewhere.
    #[arg(long, global = true, env = "HUBSPOT_BASE_URL", value_name = "URL", default_value = "https://api.hubapi.com")]
    pub hubspot_base_url: String,
    /// The file of the login that `frontdesk login` writes and every command uses when no token is set; by default
    /// `hubspot-login.json` beside the store.
    #[arg(long, global = true, env = "HUBSPOT_CREDENTIALS", value_name = "FILE")]
    pub credentials: Option<PathBuf>,
    /// Other versions of HubSpot's API families, such as `objects=2026-03,scheduler=v3`; the others stay current.
    #[arg(long, global = true, env = "FRONTDESK_API_VERSIONS", value_name = "FAMILY=VERSION,...")]
    pub api_versions: Option<Versions>,
    /// The limits HubSpot sets for the account: free (the default), professional, enterprise, increased, oauth, unlimited;
    /// the embedded HubSpot refuses more than that where this is given.
    #[arg(long, global = true, env = "FRONTDESK_TIER", value_name = "TIER")]
    pub tier: Option<Tier>,
    /// The longest a call may take in all, in seconds: waiting for HubSpot's limits, repeats and look-ups.
    #[arg(long, global = true, env = "FRONTDESK_CALL_DEADLINE", value_name = "SECONDS", default_value_t = 30,
        value_parser = RangedU64ValueParser::<u64>::new().range(5..=120))]
    pub call_deadline: u64,
    /// The seconds for which pipelines, properties, owners and meeting links are remembered; without it 300, and 600 for
    /// properties. 0 asks HubSpot each time.
    #[arg(long, global = true, env = "FRONTDESK_CACHE_AGE", value_name = "SECONDS",
        value_parser = RangedU64ValueParser::<u64>::new().range(..=86_400))]
    pub cache_age: Option<u64>,
    /// The ticket property with unique values that makes `create_ticket` happen once however late HubSpot is: auto
    /// (HubSpot's own `hs_external_object_ids`, where the account has it), off, or a property's internal name.
    #[arg(
        long,
        global = true,
        env = "FRONTDESK_TICKET_KEYS",
        value_name = "auto|off|PROPERTY",
        default_value = "auto"
    )]
    pub ticket_keys: TicketKeys,
    /// A folder of taskgraphs (*.json) to serve; without it the shipped ones.
    #[arg(long, global = true, env = "FRONTDESK_TASKGRAPHS", value_name = "DIR")]
    pub taskgraphs: Option<PathBuf>,
    /// The store of guided conversations and of HubSpot's events: an SQLite file, `:memory:`, or a PostgreSQL database as
    /// `postgres://user@host/database`, whose password may come from `PGPASSWORD`; by default a file in the user's data
    /// folder, with --sandbox in memory.
    #[arg(long, global = true, env = "FRONTDESK_STORE", hide_env_values = true, value_name = "FILE_OR_URL")]
    pub store: Option<StoreName>,
    /// Ask HubSpot's inboxes for new messages every few seconds, for a desk without webhooks; with webhooks it is done now
    /// and then in any case, for what they lost.
    #[arg(long, global = true, env = "FRONTDESK_POLL", value_parser = BoolishValueParser::new())]
    pub poll: bool,
    /// The inboxes to ask, by id; or `all`. It implies --poll.
    #[arg(long, global = true, env = "FRONTDESK_POLL_INBOXES", value_name = "all|ID,...")]
    pub poll_inboxes: Option<Inboxes>,
    /// A file, folder or web address whose documents `search_documents` answers from; may be repeated.
    #[arg(long, global = true, env = "FRONTDESK_DOCS", value_name = "PATH_OR_URL", value_delimiter = ',')]
    pub docs: Vec<String>,
    /// The most pages to read of each web address, following its links within the site.
    #[arg(long, global = true, env = "FRONTDESK_DOCS_PAGES", value_name = "PAGES", default_value_t = 20)]
    pub docs_pages: usize,
    /// The folder that keeps the index of the documents; without it, the system's folder for caches.
    #[arg(long, global = true, env = "FRONTDESK_DOCS_INDEX", value_name = "DIR")]
    pub docs_index: Option<PathBuf>,
    /// Let documents be read from private addresses too, such as an intranet.
    #[arg(long, global = true, env = "FRONTDESK_DOCS_PRIVATE", value_parser = BoolishValueParser::new())]
    pub docs_private: bool,
    /// An OpenAI-compatible endpoint for embeddings, such as `http://localhost:11434/v1`, to find documents by meaning
    /// too; its key comes from `FRONTDESK_EMBEDDINGS_KEY`.
    #[arg(
        long,
        global = true,
        env = "FRONTDESK_EMBEDDINGS_URL",
        hide_env_values = true,
        value_name = "URL",
        value_parser = web_address::of_http
    )]
    pub embeddings_url: Option<Url>,
    /// The model that embeds.
    #[arg(
        long,
        global = true,
        env = "FRONTDESK_EMBEDDINGS_MODEL",
        value_name = "MODEL",
        default_value = "text-embedding-3-small"
    )]
    pub embeddings_model: String,
    /// Ask the person before a meeting is booked; clients that cannot ask do not get the tool that books.
    #[arg(long, global = true, env = "FRONTDESK_CONFIRM_BOOKINGS", value_parser = BoolishValueParser::new())]
    pub confirm_bookings: bool,
    /// Ask the person before a meeting is booked where their client can put a question to them; other clients book without
    /// a question.
    #[arg(long, global = true, env = "FRONTDESK_CONFIRM_BOOKINGS_IF_POSSIBLE", value_parser = BoolishValueParser::new())]
    pub confirm_bookings_if_possible: bool,
    /// Serve only the tools that change nothing in HubSpot.
    #[arg(long, global = true, env = "FRONTDESK_READ_ONLY", value_parser = BoolishValueParser::new())]
    pub read_only: bool,
    /// Serve only these tools.
    #[arg(long, global = true, env = "FRONTDESK_TOOLS", value_name = "NAME,...", value_delimiter = ',')]
    pub tools: Vec<String>,
    /// Serve all tools but these.
    #[arg(long, global = true, env = "FRONTDESK_WITHOUT", value_name = "NAME,...", value_delimiter = ',')]
    pub without: Vec<String>,
    /// Serve only the tools of these toolsets: `desk`, `conversations`, `handoff`, `operator` (of the autopilot, only where it is
    /// named); without it all of the first three that HubSpot's token permits.
    #[arg(long, global = true, env = "FRONTDESK_TOOLSETS", value_name = "NAME,...", value_delimiter = ',')]
    pub toolsets: Vec<String>,
    /// Let tools write to the customers of a live account; test and sandbox accounts need no permission.
    #[arg(long, global = true, env = "FRONTDESK_ALLOW_REPLIES", value_parser = BoolishValueParser::new())]
    pub allow_replies: bool,
    /// The HubSpot user in whose name messages to customers are sent, by user id or e-mail address; without it the user
    /// who made the token.
    #[arg(long, global = true, env = "FRONTDESK_REPLY_SENDER", value_name = "USER")]
    pub reply_sender: Option<String>,
    /// How conversations are handed over to people: `ticket` (a ticket on which they answer by notes, for any account),
    /// `channel` (HubSpot's help desk, after `frontdesk handoff setup`), or `off`.
    #[arg(long, global = true, env = "FRONTDESK_HANDOFF", value_name = "ticket|channel|off", default_value = "off")]
    pub handoff: HandoffChoice,
    /// The beginning of a note on a ticket that is for the customer.
    #[arg(long, global = true, env = "FRONTDESK_HANDOFF_MARK", value_name = "MARK",
        default_value = HandoffPolicy::MARK, value_parser = handoff::mark)]
    pub handoff_mark: String,
    /// The minutes after which a customer is told that nobody has taken their conversation yet.
    #[arg(long, global = true, env = "FRONTDESK_HANDOFF_MINUTES", value_name = "MINUTES",
        default_value_t = HandoffPolicy::MINUTES, value_parser = RangedU64ValueParser::<u64>::new().range(1..=1440))]
    pub handoff_minutes: u64,
    /// A file (TOML) that says when people answer: days, hours, zone, holidays; without it customers are told nothing of
    /// hours.
    #[arg(long, global = true, env = "FRONTDESK_HOURS", value_name = "FILE")]
    pub hours: Option<PathBuf>,
    /// A file (TOML) of look-ups: questions to other services, each served as a tool.
    #[arg(long, global = true, env = "FRONTDESK_LOOKUPS", value_name = "FILE")]
    pub lookups: Option<PathBuf>,
    /// Ask the person before anything that is in HubSpot is changed; clients that cannot ask do not get such tools.
    #[arg(long, global = true, env = "FRONTDESK_CONFIRM_WRITES", value_parser = BoolishValueParser::new())]
    pub confirm_writes: bool,
    /// Write nothing to HubSpot: every change is checked and answered with what would be sent.
    #[arg(long, global = true, env = "FRONTDESK_DRY_RUN", value_parser = BoolishValueParser::new())]
    pub dry_run: bool,
    /// List contacts also by filters that name nobody, such as everybody who was added since a day; without it only
    /// their number is told.
    #[arg(long, global = true, env = "FRONTDESK_BROAD_SEARCHES", value_parser = BoolishValueParser::new())]
    pub broad_searches: bool,
    /// Serve also the tools whose scopes the HubSpot token lacks.
    #[arg(long, global = true, env = "FRONTDESK_ALL_TOOLS", value_parser = BoolishValueParser::new())]
    pub all_tools: bool,
    /// A file that gets one JSON line for each call that changed something in HubSpot or was refused, without values or
    /// texts; while it cannot be written, such calls are refused.
    #[arg(long, global = true, env = "FRONTDESK_AUDIT", value_name = "FILE")]
    pub audit: Option<PathBuf>,
    /// Write lines about calls that change nothing too.
    #[arg(long, global = true, env = "FRONTDESK_AUDIT_READS", value_parser = BoolishValueParser::new())]
    pub audit_reads: bool,
    /// The bytes at which the file of --audit is renamed to FILE.1 and a new one begun.
    #[arg(long, global = true, env = "FRONTDESK_AUDIT_MAX_BYTES", value_name = "BYTES", default_value_t = file::BYTES_MAX, value_parser = RangedU64ValueParser::<u64>::new().range(AUDIT_BYTES_MIN..))]
    pub audit_max_bytes: u64,
    /// The renamed files of --audit that are kept; the oldest is removed.
    #[arg(long, global = true, env = "FRONTDESK_AUDIT_KEEP", value_name = "FILES", default_value_t = file::FILES_KEPT, value_parser = RangedU64ValueParser::<u32>::new().range(1..=AUDIT_FILES_MAX))]
    pub audit_keep: u32,
    /// A folder of compiled time zones (TZif) to use, such as `/usr/share/zoneinfo`; without it the newest known of the
    /// system's and those inside this program.
    #[arg(long, global = true, env = "FRONTDESK_ZONEINFO", value_name = "DIR")]
    pub zoneinfo: Option<PathBuf>,
    /// The level of logs on stderr, or levels per module; `info` by default, `warn` for the demo and the check.
    #[arg(long, global = true, env = "FRONTDESK_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// The format of log lines.
    #[arg(long, global = true, env = "FRONTDESK_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: Format,
}

impl Settings {
    /// The settings of `--sandbox` alone, without the environment.
    pub fn demo() -> Settings {
        Settings {
            sandbox: true,
            hubspot_base_url: String::new(),
            credentials: None,
            api_versions: None,
            tier: None,
            call_deadline: 30,
            cache_age: None,
            ticket_keys: TicketKeys::Auto,
            taskgraphs: None,
            store: None,
            poll: false,
            poll_inboxes: None,
            docs: Vec::new(),
            docs_pages: 0,
            docs_index: None,
            docs_private: false,
            embeddings_url: None,
            embeddings_model: String::new(),
            confirm_bookings: false,
            confirm_bookings_if_possible: false,
            read_only: false,
            tools: Vec::new(),
            without: Vec::new(),
            toolsets: Vec::new(),
            allow_replies: false,
            reply_sender: None,
            handoff: HandoffChoice::Off,
            handoff_mark: HandoffPolicy::MARK.to_owned(),
            handoff_minutes: HandoffPolicy::MINUTES,
            hours: None,
            lookups: None,
            confirm_writes: false,
            dry_run: false,
            broad_searches: false,
            all_tools: false,
            audit: None,
            audit_reads: false,
            audit_max_bytes: file::BYTES_MAX,
            audit_keep: file::FILES_KEPT,
            zoneinfo: None,
            log: None,
            log_format: Format::Text,
        }
    }
}

/// The smallest size at which the audit trail is rotated, and the most files that are kept of it.
const AUDIT_BYTES_MIN: u64 = 4_096;
const AUDIT_FILES_MAX: u64 = 1_000;

/// The variable that holds the key for the embeddings endpoint.
pub const EMBEDDINGS_KEY_VARIABLE: &str = "FRONTDESK_EMBEDDINGS_KEY";

/// The HubSpot token, from the first variable that holds one.
pub fn token(variable: impl Fn(&str) -> Option<String>) -> Option<SecretString> {
    secret(&TOKEN_VARIABLES, variable)
}

/// The secret in the first of these variables that holds one. A placeholder that the client has not filled in does not
/// count.
pub fn secret(variables: &[&str], variable: impl Fn(&str) -> Option<String>) -> Option<SecretString> {
    let given = variables.iter().filter_map(|name| variable(name)).map(|secret| secret.trim().to_owned());
    given.into_iter().find(|secret| !secret.is_empty() && !secret.starts_with("${")).map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_flags_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_sandbox_command_takes_and_shows_what_it_has_a_use_for() {
        let mut commands = Cli::command();
        commands.build();
        let help = commands.find_subcommand_mut("sandbox").unwrap().render_long_help().to_string();
        for (flag, is_of_use) in [("--tier", true), ("--search-lag", true), ("--log", true), ("--read-only", false)] {
            assert_eq!(help.contains(flag), is_of_use, "{flag}: {help}");
        }
        let read = |line: &[&str]| Cli::read_from([&["frontdesk"], line].concat());
        assert!(read(&["sandbox", "--tier", "free", "--log", "warn"]).is_ok());
        assert!(read(&["http", "--read-only"]).is_ok());
        for line in [["sandbox", "--read-only"], ["--sandbox", "sandbox"]] {
            let refused = read(&line).unwrap_err().to_string();
            assert!(refused.contains("is nothing to `frontdesk sandbox`"), "{refused}");
        }
    }

    #[test]
    fn an_address_for_embeddings_has_no_login_and_is_not_shown() {
        let read = |url: &str| Cli::read_from(["frontdesk", "--embeddings-url", url]).map(|_| ());
        assert!(read("http://localhost:11434/v1").is_ok());
        for bad in ["https://user:secret-pw@host.example/v1", "https://key@host.example", "file:///etc/passwd"] {
            let refused = read(bad).unwrap_err().to_string();
            assert!(refused.contains("it must"), "{refused}");
        }
        let commands = Cli::command();
        let flag = commands.get_arguments().find(|flag| flag.get_id() == "embeddings_url").unwrap();
        assert!(flag.is_hide_env_values_set());
    }

    #[test]
    fn a_token_is_taken_from_the_first_variable_that_holds_one() {
        let found = |first: &'static str, second: &'static str| {
            token(|name| Some(if name == TOKEN_VARIABLES[0] { first } else { second }.to_owned()))
                .map(|token| token.expose_secret().to_owned())
        };
        assert_eq!(found("a", "b").as_deref(), Some("a"));
        assert_eq!(found(" ", "b\n").as_deref(), Some("b"));
        assert_eq!(found("", ""), None);
        assert_eq!(found("${HUBSPOT_ACCESS_TOKEN}", "b").as_deref(), Some("b"));
        assert_eq!(found("${input:token}", "${env:TOKEN}"), None);
    }
}
