//! What has changed, for the clients that want to know.
//!
//! Whoever changes something calls [`Announcer::announce`] and goes on. Each listener keeps the changes it has not sent
//! yet as a set, so a client that reads slowly costs little memory, loses nothing and is told once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Sessions and subscriptions that listen at once.
const LISTENERS_MAX: usize = 8_192;

/// Resources that one listener may watch.
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

/// Where changes are announced. Clones share their listeners.
#[derive(Clone, Debug, Default)]
pub struct Announcer(Arc<Mutex<Listeners>>);

#[derive(Debug, Default)]
struct Listeners {
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

impl Announcer {
    /// Tells every listener that wants to know. Never waits.
    pub fn announce(&self, change: &Change) {
        for mailbox in lock(&self.0).mailboxes.values() {
            let mut held = lock(&mailbox.held);
            if held.wanted.contains(change) && held.unsent.insert(change.clone()) {
                mailbox.arrived.notify_one();
            }
        }
    }

    /// Tells of every watched resource whose address begins like this.
    pub fn announce_below(&self, prefix: &str) {
        for mailbox in lock(&self.0).mailboxes.values() {
            let held = &mut *lock(&mailbox.held);
            let below = |change: &&Change| matches!(change, Change::Resource(uri) if uri.starts_with(prefix));
            held.unsent.extend(held.wanted.iter().filter(below).cloned());
            mailbox.arrived.notify_one();
        }
    }

    /// Listens from now on until the listener is dropped; `None` when too many listen already.
    pub fn listen(&self, wanted: impl IntoIterator<Item = Change>) -> Option<Listener> {
        let mut listeners = lock(&self.0);
        if listeners.mailboxes.len() >= LISTENERS_MAX {
            return None;
        }
        let id = listeners.next;
        listeners.next += 1;
        let mailbox = Arc::<Mailbox>::default();
        lock(&mailbox.held).wanted.extend(wanted);
        listeners.mailboxes.insert(id, mailbox.clone());
        Some(Listener { id, mailbox, announcer: self.clone() })
    }
}

/// One client's ear.
#[derive(Debug)]
pub struct Listener {
    id: u64,
    mailbox: Arc<Mailbox>,
    announcer: Announcer,
}

impl Listener {
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

impl Drop for Listener {
    fn drop(&mut self) {
        lock(&self.announcer.0).mailboxes.remove(&self.id);
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
        let announcer = Announcer::default();
        let listener = announcer.listen([Change::Tools]).unwrap();
        for _ in 0..1_000 {
            announcer.announce(&Change::Tools);
            announcer.announce(&Change::Prompts);
        }
        assert_eq!(listener.next().await, Change::Tools);
        assert!(listener.next().now_or_never().is_none());
        assert!(listener.watch("a://b"));
        announcer.announce(&Change::Resource("a://b".into()));
        announcer.announce(&Change::Resource("a://c".into()));
        assert_eq!(listener.next().await, Change::Resource("a://b".into()));
        announcer.announce_below("a://");
        announcer.announce_below("a://b/");
        assert_eq!(listener.next().await, Change::Resource("a://b".into()));
        assert!(listener.next().now_or_never().is_none());
        listener.unwatch("a://b");
        announcer.announce(&Change::Resource("a://b".into()));
        assert!(listener.next().now_or_never().is_none());
        assert!(["a://d", "a://d/e", "a://de"].iter().all(|uri| listener.watch(uri)));
        announcer.announce_below("a://d/");
        assert_eq!(listener.next().await, Change::Resource("a://d/e".into()));
        assert!(listener.next().now_or_never().is_none());
    }

    #[test]
    fn there_is_an_end_to_listeners_and_to_what_one_watches() {
        let announcer = Announcer::default();
        let listeners: Vec<_> = (0..LISTENERS_MAX).map(|_| announcer.listen([]).unwrap()).collect();
        assert!(announcer.listen([]).is_none());
        drop(listeners);
        let listener = announcer.listen([]).unwrap();
        assert!((0..WATCHED_MAX).all(|number| listener.watch(&format!("a://{number}"))));
        assert!(!listener.watch("a://one-more") && listener.watch("a://0"));
    }
}
