//! The commands of the `frontdesk` binary: one module for each, and [`run`], which starts the one that was given.

pub mod autopilot;
pub mod chat;
pub mod check;
pub mod demo;
pub mod lookups;
pub mod setup;
pub mod taskgraph;

#[cfg(unix)]
mod allocator;
mod app_scopes;
mod browser;
mod desk_choices;
mod handoff;
mod login;
mod logout;
mod project_files;
mod read_document;
mod reference;
mod rehearse;
mod sandbox;
mod serve;
mod terminal;
mod token;
mod web_pages;
mod webhook_replay;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::ArgMatches;
use hubspot_client::Callers;
use tokio::runtime::{Builder, Runtime};

use self::setup::clients::Secret;
use crate::app;
use crate::app::access::{self, HubSpotAccess};
use crate::config::{Cli, Command, HandoffChoice, Settings, SetupSettings};
use crate::rehearsal::results::RunOutcome;
use crate::telemetry;
use crate::tools;
use domain::clock::Clock;

/// The time that blocking work may take at the end. The thread that reads standard input cannot be woken where that is no
/// pipe, and would otherwise keep the process.
const SHUTDOWN_MAX: Duration = Duration::from_secs(1);

/// Reads the command line, runs the command and returns the exit code of the process.
pub fn run() -> anyhow::Result<ExitCode> {
    let (cli, given) = Cli::read();
    let command = cli.command.unwrap_or(Command::Stdio);
    if matches!(command, Command::ReadDocument) {
        return read_document::run(&mut io::stdout().lock());
    }
    #[cfg(unix)]
    if matches!(command, Command::Http(_)) {
        allocator::start_again_with_settings();
    }
    let _log = telemetry::start(log_filter(&cli.settings, &command), cli.settings.log_format)?;
    telemetry::log_panics();
    let runtime = runtime(&command)?;
    let done = runtime.block_on(execute(command, &cli.settings, &given));
    runtime.shutdown_timeout(SHUTDOWN_MAX);
    done
}

/// Steps of tasks before a worker looks for what the network brings. Reading a message of many values is one long step, and
/// others, such as a question after the health, are not to wait for sixty of them.
const STEPS_BEFORE_EVENTS: u32 = 8;

/// One client needs one thread: handing its messages from thread to thread costs more than it gains.
fn runtime(command: &Command) -> io::Result<Runtime> {
    let mut builder = match command {
        Command::Http(_) | Command::Sandbox(_) => Builder::new_multi_thread(),
        _ => Builder::new_current_thread(),
    };
    builder.enable_all().event_interval(STEPS_BEFORE_EVENTS).build()
}

