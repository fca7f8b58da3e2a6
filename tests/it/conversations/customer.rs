//! A customer who says the lines of a scenario. Pure: the same replies give the same lines.

use super::scenario::{Condition, Line, Means, Scenario};

/// A message of the customer.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) words: String,
    pub(crate) means: Means,
    pub(crate) agrees: bool,
}

/// A reply of the desk, as far as the customer hears it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) says: String,
    /// Choices that can be picked.
    pub(crate) offers: Vec<String>,
}

/// The customer, between two messages.
#[derive(Debug)]
pub(crate) struct Script<'a> {
    left: Vec<&'a Line>,
}

impl<'a> Script<'a> {
    pub(crate) fn new(scenario: &'a Scenario) -> Script<'a> {
        Script { left: scenario.lines.iter().collect() }
    }

    /// Says the first line whose condition fits, else the next one without a condition. `None`: the customer leaves.
    pub(crate) fn next(&mut self, reply: &Reply) -> Option<Said> {
        let fits = |line: &&&Line| line.when.as_ref().is_some_and(|when| when.holds(reply));
        let at = self
            .left
            .iter()
            .position(|line| fits(&line))
            .or_else(|| self.left.iter().position(|line| line.when.is_none()))?;
        let line = self.left.remove(at);
        if line.ends {
            self.left.clear();
        }
        let picked = line.picks.as_ref().map(|part| {
            let offered = reply.offers.iter().find(|offer| folded(offer).contains(&folded(part)));
            offered.unwrap_or(part).clone()
        });
        let means = Means { about: picked.clone().or(line.means.about.clone()), ..line.means.clone() };
        Some(Said { words: picked.unwrap_or_else(|| line.says.clone()), means, agrees: line.agrees })
    }
}

impl Condition {
    fn holds(&self, reply: &Reply) -> bool {
        let said = folded(&reply.says);
        let says = self.desk_says.is_empty() || self.desk_says.iter().any(|part| said.contains(&folded(part)));
        let offers = self
            .desk_offers
            .as_ref()
            .is_none_or(|part| reply.offers.iter().any(|offer| folded(offer).contains(&folded(part))));
        says && offers
    }
}

/// A text for comparisons, without case.
pub(crate) fn folded(text: &str) -> String {
    text.to_lowercase()
}

#[test]
fn a_line_with_a_condition_is_said_once_when_it_fits_and_the_others_in_order() {
    let scenario = super::scenario::read(
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
    let reply = |says: &str, offers: &[&str]| Reply {
        says: says.into(),
        offers: offers.iter().map(|offer| (*offer).to_owned()).collect(),
    };
    let said: Vec<_> = [
        reply("your zone?", &[]),
        reply("which zone?", &["at 10:00 o'clock"]),
        reply("zone", &["10:00"]),
        reply("the zone", &[]),
        reply("zone", &[]),
    ]
    .iter()
    .map(|reply| script.next(reply).map(|said| said.words))
    .collect();
    assert_eq!(
        said,
        [Some("vegas"), Some("at 10:00 o'clock"), Some("one"), Some("two"), None].map(|words| words.map(str::to_owned))
    );
}
