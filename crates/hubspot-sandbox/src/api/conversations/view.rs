//! Inboxes, threads and messages as HubSpot's responses show them.

use serde_json::{Map, Value, json};

use crate::api::call::ApiCall;
use crate::clock::stamp;
use crate::model::conversations::channel::{ChannelAccount, ChannelId};
use crate::model::conversations::inbox::Inbox;
use crate::model::conversations::message::{
    Attachment, Body, ChannelMessage, Client, Content, Delivery, Message, Party,
};
use crate::model::conversations::rich_text;
use crate::model::conversations::thread::Thread;
use crate::model::files::{Files, StoredFile};
use crate::model::portal::Portal;

pub(crate) fn inbox(inbox: &Inbox) -> Value {
    json!({
        "id": inbox.id.to_string(), "name": inbox.name, "createdAt": stamp(inbox.created_ms),
        "updatedAt": stamp(inbox.updated_ms), "type": inbox.inbox_type, "archived": inbox.archived
    })
}

pub(crate) fn channel(id: ChannelId, name: &str) -> Value {
    json!({"id": id.to_string(), "name": name})
}

pub(crate) fn account(account: &ChannelAccount) -> Value {
    let mut shown = json!({
        "id": account.id.to_string(), "channelId": account.channel_id.to_string(), "name": account.name,
        "inboxId": account.inbox_id.to_string(), "active": account.active, "authorized": account.authorized,
        "createdAt": stamp(account.created_ms), "archived": account.archived
    });
    put(&mut shown, "deliveryIdentifier", account.delivery_identifier.as_ref().map(|one| json!(one)));
    shown
}

/// Renders a thread. `with_ticket`: the client asked for the associations with tickets.
pub(crate) fn thread(thread: &Thread, with_ticket: bool) -> Value {
    let at = |ms: Option<i64>| ms.map(|ms| stamp(ms).into());
    let mut shown = json!({"id": thread.id.to_string(), "createdAt": stamp(thread.created_ms)});
    put(&mut shown, "closedAt", at(thread.closed_ms));
    shown["status"] = thread.status.name().into();
    shown["originalChannelId"] = thread.channel_id.to_string().into();
    shown["originalChannelAccountId"] = thread.channel_account_id.to_string().into();
    put(&mut shown, "latestMessageTimestamp", at(thread.latest_ms));
    put(&mut shown, "latestMessageSentTimestamp", at(thread.latest_sent_ms));
    put(&mut shown, "latestMessageReceivedTimestamp", at(thread.latest_received_ms));
    put(&mut shown, "assignedTo", thread.assigned_to.as_ref().map(|actor| json!(actor)));
    shown["spam"] = thread.spam.into();
    shown["inboxId"] = thread.inbox_id.to_string().into();
    shown["associatedContactId"] = thread.contact_id.to_string().into();
    shown["archived"] = thread.is_archived().into();
    let ticket = thread.ticket_id.filter(|_| with_ticket);
    put(&mut shown, "threadAssociations", ticket.map(|id| json!({"associatedTicketId": id.to_string()})));
    shown
}

/// What a message needs from its surroundings to be shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings<'a> {
    pub(crate) thread: &'a Thread,
    pub(crate) files: &'a Files,
    pub(crate) portal_id: u64,
    /// Scheme and host of links.
    pub(crate) host: &'a str,
}

