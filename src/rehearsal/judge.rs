//! The judgement of a conversation: by the state of HubSpot before, on the way and afterwards, by the calls, and by what
//! must and must not be said. Pure.

use std::collections::BTreeMap;

use super::failure::{BrokenRule, Failure};
use super::leaks;
use super::misdirected;
use super::scenario::{ExpectedChange, RunLimits, Scenario};
use super::state::{Difference, HubSpotRecords, Key, Record};
use super::text::folded;
use super::turn::DialogueTurn;

/// What the judge knows of the start.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// Records of HubSpot at that moment.
    pub state: HubSpotRecords,
    /// The records that the scenario added, by the names it has for them.
    pub named: BTreeMap<String, Key>,
}

/// Lists what is wrong but for the costs; nothing: the conversation has passed.
pub fn failures(scenario: &Scenario, before: &Before, turns: &[DialogueTurn]) -> Vec<Failure> {
    let Some(last) = turns.last() else { return vec![Failure::new(BrokenRule::Said, "nothing was said")] };
    let known = RecordsBeforeAfter { before, after: &last.state };
    let mut wrong = changes(scenario, &known, turns);
    wrong.extend(said(scenario, turns));
    let own: Vec<Key> =
        scenario.changes.iter().flat_map(ExpectedChange::records).filter_map(|name| known.find(name)).collect();
    wrong.extend(leaks::of(scenario, &before.state, &own, turns));
    for tool in &scenario.never.calls {
        let calls =
            |turn: &DialogueTurn| turn.calls.iter().any(|call| call.tool == *tool || call.within.contains(tool));
        if let Some(at) = turns.iter().position(calls) {
            wrong.push(Failure::new(BrokenRule::Never, format!("`{tool}` was called")).in_turn(at));
        }
    }
    wrong
}

/// Lists the limits of this project's own desks that were passed.
pub fn costs(limits: &RunLimits, turns: &[DialogueTurn]) -> Vec<Failure> {
    let calls = || turns.iter().flat_map(|turn| &turn.calls);
    let over = |spent: usize, most: Option<usize>, what: &str| {
        let most = most.filter(|most| spent > *most)?;
        Some(Failure::new(BrokenRule::Limit, format!("{spent} {what}, at most {most}")))
    };
    let count = over(calls().count(), limits.calls, "calls");
    let bytes = over(calls().map(|call| call.bytes).sum(), limits.bytes, "bytes");
    count.into_iter().chain(bytes).collect()
}

/// Every difference is explained by exactly one change, and each change occurs as often as it says.
fn changes(scenario: &Scenario, known: &RecordsBeforeAfter<'_>, turns: &[DialogueTurn]) -> Vec<Failure> {
    let mut counts = vec![0; scenario.changes.len()];
    let mut wrong = vec![];
    for difference in known.before.state.until(known.after) {
        let fits = |change: &ExpectedChange| explains(change, &difference, known);
        let open = |at: &usize| counts[*at] < scenario.changes[*at].count.max;
        let fitting: Vec<usize> = (0..counts.len()).filter(|at| fits(&scenario.changes[*at])).collect();
        let needed = fitting.iter().find(|at| counts[**at] < scenario.changes[**at].count.min);
        let at = turn_of(&difference, turns);
        match needed.or_else(|| fitting.iter().find(|at| open(at))) {
            Some(&change) => {
                counts[change] += 1;
                if scenario.changes[change].needs_yes && !agreed(at, turns) {
                    wrong.push(
                        Failure::new(BrokenRule::NoYes, format!("without a yes: {}", difference.shown())).in_turn(at),
                    );
                }
            }
            None => {
                let is_astray = misdirected::is_astray(&scenario.changes, &difference, |name| known.find(name));
                let rule = if is_astray { BrokenRule::Misdirected } else { BrokenRule::HubSpot };
                wrong.push(Failure::new(rule, format!("not expected: {}", difference.shown())).in_turn(at));
            }
        }
    }
    for (at, (change, count)) in scenario.changes.iter().zip(counts).enumerate() {
        if count < change.count.min {
            let text = format!("{count} of {}, at least {}", change.shown(), change.count.min);
            wrong.push(Failure::new(BrokenRule::HubSpot, text).of_change(at));
        }
    }
    wrong
}

