//! The failure to load graphs.

use std::fmt;

use crate::problem::Problem;

/// The reason why graphs were not loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// A file is not a graph that can be followed. The message has only the errors, on one line.
    #[error("{}", Errors(.problems))]
    Refused {
        /// Everything that was found, warnings included; at least one is an error.
        problems: Vec<Problem>,
    },
    /// The file system refused to read a file or a folder.
    #[error("`{path}` cannot be read: {why}")]
    Unreadable {
        /// The path that was to be read.
        path: String,
        /// The message of the operating system.
        why: String,
    },
    /// The folder holds no file that is taken for a graph.
    #[error("`{path}` holds no taskgraph: a file that ends in `.json` was expected")]
    NoneThere {
        /// The folder's path.
        path: String,
    },
    /// The folder holds more graphs than one server offers.
    #[error("`{path}` holds more than {max} taskgraphs, which is the most one server offers")]
    TooMany {
        /// The folder's path.
        path: String,
        /// The largest number allowed.
        max: usize,
    },
}

/// Formats the errors among some problems on one line.
struct Errors<'a>(&'a [Problem]);

impl fmt::Display for Errors<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors: Vec<String> =
            self.0.iter().filter(|problem| problem.kind.is_error()).map(ToString::to_string).collect();
        f.write_str(&errors.join("; "))
    }
}
