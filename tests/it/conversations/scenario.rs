//! A conversation as a file: the state that the desk finds, the customer's lines, and what must be so afterwards.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hubspot_sandbox::fault::Fault;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use toml::Value;
use toml::value::Datetime;

/// One conversation. Unknown keys are errors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    /// The ways in which it is played.
    #[serde(default = "both")]
    pub(crate) modes: Vec<Mode>,
    #[serde(default)]
    pub(crate) start: Start,
    pub(crate) customer: Customer,
    #[serde(rename = "line")]
    pub(crate) lines: Vec<Line>,
    /// The whole difference between HubSpot before and after.
    #[serde(default, rename = "change")]
    pub(crate) changes: Vec<Change>,
    #[serde(default)]
    pub(crate) replies: Replies,
    #[serde(default)]
    pub(crate) never: Never,
    pub(crate) limits: Limits,
}

/// The way in which a model works: by the prompt and all tools, or led by a taskgraph session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    Free,
    Guided,
}

/// The state that the desk finds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Start {
    /// The script; without it the server's default.
    pub(crate) graph: Option<String>,
    /// The sandbox's clock.
    #[serde(deserialize_with = "moment")]
    pub(crate) now: Option<DateTime<Utc>>,
    /// Records that are there beside those of the seed company.
    pub(crate) add: Vec<Addition>,
    /// Faults of HubSpot, as the sandbox takes them.
    pub(crate) fault: Vec<Fault>,
    /// The user id of a colleague whose calendar is disconnected.
    pub(crate) offline: Option<u64>,
}

/// A record that is there at the start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Addition {
    /// The name by which the rest of the file means it.
    #[serde(rename = "as")]
    pub(crate) name: String,
    /// The plural of its type.
    pub(crate) create: String,
    #[serde(default)]
    pub(crate) linked: Vec<String>,
    pub(crate) with: BTreeMap<String, String>,
}

/// The sheet of a customer: read by a model that plays them and by people; a script ignores it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Customer {
    pub(crate) wants: String,
    /// Facts that they cannot say.
    #[serde(default)]
    pub(crate) unknown: Vec<String>,
}

/// One message of the customer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    #[serde(default)]
    pub(crate) says: String,
    /// Without it the line is said in its turn; with it once, as soon as it fits the last reply.
    #[serde(rename = "if")]
    pub(crate) when: Option<Condition>,
    /// A part of one of the choices offered, which is said in place of `says`.
    pub(crate) picks: Option<String>,
    /// Writes that need a yes come after such a line.
    #[serde(default)]
    pub(crate) agrees: bool,
    #[serde(default)]
    pub(crate) ends: bool,
    #[serde(default)]
    pub(crate) means: Means,
}

/// The condition of a line on the last reply; all parts must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    /// One of these is said.
    #[serde(default)]
    pub(crate) desk_says: Vec<String>,
    /// This is among the choices.
    pub(crate) desk_offers: Option<String>,
}

/// The meaning of a message, as a language model would read it in the customer's words.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Means {
    /// The wish, by a name that the scripts have for it.
    pub(crate) intent: Option<String>,
    /// The way in which the matter at hand goes on.
    pub(crate) choice: Option<String>,
    /// The words by which one of several things shown is meant.
    pub(crate) about: Option<String>,
    /// Who they are.
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) name: Option<String>,
    /// A meeting.
    pub(crate) day: Option<String>,
    pub(crate) time: Option<String>,
    pub(crate) zone: Option<String>,
    pub(crate) duration: Option<u32>,
    /// The problem, where the message says more or less than it.
    pub(crate) issue: Option<String>,
    /// How they can be reached.
    pub(crate) reach: Option<String>,
    /// Values of a contact that are to be kept.
    pub(crate) data: BTreeMap<String, String>,
    /// Answers to a booking form.
    pub(crate) form: BTreeMap<String, String>,
    /// They agree to what the booking form asks consent for.
    pub(crate) consents: bool,
    /// What becomes of the matter at hand.
    pub(crate) switch: Option<String>,
}

/// One expected difference, or as many as `count` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// The type of a new record.
    pub(crate) create: Option<String>,
    /// The record that changes.
    pub(crate) update: Option<String>,
    #[serde(default)]
    pub(crate) count: Count,
    /// The people and tickets that a new record is linked to, all of them; without it they may be any.
    pub(crate) linked: Option<Vec<String>>,
    /// It comes only after the customer has agreed.
    #[serde(default)]
    pub(crate) needs_yes: bool,
    #[serde(default)]
    pub(crate) with: BTreeMap<String, Wanted>,
}

/// How often a change occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) min: usize,
    pub(crate) max: usize,
}

impl Default for Count {
    fn default() -> Count {
        Count { min: 1, max: 1 }
    }
}

/// The value that a property must have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    Text(String),
    Moment(DateTime<Utc>),
    OneOf(Vec<String>),
    /// All of these, in any case.
    Contains(Vec<String>),
    Any,
}

/// The expectations of what the desk says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Replies {
    /// Of each group one.
    pub(crate) must_say: Vec<Vec<String>>,
    pub(crate) must_not_say: Vec<String>,
}

