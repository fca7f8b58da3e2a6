//! The audit trail: every change of HubSpot has its line, no line lies, and no line holds a value.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use frontdesk::audit::Audit;
use frontdesk::audit::file::AuditSettings;
use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::tool::Ctx;
use frontdesk::tool::policy::{BookingConsent, ToolPolicy};
use http::Method;
use hubspot_client::HubSpot;
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::fault::{Effect, Fault};
use rmcp::model::{ElicitResult, ElicitationAction};
use rmcp::service::ClientServiceExt;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::elicitation::{Person, accept, both, modern};
use crate::raw_client::RawClient;
use crate::tool_policy::call;
use crate::world;

const SARAH: &str = "84246479604";
const TICKET: &str = "33190415288";

/// A trail in a folder of its own.
pub(crate) struct Trail {
    folder: TempDir,
    pub(crate) audit: Audit,
}

impl Trail {
    pub(crate) fn new() -> Trail {
        Trail::with(1 << 20, false)
    }

    pub(crate) fn with(bytes_max: u64, reads: bool) -> Trail {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("trail")).unwrap();
        let path = folder.path().join("trail/audit.jsonl");
        let audit = Audit::open(AuditSettings { path, bytes_max, files_kept: 100 }, reads).unwrap();
        Trail { folder, audit }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("trail/audit.jsonl")
    }

    /// Every line so far.
    pub(crate) fn lines(&self) -> Vec<Value> {
        assert!(self.audit.flush());
        lines(&self.path())
    }
}

fn lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A server whose changes have lines in `trail`.
pub(crate) fn server(hubspot: HubSpot, clock: Clock, trail: &Trail) -> Server {
    let taskgraphs = world::taskgraphs();
    let ctx = Ctx { audit: trail.audit.clone(), ..Ctx::new(hubspot, clock) };
    Server::new(ctx, taskgraphs, CallLimits::new(Duration::from_secs(30)))
}

fn sandbox_and_server(trail: &Trail, policy: ToolPolicy) -> (Sandbox, Server) {
    let (sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), Default::default());
    (sandbox, server(hubspot, clock, trail).with_policy(Arc::new(policy)))
}

fn booking() -> Value {
    json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "meeting_date": "2026-12-01",
        "meeting_start_time": "13:00", "duration": 30, "slug": "richtech/veronica-chen", "time_zone": "America/New_York",
    })
}

/// The correlation ids of the writes in the sandbox's log.
fn written(sandbox: &Sandbox) -> Vec<String> {
    let is_write = |method: &str, path: &str| method == "PATCH" || path.ends_with("/book") || is_creation(method, path);
    let all = sandbox.requests().into_iter().filter(|sent| is_write(&sent.method, &sent.path));
    all.map(|sent| sent.correlation_id).collect()
}

fn is_creation(method: &str, path: &str) -> bool {
    let created = ["/contacts", "/tickets", "/notes", "/communications", "/batch/create"];
    method == "POST" && created.iter().any(|end| path.ends_with(end))
}

