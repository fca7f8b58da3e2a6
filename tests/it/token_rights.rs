//! The rights and limits of a token beside its tools, and the life of the file of tokens.

use std::fs;
use std::path::Path;
use std::time::Duration;

use frontdesk::mcp::auth::new_token;
use frontdesk::tool::caller::{Caller, CallerId, CallerLimits};
use frontdesk::tool::permissions::Permissions;
use frontdesk::tool::policy::ToolPolicy;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::io::AsyncReadExt;

use crate::binary::{frontdesk, serve_http, soon};
use crate::http::{ALL, CHAT, TestServer, call, list};
use crate::tool_policy::sandbox_and_server;

const SARAH: &str = "84246479604";

fn write(path: &Path, tokens: Value) {
    fs::write(path, json!({"tokens": tokens}).to_string()).unwrap();
}

fn file(tokens: Value) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    write(file.path(), tokens);
    file
}

async fn serving(file: &NamedTempFile) -> TestServer {
    let path = file.path().to_owned();
    TestServer::open(|settings| {
        settings.auth_file = Some(path);
        settings.metrics = Some(frontdesk::telemetry::metrics().unwrap());
    })
    .await
}

fn request(method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 3, "method": method, "params": params})
}

/// The token of a caller that needs one tool opens no script, no prompt, no document and no metrics.
#[tokio::test]
async fn a_token_for_some_tools_opens_nothing_beside_them() {
    let few = json!({"name": "few", "token": CHAT, "tools": ["get_contact"]});
    let file = file(json!([{"name": "all", "token": ALL}, few]));
    let server = serving(&file).await;
    let [all, chat] = [server.session(ALL).await, server.session(CHAT).await];
    let resources = request("resources/list", json!({}));
    let documents = server.ask(ALL, &all, &resources).await["result"]["resources"].clone();
    let document = documents
        .as_array()
        .unwrap()
        .iter()
        .find_map(|one| one["uri"].as_str().filter(|uri| uri.starts_with("doc://")));
    let listed = [(resources.clone(), "resources"), (request("prompts/list", json!({})), "prompts")];
    for (message, key) in listed {
        assert!(!server.ask(ALL, &all, &message).await["result"][key].as_array().unwrap().is_empty(), "{key}");
        assert_eq!(server.ask(CHAT, &chat, &message).await["result"][key], json!([]), "{key}");
    }
    let script = "taskgraph://hubspot";
    for uri in [script, "taskgraph://hubspot/mermaid"].into_iter().chain(document) {
        for method in ["resources/read", "resources/subscribe"] {
            let message = request(method, json!({"uri": uri}));
            assert!(server.ask(ALL, &all, &message).await.get("result").is_some(), "{method} {uri}");
            assert_eq!(server.ask(CHAT, &chat, &message).await["error"]["code"], -32002, "{method} {uri}");
        }
    }
    let prompt = request("prompts/get", json!({"name": "front_desk"}));
    let refused = server.ask(CHAT, &chat, &prompt).await;
    assert!(refused["error"]["message"].as_str().unwrap().contains("does not open prompts"), "{refused}");
    let metrics =
        async |token: &str| server.client.get(server.url("/metrics")).bearer_auth(token).send().await.unwrap();
    assert_eq!(metrics(ALL).await.status(), StatusCode::OK);
    let refused = metrics(CHAT).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(refused.text().await.unwrap().contains("does not open the metrics"));
}

