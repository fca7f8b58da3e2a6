//! The place of one conversation in the store that replicas share, and the desk that goes on with what it finds there.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::value::RawValue;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use super::kept::{self, KeptVisit};
use crate::change_feed::{Change, ChangeFeed, Subscription};
use crate::chat::desk::{Beginning, ChatDesk};
use crate::chat::turn::Chat;
use crate::chat::write_gate::WriteGate;
use crate::seal::Seal;
use crate::store::chat_conversations::{ChatChange, ChatExpiry, ChatLease, ChatVersion, StoredChat};
use crate::store::{Error, Store};
use crate::tool::caller::Caller;

/// The life of a lease: so long after a replica has died another one goes on.
pub const LEASE_LIFE: Duration = Duration::from_secs(15);
/// The pause between two renewals of a lease.
pub const RENEW_EVERY: Duration = Duration::from_secs(5);
/// What changes in conversations is told to other replicas as changes of resources with such names.
const NAME: &str = "chat-conversation://";

/// The way of a page's conversations into the store. Clones share it.
#[derive(Clone, Debug)]
pub struct ChatSharing {
    store: Store,
    changes: ChangeFeed,
    desk: ChatDesk,
    /// The run of this process, which no other one has.
    holder: Arc<str>,
    /// The beginning of the ids of callers.
    prefix: &'static str,
    kept: Duration,
}

impl ChatSharing {
    /// The way into the store of a desk, where replicas use it; `None` elsewhere. Conversations are kept for so long; the callers
    /// of their tools have names that begin with `prefix`.
    pub fn of(desk: &ChatDesk, prefix: &'static str, replica: Option<&str>, kept: Duration) -> Option<ChatSharing> {
        let ctx = desk.server().context();
        let location = ctx.store.location();
        // A file is shared where the operator has named several processes.
        let is_shared = location.is_for_replicas() || (location.is_shared() && replica.is_some());
        let holder = Uuid::new_v4().simple().to_string().into();
        let (store, changes) = (ctx.store.clone(), ctx.changes.clone());
        is_shared.then(|| ChatSharing { store, changes, desk: desk.clone(), holder, prefix, kept })
    }

    /// True if the store surely has the conversations of all replicas.
    pub fn has_all(&self) -> bool {
        self.store.location().is_for_replicas()
    }

    /// The place of the conversation with this token; `None` if it cannot be sealed.
    pub fn place(&self, token: &str) -> Option<SharedPlace> {
        let (digest, seal) = (kept::digest(token), kept::seal(token)?);
        let (version, unconfirmed) = (Mutex::default(), std::sync::Mutex::default());
        Some(SharedPlace { sharing: self.clone(), digest, seal, version, unconfirmed })
    }

    /// The desk's side of a kept conversation; `None` if it cannot be read.
    pub fn chat(&self, kept: &KeptVisit, staff: Option<Caller>) -> Option<Chat> {
        let proved = match &kept.began.proved {
            Some((contact, address)) => Some((contact.clone(), address.parse().ok()?)),
            None => None,
        };
        let (language, time_zone) = (kept.began.language, kept.began.time_zone.clone());
        let beginning = Beginning { language, welcome: None, time_zone, proved, staff };
        let (mut chat, _greeting) = self.desk.begin_as(&format!("{}{}", self.prefix, kept.conversation), beginning);
        chat.remember(kept.chat.get()).then_some(chat)
    }
}

/// The place of one conversation.
#[derive(Debug)]
pub struct SharedPlace {
    sharing: ChatSharing,
    digest: String,
    seal: Seal,
    /// The version that is known here; 0 before the first is stored.
    version: Mutex<i64>,
    /// The sealed text of a change of which nobody knows whether it is stored.
    unconfirmed: std::sync::Mutex<Option<String>>,
}

/// A conversation as it was found in the store.
#[derive(Debug)]
pub struct Found {
    /// The row.
    pub row: StoredChat,
    /// Its content.
    pub kept: KeptVisit,
}

