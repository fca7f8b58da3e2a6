//! Custom channels: an app's own way for conversations into HubSpot's inboxes and help desks, and out again.
//!
//! HubSpot says of this API (custom channels, 2026-09): channels belong to an app and are configured with its
//! [`DeveloperKey`], accounts connect a channel to one inbox and need an OAuth token, and a message is published once for
//! each idempotency id.

pub(crate) mod account;
mod change;
pub(crate) mod channel;
mod create;
mod path;
pub(crate) mod publish;
pub(crate) mod status;

use crate::api::conversations::message::Message;
use crate::api::custom_channels::account::{ChannelAccountChange, ConnectedAccount, NewChannelAccount};
use crate::api::custom_channels::channel::{CustomChannel, NewCustomChannel};
use crate::api::custom_channels::publish::{NewChannelMessage, PublishedMessage};
use crate::api::custom_channels::status::DeliveryStatus;
use crate::developer_key::DeveloperKey;
use crate::error::Error;
use crate::record::Created;
use crate::transport::call_scope::CallScope;

/// The custom channels of an app, their accounts and messages.
#[derive(Debug)]
pub struct CustomChannels<'a> {
    pub(crate) scope: &'a CallScope,
}

impl CustomChannels<'_> {
    /// Reads the channels of the app. A new one may be missing for a minute.
    ///
    /// # Errors
    /// [`Error::DeveloperKeyRejected`].
    pub async fn channels(&self, key: &DeveloperKey) -> Result<Vec<CustomChannel>, Error> {
        channel::list(self.scope, key).await
    }

    /// Makes a channel. It is sent once and never again: after a lost answer it is looked for by its webhook address, and
    /// what stays unclear is [`Error::OutcomeUnknown`].
    ///
    /// # Errors
    /// [`Error::DeveloperKeyRejected`].
    pub async fn create_channel(
        &self,
        key: &DeveloperKey,
        channel: NewCustomChannel,
    ) -> Result<Created<CustomChannel>, Error> {
        create::channel(self.scope, key, channel).await
    }

    /// Gives a channel this name, webhook address and capabilities. Harmless to repeat.
    ///
    /// # Errors
    /// [`Error::DeveloperKeyRejected`], and [`Error::NotFound`] for one that is archived.
    pub async fn change_channel(&self, key: &DeveloperKey, id: &str, to: &NewCustomChannel) -> Result<(), Error> {
        change::channel(self.scope, key, id, to).await
    }

    /// Archives a channel and its accounts. Harmless to repeat; one that is gone is no error.
    ///
    /// # Errors
    /// [`Error::DeveloperKeyRejected`].
    pub async fn archive_channel(&self, key: &DeveloperKey, id: &str) -> Result<(), Error> {
        change::archive(self.scope, key, id).await
    }

    /// Reads the accounts of a channel.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a channel that is archived, or too new.
    pub async fn accounts(&self, channel: &str) -> Result<Vec<ConnectedAccount>, Error> {
        account::list(self.scope, channel).await
    }

    /// Connects a channel to an inbox or a help desk. It is sent once and never again: after a lost answer it is looked for
    /// by its delivery identifier, and what stays unclear is [`Error::OutcomeUnknown`].
    ///
    /// # Errors
    /// [`Error::NotFound`] for a channel that is archived, or too new; [`Error::Conflict`] if there is such an account.
    pub async fn create_account(
        &self,
        channel: &str,
        account: NewChannelAccount,
    ) -> Result<Created<ConnectedAccount>, Error> {
        create::account(self.scope, channel, account).await
    }

    /// Changes an account. Harmless to repeat.
    pub async fn change_account(&self, channel: &str, id: &str, to: &ChannelAccountChange) -> Result<(), Error> {
        change::account(self.scope, channel, id, to).await
    }

    /// Publishes a message. HubSpot takes one for each idempotency id and answers with it again, so a message whose answer
    /// was lost is sent again, here and by the caller.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a channel or an account that is gone; [`Error::Rejected`] for a text, a file or a contact that
    /// HubSpot refuses.
    pub async fn publish(&self, message: NewChannelMessage) -> Result<PublishedMessage, Error> {
        publish::publish(self.scope, message).await
    }

    /// Reads a message of a channel; `None` if there is none.
    pub async fn message(&self, channel: &str, id: &str) -> Result<Option<Message>, Error> {
        status::message(self.scope, channel, id).await
    }

    /// Tells HubSpot what became of a person's message to the customer. Harmless to repeat.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a message or a channel that is gone.
    pub async fn set_delivery(&self, channel: &str, message: &str, status: &DeliveryStatus) -> Result<(), Error> {
        status::set(self.scope, channel, message, status).await
    }
}

#[cfg(test)]
mod tests;
