//! The judgement of a conversation: by the state of HubSpot before, on the way and afterwards, by the calls, and by what
//! must and must not be said. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::customer::{Reply, folded};
use super::scenario::{Change, Scenario, Wanted};
use super::state::{Difference, Key, Record, State};

/// One message of the customer with what the desk did and answered.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) says: String,
    pub(crate) agrees: bool,
    pub(crate) reply: Reply,
    pub(crate) calls: Vec<Call>,
    /// HubSpot after the turn.
    pub(crate) state: State,
}

/// One call of a tool, with its bytes in and out.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) tool: String,
    pub(crate) shown: String,
    pub(crate) bytes: usize,
    /// The tools that the server called within it.
    pub(crate) within: Vec<String>,
}

/// What the judge knows of the start.
#[derive(Debug)]
pub(crate) struct Before {
    pub(crate) state: State,
    /// The records that the scenario added, by the names it has for them.
    pub(crate) named: BTreeMap<String, Key>,
}

/// Lists what is wrong, one sentence each; nothing: the conversation has passed.
pub(crate) fn failures(scenario: &Scenario, before: &Before, turns: &[Turn]) -> Vec<String> {
    let Some(last) = turns.last() else { return vec!["nothing was said".into()] };
    let known = Known { before, after: &last.state };
    let mut wrong = changes(scenario, &known, turns);
    wrong.extend(said(scenario, turns));
    wrong.extend(leaks(scenario, &known, turns));
    let calls = || turns.iter().flat_map(|turn| &turn.calls);
    for tool in &scenario.never.calls {
        if calls().any(|call| call.tool == *tool || call.within.contains(tool)) {
            wrong.push(format!("`{tool}` was called"));
        }
    }
    let (count, bytes) = (calls().count(), calls().map(|call| call.bytes).sum::<usize>());
    if count > scenario.limits.calls {
        wrong.push(format!("{count} calls, at most {}", scenario.limits.calls));
    }
    if bytes > scenario.limits.bytes {
        wrong.push(format!("{bytes} bytes, at most {}", scenario.limits.bytes));
    }
    wrong
}

/// Every difference is explained by exactly one change, and each change occurs as often as it says.
fn changes(scenario: &Scenario, known: &Known<'_>, turns: &[Turn]) -> Vec<String> {
    let mut counts = vec![0; scenario.changes.len()];
    let mut wrong = vec![];
    for difference in known.before.state.until(known.after) {
        let fits = |change: &Change| explains(change, &difference, known);
        let open = |at: &usize| counts[*at] < scenario.changes[*at].count.max;
        let fitting: Vec<usize> = (0..counts.len()).filter(|at| fits(&scenario.changes[*at])).collect();
        let needed = fitting.iter().find(|at| counts[**at] < scenario.changes[**at].count.min);
        match needed.or_else(|| fitting.iter().find(|at| open(at))) {
            Some(&at) => {
                counts[at] += 1;
                if scenario.changes[at].needs_yes && !agreed(&difference, turns) {
                    wrong.push(format!("{} without a yes", shown(&difference)));
                }
            }
            None => wrong.push(format!("{} was not expected", shown(&difference))),
        }
    }
    for (change, count) in scenario.changes.iter().zip(counts) {
        if count < change.count.min {
            let what = change.create.as_ref().or(change.update.as_ref());
            wrong.push(format!("{} of {:?} with {:?}, at least {}", count, what, change.with, change.count.min));
        }
    }
    wrong
}

fn explains(change: &Change, difference: &Difference, known: &Known<'_>) -> bool {
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
fn is_linked(record: &Record, change: &Change, known: &Known<'_>) -> bool {
    let Some(linked) = &change.linked else { return true };
    let wanted: Vec<Option<Key>> = linked.iter().map(|name| known.find(name)).collect();
    let mut stated = record.links.iter().filter(|(kind, _)| ["contacts", "tickets"].contains(&kind.as_str()));
    let all = wanted.iter().all(|key| key.as_ref().is_some_and(|key| record.links.contains(key)));
    all && stated.all(|key| wanted.contains(&Some(key.clone())))
}

fn fits(record: &Record, change: &Change) -> bool {
    change.with.iter().all(|(name, wanted)| wanted.fits(record.properties.get(name)))
}

impl Wanted {
    fn fits(&self, value: Option<&String>) -> bool {
        let value = value.map_or("", String::as_str);
        match self {
            Wanted::Text(text) => value == text,
            Wanted::Moment(at) => value.parse::<DateTime<Utc>>().is_ok_and(|value| value == *at),
            Wanted::OneOf(texts) => texts.iter().any(|text| text == value),
            Wanted::Contains(parts) => parts.iter().all(|part| folded(value).contains(&folded(part))),
            Wanted::Any => !value.is_empty(),
        }
    }
}

/// The records before and after.
struct Known<'a> {
    before: &'a Before,
    after: &'a State,
}

impl Known<'_> {
    fn find(&self, name: &str) -> Option<Key> {
        self.before.find(name).or_else(|| by_address(self.after, name))
    }
}

impl Before {
    /// The record with this name of the file, with this id as in `tickets/33190415288`, or with this e-mail address as in
    /// `contacts:sarah@gmail.com`.
    pub(crate) fn find(&self, name: &str) -> Option<Key> {
        let by_id = || name.split_once('/').map(|(kind, id)| (kind.to_owned(), id.to_owned()));
        self.named.get(name).cloned().or_else(by_id).or_else(|| by_address(&self.state, name))
    }
}

fn by_address(state: &State, name: &str) -> Option<Key> {
    let (kind, email) = name.split_once(':')?;
    let mut all = state.0.iter().filter(|((of, _), _)| of == kind);
    all.find(|(_, record)| record.properties.get("email").is_some_and(|own| own == email)).map(|(key, _)| key.clone())
}

