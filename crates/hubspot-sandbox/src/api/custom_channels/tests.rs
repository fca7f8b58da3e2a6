use serde_json::{Value, json};

use crate::conversing::{AgentMessage, AttachedFile, VisitorMessage};
use crate::model::app::{DEVELOPER_KEY, OAUTH_APP_ID};
use crate::test_client::{Client, SARAH, client};

const BASE: &str = "/conversations/custom-channels/2026-09";
const THREADS: &str = "/conversations/conversations/2026-09/threads";
const HELP_DESK: u64 = 948_000_001;
const INBOX: u64 = 948_000_000;
const VERONICA: u64 = 9_586_504;

fn keyed(path: &str) -> String {
    format!("{BASE}{path}?hapikey={DEVELOPER_KEY}&appId={OAUTH_APP_ID}")
}

fn channel_input() -> Value {
    json!({
        "name": "Front desk", "webhookUrl": "https://desk.example.com/webhooks/handoff/abc",
        "capabilities": {
            "deliveryIdentifierTypes": ["CHANNEL_SPECIFIC_OPAQUE_ID"], "richText": ["HYPERLINK", "BOLD"],
            "threadingModel": "INTEGRATION_THREAD_ID", "allowOutgoingMessages": true,
            "outgoingAttachmentTypes": ["FILE"], "allowedFileAttachmentMimeTypes": ["image/png"],
            "maxFileAttachmentCount": 1, "maxFileAttachmentSizeBytes": 1_500_000,
            "maxTotalFileAttachmentSizeBytes": 1_500_000
        }
    })
}

/// Makes a channel and returns its id.
async fn channel(client: &Client, input: Value) -> String {
    client.post(&keyed(""), input).await.expect(201)["id"].as_str().unwrap().to_owned()
}

async fn account(client: &Client, channel: &str, inbox: u64, name: &str) -> String {
    let path = format!("{BASE}/{channel}/channel-accounts");
    client.post(&path, account_input(inbox, name)).await.expect(201)["id"].as_str().unwrap().to_owned()
}

fn account_input(inbox: u64, name: &str) -> Value {
    let address = json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": name});
    json!({"inboxId": inbox.to_string(), "name": name, "deliveryIdentifier": address, "authorized": true})
}

/// A channel with an account in the help desk, and the path of its messages.
async fn connected(client: &Client) -> (String, String) {
    let channel = channel(client, channel_input()).await;
    let account = account(client, &channel, HELP_DESK, "assistant-1").await;
    (format!("{BASE}/{channel}/messages"), account)
}

