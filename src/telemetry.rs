//! Logs and metrics. A log line is a sentence for people with fields for queries; it goes to stderr, because stdout belongs
//! to the protocol.

use std::io::{self, IsTerminal, stderr};
use std::sync::OnceLock;

use clap::ValueEnum;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Level, Metadata};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, filter, fmt};

mod log_writer;
mod panics;

pub use log_writer::LogGuard;
use log_writer::LogWriter;

/// The format of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log filter cannot be parsed.
    #[error("`{filter}` is not a log filter: {problem}; write for example `info` or `frontdesk=debug`")]
    Filter {
        /// Text of the filter that was given.
        filter: String,
        /// Why it cannot be parsed.
        problem: String,
    },
    /// The system gives no thread for the log.
    #[error("the thread that writes the log cannot start: {0}")]
    Thread(#[from] io::Error),
}

/// The other crates of the workspace. In a filter, `frontdesk` stands for them too.
const OUR_CRATES: [&str; 6] = ["domain", "http_client", "hubspot_client", "hubspot_sandbox", "knowledge", "taskgraph"];

/// Starts logging. Call it once, before anything is logged, and keep the guard to the end of the process.
pub fn start(filter: &str, format: Format) -> Result<LogGuard, Error> {
    let bad = |problem: String| Error::Filter { filter: filter.to_owned(), problem };
    let levels = EnvFilter::try_new(whole_workspace(filter)).map_err(|error| bad(error.to_string()))?;
    let writer = LogWriter::default();
    let queue = writer.clone();
    let lines = fmt::layer().with_writer(move || queue.clone()).with_ansi(stderr().is_terminal());
    let lines = match format {
        Format::Text => lines.boxed(),
        Format::Json => lines.json().flatten_event(true).boxed(),
    };
    let lines = lines.with_filter(filter::filter_fn(harmless));
    // A second start, as in tests, changes nothing.
    if tracing_subscriber::registry().with(lines).with(levels).try_init().is_ok() {
        let report = match format {
            Format::Text => report_as_text,
            Format::Json => report_as_json,
        };
        writer.start(stderr(), report)?;
    }
    Ok(writer.guard())
}

fn report_as_text(lost: u64) -> String {
    format!("{}  WARN frontdesk::telemetry: {}\n", now(), lines_lost(lost))
}

fn report_as_json(lost: u64) -> String {
    let line = serde_json::json!({"timestamp": now(), "level": "WARN", "message": lines_lost(lost), "lost": lost,
        "target": "frontdesk::telemetry"});
    format!("{line}\n")
}

fn lines_lost(lost: u64) -> String {
    format!("{lost} log lines were lost: stderr was not read in time.")
}

/// The time as in the other lines.
fn now() -> String {
    let mut time = String::new();
    // Writing to a text cannot fail.
    let _ = fmt::time::FormatTime::format_time(&fmt::time::SystemTime, &mut fmt::format::Writer::new(&mut time));
    time
}

/// Logs panics from now on, in place of the text that Rust prints.
pub fn log_panics() {
    panics::log();
}

/// Repeats the directive for `frontdesk` for the other crates, before the filter's own directives for them.
fn whole_workspace(filter: &str) -> String {
    let level = filter.split(',').rev().find_map(|directive| directive.trim().strip_prefix("frontdesk="));
    let Some(level) = level else { return filter.to_owned() };
    let repeated = OUR_CRATES.map(|name| format!("{name}={level}"));
    format!("{},{filter}", repeated.join(","))
}

/// Limits the levels of other crates, whatever the filter says: they log whole requests, headers and bodies, which contain
/// tokens and personal data. rmcp does so even in warnings, with the text of an error.
fn harmless(line: &Metadata<'_>) -> bool {
    let loudest = match line.target().split("::").next() {
        Some(name) if name == "frontdesk" || OUR_CRATES.contains(&name) => Level::TRACE,
        Some("rmcp") => Level::ERROR,
        _ => Level::WARN,
    };
    *line.level() <= loudest
}

/// The upper bounds of the buckets for durations, in seconds.
const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// The upper bounds of the buckets for sizes of batches; HubSpot's largest batch has 100.
const SIZES: [f64; 7] = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0];

/// Starts recording metrics, once for the process, and returns the handle that renders them.
pub fn metrics() -> Result<PrometheusHandle, BuildError> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(running) = RECORDER.get() {
        return Ok(running.clone());
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets(&SECONDS)?
        .set_buckets_for_metric(Matcher::Full("hubspot_batch_size".to_owned()), &SIZES)?
        .install_recorder()?;
    Ok(RECORDER.get_or_init(|| recorder).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_for_frontdesk_applies_to_the_workspace() {
        let expected = OUR_CRATES.map(|name| format!("{name}=debug")).join(",");
        assert_eq!(whole_workspace("info,frontdesk=debug"), format!("{expected},info,frontdesk=debug"));
        for same in ["info", "frontdesk", "rmcp=warn"] {
            assert_eq!(whole_workspace(same), same);
        }
    }

    /// A new crate must be named here, or its lines are cut off at warnings.
    #[test]
    fn every_crate_of_the_workspace_is_known() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/crates");
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().replace('-', "_"))
            .collect();
        names.sort();
        assert_eq!(names, OUR_CRATES);
    }
}
