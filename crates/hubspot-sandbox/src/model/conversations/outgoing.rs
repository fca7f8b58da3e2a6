//! Messages to the visitor: what HubSpot adds to them, and if they arrive.

use super::actor::ActorId;
use super::changes::{Author, Draft};
use super::channel::{self, ChannelAccount, EMAIL, LIVE_CHAT};
use super::message::{Body, ChannelMessage, Content, Delivery, Direction, Message, Original, Party};
use super::thread::Thread;
use super::truncation::Truncation;
use super::{profile, rich_text};
use crate::assumptions::ReplyToDeparted;
use crate::model::portal::Portal;

/// Builds a message to the visitor through a channel account.
pub(crate) fn draft(
    portal: &Portal,
    thread: &Thread,
    account: &ChannelAccount,
    author: Author,
    recipients: Vec<Party>,
    body: Body,
    subject: Option<String>,
) -> Draft {
    let by_email = account.channel_id == EMAIL;
    let original = quoting(thread, &body).filter(|_| by_email);
    let truncation_status = match original {
        Some(_) => Truncation::TruncatedToMostRecentReply,
        None => Truncation::NotTruncated,
    };
    let content = Content::Message(ChannelMessage {
        body,
        subject: subject.or_else(|| subject_of_reply(thread)).filter(|_| by_email),
        truncation_status,
        original,
        delivery: delivery(portal, thread, account),
        direction: Direction::Outgoing,
        channel_id: account.channel_id,
        channel_account_id: account.id,
    });
    let sender = sender(portal, account, &author.actor);
    Draft { author, senders: vec![sender], recipients, content }
}

/// Returns the visitor as a recipient: of a chat, or of a custom channel, where whoever wrote last is written to.
pub(crate) fn visitor(thread: &Thread) -> Party {
    let address = channel::is_custom(thread.channel_id).then(|| thread.last_sender()).flatten();
    address.cloned().unwrap_or_else(|| chat_visitor(thread))
}

/// Returns the visitor of a chat as a recipient.
pub(crate) fn chat_visitor(thread: &Thread) -> Party {
    Party { delivery_identifier: Some(thread.chat_address()), ..Party::actor(ActorId::Visitor(thread.contact_id)) }
}

fn sender(portal: &Portal, account: &ChannelAccount, actor: &ActorId) -> Party {
    Party {
        name: profile::of(portal, actor).and_then(|profile| profile.name),
        delivery_identifier: account.delivery_identifier.clone(),
        ..Party::actor(actor.clone())
    }
}

/// Returns an e-mail as it goes out, with the message that it replies to. The message itself shows the reply only.
fn quoting(thread: &Thread, body: &Body) -> Option<Original> {
    let quoted = latest(thread)?.body.text.lines().map(|line| format!("> {line}\n")).collect::<String>();
    let text = format!("{}\n\n{quoted}", body.text);
    let rich_text =
        body.rich_text.as_ref().map(|html| format!("{html}<blockquote>{}</blockquote>", rich_text::escaped(&quoted)));
    Some(Original { text, rich_text })
}

/// Returns the subject of a reply in an e-mail thread.
fn subject_of_reply(thread: &Thread) -> Option<String> {
    let subject = thread.messages.iter().filter_map(Message::channel_message).find_map(|one| one.subject.as_deref())?;
    let begins = subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    Some(if begins { subject.to_owned() } else { format!("Re: {subject}") })
}

fn latest(thread: &Thread) -> Option<&ChannelMessage> {
    thread.messages.iter().rev().find_map(Message::channel_message)
}

fn delivery(portal: &Portal, thread: &Thread, account: &ChannelAccount) -> Delivery {
    let departed = thread.departed && account.channel_id == LIVE_CHAT;
    match departed && portal.assumptions.reply_to_departed == ReplyToDeparted::Failed {
        true => Delivery::Failed("The visitor has left the chat".to_owned()),
        false => Delivery::Sent,
    }
}