async fn execute(command: Command, settings: &Settings, given: &ArgMatches) -> anyhow::Result<ExitCode> {
    match command {
        Command::Stdio => serve::stdio(settings).await?,
        Command::Http(http) => serve::http(&serve::with_people(settings, &http, given), *http).await?,
        Command::Sandbox(sandbox) => sandbox::serve(settings, sandbox).await?,
        Command::Demo => demo::play(&mut io::stdout().lock()).await?,
        Command::Chat(chat) => {
            let app = serve::app(settings, None, Callers::One, None)?;
            let mut out = io::stdout().lock();
            let in_terminal = out.is_terminal();
            return chat::run(app, settings.sandbox, &chat, &mut out, in_terminal).await;
        }
        Command::Autopilot(given) => {
            let shadow = Settings {
                dry_run: true,
                audit: None,
                poll: false,
                poll_inboxes: None,
                handoff: HandoffChoice::Off,
                ..settings.clone()
            };
            let app = serve::app(if given.is_rehearsal() { &shadow } else { settings }, None, Callers::One, None)?;
            return Ok(exit_code(autopilot::run(app, settings, &given, &mut terminal()).await?));
        }
        Command::Taskgraph { command } => return Ok(exit_code(taskgraph::run(&command, &mut terminal())?)),
        Command::Token { command } => token::run(&command, &mut io::stdout().lock())?,
        Command::Check => {
            // The trail belongs to the server that may run beside this.
            let app = serve::app(&Settings { audit: None, ..settings.clone() }, None, Callers::One, None)?;
            return Ok(exit_code(check::run(&app, Clock::System.now(), &mut terminal()).await?));
        }
        Command::Rehearse(rehearsal) => {
            let done = rehearse::run(&rehearsal, settings, &mut terminal()).await;
            return Ok(done.map_or_else(not_rehearsed, rehearsed));
        }
        Command::Handoff { command } => {
            // The trail belongs to the server that may run beside this.
            let app = serve::app(&Settings { audit: None, ..settings.clone() }, None, Callers::One, None)?;
            return Ok(exit_code(handoff::run(&command, &app, &mut terminal()).await?));
        }
        Command::Lookups { command } => return Ok(exit_code(lookups::run(&command, settings, &mut terminal()).await?)),
        Command::ProjectFiles(project) => {
            let policy = app::policy(settings)?;
            project_files::run(&project, &tools::all().infos(), &policy, &mut terminal())?;
        }
        Command::Login(login) => {
            let policy = app::policy(settings)?;
            login::run(&login, settings, &tools::all().infos(), &policy, &mut terminal()).await?;
        }
        Command::Logout(logout) => logout::run(&logout, settings, &mut terminal()).await?,
        Command::WebhookReplay(replay) => {
            let secret = app::webhook::client_secret(&replay.webhook, |name| std::env::var(name).ok())?;
            return Ok(exit_code(webhook_replay::run(&replay, secret, Clock::System.now(), &mut terminal()).await?));
        }
        Command::Setup(setup) => set_up(setup, settings, given)?,
        Command::Completions { shell } => print(&reference::completions(shell))?,
        // It is run before there is a log.
        Command::ReadDocument => {}
        Command::Man { about } => print(&reference::manual(about.as_deref())?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// People read the output of the demo and of the check, so those log warnings only. A rehearsal has faults on purpose, and a
/// chat says itself what fails: a warning would stand in the middle of the talk.
fn log_filter<'a>(settings: &'a Settings, command: &Command) -> &'a str {
    let usual = match command {
        Command::Demo
        | Command::Check
        | Command::Handoff { .. }
        | Command::Login(_)
        | Command::Logout(_)
        | Command::ProjectFiles(_)
        | Command::WebhookReplay(_) => "warn",
        Command::Rehearse(_) | Command::Chat(_) => "error",
        _ => "info",
    };
    settings.log.as_deref().unwrap_or(usual)
}

/// The exit code of a rehearsal in which nothing or too little could be judged.
const UNJUDGED: u8 = 2;

fn rehearsed(outcome: RunOutcome) -> ExitCode {
    match outcome {
        RunOutcome::Passed => ExitCode::SUCCESS,
        RunOutcome::Failed => ExitCode::FAILURE,
        RunOutcome::Unjudged => ExitCode::from(UNJUDGED),
    }
}

fn not_rehearsed(error: anyhow::Error) -> ExitCode {
    // Where nobody reads it, the exit code still tells.
    let _ = writeln!(terminal::Terminal(io::stderr().lock()), "Error: {error:#}");
    ExitCode::from(UNJUDGED)
}

fn exit_code(succeeded: bool) -> ExitCode {
    if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Passes this command line's flags on to the server that the client will start; a safety flag must not be lost.
fn set_up(setup: SetupSettings, settings: &Settings, given: &ArgMatches) -> anyhow::Result<()> {
    app::policy(settings)?;
    let setup = SetupSettings { arguments: [settings.passed_on(given), setup.arguments].concat(), ..setup };
    let machine = setup::clients::Machine::here().context("the home folder of the person is unknown")?;
    Ok(setup::run(&setup, secret_of_server(settings)?, &machine, &mut terminal())?)
}

/// The secret that a server with these settings needs: a login has its app's, all else is a token.
fn secret_of_server(settings: &Settings) -> anyhow::Result<Option<Secret>> {
    if settings.sandbox {
        return Ok(None);
    }
    let access = access::find(settings, None, |name| std::env::var(name).ok())?;
    Ok(Some(if matches!(access, HubSpotAccess::Login(..)) { Secret::ClientSecret } else { Secret::Token }))
}

/// Standard output for what a person reads, which may have text from outside in it.
fn terminal() -> terminal::Terminal<io::StdoutLock<'static>> {
    terminal::Terminal(io::stdout().lock())
}

fn print(text: &[u8]) -> io::Result<()> {
    io::stdout().lock().write_all(text)
}
