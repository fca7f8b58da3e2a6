//! Messages that come into HubSpot through a channel, once for each idempotency id.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::path;
use crate::error::Error;
use crate::record;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::writes::dry_run;
use crate::writes::kind::WriteKind;
use crate::writes::once::{OnceWrite, write_once};
use crate::writes::protocol::{Uniqueness, WriteRules};
use crate::writes::written::{Action, WriteFacts, WrittenRecord};
use domain::id::{RecordId, ThreadId};

/// HubSpot's name of identifiers that only the app understands.
const OPAQUE: &str = "CHANNEL_SPECIFIC_OPAQUE_ID";

/// A message to publish.
#[derive(Clone, PartialEq, Eq)]
pub struct NewChannelMessage {
    /// Id of the custom channel.
    pub channel_id: String,
    /// The account of the channel.
    pub account_id: String,
    /// The account's own identifier, which is the other side of the conversation.
    pub account_identifier: String,
    /// Our id of the conversation: a new one begins a thread.
    pub thread: String,
    /// Our id of the message. The same one again is the same message.
    pub idempotency_id: String,
    /// The plain text; may be empty if there are files.
    pub text: String,
    /// Text of the message in HTML.
    pub rich_text: Option<String>,
    /// The ids of uploaded files.
    pub file_ids: Vec<String>,
    /// Customer in whose name the message appears.
    pub customer: Sender,
    /// True for what the customer wrote; false for a copy of what the customer was told.
    pub is_from_customer: bool,
    /// The contact to which the conversation belongs, where it is known.
    pub contact: Option<RecordId>,
}

/// The customer as HubSpot finds them: by address, by number, or not at all.
#[derive(Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name that people see.
    pub name: Option<String>,
    /// HubSpot's name of the kind: `HS_EMAIL_ADDRESS`, `HS_PHONE_NUMBER` (E.164) or `CHANNEL_SPECIFIC_OPAQUE_ID`.
    pub kind: &'static str,
    /// The address, the number, or an id of ours.
    pub value: String,
}

/// A message as HubSpot has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedMessage {
    /// HubSpot's id of the message.
    pub id: String,
    /// The thread that it is in.
    pub thread: ThreadId,
}

/// Publishes a message.
pub(super) async fn publish(scope: &CallScope, message: NewChannelMessage) -> Result<PublishedMessage, Error> {
    write_once(scope, Publish { message }).await.map(|created| created.value)
}

struct Publish {
    message: NewChannelMessage,
}

impl OnceWrite for Publish {
    type Output = PublishedMessage;

    fn family(&self) -> &'static str {
        path::FAMILY
    }

    fn rules(&self) -> WriteRules {
        let uniqueness = Uniqueness::IdempotencyId;
        WriteRules { write: WriteKind::ChannelMessage, can_be_found: false, uniqueness, sends_max: 1 }
    }

    fn facts(&self) -> WriteFacts {
        let parent = Some(WrittenRecord::new(path::FAMILY, &self.message.channel_id));
        WriteFacts { parent, ..WriteFacts::begun(Action::Create, "messages", vec!["message".to_owned()]) }
    }

    fn records(object: &'static str, message: &PublishedMessage) -> Vec<WrittenRecord> {
        vec![WrittenRecord::new(object, &message.id)]
    }

    fn request(&self, scope: &CallScope) -> ApiRequest {
        let path = path::channel(scope, &self.message.channel_id, "/messages");
        ApiRequest::create_by_id(path::FAMILY, path, &input(&self.message))
    }

    fn pretended(&self) -> PublishedMessage {
        PublishedMessage { id: dry_run::DRY_RUN_ID.to_owned(), thread: ThreadId::from(0) }
    }

    async fn send(&self, scope: &CallScope) -> Result<PublishedMessage, AttemptError> {
        scope.send(Bucket::General, &self.request(scope)).await.and_then(|answer| read(&answer))
    }

    /// Never asked: a lost answer is sent again.
    async fn find(&self, _: &CallScope, _sent_at: DateTime<Utc>) -> Result<Option<PublishedMessage>, Error> {
        Ok(None)
    }
}

fn read(answer: &Value) -> Result<PublishedMessage, AttemptError> {
    let id = answer["id"].as_str().filter(|id| !id.is_empty()).map(str::to_owned);
    let message = id.zip(record::id(&answer["conversationsThreadId"]));
    let message = message.ok_or_else(|| AttemptError::unreadable("the message in it has no id or no thread"))?;
    Ok(PublishedMessage { id: message.0, thread: message.1 })
}

fn input(message: &NewChannelMessage) -> Value {
    let files = message.file_ids.iter().map(|id| json!({ "type": "FILE", "fileId": id }));
    let customer = party(message.customer.name.as_deref(), message.customer.kind, &message.customer.value);
    let desk = party(None, OPAQUE, &message.account_identifier);
    let (direction, from, to) = match message.is_from_customer {
        true => ("INCOMING", customer, desk),
        false => ("OUTGOING", desk, customer),
    };
    let mut input = json!({
        "text": message.text,
        "messageDirection": direction,
        "channelAccountId": message.account_id,
        "integrationThreadId": message.thread,
        "integrationIdempotencyId": message.idempotency_id,
        "senders": [from],
        "recipients": [to],
        // Required by HubSpot, even if there are none.
        "attachments": files.collect::<Vec<_>>(),
    });
    if let Some(rich_text) = &message.rich_text {
        input["richText"] = rich_text.as_str().into();
    }
    if let Some(contact) = &message.contact {
        // A number in HubSpot's example.
        input["associateWithContactId"] =
            contact.as_str().parse::<u64>().map_or_else(|_| contact.as_str().into(), Value::from);
    }
    input
}

fn party(name: Option<&str>, kind: &str, value: &str) -> Value {
    let mut party = json!({ "deliveryIdentifier": { "type": kind, "value": value } });
    if let Some(name) = name {
        party["name"] = name.into();
    }
    party
}

/// Without the text and the customer, who must not reach a log.
impl fmt::Debug for NewChannelMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("NewChannelMessage");
        shown.field("channel_id", &self.channel_id).field("idempotency_id", &self.idempotency_id);
        shown.finish_non_exhaustive()
    }
}

/// Without the address and the name.
impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
