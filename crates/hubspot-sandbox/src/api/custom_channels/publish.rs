//! Publishing: an app brings a message into HubSpot, from the visitor, or to the visitor as a copy of what it sent itself.

use serde::Deserialize;
use serde_json::Value;

use super::lookup;
use super::sender::{self, PartyInput, SenderIdentity};
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::conversations::view::{self, Surroundings};
use crate::api::conversations::{caller, errors, sent_content};
use crate::api::input::list_or_null;
use crate::api::response::ApiResponse;
use crate::model::conversations::actor::ActorId;
use crate::model::conversations::changes::{self, Author, Draft};
use crate::model::conversations::channel::ChannelAccount;
use crate::model::conversations::desk_ticket;
use crate::model::conversations::inbox::InboxType;
use crate::model::conversations::message::{Body, ChannelMessage, Content, Delivery, Direction};
use crate::model::conversations::thread::Thread;
use crate::model::conversations::truncation::Truncation;
use crate::model::custom_channels::capabilities::ThreadingModel;
use crate::model::custom_channels::channel::CustomChannel;
use crate::model::custom_channels::reply;
use crate::model::portal::Portal;

/// Senders or recipients of one message, and characters of the app's own ids.
const PARTIES_MAX: usize = 50;
const ID_MAX: usize = 255;
/// Characters of a text.
const TEXT_MAX: usize = 100_000;
/// Subject of the ticket that the help desk makes of a thread.
const UNTITLED: &str = "New conversation";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageInput {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    rich_text: Option<String>,
    #[serde(default)]
    message_direction: Option<Direction>,
    #[serde(default)]
    channel_account_id: Value,
    #[serde(default)]
    integration_thread_id: Option<String>,
    #[serde(default)]
    integration_idempotency_id: Option<String>,
    #[serde(default, deserialize_with = "list_or_null")]
    senders: Vec<PartyInput>,
    #[serde(default, deserialize_with = "list_or_null")]
    recipients: Vec<PartyInput>,
    #[serde(default, deserialize_with = "list_or_null")]
    attachments: Vec<Value>,
    #[serde(default)]
    associate_with_contact_id: Value,
    #[serde(default)]
    pre_resolved_contacts: Value,
}

pub(super) fn publish(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let channel = lookup::channel(portal, call)?.clone();
    let input: MessageInput = call.json()?;
    let account = input.account(portal, &channel)?.clone();
    let key = input.key()?.map(str::to_owned);
    if let Some((thread_id, message_id)) = key.as_deref().and_then(|key| known(portal, account.id, key)) {
        return shown(portal, call, thread_id, &message_id);
    }
    let plan = input.plan(portal, call, &channel, account)?;
    let (thread_id, message_id) = plan.commit(portal, call);
    if let Some(key) = key {
        portal.custom_channels.note_published(account_of(portal, thread_id), &key, thread_id, &message_id);
        portal.conversations.change(thread_id, |thread| {
            let message = thread.messages.iter_mut().find(|message| message.id == message_id);
            message.into_iter().for_each(|message| message.idempotency_id = Some(key.clone()));
        });
    }
    shown(portal, call, thread_id, &message_id)
}

/// Finds the message of an idempotency id. The same id again makes no second copy, whatever else was sent with it.
fn known(portal: &Portal, account_id: u64, key: &str) -> Option<(u64, String)> {
    let (thread_id, message_id) = portal.custom_channels.published(account_id, key)?;
    let is_there = portal.conversations.thread(thread_id).is_some_and(|thread| thread.message(message_id).is_some());
    is_there.then(|| (thread_id, message_id.to_owned()))
}

fn account_of(portal: &Portal, thread_id: u64) -> u64 {
    portal.conversations.thread(thread_id).map_or(0, |thread| thread.channel_account_id)
}

fn shown(portal: &Portal, call: &ApiCall, thread_id: u64, message_id: &str) -> Result<ApiResponse, ApiError> {
    let thread = portal.conversations.thread(thread_id);
    let posted = thread.and_then(|thread| Some((thread, thread.message(message_id)?)));
    let (thread, message) = posted.ok_or_else(|| errors::not_found("Message", message_id))?;
    let body = view::message(message, Surroundings::of(portal, thread, call));
    Ok(ApiResponse::created(body).at(call.address_below(message_id)))
}

