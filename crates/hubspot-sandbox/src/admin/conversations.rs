//! Conversations: visitors and agents who write, and what agents do with threads.

use serde::Deserialize;
use serde_json::{Value, json};

use super::endpoint::{ok, read};
use crate::api::call::ApiCall;
use crate::conversing::lenient_id;
use crate::conversing::{AgentMessage, VisitorMessage};
use crate::model::conversations::status::Status;
use crate::sandbox::Sandbox;

pub(crate) fn visitor_message(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let message: VisitorMessage = read(call)?;
    sandbox.visitor_writes(message).map(|written| json!(written)).map_err(|error| error.to_string())
}

pub(crate) fn agent_message(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let message: AgentMessage = read(call)?;
    sandbox.agent_writes(message).map(|written| json!(written)).map_err(|error| error.to_string())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssignmentInput {
    #[serde(deserialize_with = "lenient_id::required")]
    thread: u64,
    /// User the conversation is assigned to; `null` takes it from whoever has it.
    #[serde(deserialize_with = "lenient_id::optional")]
    user_id: Option<u64>,
}

pub(crate) fn assignment(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let AssignmentInput { thread, user_id } = read(call)?;
    sandbox.assign_thread(thread, user_id).map_err(|error| error.to_string())?;
    ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusInput {
    #[serde(deserialize_with = "lenient_id::required")]
    thread: u64,
    status: Status,
}

pub(crate) fn status(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let StatusInput { thread, status } = read(call)?;
    sandbox.set_thread_closed(thread, status == Status::Closed).map_err(|error| error.to_string())?;
    ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveInput {
    #[serde(deserialize_with = "lenient_id::required")]
    thread: u64,
    #[serde(deserialize_with = "lenient_id::required")]
    inbox: u64,
}

pub(crate) fn moved(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let MoveInput { thread, inbox } = read(call)?;
    sandbox.move_thread(thread, inbox).map_err(|error| error.to_string())?;
    ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DepartureInput {
    #[serde(deserialize_with = "lenient_id::required")]
    thread: u64,
}

pub(crate) fn departure(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let DepartureInput { thread } = read(call)?;
    sandbox.visitor_leaves(thread).map_err(|error| error.to_string())?;
    ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::test_client::{Client, SARAH, client};

    const THREADS: &str = "/conversations/v3/conversations/threads";

    async fn post(client: &Client, path: &str, body: Value, status: u16) -> Value {
        client.post(&format!("/__sandbox/conversations/{path}"), body).await.expect(status)
    }

    /// A visitor writes, an agent takes over, and the thread ends.
    #[tokio::test(start_paused = true)]
    async fn a_conversation_is_driven_over_http() {
        let client = client();
        let file = json!({"name": "door.png", "mime": "image/png", "base64": "UE5H"});
        let hello = json!({"channel": "chat", "email": "sarah@gmail.com", "text": "It stops", "attachments": [file]});
        let written = post(&client, "visitor-messages", hello, 200).await;
        let thread = written["thread_id"].clone();
        let path = format!("{THREADS}/{}", thread.as_str().unwrap());
        let read = async || client.get(&path).await.expect(200);
        assert_eq!(read().await["associatedContactId"], SARAH);
        let reply = json!({"thread": thread, "user_id": 9_586_504, "text": "Which door?"});
        let replied = post(&client, "agent-messages", reply, 200).await;
        assert_eq!(replied["thread_id"], thread);
        assert_eq!(read().await["assignedTo"], "A-9586504", "who replies first is assigned");
        let note = json!({"thread": thread, "user_id": "9586742", "text": "Known fault", "internal": true});
        post(&client, "agent-messages", note, 200).await;
        let bot = json!({"thread": thread, "author": "B-12", "text": "Beep"});
        post(&client, "agent-messages", bot, 200).await;
        post(&client, "assignments", json!({"thread": thread, "user_id": 9_586_742}), 200).await;
        assert_eq!(read().await["assignedTo"], "A-9586742");
        post(&client, "assignments", json!({"thread": thread, "user_id": null}), 200).await;
        assert_eq!(read().await.get("assignedTo"), None);
        post(&client, "moves", json!({"thread": thread, "inbox": "948000001"}), 200).await;
        post(&client, "departures", json!({"thread": thread}), 200).await;
        post(&client, "status", json!({"thread": thread, "status": "CLOSED"}), 200).await;
        assert_eq!((&read().await["status"], &read().await["inboxId"]), (&json!("CLOSED"), &json!("948000001")));
        let page = client.get(&format!("{path}/messages")).await.expect(200);
        let kinds: Vec<_> = page["results"].as_array().unwrap().iter().map(|one| one["type"].clone()).collect();
        assert_eq!(
            kinds,
            [
                "WELCOME_MESSAGE",
                "MESSAGE",
                "MESSAGE",
                "ASSIGNMENT",
                "COMMENT",
                "MESSAGE",
                "ASSIGNMENT",
                "ASSIGNMENT",
                "THREAD_INBOX_CHANGE",
                "THREAD_STATUS_CHANGE"
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_is_an_error_and_changes_nothing() {
        let client = client();
        let thread = post(&client, "visitor-messages", json!({"text": "hello"}), 200).await["thread_id"].clone();
        let before = client.sandbox.snapshot();
        for (path, body, reason) in [
            ("visitor-messages", json!({"text": " "}), "neither a text"),
            ("visitor-messages", json!({"text": "x", "thread": 1}), "thread `1`"),
            ("visitor-messages", json!({"text": "x", "thread": "one"}), "expected an id"),
            ("visitor-messages", json!({"text": "x", "inbox": 1}), "inbox `1`"),
            ("visitor-messages", json!({"text": "x", "contact": 1}), "contact `1`"),
            ("visitor-messages", json!({"text": "x", "ticket": 1}), "ticket `1`"),
            ("visitor-messages", json!({"text": "x", "channel": "fax"}), "unknown variant `fax`"),
            ("visitor-messages", json!({"text": "x", "channel": "email"}), "no e-mail address"),
            ("visitor-messages", json!({"text": "x", "email": ""}), "`` is not an e-mail address"),
            (
                "visitor-messages",
                json!({"text": "x", "channel": "form", "email": "a@b.co", "inbox": 948_000_001}),
                "`form`",
            ),
            ("visitor-messages", json!({"attachments": [{"name": "a", "mime": "b", "base64": "?"}]}), "not base64"),
            ("agent-messages", json!({"thread": thread, "user_id": 1, "text": "x"}), "user `1`"),
            ("agent-messages", json!({"thread": thread, "user_id": 9_586_803, "text": "x"}), "user `9586803`"),
            ("agent-messages", json!({"thread": thread, "author": "V-1", "text": "x"}), "`V-1` cannot write here"),
            ("agent-messages", json!({"thread": thread, "text": "x"}), "cannot write here"),
            ("agent-messages", json!({"thread": thread, "user_id": 9_586_504, "text": ""}), "neither a text"),
            ("agent-messages", json!({"thread": null, "user_id": 1, "text": "x"}), "not null"),
            ("assignments", json!({"thread": thread, "user_id": 1}), "user `1`"),
            ("assignments", json!({"thread": thread}), "user_id"),
            ("status", json!({"thread": thread, "status": "AJAR"}), "unknown variant"),
            ("status", json!({"thread": 1, "status": "OPEN"}), "thread `1`"),
            ("moves", json!({"thread": thread, "inbox": 1}), "inbox `1`"),
            ("departures", json!({"thread": 1}), "thread `1`"),
        ] {
            let error = post(&client, path, body.clone(), 400).await["error"].clone();
            assert!(error.as_str().unwrap().contains(reason), "{path} {body}: {error}");
        }
        assert_eq!(client.sandbox.snapshot(), before);
    }

    #[tokio::test(start_paused = true)]
    async fn visitors_are_contacts_or_visitors_or_addresses() {
        let client = client();
        let sender = async |body: Value| {
            let written = post(&client, "visitor-messages", body, 200).await;
            let path = format!("{THREADS}/{}", written["thread_id"].as_str().unwrap());
            let thread = client.get(&path).await.expect(200);
            let message = format!("{path}/messages/{}", written["message_id"].as_str().unwrap());
            let message = client.get(&message).await.expect(200);
            (thread["associatedContactId"].clone(), message["senders"][0].clone())
        };
        let address = |text: &str| json!({"type": "HS_EMAIL_ADDRESS", "value": text});
        let (contact, by_mail) = sender(json!({"channel": "email", "contact": SARAH, "text": "x"})).await;
        assert_eq!(contact, SARAH);
        assert_eq!(by_mail, json!({"actorId": format!("V-{SARAH}"), "deliveryIdentifier": address("sarah@gmail.com")}));
        let unknown = json!({"channel": "form", "email": "new@x.org", "name": "Nora", "text": "x"});
        let (visitor, by_form) = sender(unknown).await;
        let expected = json!({"actorId": "E-new@x.org", "name": "Nora", "deliveryIdentifier": address("new@x.org")});
        assert_eq!(by_form, expected);
        let (same, by_chat) = sender(json!({"email": "new@x.org", "text": "x"})).await;
        let actor = format!("V-{}", visitor.as_str().unwrap());
        assert_eq!((same, &by_chat["actorId"]), (visitor, &json!(actor)));
        let actor = client.get(&format!("/conversations/v3/conversations/actors/{actor}")).await.expect(200);
        assert_eq!(
            (&actor["type"], &actor["name"], &actor["email"]),
            (&json!("VISITOR"), &json!("Nora"), &json!("new@x.org"))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_visitor_who_gives_a_known_address_becomes_the_contact() {
        let client = client();
        let thread = post(&client, "visitor-messages", json!({"text": "hello"}), 200).await["thread_id"].clone();
        let path = format!("{THREADS}/{}", thread.as_str().unwrap());
        assert_ne!(client.get(&path).await.expect(200)["associatedContactId"], SARAH);
        let known = json!({"thread": thread, "email": "sarah@gmail.com", "text": "it is me"});
        post(&client, "visitor-messages", known, 200).await;
        assert_eq!(client.get(&path).await.expect(200)["associatedContactId"], SARAH);
    }

    #[tokio::test(start_paused = true)]
    async fn an_agent_answers_a_form_by_email() {
        let client = client();
        let form = json!({"channel": "form", "email": "new@x.org", "text": "Call me"});
        let thread = post(&client, "visitor-messages", form, 200).await["thread_id"].clone();
        let reply = json!({"thread": thread, "user_id": 9_586_504, "text": "When?"});
        let message = post(&client, "agent-messages", reply, 200).await["message_id"].clone();
        let path = format!("{THREADS}/{}/messages/{}", thread.as_str().unwrap(), message.as_str().unwrap());
        let sent = client.get(&path).await.expect(200);
        assert_eq!((&sent["channelId"], &sent["channelAccountId"]), (&json!("1002"), &json!("3551452842")));
        assert_eq!(sent["recipients"][0]["deliveryIdentifier"]["value"], "new@x.org");
    }

    #[tokio::test(start_paused = true)]
    async fn the_help_desk_makes_a_ticket_of_a_thread() {
        let client = client();
        let ask = json!({"channel": "email", "email": "sarah@gmail.com", "inbox": 948_000_001, "subject": "It stops", "text": "At the door"});
        let thread = post(&client, "visitor-messages", ask.clone(), 200).await["thread_id"].clone();
        let path = format!("{THREADS}/{}?association=TICKET", thread.as_str().unwrap());
        let ticket = client.get(&path).await.expect(200)["threadAssociations"]["associatedTicketId"].clone();
        let path = format!("/crm/v3/objects/tickets/{}?associations=contacts", ticket.as_str().unwrap());
        let ticket = client.get(&path).await.expect(200);
        assert_eq!(ticket["properties"]["subject"], "It stops");
        assert_eq!(ticket["associations"]["contacts"]["results"][0]["id"], SARAH);
        client.patch("/__sandbox/settings", json!({"choices": {"help_desk_makes_tickets": false}})).await.expect(200);
        post(&client, "visitor-messages", ask, 200).await;
        assert_eq!(client.sandbox.records("tickets").len(), 2);
    }
}
