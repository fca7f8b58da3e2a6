//! All conversations of a page, by their tokens: bounded in number, also for each address, and forgotten when nobody uses
//! them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::room::{self, ByteLimits, Full, HeldConversation};
use super::visit::{RESTING_BYTES, Visit, VisitOwner};
use crate::web::settings::VisitorLimits;

/// The seconds for which a conversation must have been idle to make way for another one.
const MAKES_WAY_SECONDS: u64 = 60;

/// A key of the table: the token itself is not kept.
pub type Key = [u8; 32];

/// The conversations.
#[derive(Debug)]
pub struct Visits {
    limits: VisitorLimits,
    by_token: Mutex<HashMap<Key, Arc<Visit>>>,
}

impl Visits {
    /// No conversation yet.
    pub fn new(limits: VisitorLimits) -> Visits {
        Visits { limits, by_token: Mutex::default() }
    }

    /// Admits a conversation under the secret token that opens it; the one that has it already, if there is one. Those that nobody
    /// uses may make way, which are returned.
    ///
    /// # Errors
    /// [`Full`]; the conversation is not admitted.
    pub fn admit(&self, token: &str, visit: Arc<Visit>) -> Result<(Arc<Visit>, Vec<Arc<Visit>>), Full> {
        let mut all = self.by_token();
        if let Some(known) = all.get(&key(token)) {
            return Ok((known.clone(), vec![]));
        }
        let makes_way = self.making_way(&all, &visit.owner)?;
        let mut left = self.make_room(&mut all, &visit.owner, RESTING_BYTES, None)?;
        left.extend(makes_way.and_then(|key| all.remove(&key)));
        all.insert(key(token), visit.clone());
        metrics::gauge!("chat_conversations").set(all.len() as f64);
        Ok((visit, left))
    }

    /// Makes room for so many bytes more of a conversation. Others that nobody uses may make way, which are returned.
    ///
    /// # Errors
    /// [`Full`]; nothing has ended.
    pub fn make_room_for(&self, visit: &Visit, more: usize) -> Result<Vec<Arc<Visit>>, Full> {
        self.make_room(&mut self.by_token(), &visit.owner, more, Some(visit))
    }

    /// The conversation that a token opens.
    pub fn get(&self, token: &str) -> Option<Arc<Visit>> {
        self.by_token().get(&key(token)).cloned()
    }

    /// Forgets the conversation of a token.
    pub fn remove(&self, token: &str) -> Option<Arc<Visit>> {
        let mut all = self.by_token();
        let removed = all.remove(&key(token));
        metrics::gauge!("chat_conversations").set(all.len() as f64);
        removed
    }

    /// The conversations that nobody has used for long.
    pub fn idle(&self) -> Vec<(Key, Arc<Visit>)> {
        let all = self.by_token();
        all.iter().filter(|(_, visit)| self.is_idle(visit)).map(|(key, visit)| (*key, visit.clone())).collect()
    }

    fn is_idle(&self, visit: &Visit) -> bool {
        visit.idle_seconds() > self.limits.idle().as_secs().saturating_mul(u64::from(visit.patience()))
    }

    /// Forgets the conversation with this key, unless somebody uses it again; true if so.
    pub fn forget_idle(&self, key: Key) -> bool {
        let mut all = self.by_token();
        let is_idle = all.get(&key).is_some_and(|visit| self.is_idle(visit));
        let is_removed = is_idle && all.remove(&key).is_some();
        metrics::gauge!("chat_conversations").set(all.len() as f64);
        is_removed
    }

    /// Every conversation.
    pub fn all(&self) -> Vec<Arc<Visit>> {
        self.by_token().values().cloned().collect()
    }

    /// The conversation that has to end so that this owner may begin one more, if one has to.
    fn making_way(&self, all: &HashMap<Key, Arc<Visit>>, owner: &VisitOwner) -> Result<Option<Key>, Full> {
        let own = all.values().filter(|visit| visit.owner == *owner).count();
        let full = match () {
            () if own >= self.limits.conversations_per_address => Full::OfAddress,
            () if all.len() >= self.limits.conversations => Full::InAll,
            () => return Ok(None),
        };
        let may_go = |visit: &Visit| (full == Full::InAll || visit.owner == *owner) && may_end(visit);
        let idle = all.iter().filter(|(_, visit)| may_go(visit)).max_by_key(|(_, visit)| visit.idle_seconds());
        idle.map(|(key, _)| Some(*key)).ok_or(full)
    }

    /// Ends the conversations that have to, so that this owner may hold `more` bytes; `but` goes on.
    fn make_room(
        &self,
        all: &mut HashMap<Key, Arc<Visit>>,
        owner: &VisitOwner,
        more: usize,
        but: Option<&Visit>,
    ) -> Result<Vec<Arc<Visit>>, Full> {
        let held: Vec<_> = all
            .iter()
            .map(|(key, visit)| HeldConversation {
                key: *key,
                bytes: visit.bytes(),
                is_own: visit.owner == *owner,
                idle_seconds: (!but.is_some_and(|but| std::ptr::eq(but, Arc::as_ptr(visit))) && may_end(visit))
                    .then(|| visit.idle_seconds()),
            })
            .collect();
        let limits = ByteLimits { in_all: self.limits.bytes, of_owner: self.limits.bytes_per_address };
        let ending = room::ending(&held, more, limits)?;
        metrics::gauge!("chat_conversation_bytes").set(held.iter().map(|one| one.bytes).sum::<usize>() as f64);
        Ok(ending.iter().filter_map(|key| all.remove(key)).collect())
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn by_token(&self) -> MutexGuard<'_, HashMap<Key, Arc<Visit>>> {
        self.by_token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// True for a conversation that nobody has, waits in or has used lately.
fn may_end(visit: &Visit) -> bool {
    !visit.is_with_person() && !visit.is_at_work() && visit.idle_seconds() >= MAKES_WAY_SECONDS
}

/// A new token. Each has 122 random bits of the operating system thrice; the hash spreads them over its 256.
pub fn new_token() -> String {
    let random = [(); 3].map(|()| Uuid::new_v4().into_bytes()).concat();
    URL_SAFE_NO_PAD.encode(Sha256::digest(random))
}

fn key(token: &str) -> Key {
    Sha256::digest(token).into()
}
