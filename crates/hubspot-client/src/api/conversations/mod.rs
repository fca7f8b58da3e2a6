//! HubSpot's inbox: threads of messages with customers, who writes them, and what can be done with them.
//!
//! HubSpot has no endpoint that begins a thread: threads come from channels (live chat, e-mail, forms).

pub(crate) mod actor;
mod change;
pub(crate) mod file;
pub(crate) mod inbox;
pub(crate) mod message;
pub(crate) mod message_list;
mod path;
mod recent_threads;
pub(crate) mod send;
pub(crate) mod thread;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::api::conversations::actor::{Actor, ActorId, ActorsState};
use crate::api::conversations::file::{NewFile, StoredFile};
use crate::api::conversations::inbox::{ChannelAccount, Inbox, InboxesState};
use crate::api::conversations::message::Message;
use crate::api::conversations::message_list::MessagePage;
use crate::api::conversations::recent_threads::RecentThreads;
use crate::api::conversations::send::{NewMessage, SendLocks};
use crate::api::conversations::thread::{Thread, ThreadPage, ThreadQuery, ThreadStatus};
use crate::error::Error;
use crate::record::Created;
use crate::settings::Settings;
use crate::transport::call_scope::CallScope;
use crate::writes::key_lock::KeyLock;
use domain::id::{ThreadId, UserId};

/// The threads, messages, inboxes and actors of the account.
#[derive(Debug)]
pub struct Conversations<'a> {
    pub(crate) state: &'a ConversationsState,
    pub(crate) scope: &'a CallScope,
}

/// The caches of inboxes and actors, the threads that were read lately, and the locks of those that are written to.
pub(crate) struct ConversationsState {
    inboxes: InboxesState,
    actors: ActorsState,
    locks: SendLocks,
    recent: RecentThreads,
}

impl ConversationsState {
    pub(crate) fn new(settings: &Settings) -> ConversationsState {
        ConversationsState {
            inboxes: InboxesState::new(settings),
            actors: ActorsState::new(settings),
            locks: SendLocks::default(),
            recent: RecentThreads::default(),
        }
    }
}

opaque_debug!(ConversationsState);

