//! Clients that are told of changes: legacy sessions, and the subscriptions of 2026-07-28.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rmcp::model::{ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{Peer, ServiceError, SubscriptionContext, SubscriptionSendError, SubscriptionSink};
use rmcp::{ErrorData, RoleServer};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::change_feed::{Change, ChangeFeed, Subscription};

/// A client that does not take a notification within this time misses it.
const SEND_MAX: Duration = Duration::from_secs(5);

/// What a legacy session listens to; it ends with the session.
#[derive(Clone, Debug, Default)]
pub(super) struct Session(Arc<OnceLock<Option<Heard>>>);

/// Who hears, and what ends the hearing with the session.
type Heard = (Arc<Subscription>, DropGuard);

impl Session {
    /// Listens from the first call on. `None`: too many listen already.
    pub(super) fn listener(&self, changes: &ChangeFeed, peer: &Peer<RoleServer>) -> Option<&Subscription> {
        let started = self.0.get_or_init(|| {
            let listener = Arc::new(changes.subscribe([Change::Tools, Change::Prompts, Change::Resources])?);
            let ended = CancellationToken::new();
            tokio::spawn(tell(listener.clone(), peer.clone(), ended.clone()));
            Some((listener, ended.drop_guard()))
        });
        started.as_ref().map(|(listener, _)| listener.as_ref())
    }
}

/// Owned by its session: it ends when the session's last clone is dropped.
async fn tell(listener: Arc<Subscription>, peer: Peer<RoleServer>, ended: CancellationToken) {
    let telling = async {
        loop {
            let change = listener.next().await;
            // What one client misses is no reason to stop telling it the next.
            let _ = timeout(SEND_MAX, notify(&peer, change)).await;
        }
    };
    tokio::select! {
        () = ended.cancelled() => {}
        () = telling => {}
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

/// Hears from now on what a subscription asked for.
pub(super) fn open(changes: &ChangeFeed, subscription: &SubscriptionContext) -> Result<Subscription, ErrorData> {
    let listener = changes.subscribe(wanted(subscription.accepted()));
    listener.ok_or_else(|| ErrorData::internal_error("too many clients are subscribed already; try again later", None))
}

/// Tells one subscription until it is cancelled, its client is gone, or the server ends.
pub(super) async fn serve(listener: &Subscription, subscription: &SubscriptionContext, closing: &CancellationToken) {
    loop {
        let change = tokio::select! {
            change = listener.next() => change,
            () = subscription.cancelled() => return,
            () = closing.cancelled() => return,
        };
        let sent = timeout(SEND_MAX, send(subscription.sink(), change)).await;
        if matches!(sent, Ok(Err(SubscriptionSendError::SubscriptionClosed | SubscriptionSendError::Service(_)))) {
            return;
        }
    }
}

fn wanted(accepted: &SubscriptionFilter) -> Vec<Change> {
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
