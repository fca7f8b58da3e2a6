//! Compares an audit trail with HubSpot's own log and records. It reads JSON and knows no type of the server, so that an
//! error in the server cannot hide itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What happened, as JSON.
pub(crate) struct Evidence {
    /// The lines of the trail.
    pub(crate) lines: Vec<Value>,
    /// HubSpot's log of requests, all of them.
    pub(crate) requests: Vec<Value>,
    /// The ids of the records that were made, by type.
    pub(crate) made: BTreeMap<&'static str, BTreeSet<String>>,
}

/// One write of a line.
struct Write<'a> {
    call: &'a str,
    tool: &'a str,
    facts: &'a Value,
}

impl Write<'_> {
    fn text(&self, field: &str) -> &str {
        self.facts[field].as_str().unwrap()
    }

    fn is(&self, action: &str, object: &str, outcome: &str) -> bool {
        (self.text("action"), self.text("object"), self.text("outcome")) == (action, object, outcome)
    }

    fn ids(&self, kind: &str) -> Vec<&str> {
        let records = self.facts["records"].as_array().unwrap().iter();
        records.filter(|record| record["type"] == kind).map(|record| record["id"].as_str().unwrap()).collect()
    }

    fn correlation_ids(&self) -> impl Iterator<Item = &str> {
        self.facts["correlation_ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap())
    }
}

/// Checks that every write has its line and that no line lies.
pub(crate) fn check(run: &str, evidence: &Evidence) {
    let writes = writes(run, &evidence.lines);
    check_lines(run, &evidence.lines);
    for (object, made) in &evidence.made {
        check_made(run, object, made, &writes);
    }
    check_changes(run, &evidence.requests, &writes);
    check_correlation_ids(run, &evidence.requests, &writes);
}

/// The writes of all lines. The line of the end of a write stands for that of its call.
fn writes<'a>(run: &str, lines: &'a [Value]) -> Vec<Write<'a>> {
    let mut all: Vec<Write<'a>> = vec![];
    for line in lines {
        for facts in line["writes"].as_array().unwrap() {
            let write = Write { call: line["call"].as_str().unwrap(), tool: line["tool"].as_str().unwrap(), facts };
            if line["event"] == "call" {
                all.push(write);
                continue;
            }
            assert_eq!(line["event"], "write_ended", "{run}: {line}");
            let is_same = |told: &&mut Write<'_>| {
                told.call == write.call && told.tool == write.tool && told.text("object") == write.text("object")
            };
            let told = all.iter_mut().filter(is_same).find(|told| told.text("outcome") == "unknown");
            *told.unwrap_or_else(|| panic!("{run}: the end of no write: {line}")) = write;
        }
    }
    all
}

/// A call that went well has no write that did not happen, and one that was refused or asked has none that did.
fn check_lines(run: &str, lines: &[Value]) {
    for line in lines.iter().filter(|line| line["event"] == "call") {
        let outcomes: Vec<_> = line["writes"].as_array().unwrap().iter().map(|write| &write["outcome"]).collect();
        let code = line["outcome"].as_str().unwrap();
        let is_of_tool_with_warning = line["tool"] == "find_contact_by_email";
        assert!(code != "ok" || is_of_tool_with_warning || outcomes.contains(&&"done".into()), "{run}: {line}");
        let surely_nothing = ["asked", "FORBIDDEN_ERROR", "DECLINED_ERROR", "DISMISSED_ERROR", "BUSY_ERROR"];
        assert!(!surely_nothing.contains(&code) || outcomes.is_empty(), "{run}: {line}");
        assert!(code != "OUTCOME_UNKNOWN_ERROR" || outcomes.contains(&&"unknown".into()), "{run}: {line}");
    }
}

