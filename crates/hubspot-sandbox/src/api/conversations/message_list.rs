//! The messages of a thread.

use serde_json::{Value, json};

use super::errors::not_found;
use super::threads::known_thread;
use super::view::Surroundings;
use super::{page, view};
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::conversations::message::{Content, Message};
use crate::model::conversations::thread::Thread;
use crate::model::portal::Portal;

pub(super) fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let newest_first = newest_first(call, portal.assumptions.messages_newest_first)?;
    let thread = thread(portal, call, call.flag("archived"))?;
    let around = Surroundings::of(portal, thread, call);
    let mut all: Vec<Value> = thread.messages.iter().map(|one| view::message(one, around)).collect();
    if newest_first {
        all.reverse();
    }
    Ok(ApiResponse::ok(page::of_all(call, all)?))
}

fn newest_first(call: &ApiCall, default: bool) -> Result<bool, ApiError> {
    match call.query("sort").unwrap_or_default() {
        "" => Ok(default),
        "createdAt" => Ok(false),
        "-createdAt" => Ok(true),
        other => Err(ApiError::invalid(format!("sort must be one of [createdAt, -createdAt], not {other}"))),
    }
}

pub(super) fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (thread, message) = message(portal, call)?;
    let around = Surroundings::of(portal, thread, call);
    Ok(ApiResponse::ok(view::message(message, around)))
}

/// Returns the text of a message before its truncation.
pub(super) fn original(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (_, message) = message(portal, call)?;
    let (text, rich_text) = match &message.content {
        Content::Message(message) => match &message.original {
            Some(original) => (&original.text, original.rich_text.as_ref()),
            None => (&message.body.text, message.body.rich_text.as_ref()),
        },
        Content::Comment { body } => (&body.text, body.rich_text.as_ref()),
        Content::WelcomeMessage { text, .. } => (text, None),
        _ => return Err(not_found("Content of message", &message.id)),
    };
    let mut body = json!({"text": text});
    if let Some(rich_text) = rich_text {
        body["richText"] = rich_text.as_str().into();
    }
    Ok(ApiResponse::ok(body))
}

/// Finds a message. A thread in the trash keeps its messages readable.
fn message<'a>(portal: &'a Portal, call: &ApiCall) -> Result<(&'a Thread, &'a Message), ApiError> {
    let thread = thread(portal, call, false).or_else(|_| thread(portal, call, true))?;
    let id = call.param("message_id");
    thread.message(id).map(|message| (thread, message)).ok_or_else(|| not_found("Message", id))
}

