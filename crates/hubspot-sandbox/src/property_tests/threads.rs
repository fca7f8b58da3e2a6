//! Lists of threads and messages: paging returns each once; every list is in its order; the
//! filters agree with what the threads say.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;

use crate::conversing::{AgentMessage, VisitorMessage};
use crate::property_tests::{ids, runtime};
use crate::test_client::{Client, SARAH, client};

const THREADS: &str = "/conversations/conversations/2026-09/threads";
const VERONICA: u64 = 9_586_504;
/// Before all messages.
const EARLY: &str = "2026-11-22T00:00:00Z";

/// What happens to one of the threads so far, by its number.
#[derive(Clone, Debug)]
enum Event {
    Begins(bool),
    VisitorWrites(usize),
    AgentWrites(usize, bool),
    Closes(usize),
    IsAssigned(usize),
    IsArchived(usize),
    TimePasses(u64),
}

fn event() -> impl Strategy<Value = Event> {
    let thread = 0_usize..64;
    prop_oneof![
        4 => any::<bool>().prop_map(Event::Begins),
        3 => thread.clone().prop_map(Event::VisitorWrites),
        3 => (thread.clone(), any::<bool>()).prop_map(|(thread, internal)| Event::AgentWrites(thread, internal)),
        1 => thread.clone().prop_map(Event::Closes),
        1 => thread.clone().prop_map(Event::IsAssigned),
        1 => thread.prop_map(Event::IsArchived),
        3 => (0_u64..3_000).prop_map(Event::TimePasses),
    ]
}

/// Lets an event happen. One that concerns a thread in the trash is refused, and nothing happens.
async fn happen(client: &Client, threads: &mut Vec<u64>, event: &Event) {
    let (sandbox, any) = (&client.sandbox, |at: &usize| threads.get(at % threads.len().max(1)).copied().unwrap_or(0));
    match event {
        Event::Begins(known) => {
            let email = known.then(|| "sarah@gmail.com".to_owned());
            let written = sandbox.visitor_writes(VisitorMessage { email, ..VisitorMessage::chat("hello") });
            threads.push(written.unwrap().thread_id);
        }
        Event::VisitorWrites(at) => drop(sandbox.visitor_writes(VisitorMessage::chat("more").in_thread(any(at)))),
        Event::AgentWrites(at, internal) => {
            let message = AgentMessage { internal: *internal, ..AgentMessage::reply(any(at), VERONICA, "Hi") };
            drop(sandbox.agent_writes(message));
        }
        Event::Closes(at) => drop(sandbox.set_thread_closed(any(at), true)),
        Event::IsAssigned(at) => drop(sandbox.assign_thread(any(at), Some(VERONICA))),
        Event::IsArchived(at) => drop(sandbox.archive_thread(any(at))),
        Event::TimePasses(ms) => tokio::time::advance(Duration::from_millis(*ms)).await,
    }
}

/// Returns the entries of all pages.
async fn walk(client: &Client, path: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (vec![], String::new());
    let mark = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = client.get(&format!("{path}{mark}limit={limit}{after}")).await.expect(200);
        let results = page["results"].as_array().unwrap();
        assert!(results.len() <= limit && (results.len() == limit || page.get("paging").is_none()));
        all.extend(results.iter().cloned());
        match page["paging"]["next"]["after"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}

fn numbers(all: &[Value]) -> Vec<u64> {
    all.iter().map(|one| one["id"].as_str().unwrap().parse().unwrap()).collect()
}

fn times(all: &[Value]) -> Vec<&str> {
    all.iter().map(|one| one["latestMessageTimestamp"].as_str().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn lists_of_threads_are_complete_in_order_and_as_filtered(
        events in prop::collection::vec(event(), 0..60), limit in 1_usize..9,
    ) {
        runtime().block_on(async {
            let (client, mut threads) = (client(), vec![]);
            for event in &events {
                happen(&client, &mut threads, event).await;
            }
            let live = walk(&client, THREADS, limit).await;
            let trashed = walk(&client, &format!("{THREADS}?archived=true"), limit).await;
            prop_assert!(numbers(&live).is_sorted() && numbers(&trashed).is_sorted());
            let all: BTreeSet<u64> = numbers(&live).into_iter().chain(numbers(&trashed)).collect();
            prop_assert_eq!(&all, &threads.iter().copied().collect());
            prop_assert_eq!(live.len() + trashed.len(), threads.len());
            let sorted = format!("{THREADS}?sort=latestMessageTimestamp&latestMessageTimestampAfter=");
            let by_time = walk(&client, &format!("{sorted}{EARLY}"), limit).await;
            prop_assert!(times(&by_time).is_sorted() && by_time.len() == live.len());
            if let Some(middle) = by_time.get(by_time.len() / 2) {
                let from = middle["latestMessageTimestamp"].as_str().unwrap();
                let later = walk(&client, &format!("{sorted}{from}"), limit).await;
                let expected = by_time.iter().filter(|one| one["latestMessageTimestamp"].as_str() >= Some(from));
                prop_assert_eq!(later.iter().collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            }
            for status in ["OPEN", "CLOSED"] {
                let path = format!("{THREADS}?associatedContactId={SARAH}&threadStatus={status}");
                let found = walk(&client, &path, limit).await;
                let expected = live.iter().filter(|one| one["associatedContactId"] == SARAH && one["status"] == status);
                prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            }
            Ok(())
        })?;
    }

    /// The times of a thread are those of its messages, and reading them page by page misses none.
    #[test]
    fn messages_are_complete_and_agree_with_their_thread(
        events in prop::collection::vec(event(), 1..60), limit in 1_usize..9,
    ) {
        runtime().block_on(async {
            let (client, mut threads) = (client(), vec![]);
            happen(&client, &mut threads, &Event::Begins(true)).await;
            for event in &events {
                happen(&client, &mut threads, event).await;
            }
            for thread in walk(&client, THREADS, 500).await {
                let path = format!("{THREADS}/{}/messages", thread["id"].as_str().unwrap());
                let messages = walk(&client, &path, limit).await;
                let newest = walk(&client, &format!("{path}?sort=-createdAt"), limit).await;
                prop_assert!(newest.iter().rev().eq(messages.iter()));
                let page = client.get(&format!("{path}?limit=500")).await.expect(200);
                let unique: BTreeSet<_> = ids(&page, "id").into_iter().collect();
                prop_assert_eq!(unique.len(), messages.len());
                let latest = |direction: Option<&str>| {
                    let of = |one: &&Value| one["type"] == "MESSAGE" && direction.is_none_or(|name| one["direction"] == name);
                    messages.iter().filter(of).map(|one| &one["createdAt"]).next_back()
                };
                prop_assert_eq!(thread.get("latestMessageTimestamp"), latest(None));
                prop_assert_eq!(thread.get("latestMessageReceivedTimestamp"), latest(Some("INCOMING")));
                prop_assert_eq!(thread.get("latestMessageSentTimestamp"), latest(Some("OUTGOING")));
                let status = messages.iter().filter_map(|one| one["newStatus"].as_str()).next_back();
                prop_assert_eq!(thread["status"].as_str(), Some(status.unwrap_or("OPEN")));
                let assigned = messages.iter().rfind(|one| one["type"] == "ASSIGNMENT");
                prop_assert_eq!(thread.get("assignedTo"), assigned.and_then(|one| one.get("assignedTo")));
            }
            Ok(())
        })?;
    }
}