/// True if the customer had agreed by the turn in which the difference came about.
fn agreed(difference: &Difference, turns: &[Turn]) -> bool {
    let is_there = |turn: &Turn| match difference {
        Difference::Made(key, _) => turn.state.0.contains_key(key),
        Difference::Changed(key, changed) => turn.state.0.get(key).is_some_and(|record| {
            changed.iter().all(|(name, (_, after))| record.properties.get(name).map_or("", String::as_str) == after)
        }),
        _ => true,
    };
    let at = turns.iter().position(is_there).unwrap_or(turns.len());
    turns.iter().take(at + 1).any(|turn| turn.agrees)
}

fn shown(difference: &Difference) -> String {
    match difference {
        Difference::Made((kind, id), record) => {
            format!("+ {kind}/{id} {:?} linked to {:?}", record.properties, record.links)
        }
        Difference::Gone((kind, id)) => format!("- {kind}/{id}"),
        Difference::Changed((kind, id), changed) => format!("{kind}/{id} {changed:?}"),
        Difference::Linked(one, other) => format!("link of {one:?} and {other:?}"),
        Difference::Unlinked(one, other) => format!("loss of the link of {one:?} and {other:?}"),
    }
}

fn said(scenario: &Scenario, turns: &[Turn]) -> Vec<String> {
    let replies: Vec<String> = turns.iter().map(|turn| folded(&turn.reply.says)).collect();
    let is_said = |text: &String| replies.iter().any(|reply| reply.contains(&folded(text)));
    let missing = scenario.replies.must_say.iter().filter(|group| !group.iter().any(is_said));
    let missing = missing.map(|group| format!("none of {group:?} was said"));
    let forbidden = scenario.replies.must_not_say.iter().filter(|text| is_said(text));
    missing.chain(forbidden.map(|text| format!("`{text}` was said"))).collect()
}

/// No address or number of a person whom the customer has not named and who is not the customer.
fn leaks(scenario: &Scenario, known: &Known<'_>, turns: &[Turn]) -> Vec<String> {
    let meant = scenario.lines.iter().flat_map(|line| [&line.means.email, &line.means.phone, &line.means.name]);
    let said = turns.iter().map(|turn| &turn.says).chain(meant.flatten());
    let words: String = said.map(|words| folded(words) + "\n").collect();
    let own: Vec<Key> = scenario.changes.iter().flat_map(Change::records).filter_map(|name| known.find(name)).collect();
    let mut wrong = vec![];
    for (key, record) in known.before.state.0.iter().filter(|((kind, _), _)| kind == "contacts") {
        let value =
            |name: &str| record.properties.get(name).map(|value| folded(value)).filter(|value| !value.is_empty());
        let name = [value("firstname"), value("lastname")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let names = [value("email"), value("phone"), Some(name).filter(|name| !name.is_empty())];
        if own.contains(key) || names.iter().flatten().any(|name| words.contains(name.as_str())) {
            continue;
        }
        let secrets = [value("email"), value("phone")].into_iter().flatten();
        let told = secrets.filter(|secret| turns.iter().any(|turn| folded(&turn.reply.says).contains(secret.as_str())));
        wrong.extend(told.map(|secret| format!("`{secret}` of somebody else was said")));
    }
    wrong
}

impl Change {
    /// The records that it names.
    fn records(&self) -> impl Iterator<Item = &String> {
        self.linked.iter().flatten().chain(&self.update)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario;
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

    fn before() -> State {
        let person = |email: &str| record(&[("email", email), ("phone", "+1 5")], &[]);
        State([(key("contacts", "1"), person("s@x.example")), (key("contacts", "2"), person("t@x.example"))].into())
    }

    const MEETING: [(&str, &str); 3] = [("start", "2026-12-03T18:00:00.000Z"), ("title", "A demo"), ("owner", "2")];

    fn with_meeting(properties: &[(&str, &str)], contact: &str) -> State {
        let mut state = before();
        let (meeting, contact) = (key("meetings", "9"), key("contacts", contact));
        state.0.insert(meeting.clone(), record(properties, std::slice::from_ref(&contact)));
        state.0.get_mut(&contact).unwrap().links.insert(meeting);
        state
    }

    fn turn(state: State) -> Turn {
        let reply = Reply { says: "At TEN.".into(), offers: vec![] };
        let call = Call { tool: "create_meeting".into(), shown: String::new(), bytes: 60, within: vec![] };
        Turn { says: "yes".into(), agrees: true, reply, calls: vec![call], state }
    }

    fn judge(turns: &[Turn]) -> Vec<String> {
        let scenario = scenario::read(SCENARIO).unwrap();
        failures(&scenario, &Before { state: before(), named: BTreeMap::new() }, turns)
    }

    #[test]
    fn the_right_end_passes_and_every_other_fails() {
        let right = || with_meeting(&MEETING, "1");
        let changed = |change: &dyn Fn(&mut State)| {
            let mut state = right();
            change(&mut state);
            state
        };
        let set = |state: &mut State, id: &str, name: &str, value: &str| {
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
        let says = |says: &str| Turn { reply: Reply { says: says.into(), offers: vec![] }, ..right() };
        let calls = |calls: Vec<Call>| Turn { calls, ..right() };
        let call = |tool: &str, bytes, within: &[&str]| Call {
            tool: tool.into(),
            shown: String::new(),
            bytes,
            within: within.iter().map(|tool| (*tool).to_owned()).collect(),
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
        let unasked = Turn { agrees: false, ..right() };
        assert!(judge(&[unasked, right()])[0].ends_with("without a yes"), "a yes afterwards is too late");
        assert_eq!(judge(&[]), ["nothing was said"]);
    }
}
