//! The printed form of the demo.

use std::io::{self, Write};

use serde_json::Value;

use super::error::Error;

/// The longest text that is printed in full.
const SHOWN_CHARACTERS_MAX: usize = 88;
/// The entries of a list that are printed.
const SHOWN_ITEMS_MAX: usize = 3;

pub(super) struct DemoTranscript<'a> {
    out: &'a mut dyn Write,
}

impl<'a> DemoTranscript<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> DemoTranscript<'a> {
        DemoTranscript { out }
    }

    pub(super) fn line(&mut self, text: &str) -> Result<(), Error> {
        Ok(writeln!(self.out, "{text}")?)
    }

    pub(super) fn opening(&mut self, tools: &[String]) -> Result<(), Error> {
        let tools = tools.join(", ");
        self.line("Frontdesk plays three conversations, the same three led by a taskgraph, one without an agent, one that a person")?;
        self.line("takes over, and one in HubSpot's own inbox. All words of people are written down; the MCP client, the server and")?;
        self.line("the HubSpot it works on are real and run in this process: no account, no token, no network.")?;
        self.line(&format!("\nThe client sees these tools: {tools}"))
    }

    pub(super) fn conversation(&mut self, title: &str) -> Result<(), Error> {
        self.line(&format!("\n{title}\n{}", "=".repeat(title.chars().count())))
    }

    pub(super) fn customer(&mut self, says: &str) -> Result<(), Error> {
        self.line(&format!("Customer  {says}"))
    }

    pub(super) fn agent(&mut self, says: &str) -> Result<(), Error> {
        self.line(&format!("Agent     {says}"))
    }

    /// Prints what a colleague does in HubSpot.
    pub(super) fn colleague(&mut self, does: &str) -> Result<(), Error> {
        self.line(&format!("Colleague {does}"))
    }

    pub(super) fn call(&mut self, tool: &str, arguments: &Value) -> io::Result<()> {
        writeln!(self.out, "  call    {tool}")?;
        self.fields(arguments)
    }

    pub(super) fn answer(&mut self, answer: &Value) -> io::Result<()> {
        writeln!(self.out, "  answer")?;
        self.fields(answer)
    }

    pub(super) fn fields(&mut self, object: &Value) -> io::Result<()> {
        let mut fields = object.as_object().into_iter().flatten();
        fields.try_for_each(|(name, value)| writeln!(self.out, "            {name}: {}", shown(value)))
    }

    /// Prints the requests to HubSpot.
    pub(super) fn requests(&mut self, requests: &[String]) -> io::Result<()> {
        writeln!(self.out, "  HubSpot {}", counted(requests.len()))?;
        requests.iter().try_for_each(|request| writeln!(self.out, "            {request}"))
    }
}

fn counted(requests: usize) -> String {
    match requests {
        0 => "no request: it was known already".to_owned(),
        1 => "1 request".to_owned(),
        more => format!("{more} requests"),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => cut(text),
        Value::Array(items) if items.len() > SHOWN_ITEMS_MAX => {
            let first: Vec<_> = items.iter().take(SHOWN_ITEMS_MAX).map(short).collect();
            format!("{} … and {} more", first.join(", "), items.len() - SHOWN_ITEMS_MAX)
        }
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        other => cut(&other.to_string()),
    }
}

/// A time as hours and minutes, a message or an event by who and what; another object by its first value.
fn short(item: &Value) -> String {
    let clock = |field: &str| item[field].as_str().and_then(|time| time.get(11..16));
    match (clock("start"), clock("end")) {
        (Some(start), Some(end)) => format!("{start} to {end}"),
        (Some(start), None) => start.to_owned(),
        _ => told(item).unwrap_or_else(|| {
            item.as_object().and_then(|object| object.values().next()).map_or_else(|| shown(item), shown)
        }),
    }
}

/// A message or an event on one line: its parts, joined by a colon.
fn told(item: &Value) -> Option<String> {
    let parts = ["event", "from", "person", "text", "colleague_text"].iter().filter_map(|name| item[name].as_str());
    let parts: Vec<_> = parts.collect();
    (!parts.is_empty()).then(|| cut(&parts.join(": ")))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= SHOWN_CHARACTERS_MAX {
        return text.to_owned();
    }
    text.chars().take(SHOWN_CHARACTERS_MAX).chain(['…']).collect()
}
