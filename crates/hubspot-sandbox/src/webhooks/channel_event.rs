//! The events of a custom channel, in the form of HubSpot's guide: one object in a request, with the text of the message.
//!
//! Unlike in other webhooks, `portalId` is text here, and the app's ids of the conversation stand beside the message.

use serde_json::{Value, json};

use crate::clock::stamp;
use crate::model::conversations::message::{Attachment, ChannelMessage, Delivery, Message};
use crate::model::conversations::rich_text;
use crate::model::conversations::thread::Thread;
use crate::model::custom_channels::change::{ChannelChange, ChannelChangeKind};
use crate::model::portal::Portal;
use crate::seeded_random::mix;

const HUBSPOT: &str = "https://api.hubapi.com";

/// Returns the event of a change; `None` if what changed is gone since.
pub(super) fn of(portal: &Portal, change: &ChannelChange, number: u64) -> Option<Value> {
    let mut event = json!({
        "portalId": portal.identity.portal_id.to_string(), "channelId": change.channel_id.to_string(),
        "eventTimestamp": stamp(portal.now_ms()), "eventId": format!("{:016x}", mix(number))
    });
    match &change.kind {
        ChannelChangeKind::Message { thread_id, message_id } => {
            let thread = portal.conversations.thread(*thread_id)?;
            let message = thread.message(message_id)?;
            event["type"] = "OUTGOING_CHANNEL_MESSAGE_CREATED".into();
            event["channelIntegrationThreadIds"] = thread.integration_thread.iter().cloned().collect();
            event["message"] = self::message(portal, thread, message, message.channel_message()?);
        }
        ChannelChangeKind::Account { event: kind, account_id, address } => {
            event["type"] = kind.name().into();
            event["channelAccountId"] = account_id.to_string().into();
            event["channelAccountDeliveryIdentifier"] = json!(address);
        }
    }
    Some(event)
}

fn message(portal: &Portal, thread: &Thread, message: &Message, sent: &ChannelMessage) -> Value {
    let html = sent.body.rich_text.clone().unwrap_or_else(|| rich_text::of_text(&sent.body.text));
    json!({
        "id": message.id, "type": "MESSAGE", "channelId": sent.channel_id.to_string(),
        "channelAccountId": sent.channel_account_id.to_string(), "conversationsThreadId": thread.id.to_string(),
        "createdAt": stamp(message.created_ms), "createdBy": message.created_by, "senders": message.senders,
        "recipients": message.recipients, "text": sent.body.text, "richText": html, "direction": sent.direction,
        "truncationStatus": sent.truncation_status, "status": {"statusType": status(&sent.delivery)},
        "attachments": sent.body.attachments.iter().map(|one| attachment(portal, one)).collect::<Vec<_>>()
    })
}

fn status(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Sent => "SENT",
        Delivery::Received => "RECEIVED",
        Delivery::Read => "READ",
        Delivery::Failed(_) => "FAILED",
    }
}

fn attachment(portal: &Portal, attachment: &Attachment) -> Value {
    match attachment {
        Attachment::Other(value) => value.clone(),
        Attachment::File(id) => {
            let base = format!("{HUBSPOT}/filemanager/api/v2/files/{id}/signed-url-redirect");
            let mut shown = json!({"fileId": id.to_string(), "fileUsageType": "OTHER", "type": "FILE"});
            if let Some(file) = portal.files.get(*id) {
                shown["name"] = file.full_name().into();
                shown["url"] = format!("{base}?portalId={}", portal.identity.portal_id).into();
                shown["fileUsageType"] = file.usage_type().into();
            }
            shown
        }
    }
}
