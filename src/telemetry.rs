//! Logs: sentences for people and fields for queries, on stderr, because stdout is the protocol's.

use std::io::{IsTerminal, stderr};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// rmcp logs whole requests at debug and notifications at info, which are personal data: it is held at warn.
const ALWAYS: [&str; 2] = ["rmcp=warn", "hyper=warn"];

/// The filter is no list of `module=level`.
#[derive(Debug, thiserror::Error)]
#[error("`{filter}` is not a log filter: {problem}; write for example `info` or `frontdesk=debug`")]
pub struct BadFilter {
    filter: String,
    problem: String,
}

/// Starts logging; to be called once, before anything is logged.
pub fn start(filter: &str, format: Format) -> Result<(), BadFilter> {
    let bad = |problem: String| BadFilter { filter: filter.to_owned(), problem };
    let mut levels = EnvFilter::try_new(filter).map_err(|error| bad(error.to_string()))?;
    for directive in ALWAYS {
        levels = levels.add_directive(directive.parse().map_err(|_| bad(directive.to_owned()))?);
    }
    let lines = tracing_subscriber::fmt().with_env_filter(levels).with_writer(stderr).with_ansi(stderr().is_terminal());
    // A second start, as tests make, changes nothing.
    let _ = match format {
        Format::Text => lines.try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    Ok(())
}
