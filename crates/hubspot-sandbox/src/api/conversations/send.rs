//! Sending a message to the visitor, and commenting on a thread.

use serde::Deserialize;
use serde_json::Value;

use super::caller;
use super::recipients::{self, RecipientInput};
use super::sent_content::{self, not_set};
use super::threads::known_thread;
use super::view::{self, Surroundings};
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::input::list_or_null;
use crate::api::response::ApiResponse;
use crate::model::conversations::actor::ActorId;
use crate::model::conversations::changes::{self, Author, Draft};
use crate::model::conversations::channel::{self, ChannelAccount, ChannelId, LIVE_CHAT};
use crate::model::conversations::message::{Body, Content, Party};
use crate::model::conversations::thread::Thread;
use crate::model::conversations::{outgoing, profile};
use crate::model::custom_channels::reply;
use crate::model::portal::Portal;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageInput {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    rich_text: Option<String>,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default, deserialize_with = "list_or_null")]
    attachments: Vec<Value>,
    #[serde(default, deserialize_with = "list_or_null")]
    recipients: Vec<RecipientInput>,
    #[serde(default)]
    sender_actor_id: Option<String>,
    #[serde(default)]
    channel_id: Option<Value>,
    #[serde(default)]
    channel_account_id: Option<Value>,
}

pub(super) fn send(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let id = known_thread(portal, call, false)?;
    let thread = changes::live(portal, id).ok_or_else(|| super::errors::not_found("Thread", id))?;
    let input: MessageInput = call.json()?;
    let (body, app) = (input.body(portal)?, caller::author(portal, call));
    let draft = match input.kind.as_deref() {
        Some("MESSAGE") => input.message(portal, thread, body, app)?,
        Some("COMMENT") => comment(body, app),
        Some(other) => return Err(ApiError::invalid(format!("type must be one of [MESSAGE, COMMENT], not {other}"))),
        None => return Err(not_set("type")),
    };
    let message_id = changes::post(portal, id, draft);
    reply::tell_channel(portal, id, &message_id);
    shown(portal, call, id, &message_id)
}

fn shown(portal: &Portal, call: &ApiCall, id: u64, message_id: &str) -> Result<ApiResponse, ApiError> {
    let thread = portal.conversations.thread(id);
    let posted = thread.and_then(|thread| Some((thread, thread.message(message_id)?)));
    let (thread, message) = posted.ok_or_else(|| super::errors::not_found("Message", message_id))?;
    let around = Surroundings::of(portal, thread, call);
    Ok(ApiResponse::created(view::message(message, around)).at(call.address_below(message_id)))
}

/// A comment is written by the app, whoever it names as the sender.
fn comment(body: Body, app: Author) -> Draft {
    let senders = vec![Party::actor(app.actor.clone())];
    Draft { author: app, senders, recipients: vec![], content: Content::Comment { body } }
}

impl MessageInput {
    fn body(&self, portal: &Portal) -> Result<Body, ApiError> {
        sent_content::body(&portal.files, self.text.clone(), self.rich_text.clone(), &self.attachments)
    }

    /// Checks a message to the visitor. It is sent as a user of the account, with the app as its client.
    fn message(&self, portal: &Portal, thread: &Thread, body: Body, app: Author) -> Result<Draft, ApiError> {
        let agent = self.agent(portal)?;
        let account = self.account(portal, thread)?;
        let recipients = recipients::of(portal, thread, account.channel_id, &self.recipients)?;
        reply::check_files(portal, account.channel_id, &body.attachments).map_err(ApiError::invalid)?;
        let author = Author { actor: agent, client: app.client };
        Ok(outgoing::draft(portal, thread, account, author, recipients, body, self.subject.clone()))
    }

    fn agent(&self, portal: &Portal) -> Result<ActorId, ApiError> {
        let text = self.sender_actor_id.as_deref().ok_or_else(|| not_set("senderActorId"))?;
        let actor = text.parse().map_err(|_| ApiError::invalid(format!("Invalid actor id: {text}")))?;
        match profile::is_active_agent(portal, &actor) {
            true => Ok(actor),
            false => Err(ApiError::invalid(format!("senderActorId must be an agent of this account, not {text}"))),
        }
    }

