//! The common settings as command-line arguments, for a process that another program starts.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args};
use url::Url;

use super::Settings;

impl Settings {
    /// The common flags of this command line, and the safety flags from wherever they were set, as arguments for a process
    /// that another program starts in another folder.
    pub fn passed_on(&self, given: &ArgMatches) -> Vec<String> {
        let flags = Settings::augment_args(clap::Command::new("flags"));
        let said = |flag: &&Arg| given.value_source(flag.get_id().as_str()) == Some(ValueSource::CommandLine);
        let others = |flag: &&Arg| !OWN_WAY.contains(&flag.get_id().as_str());
        let others = flags.get_arguments().filter(others).filter(said).flat_map(|flag| as_typed(flag, given));
        self.safety_flags().into_iter().chain(others).collect()
    }

    /// The safety settings as flags.
    pub fn safety_flags(&self) -> Vec<String> {
        let flags = [
            (self.read_only, "--read-only"),
            (self.confirm_bookings, "--confirm-bookings"),
            (self.confirm_bookings_if_possible, "--confirm-bookings-if-possible"),
            (self.confirm_writes, "--confirm-writes"),
            (self.dry_run, "--dry-run"),
            (self.broad_searches, "--broad-searches"),
            (self.all_tools, "--all-tools"),
            (self.allow_replies, "--allow-replies"),
        ];
        let lists = [("--toolsets", &self.toolsets), ("--tools", &self.tools), ("--without", &self.without)];
        let flags = flags.iter().filter(|(on, _)| *on).map(|(_, flag)| (*flag).to_owned());
        let lists = lists.iter().filter(|(_, names)| !names.is_empty());
        flags.chain(lists.flat_map(|(flag, names)| [(*flag).to_owned(), names.join(",")])).collect()
    }
}

/// Flags that `passed_on` handles apart: the safety flags count wherever they were set, and `setup` passes `--sandbox` on.
const OWN_WAY: [&str; 12] = [
    "sandbox",
    "read_only",
    "confirm_bookings",
    "confirm_bookings_if_possible",
    "confirm_writes",
    "dry_run",
    "broad_searches",
    "all_tools",
    "allow_replies",
    "toolsets",
    "tools",
    "without",
];

/// Flags whose values are paths relative to the working directory.
const PATHS: [&str; 8] = ["credentials", "taskgraphs", "store", "docs", "docs_index", "audit", "hours", "zoneinfo"];

fn as_typed(flag: &Arg, given: &ArgMatches) -> Vec<String> {
    let id = flag.get_id().as_str();
    let name = format!("--{}", flag.get_long().unwrap_or(id));
    if !flag.get_action().takes_values() {
        return vec![name];
    }
    let values = given.get_raw(id).into_iter().flatten().map(|value| value.to_string_lossy().into_owned());
    let values = values.map(|value| if PATHS.contains(&id) { absolute(value) } else { value });
    let values = values.map(|value| if id == "store" { without_password(value) } else { value });
    values.flat_map(|value| [name.clone(), value]).collect()
}

/// The address without its password, which does not belong into a client's configuration; a path stays as it is. The
/// password then comes from `PGPASSWORD` or the person's password file.
fn without_password(value: String) -> String {
    let Ok(mut url) = value.parse::<Url>() else { return value };
    let has_password = url.password().is_some();
    if has_password && url.set_password(None).is_ok() { url.to_string() } else { value }
}

/// Makes a path absolute; an address and `:memory:` stay as they are.
fn absolute(value: String) -> String {
    if value.contains("://") || value == ":memory:" {
        return value;
    }
    std::path::absolute(&value).map_or(value, |path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_of_the_store_is_not_passed_on() {
        for (set, passed) in [
            (
                "postgres://desk:s3cret@db.example:5433/desk?sslmode=require",
                "postgres://desk@db.example:5433/desk?sslmode=require",
            ),
            ("postgres://desk@db.example/desk", "postgres://desk@db.example/desk"),
            ("/var/lib/desk.db", "/var/lib/desk.db"),
        ] {
            assert_eq!(without_password(set.to_owned()), passed);
        }
    }
}
