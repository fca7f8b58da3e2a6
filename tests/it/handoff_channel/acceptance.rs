//! A hand-off from end to end, as a company runs it: the built binary, its channel, a real MCP client over HTTP, and HubSpot
//! over loopback HTTP with its signed webhooks. Each step is one of the acceptance criteria H1 to H10.

use reqwest::StatusCode;
use rmcp::model::{CallToolRequestParams, ServerNotification, SubscriptionFilter};
use rmcp::service::RunningService;
use rmcp::{ClientServiceExt, RoleClient};
use serde_json::{Value, json};
use tokio::process::Child;

use super::command::Try;
use super::person_wrote;
use crate::binary::{http_client, serve, soon, terminate, transport};
use crate::elicitation::modern;
use crate::world::read;

/// Veronica Chen and Mei Tanaka as users.
const VERONICA: u64 = 9_586_504;
const MEI: u64 = 9_586_742;
const THREADS: &str = "/conversations/conversations/2026-09/threads";

/// A company: its HubSpot, its server, and whoever uses it.
struct Company {
    hubspot: Child,
    desk: Try,
    server: Child,
    client: RunningService<RoleClient, ()>,
}

impl Company {
    async fn open() -> Company {
        let (hubspot, address) = serve("sandbox", &["--search-lag", "0"]).await;
        let desk = Try::at(&address).await;
        let (code, said, log) = desk.handoff(&["setup", "--public-url", &desk.public]).await;
        assert_eq!(code, 0, "{said} {log}");
        let (server, client) = Company::start(&desk).await;
        Company { hubspot, desk, server, client }
    }

    async fn start(desk: &Try) -> (Child, RunningService<RoleClient, ()>) {
        let server = desk.serve(&["--handoff", "channel"]).await;
        let client = soon(().serve_with_lifecycle(transport(&desk.bind, None), modern())).await.unwrap();
        (server, client)
    }

    /// Ends the server in the middle, and starts it again.
    async fn restart(&mut self) {
        assert!(terminate(&mut self.server).await.success());
        (self.server, self.client) = Company::start(&self.desk).await;
    }

    async fn call(&self, tool: &'static str, arguments: Value) -> Result<Value, Value> {
        let arguments = arguments.as_object().unwrap().clone();
        let call = self.client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments));
        read(soon(call).await.unwrap())
    }

    async fn start_hand_off(&self, title: &str) -> (String, String) {
        let wanted = json!({
            "contact": "sarah@gmail.com", "title": title, "description": "The DUST-E has lost a wheel.",
            "history": [{"from": "customer", "text": "My robot has lost a wheel."}],
        });
        let started = self.call("handoff_start", wanted).await.unwrap();
        let text = |name: &str| started[name].as_str().unwrap().to_owned();
        (text("session"), text("conversation_id"))
    }

    /// The events after a number, when there are so many.
    async fn events(&self, session: &str, after: usize, count: usize) -> Vec<Value> {
        let mut all: Vec<Value> = vec![];
        while all.len() < count {
            let ask = json!({"session": session, "after": after + all.len(), "wait_seconds": 15});
            all.extend(self.call("handoff_events", ask).await.unwrap()["events"].as_array().unwrap().clone());
        }
        all
    }

    async fn person_writes(&self, thread: &str, user: u64, text: &str) {
        let reply = json!({"thread": thread, "user_id": user, "text": text});
        self.desk.ask("POST", "/__sandbox/conversations/agent-messages", reply).await;
    }

    /// The texts in a conversation, as HubSpot has them.
    async fn texts(&self, thread: &str) -> Vec<String> {
        let found = self.desk.ask("GET", &format!("{THREADS}/{thread}/messages?sort=createdAt"), json!({})).await;
        let all = found["results"].as_array().unwrap().iter().filter_map(|one| one["text"].as_str());
        all.map(str::to_owned).collect()
    }

    async fn close(mut self) {
        let _left = self.client.cancel().await;
        assert!(terminate(&mut self.server).await.success());
        assert!(terminate(&mut self.hubspot).await.success());
    }
}

fn shown(events: &[Value]) -> Vec<String> {
    let line = |event: &Value| {
        let parts = ["event", "person", "colleague_text"].map(|name| event[name].as_str());
        parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
    };
    events.iter().map(line).collect()
}

