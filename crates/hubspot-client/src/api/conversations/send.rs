//! Messages to customers and comments for colleagues, which nobody may read twice.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::actor::ActorId;
use super::message::{DeliveryIdentifier, Message, MessageKind};
use super::message_list;
use super::path;
use crate::error::Error;
use crate::record::Created;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::writes::key_lock::{KeyLock, KeyLocks};
use crate::writes::kind::WriteKind;
use crate::writes::once::{OnceWrite, write_once};
use crate::writes::protocol::{SENDS_TO_PEOPLE_MAX, Uniqueness, WriteRules};
use crate::writes::written::{Action, WriteFacts, WrittenRecord};
use domain::id::ThreadId;

/// A message to write into a thread.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Id of the thread that the message goes to.
    pub thread: ThreadId,
    /// The plain text.
    pub text: String,
    /// Text of the message in HTML.
    pub rich_text: String,
    /// The ids of uploaded files.
    pub file_ids: Vec<String>,
    /// The customer, or the colleagues.
    pub to: Readers,
    /// The ids of messages that are surely others. Those that the thread has before it is sent are added.
    pub known: Vec<String>,
}

/// The readers of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readers {
    /// The customer reads it.
    Customer(Delivery),
    /// Only colleagues read it.
    Colleagues,
}

/// The way of a message to the customer.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The agent in whose name it is sent.
    pub sender: ActorId,
    /// Id of the kind of channel, such as `1002` for e-mail.
    pub channel_id: String,
    /// Id of the mailbox, widget or form that the message is sent from.
    pub channel_account_id: String,
    /// The actors who get it, with the means by which each is reached.
    pub recipients: Vec<(ActorId, Option<DeliveryIdentifier>)>,
    /// The subject of an e-mail.
    pub subject: Option<String>,
}

/// The locks of threads: a message that is looked for is not mistaken for one that is sent at the same time.
#[derive(Default)]
pub(crate) struct SendLocks(KeyLocks);

impl SendLocks {
    pub(super) async fn lock(&self, thread: &ThreadId) -> KeyLock {
        self.0.lock(thread).await
    }
}

/// Sends the message and holds the lock until it is known what became of it.
pub(super) async fn send(scope: &CallScope, message: NewMessage, lock: KeyLock) -> Result<Created<Message>, Error> {
    write_once(scope, Send { message, _lock: lock }).await
}

struct Send {
    message: NewMessage,
    _lock: KeyLock,
}

impl OnceWrite for Send {
    type Output = Message;

    fn family(&self) -> &'static str {
        path::FAMILY
    }

    fn rules(&self) -> WriteRules {
        WriteRules {
            write: WriteKind::Message,
            can_be_found: true,
            uniqueness: Uniqueness::None,
            sends_max: SENDS_TO_PEOPLE_MAX,
        }
    }

    fn facts(&self) -> WriteFacts {
        let kind = match &self.message.to {
            Readers::Customer(_) => "message",
            Readers::Colleagues => "comment",
        };
        let parent = Some(WrittenRecord::new(path::FAMILY, &self.message.thread));
        WriteFacts { parent, ..WriteFacts::begun(Action::Create, "messages", vec![kind.to_owned()]) }
    }

    fn records(object: &'static str, message: &Message) -> Vec<WrittenRecord> {
        vec![WrittenRecord::new(object, &message.id)]
    }

    fn request(&self, scope: &CallScope) -> ApiRequest {
        let path = path::thread(scope, &self.message.thread, "/messages");
        ApiRequest::create(path::FAMILY, path, &input(&self.message))
    }

    fn pretended(&self) -> Message {
        Message::pretended()
    }

    async fn send(&self, scope: &CallScope) -> Result<Message, AttemptError> {
        scope.send(Bucket::General, &self.request(scope)).await.and_then(|answer| Message::read(&answer))
    }

    async fn find(&self, scope: &CallScope, _sent_at: DateTime<Utc>) -> Result<Option<Message>, Error> {
        Ok(find(scope, &self.message).await?.into_iter().next())
    }
}

/// Looks once for a message among those of the thread: all that may be it, oldest first.
pub(super) async fn find(scope: &CallScope, message: &NewMessage) -> Result<Vec<Message>, Error> {
    let page = message_list::list(scope, &message.thread).await?;
    Ok(page.messages.into_iter().filter(|found| is_result(message, found)).collect())
}

/// True for a message that was not there before, of the same kind, sender and text.
fn is_result(new: &NewMessage, found: &Message) -> bool {
    let (kind, sender) = match &new.to {
        Readers::Customer(delivery) => (MessageKind::Message, Some(&delivery.sender)),
        Readers::Colleagues => (MessageKind::Comment, None),
    };
    let is_sender = sender.is_none_or(|sender| found.sender.as_ref() == Some(sender));
    let is_text = words(found.text.as_deref().unwrap_or_default()).eq(words(&new.text));
    found.kind == kind && is_sender && is_text && !new.known.contains(&found.id)
}

/// The words of a text: HubSpot may store line ends and spaces in another form.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == '\u{a0}').filter(|word| !word.is_empty())
}

fn input(message: &NewMessage) -> Value {
    let files = message.file_ids.iter().map(|id| json!({ "type": "FILE", "fileId": id }));
    let mut input = json!({
        "type": "COMMENT",
        "text": message.text,
        "richText": message.rich_text,
        // Required by HubSpot, even if there are none.
        "attachments": files.collect::<Vec<_>>(),
    });
    if let Readers::Customer(delivery) = &message.to {
        input["type"] = "MESSAGE".into();
        input["senderActorId"] = delivery.sender.as_str().into();
        input["channelId"] = delivery.channel_id.as_str().into();
        input["channelAccountId"] = delivery.channel_account_id.as_str().into();
        input["recipients"] = delivery.recipients.iter().map(recipient).collect();
        if let Some(subject) = &delivery.subject {
            input["subject"] = subject.as_str().into();
        }
    }
    input
}

fn recipient((actor, identifier): &(ActorId, Option<DeliveryIdentifier>)) -> Value {
    let identifiers: Vec<_> = identifier.iter().map(|one| json!({ "type": one.kind, "value": one.value })).collect();
    json!({ "actorId": actor.as_str(), "recipientField": "TO", "deliveryIdentifiers": identifiers })
}

/// Without the subject, which a person wrote.
impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Delivery");
        shown.field("sender", &self.sender).field("channel_id", &self.channel_id).finish_non_exhaustive()
    }
}

/// Without the texts, which are people's and must not reach a log.
impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMessage").field("thread", &self.thread).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