#[tokio::test(start_paused = true)]
async fn every_change_has_a_line_with_its_records_and_no_values() {
    let trail = Trail::new();
    let (sandbox, server) = sandbox_and_server(&trail, ToolPolicy::default());
    let client = Person::unreachable().serve_with_lifecycle(world::serve(server), modern()).await.unwrap();
    let mark = "m4rk3d";
    let email = format!("{mark}@example.com");
    let calls = [
        (
            "create_contact",
            json!({"properties": {"email": email, "firstname": mark}}),
            "/contact/contact_id",
            "contacts",
        ),
        ("update_contact", json!({"contact": SARAH, "properties": {"city": mark}}), "/contact_id", "contacts"),
        ("create_ticket", json!({"cus_cid": SARAH, "issue": mark}), "/ticket_id", "tickets"),
        ("log_activity", json!({"contact": SARAH, "text": mark}), "/activity_id", "notes"),
        (
            "find_contact_by_email",
            json!({"email": "sarah@gmail.com", "chat": mark}),
            "/logged_communication_id",
            "communications",
        ),
        ("create_meeting", booking(), "/contact_id", "contacts"),
    ];
    let mut expected = vec![];
    for (tool, arguments, id, kind) in calls {
        let done = call(&client, tool, arguments).await.unwrap();
        expected.push((tool, kind, done.pointer(id).unwrap().clone()));
    }
    let lines = trail.lines();
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, (tool, kind, id)) in lines.iter().zip(&expected) {
        assert_eq!((&line["tool"], &line["outcome"], &line["caller"]), (&json!(tool), &json!("ok"), &json!("local")));
        let write = &line["writes"][0];
        assert_eq!(write["outcome"], "done", "{line}");
        assert!(write["records"].as_array().unwrap().contains(&json!({"type": kind, "id": id})), "{line}");
        assert!(line["time"].as_str().unwrap().starts_with("2026-11-22T15:0"), "{line}");
        assert_eq!(
            (line["asked"].as_bool(), line["agreed"].as_bool(), line["by"].as_str()),
            (Some(false), Some(false), Some("client"))
        );
    }
    assert_eq!(lines[1]["writes"][0]["properties"], json!(["city"]));
    let told: Vec<_> = lines.iter().flat_map(|line| line["writes"][0]["correlation_ids"].as_array().unwrap()).collect();
    assert_eq!(json!(told), json!(written(&sandbox)), "HubSpot's own ids");
    let text = fs::read_to_string(trail.path()).unwrap();
    for value in [mark, "@", "Sarah", "gmail"] {
        assert!(!text.contains(value), "{value}: {text}");
    }
}

