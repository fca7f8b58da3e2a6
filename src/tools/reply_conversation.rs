//! `reply_conversation`: a message to the customer, or a comment for colleagues.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::conversations::agreement::{self, Proposal};
use crate::conversations::channel;
use crate::conversations::error::Error;
use crate::conversations::files::{self, FileInput, SCOPE as FILES};
use crate::conversations::names::ActorNames;
use crate::conversations::summary::moment;
use crate::conversations::{load, markup, outbox, reply_permission, reply_route, sender};
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};
use domain::id::ThreadId;
use domain::invisible;
use hubspot_client::{ActorId, ChannelAccount, Delivery, NewMessage, Readers};

/// The longest text.
const TEXT_CHARACTERS_MAX: usize = 10_000;

/// Write into a conversation: to the customer, over the channel they wrote by, or an `internal` comment for colleagues.
///
/// What the customer gets cannot be taken back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplyConversation {
    /// The id from `find_conversations`, for example `9000000001`.
    conversation_id: ThreadId,
    /// The plain text, for example `Your spare part is on its way.`
    #[schemars(length(min = 1, max = 10_000))]
    text: String,
    /// `true` for a comment that only colleagues see.
    #[serde(default)]
    internal: bool,
    /// Files to send with it, up to 1 MB together, for example `[{"name": "hi.txt", "mime": "text/plain", "base64": "SGk="}]`.
    #[serde(default)]
    files: Vec<FileInput>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Replied {
    conversation_id: ThreadId,
    message_id: String,
    /// Only colleagues see it.
    internal: bool,
    /// Such as `live chat` or `e-mail`.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// The name of the customer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to: Vec<String>,
    /// The name of the HubSpot user in whose name it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_as: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// HubSpot's answer was lost and the message was found to exist: it was sent once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
}

impl Tool for ReplyConversation {
    const NAME: &'static str = "reply_conversation";
    const TITLE: &'static str = "Reply in a conversation";
    const EFFECT: Effect = Effect::Send;
    const SCOPES: &'static [&'static str] = &["conversations.read", "conversations.write"];
    const OPTIONAL_SCOPES: &'static [&'static str] = &[FILES];
    const TOOLSET: Toolset = Toolset::Conversations;
    type Output = Replied;

    async fn call(self, ctx: &Ctx) -> Result<Replied, ToolError> {
        let text = self.checked_text()?;
        let files = files::read(&self.files)?;
        let id = &self.conversation_id;
        if !self.internal && is_handed_over(ctx, id).await? {
            return Err(Error::HandedOver.into());
        }
        let (outlet, thread, page) = tokio::join!(self.outlet(ctx), load::thread(ctx, id), load::messages(ctx, id));
        let (outlet, thread, before) = (outlet?, thread?, page?.messages);
        let to = match outlet {
            Some((sender, accounts)) => {
                Readers::Customer(reply_route::to_customer(&thread, &before, &accounts, sender)?)
            }
            None => Readers::Colleagues,
        };
        if let Readers::Customer(delivery) = &to {
            let newest = before.last().map(|message| message.id.as_str());
            agreement::ask(ctx, Proposal { thread: &thread, newest, delivery, text, files: &self.files }).await?;
        }
        let message = NewMessage {
            thread: id.clone(),
            text: text.to_owned(),
            rich_text: markup::rich(text),
            file_ids: files::upload(ctx, &files).await?,
            known: ctx.store.own_message_ids(id.as_str()).await.map_err(Error::from)?,
            to,
        };
        let delivery = match &message.to {
            Readers::Customer(delivery) => Some(delivery.clone()),
            Readers::Colleagues => None,
        };
        let sent = outbox::send(ctx, thread.contact_id.as_ref(), message).await;
        let sent = match sent {
            Ok(sent) => sent,
            Err(error) => return Err(refused(ctx, error, id, delivery.as_ref()).await.into()),
        };
        let names = ActorNames::of(ctx, delivery.iter().flat_map(actors)).await;
        Ok(Replied {
            conversation_id: self.conversation_id,
            message_id: sent.id,
            internal: self.internal,
            channel: delivery.as_ref().map(|delivery| channel::name(&delivery.channel_id)),
            to: delivery.iter().flat_map(|one| &one.recipients).filter_map(|(actor, _)| names.name(actor)).collect(),
            sent_as: delivery.as_ref().and_then(|delivery| names.name(&delivery.sender)),
            at: sent.created_at.map(moment),
            recovered: sent.recovered,
        })
    }
}

impl ReplyConversation {
    /// The user in whose name a message to the customer is sent, and the accounts of channels; `None` for a comment.
    async fn outlet(&self, ctx: &Ctx) -> Result<Option<(ActorId, Arc<Vec<ChannelAccount>>)>, Error> {
        if self.internal {
            return Ok(None);
        }
        let (hubspot, policy) = (&ctx.hubspot, &ctx.call.policy);
        let conversations = hubspot.conversations();
        let (allowed, sender, accounts) = tokio::join!(
            reply_permission::check(hubspot, policy),
            sender::find(hubspot, policy),
            conversations.channel_accounts()
        );
        allowed?;
        Ok(Some((sender?, accounts?)))
    }

    fn checked_text(&self) -> Result<&str, ToolError> {
        let text = invisible::trim(&self.text);
        match () {
            () if text.is_empty() => Err(ToolError::input("text", "it is empty")),
            () if text.chars().count() > TEXT_CHARACTERS_MAX => {
                Err(ToolError::input("text", format!("it is longer than {TEXT_CHARACTERS_MAX} characters")))
            }
            () => Ok(text),
        }
    }
}

/// True while a person has the conversation, whoever handed it over.
async fn is_handed_over(ctx: &Ctx, id: &ThreadId) -> Result<bool, Error> {
    let at = ctx.store.handoff_at(["conversation", "channel"], id.as_str()).await?;
    Ok(at.is_some_and(|session| !session.ended))
}

fn actors(delivery: &Delivery) -> impl Iterator<Item = ActorId> {
    delivery.recipients.iter().map(|(actor, _)| actor.clone()).chain([delivery.sender.clone()])
}

/// HubSpot's refusal of a message. Its words do not decide: the way is closed if the account of the channel is.
async fn refused(ctx: &Ctx, error: Error, id: &ThreadId, delivery: Option<&Delivery>) -> Error {
    let Error::HubSpot(error) = error else { return error };
    match (error, delivery) {
        (hubspot_client::Error::NotFound, _) => Error::Unknown(id.clone()),
        (error @ hubspot_client::Error::Rejected { .. }, Some(delivery)) => {
            // Without the list HubSpot's own words are what is known.
            let accounts = ctx.hubspot.conversations().channel_accounts_fresh().await.unwrap_or_default();
            let closed = reply_route::closed_meanwhile(delivery, &accounts).filter(|_| !accounts.is_empty());
            closed.unwrap_or_else(|| error.into())
        }
        (error, _) => error.into(),
    }
}
