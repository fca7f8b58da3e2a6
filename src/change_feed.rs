//! Publishes changes of lists and resources to the clients that subscribed to them.
//!
//! [`ChangeFeed::publish`] never waits. Each subscription keeps its unsent changes as a set, so a client that reads slowly
//! costs little memory, misses no change, and is told of each only once.
//!
//! A change that [`ChangeFeed::announce`] publishes also waits for a relay that tells other replicas, where one runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Subscriptions at once, those of sessions before 2026-07-28 included.
pub const SUBSCRIPTIONS_MAX: usize = 8_192;

/// Resources that one subscription may watch.
pub const WATCHED_MAX: usize = 100;

/// Announced resources that wait for the relay; of further ones the other replicas do not hear.
const ANNOUNCED_MAX: usize = 10_000;

/// A change that clients can subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A tool was added, removed or changed.
    Tools,
    /// A prompt was added, removed or changed.
    Prompts,
    /// A resource was added or removed.
    Resources,
    /// The content of the resource with this URI changed.
    Resource(String),
}

/// Delivers changes to subscriptions. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct ChangeFeed {
    subscriptions: Arc<Mutex<Subscriptions>>,
    announced: Arc<Announced>,
}

#[derive(Debug, Default)]
struct Announced {
    /// `None` while no relay runs.
    uris: Mutex<Option<BTreeSet<String>>>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Subscriptions {
    next: u64,
    mailboxes: BTreeMap<u64, Arc<Mailbox>>,
}

#[derive(Debug, Default)]
struct Mailbox {
    state: Mutex<MailboxState>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct MailboxState {
    wanted: BTreeSet<Change>,
    unsent: BTreeSet<Change>,
}

impl ChangeFeed {
    /// Delivers a change to every subscription that includes it. Never waits.
    pub fn publish(&self, change: &Change) {
        for mailbox in lock(&self.subscriptions).mailboxes.values() {
            let mut state = lock(&mailbox.state);
            if state.wanted.contains(change) && state.unsent.insert(change.clone()) {
                mailbox.arrived.notify_one();
            }
        }
    }

    /// Delivers a change of the resource with this URI, here and at other replicas.
    pub fn announce(&self, uri: String) {
        self.publish(&Change::Resource(uri.clone()));
        if self.keep_announced(uri) {
            self.announced.arrived.notify_one();
        }
    }

    /// Keeps a URI that was announced for the next look of the relay, which is not woken; `false` without a relay or room.
    pub fn keep_announced(&self, uri: String) -> bool {
        let mut uris = lock(&self.announced.uris);
        uris.as_mut().filter(|uris| uris.len() < ANNOUNCED_MAX).map(|uris| uris.insert(uri)).is_some()
    }

    /// The URIs that were announced since the last call; the first call begins to keep them.
    pub fn take_announced(&self) -> BTreeSet<String> {
        lock(&self.announced.uris).replace(BTreeSet::new()).unwrap_or_default()
    }

    /// Waits until something is announced.
    pub async fn announced(&self) {
        self.announced.arrived.notified().await;
    }

    /// Delivers a change of every watched resource whose URI begins with `prefix`.
    pub fn publish_below(&self, prefix: &str) {
        for mailbox in lock(&self.subscriptions).mailboxes.values() {
            let state = &mut *lock(&mailbox.state);
            let below = |change: &&Change| matches!(change, Change::Resource(uri) if uri.starts_with(prefix));
            state.unsent.extend(state.wanted.iter().filter(below).cloned());
            mailbox.arrived.notify_one();
        }
    }

