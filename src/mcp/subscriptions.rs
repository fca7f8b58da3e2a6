//! Change notifications: of sessions before 2026-07-28, and of the subscriptions since.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rmcp::model::{Extensions, ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{Peer, ServiceError, SubscriptionContext, SubscriptionSendError, SubscriptionSink};
use rmcp::{ErrorData, RoleServer};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::caller_quotas::{CallerQuotas, Limit, QuotaExceeded, QuotaPermit};
use super::errors;
use super::quota_key::QuotaKey;
use crate::change_feed::{Change, ChangeFeed, SUBSCRIPTIONS_MAX, Subscription};

/// Subscriptions at once, those of sessions before 2026-07-28 included.
pub(super) const SUBSCRIPTIONS: Limit = Limit { in_all: SUBSCRIPTIONS_MAX, of_one: SUBSCRIPTIONS_MAX / 8 };

/// Longest time for sending one notification; a client that does not take it by then misses it.
const SEND_MAX: Duration = Duration::from_secs(5);

/// The subscription of a session before 2026-07-28, which ends with the session's last clone.
#[derive(Clone, Debug, Default)]
pub(super) struct LegacySubscription(Arc<Mutex<Option<Forwarded>>>);

/// A subscription, its share, and the guard that ends the task which forwards it.
type Forwarded = (Arc<Subscription>, QuotaPermit, DropGuard);

impl LegacySubscription {
    /// The subscription to all list changes, opened at the first call. `None`: there are too many subscriptions; a later
    /// call tries anew.
    pub(super) fn get_or_open(
        &self,
        changes: &ChangeFeed,
        shares: &CallerQuotas,
        from: &Extensions,
        peer: &Peer<RoleServer>,
    ) -> Option<Arc<Subscription>> {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.is_none() {
            let share = shares.take(&QuotaKey::of(from).0, 1).ok()?;
            let subscription = Arc::new(changes.subscribe([Change::Tools, Change::Prompts, Change::Resources])?);
            let ended = CancellationToken::new();
            tokio::spawn(forward(subscription.clone(), peer.clone(), ended.clone()));
            *opened = Some((subscription, share, ended.drop_guard()));
        }
        opened.as_ref().map(|(subscription, _, _)| subscription.clone())
    }
}

/// Sends changes to the session's client until `ended`.
async fn forward(subscription: Arc<Subscription>, peer: Peer<RoleServer>, ended: CancellationToken) {
    let sending = async {
        loop {
            let change = subscription.next().await;
            // A notification that fails is no reason to drop the later ones.
            let _ = timeout(SEND_MAX, notify(&peer, change)).await;
        }
    };
    tokio::select! {
        () = ended.cancelled() => {}
        () = sending => {}
    }
}

async fn notify(peer: &Peer<RoleServer>, change: Change) -> Result<(), ServiceError> {
    match change {
        Change::Tools => peer.notify_tool_list_changed().await,
        Change::Prompts => peer.notify_prompt_list_changed().await,
        Change::Resources => peer.notify_resource_list_changed().await,
        Change::Resource(uri) => peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(uri)).await,
    }
}

/// Subscribes to the changes that the client's `subscriptions/listen` names, with a share of the caller.
pub(super) fn open(
    changes: &ChangeFeed,
    shares: &CallerQuotas,
    context: &SubscriptionContext,
) -> Result<(Subscription, QuotaPermit), ErrorData> {
    let quota_key = QuotaKey::of(&context.request_context().extensions);
    let share = shares.take(&quota_key.0, 1).map_err(|full| {
        errors::busy(match full {
            QuotaExceeded::OfOwner => "you have too many subscriptions",
            QuotaExceeded::InAll => "this server has too many subscriptions",
        })
    })?;
    let subscription = changes.subscribe(accepted_changes(context.accepted()));
    subscription.map(|opened| (opened, share)).ok_or_else(|| errors::busy("this server has too many subscriptions"))
}

/// Sends changes until the client cancels, its connection ends, or the server closes.
pub(super) async fn serve(subscription: &Subscription, context: &SubscriptionContext, closing: &CancellationToken) {
    loop {
        let change = tokio::select! {
            change = subscription.next() => change,
            () = context.cancelled() => return,
            () = closing.cancelled() => return,
        };
        let sent = timeout(SEND_MAX, send(context.sink(), change)).await;
        if matches!(sent, Ok(Err(SubscriptionSendError::SubscriptionClosed | SubscriptionSendError::Service(_)))) {
            return;
        }
    }
}

fn accepted_changes(accepted: &SubscriptionFilter) -> Vec<Change> {
    let lists = [
        (accepted.tools_list_changed, Change::Tools),
        (accepted.prompts_list_changed, Change::Prompts),
        (accepted.resources_list_changed, Change::Resources),
    ];
    let lists = lists.into_iter().filter(|(wanted, _)| *wanted == Some(true)).map(|(_, change)| change);
    let resources = accepted.resource_subscriptions.iter().flatten().map(|uri| Change::Resource(uri.clone()));
    lists.chain(resources).collect()
}

async fn send(sink: &SubscriptionSink, change: Change) -> Result<(), SubscriptionSendError> {
    match change {
        Change::Tools => sink.notify_tool_list_changed().await,
        Change::Prompts => sink.notify_prompt_list_changed().await,
        Change::Resources => sink.notify_resource_list_changed().await,
        Change::Resource(uri) => sink.notify_resource_updated(uri).await,
    }
}