/// The decisions on a message, all of which come before the first change.
struct Plan {
    direction: Direction,
    account: ChannelAccount,
    /// The visitor: the sender of an incoming message, the recipient of an outgoing one.
    visitor: PartyInput,
    senders: Vec<PartyInput>,
    recipients: Vec<PartyInput>,
    body: Body,
    identity: SenderIdentity,
    thread: Option<u64>,
    integration_thread: Option<String>,
}

impl MessageInput {
    fn account<'a>(&self, portal: &'a Portal, channel: &CustomChannel) -> Result<&'a ChannelAccount, ApiError> {
        let id = lookup::body_id(&self.channel_account_id, "channelAccountId")?;
        let account = lookup::account(portal, channel.id, id)?;
        match account.authorized {
            true => Ok(account),
            false => Err(ApiError::invalid(format!("The channel account {id} is not authorized"))),
        }
    }

    fn key(&self) -> Result<Option<&str>, ApiError> {
        own_id(self.integration_idempotency_id.as_deref(), "integrationIdempotencyId")
    }

    fn plan(
        &self,
        portal: &Portal,
        call: &ApiCall,
        channel: &CustomChannel,
        account: ChannelAccount,
    ) -> Result<Plan, ApiError> {
        let direction = self.message_direction.ok_or_else(|| sent_content::not_set("messageDirection"))?;
        let body = self.body(portal, channel)?;
        let visitor = self.visitor(channel, direction)?;
        let integration_thread = own_id(self.integration_thread_id.as_deref(), "integrationThreadId")?;
        if channel.capabilities.threading_model == ThreadingModel::IntegrationThreadId && integration_thread.is_none() {
            return Err(sent_content::not_set("integrationThreadId"));
        }
        let thread = thread(portal, channel, &account, integration_thread, &visitor);
        let contact = self.contact();
        let identity = match thread {
            // Whom the thread is with was settled by its first message, unless this one names somebody.
            Some(thread) if contact.is_null() => SenderIdentity::Contact(thread.contact_id),
            _ => sender::identity(portal, call, &visitor, contact)?,
        };
        Ok(Plan {
            direction,
            account,
            visitor,
            senders: self.senders.clone(),
            recipients: self.recipients.clone(),
            body,
            identity,
            thread: thread.map(|thread| thread.id),
            integration_thread: integration_thread.map(str::to_owned),
        })
    }

    fn body(&self, portal: &Portal, channel: &CustomChannel) -> Result<Body, ApiError> {
        let text = self.text.clone().or_else(|| (!self.attachments.is_empty()).then(String::new));
        let too_long = [&self.text, &self.rich_text].into_iter().flatten().any(|one| one.chars().count() > TEXT_MAX);
        if too_long {
            return Err(ApiError::invalid(format!("A message can have at most {TEXT_MAX} characters")));
        }
        let body = sent_content::body(&portal.files, text, self.rich_text.clone(), &self.attachments)?;
        let files = reply::facts_of(portal, &body.attachments);
        match channel.capabilities.refused_files(&files) {
            Some(problem) => Err(ApiError::invalid(problem)),
            None => Ok(body),
        }
    }

    /// Returns the visitor among the parties, all of which must have addresses.
    fn visitor(&self, channel: &CustomChannel, direction: Direction) -> Result<PartyInput, ApiError> {
        for (parties, field) in [(&self.senders, "senders"), (&self.recipients, "recipients")] {
            if parties.len() > PARTIES_MAX {
                return Err(ApiError::invalid(format!("{field} can be at most {PARTIES_MAX}")));
            }
            parties.iter().try_for_each(|party| party.address(field).map(drop))?;
        }
        if self.recipients.len() > 1 && !channel.capabilities.allow_multiple_recipients {
            return Err(ApiError::invalid("The channel does not allow several recipients"));
        }
        let (parties, field) = match direction {
            Direction::Incoming => (&self.senders, "senders"),
            Direction::Outgoing => (&self.recipients, "recipients"),
        };
        parties.first().cloned().ok_or_else(|| sent_content::not_set(field))
    }

    /// Returns the contact that the app names, in one of two ways.
    fn contact(&self) -> &Value {
        let resolved = &self.pre_resolved_contacts["contacts"][0]["contactVid"];
        if self.associate_with_contact_id.is_null() { resolved } else { &self.associate_with_contact_id }
    }
}

