//! Settings of `frontdesk rehearse`.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};

use super::model::ModelSettings;

/// The most runs of one scenario, and the most runs at once.
const REPEAT_MAX: u64 = 100;
const JOBS_MAX: u64 = 32;

/// Settings of `frontdesk rehearse`.
#[derive(Args, Clone, Debug)]
pub struct RehearseSettings {
    /// Scenario files, and folders of them.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The brain that answers: lexical, which needs no model, a language model, or a script.
    #[arg(long, value_name = "BRAIN", default_value = "lexical")]
    pub brain: RehearsedBrain,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show a comment on it as help")]
    pub model: ModelSettings,
    /// The model that plays customers, at the same endpoint; without it that of `--model`.
    #[arg(long, value_name = "MODEL")]
    pub customer_model: Option<String>,
    /// The replies of `--brain script`.
    #[arg(long, value_name = "FILE", required_if_eq("brain", "script"))]
    pub script: Option<PathBuf>,
    /// The taskgraph for every scenario: a file, or a name; without it each scenario names its own, or the default is used.
    #[arg(long, value_name = "FILE_OR_NAME")]
    pub graph: Option<String>,
    /// The customers: their lines are said as they stand, or a second model plays them by their sheet.
    #[arg(long, value_name = "CUSTOMERS", default_value = "script")]
    pub customers: Customers,
    /// The persona of a model: a TOML file with its `name`, `tone`, and lists of what it does (`do`) and does not (`dont`).
    #[arg(long, value_name = "FILE")]
    pub persona: Option<PathBuf>,
    /// Treat an address that a customer types as a claim, as at a public chat; without it they are believed, as at the
    /// operator's own terminal.
    #[arg(long)]
    pub claimed: bool,
    /// Runs of each scenario; without it 1, and 4 where a model takes part.
    #[arg(long, value_name = "RUNS", value_parser = RangedU64ValueParser::<usize>::new().range(1..=REPEAT_MAX))]
    pub repeat: Option<usize>,
    /// Runs at once.
    #[arg(long, value_name = "RUNS", default_value_t = 1, value_parser = RangedU64ValueParser::<usize>::new().range(1..=JOBS_MAX))]
    pub jobs: usize,
    /// The seed of simulated customers; each run has the next one.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Play only this run of each scenario, from 1.
    #[arg(long, value_name = "NUMBER", value_parser = RangedU64ValueParser::<usize>::new().range(1..=REPEAT_MAX))]
    pub run: Option<usize>,
    /// Only scenarios with this tag.
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
    /// Stop at the first run that does not pass.
    #[arg(long)]
    pub fail_fast: bool,
    /// Show whole conversations, also of runs that passed.
    #[arg(long)]
    pub verbose: bool,
    /// List the nodes and intents of the taskgraphs that no conversation has come to.
    #[arg(long)]
    pub coverage: bool,
    /// Play nothing: check that the files can be read, that what they name exists, that a desk that does nothing fails each of
    /// them, and that the answers of their `[[gold]]` pass.
    #[arg(long)]
    pub check: bool,
    /// Write a report, in place of the table where `--out` names no file.
    #[arg(long, value_name = "FORMAT")]
    pub report: Option<ReportFormat>,
    /// The file of the report.
    #[arg(long, value_name = "FILE", requires = "report")]
    pub out: Option<PathBuf>,
    /// An earlier result, as `--report json` has written it: what fails or passes newly is told.
    #[arg(long, value_name = "LAST_JSON")]
    pub against: Option<PathBuf>,
    /// A folder that gets each run as a scenario whose lines are those that were said.
    #[arg(long, value_name = "DIR")]
    pub record: Option<PathBuf>,
}

/// A brain that can be rehearsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RehearsedBrain {
    /// Matches words, without a model
    Lexical,
    /// A language model
    Model,
    /// Follows a file
    Script,
}

/// The players of customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Customers {
    /// The lines of the file
    Script,
    /// A second language model
    Model,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// JSON
    Json,
    /// JUnit XML
    Junit,
    /// One page of HTML
    Html,
}