    /// Finds the channel account that the message goes through.
    fn account<'a>(&self, portal: &'a Portal, thread: &Thread) -> Result<&'a ChannelAccount, ApiError> {
        let channel_id = id(self.channel_id.as_ref(), "channelId")?;
        let account_id = id(self.channel_account_id.as_ref(), "channelAccountId")?;
        let channel = ChannelId::try_from(channel_id).ok().filter(|id| is_channel(portal, *id));
        let channel = channel.ok_or_else(|| ApiError::invalid(format!("There is no channel with id {channel_id}")))?;
        if !reply::is_writable(portal, channel) {
            let message = format!("Sending messages over the channel {channel} is not supported");
            return Err(ApiError::invalid(message));
        }
        let account = portal.conversations.account(account_id).filter(|one| one.channel_id == channel);
        let account = account.filter(|one| one.authorized && !one.archived).ok_or_else(|| {
            ApiError::invalid(format!("{account_id} is no authorized channel account of the channel {channel}"))
        })?;
        let is_bound = channel == LIVE_CHAT || channel::is_custom(channel);
        match !is_bound || thread.channel_account_id == account.id {
            true => Ok(account),
            false => Err(ApiError::invalid(format!("The thread is not a chat of the channel account {account_id}"))),
        }
    }
}

fn is_channel(portal: &Portal, id: ChannelId) -> bool {
    !channel::is_custom(id) || portal.custom_channels.live(id).is_some()
}