fn incoming(account: &str, thread: &str, key: &str) -> Value {
    json!({
        "text": "I need a person", "richText": "<p>I need a person</p>", "messageDirection": "INCOMING",
        "channelAccountId": account, "integrationThreadId": thread, "integrationIdempotencyId": key,
        "senders": [{"name": "Jane Doe", "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "jane@example.com"}}],
        "recipients": [{"name": "Assistant", "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "assistant-1"}}],
        "timestamp": "2026-11-22T15:00:00Z", "attachments": []
    })
}

fn with(mut value: Value, field: &str, to: Value) -> Value {
    *value.pointer_mut(field).unwrap_or_else(|| panic!("{field}")) = to;
    value
}

#[tokio::test(start_paused = true)]
async fn a_developer_key_makes_lists_changes_and_archives_channels() {
    let client = client().with_token("");
    let made = client.post(&keyed(""), channel_input()).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(made["createdAt"], "2026-11-22T15:00:00.000Z");
    assert_eq!(made["webhookUrl"], "https://desk.example.com/webhooks/handoff/abc");
    assert_eq!(made["capabilities"]["allowOutgoingMessages"], true);
    assert_eq!(made["capabilities"]["allowConversationStart"], false, "what is left out is refused");
    let old = format!("/conversations/v3/custom-channels?hapikey={DEVELOPER_KEY}&appId={OAUTH_APP_ID}");
    for path in [keyed(""), old] {
        let listed = client.get(&path).await.expect(200);
        assert_eq!(listed["results"], json!([made]));
    }
    let one = keyed(&format!("/{id}"));
    assert_eq!(client.get(&one).await.expect(200), made);
    let changed = client.patch(&one, json!({"webhookUrl": "https://other.example.com/x"})).await.expect(200);
    assert_eq!((&changed["webhookUrl"], &changed["name"]), (&json!("https://other.example.com/x"), &made["name"]));
    client.delete(&one).await.expect(204);
    client.delete(&one).await.expect(204);
    client.get(&one).await.expect(404);
    client.patch(&one, json!({"name": "x"})).await.expect(404);
    assert_eq!(client.get(&keyed("")).await.expect(200)["results"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn without_the_right_developer_key_there_are_no_channels() {
    let client = client();
    let id = channel(&client, channel_input()).await;
    for (query, status) in [
        (String::new(), 401),
        (format!("?appId={OAUTH_APP_ID}"), 401),
        (format!("?hapikey=&appId={OAUTH_APP_ID}"), 401),
        (format!("?hapikey=wrong&appId={OAUTH_APP_ID}"), 401),
        (format!("?hapikey={DEVELOPER_KEY}&appId=1"), 401),
        (format!("?hapikey={DEVELOPER_KEY}"), 400),
        (format!("?hapikey={DEVELOPER_KEY}&appId=one"), 400),
    ] {
        client.get(&format!("{BASE}{query}")).await.expect(status);
        client.post(&format!("{BASE}{query}"), channel_input()).await.expect(status);
        client.delete(&format!("{BASE}/{id}{query}")).await.expect(status);
    }
    client.get(&keyed(&format!("/{id}"))).await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_breaks_a_rule_is_not_made() {
    let client = client();
    for (field, value) in [
        ("/name", json!(null)),
        ("/name", json!(" ")),
        ("/webhookUrl", json!(null)),
        ("/webhookUrl", json!("http://desk.example.com/x")),
        ("/webhookUrl", json!("desk")),
        ("/capabilities/threadingModel", json!("BY_MOOD")),
        ("/capabilities/richText", json!(["BLINK"])),
        ("/capabilities/deliveryIdentifierTypes", json!(["FAX"])),
        ("/capabilities/outgoingAttachmentTypes", json!(["CAKE"])),
        ("/capabilities/allowedFileAttachmentMimeTypes", json!(["png"])),
        ("/capabilities/maxFileAttachmentCount", json!(-1)),
        ("/capabilities/maxFileAttachmentSizeBytes", json!(1_000_000_000_000_u64)),
    ] {
        let refused = client.post(&keyed(""), with(channel_input(), field, value)).await.expect(400);
        assert_eq!(refused["category"], "VALIDATION_ERROR", "{field}: {refused}");
    }
    assert_eq!(client.get(&keyed("")).await.expect(200)["results"], json!([]));
    let local = with(channel_input(), "/webhookUrl", json!("http://127.0.0.1:8765/webhooks/handoff/abc"));
    channel(&client, local).await;
}

#[tokio::test(start_paused = true)]
async fn a_channel_is_connected_to_inboxes_and_help_desks() {
    let client = client();
    let id = channel(&client, channel_input()).await;
    let path = format!("{BASE}/{id}/channel-accounts");
    let first = client.post(&path, account_input(HELP_DESK, "desk-1")).await.expect(201);
    let expected = json!({
        "id": first["id"], "channelId": id, "name": "desk-1", "inboxId": "948000001", "active": true,
        "authorized": true, "createdAt": "2026-11-22T15:00:00.000Z", "archived": false,
        "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "desk-1"}
    });
    assert_eq!(first, expected);
    account(&client, &id, INBOX, "desk-2").await;
    client.post(&path, account_input(INBOX, "desk-1")).await.expect(409);
    let listed = async |query: &str| client.get(&format!("{path}?{query}")).await.expect(200);
    assert_eq!(listed("").await["results"].as_array().unwrap().len(), 2);
    assert_eq!(listed("deliveryIdentifierValue=desk-1").await["results"], json!([first]));
    assert_eq!(listed("deliveryIdentifierType=HS_PHONE_NUMBER").await["results"], json!([]));
    let page = listed("limit=1").await;
    let after = page["paging"]["next"]["after"].as_str().unwrap();
    assert_eq!(listed(&format!("limit=1&after={after}")).await["results"][0]["name"], "desk-2");
    let one = format!("{path}/{}", first["id"].as_str().unwrap());
    assert_eq!(client.get(&one).await.expect(200), first);
    let off = client.patch(&one, json!({"authorized": false, "name": "off"})).await.expect(200);
    assert_eq!((&off["authorized"], &off["active"], &off["name"]), (&json!(false), &json!(false), &json!("off")));
    let all = client.get(&format!("/conversations/v3/conversations/channel-accounts?channelId={id}")).await.expect(200);
    assert_eq!(all["total"], 2, "the conversations API knows them, too");
    let known = client.get(&format!("/conversations/v3/conversations/channels/{id}")).await.expect(200);
    assert_eq!(known["name"], "Front desk");
    for body in [
        with(account_input(1, "x"), "/inboxId", json!("1")),
        with(account_input(INBOX, "x"), "/name", json!(null)),
        with(account_input(INBOX, "x"), "/deliveryIdentifier", json!(null)),
        with(account_input(INBOX, "x"), "/deliveryIdentifier/type", json!("HS_EMAIL_ADDRESS")),
        with(account_input(INBOX, "x"), "/deliveryIdentifier/value", json!(" ")),
    ] {
        client.post(&path, body).await.expect(400);
    }
    client.post(&format!("{BASE}/1/channel-accounts"), account_input(INBOX, "x")).await.expect(404);
}

#[tokio::test(start_paused = true)]
async fn a_person_begins_to_connect_and_the_app_goes_on() {
    let client = client();
    let id = channel(&client, channel_input()).await;
    let body = json!({"channel": id, "inbox": INBOX.to_string()});
    let staged = client.post("/__sandbox/custom-channels/staging-tokens", body).await.expect(200);
    let token = staged["account_token"].as_str().unwrap();
    let path = format!("{BASE}/{id}/channel-account-staging-tokens/{token}");
    let address = json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "shop"});
    let body = json!({"accountName": "Shop", "deliveryIdentifier": address});
    for _ in 0..2 {
        assert_eq!(client.patch(&path, body.clone()).await.expect(200)["accountName"], "Shop");
    }
    let accounts = client.get(&format!("{BASE}/{id}/channel-accounts")).await.expect(200);
    assert_eq!(accounts["results"].as_array().unwrap().len(), 1);
    assert_eq!(accounts["results"][0]["inboxId"], INBOX.to_string());
    client.patch(&format!("{path}0"), body).await.expect(404);
}

#[tokio::test(start_paused = true)]
async fn a_published_message_begins_a_thread_with_a_new_contact_and_a_ticket() {
    let client = client();
    let (path, account) = connected(&client).await;
    let sent = client.post(&path, incoming(&account, "chat-1", "m1")).await.expect(201);
    let thread = sent["conversationsThreadId"].as_str().unwrap();
    let thread = client.get(&format!("{THREADS}/{thread}?association=TICKET")).await.expect(200);
    let contact = thread["associatedContactId"].as_str().unwrap();
    assert_eq!(sent["createdBy"], format!("V-{contact}"));
    assert_eq!((&sent["direction"], &sent["status"]["statusType"]), (&json!("INCOMING"), &json!("RECEIVED")));
    assert_eq!(sent["client"], json!({"clientType": "INTEGRATION", "integrationAppId": 8_190_657}));
    assert_eq!(sent["senders"][0]["deliveryIdentifier"]["value"], "jane@example.com");
    assert_eq!((&thread["inboxId"], &thread["status"]), (&json!("948000001"), &json!("OPEN")));
    let made = client.get(&format!("/crm/v3/objects/contacts/{contact}?properties=email,firstname,lastname")).await;
    let made = made.expect(200)["properties"].clone();
    assert_eq!(
        (&made["email"], &made["firstname"], &made["lastname"]),
        (&json!("jane@example.com"), &json!("Jane"), &json!("Doe"))
    );
    let ticket = thread["threadAssociations"]["associatedTicketId"].as_str().unwrap();
    client.get(&format!("/crm/v3/objects/tickets/{ticket}")).await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn one_idempotency_id_is_one_message_of_a_channel_account() {
    let client = client();
    let (path, account) = connected(&client).await;
    let first = client.post(&path, incoming(&account, "chat-1", "m1")).await.expect(201);
    let other_text = with(incoming(&account, "chat-1", "m1"), "/text", json!("another"));
    assert_eq!(client.post(&path, other_text).await.expect(201), first, "no second copy");
    let second = client.post(&path, incoming(&account, "chat-1", "m2")).await.expect(201);
    assert_eq!(second["conversationsThreadId"], first["conversationsThreadId"]);
    let thread = first["conversationsThreadId"].as_str().unwrap();
    let messages = client.get(&format!("{THREADS}/{thread}/messages")).await.expect(200);
    assert_eq!(messages["results"].as_array().unwrap().len(), 2);
    let channel = path.split('/').nth(4).unwrap();
    let other = self::account(&client, channel, INBOX, "assistant-2").await;
    let elsewhere = client.post(&path, incoming(&other, "chat-1", "m1")).await.expect(201);
    assert_ne!(elsewhere["conversationsThreadId"], first["conversationsThreadId"]);
    let restored = crate::test_client::client();
    restored.sandbox.restore(&client.sandbox.snapshot()).unwrap();
    assert_eq!(restored.sandbox.snapshot(), client.sandbox.snapshot());
    assert_eq!(restored.post(&path, incoming(&account, "chat-1", "m1")).await.expect(201), first);
}

#[tokio::test(start_paused = true)]
async fn senders_are_contacts_by_address_number_or_id() {
    let client = client();
    let (path, account) = connected(&client).await;
    let phone = json!({"properties": {"firstname": "Phil", "phone": "(702) 555-0188"}});
    let phil = client.post("/crm/v3/objects/contacts", phone).await.expect(201)["id"].clone();
    let contact_of = async |key: &str, sender: Value, contact: Value| {
        let mut message = with(incoming(&account, key, key), "/senders/0/deliveryIdentifier", sender);
        message["associateWithContactId"] = contact;
        let sent = client.post(&path, message).await.expect(201);
        let thread = sent["conversationsThreadId"].as_str().unwrap().to_owned();
        client.get(&format!("{THREADS}/{thread}")).await.expect(200)["associatedContactId"].clone()
    };
    let address = |kind: &str, value: &str| json!({"type": kind, "value": value});
    let contacts = client.sandbox.records("contacts").len();
    assert_eq!(contact_of("a", address("HS_EMAIL_ADDRESS", "Sarah@gmail.com"), json!(null)).await, SARAH);
    assert_eq!(contact_of("b", address("HS_PHONE_NUMBER", "+17025550188"), json!(null)).await, phil);
    assert_eq!(contact_of("c", address("HS_EMAIL_ADDRESS", "x@y.org"), json!(SARAH)).await, SARAH);
    let visitor = contact_of("d", address("CHANNEL_SPECIFIC_OPAQUE_ID", "browser-7"), json!(null)).await;
    client.get(&format!("/crm/v3/objects/contacts/{}", visitor.as_str().unwrap())).await.expect(404);
    assert_eq!(client.sandbox.records("contacts").len(), contacts);
    contact_of("e", address("HS_PHONE_NUMBER", "+493012345678"), json!(null)).await;
    assert_eq!(client.sandbox.records("contacts").len(), contacts + 1);
    client.sandbox.set_scopes("pat-few", &["conversations.custom_channels.write"]);
    let few = client.with_token("pat-few");
    let new = with(incoming(&account, "f", "f"), "/senders/0/deliveryIdentifier/value", json!("new@y.org"));
    let refused = few.post(&path, new).await.expect(403);
    assert_eq!(refused["errors"][0]["context"]["requiredGranularScopes"], json!(["crm.objects.contacts.write"]));
    few.post(&path, incoming(&account, "a", "g")).await.expect(201);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_breaks_a_rule_is_not_published() {
    let client = client();
    let (path, account) = connected(&client).await;
    let before = client.sandbox.snapshot();
    let good = || incoming(&account, "chat-1", "m1");
    let file = json!([{"type": "FILE", "fileId": "5"}]);
    for (field, value, status) in [
        ("/text", json!(" "), 400),
        ("/text", json!(null), 400),
        ("/text", json!("x".repeat(100_001)), 400),
        ("/messageDirection", json!(null), 400),
        ("/messageDirection", json!("SIDEWAYS"), 400),
        ("/channelAccountId", json!(null), 400),
        ("/channelAccountId", json!("7"), 404),
        ("/channelAccountId", json!("3551452842"), 404),
        ("/integrationThreadId", json!(null), 400),
        ("/integrationThreadId", json!(""), 400),
        ("/integrationIdempotencyId", json!(""), 400),
        ("/senders", json!([]), 400),
        ("/senders/0/deliveryIdentifier", json!(null), 400),
        ("/senders/0/deliveryIdentifier/value", json!("jane"), 400),
        ("/senders/0/deliveryIdentifier", json!({"type": "HS_PHONE_NUMBER", "value": "0702 5550188"}), 400),
        ("/recipients", json!([good()["recipients"][0], good()["recipients"][0]]), 400),
        ("/attachments", file, 400),
    ] {
        client.post(&path, with(good(), field, value.clone())).await.expect(status);
    }
    let mut unknown = good();
    unknown["associateWithContactId"] = json!(1);
    client.post(&path, unknown).await.expect(400);
    assert_eq!(client.sandbox.snapshot(), before);
}

#[tokio::test(start_paused = true)]
async fn files_go_as_far_as_the_capabilities_of_the_channel() {
    let client = client();
    let (path, account) = connected(&client).await;
    let stored = async |name: &str, mime: &str| {
        let file = AttachedFile { name: name.into(), mime: mime.into(), bytes: "PNG".into() };
        let hello = VisitorMessage { attachments: vec![file], ..VisitorMessage::chat("hello") };
        let written = client.sandbox.visitor_writes(hello).unwrap();
        let path = format!("{THREADS}/{}/messages/{}", written.thread_id, written.message_id);
        client.get(&path).await.expect(200)["attachments"][0]["fileId"].clone()
    };
    let (image, sheet) = (stored("door.png", "image/png").await, stored("a.csv", "text/csv").await);
    let attached = |ids: &[&Value]| {
        let files: Vec<_> = ids.iter().map(|id| json!({"type": "FILE", "fileId": id})).collect();
        with(incoming(&account, "chat-1", "m1"), "/attachments", json!(files))
    };
    client.post(&path, attached(&[&sheet])).await.expect(400);
    client.post(&path, attached(&[&image, &image])).await.expect(400);
    let sent = client.post(&path, with(attached(&[&image]), "/text", json!(""))).await.expect(201);
    assert_eq!((&sent["attachments"][0]["name"], &sent["text"]), (&json!("door.png"), &json!("")));
    let thread = sent["conversationsThreadId"].as_str().unwrap().parse().unwrap();
    let reply = |mime: &str| {
        let file = AttachedFile { name: "a".into(), mime: mime.into(), bytes: "PNG".into() };
        AgentMessage { attachments: vec![file], ..AgentMessage::reply(thread, VERONICA, "See here") }
    };
    let refused = client.sandbox.agent_writes(reply("text/csv")).unwrap_err().to_string();
    assert!(refused.contains("text/csv"), "{refused}");
    client.sandbox.agent_writes(reply("image/png")).unwrap();
}

#[tokio::test(start_paused = true)]
async fn delivery_states_come_back_to_the_message() {
    let client = client();
    let (path, account) = connected(&client).await;
    let sent = client.post(&path, incoming(&account, "chat-1", "m1")).await.expect(201);
    let thread = sent["conversationsThreadId"].as_str().unwrap().parse().unwrap();
    let reply = client.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Hi")).unwrap().message_id;
    let one = format!("{path}/{reply}");
    assert_eq!(client.get(&one).await.expect(200)["status"], json!({"statusType": "SENT"}));
    for state in ["READ", "SENT"] {
        let answer = client.patch(&one, json!({"statusType": state})).await.expect(200);
        assert_eq!(answer["status"]["statusType"], state);
    }
    client.patch(&one, json!({"statusType": "FAILED", "errorMessage": "The chat was closed"})).await.expect(200);
    let read = client.get(&format!("{THREADS}/{thread}/messages/{reply}")).await.expect(200);
    let details = json!({"errorMessage": "The chat was closed", "errorMessageTokens": {}});
    assert_eq!(read["status"], json!({"statusType": "FAILED", "failureDetails": details}));
    client.patch(&one, json!({"statusType": "RECEIVED"})).await.expect(400);
    client.patch(&one, json!({})).await.expect(400);
    client.patch(&format!("{path}/{}", sent["id"].as_str().unwrap()), json!({"statusType": "READ"})).await.expect(400);
    client.get(&format!("{path}/0")).await.expect(404);
}

#[tokio::test(start_paused = true)]
async fn an_archived_channel_refuses() {
    let client = client();
    let (path, account) = connected(&client).await;
    let sent = client.post(&path, incoming(&account, "chat-1", "m1")).await.expect(201);
    let thread = sent["conversationsThreadId"].as_str().unwrap().parse().unwrap();
    let channel = path.split('/').nth(4).unwrap();
    client.delete(&keyed(&format!("/{channel}"))).await.expect(204);
    client.post(&path, incoming(&account, "chat-1", "m2")).await.expect(404);
    client.get(&format!("{BASE}/{channel}/channel-accounts")).await.expect(404);
    client.get(&format!("{path}/{}", sent["id"].as_str().unwrap())).await.expect(404);
    let refused = client.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Hi")).unwrap_err();
    assert!(refused.to_string().contains("custom channel"), "{refused}");
    let body = json!({
        "type": "MESSAGE", "text": "Hi", "senderActorId": "A-9586504", "channelId": channel,
        "channelAccountId": account, "recipients": [], "attachments": []
    });
    client.post(&format!("{THREADS}/{thread}/messages"), body).await.expect(400);
    client.sandbox.agent_writes(AgentMessage::comment(thread, VERONICA, "Gone")).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_channel_without_outgoing_messages_takes_in_alone() {
    let client = client();
    let input = with(channel_input(), "/capabilities/allowOutgoingMessages", json!(false));
    let channel = channel(&client, input).await;
    let account = account(&client, &channel, INBOX, "assistant-1").await;
    let path = format!("{BASE}/{channel}/messages");
    let sent = client.post(&path, incoming(&account, "chat-1", "m1")).await.expect(201);
    let thread = sent["conversationsThreadId"].as_str().unwrap().parse().unwrap();
    assert!(client.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Hi")).is_err());
}

#[tokio::test(start_paused = true)]
async fn threads_are_told_apart_by_address_where_the_channel_says_so() {
    let client = client();
    let input = with(channel_input(), "/capabilities/threadingModel", json!("DELIVERY_IDENTIFIER"));
    let channel = channel(&client, input).await;
    let account = account(&client, &channel, INBOX, "assistant-1").await;
    let path = format!("{BASE}/{channel}/messages");
    let thread = async |key: &str, from: &str| {
        let message = with(incoming(&account, "x", key), "/senders/0/deliveryIdentifier/value", json!(from));
        let message = with(message, "/integrationThreadId", json!(null));
        client.post(&path, message).await.expect(201)["conversationsThreadId"].clone()
    };
    let first = thread("a", "jane@example.com").await;
    assert_eq!(thread("b", "jane@example.com").await, first);
    assert_ne!(thread("c", "joe@example.com").await, first);
}

/// The bot's side of a talk is copied into the thread, and does not come back.
#[tokio::test(start_paused = true)]
async fn an_outgoing_copy_is_the_apps_and_a_closed_thread_opens_again() {
    let client = client();
    let (path, account) = connected(&client).await;
    let sent = client.post(&path, incoming(&account, "chat-1", "m1")).await.expect(201);
    let thread: u64 = sent["conversationsThreadId"].as_str().unwrap().parse().unwrap();
    let mut copy = with(incoming(&account, "chat-1", "m2"), "/messageDirection", json!("OUTGOING"));
    let (senders, recipients) = (copy["recipients"].clone(), copy["senders"].clone());
    (copy["senders"], copy["recipients"]) = (senders, recipients);
    let copied = client.post(&path, copy).await.expect(201);
    assert_eq!(copied["conversationsThreadId"], sent["conversationsThreadId"]);
    assert_eq!((&copied["direction"], &copied["createdBy"]), (&json!("OUTGOING"), &json!("I-8190657")));
    assert_eq!(copied["recipients"][0]["actorId"], sent["createdBy"]);
    client.sandbox.set_thread_closed(thread, true).unwrap();
    client.post(&path, incoming(&account, "chat-1", "m3")).await.expect(201);
    assert_eq!(client.get(&format!("{THREADS}/{thread}")).await.expect(200)["status"], "OPEN");
}

#[tokio::test(start_paused = true)]
async fn accounts_and_messages_need_scopes_of_their_own() {
    let client = client();
    let (path, account) = connected(&client).await;
    let channel = path.trim_end_matches("/messages");
    client.sandbox.set_scopes("pat-read", &["conversations.custom_channels.read"]);
    client.sandbox.set_scopes("pat-other", &["conversations.write", "conversations.read"]);
    let (read, other) = (client.with_token("pat-read"), client.with_token("pat-other"));
    read.get(&format!("{channel}/channel-accounts")).await.expect(200);
    read.post(&path, incoming(&account, "a", "a")).await.expect(403);
    other.get(&format!("{channel}/channel-accounts")).await.expect(403);
    client.with_token("").get(&format!("{channel}/channel-accounts")).await.expect(401);
    let strict = json!({"choices": {"any_token_uses_custom_channels": false}});
    client.patch("/__sandbox/settings", strict).await.expect(200);
    client.post(&path, incoming(&account, "a", "b")).await.expect(404);
    let own = json!({"scopes": ["conversations.custom_channels.write", "crm.objects.contacts.write"], "userId": 1, "appId": OAUTH_APP_ID});
    client.put("/__sandbox/tokens/own", own).await.expect(200);
    client.with_token("own").post(&path, incoming(&account, "a", "c")).await.expect(201);
}

#[tokio::test(start_paused = true)]
async fn a_new_channel_may_be_listed_late() {
    let client = client();
    client.patch("/__sandbox/settings", json!({"choices": {"custom_channel_lag_ms": 5_000}})).await.expect(200);
    let id = channel(&client, channel_input()).await;
    let listed = async || client.get(&keyed("")).await.expect(200)["results"].as_array().unwrap().len();
    assert_eq!(listed().await, 0);
    client.post(&format!("{BASE}/{id}/channel-accounts"), account_input(INBOX, "x")).await.expect(404);
    tokio::time::advance(std::time::Duration::from_secs(5)).await;
    assert_eq!(listed().await, 1);
    account(&client, &id, INBOX, "x").await;
}
