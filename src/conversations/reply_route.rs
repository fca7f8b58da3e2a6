//! The way of a reply: the channel, its account and the recipients of the customer's last message.

use super::author::{self, Author};
use super::channel;
use super::error::Error;
use hubspot_client::{ActorId, ChannelAccount, Delivery, Message, MessageKind, Thread};

/// The reason for which an account takes nothing.
const SWITCHED_OFF: &str = "its account is switched off or not connected in HubSpot";
/// The beginning of the subject of an answer to an e-mail.
const ANSWER: &str = "Re: ";

/// The way to the customer, in the name of `sender`: that of the customer's last message, as HubSpot advises, else of the
/// last message at all, else of the thread. A form is answered by e-mail.
pub fn to_customer(
    thread: &Thread,
    messages: &[Message],
    accounts: &[ChannelAccount],
    sender: ActorId,
) -> Result<Delivery, Error> {
    let sent = |message: &&Message| message.kind == MessageKind::Message && message.channel_id.is_some();
    let from_customer = |message: &&Message| sent(message) && author::of(message) == Author::Customer;
    let last = messages.iter().rfind(from_customer).or_else(|| messages.iter().rfind(sent));
    let channel_id = last.and_then(|last| last.channel_id.as_deref()).unwrap_or(&thread.channel_id).to_owned();
    let account = last.and_then(|last| last.channel_account_id.as_deref()).unwrap_or(&thread.channel_account_id);
    let (channel_id, account) = match channel_id.as_str() {
        channel::FORM => (channel::EMAIL.to_owned(), mailbox(thread, accounts)?),
        channel::WHATSAPP => return Err(closed(&channel_id, "HubSpot's API sends nothing over it")),
        _ => (channel_id, account),
    };
    check_open(accounts, &channel_id, account)?;
    let recipients = recipients(thread, messages);
    let is_reachable = recipients.iter().any(|(actor, identifier)| identifier.is_some() || actor.address().is_some());
    if channel_id == channel::EMAIL && !is_reachable {
        return Err(closed(&channel_id, "the customer has no address in it"));
    }
    let subject = (channel_id == channel::EMAIL).then(|| subject(messages)).flatten();
    Ok(Delivery { sender, channel_id, channel_account_id: account.to_owned(), recipients, subject })
}

/// A channel account that is known and takes nothing is closed; one that HubSpot does not list may be a channel of an app.
fn check_open(accounts: &[ChannelAccount], channel_id: &str, account: &str) -> Result<(), Error> {
    let known = accounts.iter().find(|known| known.id == account);
    match known {
        Some(known) if !known.is_usable => Err(closed(channel_id, SWITCHED_OFF)),
        _ => Ok(()),
    }
}

/// The mailbox by which whoever has sent a form is answered: one of the conversation's inbox.
fn mailbox<'a>(thread: &Thread, accounts: &'a [ChannelAccount]) -> Result<&'a str, Error> {
    let usable = |one: &&ChannelAccount| one.is_usable && one.channel_id == channel::EMAIL;
    let mut own = accounts.iter().filter(usable).filter(|one| one.inbox_id == thread.inbox_id);
    let none = || closed(channel::FORM, "it is answered by e-mail, and its inbox has no mailbox that is connected");
    own.next().map(|one| one.id.as_str()).ok_or_else(none)
}

fn closed(channel_id: &str, why: &'static str) -> Error {
    Error::ChannelClosed { channel: channel::name(channel_id), why }
}

/// The error of a way that HubSpot has refused: it is closed if the account takes nothing any more, or is not there. Pure.
pub fn closed_meanwhile(delivery: &Delivery, accounts: &[ChannelAccount]) -> Option<Error> {
    let account = accounts.iter().find(|one| one.id == delivery.channel_account_id);
    let is_open = account.is_some_and(|one| one.is_usable && one.channel_id == delivery.channel_id);
    (!is_open).then(|| closed(&delivery.channel_id, SWITCHED_OFF))
}

/// The customer by the means of their last message.
fn recipients(thread: &Thread, messages: &[Message]) -> Vec<(ActorId, Option<hubspot_client::DeliveryIdentifier>)> {
    let last = messages.iter().rfind(|message| {
        message.kind == MessageKind::Message && author::of(message) == Author::Customer && message.sender.is_some()
    });
    match last {
        Some(last) => last.sender.clone().into_iter().map(|id| (id, last.sender_address.clone())).collect(),
        None => thread.contact_id.iter().map(|id| (ActorId::new(&format!("V-{id}")), None)).collect(),
    }
}

/// The subject of the conversation, as an answer has it.
fn subject(messages: &[Message]) -> Option<String> {
    let subject = messages.iter().rev().find_map(|message| message.subject.as_deref())?.trim();
    let is_answer = subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    Some(if is_answer { subject.to_owned() } else { format!("{ANSWER}{subject}") })
}

#[cfg(test)]
mod tests;