impl SharedPlace {
    /// The version that is known here. Held while the store is asked: whoever changes the conversation here waits in turn.
    pub async fn version(&self) -> MutexGuard<'_, i64> {
        self.version.lock().await
    }

    /// The same, unless somebody changes the conversation here just now.
    pub fn version_if_free(&self) -> Option<MutexGuard<'_, i64>> {
        self.version.try_lock().ok()
    }

    /// The conversation as it is kept now; `None` if it is not, or not for this token.
    pub async fn find(&self) -> Result<Option<Found>, Error> {
        let row = self.sharing.store.chat(&self.digest).await?;
        Ok(row.and_then(|row| Some(Found { kept: KeptVisit::open(&self.seal, &self.digest, &row.sealed)?, row })))
    }

    /// The newest version, of a conversation that is used.
    pub async fn newest(&self, patience: u32) -> Result<Option<ChatVersion>, Error> {
        self.sharing.store.chat_version(&self.digest, self.sharing.kept * patience).await
    }

    /// Stores a conversation after the version `follows`, and tells other replicas of it; its version. `None` if another replica
    /// has changed it, or works in it.
    pub async fn put(&self, kept: &KeptVisit, change: Put) -> Result<Option<i64>, Error> {
        let sealed =
            kept.sealed(&self.seal, &self.digest).ok_or_else(|| Error::Failed("nothing can be sealed".into()))?;
        let contact = kept.began.proved.as_ref().map(|(contact, _)| contact.to_string()).unwrap_or_default();
        let change = ChatChange {
            token: self.digest.clone(),
            follows: change.follows,
            holder: self.sharing.holder.to_string(),
            lease: change.lease,
            keeps_wrote: change.keeps_wrote,
            contact,
            sealed,
            kept: self.sharing.kept * change.patience,
        };
        let stored = self.store(change).await?;
        if stored.is_some() {
            self.sharing.changes.announce(self.name());
        }
        Ok(stored)
    }

    /// Stores a change. One whose answer was lost may be stored all the same: nobody else seals a text like it, so that the row
    /// tells.
    async fn store(&self, change: ChatChange) -> Result<Option<i64>, Error> {
        let store = &self.sharing.store;
        match store.change_chat(change.clone()).await {
            Ok(Some(version)) => {
                *self.unconfirmed() = None;
                Ok(Some(version))
            }
            Ok(None) => {
                let before = self.unconfirmed().clone();
                let follows = self.version_of(before).await?;
                *self.unconfirmed() = None;
                match follows {
                    // The change before is not known here: this one follows it.
                    Some(follows) => store.change_chat(ChatChange { follows, ..change }).await,
                    None => Ok(None),
                }
            }
            Err(error) => match self.version_of(Some(change.sealed.clone())).await {
                Ok(Some(version)) => Ok(Some(version)),
                Ok(None) => Err(error),
                Err(_) => {
                    *self.unconfirmed() = Some(change.sealed);
                    Err(error)
                }
            },
        }
    }

    /// The version that has this sealed text, if it is the newest.
    async fn version_of(&self, sealed: Option<String>) -> Result<Option<i64>, Error> {
        let Some(sealed) = sealed else { return Ok(None) };
        let row = self.sharing.store.chat(&self.digest).await?;
        Ok(row.filter(|row| row.sealed == sealed).map(|row| row.version))
    }

    fn unconfirmed(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.unconfirmed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Renews the lease; false if this process has none any more.
    pub async fn renew(&self, life: Duration) -> Result<bool, Error> {
        self.sharing.store.renew_chat(&self.digest, &self.sharing.holder, life).await
    }

    /// Forgets the conversation; other replicas are told.
    pub async fn end(&self) -> Result<(), Error> {
        self.sharing.store.end_chat(&self.digest).await?;
        self.sharing.changes.announce(self.name());
        Ok(())
    }

    /// Forgets the conversation, if this is the newest version and this process has it; true if so. Other replicas are told.
    pub async fn end_own(&self, version: i64) -> Result<bool, Error> {
        let ended = self.sharing.store.end_own_chat(&self.digest, version, &self.sharing.holder).await?;
        if ended {
            self.sharing.changes.announce(self.name());
        }
        Ok(ended)
    }

    /// Forgets a conversation of this version, if nobody has used it for long.
    pub async fn expire(&self, version: i64) -> Result<ChatExpiry, Error> {
        self.sharing.store.expire_chat(&self.digest, version).await
    }

    /// Changes from now on, at whichever replica; `None` if there are too many who want to be told.
    pub fn changes(&self) -> Option<Subscription> {
        self.sharing.changes.subscribe([Change::Resource(self.name())])
    }

    /// The desk's side of a kept conversation, with the gate before what it writes.
    pub fn chat(&self, kept: &KeptVisit, staff: Option<Caller>) -> Option<Chat> {
        let mut chat = self.sharing.chat(kept, staff)?;
        chat.guard(self.gate());
        Some(chat)
    }

    /// The gate before what is written in the conversation.
    pub fn gate(&self) -> Arc<dyn WriteGate> {
        let ChatSharing { store, holder, .. } = self.sharing.clone();
        Arc::new(Gate { store, holder, digest: self.digest.clone() })
    }

    fn name(&self) -> String {
        format!("{NAME}{}", self.digest)
    }
}

/// The way in which a conversation is stored.
#[derive(Clone, Copy, Debug)]
pub struct Put {
    /// The version before; 0 for a new conversation.
    pub follows: i64,
    /// The lease from now on.
    pub lease: ChatLease,
    /// A turn goes on, and what it may have written counts.
    pub keeps_wrote: bool,
    /// Factor of the time for which it is kept.
    pub patience: u32,
}

/// The memory of a conversation, as it is kept.
pub fn memory(chat: &Chat) -> Arc<RawValue> {
    let memory = RawValue::from_string(chat.memory());
    memory.expect("a memory is JSON that this program has written").into()
}

#[derive(Debug)]
struct Gate {
    store: Store,
    holder: Arc<str>,
    digest: String,
}

impl WriteGate for Gate {
    fn may_write(&self) -> BoxFuture<'_, bool> {
        self.store.chat_writes(&self.digest, &self.holder, LEASE_LIFE).map(|held| held == Ok(true)).boxed()
    }
}
