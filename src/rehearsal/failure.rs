//! One thing that is wrong with a conversation, with the place where it went wrong.

use std::fmt;

use super::scenario_file::LineNumbers;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The rule that was broken.
    pub kind: BrokenRule,
    /// Failure in one sentence.
    pub text: String,
    /// Turn that went wrong, from 0.
    pub turn: Option<usize>,
    /// The expected change that did not come.
    pub change: Option<usize>,
}

/// The rule that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BrokenRule {
    /// HubSpot is not as the scenario says.
    HubSpot,
    /// Something was made for another wish, another contact or another colleague than was wanted.
    Misdirected,
    /// Something was written without the needed yes.
    NoYes,
    /// Something was not said, or said that must not be.
    Said,
    /// The conversation ended in another way.
    Outcome,
    /// A tool was called that must not be.
    Never,
    /// A limit was passed.
    Limit,
    /// The data of somebody else was said.
    Leak,
    /// Something was claimed that was not done.
    Claim,
    /// A text that is for programs or operators was said.
    Internal,
    /// The model gave an answer that cannot be used.
    Model,
}

impl BrokenRule {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            BrokenRule::HubSpot => "HubSpot",
            BrokenRule::Misdirected => "misdirected",
            BrokenRule::NoYes => "no yes",
            BrokenRule::Said => "said",
            BrokenRule::Outcome => "outcome",
            BrokenRule::Never => "never",
            BrokenRule::Limit => "limit",
            BrokenRule::Leak => "leak",
            BrokenRule::Claim => "claim",
            BrokenRule::Internal => "internal",
            BrokenRule::Model => "model",
        }
    }
}

impl Failure {
    /// A failure whose place is not known.
    pub fn new(kind: BrokenRule, text: impl Into<String>) -> Failure {
        Failure { kind, text: text.into(), turn: None, change: None }
    }

    /// The same, in a turn.
    #[must_use]
    pub fn in_turn(self, at: usize) -> Failure {
        Failure { turn: Some(at), ..self }
    }

    /// Locates the failure at the expected change with this number.
    #[must_use]
    pub fn of_change(self, at: usize) -> Failure {
        Failure { change: Some(at), ..self }
    }

    /// The line of the file at which a person looks first. `said` are the scenario's lines of the turns.
    pub fn place(&self, places: &LineNumbers, said: &[Option<usize>]) -> usize {
        let line = self.turn.and_then(|at| said.get(at).copied().flatten());
        match (self.change, line) {
            (Some(change), _) => places.change(change),
            (None, Some(line)) => places.line(line),
            (None, None) => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
