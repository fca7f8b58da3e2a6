//! A customer who says the lines of a scenario. Pure: the same replies give the same lines.

use std::time::Duration;

use super::scenario::{Condition, Means, Meanwhile, Scenario, ScriptLine};
use super::text::folded;

/// Message that a customer sends in a rehearsal, and what a script says of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomerMessage {
    /// Text of the message.
    pub words: String,
    /// The meaning, as far as the scenario gives it.
    pub means: Means,
    /// The customer agrees to what the desk proposes.
    pub agrees: bool,
    /// The position of the scenario's line that is said.
    pub line: Option<usize>,
    /// The time that passes before it is said.
    pub wait: Duration,
    /// Something that a colleague does before it is said.
    pub meanwhile: Option<Meanwhile>,
}

/// A reply of the desk, as far as the customer hears it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeardReply {
    /// Everything that is shown.
    pub says: String,
    /// Choices that can be picked.
    pub offers: Vec<String>,
    /// A person takes over.
    pub handed_off: bool,
}

/// The customer, between two messages.
#[derive(Debug)]
pub struct Script<'a> {
    /// With their positions in the file.
    left: Vec<(usize, &'a ScriptLine)>,
}

impl<'a> Script<'a> {
    /// A customer who has said nothing yet.
    pub fn new(scenario: &'a Scenario) -> Script<'a> {
        Script { left: scenario.lines.iter().enumerate().collect() }
    }

    /// True if a line is meant for this reply.
    pub(super) fn has_answer_to(&self, reply: &HeardReply) -> bool {
        self.left.iter().any(|(_, line)| line.when.as_ref().is_some_and(|when| when.holds(reply)))
    }

    /// The next line without a condition.
    pub(super) fn next_plain(&self) -> Option<&'a ScriptLine> {
        self.left.iter().find(|(_, line)| line.when.is_none()).map(|(_, line)| *line)
    }

    /// Says the first line whose condition fits, else the next one without a condition, after the pauses before it.
    /// `None`: the customer leaves.
    pub fn says(&mut self, reply: &HeardReply) -> Option<CustomerMessage> {
        let mut pauses = Duration::ZERO;
        loop {
            let (place, line) = self.next(reply)?;
            pauses += line.wait.unwrap_or_default();
            if !line.is_pause() {
                return Some(CustomerMessage { line: Some(place), wait: pauses, ..said(line, reply) });
            }
        }
    }

    /// Takes the line that is next.
    fn next(&mut self, reply: &HeardReply) -> Option<(usize, &'a ScriptLine)> {
        let fits = |(_, line): &(usize, &ScriptLine)| line.when.as_ref().is_some_and(|when| when.holds(reply));
        let plain = |(_, line): &(usize, &ScriptLine)| line.when.is_none();
        let at = self.left.iter().position(fits).or_else(|| self.left.iter().position(plain))?;
        let (place, line) = self.left.remove(at);
        if line.ends {
            self.left.clear();
        }
        Some((place, line))
    }
}

/// A line as it is said after a reply.
fn said(line: &ScriptLine, reply: &HeardReply) -> CustomerMessage {
    let picked = line.picks.as_ref().map(|part| {
        let offered = reply.offers.iter().find(|offer| folded(offer).contains(&folded(part)));
        offered.unwrap_or(part).clone()
    });
    let means = Means { about: picked.clone().or(line.means.about.clone()), ..line.means.clone() };
    let words = picked.unwrap_or_else(|| line.says.clone());
    CustomerMessage {
        words,
        means,
        agrees: line.agrees,
        meanwhile: line.meanwhile.clone(),
        ..CustomerMessage::default()
    }
}

impl Condition {
    fn holds(&self, reply: &HeardReply) -> bool {
        let said = folded(&reply.says);
        let says = self.desk_says.is_empty() || self.desk_says.iter().any(|part| said.contains(&folded(part)));
        let offers = self
            .desk_offers
            .as_ref()
            .is_none_or(|part| reply.offers.iter().any(|offer| folded(offer).contains(&folded(part))));
        let asks = self.asks.is_none_or(|asks| asks == reply.says.lines().any(|line| line.trim_end().ends_with('?')));
        let handed_off = self.handed_off.is_none_or(|handed_off| handed_off == reply.handed_off);
        says && offers && asks && handed_off
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_condition_is_said_once_when_it_fits_and_the_others_in_order() {
        let scenario = super::super::scenario_file::read(
            r#"
            name = "A"
            customer.wants = "A."
            limits = { calls = 1, bytes = 1 }
            replies.must_say = [["A"]]
            [[line]]
            says = "one"
            [[line]]
            if = { desk_says = ["Zone"] }
            says = "vegas"
            [[line]]
            if = { desk_offers = "10:00" }
            picks = "10:00"
            [[line]]
            says = "two"
            ends = true
            [[line]]
            says = "never"
            "#,
        )
        .unwrap();
        let mut script = Script::new(&scenario);
        let reply = |says: &str, offers: &[&str]| HeardReply {
            says: says.into(),
            offers: offers.iter().map(|offer| (*offer).to_owned()).collect(),
            handed_off: false,
        };
        let said: Vec<_> = [
            reply("your zone?", &[]),
            reply("which zone?", &["at 10:00 o'clock"]),
            reply("zone", &["10:00"]),
            reply("the zone", &[]),
            reply("zone", &[]),
        ]
        .iter()
        .map(|reply| script.says(reply).map(|said| said.words))
        .collect();
        assert_eq!(
            said,
            [Some("vegas"), Some("at 10:00 o'clock"), Some("one"), Some("two"), None]
                .map(|words| words.map(str::to_owned))
        );
    }
}