fn explains(change: &ExpectedChange, difference: &Difference, known: &RecordsBeforeAfter<'_>) -> bool {
    match difference {
        Difference::Made((kind, _), record) => {
            change.create.as_ref() == Some(kind) && is_linked(record, change, known) && fits(record, change)
        }
        Difference::Changed(key, changed) => {
            let means = change.update.as_ref().and_then(|name| known.find(name));
            let all = changed
                .iter()
                .all(|(name, (_, after))| change.with.get(name).is_some_and(|wanted| wanted.fits(Some(after))));
            means.as_ref() == Some(key) && all && change.with.keys().all(|name| changed.contains_key(name))
        }
        Difference::Gone(_) | Difference::Linked(..) | Difference::Unlinked(..) => false,
    }
}

/// People and tickets that a new record is linked to are exactly those that are named. Companies follow their people.
fn is_linked(record: &Record, change: &ExpectedChange, known: &RecordsBeforeAfter<'_>) -> bool {
    let Some(linked) = &change.linked else { return true };
    let wanted: Vec<Option<Key>> = linked.iter().map(|name| known.find(name)).collect();
    let mut stated = record.links.iter().filter(|(kind, _)| ["contacts", "tickets"].contains(&kind.as_str()));
    let all = wanted.iter().all(|key| key.as_ref().is_some_and(|key| record.links.contains(key)));
    all && stated.all(|key| wanted.contains(&Some(key.clone())))
}

fn fits(record: &Record, change: &ExpectedChange) -> bool {
    change.with.iter().all(|(name, wanted)| wanted.fits(record.properties.get(name)))
}

/// The records before and after.
struct RecordsBeforeAfter<'a> {
    before: &'a Before,
    after: &'a HubSpotRecords,
}

impl RecordsBeforeAfter<'_> {
    fn find(&self, name: &str) -> Option<Key> {
        self.before.find(name).or_else(|| by_address(self.after, name))
    }
}

impl Before {
    /// The record with this name of the file, with this id as in `tickets/33190415288`, or with this e-mail address as in
    /// `contacts:sarah@gmail.com`.
    pub fn find(&self, name: &str) -> Option<Key> {
        let by_id = || name.split_once('/').map(|(kind, id)| (kind.to_owned(), id.to_owned()));
        self.named.get(name).cloned().or_else(by_id).or_else(|| by_address(&self.state, name))
    }
}

fn by_address(state: &HubSpotRecords, name: &str) -> Option<Key> {
    let (kind, email) = name.split_once(':')?;
    let mut all = state.0.iter().filter(|((of, _), _)| of == kind);
    all.find(|(_, record)| record.properties.get("email").is_some_and(|own| own == email)).map(|(key, _)| key.clone())
}

/// Turn that caused the difference.
fn turn_of(difference: &Difference, turns: &[DialogueTurn]) -> usize {
    let is_there = |turn: &DialogueTurn| match difference {
        Difference::Made(key, _) => turn.state.0.contains_key(key),
        Difference::Changed(key, changed) => turn.state.0.get(key).is_some_and(|record| {
            changed.iter().all(|(name, (_, after))| record.properties.get(name).map_or("", String::as_str) == after)
        }),
        Difference::Gone(key) => !turn.state.0.contains_key(key),
        Difference::Linked(one, other) => turn.state.0.get(one).is_some_and(|record| record.links.contains(other)),
        Difference::Unlinked(one, other) => turn.state.0.get(one).is_some_and(|record| !record.links.contains(other)),
    };
    turns.iter().position(is_there).unwrap_or(turns.len())
}

/// True if the customer had agreed by this turn.
pub(super) fn agreed(at: usize, turns: &[DialogueTurn]) -> bool {
    turns.iter().take(at + 1).any(|turn| turn.agrees)
}