/// Asks for the file to be read again, until the token is admitted or not as it should be.
async fn reloaded(server: &TestServer, token: &str, expected: StatusCode) {
    for _ in 0..500 {
        server.reload.as_ref().unwrap().notify_one();
        let status = server.post(token, None, &list()).await.status();
        if status == expected || (expected == StatusCode::OK && status != StatusCode::UNAUTHORIZED) {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the file was not read again");
}

#[tokio::test]
async fn tokens_come_and_go_while_the_server_runs() {
    let new = new_token::new("new");
    let (kept, gone) = (json!({"name": "kept", "token": ALL}), json!({"name": "gone", "token": CHAT}));
    let file = file(json!([kept, gone]));
    let server = serving(&file).await;
    let [of_kept, of_gone] = [server.session(ALL).await, server.session(CHAT).await];
    let entry: Value = serde_json::from_str(&new.entry).unwrap();
    write(file.path(), json!([kept, entry]));
    reloaded(&server, CHAT, StatusCode::UNAUTHORIZED).await;
    assert_eq!(server.post(CHAT, Some(&of_gone), &list()).await.status(), StatusCode::UNAUTHORIZED);
    let tools = server.ask(ALL, &of_kept, &list()).await;
    assert!(!tools["result"]["tools"].as_array().unwrap().is_empty(), "the session of a token that stays goes on");
    let of_new = server.session(&new.token).await;
    assert!(server.ask(&new.token, &of_new, &list()).await.get("result").is_some());
    // The name comes back: its sessions were ended, not only closed to it.
    write(file.path(), json!([kept, gone]));
    reloaded(&server, CHAT, StatusCode::OK).await;
    assert_eq!(server.post(CHAT, Some(&of_gone), &list()).await.status(), StatusCode::NOT_FOUND);
    assert!(server.ask(ALL, &of_kept, &list()).await.get("result").is_some());
}

/// The old HTTP+SSE stream of a token that was removed ends.
#[tokio::test]
async fn the_stream_of_a_removed_token_ends() {
    let (kept, gone) = (json!({"name": "kept", "token": ALL}), json!({"name": "gone", "token": CHAT}));
    let file = file(json!([kept, gone]));
    let server = serving(&file).await;
    let stream = server.client.get(server.url("/sse")).bearer_auth(CHAT).send().await.unwrap();
    let staying = server.client.get(server.url("/sse")).bearer_auth(ALL).send().await.unwrap();
    write(file.path(), json!([kept]));
    reloaded(&server, CHAT, StatusCode::UNAUTHORIZED).await;
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.text()).await;
    assert!(ended.is_ok(), "the stream is still open");
    assert!(tokio::time::timeout(Duration::from_millis(50), staying.text()).await.is_err(), "the other goes on");
}

/// A file that cannot be used changes nothing; nobody is locked out by a typing error.
#[tokio::test]
async fn a_broken_file_leaves_the_tokens_as_they_are() {
    let file = file(json!([{"name": "kept", "token": ALL}]));
    let server = serving(&file).await;
    let session = server.session(ALL).await;
    for broken in ["", "{", "{\"tokens\": []}", "{\"tokens\": [{\"name\": \"a\", \"token\": \"short\"}]}"] {
        fs::write(file.path(), broken).unwrap();
        server.reload.as_ref().unwrap().notify_one();
        for _ in 0..20 {
            assert!(server.ask(ALL, &session, &list()).await.get("result").is_some(), "{broken}");
        }
    }
    write(file.path(), json!([{"name": "kept", "token": ALL}, {"name": "new", "token": CHAT}]));
    reloaded(&server, CHAT, StatusCode::OK).await;
}

#[tokio::test]
async fn a_token_has_its_own_rate() {
    let slow = json!({"name": "slow", "token": CHAT, "calls_per_second": 1});
    let server = serving(&file(json!([{"name": "all", "token": ALL}, slow]))).await;
    let mut refused = 0;
    for _ in 0..10 {
        refused += u32::from(server.post(CHAT, None, &list()).await.status() == StatusCode::TOO_MANY_REQUESTS);
        assert_ne!(server.post(ALL, None, &list()).await.status(), StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused >= 5, "{refused} of 10 at once");
}

fn limited(limits: CallerLimits, permissions: Permissions) -> Caller {
    Caller { id: CallerId("chat".into()), limits, permissions, ..Caller::default() }
}

#[tokio::test(start_paused = true)]
async fn a_token_writes_so_many_times_a_day() {
    let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
    let caller = limited(CallerLimits { writes_per_day: Some(2), ..Default::default() }, Permissions::default());
    let call = async |tool: &str, arguments: Value| {
        let arguments = arguments.as_object().unwrap().clone();
        server.call_in_process(caller.clone(), tool, arguments).await.map_err(|error| error.to_json())
    };
    let note = json!({"contact": SARAH, "text": "Called back."});
    // What was refused was not written and does not count.
    assert_eq!(
        call("log_activity", json!({"contact": "1", "text": "a"})).await.unwrap_err()["code"],
        "CONTACT_NOT_FOUND_ERROR"
    );
    // Neither does a call that found all as it was to be.
    for _ in 0..3 {
        let known = json!({"properties": {"email": "sarah@gmail.com"}});
        assert_eq!(call("create_contact", known).await.unwrap()["created"], false);
    }
    for _ in 0..2 {
        call("log_activity", note.clone()).await.unwrap();
    }
    sandbox.clear_requests();
    let refused = call("log_activity", note.clone()).await.unwrap_err();
    assert_eq!(refused["code"], "WRITE_LIMIT_ERROR", "{refused}");
    assert!(sandbox.requests().is_empty(), "HubSpot was not even asked");
    call("get_contact", json!({"contact": SARAH})).await.unwrap();
    // A script does not lead around it.
    let begun = call("taskgraph_start", json!({})).await.unwrap();
    assert!(begun["session"].is_string());
    tokio::time::advance(Duration::from_secs(24 * 3_600)).await;
    call("log_activity", note).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_token_changes_only_the_properties_it_names() {
    let (sandbox, server) = sandbox_and_server(ToolPolicy::default());
    let properties = Some(std::sync::Arc::new(["phone".to_owned(), "hs_ticket_priority".to_owned()].into()));
    let caller = limited(CallerLimits::default(), Permissions { properties, ..Permissions::default() });
    let call = async |tool: &str, arguments: Value| {
        let arguments = arguments.as_object().unwrap().clone();
        server.call_in_process(caller.clone(), tool, arguments).await.map_err(|error| error.to_json())
    };
    let booking = |first: &str| {
        json!({
            "cus_fname": first, "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "meeting_date": "2026-12-01",
            "meeting_start_time": "13:00", "duration": 30, "slug": "richtech/veronica-chen", "time_zone": "America/New_York",
            "update_name": true,
        })
    };
    let before = sandbox.records("contacts");
    for (tool, arguments, closed) in [
        ("update_contact", json!({"contact": SARAH, "properties": {"email": "evil@acme.com"}}), "email"),
        (
            "update_contact",
            json!({"contact": SARAH, "properties": {"Phone number": "+1 702 555 0199", "city": "Oslo"}}),
            "city",
        ),
        (
            "update_ticket",
            json!({"ticket_id": "33190415288", "priority": "LOW", "stage": "reopen"}),
            "hs_pipeline_stage",
        ),
        ("create_meeting", booking("Eve"), "firstname"),
    ] {
        let refused = call(tool, arguments).await.unwrap_err();
        assert_eq!(
            (&refused["code"], &refused["properties"]),
            (&json!("FORBIDDEN_ERROR"), &json!([closed])),
            "{refused}"
        );
    }
    assert_eq!(sandbox.records("contacts"), before);
    call("update_contact", json!({"contact": SARAH, "properties": {"phone": "+1 702 555 0199"}})).await.unwrap();
    call("update_ticket", json!({"ticket_id": "33190415288", "priority": "LOW"})).await.unwrap();
    call("create_meeting", booking("Sarah")).await.unwrap();
}

/// The command prints a token that a server takes from the entry beside it, and SIGHUP brings it in.
#[cfg(unix)]
#[tokio::test]
async fn a_new_token_is_taken_in_by_a_hangup() {
    let printed = soon(frontdesk(&["token", "new", "--name", "site"]).output()).await.unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let line = |start: &str| printed.lines().map(str::trim).find(|line| line.starts_with(start)).unwrap().to_owned();
    let (token, entry) = (line("fd_"), line("{"));
    let file = file(json!([{"name": "all", "token": ALL}]));
    let (process, address) = serve_http(&["--sandbox", "--auth-file", file.path().to_str().unwrap()]).await;
    let client = crate::binary::http_client();
    let status = async || {
        let request =
            client.post(format!("http://{address}/mcp")).bearer_auth(&token).json(&call("get_contact", json!({})));
        request.header("accept", "application/json, text/event-stream").send().await.unwrap().status()
    };
    assert_eq!(status().await, StatusCode::UNAUTHORIZED);
    write(file.path(), json!([{"name": "all", "token": ALL}, serde_json::from_str::<Value>(&entry).unwrap()]));
    let id = process.id().unwrap().to_string();
    assert!(soon(tokio::process::Command::new("kill").args(["-HUP", &id]).status()).await.unwrap().success());
    soon(async {
        while status().await == StatusCode::UNAUTHORIZED {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_in_a_folder_that_others_can_write_stops_the_start() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    write(&path, json!([{"name": "all", "token": ALL}]));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let mut process = frontdesk(&["--sandbox", "http", "--bind", "127.0.0.1:0", "--auth-file", path.to_str().unwrap()])
        .spawn()
        .unwrap();
    let mut said = String::new();
    assert!(!soon(process.wait()).await.unwrap().success());
    process.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
    assert!(said.contains("others can write in its folder"), "{said}");
}
