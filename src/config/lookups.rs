//! The command of look-ups.

use std::path::PathBuf;

use clap::Subcommand;

/// The work on look-ups.
#[derive(Clone, Debug, Subcommand)]
pub enum LookupsCommand {
    /// Ask each service once, with the sample of each argument, and say what it answers.
    Check {
        /// The file; without it that of --lookups.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}