impl Conversations<'_> {
    /// Returns the inboxes and help desks, from the cache if they are in it.
    pub async fn inboxes(&self) -> Result<Arc<Vec<Inbox>>, Error> {
        self.state.inboxes.list(self.scope).await
    }

    /// Returns the accounts of all channels, such as a connected mailbox or a chat widget, from the cache if they are in it.
    pub async fn channel_accounts(&self) -> Result<Arc<Vec<ChannelAccount>>, Error> {
        self.state.inboxes.channel_accounts(self.scope).await
    }

    /// The same, read now: an account may have been switched off since.
    pub async fn channel_accounts_fresh(&self) -> Result<Arc<Vec<ChannelAccount>>, Error> {
        self.state.inboxes.forget_channel_accounts();
        self.channel_accounts().await
    }

    /// Reads one page of threads, in one request.
    pub async fn threads(&self, query: &ThreadQuery) -> Result<ThreadPage, Error> {
        thread::list(self.scope, query).await
    }

    /// Reads the threads of one inbox in which something was written or changed since `since`, oldest change first, in at
    /// most `pages_max` requests. `true` if these are all.
    pub async fn changed_threads(
        &self,
        inbox: &str,
        since: DateTime<Utc>,
        pages_max: usize,
    ) -> Result<(Vec<Thread>, bool), Error> {
        thread::changed(self.scope, inbox, since, pages_max).await
    }

    /// Reads a thread with the ticket that belongs to it; `None` if there is none, or it was deleted.
    pub async fn thread(&self, id: &ThreadId) -> Result<Option<Thread>, Error> {
        thread::one(self.scope, id).await
    }

    /// Reads the newest messages of a thread, oldest first, in as few requests as there are pages.
    pub async fn messages(&self, thread: &ThreadId) -> Result<MessagePage, Error> {
        message_list::list(self.scope, thread).await
    }

    /// Keeps a thread with its messages, oldest first, for the next [`Self::take_read`] within a minute. At most 500 threads
    /// and 8 MiB of texts are kept; what is beyond is not.
    pub fn keep_read(&self, thread: &Thread, messages: &[Message]) {
        self.state.recent.keep(thread, messages);
    }

    /// Takes a thread out that was kept less than a minute ago and with this message. Asks HubSpot for nothing.
    pub fn take_read(&self, thread: &ThreadId, newest: &str) -> Option<(Thread, Vec<Message>)> {
        self.state.recent.take(thread, newest)
    }

    /// Notes a message of this program, which has read what came before it.
    pub fn note_own(&self, thread: &ThreadId, message: &Message) {
        self.state.recent.note_own(thread, message);
    }

    /// True if the newest message that was noted with [`Self::note_own`] is of this time.
    pub fn is_own(&self, thread: &ThreadId, latest_at: DateTime<Utc>) -> bool {
        self.state.recent.is_own(thread, latest_at)
    }

    /// Reads one message; `None` if there is none.
    pub async fn message(&self, thread: &ThreadId, id: &str) -> Result<Option<Message>, Error> {
        message::one(self.scope, thread, id).await
    }

    /// Reads the whole text of a message that HubSpot has cut: plain and rich.
    pub async fn original_content(
        &self,
        thread: &ThreadId,
        id: &str,
    ) -> Result<(Option<String>, Option<String>), Error> {
        message::original(self.scope, thread, id).await
    }

    /// Returns the known ones of these actors, from the cache or in one request.
    pub async fn actors(&self, ids: &[ActorId]) -> Result<BTreeMap<ActorId, Actor>, Error> {
        self.state.actors.of(self.scope, ids).await
    }

    /// Writes a message to the customer, or a comment for colleagues. It is sent once and never again: after a lost answer
    /// it is looked for in the thread, and what stays unclear is [`Error::OutcomeUnknown`]. Messages of this process to
    /// one thread follow one after another.
    pub async fn send(&self, message: NewMessage) -> Result<Created<Message>, Error> {
        let lock = self.lock(&message.thread).await;
        self.send_locked(message, lock).await
    }

    /// Waits until no other call of this process writes into this thread.
    pub async fn lock(&self, thread: &ThreadId) -> KeyLock {
        self.state.locks.lock(thread).await
    }

    /// Sends as [`Conversations::send`] does, under the lock of the thread, which is held until the outcome is known.
    pub async fn send_locked(&self, mut message: NewMessage, lock: KeyLock) -> Result<Created<Message>, Error> {
        // Read under the lock: none of them can be the result of this send.
        if !self.scope.is_dry_run() {
            let there = message_list::list(self.scope, &message.thread).await?.messages;
            message.known.extend(there.into_iter().map(|one| one.id));
        }
        send::send(self.scope, message, lock).await
    }

    /// Sends under the lock of the thread, for a caller who has just read the thread's messages under it and names all of
    /// them as known: they are not read again.
    pub async fn send_known(&self, message: NewMessage, lock: KeyLock) -> Result<Created<Message>, Error> {
        send::send(self.scope, message, lock).await
    }

    /// Opens or closes a thread. Harmless to repeat.
    pub async fn set_status(&self, thread: &ThreadId, status: ThreadStatus) -> Result<(), Error> {
        change::set_status(self.scope, thread, status).await
    }

    /// Assigns a thread to a user, or to nobody. Harmless to repeat.
    pub async fn assign(&self, thread: &ThreadId, to: Option<&UserId>) -> Result<(), Error> {
        change::assign(self.scope, thread, to).await
    }

    /// Reads the name and the kind of a file; `None` if there is none.
    pub async fn file(&self, id: &str) -> Result<Option<StoredFile>, Error> {
        file::facts(self.scope, id).await
    }

    /// Stores a private file that a message can have as an attachment; returns its id. A second upload only makes a second
    /// file that nobody sees.
    pub async fn upload(&self, file: &NewFile) -> Result<String, Error> {
        file::upload(self.scope, file).await
    }
}
