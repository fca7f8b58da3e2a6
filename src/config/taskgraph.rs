//! The commands of `frontdesk taskgraph`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "clap would show a comment on the enum as help")]
pub enum TaskgraphCommand {
    /// List the problems of taskgraph files; fails if one of them cannot be followed.
    Check {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Draw a taskgraph as a tree.
    Show {
        file: PathBuf,
        /// As a Mermaid flowchart instead.
        #[arg(long, conflicts_with = "svg")]
        mermaid: bool,
        /// As a drawing, into this file, instead.
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// Write a commented taskgraph to start from, and the schema by which editors complete it.
    New {
        /// Where to; nothing is overwritten.
        #[arg(default_value = "taskgraph.json")]
        file: PathBuf,
    },
}
