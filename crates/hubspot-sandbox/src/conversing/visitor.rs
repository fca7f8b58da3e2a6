//! Visitors write.

use super::attached_file;
use super::error::ConversationError;
use super::visitor_identity::{self, VisitorIdentity};
use super::visitor_message::{VisitorChannel, VisitorMessage, WrittenMessage};
use crate::model::conversations::actor::ActorId;
use crate::model::conversations::address::is_address;
use crate::model::conversations::changes::{self, Author, Draft};
use crate::model::conversations::channel::{ChannelAccount, DeliveryIdentifier};
use crate::model::conversations::inbox::InboxType;
use crate::model::conversations::message::{
    Attachment, Body, ChannelMessage, Client, Content, Delivery, Direction, Original, Party,
};
use crate::model::conversations::thread::Thread;
use crate::model::conversations::truncation::{Truncation, truncate};
use crate::model::conversations::{desk_ticket, outgoing, rich_text};
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::sandbox::Sandbox;

/// Subject of the ticket of a thread that has none.
const UNTITLED: &str = "New conversation";

impl Sandbox {
    /// Lets a visitor write, over a chat, by e-mail or in a form. Without a thread, a new one begins: it is associated
    /// with a contact whom the account knows, and otherwise with a visitor, whose id looks like a contact's.
    ///
    /// # Errors
    ///
    /// [`ConversationError`], and the account is unchanged.
    pub fn visitor_writes(&self, message: VisitorMessage) -> Result<WrittenMessage, ConversationError> {
        write(&mut self.lock().portal, message)
    }
}

fn write(portal: &mut Portal, message: VisitorMessage) -> Result<WrittenMessage, ConversationError> {
    let plan = Plan::of(portal, &message)?;
    let contact_id = plan.identity.settle(portal, &message);
    let actor = plan.identity.actor(contact_id, message.channel, plan.email.as_deref());
    let thread_id = match message.thread {
        Some(id) => {
            portal.conversations.change(id, |thread| thread.contact_id = contact_id);
            id
        }
        None => begin(portal, &plan, &message, contact_id),
    };
    let message_id = post(portal, thread_id, &plan, actor, message);
    Ok(WrittenMessage { thread_id, message_id })
}

/// The decisions on a message, all of which come before the first change.
struct Plan {
    identity: VisitorIdentity,
    email: Option<String>,
    account: ChannelAccount,
}

impl Plan {
    fn of(portal: &Portal, message: &VisitorMessage) -> Result<Plan, ConversationError> {
        if message.text.trim().is_empty() && message.attachments.is_empty() {
            return Err(ConversationError::Blank);
        }
        if let Some(email) = message.email.as_deref().filter(|email| !is_address(email)) {
            return Err(ConversationError::InvalidAddress(email.to_owned()));
        }
        attached_file::check(portal, &message.attachments)?;
        let thread = message.thread.map(|id| changes::live(portal, id).ok_or(ConversationError::UnknownThread(id)));
        let thread = thread.transpose()?;
        let ticket = message.ticket.filter(|id| portal.table(ObjectType::Tickets).live(*id).is_none());
        if let Some(id) = ticket {
            return Err(ConversationError::UnknownTicket(id));
        }
        let identity = visitor_identity::of(portal, message, thread)?;
        let email = message.email.clone().or_else(|| identity.email(portal));
        if email.is_none() && message.channel != VisitorChannel::Chat {
            return Err(ConversationError::NoAddress);
        }
        Ok(Plan { identity, email, account: account(portal, message, thread)?.clone() })
    }
}

/// Finds the channel account of a message: that of its thread, or of its inbox.
fn account<'a>(
    portal: &'a Portal,
    message: &VisitorMessage,
    thread: Option<&Thread>,
) -> Result<&'a ChannelAccount, ConversationError> {
    let (all, channel) = (&portal.conversations, message.channel);
    if let Some(id) = message.inbox.filter(|id| all.inbox(*id).is_none()) {
        return Err(ConversationError::UnknownInbox(id));
    }
    let same =
        thread.and_then(|thread| all.account(thread.channel_account_id)).filter(|one| one.channel_id == channel.id());
    let inbox = thread.map(|thread| thread.inbox_id).or(message.inbox);
    let found = same.or_else(|| all.account_of(channel.id(), inbox));
    found.ok_or(ConversationError::NoChannelAccount { channel: channel.name() })
}