/// Every record that was made is told once, or its creation is told to have an unknown outcome.
fn check_made(run: &str, object: &str, made: &BTreeSet<String>, writes: &[Write<'_>]) {
    let action = if object == "meetings" { "book" } else { "create" };
    let with = |outcome: &'static str| writes.iter().filter(move |write| write.is(action, object, outcome));
    let (done, unknown) = (with("done").count(), with("unknown").count());
    let counted = (done..=done + unknown).contains(&made.len());
    assert!(counted, "{run}: {} {object} were made; {done} are told as done, {unknown} as unknown", made.len());
    if object == "meetings" {
        return; // HubSpot's answer to a booking names the event and the contact, and not the meeting.
    }
    let mut told = BTreeSet::new();
    for id in with("done").flat_map(|write| write.ids(object)) {
        assert!(made.contains(id), "{run}: the trail tells of {object} {id}, which does not exist");
        assert!(told.insert(id), "{run}: the trail tells twice of {object} {id}");
    }
    assert_eq!(told.len(), done, "{run}: a creation is told as done without its id");
}

/// Every change that HubSpot made has a line that says so, or that nobody knows; and the other way round.
fn check_changes(run: &str, requests: &[Value], writes: &[Write<'_>]) {
    let mut changed = BTreeSet::new();
    for request in requests.iter().filter(|request| request["method"] == "PATCH" && is_success(request)) {
        let mut path = request["path"].as_str().unwrap().rsplit('/');
        let (id, object) = (path.next().unwrap(), path.next().unwrap());
        let is_told = |write: &Write<'_>| {
            let outcome = write.text("outcome");
            write.text("action") == "update" && outcome != "not_done" && write.ids(object).contains(&id)
        };
        assert!(writes.iter().any(is_told), "{run}: nothing tells of the change of {object} {id}");
        changed.insert((object.to_owned(), id.to_owned()));
    }
    for write in writes.iter().filter(|write| write.text("action") == "update" && write.text("outcome") == "done") {
        for id in write.ids(write.text("object")) {
            let key = (write.text("object").to_owned(), id.to_owned());
            assert!(changed.contains(&key), "{run}: HubSpot has not changed {key:?}");
        }
    }
}

/// The correlation ids are those of requests that wrote, and a success that was heard of is not told as nothing.
fn check_correlation_ids(run: &str, requests: &[Value], writes: &[Write<'_>]) {
    let sent: BTreeMap<_, _> =
        requests.iter().map(|request| (request["correlation_id"].as_str().unwrap(), request)).collect();
    let mut told: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for write in writes {
        for id in write.correlation_ids() {
            let request = sent.get(id).unwrap_or_else(|| panic!("{run}: HubSpot knows no request {id}"));
            let path = request["path"].as_str().unwrap();
            let writes_it = is_write(request) && (path.contains(write.text("object")) || path.ends_with("/book"));
            assert!(writes_it, "{run}: {request} is not a request of {}", write.facts);
            told.entry(id).or_default().push(write.text("outcome"));
        }
    }
    for (id, outcomes) in told {
        let whole = matches!(sent[id]["status"].as_u64(), Some(200 | 201));
        assert!(!whole || outcomes.iter().any(|outcome| *outcome != "not_done"), "{run}: {}", sent[id]);
    }
}

fn is_success(request: &Value) -> bool {
    request["status"].as_u64().is_some_and(|status| (200..300).contains(&status))
}

/// A search or a batch read is a POST that writes nothing.
fn is_write(request: &Value) -> bool {
    let path = request["path"].as_str().unwrap();
    request["method"] == "PATCH"
        || request["method"] == "POST" && !path.ends_with("/search") && !path.ends_with("/read")
}

/// A trail that lies is found out: otherwise the check would prove nothing.
#[test]
fn a_lie_is_found_out() {
    use serde_json::json;
    let line = |outcome: &str, id: &str| {
        json!({"event": "call", "call": "1", "tool": "create_ticket", "outcome": "ok", "writes": [
        {"action": "create", "object": "tickets", "outcome": outcome, "records": [{"type": "tickets", "id": id}],
         "correlation_ids": ["a"]}]})
    };
    let evidence = |lines: Vec<Value>, made: &[&str]| Evidence {
        lines,
        requests: vec![json!({"method": "POST", "path": "/crm/objects/tickets", "status": 201, "correlation_id": "a"})],
        made: [("tickets", made.iter().map(|id| (*id).to_owned()).collect())].into(),
    };
    check("true", &evidence(vec![line("done", "7")], &["7"]));
    let caught = |evidence: Evidence| std::panic::catch_unwind(|| check("lie", &evidence)).is_err();
    assert!(caught(evidence(vec![], &["7"])), "a missing line");
    assert!(caught(evidence(vec![line("done", "8")], &["7"])), "another id");
    assert!(caught(evidence(vec![line("not_done", "7")], &["7"])), "another outcome");
    assert!(caught(evidence(vec![line("done", "7"), line("done", "7")], &["7"])), "a line too many");
}
