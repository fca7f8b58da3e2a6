//! Conversations that this process has answered lately: their brains remember more than the store does.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::say::Utterance;
use crate::chat::turn::Chat;

/// The most conversations that are kept; of more, the one that was used longest ago is forgotten.
const KEPT_MAX: usize = 500;
/// The most bytes that they hold together, about.
const KEPT_BYTES_MAX: usize = 64 << 20;

/// A conversation with its brain.
#[derive(Debug)]
pub struct Live {
    /// Chat with its brain's state, from which the next turn goes on.
    pub chat: Chat,
    /// Its tools change nothing: what is said is only proposed.
    pub is_draft: bool,
    /// The sender whose conversation it is, by HubSpot's id of actors.
    pub customer: Option<String>,
    /// The newest message of the customer that it has dealt with. Where the store knows another one, another process has gone
    /// on, and this one is of no use.
    pub handled: Option<String>,
    /// The reply to a message of the customer that could not be sent.
    pub prepared: Option<(String, Utterance)>,
}

/// The conversations by their ids. Each is taken out while it is used.
#[derive(Debug, Default)]
pub struct LiveChats(Mutex<KeptConversation>);

#[derive(Debug, Default)]
struct KeptConversation {
    chats: HashMap<String, KeptChat>,
    uses: u64,
}

#[derive(Debug)]
struct KeptChat {
    /// The number of its last use.
    used: u64,
    bytes: usize,
    live: Live,
}

impl KeptConversation {
    fn is_full(&self) -> bool {
        let bytes: usize = self.chats.values().map(|kept| kept.bytes).sum();
        self.chats.len() > KEPT_MAX || (bytes > KEPT_BYTES_MAX && self.chats.len() > 1)
    }
}

impl LiveChats {
    /// Takes a conversation out, if it is the one that the store knows.
    pub fn take(&self, thread: &str, handled: Option<&str>) -> Option<Live> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let KeptChat { live, .. } = kept.chats.remove(thread)?;
        (live.handled.as_deref() == handled).then_some(live)
    }

    /// Puts a conversation back.
    pub fn put(&self, thread: &str, live: Live) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let used = kept.uses;
        kept.chats.insert(thread.to_owned(), KeptChat { used, bytes: live.chat.bytes(), live });
        while kept.is_full()
            && let Some(oldest) = kept.chats.iter().min_by_key(|(_, kept)| kept.used).map(|(id, _)| id.clone())
        {
            kept.chats.remove(&oldest);
        }
    }

    /// Forgets a conversation.
    pub fn forget(&self, thread: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).chats.remove(thread);
    }
}
