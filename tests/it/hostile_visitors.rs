//! The memory that hostile requests to the chat page, the contact assistant and the webhooks take: one, and a hundred at once.

#![cfg(target_os = "linux")]

use std::io::Write;

use domain::clock::Clock;
use frontdesk::events::delivery::EVENTS_MAX;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::task::JoinSet;

use crate::binary::{http_client, serve_http};
use crate::events::{PUBLIC, SECRET, TARGET, message, signature};
use crate::hostile_memory::{HUNDRED_MAX, ONE_MAX, Posted, peak_while, post_to, private_mib};
use crate::shares::{FULL, callers};

/// As long as a body of the chat, of the assistant and of the webhooks may be.
const CHAT_BYTES: usize = 32 * 1024;
const ASSISTANT_BYTES: usize = 512 * 1024;
const WEBHOOK_BYTES: usize = 1024 * 1024;

/// The limits of how often, which are none here.
const SETTINGS: &str =
    "[limits]\nstarts_per_minute = 100000\nmessages_per_minute = 100000\nconversations_per_address = 2000\n";

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn json_type(mut more: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    more.push(("content-type", "application/json".to_owned()));
    more
}

/// The secret of a new conversation, as a header has it.
async fn session(address: &str, path: &str, token: Option<&str>) -> String {
    let request = http_client().post(format!("http://{address}{path}/start")).json(&json!({}));
    let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
    let started: Value = request.send().await.unwrap().json().await.unwrap();
    started["session"].as_str().unwrap_or_else(|| panic!("{started}")).to_owned()
}

async fn to_chat(address: &str, name: &str, text: String) -> Posted {
    let bearer = format!("Bearer {}", session(address, "/chat/api", None).await);
    Posted { path: format!("/chat/api/{name}"), headers: json_type(vec![("authorization", bearer)]), body: text }
}

async fn to_assistant(address: &str, text: String) -> Posted {
    let session = session(address, "/assistant/api", Some(FULL)).await;
    let headers = vec![("authorization", format!("Bearer {FULL}")), ("x-chat-session", session)];
    Posted { path: "/assistant/api/send".to_owned(), headers: json_type(headers), body: text }
}

fn to_webhooks(text: String) -> Posted {
    let timestamp = Clock::System.now().timestamp_millis().to_string();
    let signature = signature(TARGET, text.as_bytes(), &timestamp);
    let headers = vec![("x-hubspot-signature-v3", signature), ("x-hubspot-request-timestamp", timestamp)];
    Posted { path: "/webhooks/hubspot".to_owned(), headers: json_type(headers), body: text }
}

/// A list of `item`, which ends in a comma, in so many bytes.
fn listed(item: &str, bytes: usize) -> String {
    format!("[{}0]", item.repeat((bytes - 300) / item.len()))
}

/// The bodies of a kind, by number: those of one kind differ, so that none is a repeat.
async fn hostile(address: &str, kind: &str, number: usize) -> Posted {
    let said = |text: &str| json!({"id": number.to_string(), "text": text}).to_string();
    let nested = |bytes: usize| format!(r#"{{"id":{}1"#, "[".repeat(bytes - 300));
    match kind {
        "a start of lists" => to_chat(address, "start", format!(r#"{{"claim":{}}}"#, listed("[0],", CHAT_BYTES))).await,
        "a long message" => to_chat(address, "send", said(&"yes 5 pm ".repeat(444))).await,
        "a message of long signs" => to_chat(address, "send", said(&"長".repeat(4_000))).await,
        "files as lists" => {
            let files = listed("{},", CHAT_BYTES);
            to_chat(address, "send", format!(r#"{{"id":"1","files":{files}}}"#)).await
        }
        "a nest" => to_chat(address, "send", nested(CHAT_BYTES)).await,
        "staff: files as lists" => {
            let files = listed(r#"{"name":"a","mime":"b","base64":"c"},"#, ASSISTANT_BYTES);
            to_assistant(address, format!(r#"{{"id":"1","files":{files}}}"#)).await
        }
        "staff: a long message" => to_assistant(address, said(&"find Sarah ".repeat(363))).await,
        "webhooks: events" => {
            let now_ms = Clock::System.now().timestamp_millis();
            let events: Vec<_> =
                (0..EVENTS_MAX as u64).map(|at| message(at, &format!("{number}-{at}"), now_ms)).collect();
            to_webhooks(json!(events).to_string())
        }
        "webhooks: lists" => to_webhooks(listed("[0],", WEBHOOK_BYTES)),
        _ => to_webhooks(format!("[{{}}{}]", ",{}".repeat((WEBHOOK_BYTES - 300) / 3))),
    }
}

const KINDS: [&str; 10] = [
    "a start of lists",
    "a long message",
    "a message of long signs",
    "files as lists",
    "a nest",
    "staff: files as lists",
    "staff: a long message",
    "webhooks: events",
    "webhooks: lists",
    "webhooks: objects",
];

#[tokio::test]
async fn hostile_visitors_take_bounded_memory() {
    let (tokens, settings, secret) = (callers(), file(SETTINGS), file(SECRET));
    let path = |file: &NamedTempFile| file.path().to_str().unwrap().to_owned();
    let files = [path(&tokens), path(&settings), path(&secret)];
    let arguments = [
        &["--sandbox", "--chat", "--assistant", "--calls-per-second", "100000", "--public-url", PUBLIC][..],
        &["--auth-file", &files[0], "--chat-settings", &files[1], "--client-secret-file", &files[2]],
    ]
    .concat();
    for (at_once, bound) in [(1, ONE_MAX), (100, HUNDRED_MAX)] {
        let (process, address) = serve_http(&arguments).await;
        let warm_up = to_chat(&address, "send", json!({"id": "0", "text": "hello"}).to_string()).await;
        post_to(&address, &warm_up).await;
        let rest = private_mib(&process);
        for kind in KINDS {
            let mut posts = vec![];
            for number in 1..=at_once {
                posts.push(hostile(&address, kind, number).await);
            }
            let before = private_mib(&process);
            let peak = peak_while(&process, all_posted(&address, posts)).await;
            println!("{at_once:>3} x {kind}: {:.1} MiB", peak - before);
            let from = if at_once == 1 { before } else { rest };
            assert!(peak - from < bound, "{at_once} x {kind}: {:.1} MiB", peak - from);
        }
    }
}

async fn all_posted(address: &str, posts: Vec<Posted>) {
    let mut sending = JoinSet::new();
    for posted in posts {
        let address = address.to_owned();
        sending.spawn(async move { post_to(&address, &posted).await });
    }
    sending.join_all().await;
}