#[tokio::test]
async fn h1_h2_h3_h4_h5_h10_a_conversation_goes_to_a_person_and_comes_back() {
    let mut company = Company::open().await;
    // H1: the thread is linked to the contact and begins with title, description and history. H2: two stay apart.
    let (session, thread) = company.start_hand_off("Broken wheel").await;
    let (other, second) = company.start_hand_off("Another matter").await;
    assert!(session != other && thread != second);
    let found = company.desk.ask("GET", &format!("{THREADS}/{thread}"), json!({})).await;
    assert_eq!(found["associatedContactId"], "84246479604");
    let first = "Broken wheel\n\nThe DUST-E has lost a wheel.\n\ncustomer: My robot has lost a wheel.";
    assert_eq!(company.texts(&thread).await, [first]);
    // H3: the customer's words and files stand in the same thread, once.
    let words = json!({"session": session, "text": "It still beeps.", "message_id": "1", "files": [
        {"name": "door.png", "mime": "image/png", "base64": "aGVsbG8="}]});
    for already in [Value::Null, json!(true)] {
        assert_eq!(company.call("handoff_send", words.clone()).await.unwrap()["already"], already);
    }
    assert_eq!(company.texts(&thread).await, [first, "It still beeps."]);
    // H4: the subscription tells of the person's words, which are read in order and once.
    let filter = SubscriptionFilter::builder().resource_subscriptions([format!("handoff://{session}")]).build();
    let mut subscription = soon(company.client.listen(filter)).await.unwrap();
    company.person_writes(&thread, VERONICA, "Which wheel is it?").await;
    let told = soon(subscription.next()).await.unwrap();
    assert!(matches!(told, Some(ServerNotification::ResourceUpdatedNotification(_))), "{told:?}");
    let events = company.events(&session, 0, 2).await;
    assert_eq!(shown(&events), ["taken: Veronica Chen", "message: Veronica Chen: Which wheel is it?"]);
    drop(subscription);
    // H10: a restart in the middle loses nothing, and brings nothing twice.
    company.person_writes(&thread, VERONICA, "The left one?").await;
    company.restart().await;
    company.desk.ask("PUT", &format!("{THREADS}/{thread}/assignee"), json!({"actorId": format!("A-{MEI}")})).await;
    company.person_writes(&thread, MEI, "I take over.").await;
    let events = company.events(&session, 2, 3).await;
    let mut expected =
        ["message: Veronica Chen: The left one?", "reassigned: Mei Tanaka", "message: Mei Tanaka: I take over."];
    let mut found = shown(&events);
    // One look finds the assignment with what was written before it.
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    // H5: whoever ends it, it ends once.
    company.desk.ask("PATCH", &format!("{THREADS}/{thread}"), json!({"status": "CLOSED"})).await;
    let closed = company.events(&session, 5, 1).await;
    assert_eq!((&closed[0]["event"], &closed[0]["by"]), (&json!("closed"), &json!("person")), "{closed:?}");
    let late = company.call("handoff_send", json!({"session": session, "text": "Hello?"})).await.unwrap_err();
    assert_eq!(late["code"], "HANDOFF_ENDED_ERROR");
    company.call("handoff_stop", json!({"session": other, "summary": "It was loose."})).await.unwrap();
    assert_eq!(company.desk.ask("GET", &format!("{THREADS}/{second}"), json!({})).await["status"], "CLOSED");
    company.close().await;
}

#[tokio::test]
async fn h6_h8_what_hubspot_has_not_signed_or_is_not_ours_has_no_effect() {
    let company = Company::open().await;
    let (session, thread) = company.start_hand_off("Broken wheel").await;
    let store = frontdesk::store::Store::at(frontdesk::store::Location::File(company.desk.store().into()));
    let channel = store.handoff_channel().await.unwrap().unwrap();
    let path = format!("{}/webhooks/handoff/{}", company.desk.public, channel.path_secret);
    let forged = person_wrote(&channel.channel.unwrap(), &thread, "forged").to_string();
    for signature in [None, Some("Zm9yZ2Vk")] {
        let request = http_client().post(&path).body(forged.clone());
        let request = signature.iter().fold(request, |request, signature| {
            request.header("x-hubspot-signature-v3", *signature).header("x-hubspot-request-timestamp", "1790000000000")
        });
        assert_eq!(soon(request.send()).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
    // A conversation that was not handed over is answered by people, and is nobody's event here.
    let visitor = json!({"channel": "chat", "email": "sarah@gmail.com", "text": "Hello"});
    let chat = company.desk.ask("POST", "/__sandbox/conversations/visitor-messages", visitor).await;
    company.person_writes(chat["thread_id"].as_str().unwrap(), VERONICA, "Hello Sarah").await;
    company.person_writes(&thread, VERONICA, "Which wheel is it?").await;
    let events = company.events(&session, 0, 2).await;
    assert_eq!(shown(&events), ["taken: Veronica Chen", "message: Veronica Chen: Which wheel is it?"]);
    company.close().await;
}

#[tokio::test]
async fn h9_hubspot_that_throttles_and_fails_gets_each_message_once() {
    let company = Company::open().await;
    for effect in
        [json!({"rate_limited": {"policy": "SECONDLY"}}), json!({"status": {"status": 503}}), json!("lost_answer")]
    {
        let fault = json!({"match": {"method": "POST", "path_contains": "/messages"}, "effect": effect});
        company.desk.ask("POST", "/__sandbox/faults", fault).await;
    }
    let (session, thread) = company.start_hand_off("Broken wheel").await;
    company.call("handoff_send", json!({"session": session, "text": "Hello?"})).await.unwrap();
    let texts = company.texts(&thread).await;
    assert_eq!((texts.len(), texts[1].as_str()), (2, "Hello?"), "{texts:?}");
    company.close().await;
}