impl<'a> Surroundings<'a> {
    pub(crate) fn of(portal: &'a Portal, thread: &'a Thread, call: &'a ApiCall) -> Surroundings<'a> {
        Surroundings { thread, files: &portal.files, portal_id: portal.identity.portal_id, host: call.host() }
    }
}

pub(crate) fn message(message: &Message, around: Surroundings<'_>) -> Value {
    let mut shown = json!({
        "id": message.id, "conversationsThreadId": around.thread.id.to_string(),
        "createdAt": stamp(message.created_ms)
    });
    if message.channel_message().is_some() {
        shown["updatedAt"] = stamp(message.created_ms).into();
    }
    shown["createdBy"] = json!(message.created_by);
    shown["client"] = client(message.client);
    shown["senders"] = message.senders.iter().map(party).collect();
    shown["recipients"] = message.recipients.iter().map(party).collect();
    shown["archived"] = around.thread.is_archived().into();
    put_content(&mut shown, &message.content, around);
    shown["type"] = message.content.type_name().into();
    shown
}

fn put_content(shown: &mut Value, content: &Content, around: Surroundings<'_>) {
    match content {
        Content::Message(message) => put_channel_message(shown, message, around),
        Content::Comment { body } => {
            put_body(shown, body, around);
            if body.rich_text.is_none() {
                shown["richText"] = rich_text::of_text(&body.text).into();
            }
        }
        Content::WelcomeMessage { text, channel_id, channel_account_id } => {
            shown["text"] = text.as_str().into();
            put_channel(shown, *channel_id, *channel_account_id);
        }
        Content::Assignment { assigned_to, assigned_from } => {
            put(shown, "assignedTo", assigned_to.as_ref().map(|actor| json!(actor)));
            put(shown, "assignedFrom", assigned_from.as_ref().map(|actor| json!(actor)));
        }
        Content::ThreadStatusChange { new_status } => shown["newStatus"] = new_status.name().into(),
        Content::ThreadInboxChange { from_inbox_id, to_inbox_id } => {
            shown["fromInboxId"] = from_inbox_id.to_string().into();
            shown["toInboxId"] = to_inbox_id.to_string().into();
        }
    }
}

fn put_channel_message(shown: &mut Value, message: &ChannelMessage, around: Surroundings<'_>) {
    put_body(shown, &message.body, around);
    put(shown, "subject", message.subject.as_deref().map(Value::from));
    shown["truncationStatus"] = json!(message.truncation_status);
    shown["status"] = delivery(&message.delivery);
    shown["direction"] = json!(message.direction);
    put_channel(shown, message.channel_id, message.channel_account_id);
}

fn put_body(shown: &mut Value, body: &Body, around: Surroundings<'_>) {
    shown["text"] = body.text.as_str().into();
    put(shown, "richText", body.rich_text.as_deref().map(Value::from));
    shown["attachments"] = body.attachments.iter().map(|one| attachment(one, around)).collect();
}

fn put_channel(shown: &mut Value, channel_id: ChannelId, channel_account_id: u64) {
    shown["channelId"] = channel_id.to_string().into();
    shown["channelAccountId"] = channel_account_id.to_string().into();
}

fn client(client: Client) -> Value {
    match client {
        Client::Hubspot => json!({"clientType": "HUBSPOT"}),
        Client::Integration(app_id) => json!({"clientType": "INTEGRATION", "integrationAppId": app_id}),
        Client::System => json!({"clientType": "SYSTEM"}),
    }
}

fn party(party: &Party) -> Value {
    json!(party)
}

fn delivery(delivery: &Delivery) -> Value {
    match delivery {
        Delivery::Sent => json!({"statusType": "SENT"}),
        Delivery::Received => json!({"statusType": "RECEIVED"}),
        Delivery::Read => json!({"statusType": "READ"}),
        Delivery::Failed(reason) => json!({
            "statusType": "FAILED", "failureDetails": {"errorMessage": reason, "errorMessageTokens": {}}
        }),
    }
}

fn attachment(attachment: &Attachment, around: Surroundings<'_>) -> Value {
    match attachment {
        Attachment::Other(value) => value.clone(),
        Attachment::File(id) => match around.files.get(*id) {
            Some(stored) => file(stored, around),
            None => json!({"fileId": id.to_string(), "fileUsageType": "OTHER", "type": "FILE"}),
        },
    }
}

/// Renders a file. Its address is that of real messages: it needs a token, and leads to a signed one.
fn file(file: &StoredFile, around: Surroundings<'_>) -> Value {
    let base = format!("{}/filemanager/api/v2/files", around.host);
    let url = format!("{base}/{}/signed-url-redirect?portalId={}", file.id, around.portal_id);
    json!({
        "fileId": file.id.to_string(), "name": file.full_name(), "url": url,
        "fileUsageType": file.usage_type(), "type": "FILE"
    })
}

/// Sets a field that responses leave out when there is no value.
fn put(shown: &mut Value, name: &str, value: Option<Value>) {
    if let (Value::Object(fields), Some(value)) = (shown, value) {
        Map::insert(fields, name.to_owned(), value);
    }
}
