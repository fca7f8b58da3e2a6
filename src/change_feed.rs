//! What has changed, for the clients that want to know.
//!
//! Whoever changes something calls [`ChangeFeed::announce`] and goes on. Each subscription keeps the changes it has not sent
//! yet as a set, so a client that reads slowly costs little memory, loses nothing and is told once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Sessions and subscriptions that listen at once.
const SUBSCRIPTIONS_MAX: usize = 8_192;

/// Resources that one subscription may watch.
pub const WATCHED_MAX: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A tool was added, removed or described anew.
    Tools,
    Prompts,
    /// A resource was added or removed.
    Resources,
    /// The resource with this URI has other content.
    Resource(String),
}

/// Where changes are announced. Clones share their subscriptions.
#[derive(Clone, Debug, Default)]
pub struct ChangeFeed(Arc<Mutex<Subscriptions>>);

#[derive(Debug, Default)]
struct Subscriptions {
    next: u64,
    mailboxes: BTreeMap<u64, Arc<Mailbox>>,
}

#[derive(Debug, Default)]
struct Mailbox {
    held: Mutex<Held>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Held {
    wanted: BTreeSet<Change>,
    unsent: BTreeSet<Change>,
}

impl ChangeFeed {
    /// Tells every subscription that wants to know. Never waits.
    pub fn publish(&self, change: &Change) {
        for mailbox in lock(&self.0).mailboxes.values() {
            let mut held = lock(&mailbox.held);
            if held.wanted.contains(change) && held.unsent.insert(change.clone()) {
                mailbox.arrived.notify_one();
            }
        }
    }

    /// Tells of every watched resource whose address begins like this.
    pub fn publish_below(&self, prefix: &str) {
        for mailbox in lock(&self.0).mailboxes.values() {
            let held = &mut *lock(&mailbox.held);
            let below = |change: &&Change| matches!(change, Change::Resource(uri) if uri.starts_with(prefix));
            held.unsent.extend(held.wanted.iter().filter(below).cloned());
            mailbox.arrived.notify_one();
        }
    }

    /// Listens from now on until the subscription is dropped; `None` when too many listen already.
    pub fn subscribe(&self, wanted: impl IntoIterator<Item = Change>) -> Option<Subscription> {
        let mut subscriptions = lock(&self.0);
        if subscriptions.mailboxes.len() >= SUBSCRIPTIONS_MAX {
            return None;
        }
        let id = subscriptions.next;
        subscriptions.next += 1;
        let mailbox = Arc::<Mailbox>::default();
        lock(&mailbox.held).wanted.extend(wanted);
        subscriptions.mailboxes.insert(id, mailbox.clone());
        Some(Subscription { id, mailbox, changes: self.clone() })
    }
}

/// One client's ear.
#[derive(Debug)]
pub struct Subscription {
    id: u64,
    mailbox: Arc<Mailbox>,
    changes: ChangeFeed,
}

impl Subscription {
    /// The next change that was not returned yet.
    pub async fn next(&self) -> Change {
        loop {
            if let Some(change) = lock(&self.mailbox.held).unsent.pop_first() {
                return change;
            }
            self.mailbox.arrived.notified().await;
        }
    }

    /// Also watches this resource; `false` when it watches too many already.
    pub fn watch(&self, uri: &str) -> bool {
        let mut held = lock(&self.mailbox.held);
        let watched = held.wanted.iter().filter(|change| matches!(change, Change::Resource(_))).count();
        let change = Change::Resource(uri.to_owned());
        if watched >= WATCHED_MAX && !held.wanted.contains(&change) {
            return false;
        }
        held.wanted.insert(change);
        true
    }

    pub fn unwatch(&self, uri: &str) {
        let change = Change::Resource(uri.to_owned());
        let mut held = lock(&self.mailbox.held);
        held.wanted.remove(&change);
        held.unsent.remove(&change);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        lock(&self.changes.0).mailboxes.remove(&self.id);
    }
}

/// What is behind these locks is whole after every statement, so a panic elsewhere does not matter.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_listener_hears_what_it_wants_and_once() {
        let changes = ChangeFeed::default();
        let subscription = changes.subscribe([Change::Tools]).unwrap();
        for _ in 0..1_000 {
            changes.publish(&Change::Tools);
            changes.publish(&Change::Prompts);
        }
        assert_eq!(subscription.next().await, Change::Tools);
        assert!(subscription.next().now_or_never().is_none());
        assert!(subscription.watch("a://b"));
        changes.publish(&Change::Resource("a://b".into()));
        changes.publish(&Change::Resource("a://c".into()));
        assert_eq!(subscription.next().await, Change::Resource("a://b".into()));
        changes.publish_below("a://");
        changes.publish_below("a://b/");
        assert_eq!(subscription.next().await, Change::Resource("a://b".into()));
        assert!(subscription.next().now_or_never().is_none());
        subscription.unwatch("a://b");
        changes.publish(&Change::Resource("a://b".into()));
        assert!(subscription.next().now_or_never().is_none());
        assert!(["a://d", "a://d/e", "a://de"].iter().all(|uri| subscription.watch(uri)));
        changes.publish_below("a://d/");
        assert_eq!(subscription.next().await, Change::Resource("a://d/e".into()));
        assert!(subscription.next().now_or_never().is_none());
    }

    #[test]
    fn there_is_an_end_to_listeners_and_to_what_one_watches() {
        let changes = ChangeFeed::default();
        let subscriptions: Vec<_> = (0..SUBSCRIPTIONS_MAX).map(|_| changes.subscribe([]).unwrap()).collect();
        assert!(changes.subscribe([]).is_none());
        drop(subscriptions);
        let subscription = changes.subscribe([]).unwrap();
        assert!((0..WATCHED_MAX).all(|number| subscription.watch(&format!("a://{number}"))));
        assert!(!subscription.watch("a://one-more") && subscription.watch("a://0"));
    }
}
