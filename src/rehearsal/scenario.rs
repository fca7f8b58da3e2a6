//! A conversation as a file: the state that the desk finds, the customer's lines, and what must be so afterwards.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hubspot_sandbox::fault::Fault;
use serde::Deserialize;

use super::script_brain::ScriptedTurn;
use super::values::{self, Count, ExpectedValue};

/// One conversation. Unknown keys are errors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// One line that says what happens.
    pub name: String,
    /// Tags; `--tag` selects scenarios by them.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Modes of this project's own tests that play it.
    #[serde(default = "both")]
    pub modes: Vec<Mode>,
    /// The state that the desk finds.
    #[serde(default)]
    pub start: Start,
    /// The sheet of the customer.
    pub customer: CustomerSheet,
    /// The customer's messages.
    #[serde(rename = "line")]
    pub lines: Vec<ScriptLine>,
    /// The whole difference between HubSpot before and after.
    #[serde(default, rename = "change")]
    pub changes: Vec<ExpectedChange>,
    /// The expectations of what the desk says.
    #[serde(default)]
    pub replies: Replies,
    /// The end of the conversation, beside HubSpot.
    #[serde(default)]
    pub outcome: ExpectedOutcome,
    /// What must not happen on the way.
    #[serde(default)]
    pub never: Never,
    /// The most that it may cost.
    #[serde(default)]
    pub limits: RunLimits,
    /// The answers of a desk that passes, which show that the scenario can be passed at all.
    #[serde(default)]
    pub gold: Vec<ScriptedTurn>,
}

/// The way in which a model works: by the prompt and all tools, or led by a taskgraph session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// By the prompt and all tools.
    Free,
    /// Led by a taskgraph session.
    Guided,
}

/// The state that the desk finds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Start {
    /// The script; without it the server's default.
    pub graph: Option<String>,
    /// The sandbox's clock.
    #[serde(deserialize_with = "values::moment")]
    pub now: Option<DateTime<Utc>>,
    /// The customer, where the channel has proved who they are.
    pub visitor: Option<KnownVisitor>,
    /// Records that are there beside those of the seed company.
    pub add: Vec<Addition>,
    /// Faults of HubSpot, as the sandbox takes them.
    pub fault: Vec<Fault>,
    /// The user id of a colleague whose calendar is disconnected.
    pub offline: Option<u64>,
}

/// A customer who has proved who they are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownVisitor {
    /// The address of one of the contacts.
    pub email: String,
}

/// A record that is there at the start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addition {
    /// Name that the rest of the file refers to it by.
    #[serde(rename = "as")]
    pub name: String,
    /// HubSpot's plural of the record type, such as `contacts`.
    pub create: String,
    /// The records that it is linked to.
    #[serde(default)]
    pub linked: Vec<String>,
    /// Properties of the record, by name.
    pub with: BTreeMap<String, String>,
}

/// The sheet of a customer: read by a model that plays them and by people; a script ignores it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerSheet {
    /// Goal that the customer follows, in plain words.
    pub wants: String,
    /// Facts that they can say.
    #[serde(default)]
    pub knows: Vec<String>,
    /// Facts that they cannot say.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// Style of the customer's messages.
    pub manner: Option<String>,
    /// The first message of a customer who is played by a model; without it the first line.
    pub opens: Option<String>,
}

/// One message of the customer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptLine {
    /// Text that the customer sends.
    #[serde(default)]
    pub says: String,
    /// Without it the line is said in its turn; with it once, as soon as it fits the last reply.
    #[serde(rename = "if")]
    pub when: Option<Condition>,
    /// A part of one of the choices offered, which is said in place of `says`.
    pub picks: Option<String>,
    /// The time for which they say nothing before it. A line that has nothing else is a pause before the next one.
    #[serde(default, deserialize_with = "values::wait")]
    pub wait: Option<Duration>,
    /// Writes that need a yes come after such a line.
    #[serde(default)]
    pub agrees: bool,
    /// The customer leaves after it.
    #[serde(default)]
    pub ends: bool,
    /// The meaning, for a desk that reads no words.
    #[serde(default)]
    pub means: Means,
    /// Something that a colleague does in HubSpot before the line is said.
    pub meanwhile: Option<Meanwhile>,
}

/// A record that a colleague makes or changes while the conversation goes on. It is none of the desk's differences.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Meanwhile {
    /// The type of a new record.
    pub create: Option<String>,
    /// The record that changes.
    pub update: Option<String>,
    /// The records to which a new one is linked.
    pub linked: Vec<String>,
    /// Properties of the record, by name.
    pub with: BTreeMap<String, String>,
}

/// The condition of a line on the last reply; all parts must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// One of these is said.
    #[serde(default)]
    pub desk_says: Vec<String>,
    /// This is among the choices.
    pub desk_offers: Option<String>,
    /// A line of the last reply ends in a question mark, or none does.
    pub asks: Option<bool>,
    /// Expected of the last reply: it hands over to a person (true), or does not (false).
    pub handed_off: Option<bool>,
}

