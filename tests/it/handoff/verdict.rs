//! The judgement of a simulation, by the account as the embedded HubSpot has it. Nothing of ours is used here: what people
//! wrote is found in its snapshot by the words themselves.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a run leaves: the account with its log of deliveries, for each hand-off where it was, what was sent and what was
/// heard, and the answers to forged deliveries.
pub(super) struct Evidence {
    pub(super) account: Value,
    pub(super) talks: Vec<Value>,
    pub(super) by_ticket: bool,
    /// Each with `attempt`, `body` and `status`.
    pub(super) deliveries: Vec<Value>,
    pub(super) forged: Vec<u16>,
}

/// The words of people to customers begin so in a run.
const ANSWERS: &str = "Person ";

/// The faults of a run; none is expected.
pub(super) fn faults(evidence: &Evidence) -> Vec<String> {
    let of_talks = evidence.talks.iter().flat_map(|talk| of_talk(evidence, talk));
    of_talks.chain(of_deliveries(evidence)).collect()
}

/// Deliveries that came more than once although the first was taken, or the answer to it was lost.
pub(super) fn doubled(evidence: &Evidence) -> usize {
    let mut bodies = BTreeMap::<&str, usize>::new();
    for delivery in &evidence.deliveries {
        *bodies.entry(delivery["body"].as_str().unwrap_or_default()).or_default() += 1;
    }
    bodies.values().filter(|times| **times > 1).count()
}

/// What HubSpot has signed is never refused, what it has not always is. While the desk is down nobody answers.
fn of_deliveries(evidence: &Evidence) -> Vec<String> {
    let of_hubspot = evidence.deliveries.iter().filter_map(|delivery| delivery["status"].as_u64());
    let refused = of_hubspot.filter(|status| (400..500).contains(status));
    let refused = refused.map(|status| format!("a delivery of HubSpot's was answered {status}"));
    let taken = evidence.forged.iter().filter(|status| ![401, 502].contains(*status));
    refused.chain(taken.map(|status| format!("a forged delivery was answered {status}"))).collect()
}

/// The messages of people that were heard.
pub(super) fn heard(evidence: &Evidence) -> usize {
    evidence.talks.iter().map(|talk| texts(talk).len()).sum()
}

fn of_talk(evidence: &Evidence, talk: &Value) -> Vec<String> {
    let place = talk["place"].as_str().expect("an id");
    let mut faults = vec![];
    let numbers: Vec<_> =
        talk["heard"].as_array().expect("a list").iter().map(|event| event["number"].as_u64()).collect();
    let expected: Vec<_> = (1..=numbers.len() as u64).map(Some).collect();
    if numbers != expected {
        faults.push(format!("{place}: the events have the numbers {numbers:?}"));
    }
    let kinds: Vec<_> = talk["heard"].as_array().expect("a list").iter().map(|event| &event["event"]).collect();
    if kinds.iter().filter(|kind| **kind == "closed").count() > 1 {
        faults.push(format!("{place}: it ended more than once: {kinds:?}"));
    }
    let ended = kinds.iter().any(|kind| *kind == "closed");
    let (told, wrote) = (texts(talk), written(evidence, place));
    // Whoever has closed it may write on; that is for nobody. Until then nothing is missing, and the order is theirs.
    let is_beginning = told.len() <= wrote.len() && told.iter().zip(&wrote).all(|(one, other)| one == other);
    if !is_beginning || (!ended && told.len() != wrote.len()) {
        faults.push(format!("{place}: people wrote {wrote:#?}\nand {told:#?} was heard (ended: {ended})"));
    }
    for sent in talk["sent"].as_array().expect("a list") {
        let text = sent["text"].as_str().expect("a text");
        let times = everything(evidence, place).iter().filter(|one| says(one, text)).count();
        let allowed = match sent["code"].as_str() {
            None => 1..=1,
            Some("HANDOFF_ENDED_ERROR") => 0..=0,
            // Whoever was told that it is not known, or not now, may be right either way.
            Some(_) => 0..=1,
        };
        if !allowed.contains(&times) {
            faults.push(format!("{place}: {sent} stands {times} times"));
        }
    }
    faults
}

/// The words of people that were heard, in their order.
fn texts(talk: &Value) -> Vec<String> {
    let heard = talk["heard"].as_array().expect("a list").iter();
    heard.filter_map(|event| event["colleague_text"].as_str()).map(str::to_owned).collect()
}

/// The words that people wrote to the customer here, in their order.
fn written(evidence: &Evidence, place: &str) -> Vec<String> {
    let all = everything(evidence, place).into_iter();
    let answer = |text: String| {
        let plain = text.replace("<p>", "").replace("</p>", "").replace("&nbsp;", " ");
        let words = if evidence.by_ticket { plain.strip_prefix("@customer ").map(str::to_owned) } else { Some(plain) };
        words.filter(|words| words.starts_with(ANSWERS))
    };
    all.filter_map(answer).collect()
}

/// Every text at a place, oldest first: the notes on a ticket, or the messages of a thread.
fn everything(evidence: &Evidence, place: &str) -> Vec<String> {
    if evidence.by_ticket { notes(&evidence.account, place) } else { messages(&evidence.account, place) }
}

