//! Actors: whoever writes in a thread, by HubSpot's id with its prefix.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::path;
use crate::batching::cache::Cache;
use crate::error::Error;
use crate::settings::Settings;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use domain::id::UserId;

/// The most actors of one batch read.
const BATCH_MAX: usize = 100;

/// HubSpot's id of an actor, such as `A-2620022` (HubSpot, conversations: actor ids).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActorId(String);

/// The kind of an actor, by the prefix of its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// `A-`: a user of HubSpot.
    Agent,
    /// `B-`: a bot of a chatflow.
    Bot,
    /// `E-`: an e-mail address that belongs to no contact.
    Email,
    /// `I-`: an app.
    Integration,
    /// `L-`: HubSpot's own customer agent, a language model.
    Llm,
    /// `S-`: HubSpot itself.
    System,
    /// `V-`: a visitor, who may be a contact.
    Visitor,
    /// An actor whose prefix is none of the known ones.
    Unknown,
}

/// An actor with the name that HubSpot shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    /// Id with its prefix, such as `A-12345` for a user.
    pub id: ActorId,
    /// Name as HubSpot shows it; `None` for a visitor who is not known.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

impl ActorId {
    /// An id as HubSpot sent it.
    pub fn new(id: &str) -> ActorId {
        ActorId(id.to_owned())
    }

    /// The user with this id, as an agent.
    pub fn agent(user: &UserId) -> ActorId {
        ActorId(format!("A-{user}"))
    }

    /// The id as HubSpot writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind of the actor.
    pub fn kind(&self) -> ActorKind {
        match self.0.split_once('-').map(|(prefix, _)| prefix) {
            Some("A") => ActorKind::Agent,
            Some("B") => ActorKind::Bot,
            Some("E") => ActorKind::Email,
            Some("I") => ActorKind::Integration,
            Some("L") => ActorKind::Llm,
            Some("S") => ActorKind::System,
            Some("V") => ActorKind::Visitor,
            _ => ActorKind::Unknown,
        }
    }

    /// The user behind an agent.
    pub fn user(&self) -> Option<UserId> {
        self.0.strip_prefix("A-")?.parse().ok()
    }

    /// The address of an actor that is one.
    pub fn address(&self) -> Option<&str> {
        self.0.strip_prefix("E-")
    }
}

/// Without the address that the id may be.
impl fmt::Debug for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ActorKind::Email => f.write_str("E-…"),
            _ => f.write_str(&self.0),
        }
    }
}

/// Without name and address.
impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The cache of actors.
pub(crate) struct ActorsState(Cache<ActorId, Option<Actor>>);

impl ActorsState {
    pub(crate) fn new(settings: &Settings) -> ActorsState {
        ActorsState(Cache::new("actors", settings.owners_ttl))
    }

    /// The known ones of these actors.
    pub(super) async fn of(&self, scope: &CallScope, ids: &[ActorId]) -> Result<BTreeMap<ActorId, Actor>, Error> {
        let mut found: BTreeMap<_, Option<Actor>> = BTreeMap::new();
        for id in ids.iter().filter(|id| id.kind() != ActorKind::Unknown) {
            if let Some(actor) = self.0.stored(id) {
                found.insert(id.clone(), actor);
            }
        }
        let mut unread: Vec<_> = ids.iter().filter(|id| !found.contains_key(*id)).cloned().collect();
        unread.sort();
        unread.dedup();
        for batch in unread.chunks(BATCH_MAX) {
            let mut read = read(scope, batch).await?;
            for id in batch {
                let actor = read.remove(id);
                self.0.insert(id.clone(), actor.clone());
                found.insert(id.clone(), actor);
            }
        }
        Ok(found.into_iter().filter_map(|(id, actor)| Some((id, actor?))).collect())
    }
}

async fn read(scope: &CallScope, ids: &[ActorId]) -> Result<BTreeMap<ActorId, Actor>, Error> {
    let body = json!({ "inputs": ids.iter().map(ActorId::as_str).collect::<Vec<_>>() });
    let request = ApiRequest::query(path::FAMILY, path::of(scope, "/actors/batch/read"), &body);
    let answer = scope.send(Bucket::General, &request).await?;
    let results = answer["results"].as_array().ok_or_else(|| AttemptError::unreadable("it has no list of results"))?;
    Ok(results.iter().filter_map(actor).map(|actor| (actor.id.clone(), actor)).collect())
}

fn actor(value: &Value) -> Option<Actor> {
    let text = |field: &str| value[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Actor { id: ActorId(text("id")?), name: text("name"), email: text("email") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_tells_the_kind() {
        for (id, kind) in [
            ("A-2620022", ActorKind::Agent),
            ("B-7", ActorKind::Bot),
            ("E-leslie@pawnee.example", ActorKind::Email),
            ("I-54321", ActorKind::Integration),
            ("L-1", ActorKind::Llm),
            ("S-hubspot", ActorKind::System),
            ("V-1401", ActorKind::Visitor),
            ("X-1", ActorKind::Unknown),
            ("A", ActorKind::Unknown),
        ] {
            assert_eq!(ActorId::new(id).kind(), kind, "{id}");
        }
        assert_eq!(ActorId::agent(&UserId::from(2_620_022)), ActorId::new("A-2620022"));
        assert_eq!(ActorId::new("A-2620022").user(), Some(UserId::from(2_620_022)));
        assert_eq!(ActorId::new("V-1401").user(), None);
        assert_eq!(format!("{:?}", ActorId::new("E-leslie@pawnee.example")), "E-…");
    }
}
