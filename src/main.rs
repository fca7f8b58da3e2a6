//! Reads the flags, wires the parts, opens one front door.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{ArgMatches, CommandFactory};
use frontdesk::app::{self, App};
use frontdesk::cli::setup::{self, clients::Machine};
use frontdesk::cli::{check, demo, taskgraph};
use frontdesk::config::{self, Cli, Command, HttpSettings, SandboxSettings, Settings, SetupSettings, TaskgraphCommand};
use frontdesk::mcp::http;
use frontdesk::telemetry;
use hubspot_sandbox::{self, Sandbox};
use tracing::{info, warn};

/// What cannot be interrupted has this long at the end. The thread that waits for standard input would take for ever: where
/// that is no pipe, nobody can wake it.
const LINGER_MAX: Duration = Duration::from_secs(1);

fn main() -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()?;
    let done = runtime.block_on(run());
    runtime.shutdown_timeout(LINGER_MAX);
    done
}

async fn run() -> anyhow::Result<ExitCode> {
    let (cli, given) = Cli::read();
    let command = cli.command.unwrap_or(Command::Stdio);
    telemetry::start(filter(&cli.settings, &command), cli.settings.log_format)?;
    match command {
        Command::Stdio => stdio(&cli.settings).await?,
        Command::Http(door) => serve_http(&cli.settings, door).await?,
        Command::Sandbox(settings) => serve_sandbox(&cli.settings, settings).await?,
        Command::Demo => demo::play(&mut io::stdout().lock()).await?,
        Command::Taskgraph { command } => return author(&command),
        Command::Check => return examine(&cli.settings).await,
        Command::Setup(settings) => set_up(settings, &cli.settings, &given)?,
        Command::Completions { shell } => print(&completions(shell))?,
        Command::Man { about } => print(&manual(about.as_deref())?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A person reads what the demo and the check print; a line for every call would be in the way.
fn filter<'a>(settings: &'a Settings, command: &Command) -> &'a str {
    let usual = if matches!(command, Command::Demo | Command::Check) { "warn" } else { "info" };
    settings.log.as_deref().unwrap_or(usual)
}

fn build(settings: &Settings) -> anyhow::Result<App> {
    let token = config::token(|name| std::env::var(name).ok());
    if token.is_none() && !settings.sandbox {
        let [first, _] = config::TOKEN_VARIABLES;
        warn!(
            "No HubSpot token: every call will fail. Set {first}, or start with --sandbox to try it out. A placeholder \
             that the client passes on as it stands, such as ${{{first}}}, is no token."
        );
    }
    Ok(App::new(settings, token)?)
}

async fn stdio(settings: &Settings) -> anyhow::Result<()> {
    build(settings)?.serve_stdio().await.context("serving MCP over stdin and stdout")
}

async fn serve_http(settings: &Settings, door: HttpSettings) -> anyhow::Result<()> {
    let app = build(settings)?;
    let door = http::HttpServer::open(http::Settings {
        auth_token: door.auth_token,
        auth_file: door.auth_file,
        allowed_hosts: door.allowed_host,
        allowed_origins: door.allowed_origin,
        sse: !door.no_sse,
        state_key: door.state_key,
        calls_per_second: door.calls_per_second,
        calls_at_once: door.calls_at_once,
        sessions_max: door.sessions_max,
        metrics: Some(telemetry::metrics()?),
        ..http::Settings::new(door.bind)
    })
    .await?;
    let address = door.address()?;
    info!(%address, "Serving MCP at http://{address}/mcp.");
    app.serve_http(door).await.context("serving MCP over HTTP")
}

/// What is kept comes first; an account that could not be kept is not even begun.
fn account(common: &Settings, settings: &SandboxSettings) -> anyhow::Result<Sandbox> {
    let usual = hubspot_sandbox::Settings {
        search_lag_ms: settings.search_lag,
        delay_ms: settings.delay,
        ..app::account(common)
    };
    let Some(file) = &settings.data else { return new_account(usual, settings) };
    let sandbox = match Sandbox::open(usual.clone(), file)? {
        Some(kept) => {
            if settings.seed.is_some() || settings.records > 0 {
                warn!("The account in `{}` goes on: --seed and --records are for a new one.", file.display());
            }
            kept
        }
        None => new_account(usual, settings)?,
    };
    sandbox.save(file)?;
    Ok(sandbox)
}

/// A seed file's, or the seed company's.
fn new_account(usual: hubspot_sandbox::Settings, settings: &SandboxSettings) -> anyhow::Result<Sandbox> {
    let sandbox = match &settings.seed {
        Some(file) => Sandbox::from_seed_file(usual, file)?,
        None => Sandbox::new(usual),
    };
    sandbox.generate_contacts(settings.records);
    Ok(sandbox)
}

async fn serve_sandbox(common: &Settings, settings: SandboxSettings) -> anyhow::Result<()> {
    let sandbox = account(common, &settings)?;
    let listener = tokio::net::TcpListener::bind(settings.bind)
        .await
        .with_context(|| format!("listening on {}", settings.bind))?;
    let address = listener.local_addr()?;
    info!(%address, "The embedded HubSpot answers at http://{address}; its token is `{}`.", sandbox.token());
    Ok(sandbox.serve(listener, settings.data, app::asked_to_stop()).await?)
}

async fn examine(settings: &Settings) -> anyhow::Result<ExitCode> {
    let app = build(settings)?;
    let works = check::run(&app.hubspot, &app.policy, &mut io::stdout().lock()).await?;
    Ok(if works { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn author(command: &TaskgraphCommand) -> anyhow::Result<ExitCode> {
    let good = taskgraph::run(command, &mut io::stdout().lock())?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the server is to be started with is passed on to it: above all a safety switch must not get lost on the way.
fn set_up(setup: SetupSettings, settings: &Settings, given: &ArgMatches) -> anyhow::Result<()> {
    app::policy(settings)?;
    let setup = SetupSettings { arguments: [settings.passed_on(given), setup.arguments].concat(), ..setup };
    let machine = Machine::here().context("this machine does not say where the person's home folder is")?;
    Ok(setup::run(&setup, settings.sandbox, &machine, &mut io::stdout().lock())?)
}

fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = vec![];
    clap_complete::generate(shell, &mut Cli::command(), "frontdesk", &mut script);
    script
}

fn manual(about: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let mut commands = Cli::command();
    commands.build();
    let command = match about {
        None => &commands,
        Some(name) => commands.find_subcommand(name).with_context(|| format!("there is no command `{name}`"))?,
    };
    let mut page = vec![];
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}

fn print(text: &[u8]) -> io::Result<()> {
    io::stdout().lock().write_all(text)
}