/// Reads an id that is sent as text or as a number.
fn id(value: Option<&Value>, field: &str) -> Result<u64, ApiError> {
    let value = value.filter(|value| !value.is_null()).ok_or_else(|| not_set(field))?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.ok_or_else(|| ApiError::invalid(format!("{field} is not a number")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::conversing::{AttachedFile, VisitorMessage};
    use crate::test_client::{Client, SARAH, client};

    const THREADS: &str = "/conversations/conversations/2026-09/threads";

    /// Begins a chat and returns the path of its messages.
    fn chat(client: &Client) -> String {
        let thread = client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap().thread_id;
        format!("{THREADS}/{thread}/messages")
    }

    /// Begins a thread by e-mail and returns the path of its messages.
    fn mail(client: &Client) -> String {
        let mail = VisitorMessage::email("sarah@gmail.com", "Visit", "When?");
        format!("{THREADS}/{}/messages", client.sandbox.visitor_writes(mail).unwrap().thread_id)
    }

    fn to_chat() -> Value {
        json!({
            "type": "MESSAGE", "text": "Hey there", "richText": "<p>Hey there</p>", "recipients": [],
            "senderActorId": "A-9586504", "channelId": "1000", "channelAccountId": "3551452839", "attachments": []
        })
    }

    fn by_email() -> Value {
        json!({
            "type": "MESSAGE", "text": "Hey there, following up", "richText": "<p>Hey there, following up</p>",
            "recipients": [{"actorId": "E-user@hubspot.com", "name": "Leslie Knope", "recipientField": "TO",
                            "deliveryIdentifiers": [{"type": "HS_EMAIL_ADDRESS", "value": "lknope@hubspot.com"}]}],
            "senderActorId": "A-9586504", "channelId": "1002", "channelAccountId": "3551452842",
            "subject": "Follow up", "attachments": []
        })
    }

    fn with(mut message: Value, field: &str, value: Value) -> Value {
        message[field] = value;
        message
    }

    fn without(mut message: Value, field: &str) -> Value {
        message.as_object_mut().unwrap().remove(field);
        message
    }

    #[tokio::test(start_paused = true)]
    async fn a_chat_message_is_sent_to_its_visitor_as_a_user() {
        let client = client();
        let path = chat(&client);
        tokio::time::advance(std::time::Duration::from_secs(5)).await;
        let sent = client.post(&path, to_chat()).await.expect(201);
        let thread = client.get(path.trim_end_matches("/messages")).await.expect(200);
        let visitor = format!("V-{}", thread["associatedContactId"].as_str().unwrap());
        let address = sent["recipients"][0]["deliveryIdentifier"].clone();
        let expected = json!({
            "id": sent["id"], "conversationsThreadId": thread["id"], "createdAt": "2026-11-22T15:00:05.000Z",
            "updatedAt": "2026-11-22T15:00:05.000Z", "createdBy": "A-9586504",
            "client": {"clientType": "INTEGRATION", "integrationAppId": 8_190_657},
            "senders": [{"actorId": "A-9586504", "name": "Veronica Chen"}],
            "recipients": [{"actorId": visitor, "deliveryIdentifier": address}], "archived": false,
            "text": "Hey there", "richText": "<p>Hey there</p>", "attachments": [],
            "truncationStatus": "NOT_TRUNCATED", "status": {"statusType": "SENT"}, "direction": "OUTGOING",
            "channelId": "1000", "channelAccountId": "3551452839", "type": "MESSAGE"
        });
        assert_eq!(sent, expected);
        assert_eq!(address["type"], "CHANNEL_SPECIFIC_OPAQUE_ID");
        assert_eq!(client.get(&format!("{path}/{}", sent["id"].as_str().unwrap())).await.expect(200), expected);
        assert_eq!(thread["latestMessageSentTimestamp"], "2026-11-22T15:00:05.000Z");
        assert_eq!(thread["latestMessageTimestamp"], "2026-11-22T15:00:05.000Z");
        assert_eq!(thread["latestMessageReceivedTimestamp"], "2026-11-22T15:00:00.000Z");
        assert_eq!(thread.get("assignedTo"), None, "the API assigns nobody");
    }

    /// The request of HubSpot's guide. What is quoted below a reply is original content, as measured in a real account.
    #[tokio::test(start_paused = true)]
    async fn an_email_goes_to_the_given_addresses() {
        let client = client();
        let path = mail(&client);
        let sent = client.post(&path, by_email()).await.expect(201);
        let expected = json!({
            "id": sent["id"], "conversationsThreadId": sent["conversationsThreadId"],
            "createdAt": "2026-11-22T15:00:00.000Z", "updatedAt": "2026-11-22T15:00:00.000Z", "createdBy": "A-9586504",
            "client": {"clientType": "INTEGRATION", "integrationAppId": 8_190_657},
            "senders": [{"actorId": "A-9586504", "name": "Veronica Chen",
                         "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "hello@richtech.example"}}],
            "recipients": [{"actorId": "E-user@hubspot.com", "name": "Leslie Knope", "recipientField": "TO",
                            "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "lknope@hubspot.com"}}],
            "archived": false, "text": "Hey there, following up", "richText": "<p>Hey there, following up</p>",
            "attachments": [], "subject": "Follow up", "truncationStatus": "TRUNCATED_TO_MOST_RECENT_REPLY",
            "status": {"statusType": "SENT"}, "direction": "OUTGOING", "channelId": "1002",
            "channelAccountId": "3551452842", "type": "MESSAGE"
        });
        assert_eq!(sent, expected);
        let original = format!("{path}/{}/original-content", sent["id"].as_str().unwrap());
        let original = client.get(&original).await.expect(200);
        assert_eq!(original["text"], "Hey there, following up\n\n> When?\n");
    }

    #[tokio::test(start_paused = true)]
    async fn a_recipient_is_the_contact_with_the_address_and_a_reply_keeps_the_subject() {
        let client = client();
        let recipients = json!([
            {"deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "Sarah@gmail.com"}},
            {"recipientField": "CC", "deliveryIdentifiers": [{"type": "HS_EMAIL_ADDRESS", "value": "x@y.org"}]}
        ]);
        let message = without(without(with(by_email(), "recipients", recipients), "subject"), "attachments");
        let sent = client.post(&mail(&client), message).await.expect(201);
        let sarah = json!({
            "actorId": format!("V-{SARAH}"), "name": "Sarah Mark", "recipientField": "TO",
            "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "Sarah@gmail.com"}
        });
        assert_eq!((&sent["recipients"][0], &sent["subject"]), (&sarah, &json!("Re: Visit")));
        assert_eq!(sent["recipients"][1]["actorId"], "E-x@y.org");
    }

    /// The request of HubSpot's guide. The author is the app, as measured in a real account.
    #[tokio::test(start_paused = true)]
    async fn a_comment_is_written_by_the_app_and_sent_to_nobody() {
        let client = client();
        let path = chat(&client);
        let comment = json!({
            "type": "COMMENT", "text": "Can you follow up?", "richText": "<p>Can you follow up?</p>", "attachments": []
        });
        for body in [comment.clone(), with(comment, "senderActorId", json!("A-9586504"))] {
            let made = client.post(&path, body).await.expect(201);
            let expected = json!({
                "id": made["id"], "conversationsThreadId": made["conversationsThreadId"],
                "createdAt": "2026-11-22T15:00:00.000Z", "createdBy": "I-8190657",
                "client": {"clientType": "INTEGRATION", "integrationAppId": 8_190_657},
                "senders": [{"actorId": "I-8190657"}], "recipients": [], "archived": false,
                "text": "Can you follow up?", "richText": "<p>Can you follow up?</p>", "attachments": [],
                "type": "COMMENT"
            });
            assert_eq!(made, expected);
        }
        let thread = client.get(path.trim_end_matches("/messages")).await.expect(200);
        assert_eq!(thread.get("latestMessageSentTimestamp"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_breaks_a_rule_is_not_sent() {
        let client = client();
        let (chat, mail) = (chat(&client), mail(&client));
        let before = client.sandbox.snapshot();
        let opaque = json!([{"deliveryIdentifiers": [{"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "x"}]}]);
        let address = |text: &str| json!([{"deliveryIdentifiers": [{"type": "HS_EMAIL_ADDRESS", "value": text}]}]);
        for (path, body) in [
            (&chat, json!({})),
            (&chat, with(to_chat(), "type", json!("WELCOME_MESSAGE"))),
            (&chat, without(to_chat(), "type")),
            (&chat, without(to_chat(), "text")),
            (&chat, with(to_chat(), "text", json!(" \n"))),
            (&chat, without(to_chat(), "senderActorId")),
            (&chat, with(to_chat(), "senderActorId", json!("I-8190657"))),
            (&chat, with(to_chat(), "senderActorId", json!("V-1401"))),
            (&chat, with(to_chat(), "senderActorId", json!("A-1"))),
            (&chat, with(to_chat(), "senderActorId", json!("A-9586803"))),
            (&chat, with(to_chat(), "senderActorId", json!("veronica"))),
            (&chat, without(to_chat(), "channelId")),
            (&chat, without(to_chat(), "channelAccountId")),
            (&chat, with(to_chat(), "channelId", json!("1001"))),
            (&chat, with(to_chat(), "channelId", json!("1003"))),
            (&chat, with(to_chat(), "channelId", json!("1007"))),
            (&chat, with(to_chat(), "channelId", json!("7"))),
            (&chat, with(to_chat(), "channelId", json!("chat"))),
            (&chat, with(to_chat(), "channelAccountId", json!("1"))),
            (&chat, with(to_chat(), "channelAccountId", json!("3551452842"))),
            (&chat, with(to_chat(), "channelAccountId", json!("3558743646"))),
            (&mail, to_chat()),
            (&mail, with(by_email(), "recipients", json!([]))),
            (&mail, without(by_email(), "recipients")),
            (&mail, with(by_email(), "recipients", opaque)),
            (&mail, with(by_email(), "recipients", address("nobody"))),
            (&mail, with(by_email(), "recipients", json!([{"actorId": "E-a@b.co"}]))),
            (&mail, with(by_email(), "attachments", json!([{"type": "FILE", "fileId": "1"}]))),
            (&mail, with(by_email(), "attachments", json!([{"type": "FILE"}]))),
            (&mail, with(by_email(), "attachments", json!([{"type": "LOCATION"}]))),
            (&mail, with(by_email(), "attachments", json!([5]))),
        ] {
            let refused = client.post(path, body.clone()).await;
            assert_eq!(refused.status, 400, "{body}: {}", refused.text);
            assert_eq!(refused.body["category"], "VALIDATION_ERROR", "{}", refused.text);
        }
        let unknown = format!("{THREADS}/1/messages");
        client.post(&unknown, to_chat()).await.expect(404);
        assert_eq!(client.sandbox.snapshot(), before);
    }

    #[tokio::test(start_paused = true)]
    async fn files_of_the_account_and_quick_replies_are_attached() {
        let client = client();
        let photo = AttachedFile { name: "door.png".into(), mime: "image/png".into(), bytes: "PNG".into() };
        let hello = VisitorMessage { attachments: vec![photo], ..VisitorMessage::chat("hello") };
        let written = client.sandbox.visitor_writes(hello).unwrap();
        let path = format!("{THREADS}/{}/messages", written.thread_id);
        let incoming = client.get(&format!("{path}/{}", written.message_id)).await.expect(200);
        let file = incoming["attachments"][0].clone();
        let replies = json!([{"value": "Yes", "valueType": "TEXT", "label": "Yes"}]);
        let attachments = json!([
            {"type": "FILE", "fileId": file["fileId"]}, {"type": "QUICK_REPLIES", "quickReplies": replies}
        ]);
        let message = with(with(to_chat(), "attachments", attachments), "text", json!(""));
        let sent = client.post(&path, message).await.expect(201);
        let shown = json!([file, {
            "type": "QUICK_REPLIES", "quickReplies": replies, "allowMultiSelect": false, "allowUserInput": true
        }]);
        assert_eq!(sent["attachments"], shown);
    }

    #[tokio::test(start_paused = true)]
    async fn a_chat_message_to_a_visitor_who_left_may_fail() {
        let client = client();
        let path = chat(&client);
        let thread = path.split('/').nth(5).unwrap().parse().unwrap();
        client.sandbox.visitor_leaves(thread).unwrap();
        let status = async || client.post(&path, to_chat()).await.expect(201)["status"].clone();
        assert_eq!(status().await, json!({"statusType": "SENT"}));
        client.patch("/__sandbox/settings", json!({"choices": {"reply_to_departed": "failed"}})).await.expect(200);
        let reason = "The visitor has left the chat";
        assert_eq!(
            status().await,
            json!({"statusType": "FAILED", "failureDetails": {"errorMessage": reason, "errorMessageTokens": {}}})
        );
        client.sandbox.visitor_writes(VisitorMessage::chat("back").in_thread(thread)).unwrap();
        assert_eq!(status().await, json!({"statusType": "SENT"}));
    }
}
