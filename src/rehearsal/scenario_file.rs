//! The text of a scenario file: reads it, and knows on which line each of its parts stands.

use std::fmt;

use super::scenario::Scenario;
use domain::nearest::{self, Wanted};

/// The least likeness of a known key that is offered for an unknown one.
const LIKENESS_MIN: f64 = 0.7;

/// A scenario with its text.
#[derive(Debug)]
pub struct ScenarioFile {
    /// Scenario as it was parsed.
    pub scenario: Scenario,
    /// The lines of its parts.
    pub places: LineNumbers,
    /// The whole text.
    pub text: String,
}

/// The lines on which the parts of a file begin, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineNumbers {
    lines: Vec<usize>,
    changes: Vec<usize>,
}

/// A file that is no scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The line, where there is one.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.line.map_or(Ok(()), |line| write!(f, "line {line}: "))?;
        f.write_str(&self.message)
    }
}

/// Reads a file; the error names its line.
pub fn read(text: &str) -> Result<Scenario, Invalid> {
    let scenario: Scenario = toml::from_str(text).map_err(|error| Invalid {
        line: error.span().map(|span| line_of(text, span.start)),
        message: format!("{}{}", error.message(), hint(error.message())),
    })?;
    scenario.check().map_err(|message| Invalid { line: None, message })?;
    Ok(scenario)
}

impl ScenarioFile {
    /// Reads a file with its places.
    pub fn read(text: String) -> Result<ScenarioFile, Invalid> {
        Ok(ScenarioFile { scenario: read(&text)?, places: LineNumbers::of(&text), text })
    }
}

impl LineNumbers {
    fn of(text: &str) -> LineNumbers {
        let all = |header: &str| {
            let numbered = text.lines().enumerate();
            numbered.filter(|(_, line)| line.trim_start().starts_with(header)).map(|(at, _)| at + 1).collect()
        };
        LineNumbers { lines: all("[[line]]"), changes: all("[[change]]") }
    }

    /// The line on which a message of the customer begins; the first one if it is not known.
    pub fn line(&self, at: usize) -> usize {
        self.lines.get(at).copied().unwrap_or(1)
    }

    /// The line on which a change begins; the first one if it is not known.
    pub fn change(&self, at: usize) -> usize {
        self.changes.get(at).copied().unwrap_or(1)
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The known key that is nearest to an unknown one, by the parser's message, which names them in backticks.
fn hint(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let Some(unknown) = names.next().filter(|_| message.starts_with("unknown field")) else { return String::new() };
    let wanted = Wanted::new(unknown);
    let ranked = nearest::ranked(names, |name| wanted.likeness(name));
    match ranked.first() {
        Some((likeness, name)) if *likeness >= LIKENESS_MIN => format!("; did you mean `{name}`?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"A\"\nlimits = { calls = 1, bytes = 1 }\n[customer]\nwants = \"A ticket.\"\n\
                        unknown = [\"42\"]\n[[line]]\nsays = \"hi\"\n[[change]]\ncreate = \"tickets\"\n";

    #[test]
    fn a_file_that_says_something_unknown_is_refused_with_its_line() {
        read(GOOD).unwrap();
        for (from, to, wrong) in [
            ("says", "say", "line 7"),
            ("says", "say", "did you mean `says`?"),
            ("says = \"hi\"", "says = \"hi\"\nmeans = { mail = \"a\" }", "unknown field `mail`"),
            ("create = \"tickets\"", "create = \"tickets\"\ncount = \"many\"", "0..1"),
            ("create = \"tickets\"", "create = \"tickets\"\nwith = { a = 1 }", "one_of"),
            ("create = \"tickets\"", "create = \"tickets\"\nupdate = \"x\"", "either"),
            ("create = \"tickets\"", "create = \"tickets\"\ncount = \"0..1\"", "judged"),
            ("says = \"hi\"", "says = \"\"", "says nothing"),
            ("says = \"hi\"", "wait = \"2m\"", "a line without `if`"),
            ("says = \"hi\"", "says = \"it is 42\"", "do not know"),
            ("[customer]", "modes = [\"both\"]\n[customer]", "both"),
            ("[customer]", "start = { now = 2026-12-01T14:00:00 }\n[customer]", "offset"),
        ] {
            let error = read(&GOOD.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(wrong), "{to}: {error}");
        }
    }

    #[test]
    fn the_parts_of_a_file_are_found_again() {
        let places = LineNumbers::of(GOOD);
        assert_eq!((places.line(0), places.change(0), places.change(7)), (6, 8, 1));
    }

    #[test]
    fn the_smallest_file_has_a_wish_a_line_and_a_change() {
        read("name = \"A\"\ncustomer.wants = \"B\"\n[[line]]\nsays = \"hi\"\n[[change]]\ncreate = \"tickets\"\n")
            .unwrap();
    }
}