/// What must not happen on the way.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Never {
    /// Tools that are not called, whether or not they change anything.
    pub(crate) calls: Vec<String>,
}

/// The most that a conversation may cost, in each way of playing it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) calls: usize,
    /// The bytes of all arguments and answers.
    pub(crate) bytes: usize,
}

/// Reads a file; the error names its line.
pub(crate) fn read(text: &str) -> Result<Scenario, String> {
    let scenario: Scenario = toml::from_str(text).map_err(|error| error.to_string())?;
    scenario.check()?;
    Ok(scenario)
}

impl Scenario {
    fn check(&self) -> Result<(), String> {
        let says = |line: &Line| !line.says.trim().is_empty() || line.picks.is_some();
        let said = |fact: &String| self.lines.iter().any(|line| line.says.contains(fact.as_str()));
        let judged = self.changes.iter().any(|change| change.count.min > 0) || !self.replies.must_say.is_empty();
        let one_kind = |change: &Change| change.create.is_some() != change.update.is_some();
        if self.modes.is_empty() || !self.lines.iter().any(|line| line.when.is_none()) {
            return Err("a scenario has a mode and a line without `if`".into());
        }
        if let Some(at) = self.lines.iter().position(|line| !says(line)) {
            return Err(format!("line {} says nothing", at + 1));
        }
        if let Some(fact) = self.customer.unknown.iter().find(|fact| said(fact)) {
            return Err(format!("the customer says `{fact}`, which they do not know"));
        }
        if !self.changes.iter().all(one_kind) {
            return Err("a change has either `create` or `update`".into());
        }
        if self.customer.wants.trim().is_empty() || !judged {
            return Err("a scenario has a wish, and a change or `must_say` by which it is judged".into());
        }
        Ok(())
    }
}

fn both() -> Vec<Mode> {
    vec![Mode::Free, Mode::Guided]
}

fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = Datetime::deserialize(from)?.to_string();
    text.parse().map(Some).map_err(|_| D::Error::custom("a moment has an offset: 2026-12-01T14:00:00Z"))
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Count, D::Error> {
        let wrong = || D::Error::custom("a count is a number, or \"0..1\"");
        match Value::deserialize(from)? {
            Value::Integer(count) => {
                let count = usize::try_from(count).map_err(|_| wrong())?;
                Ok(Count { min: count, max: count })
            }
            Value::String(range) => {
                let (min, max) = range.split_once("..").ok_or_else(wrong)?;
                let [min, max] = [min, max].map(|end| end.parse().map_err(|_| wrong()));
                Ok(Count { min: min?, max: max? })
            }
            _ => Err(wrong()),
        }
    }
}

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Wanted, D::Error> {
        let wrong = || D::Error::custom("a value is a text, a moment, `one_of`, `contains` or `any`");
        match Value::deserialize(from)? {
            Value::String(text) => Ok(Wanted::Text(text)),
            Value::Datetime(at) => at.to_string().parse().map(Wanted::Moment).map_err(|_| wrong()),
            Value::Table(table) if table.len() == 1 => {
                let texts = |value: &Value| value.clone().try_into::<Vec<String>>().map_err(|_| wrong());
                match (table.get("one_of"), table.get("contains"), table.get("any")) {
                    (Some(values), ..) => texts(values).map(Wanted::OneOf),
                    (_, Some(values), _) => texts(values).map(Wanted::Contains),
                    (.., Some(Value::Boolean(true))) => Ok(Wanted::Any),
                    _ => Err(wrong()),
                }
            }
            _ => Err(wrong()),
        }
    }
}

#[test]
fn a_file_that_says_something_unknown_is_refused_with_its_line() {
    let good = "name = \"A\"\nlimits = { calls = 1, bytes = 1 }\n[customer]\nwants = \"A ticket.\"\nunknown = [\"42\"]\n\
                [[line]]\nsays = \"hi\"\n[[change]]\ncreate = \"tickets\"\n";
    read(good).unwrap();
    for (from, to, wrong) in [
        ("says", "say", "line 7"),
        ("says = \"hi\"", "says = \"hi\"\nmeans = { mail = \"a\" }", "unknown field `mail`"),
        ("create = \"tickets\"", "create = \"tickets\"\ncount = \"many\"", "0..1"),
        ("create = \"tickets\"", "create = \"tickets\"\nwith = { a = 1 }", "one_of"),
        ("create = \"tickets\"", "create = \"tickets\"\nupdate = \"x\"", "either"),
        ("create = \"tickets\"", "create = \"tickets\"\ncount = \"0..1\"", "judged"),
        ("says = \"hi\"", "says = \"\"", "says nothing"),
        ("says = \"hi\"", "says = \"it is 42\"", "do not know"),
        ("[customer]", "modes = [\"both\"]\n[customer]", "both"),
        ("[customer]", "start = { now = 2026-12-01T14:00:00 }\n[customer]", "offset"),
    ] {
        let error = read(&good.replace(from, to)).unwrap_err();
        assert!(error.contains(wrong), "{to}: {error}");
    }
}