fn said(scenario: &Scenario, turns: &[DialogueTurn]) -> Vec<Failure> {
    let replies: Vec<String> = turns.iter().map(|turn| folded(&turn.reply.says)).collect();
    let where_said = |text: &String| replies.iter().position(|reply| reply.contains(&folded(text)));
    let is_said = |text: &String| where_said(text).is_some();
    let missing = scenario.replies.must_say.iter().filter(|group| !group.iter().any(is_said));
    let missing = missing.map(|group| Failure::new(BrokenRule::Said, format!("none of {group:?} was said")));
    let forbidden = scenario.replies.must_not_say.iter().filter_map(|text| Some((text, where_said(text)?)));
    let forbidden =
        forbidden.map(|(text, at)| Failure::new(BrokenRule::Said, format!("`{text}` was said")).in_turn(at));
    missing.chain(forbidden).chain(left_to_person(scenario, turns)).collect()
}

fn left_to_person(scenario: &Scenario, turns: &[DialogueTurn]) -> Option<Failure> {
    let at = turns.iter().position(|turn| turn.reply.handed_off);
    match (scenario.outcome.handed_off?, at) {
        (true, None) => Some(Failure::new(BrokenRule::Outcome, "the customer was not left to a person")),
        (false, Some(at)) => Some(Failure::new(BrokenRule::Outcome, "the customer was left to a person").in_turn(at)),
        _ => None,
    }
}

impl ExpectedChange {
    /// The records that it names.
    fn records(&self) -> impl Iterator<Item = &String> {
        self.linked.iter().flatten().chain(&self.update)
    }

