//! The name of the store as it was set: a file, or an address with a login in it.

use std::ffi::{OsStr, OsString};
use std::fmt;

/// The name of the store. It may hold a password, so it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreName(OsString);

impl StoreName {
    /// The name as it was set.
    pub fn expose(&self) -> &OsStr {
        &self.0
    }
}

impl From<OsString> for StoreName {
    fn from(name: OsString) -> StoreName {
        StoreName(name)
    }
}

impl fmt::Debug for StoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreName(…)")
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::config::Cli;

    #[test]
    fn a_login_in_the_name_is_not_shown() {
        let name = StoreName::from(OsString::from("postgres://desk:s3cret@host/desk"));
        assert!(!format!("{name:?}").contains("s3cret"));
        let commands = Cli::command();
        let flag = commands.get_arguments().find(|flag| flag.get_id() == "store").unwrap();
        assert!(flag.is_hide_env_values_set(), "the help would show it");
    }
}