    /// Subscribes to these changes, from now until the subscription is dropped; `None` if there are too many
    /// subscriptions.
    pub fn subscribe(&self, wanted: impl IntoIterator<Item = Change>) -> Option<Subscription> {
        let mut subscriptions = lock(&self.subscriptions);
        if subscriptions.mailboxes.len() >= SUBSCRIPTIONS_MAX {
            return None;
        }
        let id = subscriptions.next;
        subscriptions.next += 1;
        let mailbox = Arc::<Mailbox>::default();
        lock(&mailbox.state).wanted.extend(wanted);
        subscriptions.mailboxes.insert(id, mailbox.clone());
        Some(Subscription { id, mailbox, feed: self.clone() })
    }
}

/// The changes for one client.
#[derive(Debug)]
pub struct Subscription {
    id: u64,
    mailbox: Arc<Mailbox>,
    feed: ChangeFeed,
}

impl Subscription {
    /// Waits for the next change.
    pub async fn next(&self) -> Change {
        loop {
            if let Some(change) = lock(&self.mailbox.state).unsent.pop_first() {
                return change;
            }
            self.mailbox.arrived.notified().await;
        }
    }

    /// Adds a resource; `false` if there are [`WATCHED_MAX`] already.
    pub fn watch(&self, uri: &str) -> bool {
        let mut state = lock(&self.mailbox.state);
        let watched = state.wanted.iter().filter(|change| matches!(change, Change::Resource(_))).count();
        let change = Change::Resource(uri.to_owned());
        if watched >= WATCHED_MAX && !state.wanted.contains(&change) {
            return false;
        }
        state.wanted.insert(change);
        true
    }

    /// Removes a resource, with a change of it that was not returned yet.
    pub fn unwatch(&self, uri: &str) {
        let change = Change::Resource(uri.to_owned());
        let mut state = lock(&self.mailbox.state);
        state.wanted.remove(&change);
        state.unsent.remove(&change);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        lock(&self.feed.subscriptions).mailboxes.remove(&self.id);
    }
}

/// Locks data that is consistent after every statement, so a poisoned lock does not matter.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_subscription_receives_its_changes_once() {
        let feed = ChangeFeed::default();
        let subscription = feed.subscribe([Change::Tools]).unwrap();
        for _ in 0..1_000 {
            feed.publish(&Change::Tools);
            feed.publish(&Change::Prompts);
        }
        assert_eq!(subscription.next().await, Change::Tools);
        assert!(subscription.next().now_or_never().is_none());
        assert!(subscription.watch("a://b"));
        feed.publish(&Change::Resource("a://b".into()));
        feed.publish(&Change::Resource("a://c".into()));
        assert_eq!(subscription.next().await, Change::Resource("a://b".into()));
        feed.publish_below("a://");
        feed.publish_below("a://b/");
        assert_eq!(subscription.next().await, Change::Resource("a://b".into()));
        assert!(subscription.next().now_or_never().is_none());
        subscription.unwatch("a://b");
        feed.publish(&Change::Resource("a://b".into()));
        assert!(subscription.next().now_or_never().is_none());
        assert!(["a://d", "a://d/e", "a://de"].iter().all(|uri| subscription.watch(uri)));
        feed.publish_below("a://d/");
        assert_eq!(subscription.next().await, Change::Resource("a://d/e".into()));
        assert!(subscription.next().now_or_never().is_none());
    }

    #[test]
    fn what_is_announced_waits_for_a_relay_that_runs() {
        let feed = ChangeFeed::default();
        feed.announce("a://before".into());
        assert!(feed.take_announced().is_empty(), "nobody would have taken it");
        feed.announce("a://b".into());
        feed.announce("a://b".into());
        feed.publish(&Change::Resource("a://c".into()));
        assert_eq!(feed.take_announced().into_iter().collect::<Vec<_>>(), ["a://b"]);
        (0..2 * ANNOUNCED_MAX).for_each(|number| feed.announce(format!("a://{number}")));
        assert_eq!(feed.take_announced().len(), ANNOUNCED_MAX);
    }

    #[test]
    fn subscriptions_and_watched_resources_are_bounded() {
        let feed = ChangeFeed::default();
        let subscriptions: Vec<_> = (0..SUBSCRIPTIONS_MAX).map(|_| feed.subscribe([]).unwrap()).collect();
        assert!(feed.subscribe([]).is_none());
        drop(subscriptions);
        let subscription = feed.subscribe([]).unwrap();
        assert!((0..WATCHED_MAX).all(|number| subscription.watch(&format!("a://{number}"))));
        assert!(!subscription.watch("a://one-more") && subscription.watch("a://0"));
    }
}