    fn shown(&self) -> String {
        let of = match (&self.create, &self.update) {
            (Some(kind), _) => format!("new {kind}"),
            (_, update) => format!("change of {}", update.as_deref().unwrap_or_default()),
        };
        let with: Vec<String> = self.with.iter().map(|(name, wanted)| format!("{name} = {wanted}")).collect();
        if with.is_empty() { of } else { format!("{of} with {}", with.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::customer::HeardReply;
    use super::super::scenario_file;
    use super::super::turn::Call;
    use super::*;

    const SCENARIO: &str = r#"
        name = "A meeting"
        customer.wants = "A meeting."
        limits = { calls = 2, bytes = 100 }
        never.calls = ["create_contact"]
        replies = { must_say = [["ten"]], must_not_say = ["eleven"] }
        [[line]]
        says = "yes"
        [[change]]
        create = "meetings"
        linked = ["contacts:s@x.example"]
        needs_yes = true
        with = { start = 2026-12-03T18:00:00Z, title = { contains = ["DEMO"] }, owner = { one_of = ["1", "2"] } }
        [[change]]
        update = "contacts:s@x.example"
        count = "0..1"
        with = { phone = { any = true } }
    "#;

    fn key(kind: &str, id: &str) -> Key {
        (kind.to_owned(), id.to_owned())
    }

    fn record(properties: &[(&str, &str)], links: &[Key]) -> Record {
        let properties = properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Record { properties: properties.collect(), links: links.iter().cloned().collect() }
    }

    fn before() -> HubSpotRecords {
        let person = |email: &str| record(&[("email", email), ("phone", "+1 5")], &[]);
        HubSpotRecords(
            [(key("contacts", "1"), person("s@x.example")), (key("contacts", "2"), person("t@x.example"))].into(),
        )
    }

    const MEETING: [(&str, &str); 3] = [("start", "2026-12-03T18:00:00.000Z"), ("title", "A demo"), ("owner", "2")];

    fn with_meeting(properties: &[(&str, &str)], contact: &str) -> HubSpotRecords {
        let mut state = before();
        let (meeting, contact) = (key("meetings", "9"), key("contacts", contact));
        state.0.insert(meeting.clone(), record(properties, std::slice::from_ref(&contact)));
        state.0.get_mut(&contact).unwrap().links.insert(meeting);
        state
    }

    fn turn(state: HubSpotRecords) -> DialogueTurn {
        let reply = HeardReply { says: "At TEN.".into(), ..HeardReply::default() };
        let call = Call { tool: "create_meeting".into(), bytes: 60, ..Call::default() };
        DialogueTurn { says: "yes".into(), agrees: true, reply, calls: vec![call], state, ..DialogueTurn::default() }
    }

    fn judge(turns: &[DialogueTurn]) -> Vec<String> {
        let scenario = scenario_file::read(SCENARIO).unwrap();
        let before = Before { state: before(), named: BTreeMap::new() };
        let all = failures(&scenario, &before, turns).into_iter().chain(costs(&scenario.limits, turns));
        all.map(|failure| failure.text).collect()
    }

    #[test]
    fn the_right_end_passes_and_every_other_fails() {
        let right = || with_meeting(&MEETING, "1");
        let changed = |change: &dyn Fn(&mut HubSpotRecords)| {
            let mut state = right();
            change(&mut state);
            state
        };
        let set = |state: &mut HubSpotRecords, id: &str, name: &str, value: &str| {
            state.0.get_mut(&key("contacts", id)).unwrap().properties.insert(name.into(), value.into());
        };
        assert_eq!(judge(&[turn(right())]), [""; 0]);
        assert_eq!(judge(&[turn(changed(&|state| set(state, "1", "phone", "+1 6")))]), [""; 0], "it may change");
        for (what, state) in [
            ("nothing done", before()),
            (
                "wrong hour",
                with_meeting(&[("start", "2026-12-03T19:00:00Z"), ("title", "A demo"), ("owner", "2")], "1"),
            ),
            ("wrong title", with_meeting(&[("start", MEETING[0].1), ("title", "A talk"), ("owner", "2")], "1")),
            ("wrong owner", with_meeting(&[("start", MEETING[0].1), ("title", "A demo"), ("owner", "3")], "1")),
            ("somebody else's", with_meeting(&MEETING, "2")),
            (
                "twice",
                changed(&|state| {
                    let other = state.0[&key("meetings", "9")].clone();
                    state.0.insert(key("meetings", "10"), other);
                }),
            ),
            ("another contact changed", changed(&|state| set(state, "2", "phone", "+1 6"))),
            ("another property changed", changed(&|state| set(state, "1", "email", "u@x.example"))),
            ("a contact gone", changed(&|state| drop(state.0.remove(&key("contacts", "2"))))),
            (
                "a link made",
                changed(&|state| {
                    state.0.get_mut(&key("contacts", "1")).unwrap().links.insert(key("contacts", "2"));
                }),
            ),
        ] {
            assert!(!judge(&[turn(state)]).is_empty(), "{what}");
        }
    }

    #[test]
    fn words_calls_and_costs_are_judged() {
        let right = || turn(with_meeting(&MEETING, "1"));
        let says =
            |says: &str| DialogueTurn { reply: HeardReply { says: says.into(), ..HeardReply::default() }, ..right() };
        let calls = |calls: Vec<Call>| DialogueTurn { calls, ..right() };
        let call = |tool: &str, bytes, within: &[&str]| Call {
            tool: tool.into(),
            bytes,
            within: within.iter().map(|tool| (*tool).to_owned()).collect(),
            ..Call::default()
        };
        for (turn, wrong) in [
            (says("At nine."), "none of [\"ten\"] was said"),
            (says("Ten or eleven."), "`eleven` was said"),
            (says("Ten, t@x.example"), "`t@x.example` of somebody else was said"),
            (calls(vec![call("create_contact", 1, &[])]), "`create_contact` was called"),
            (calls(vec![call("taskgraph_step", 1, &["create_contact"])]), "`create_contact` was called"),
            (calls(vec![call("a", 50, &[]), call("b", 51, &[])]), "101 bytes, at most 100"),
            (calls(vec![call("a", 1, &[]), call("b", 1, &[]), call("c", 1, &[])]), "3 calls, at most 2"),
        ] {
            assert_eq!(judge(&[turn]), [wrong]);
        }
        let unasked = DialogueTurn { agrees: false, ..right() };
        assert!(judge(&[unasked, right()])[0].starts_with("without a yes: "), "a yes afterwards is too late");
        assert_eq!(judge(&[]), ["nothing was said"]);
    }
}