/// The meaning of a message, as a language model would read it in the customer's words.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Means {
    /// The wish, by a name that the scripts have for it.
    pub intent: Option<String>,
    /// The way in which the matter at hand goes on.
    pub choice: Option<String>,
    /// The words by which one of several things shown is meant.
    pub about: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their phone number.
    pub phone: Option<String>,
    /// Name that the customer gives when asked.
    pub name: Option<String>,
    /// The day of a meeting.
    pub day: Option<String>,
    /// The time of a meeting.
    pub time: Option<String>,
    /// The time zone of a meeting.
    pub zone: Option<String>,
    /// The minutes of a meeting.
    pub duration: Option<u32>,
    /// The problem, where the message says more or less than it.
    pub issue: Option<String>,
    /// How they can be reached.
    pub reach: Option<String>,
    /// The colleague whom they want, or `nobody`: not the usual one.
    pub owner: Option<String>,
    /// An address that they named before was wrong; `false`: the matter is another customer's.
    pub correction: Option<bool>,
    /// It is about none of the tickets.
    pub no_ticket: bool,
    /// Values of a contact that are to be kept.
    pub data: BTreeMap<String, String>,
    /// Answers to a booking form.
    pub form: BTreeMap<String, String>,
    /// They agree to what the booking form asks consent for.
    pub consents: bool,
    /// What becomes of the matter at hand.
    pub switch: Option<String>,
}

/// One expected difference, or as many as `count` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedChange {
    /// The type of a new record.
    pub create: Option<String>,
    /// The record that changes.
    pub update: Option<String>,
    /// Number of times that it occurs.
    #[serde(default)]
    pub count: Count,
    /// The people and tickets that a new record is linked to, all of them; without it they may be any.
    pub linked: Option<Vec<String>>,
    /// It comes only after the customer has agreed.
    #[serde(default)]
    pub needs_yes: bool,
    /// The values of its properties.
    #[serde(default)]
    pub with: BTreeMap<String, ExpectedValue>,
}

/// The expectations of what the desk says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replies {
    /// Of each group one.
    pub must_say: Vec<Vec<String>>,
    /// None of these.
    pub must_not_say: Vec<String>,
}

/// The end of the conversation, beside HubSpot.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedOutcome {
    /// The customer was left to a person, or was not.
    pub handed_off: Option<bool>,
}

/// What must not happen on the way.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Never {
    /// Tools that are not called, whether or not they change anything.
    pub calls: Vec<String>,
}

/// The most that a conversation may cost. `calls` and `bytes` hold for the desks of this project's tests, the others for
/// rehearsals.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunLimits {
    /// The most calls of tools.
    pub calls: Option<usize>,
    /// The bytes of all arguments and answers.
    pub bytes: Option<usize>,
    /// The most messages of the customer.
    pub turns: Option<usize>,
    /// The most requests to HubSpot.
    pub hubspot_requests: Option<usize>,
    /// Seconds from the first message to the last reply.
    pub seconds: Option<u64>,
}

impl ScriptLine {
    /// True for a line that is only a pause.
    pub(super) fn is_pause(&self) -> bool {
        self.wait.is_some() && self.says.trim().is_empty() && self.picks.is_none()
    }
}

impl Scenario {
    /// True if a customer lets time pass.
    pub fn waits(&self) -> bool {
        self.lines.iter().any(|line| line.wait.is_some())
    }

    /// The reason why a file that can be read says too little to be played, or contradicts itself.
    pub(super) fn check(&self) -> Result<(), String> {
        let says = |line: &ScriptLine| !line.says.trim().is_empty() || line.picks.is_some() || line.wait.is_some();
        let said = |fact: &String| self.lines.iter().any(|line| line.says.contains(fact.as_str()));
        let judged = self.changes.iter().any(|change| change.count.min > 0) || !self.replies.must_say.is_empty();
        let one_kind = |change: &ExpectedChange| change.create.is_some() != change.update.is_some();
        if let Some(at) = self.lines.iter().position(|line| !says(line)) {
            return Err(format!("line {} says nothing", at + 1));
        }
        let speaks = |line: &ScriptLine| line.when.is_none() && !line.is_pause();
        if self.modes.is_empty() || !self.lines.iter().any(speaks) {
            return Err("a scenario has a mode and a line without `if`".into());
        }
        if let Some(fact) = self.customer.unknown.iter().find(|fact| said(fact)) {
            return Err(format!("the customer says `{fact}`, which they do not know"));
        }
        let acts = self.lines.iter().filter_map(|line| line.meanwhile.as_ref());
        if acts.into_iter().any(|act| act.create.is_some() == act.update.is_some() || act.with.is_empty()) {
            return Err("`meanwhile` has either `create` or `update`, and `with`".into());
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