/// Begins a thread, with the greeting of the chat.
fn begin(portal: &mut Portal, plan: &Plan, message: &VisitorMessage, contact_id: u64) -> u64 {
    let account = &plan.account;
    let (thread_id, now_ms) = (portal.conversations.take_thread_id(), portal.now_ms());
    let ticket_id = ticket(portal, plan, message);
    let thread = Thread { ticket_id, ..Thread::begun(thread_id, now_ms, account, contact_id) };
    let (id, visitor) = (thread.id, outgoing::chat_visitor(&thread));
    changes::begin(portal, thread);
    if let Some(text) = &account.welcome {
        let (text, channel_id, channel_account_id) = (text.clone(), account.channel_id, account.id);
        let content = Content::WelcomeMessage { text, channel_id, channel_account_id };
        let senders = vec![Party::actor(ActorId::System)];
        changes::post(portal, id, Draft { author: Author::hubspot(), senders, recipients: vec![visitor], content });
    }
    id
}

/// Returns the ticket of a new thread: the given one, or the one that the help desk makes.
fn ticket(portal: &mut Portal, plan: &Plan, message: &VisitorMessage) -> Option<u64> {
    let inbox = portal.conversations.inbox(plan.account.inbox_id);
    let in_help_desk = inbox.is_some_and(|inbox| inbox.inbox_type == InboxType::HelpDesk);
    if message.ticket.is_some() || !in_help_desk || !portal.assumptions.help_desk_makes_tickets {
        return message.ticket;
    }
    let contact = if let VisitorIdentity::Contact(id) = plan.identity { Some(id) } else { None };
    let subject = message.subject.as_deref().unwrap_or(UNTITLED);
    Some(desk_ticket::create(portal, subject, &message.text, contact))
}

fn post(portal: &mut Portal, thread_id: u64, plan: &Plan, actor: ActorId, message: VisitorMessage) -> String {
    let sender = sender(portal, thread_id, plan, &actor, &message);
    let recipients = plan.account.delivery_identifier.clone().map(|address| Party {
        recipient_field: Some("TO".to_owned()),
        delivery_identifier: Some(address),
        ..Party::default()
    });
    let attachments = attached_file::store(portal, message.attachments.clone());
    let content = Content::Message(content(&plan.account, message, attachments));
    let author = Author { actor, client: Client::System };
    let draft = Draft { author, senders: vec![sender], recipients: recipients.into_iter().collect(), content };
    changes::post(portal, thread_id, draft)
}

fn sender(portal: &Portal, thread_id: u64, plan: &Plan, actor: &ActorId, message: &VisitorMessage) -> Party {
    let address = match message.channel {
        VisitorChannel::Chat => portal.conversations.thread(thread_id).map(Thread::chat_address),
        _ => plan.email.as_deref().map(DeliveryIdentifier::email),
    };
    Party { name: message.name.clone(), delivery_identifier: address, ..Party::actor(actor.clone()) }
}

fn content(account: &ChannelAccount, message: VisitorMessage, attachments: Vec<Attachment>) -> ChannelMessage {
    let rich_text = message.rich_text.unwrap_or_else(|| rich_text::of_text(&message.text));
    let (shown, truncation_status) = match message.channel {
        VisitorChannel::Email => truncate(&message.text),
        _ => (message.text.as_str(), Truncation::NotTruncated),
    };
    let is_whole = truncation_status == Truncation::NotTruncated;
    let shown_rich_text = if is_whole { rich_text.clone() } else { rich_text::of_text(shown) };
    let body = Body { text: shown.to_owned(), rich_text: Some(shown_rich_text), attachments };
    ChannelMessage {
        body,
        subject: message.subject.clone().filter(|_| message.channel != VisitorChannel::Chat),
        truncation_status,
        original: (!is_whole).then(|| Original { text: message.text.clone(), rich_text: Some(rich_text) }),
        delivery: Delivery::Received,
        direction: Direction::Incoming,
        channel_id: account.channel_id,
        channel_account_id: account.id,
    }
}
