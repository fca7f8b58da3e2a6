//! `frontdesk handoff`, `frontdesk http` and `frontdesk sandbox` as their users start them: a person answers in HubSpot, and
//! the answer is at the server.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use frontdesk::store::{Location, Store};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::Child;

use super::{APP, CLIENT_SECRET, DEVELOPER_KEY};
use crate::binary::{frontdesk, http_client, serve, soon, terminate};

const TOKEN: &str = "pat-na1-sandbox";

/// The files and addresses of one try.
pub(super) struct Try {
    hubspot: String,
    pub(super) public: String,
    pub(super) bind: String,
    folder: tempfile::TempDir,
}

impl Try {
    pub(super) async fn at(hubspot: &str) -> Try {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let (public, bind) = (format!("http://{free}"), free.to_string());
        Try { hubspot: format!("http://{hubspot}"), public, bind, folder: tempfile::tempdir().unwrap() }
    }

    pub(super) fn store(&self) -> String {
        self.folder.path().join("desk.db").display().to_string()
    }

    /// Runs `frontdesk handoff`; its exit code, what it said, and what it logged.
    pub(super) async fn handoff(&self, arguments: &[&str]) -> (i32, String, String) {
        self.handoff_with(DEVELOPER_KEY, arguments).await
    }

    async fn handoff_with(&self, key: &str, arguments: &[&str]) -> (i32, String, String) {
        let (store, app) = (self.store(), APP.to_string());
        let line = [&["handoff"], arguments, &["--app-id", &app, "--store", &store, "--log", "trace"]].concat();
        let mut command = frontdesk(&line);
        command.env("HUBSPOT_ACCESS_TOKEN", TOKEN).env("HUBSPOT_BASE_URL", &self.hubspot);
        command.env("HUBSPOT_DEVELOPER_KEY", key).stdin(Stdio::null());
        let output = soon(command.output()).await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    pub(super) async fn serve(&self, more: &[&str]) -> Child {
        let (store, secret) = (self.store(), self.folder.path().join("secret"));
        write_private(&secret, CLIENT_SECRET);
        let secret = secret.display().to_string();
        let line = ["http", "--bind", &self.bind, "--store", &store, "--public-url", &self.public];
        let mut command = frontdesk(&[&line[..], &["--client-secret-file", &secret], more].concat());
        command.env("HUBSPOT_ACCESS_TOKEN", TOKEN).env("HUBSPOT_BASE_URL", &self.hubspot);
        let mut process = command.spawn().unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        while !soon(log.next_line()).await.unwrap().expect("it ended before it listened").contains("Serving MCP") {}
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        process
    }

    pub(super) async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.hubspot);
        let request = http_client().request(method.parse().unwrap(), url).bearer_auth(TOKEN).json(&body);
        let answer = soon(request.send()).await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        soon(answer.json()).await.unwrap()
    }
}

fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[tokio::test]
async fn h7_a_channel_is_set_up_answers_arrive_and_it_is_removed() {
    let (mut hubspot, address) = serve("sandbox", &[]).await;
    let desk = Try::at(&address).await;
    let public = ["--public-url", desk.public.as_str()];
    let (code, said, _) = desk.handoff(&["status"]).await;
    assert!(code == 1 && said.contains("No channel is set up"), "{code} {said}");

    let (code, said, log) = desk.handoff(&[&["setup"], &public[..]].concat()).await;
    assert!(code == 0 && said.contains("Made the channel") && said.contains("Connected `Help desk`"), "{said} {log}");
    assert!(!format!("{said}{log}").contains(DEVELOPER_KEY), "{said} {log}");
    let store = Store::at(Location::File(desk.store().into()));
    let noted = store.handoff_channel().await.unwrap().unwrap();
    assert!(!format!("{said}{log}").contains(&noted.path_secret), "{said} {log}");

    let (code, said, _) = desk.handoff(&[&["status"], &public[..]].concat()).await;
    assert!(code == 1 && said.contains("nothing answers there") && said.contains("frontdesk http"), "{code} {said}");
    let mut server = desk.serve(&[]).await;
    let (code, said, _) = desk.handoff(&[&["status"], &public[..]].concat()).await;
    assert!(code == 0 && said.contains("this server answers there") && said.contains("All is well"), "{code} {said}");
    let (code, said, _) = desk.handoff(&[&["setup"], &public[..]].concat()).await;
    assert!(code == 0 && said.contains("nothing was changed"), "{code} {said}");

    let message = answered(&desk, &store).await;
    arrived(&store, &message).await;

    let (code, said, log) = desk.handoff(&["remove"]).await;
    assert!(code == 0 && said.contains("Archived the channel"), "{code} {said} {log}");
    assert_eq!(store.handoff_channel().await.unwrap(), None);
    assert!(terminate(&mut server).await.success());
    assert!(terminate(&mut hubspot).await.success());
}

