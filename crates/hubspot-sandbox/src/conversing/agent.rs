//! Agents write in HubSpot's own screens, and so do bots and assistants.

use serde::Deserialize;

use super::attached_file::{self, AttachedFile};
use super::error::ConversationError;
use super::lenient_id;
use super::visitor_identity;
use super::visitor_message::WrittenMessage;
use crate::model::conversations::actor::ActorId;
use crate::model::conversations::changes::{self, Author, Draft};
use crate::model::conversations::channel::{self, ChannelAccount, DeliveryIdentifier, EMAIL};
use crate::model::conversations::message::{Body, ChannelMessage, Content, Message, Party};
use crate::model::conversations::thread::Thread;
use crate::model::conversations::{outgoing, profile, rich_text};
use crate::model::custom_channels::reply;
use crate::model::portal::Portal;
use crate::sandbox::Sandbox;

/// A message of an agent to the visitor, or a comment that only agents see.
///
/// As JSON (`POST /__sandbox/conversations/agent-messages`): `{"thread": "6065362089", "user_id": 9586504, "text":
/// "Hi"}`; `author` in the place of `user_id` lets another actor write: `B-…` a bot, `L-…` HubSpot's own assistant,
/// `I-…` an app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentMessage {
    /// Thread that the message goes into.
    #[serde(deserialize_with = "lenient_id::required")]
    pub thread: u64,
    /// User who writes. It may be absent if there is an `author`.
    #[serde(default, deserialize_with = "lenient_id::optional")]
    pub user_id: Option<u64>,
    /// Actor who writes, in the place of a user: `B-12`.
    #[serde(default)]
    pub author: Option<String>,
    /// Message as plain text.
    pub text: String,
    /// HTML; made from the text if `None`.
    #[serde(default)]
    pub rich_text: Option<String>,
    /// The message is a comment.
    #[serde(default)]
    pub internal: bool,
    /// Files that come with the message.
    #[serde(default)]
    pub attachments: Vec<AttachedFile>,
}

impl AgentMessage {
    /// Creates a reply of a user to the visitor.
    pub fn reply(thread: u64, user_id: u64, text: &str) -> AgentMessage {
        AgentMessage { thread, user_id: Some(user_id), text: text.to_owned(), ..AgentMessage::default() }
    }

    /// Creates a comment of a user, which the visitor does not see.
    pub fn comment(thread: u64, user_id: u64, text: &str) -> AgentMessage {
        AgentMessage { internal: true, ..AgentMessage::reply(thread, user_id, text) }
    }
}

impl Sandbox {
    /// Lets an agent reply or comment in HubSpot's own screens. A reply goes over the channel of the latest message, or
    /// by e-mail if that is a form.
    ///
    /// # Errors
    ///
    /// [`ConversationError`], and the account is unchanged.
    pub fn agent_writes(&self, message: AgentMessage) -> Result<WrittenMessage, ConversationError> {
        write(&mut self.lock().portal, message)
    }
}

fn write(portal: &mut Portal, message: AgentMessage) -> Result<WrittenMessage, ConversationError> {
    let thread = changes::live(portal, message.thread).ok_or(ConversationError::UnknownThread(message.thread))?;
    let (thread_id, author) = (thread.id, author(portal, &message)?);
    if message.text.trim().is_empty() && message.attachments.is_empty() {
        return Err(ConversationError::Blank);
    }
    attached_file::check(portal, &message.attachments)?;
    let takes_over = !message.internal && thread.assigned_to.is_none() && matches!(author.actor, ActorId::Agent(_));
    let mut message = message;
    let files = std::mem::take(&mut message.attachments);
    let mut draft = draft(portal, thread, &author, message, &files)?;
    let files = attached_file::store(portal, files);
    if let Content::Message(ChannelMessage { body, .. }) | Content::Comment { body } = &mut draft.content {
        body.attachments = files;
    }
    let message_id = changes::post(portal, thread_id, draft);
    reply::tell_channel(portal, thread_id, &message_id);
    if takes_over && portal.assumptions.replying_agent_is_assigned {
        changes::assign(portal, thread_id, Some(author.actor.clone()), &author);
    }
    Ok(WrittenMessage { thread_id, message_id })
}

fn author(portal: &Portal, message: &AgentMessage) -> Result<Author, ConversationError> {
    let actor = match (&message.author, message.user_id) {
        (Some(text), _) => text.parse().map_err(|_| ConversationError::InvalidAuthor(text.clone()))?,
        (None, Some(user_id)) => ActorId::Agent(user_id),
        (None, None) => return Err(ConversationError::InvalidAuthor(String::new())),
    };
    match &actor {
        ActorId::Agent(user_id) if !profile::is_active_agent(portal, &actor) => {
            Err(ConversationError::UnknownUser(*user_id))
        }
        ActorId::Visitor(_) | ActorId::Email(_) => Err(ConversationError::InvalidAuthor(actor.to_string())),
        _ => Ok(Author::on_screen(actor)),
    }
}

fn draft(
    portal: &Portal,
    thread: &Thread,
    author: &Author,
    message: AgentMessage,
    files: &[AttachedFile],
) -> Result<Draft, ConversationError> {
    let html = message.rich_text.unwrap_or_else(|| rich_text::of_text(&message.text));
    let body = Body { text: message.text, rich_text: Some(html), attachments: vec![] };
    if message.internal {
        let (author, senders) = (author.clone(), vec![Party::actor(author.actor.clone())]);
        return Ok(Draft { author, senders, recipients: vec![], content: Content::Comment { body } });
    }
    let account = account(portal, thread)?;
    let facts: Vec<_> = files.iter().map(AttachedFile::facts).collect();
    reply::check(portal, account.channel_id, &facts).map_err(ConversationError::FileRefused)?;
    let recipients = recipients(portal, thread, account)?;
    Ok(outgoing::draft(portal, thread, account, author.clone(), recipients, body, None))
}

/// Finds the channel account of a reply.
fn account<'a>(portal: &'a Portal, thread: &Thread) -> Result<&'a ChannelAccount, ConversationError> {
    let all = &portal.conversations;
    let latest = thread.messages.iter().rev().find_map(Message::channel_message);
    let latest = latest.map_or(thread.channel_account_id, |message| message.channel_account_id);
    if let Some(custom) = all.account(latest).filter(|one| channel::is_custom(one.channel_id)) {
        let is_open = custom.authorized && !custom.archived && reply::is_writable(portal, custom.channel_id);
        return is_open.then_some(custom).ok_or(ConversationError::NoChannelAccount { channel: "custom channel" });
    }
    let same = all.account(latest).filter(|account| channel::is_writable(account.channel_id));
    let by_email = same.or_else(|| all.account_of(EMAIL, Some(thread.inbox_id)));
    by_email.ok_or(ConversationError::NoChannelAccount { channel: "email" })
}

fn recipients(portal: &Portal, thread: &Thread, account: &ChannelAccount) -> Result<Vec<Party>, ConversationError> {
    if account.channel_id != EMAIL {
        return Ok(vec![outgoing::visitor(thread)]);
    }
    let identity = visitor_identity::of_thread(portal, thread);
    let address = identity.email(portal).ok_or(ConversationError::NoAddress)?;
    Ok(vec![Party {
        recipient_field: Some("TO".to_owned()),
        delivery_identifier: Some(DeliveryIdentifier::email(&address)),
        ..Party::actor(ActorId::Visitor(thread.contact_id))
    }])
}
