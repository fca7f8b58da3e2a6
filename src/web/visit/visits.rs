//! All conversations of a page, by their tokens: bounded in number, also for each address, and forgotten when nobody uses
//! them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::visit::{Visit, VisitOwner};
use crate::web::settings::VisitorLimits;

/// The seconds for which a conversation must have been idle to make way for another one.
const MAKES_WAY_SECONDS: u64 = 60;
/// Factor by which a conversation that a person has may stay idle longer than others.
const PATIENCE_WITH_PERSON: u64 = 4;

/// A key of the table: the token itself is not kept.
type Key = [u8; 32];

/// The conversations.
#[derive(Debug)]
pub struct Visits {
    limits: VisitorLimits,
    by_token: Mutex<HashMap<Key, Arc<Visit>>>,
}

/// The reason why no conversation can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// This address has too many.
    OfAddress,
    /// There are too many in all.
    InAll,
}

impl Visits {
    /// No conversation yet.
    pub fn new(limits: VisitorLimits) -> Visits {
        Visits { limits, by_token: Mutex::default() }
    }

    /// Admits a conversation, with the secret token that opens it. One that nobody uses may make way, which is returned.
    ///
    /// # Errors
    /// [`Full`]; the conversation is not admitted.
    pub fn admit(&self, visit: Arc<Visit>) -> Result<(String, Option<Arc<Visit>>), Full> {
        let mut all = self.by_token();
        let left = self.make_way(&mut all, &visit.owner)?;
        // Each has 122 random bits of the operating system; the hash spreads them over its 256.
        let random = [(); 3].map(|()| Uuid::new_v4().into_bytes()).concat();
        let token = URL_SAFE_NO_PAD.encode(Sha256::digest(random));
        all.insert(key(&token), visit);
        metrics::gauge!("chat_conversations").set(all.len() as f64);
        Ok((token, left))
    }

    /// The conversation that a token opens.
    pub fn get(&self, token: &str) -> Option<Arc<Visit>> {
        self.by_token().get(&key(token)).cloned()
    }

    /// Forgets the conversation of a token.
    pub fn remove(&self, token: &str) -> Option<Arc<Visit>> {
        self.by_token().remove(&key(token))
    }

    /// Forgets the conversations that nobody has used for long.
    pub fn take_idle(&self) -> Vec<Arc<Visit>> {
        let idle_seconds_max = self.limits.idle_minutes * 60;
        let is_idle = |visit: &Visit| {
            let patience = if visit.is_with_person() { PATIENCE_WITH_PERSON } else { 1 };
            visit.idle_seconds() > idle_seconds_max * patience
        };
        let mut all = self.by_token();
        let idle: Vec<_> = all.extract_if(|_, visit| is_idle(visit)).map(|(_, visit)| visit).collect();
        metrics::gauge!("chat_conversations").set(all.len() as f64);
        idle
    }

    /// Every conversation.
    pub fn all(&self) -> Vec<Arc<Visit>> {
        self.by_token().values().cloned().collect()
    }

    fn make_way(&self, all: &mut HashMap<Key, Arc<Visit>>, owner: &VisitOwner) -> Result<Option<Arc<Visit>>, Full> {
        let own = all.values().filter(|visit| visit.owner == *owner).count();
        let full = match () {
            () if own >= self.limits.conversations_per_address => Full::OfAddress,
            () if all.len() >= self.limits.conversations => Full::InAll,
            () => return Ok(None),
        };
        let may_go = |visit: &Visit| {
            (full == Full::InAll || visit.owner == *owner)
                && !visit.is_with_person()
                && visit.idle_seconds() >= MAKES_WAY_SECONDS
        };
        let idle = all.iter().filter(|(_, visit)| may_go(visit)).max_by_key(|(_, visit)| visit.idle_seconds());
        let key = idle.map(|(key, _)| *key).ok_or(full)?;
        Ok(all.remove(&key))
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn by_token(&self) -> MutexGuard<'_, HashMap<Key, Arc<Visit>>> {
        self.by_token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(token: &str) -> Key {
    Sha256::digest(token).into()
}
