//! Inboxes and help desks, and the accounts of channels that lead into them.

use std::sync::Arc;

use serde_json::Value;

use super::path;
use crate::batching::cache::Cache;
use crate::error::Error;
use crate::record;
use crate::settings::Settings;
use crate::transport::call_scope::CallScope;
use crate::transport::paging;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::Waiters;

/// The size of a page.
const PAGE_SIZE: &str = "100";
/// The most pages of a list.
const PAGES_MAX: usize = 10;

/// An inbox or a help desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbox {
    /// Id in HubSpot, a number as text.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// True for a help desk.
    pub is_help_desk: bool,
}

/// One account of a channel: a mailbox, a chat widget, a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelAccount {
    /// Id in HubSpot, a number as text.
    pub id: String,
    /// Id of the kind of channel, such as `1000` for live chat.
    pub channel_id: String,
    /// The inbox into which its threads go.
    pub inbox_id: String,
    /// True if it takes and sends messages.
    pub is_usable: bool,
}

/// The cached lists.
pub(crate) struct InboxesState {
    inboxes: Cache<(), Arc<Vec<Inbox>>>,
    channel_accounts: Cache<(), Arc<Vec<ChannelAccount>>>,
}

impl InboxesState {
    pub(crate) fn new(settings: &Settings) -> InboxesState {
        InboxesState {
            inboxes: Cache::new("inboxes", settings.pipelines_ttl),
            channel_accounts: Cache::new("channel_accounts", settings.pipelines_ttl),
        }
    }

    pub(super) async fn list(&self, scope: &CallScope) -> Result<Arc<Vec<Inbox>>, Error> {
        let load = || async { all(scope, "/inboxes", inbox).await.map(Arc::new) };
        self.inboxes.get(scope.deadline(), (), load).await
    }

    pub(super) fn forget_channel_accounts(&self) {
        self.channel_accounts.remove(&());
    }

    pub(super) async fn channel_accounts(&self, scope: &CallScope) -> Result<Arc<Vec<ChannelAccount>>, Error> {
        let load = || async { all(scope, "/channel-accounts", channel_account).await.map(Arc::new) };
        self.channel_accounts.get(scope.deadline(), (), load).await
    }
}

async fn all<T>(scope: &CallScope, path: &str, read: fn(&Value) -> Option<T>) -> Result<Vec<T>, Error> {
    let request = ApiRequest::get(path::FAMILY, path::of(scope, path)).with("limit", PAGE_SIZE);
    let waiters = Waiters::one(scope.waiter());
    let results = paging::all_pages(scope.transport(), request, PAGES_MAX, &waiters).await?;
    Ok(results.iter().filter_map(read).collect())
}

fn inbox(value: &Value) -> Option<Inbox> {
    Some(Inbox {
        id: record::id(&value["id"])?,
        name: value["name"].as_str().unwrap_or_default().to_owned(),
        is_help_desk: value["type"] == "HELP_DESK",
    })
    .filter(|_| value["archived"] != true)
}

fn channel_account(value: &Value) -> Option<ChannelAccount> {
    Some(ChannelAccount {
        id: record::id(&value["id"])?,
        channel_id: record::id(&value["channelId"])?,
        inbox_id: record::id(&value["inboxId"])?,
        is_usable: value["active"] != false && value["authorized"] != false && value["archived"] != true,
    })
}