/// A script's tools are the tools that change something, not the step that called them.
#[tokio::test(start_paused = true)]
async fn tools_that_a_script_calls_have_lines_and_are_counted() {
    let metrics = frontdesk::telemetry::metrics().unwrap();
    let trail = Trail::new();
    let (sandbox, server) = sandbox_and_server(&trail, ToolPolicy::default());
    let client = Person::unreachable().serve_with_lifecycle(world::serve(server), modern()).await.unwrap();
    let session = call(&client, "taskgraph_start", json!({"graph": "hubspot"})).await.unwrap()["session"].clone();
    let support = "User need technical support/User need repair service / User need exchange service";
    let step = json!({
        "session": session, "intent": support, "slots": {"email": "sarah@gmail.com", "chat": "It beeps.", "issue": "It beeps."},
        "execute": true,
    });
    let done = call(&client, "taskgraph_step", step).await.unwrap();
    let called: Vec<_> = done["called"].as_array().unwrap().iter().map(|called| &called["tool"]).collect();
    assert_eq!(json!(called), json!(["find_contact_by_email", "create_ticket"]), "{done}");
    let lines = trail.lines();
    assert_eq!(lines.iter().map(|line| &line["tool"]).collect::<Vec<_>>(), called);
    for line in &lines {
        assert_eq!((&line["by"], &line["call"]), (&json!("script"), &lines[0]["call"]));
        assert_eq!(line["conversation"].as_str().unwrap().len(), 16);
        assert!(!session.as_str().unwrap().contains(line["conversation"].as_str().unwrap()), "its id opens it");
    }
    let ticket = &done["called"][1]["result"]["ticket_id"];
    assert_eq!(lines[1]["writes"][0]["records"], json!([{"type": "tickets", "id": ticket}]));
    assert_eq!(written(&sandbox).len(), 2);
    assert!(lines[1]["hubspot_requests"].as_u64().unwrap() > 0);
    let told = metrics.render();
    assert!(told.contains("mcp_script_calls_total{tool=\"create_ticket\",code=\"ok\"}"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn the_person_s_agreement_stands_in_the_line() {
    for era in both() {
        let trail = Trail::new();
        let policy =
            ToolPolicy { confirm_writes: true, confirm_bookings: BookingConsent::Required, ..ToolPolicy::default() };
        let (_, server) = sandbox_and_server(&trail, policy);
        let person = Person::new([
            accept(json!({})),
            ElicitResult::new(ElicitationAction::Decline),
            ElicitResult::new(ElicitationAction::Cancel),
        ]);
        let client = person.serve_with_lifecycle(world::serve(server), era.clone()).await.unwrap();
        let change = json!({"contact": SARAH, "properties": {"city": "Oslo"}});
        call(&client, "update_contact", change).await.unwrap();
        call(&client, "update_ticket", json!({"ticket_id": TICKET, "priority": "LOW"})).await.unwrap_err();
        call(&client, "create_meeting", booking()).await.unwrap_err();
        let told: Vec<_> = trail
            .lines()
            .iter()
            .map(|line| {
                json!([
                    line["tool"],
                    line["outcome"],
                    line["asked"],
                    line["agreed"],
                    line["writes"].as_array().unwrap().len(),
                ])
            })
            .collect();
        let expected = json!([
            ["update_contact", "asked", true, false, 0],
            ["update_contact", "ok", true, true, 1],
            ["update_ticket", "asked", true, false, 0],
            ["update_ticket", "DECLINED_ERROR", true, false, 0],
            ["create_meeting", "asked", true, false, 0],
            ["create_meeting", "DISMISSED_ERROR", true, false, 0],
        ]);
        assert_eq!(json!(told), expected, "{era:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn refused_and_denied_calls_have_lines_and_reads_only_where_wanted() {
    for reads in [false, true] {
        let trail = Trail::with(1 << 20, reads);
        let policy = ToolPolicy { confirm_writes: true, ..ToolPolicy::default() };
        let (sandbox, server) = sandbox_and_server(&trail, policy);
        let client = Person::unreachable().serve_with_lifecycle(world::serve(server), modern()).await.unwrap();
        sandbox.set_scopes(sandbox.token(), &["crm.objects.contacts.read", "crm.objects.contacts.write"]);
        client.list_tools(None).await.unwrap();
        call(&client, "update_contact", json!({"contact": SARAH, "properties": {"city": "Oslo"}})).await.unwrap_err();
        call(&client, "find_tickets", json!({"contact": SARAH})).await.unwrap_err();
        call(&client, "create_contact", json!({"properties": {"no_such_property": 1}})).await.unwrap_err();
        call(&client, "get_contact", json!({"contact": SARAH})).await.unwrap();
        let told: Vec<_> = trail.lines().iter().map(|line| json!([line["tool"], line["outcome"]])).collect();
        let mut expected = vec![
            json!(["update_contact", "FORBIDDEN_ERROR"]),
            json!(["find_tickets", "MISSING_SCOPE_ERROR"]),
            json!(["create_contact", "PROPERTY_NOT_FOUND_ERROR"]),
        ];
        expected.extend(reads.then(|| json!(["get_contact", "ok"])));
        assert_eq!(told, expected);
    }
}

/// After a lost answer nobody knows, and the line says so: HubSpot was silent, or failed in a way behind which it may have
/// done it.
#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_is_told_as_such() {
    for effect in [Effect::Silence, Effect::status(502)] {
        let trail = Trail::new();
        let (sandbox, server) = sandbox_and_server(&trail, ToolPolicy::default());
        let client = Person::unreachable().serve_with_lifecycle(world::serve(server), modern()).await.unwrap();
        sandbox.inject_fault(Fault::once(effect).times(50).on(&Method::PATCH, "/contacts"));
        let change = json!({"contact": SARAH, "properties": {"city": "Oslo"}});
        let error = call(&client, "update_contact", change).await.unwrap_err();
        let lines = trail.lines();
        assert_eq!((lines.len(), &lines[0]["outcome"]), (1, &error["code"]), "{lines:#?}");
        let write = &lines[0]["writes"][0];
        assert_eq!((&write["outcome"], &write["records"][0]["id"]), (&json!("unknown"), &json!(SARAH)), "{lines:#?}");
    }
}

/// A write that goes on without its call has a line of its own at its end.
#[tokio::test(start_paused = true)]
async fn the_end_of_a_write_without_its_call_is_told_too() {
    let trail = Trail::new();
    let (sandbox, server) = sandbox_and_server(&trail, ToolPolicy::default());
    let mut raw = RawClient::open(server).await;
    sandbox.inject_fault(Fault::once(Effect::DelayMs(3_000)).on(&Method::PATCH, "/contacts"));
    let change = json!({"name": "update_contact", "arguments": {"contact": SARAH, "properties": {"city": "Oslo"}}});
    raw.request(1, "tools/call", change).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let cancelled = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    raw.send(&cancelled.to_string()).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let lines = trail.lines();
    let told: Vec<_> =
        lines.iter().map(|line| json!([line["event"], line["outcome"], line["writes"][0]["outcome"]])).collect();
    assert_eq!(json!(told), json!([["call", "cancelled", "unknown"], ["write_ended", null, "done"]]), "{lines:#?}");
    assert_eq!(lines[0]["call"], lines[1]["call"]);
}

/// Nothing is done of which the trail could not tell.
#[tokio::test(start_paused = true)]
async fn nothing_is_changed_while_the_trail_cannot_be_written() {
    let trail = Trail::with(600, false);
    let (sandbox, server) = sandbox_and_server(&trail, ToolPolicy::default());
    let client = Person::unreachable().serve_with_lifecycle(world::serve(server), modern()).await.unwrap();
    // The next file cannot be opened: its folder is away.
    let [there, away] = ["trail", "away"].map(|name| trail.folder.path().join(name));
    fs::rename(&there, &away).unwrap();
    let change = |city: String| json!({"contact": SARAH, "properties": {"city": city}});
    let (mut done, mut refused) = (0, None);
    for number in 0..1_000 {
        match call(&client, "update_contact", change(format!("Town {number}"))).await {
            Ok(_) => done += 1,
            Err(error) => refused = Some(error),
        }
        if refused.is_some() {
            break;
        }
        trail.audit.flush(); // The writer is a thread of its own.
    }
    let before = written(&sandbox).len();
    assert_eq!((refused.unwrap()["code"].as_str(), before), (Some("AUDIT_UNAVAILABLE_ERROR"), done));
    assert!(call(&client, "get_contact", json!({"contact": SARAH})).await.is_ok(), "what changes nothing goes on");
    fs::create_dir(&there).unwrap();
    assert!(trail.audit.flush(), "it is written again");
    call(&client, "update_contact", change("Rome".to_owned())).await.unwrap();
    assert!(trail.audit.flush());
    let files = [there, away].into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let all: Vec<_> = files.flat_map(|file| lines(&file.unwrap().path())).collect();
    let changes = all.iter().filter(|line| line["outcome"] == "ok").count();
    let refused = all.iter().filter(|line| line["outcome"] == "AUDIT_UNAVAILABLE_ERROR").count();
    assert_eq!((changes, refused, all.len()), (done + 1, 1, done + 2), "every change has its line");
}

/// The flags, the file and its end, in the built program.
#[cfg(unix)]
#[tokio::test]
async fn the_program_writes_the_trail_and_opens_no_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Stdio;
    use tokio::io::AsyncWriteExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let flags = ["stdio", "--sandbox", "--audit", path.to_str().unwrap()];
    let mut process = crate::binary::frontdesk(&flags)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params":
        {"name": "update_contact", "arguments": {"contact": SARAH, "properties": {"city": "Oslo"}}}});
    let mut input = process.stdin.take().unwrap();
    input.write_all(format!("{hello}\n{call}\n").as_bytes()).await.unwrap();
    drop(input);
    let output = tokio::time::timeout(Duration::from_secs(30), process.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success());
    let lines = lines(&path);
    assert_eq!((lines.len(), &lines[0]["tool"], &lines[0]["outcome"]), (1, &json!("update_contact"), &json!("ok")));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    let link = folder.path().join("link.jsonl");
    symlink(folder.path().join("elsewhere"), &link).unwrap();
    let mut refused = crate::binary::frontdesk(&["stdio", "--sandbox", "--audit", link.to_str().unwrap()]);
    let output = refused.stdin(Stdio::null()).output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("a link is not followed"), "{said}");
    assert!(!folder.path().join("elsewhere").exists());
}
