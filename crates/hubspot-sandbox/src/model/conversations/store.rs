//! All conversations of an account.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::channel::{ChannelAccount, ChannelId};
use super::hex_id::hex_id;
use super::inbox::Inbox;
use super::thread::Thread;
use super::visitor::Visitor;

/// Ids of the first thread and the first visitor, about as large as in real accounts.
const FIRST_THREAD_ID: u64 = 6_065_362_089;
const FIRST_VISITOR_ID: u64 = 904_118_300_201;
/// Kind of the ids of messages.
const MESSAGE_KIND: u64 = 1;

#[derive(Clone, Debug)]
pub(crate) struct Conversations {
    pub(crate) inboxes: Vec<Inbox>,
    pub(crate) accounts: Vec<ChannelAccount>,
    /// A snapshot shares them.
    threads: BTreeMap<u64, Arc<Thread>>,
    visitors: BTreeMap<u64, Visitor>,
    pub(crate) next_thread_id: u64,
    pub(crate) next_visitor_id: u64,
    /// Number of messages, from which their ids come.
    pub(crate) messages_made: u64,
}

impl Default for Conversations {
    fn default() -> Conversations {
        Conversations {
            inboxes: Vec::new(),
            accounts: Vec::new(),
            threads: BTreeMap::new(),
            visitors: BTreeMap::new(),
            next_thread_id: FIRST_THREAD_ID,
            next_visitor_id: FIRST_VISITOR_ID,
            messages_made: 0,
        }
    }
}

impl Conversations {
    pub(crate) fn inbox(&self, id: u64) -> Option<&Inbox> {
        self.inboxes.iter().find(|inbox| inbox.id == id)
    }

    pub(crate) fn account(&self, id: u64) -> Option<&ChannelAccount> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// Returns the first account of a channel, in an inbox if one is given.
    pub(crate) fn account_of(&self, channel: ChannelId, inbox: Option<u64>) -> Option<&ChannelAccount> {
        let in_inbox = |account: &&ChannelAccount| inbox.is_none_or(|id| account.inbox_id == id);
        self.accounts.iter().filter(in_inbox).find(|account| account.channel_id == channel && !account.archived)
    }

    /// Finds a thread, in the trash or not.
    pub(crate) fn thread(&self, id: u64) -> Option<&Thread> {
        self.threads.get(&id).map(Arc::as_ref)
    }

    /// Returns all threads in the order of their ids.
    pub(crate) fn threads(&self) -> impl Iterator<Item = &Thread> {
        self.threads.values().map(Arc::as_ref)
    }

    pub(crate) fn insert(&mut self, thread: Thread) {
        self.threads.insert(thread.id, Arc::new(thread));
    }

    pub(crate) fn remove(&mut self, id: u64) {
        self.threads.remove(&id);
    }

    /// Changes a thread. An unknown id is ignored.
    pub(crate) fn change(&mut self, id: u64, change: impl FnOnce(&mut Thread)) {
        if let Some(thread) = self.threads.get_mut(&id) {
            change(Arc::make_mut(thread));
        }
    }

    pub(crate) fn visitor(&self, id: u64) -> Option<&Visitor> {
        self.visitors.get(&id)
    }

    pub(crate) fn visitors(&self) -> impl Iterator<Item = &Visitor> {
        self.visitors.values()
    }

    pub(crate) fn visitor_by_email(&self, email: &str) -> Option<&Visitor> {
        self.visitors.values().find(|one| one.email.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(email)))
    }

    pub(crate) fn insert_visitor(&mut self, visitor: Visitor) {
        self.visitors.insert(visitor.id, visitor);
    }

    /// Returns an unused id for a thread. Ids grow with gaps as in real accounts, but with the same gaps in every run.
    pub(crate) fn take_thread_id(&mut self) -> u64 {
        while self.threads.contains_key(&self.next_thread_id) {
            self.next_thread_id += 1;
        }
        let id = self.next_thread_id;
        self.next_thread_id += 1 + id % 7;
        id
    }

    /// Returns an unused id for a visitor.
    pub(crate) fn take_visitor_id(&mut self) -> u64 {
        while self.visitors.contains_key(&self.next_visitor_id) {
            self.next_visitor_id += 1;
        }
        let id = self.next_visitor_id;
        self.next_visitor_id += 1 + id % 5;
        id
    }

    /// Returns the id of the next message.
    pub(crate) fn take_message_id(&mut self) -> String {
        self.messages_made += 1;
        hex_id(MESSAGE_KIND, self.messages_made)
    }
}