fn own_id<'a>(id: Option<&'a str>, field: &str) -> Result<Option<&'a str>, ApiError> {
    match id {
        Some(id) if id.trim().is_empty() || id.chars().count() > ID_MAX => {
            Err(ApiError::invalid(format!("{field} must have 1 to {ID_MAX} characters")))
        }
        id => Ok(id),
    }
}

/// Finds the thread of a message. One in the trash does not go on.
fn thread<'a>(
    portal: &'a Portal,
    channel: &CustomChannel,
    account: &ChannelAccount,
    integration_thread: Option<&str>,
    visitor: &PartyInput,
) -> Option<&'a Thread> {
    let address = visitor.address("senders").ok();
    let is_same = |thread: &&Thread| match channel.capabilities.threading_model {
        ThreadingModel::IntegrationThreadId => thread.integration_thread.as_deref() == integration_thread,
        ThreadingModel::DeliveryIdentifier => {
            thread.last_sender().and_then(|party| party.delivery_identifier.as_ref()) == address
        }
    };
    let of_account = portal.conversations.threads().filter(|one| one.channel_account_id == account.id);
    of_account.filter(|one| !one.is_archived()).find(is_same)
}

impl Plan {
    fn commit(self, portal: &mut Portal, call: &ApiCall) -> (u64, String) {
        let is_contact = !matches!(self.identity, SenderIdentity::Unknown);
        let contact_id = self.identity.settle(portal, &self.visitor);
        let thread_id = match self.thread {
            Some(id) => {
                portal.conversations.change(id, |thread| thread.contact_id = contact_id);
                id
            }
            None => {
                let contact = is_contact.then_some(contact_id);
                let ticket_id = ticket(portal, &self.account, &self.body.text, contact);
                let new = new_thread(portal, &self.account, contact_id, ticket_id, self.integration_thread);
                let id = new.id;
                changes::begin(portal, new);
                id
            }
        };
        let visitor = Some(ActorId::Visitor(contact_id));
        let (sender, recipient) = match self.direction {
            Direction::Incoming => (visitor, None),
            Direction::Outgoing => (None, visitor),
        };
        let app = caller::author(portal, call);
        let author = Author { actor: sender.clone().unwrap_or(app.actor), client: app.client };
        let content = Content::Message(ChannelMessage {
            body: self.body,
            subject: None,
            truncation_status: Truncation::NotTruncated,
            original: None,
            delivery: if self.direction == Direction::Incoming { Delivery::Received } else { Delivery::Sent },
            direction: self.direction,
            channel_id: self.account.channel_id,
            channel_account_id: self.account.id,
        });
        let senders = self.senders.iter().map(|one| one.party(sender.clone())).collect();
        let recipients = self.recipients.iter().map(|one| one.party(recipient.clone())).collect();
        (thread_id, changes::post(portal, thread_id, Draft { author, senders, recipients, content }))
    }
}

fn new_thread(
    portal: &mut Portal,
    account: &ChannelAccount,
    contact_id: u64,
    ticket_id: Option<u64>,
    integration_thread: Option<String>,
) -> Thread {
    let (id, now_ms) = (portal.conversations.take_thread_id(), portal.now_ms());
    Thread { integration_thread, ticket_id, ..Thread::begun(id, now_ms, account, contact_id) }
}

/// Returns the ticket that the help desk makes of a new thread.
fn ticket(portal: &mut Portal, account: &ChannelAccount, text: &str, contact: Option<u64>) -> Option<u64> {
    let inbox = portal.conversations.inbox(account.inbox_id);
    let in_help_desk = inbox.is_some_and(|inbox| inbox.inbox_type == InboxType::HelpDesk);
    let makes = in_help_desk && portal.assumptions.help_desk_makes_tickets;
    makes.then(|| desk_ticket::create(portal, UNTITLED, text, contact))
}
