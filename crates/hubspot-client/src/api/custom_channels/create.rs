//! Channels and accounts that are made, each sent once: HubSpot has no key for them, and a second one would be seen.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::account::{self, ConnectedAccount, NewChannelAccount};
use super::channel::{self, CustomChannel, NewCustomChannel};
use super::path;
use crate::developer_key::DeveloperKey;
use crate::error::Error;
use crate::record::Created;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::writes::dry_run;
use crate::writes::kind::WriteKind;
use crate::writes::once::{OnceWrite, write_once};
use crate::writes::protocol::{Uniqueness, WriteRules};
use crate::writes::written::{Action, WriteFacts, WrittenRecord};

/// The most times that either is sent: a new one is listed late, so a look-up that misses it does not tell that it is not
/// there. Whoever sets up waits longer than a call may.
const SENDS_MAX: u32 = 1;

const RULES: WriteRules =
    WriteRules { write: WriteKind::Channel, can_be_found: true, uniqueness: Uniqueness::None, sends_max: SENDS_MAX };

/// Makes a channel.
pub(super) async fn channel(
    scope: &CallScope,
    key: &DeveloperKey,
    channel: NewCustomChannel,
) -> Result<Created<CustomChannel>, Error> {
    write_once(scope, CreateChannel { key: key.clone(), channel }).await
}

/// Makes an account.
pub(super) async fn account(
    scope: &CallScope,
    channel: &str,
    account: NewChannelAccount,
) -> Result<Created<ConnectedAccount>, Error> {
    write_once(scope, CreateAccount { channel: channel.to_owned(), account }).await
}

struct CreateChannel {
    key: DeveloperKey,
    channel: NewCustomChannel,
}

impl OnceWrite for CreateChannel {
    type Output = CustomChannel;

    fn family(&self) -> &'static str {
        path::FAMILY
    }

    fn rules(&self) -> WriteRules {
        RULES
    }

    fn facts(&self) -> WriteFacts {
        WriteFacts::begun(Action::Create, path::FAMILY, names(&self.channel.json()))
    }

    fn records(object: &'static str, channel: &CustomChannel) -> Vec<WrittenRecord> {
        vec![WrittenRecord::new(object, &channel.id)]
    }

    fn request(&self, scope: &CallScope) -> ApiRequest {
        ApiRequest::create(path::FAMILY, path::channels(scope), &self.channel.json()).keyed(&self.key)
    }

    fn pretended(&self) -> CustomChannel {
        let NewCustomChannel { name, webhook_url, capabilities } = self.channel.clone();
        CustomChannel { id: dry_run::DRY_RUN_ID.to_owned(), name, webhook_url, capabilities }
    }

    async fn send(&self, scope: &CallScope) -> Result<CustomChannel, AttemptError> {
        let answer = scope.send(Bucket::General, &self.request(scope)).await.map_err(channel::of_key)?;
        CustomChannel::read(&answer)
    }

    async fn find(&self, scope: &CallScope, _sent_at: DateTime<Utc>) -> Result<Option<CustomChannel>, Error> {
        let all = channel::list(scope, &self.key).await?;
        Ok(all.into_iter().find(|found| found.webhook_url == self.channel.webhook_url))
    }
}

struct CreateAccount {
    channel: String,
    account: NewChannelAccount,
}

impl OnceWrite for CreateAccount {
    type Output = ConnectedAccount;

    fn family(&self) -> &'static str {
        path::FAMILY
    }

    fn rules(&self) -> WriteRules {
        RULES
    }

    fn facts(&self) -> WriteFacts {
        let parent = Some(WrittenRecord::new(path::FAMILY, &self.channel));
        let facts = WriteFacts::begun(Action::Create, "channel_accounts", names(&self.account.json()));
        WriteFacts { parent, ..facts }
    }

    fn records(object: &'static str, account: &ConnectedAccount) -> Vec<WrittenRecord> {
        vec![WrittenRecord::new(object, &account.id)]
    }

    fn request(&self, scope: &CallScope) -> ApiRequest {
        ApiRequest::create(path::FAMILY, path::accounts(scope, &self.channel), &self.account.json())
    }

    fn pretended(&self) -> ConnectedAccount {
        let NewChannelAccount { inbox_id, name, identifier } = self.account.clone();
        let (id, identifier) = (dry_run::DRY_RUN_ID.to_owned(), Some(identifier));
        ConnectedAccount { id, inbox_id, name, identifier, is_authorized: true }
    }

    async fn send(&self, scope: &CallScope) -> Result<ConnectedAccount, AttemptError> {
        scope.send(Bucket::General, &self.request(scope)).await.and_then(|answer| ConnectedAccount::read(&answer))
    }

    async fn find(&self, scope: &CallScope, _sent_at: DateTime<Utc>) -> Result<Option<ConnectedAccount>, Error> {
        let all = account::list(scope, &self.channel).await?;
        Ok(all.into_iter().find(|found| found.identifier.as_ref() == Some(&self.account.identifier)))
    }
}

/// The names of the fields that are sent.
pub(super) fn names(body: &Value) -> Vec<String> {
    body.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}