fn messages(account: &Value, thread: &str) -> Vec<String> {
    let threads = account["threads"].as_array().expect("the snapshot has threads");
    let found = threads.iter().find(|one| one["id"].as_u64() == thread.parse().ok()).expect("a thread");
    let all = found["messages"].as_array().expect("a thread has messages").iter();
    all.filter_map(|message| find(message, "text").and_then(Value::as_str)).map(str::to_owned).collect()
}

/// The bodies of all notes that are associated with the ticket, by their ids.
fn notes(account: &Value, ticket: &str) -> Vec<String> {
    let mut all = vec![];
    collect(account, &mut all);
    let on_ticket = associated(account, ticket);
    let mut found: Vec<_> = all.into_iter().filter(|(id, _)| on_ticket.contains(id)).collect();
    found.sort();
    found.into_iter().map(|(_, body)| body).collect()
}

/// Every record of the snapshot that has the body of a note, with its id.
fn collect(value: &Value, found: &mut Vec<(u64, String)>) {
    match value {
        Value::Object(fields) => {
            let body = find(value, "hs_note_body")
                .map(|body| body.as_str().map_or_else(|| find(body, "text").and_then(Value::as_str), Some));
            if let (Some(id), Some(Some(body))) = (fields.get("id").and_then(number), body) {
                found.push((id, body.to_owned()));
                return;
            }
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.rsplit('/').next()?.parse().ok())
}

/// The ids that stand beside this one in an association.
fn associated(account: &Value, ticket: &str) -> Vec<u64> {
    let id: u64 = ticket.parse().expect("an id");
    let list = account["associations"].as_array().expect("the snapshot has associations");
    let numbers = |one: &Value| {
        let mut all = vec![];
        gather(one, &mut all);
        all
    };
    list.iter().map(numbers).filter(|all| all.contains(&id)).flatten().collect()
}

fn gather(value: &Value, found: &mut Vec<u64>) {
    match value {
        Value::Object(fields) => fields.values().for_each(|value| gather(value, found)),
        Value::Array(items) => items.iter().for_each(|value| gather(value, found)),
        other => found.extend(number(other)),
    }
}

/// True if a text is, or holds, these words and no longer number.
fn says(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| !text[at + words.len()..].starts_with(|c: char| c.is_ascii_digit()))
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

    fn evidence(account: Value, talks: Vec<Value>) -> Evidence {
        Evidence { account, talks, by_ticket: false, deliveries: vec![], forged: vec![] }
    }

    #[test]
    fn planted_faults_of_deliveries_are_found() {
        let delivery = |status: Value, body: &str| json!({"attempt": 0, "status": status, "body": body});
        for (statuses, forged, count) in [
            (vec![json!(200), json!(502), Value::Null], vec![401, 502], 0),
            (vec![json!(401), json!(413)], vec![], 2),
            (vec![json!(503)], vec![200, 401], 1),
        ] {
            let deliveries = statuses.iter().map(|status| delivery(status.clone(), "[]")).collect();
            let evidence = Evidence { deliveries, forged, ..evidence(json!({"threads": []}), vec![]) };
            assert_eq!(faults(&evidence).len(), count, "{statuses:?}");
        }
        let deliveries = ["a", "b", "a"].map(|body| delivery(json!(200), body)).into();
        assert_eq!(doubled(&Evidence { deliveries, ..evidence(json!({}), vec![]) }), 1);
    }

    #[test]
    fn planted_faults_are_found() {
        let message = |text: &str| json!({"id": 1, "content": {"text": text}});
        let event = |number: u64, text: &str| json!({"number": number, "event": "message", "colleague_text": text});
        let closed = json!({"number": 2, "event": "closed"});
        let faults = |messages: Value, heard: Value, code: Value| {
            let talk = json!({"place": "7", "sent": [{"text": "Customer 1", "code": code}], "heard": heard});
            let account = json!({"threads": [{"id": 7, "messages": messages}]});
            super::faults(&evidence(account, vec![talk])).len()
        };
        let (one, two, said) = ("Person 0 answers 0", "Person 0 answers 1", "Customer 1");
        let null = Value::Null;
        for (messages, heard, code, count) in [
            (json!([message(said), message(one)]), json!([event(1, one)]), null.clone(), 0),
            (json!([message(said), message(one)]), json!([]), null.clone(), 1),
            (json!([message(said), message(one)]), json!([event(1, one), event(2, one)]), null.clone(), 1),
            (
                json!([message(said), message(one), message(two)]),
                json!([event(1, two), event(2, one)]),
                null.clone(),
                1,
            ),
            (json!([message(said), message(one), message(two)]), json!([event(1, one), closed]), null.clone(), 0),
            (json!([message(one)]), json!([event(1, one)]), null.clone(), 1),
            (json!([message(said), message(said)]), json!([]), json!("TIMEOUT_ERROR"), 1),
            (json!([message(said)]), json!([]), json!("HANDOFF_ENDED_ERROR"), 1),
            (json!([]), json!([]), json!("TIMEOUT_ERROR"), 0),
            (json!([message(said), message(one)]), json!([event(2, one)]), null, 1),
        ] {
            assert_eq!(faults(messages.clone(), heard.clone(), code), count, "{messages} {heard}");
        }
    }
}