/// A customer asks for a person, who answers in HubSpot; returns the message's id.
async fn answered(desk: &Try, store: &Store) -> String {
    let noted = store.handoff_channel().await.unwrap().unwrap().channel.unwrap();
    let account = store.handoff_accounts().await.unwrap().remove(0);
    let customer = json!({"deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "sarah@gmail.com"}});
    let message = json!({
        "text": "A person, please", "messageDirection": "INCOMING", "channelAccountId": account.account,
        "integrationThreadId": "session-1", "integrationIdempotencyId": "m1", "senders": [customer], "recipients": [],
        "attachments": []
    });
    let path = format!("/conversations/custom-channels/2026-09/{noted}/messages");
    let thread = desk.ask("POST", &path, message).await["conversationsThreadId"].clone();
    let reply = json!({"thread": thread, "user_id": 9_586_504, "text": "I am on my way"});
    let path = "/__sandbox/conversations/agent-messages";
    desk.ask("POST", path, reply).await["message_id"].as_str().unwrap().to_owned()
}

/// Waits until the message is in the store.
async fn arrived(store: &Store, message: &str) {
    let arrived = async {
        loop {
            let stored = store.events_after(0, 100).await.unwrap();
            if stored.iter().any(|event| event.message == message) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    soon(arrived).await;
}

/// Whoever has the secret of the app, but not this account, is not heard: not even while the server does not know yet which
/// account its token belongs to.
#[tokio::test]
async fn events_of_another_account_are_left_out_from_the_first_moment_on() {
    let (mut hubspot, address) = serve("sandbox", &[]).await;
    let desk = Try::at(&address).await;
    let slow = json!({"match": {"path_contains": "access-token-info"}, "effect": {"delay_ms": 700}, "times": 9});
    desk.ask("POST", "/__sandbox/faults", slow).await;
    let mut server = desk.serve(&[]).await;
    let now_ms = domain::clock::Clock::System.now().timestamp_millis();
    for (portal, message) in [(1, "foreign"), (44_237_313, "own")] {
        let status = loop {
            let mut event = crate::events::message(7, message, now_ms);
            event["portalId"] = json!(portal);
            let (body, timestamp) = (json!([event]).to_string(), now_ms.to_string());
            let url = format!("{}/webhooks/hubspot", desk.public);
            let signature = super::signature(CLIENT_SECRET, &url, body.as_bytes(), &timestamp);
            let request = http_client().post(&url).body(body).header("x-hubspot-signature-v3", signature);
            let sent = soon(request.header("x-hubspot-request-timestamp", timestamp).send()).await.unwrap();
            // While the account is not known HubSpot is asked to come again.
            if sent.status() != 503 {
                break sent.status();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        assert_eq!(status, 200, "{message}");
    }
    let store = Store::at(Location::File(desk.store().into()));
    let stored = store.events_after(0, 10).await.unwrap();
    assert_eq!(stored.iter().map(|event| event.message.as_str()).collect::<Vec<_>>(), ["own"]);
    assert!(terminate(&mut server).await.success());
    assert!(terminate(&mut hubspot).await.success());
}

#[tokio::test]
async fn a_wrong_or_missing_key_is_said_and_never_shown() {
    let (mut hubspot, address) = serve("sandbox", &[]).await;
    let desk = Try::at(&address).await;
    let line = ["setup", "--public-url", desk.public.as_str()];
    let (code, said, log) = desk.handoff_with("wr0ng-developer-key", &line).await;
    assert!(code == 1 && said.contains("does not accept the developer key"), "{code} {said} {log}");
    assert!(!format!("{said}{log}").contains("wr0ng"), "{said} {log}");
    let (code, said, log) = desk.handoff_with("", &line).await;
    assert!(code == 1 && log.contains("HUBSPOT_DEVELOPER_KEY"), "{code} {said} {log}");
    let (code, _, log) = desk.handoff(&["setup", "--public-url", "http://desk.example.com"]).await;
    assert!(code == 2 && log.contains("https://"), "{code} {log}");
    assert!(terminate(&mut hubspot).await.success());
}
