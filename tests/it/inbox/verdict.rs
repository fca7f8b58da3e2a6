//! Judges a run of conversations by HubSpot's own state. It reads JSON and knows no type of the server, so that an error in
//! the server cannot hide itself.

use serde_json::Value;

/// What happened, as JSON.
pub(crate) struct Evidence {
    /// The account when all is over, as its snapshot has it.
    pub(crate) account: Value,
    /// Every reply that was asked for: `conversation`, `text`, `internal`, and `message` or `code`.
    pub(crate) replies: Vec<Value>,
    /// What each reader was shown of a conversation, from its first message on: `conversation` and `seen`, the ids.
    pub(crate) readers: Vec<Value>,
}

/// The faults of a run; none if everything holds.
pub(crate) fn faults(evidence: &Evidence) -> Vec<String> {
    let replies = evidence.replies.iter().flat_map(|reply| of_reply(evidence, reply));
    let readers = evidence.readers.iter().flat_map(|reader| of_reader(evidence, reader));
    replies.chain(readers).collect()
}

fn threads(account: &Value) -> impl Iterator<Item = (String, &Vec<Value>)> {
    let threads = account["threads"].as_array().expect("a list of threads").iter();
    threads.map(|thread| (thread["id"].to_string(), thread["messages"].as_array().expect("a list of messages")))
}

/// A reply stands in its own conversation, once if it was acknowledged, at most once if nobody knows, and not if it was
/// refused; and it went the way by which the customer had come.
fn of_reply(evidence: &Evidence, reply: &Value) -> Vec<String> {
    let mut faults = vec![];
    let found: Vec<_> = threads(&evidence.account)
        .flat_map(|(thread, messages)| messages.iter().map(move |message| (thread.clone(), message)))
        .filter(|(_, message)| text(message) == reply["text"].as_str())
        .collect();
    let expected = match reply["code"].as_str() {
        None => 1..=1,
        Some("OUTCOME_UNKNOWN_ERROR") => 0..=1,
        Some(_) => 0..=0,
    };
    if !expected.contains(&found.len()) {
        faults.push(format!("{reply} stands {} times", found.len()));
    }
    for (thread, message) in found {
        if Some(thread.as_str()) != reply["conversation"].as_str() {
            faults.push(format!("{reply} stands in {thread}"));
        }
        if reply["message"].is_string() && reply["message"] != message["id"] {
            faults.push(format!("{reply} was told another id than {}", message["id"]));
        }
        if is_comment(message) != (reply["internal"] == true) {
            faults.push(format!("{reply} has other readers"));
        }
    }
    faults
}

/// A reader sees what is there, in order, without a gap and nothing twice.
fn of_reader(evidence: &Evidence, reader: &Value) -> Vec<String> {
    let conversation = reader["conversation"].as_str().expect("an id");
    let (_, messages) = threads(&evidence.account).find(|(thread, _)| thread == conversation).expect("a thread");
    let there: Vec<_> = messages.iter().map(|message| &message["id"]).collect();
    let seen: Vec<_> = reader["seen"].as_array().expect("a list of ids").iter().collect();
    let is_beginning = seen.len() <= there.len() && seen.iter().zip(&there).all(|(one, other)| one == other);
    if is_beginning { vec![] } else { vec![format!("{conversation} has {there:?}, and a reader saw {seen:?}")] }
}

fn text(message: &Value) -> Option<&str> {
    find(message, "text").and_then(Value::as_str)
}

fn is_comment(message: &Value) -> bool {
    message.to_string().to_lowercase().contains("\"comment\"")
}

/// The first field of this name, however deep: the snapshot's shape is the sandbox's own.
fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields.get(name).or_else(|| fields.values().find_map(|value| find(value, name))),
        Value::Array(items) => items.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn evidence(messages: Value, reply: Value, seen: Value) -> Evidence {
        Evidence {
            account: json!({"threads": [{"id": 7, "messages": messages}, {"id": 8, "messages": []}]}),
            replies: vec![reply],
            readers: vec![json!({"conversation": "7", "seen": seen})],
        }
    }

    #[test]
    fn planted_faults_are_found() {
        let message = |id: &str, kind: &str| json!({"id": id, "content": {kind: {"text": "R1"}}});
        let reply = |code: Value| json!({"conversation": "7", "text": "R1", "internal": false, "code": code});
        let one = json!([message("a", "message")]);
        let two = json!([message("a", "message"), message("b", "message")]);
        let none = Value::Null;
        for (messages, reply, seen, count) in [
            (one.clone(), reply(none.clone()), json!(["a"]), 0),
            (two.clone(), reply(none.clone()), json!(["a", "b"]), 1),
            (two.clone(), reply(json!("OUTCOME_UNKNOWN_ERROR")), json!([]), 1),
            (one.clone(), reply(json!("OUTCOME_UNKNOWN_ERROR")), json!([]), 0),
            (one.clone(), reply(json!("HUBSPOT_FAILED_ERROR")), json!([]), 1),
            (json!([]), reply(none.clone()), json!([]), 1),
            (json!([message("a", "comment")]), reply(none.clone()), json!([]), 1),
            (two.clone(), reply(json!("X_ERROR")), json!(["b", "a"]), 2),
            (one.clone(), reply(none.clone()), json!(["a", "a"]), 1),
            (one, json!({"conversation": "8", "text": "R1", "internal": false}), json!([]), 1),
        ] {
            let found = faults(&evidence(messages, reply, seen));
            assert_eq!(found.len(), count, "{found:?}");
        }
    }
}
