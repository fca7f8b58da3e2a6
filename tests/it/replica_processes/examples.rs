//! The files of `examples/replicas/` name settings that are there.

use std::collections::BTreeSet;
use std::fs;

use clap::CommandFactory;
use frontdesk::config::Cli;

/// The secrets that no flag has.
const SECRETS: [&str; 3] = ["HUBSPOT_ACCESS_TOKEN", "HUBSPOT_CLIENT_SECRET", "PGPASSWORD"];

fn files() -> Vec<(String, String)> {
    let entries = fs::read_dir("examples/replicas").unwrap().map(|entry| entry.unwrap().path());
    let named = entries.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()));
    named.collect()
}

/// The words of a text that begin with this, as far as their letters go.
fn words(text: &str, begin: &str) -> BTreeSet<String> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let words = text.split(|letter: char| !is_letter(letter)).filter(|word| word.starts_with(begin));
    words.map(str::to_owned).collect()
}

#[test]
fn every_setting_of_the_examples_is_one_of_the_servers() {
    let cli = Cli::command();
    let http = cli.find_subcommand("http").unwrap();
    let arguments = || cli.get_arguments().chain(http.get_arguments());
    let variables: BTreeSet<_> = arguments().filter_map(|flag| flag.get_env()?.to_str()).collect();
    let flags: BTreeSet<_> = arguments().filter_map(|flag| flag.get_long()).collect();
    let mut named = 0;
    for (file, text) in files() {
        for variable in words(&text, "FRONTDESK_") {
            assert!(variables.contains(variable.as_str()), "{file}: `{variable}` is no setting");
            named += 1;
        }
        let starts = text.lines().filter(|line| line.contains("frontdesk http") || line.contains("command: [\"http\""));
        for flag in starts.flat_map(|line| words(line, "--")) {
            assert!(flags.contains(flag.trim_start_matches('-')), "{file}: `{flag}` is no flag");
            named += 1;
        }
    }
    assert!(named > 10, "{named}");
    let shared = fs::read_to_string("examples/replicas/desk.env.example").unwrap();
    assert!(SECRETS.iter().all(|name| shared.contains(&format!("{name}="))), "{shared}");
}

/// Each replica is stopped only after the server's own drain: its delay, and the longest waits of its end.
#[test]
fn nothing_is_killed_before_it_has_ended_by_itself() {
    const DELAY_SECONDS: u64 = 5;
    const CALLS_ANSWERS_AND_WRITES_SECONDS: u64 = 10 + 25 + 10;
    let read = |file: &str| fs::read_to_string(format!("examples/replicas/{file}")).unwrap();
    let number = |text: &str, before: &str| -> u64 {
        let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no `{before}`"));
        let digits: String = rest.trim_start_matches('"').chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let (compose, unit) = (read("compose.yaml"), read("frontdesk@.service"));
    assert_eq!(number(&compose, "FRONTDESK_DRAIN_DELAY: "), DELAY_SECONDS);
    assert_eq!(number(&unit, "FRONTDESK_DRAIN_DELAY="), DELAY_SECONDS);
    for longest in [number(&compose, "stop_grace_period: "), number(&unit, "TimeoutStopSec=")] {
        assert!(longest > DELAY_SECONDS + CALLS_ANSWERS_AND_WRITES_SECONDS, "{longest}");
    }
}