fn thread<'a>(portal: &'a Portal, call: &ApiCall, archived: bool) -> Result<&'a Thread, ApiError> {
    let id = known_thread(portal, call, archived)?;
    portal.conversations.thread(id).ok_or_else(|| not_found("Thread", id))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::conversing::{AgentMessage, AttachedFile, VisitorMessage};
    use crate::test_client::client;

    const THREADS: &str = "/conversations/conversations/2026-09/threads";
    const VERONICA: u64 = 9_586_504;

    /// The example of HubSpot's guide.
    #[tokio::test(start_paused = true)]
    async fn messages_equal_the_guides_example() {
        let client = client();
        let address = json!({"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "0232d1661ef84248bd4923cce9d3b917"});
        let visitor = json!({"actorId": "V-1401", "deliveryIdentifier": address});
        let seed = json!({"version": 1, "inboxes": [{"id": 481_939, "name": "Main", "type": "INBOX"}], "threads": [{
            "id": 176_347_007, "createdMs": 1_574_102_879_865_i64, "channelId": 1000, "channelAccountId": 148_662,
            "inboxId": 481_939, "contactId": 1401, "messages": [
                {"id": "0c9b86b11210479eb1ae193ec5add0b7", "createdMs": 1_574_102_879_947_i64,
                 "createdBy": "S-hubspot", "client": "SYSTEM", "senders": [{"actorId": "S-hubspot"}],
                 "recipients": [visitor], "content": {"type": "WELCOME_MESSAGE",
                    "text": "Got any questions? I'm happy to help.", "channelId": 1000, "channelAccountId": 148_662}},
                {"id": "3ad3474b08dd408ca57a8454e355e942", "createdMs": 1_574_102_879_949_i64,
                 "createdBy": "V-1401", "client": "SYSTEM", "senders": [visitor],
                 "content": {"type": "MESSAGE", "text": "hi yes hello", "richText": "<div>hi yes hello</div>",
                    "delivery": "RECEIVED", "direction": "INCOMING", "channelId": 1000, "channelAccountId": 148_662}}
            ]
        }]});
        client.sandbox.restore(&seed.to_string()).unwrap();
        let example = json!({ "results": [
            {"id": "3ad3474b08dd408ca57a8454e355e942", "conversationsThreadId": "176347007",
             "createdAt": "2019-11-18T18:47:59.949Z", "updatedAt": "2019-11-18T18:47:59.949Z",
             "createdBy": "V-1401", "client": {"clientType": "SYSTEM"},
             "senders": [{"actorId": "V-1401", "deliveryIdentifier": {
                "type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "0232d1661ef84248bd4923cce9d3b917"}}],
             "recipients": [], "archived": false, "text": "hi yes hello", "richText": "<div>hi yes hello</div>",
             "attachments": [], "truncationStatus": "NOT_TRUNCATED", "status": {"statusType": "RECEIVED"},
             "direction": "INCOMING", "channelId": "1000", "channelAccountId": "148662", "type": "MESSAGE"},
            {"id": "0c9b86b11210479eb1ae193ec5add0b7", "conversationsThreadId": "176347007",
             "createdAt": "2019-11-18T18:47:59.947Z", "createdBy": "S-hubspot", "client": {"clientType": "SYSTEM"},
             "senders": [{"actorId": "S-hubspot"}],
             "recipients": [{"actorId": "V-1401", "deliveryIdentifier": {
                "type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "0232d1661ef84248bd4923cce9d3b917"}}],
             "archived": false, "text": "Got any questions? I'm happy to help.", "channelId": "1000",
             "channelAccountId": "148662", "type": "WELCOME_MESSAGE"}
        ]});
        for base in [THREADS, "/conversations/v3/conversations/threads"] {
            let path = format!("{base}/176347007/messages");
            assert_eq!(client.get(&format!("{path}?sort=-createdAt")).await.expect(200), example);
            let one = client.get(&format!("{path}/3ad3474b08dd408ca57a8454e355e942")).await.expect(200);
            assert_eq!(one, example["results"][0]);
        }
    }

    fn texts(page: &Value) -> Vec<&str> {
        page["results"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap_or_default()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn messages_are_ascending_and_paged() {
        let client = client();
        let thread = client.sandbox.visitor_writes(VisitorMessage::chat("one")).unwrap().thread_id;
        for text in ["two", "three"] {
            client.sandbox.visitor_writes(VisitorMessage::chat(text).in_thread(thread)).unwrap();
        }
        let path = format!("{THREADS}/{thread}/messages");
        let greeting = "Got any questions? I'm happy to help.";
        let first = client.get(&format!("{path}?limit=2")).await.expect(200);
        assert_eq!(texts(&first), [greeting, "one"]);
        let after = first["paging"]["next"]["after"].as_str().unwrap().to_owned();
        client.sandbox.visitor_writes(VisitorMessage::chat("four").in_thread(thread)).unwrap();
        let last = client.get(&format!("{path}?limit=500&after={after}")).await.expect(200);
        assert_eq!((texts(&last), last.get("paging")), (vec!["two", "three", "four"], None));
        let newest = client.get(&format!("{path}?sort=-createdAt&limit=1")).await.expect(200);
        assert_eq!(texts(&newest), ["four"]);
        client.patch("/__sandbox/settings", json!({"choices": {"messages_newest_first": true}})).await.expect(200);
        assert_eq!(texts(&client.get(&format!("{path}?limit=1")).await.expect(200)), ["four"]);
        assert_eq!(texts(&client.get(&format!("{path}?sort=createdAt&limit=1")).await.expect(200)), [greeting]);
        for query in ["sort=text", "limit=501", "after=x"] {
            client.get(&format!("{path}?{query}")).await.expect(400);
        }
        client.get(&format!("{path}/0123456789abcdef0123456789abcdef")).await.expect(404);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_records_a_move_names_both_inboxes() {
        let client = client();
        let thread = client.sandbox.visitor_writes(VisitorMessage::chat("one")).unwrap().thread_id;
        client.sandbox.move_thread(thread, 948_000_001).unwrap();
        let page = client.get(&format!("{THREADS}/{thread}/messages?sort=-createdAt&limit=1")).await.expect(200);
        let moved = &page["results"][0];
        let expected = json!({
            "id": moved["id"], "conversationsThreadId": thread.to_string(), "createdAt": "2026-11-22T15:00:00.000Z",
            "createdBy": "S-hubspot", "client": {"clientType": "SYSTEM"}, "senders": [{"actorId": "S-hubspot"}],
            "recipients": [], "archived": false, "fromInboxId": "948000000", "toInboxId": "948000001",
            "type": "THREAD_INBOX_CHANGE"
        });
        assert_eq!(*moved, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_truncated_email_has_its_original_content() {
        let client = client();
        let text = "Tuesday suits us.\n\nOn Mon, Nov 23, 2026 Veronica wrote:\n> Which day?";
        let html = "<p>Tuesday suits us.</p><blockquote>Which day?</blockquote>".to_owned();
        let mail =
            VisitorMessage { rich_text: Some(html.clone()), ..VisitorMessage::email("sarah@gmail.com", "Visit", text) };
        let written = client.sandbox.visitor_writes(mail).unwrap();
        let path = format!("{THREADS}/{}/messages/{}", written.thread_id, written.message_id);
        let shown = client.get(&path).await.expect(200);
        assert_eq!(shown["truncationStatus"], "TRUNCATED_TO_MOST_RECENT_REPLY");
        assert_eq!((&shown["text"], &shown["subject"]), (&json!("Tuesday suits us."), &json!("Visit")));
        let original = client.get(&format!("{path}/original-content")).await.expect(200);
        assert_eq!(original, json!({"text": text, "richText": html}));
        let long = client.sandbox.visitor_writes(VisitorMessage::email("sarah@gmail.com", "Long", &"x".repeat(30_000)));
        let long = long.unwrap();
        let path = format!("{THREADS}/{}/messages/{}", long.thread_id, long.message_id);
        let shown = client.get(&path).await.expect(200);
        assert_eq!((&shown["truncationStatus"], shown["text"].as_str().unwrap().len()), (&json!("TRUNCATED"), 20_000));
        let original = client.get(&format!("{path}/original-content")).await.expect(200);
        assert_eq!(original["text"].as_str().unwrap().len(), 30_000);
    }

    #[tokio::test(start_paused = true)]
    async fn messages_that_record_a_change_have_no_original_content() {
        let client = client();
        let thread = client.sandbox.visitor_writes(VisitorMessage::chat("one")).unwrap().thread_id;
        client.sandbox.set_thread_closed(thread, true).unwrap();
        let page = client.get(&format!("{THREADS}/{thread}/messages")).await.expect(200);
        let contents =
            page["results"].as_array().unwrap().iter().map(|one| (one["id"].as_str().unwrap(), one["type"].clone()));
        for (id, kind) in contents {
            let status = if kind == "THREAD_STATUS_CHANGE" { 404 } else { 200 };
            client.get(&format!("{THREADS}/{thread}/messages/{id}/original-content")).await.expect(status);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_attached_file_is_shown_with_its_name_and_use() {
        let client = client();
        let photo = AttachedFile { name: "door.png".into(), mime: "image/png".into(), bytes: "PNG".into() };
        let message = VisitorMessage { attachments: vec![photo], ..VisitorMessage::chat("") };
        let written = client.sandbox.visitor_writes(message).unwrap();
        let path = format!("{THREADS}/{}/messages/{}", written.thread_id, written.message_id);
        let shown = client.get(&path).await.expect(200);
        let file = &shown["attachments"][0];
        let url = format!(
            "https://api.hubapi.com/filemanager/api/v2/files/{}/signed-url-redirect?portalId=44237313",
            file["fileId"].as_str().unwrap()
        );
        let expected = json!({
            "fileId": file["fileId"], "name": "door.png", "url": url, "fileUsageType": "IMAGE", "type": "FILE"
        });
        assert_eq!(*file, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn agents_and_other_actors_write_from_hubspots_screens() {
        let client = client();
        let thread = client.sandbox.visitor_writes(VisitorMessage::chat("one")).unwrap().thread_id;
        let reply = client.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Hi there")).unwrap();
        let comment = client.sandbox.agent_writes(AgentMessage::comment(thread, VERONICA, "VIP")).unwrap();
        let bot = AgentMessage { author: Some("L-77".into()), user_id: None, ..AgentMessage::reply(thread, 0, "Beep") };
        let bot = client.sandbox.agent_writes(bot).unwrap();
        let read = async |id: &str| client.get(&format!("{THREADS}/{thread}/messages/{id}")).await.expect(200);
        let contact = client.get(&format!("{THREADS}/{thread}")).await.expect(200)["associatedContactId"].clone();
        let shown = read(&reply.message_id).await;
        let address = shown["recipients"][0]["deliveryIdentifier"].clone();
        let expected = json!({
            "id": reply.message_id, "conversationsThreadId": thread.to_string(),
            "createdAt": "2026-11-22T15:00:00.000Z", "updatedAt": "2026-11-22T15:00:00.000Z", "createdBy": "A-9586504",
            "client": {"clientType": "HUBSPOT"}, "senders": [{"actorId": "A-9586504", "name": "Veronica Chen"}],
            "recipients": [{"actorId": format!("V-{}", contact.as_str().unwrap()), "deliveryIdentifier": address}],
            "archived": false, "text": "Hi there", "richText": "<div>Hi there</div>", "attachments": [],
            "truncationStatus": "NOT_TRUNCATED", "status": {"statusType": "SENT"}, "direction": "OUTGOING",
            "channelId": "1000", "channelAccountId": "3551452839", "type": "MESSAGE"
        });
        assert_eq!(shown, expected);
        let expected = json!({
            "id": comment.message_id, "conversationsThreadId": thread.to_string(),
            "createdAt": "2026-11-22T15:00:00.000Z", "createdBy": "A-9586504", "client": {"clientType": "HUBSPOT"},
            "senders": [{"actorId": "A-9586504"}], "recipients": [], "archived": false, "text": "VIP",
            "richText": "<div>VIP</div>", "attachments": [], "type": "COMMENT"
        });
        assert_eq!(read(&comment.message_id).await, expected);
        let shown = read(&bot.message_id).await;
        assert_eq!((&shown["createdBy"], &shown["client"]), (&json!("L-77"), &json!({"clientType": "SYSTEM"})));
        assert_eq!(shown["senders"][0], json!({"actorId": "L-77", "name": "Customer agent"}));
    }
}
