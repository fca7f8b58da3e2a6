//! The names of those who write in conversations, as HubSpot shows them.

use std::collections::BTreeMap;

use crate::records::excerpt;
use crate::tool::Ctx;
use hubspot_client::{Actor, ActorId};

/// Names of people, by actor.
#[derive(Debug, Default)]
pub struct ActorNames(BTreeMap<ActorId, Actor>);

impl ActorNames {
    /// Those of these actors, in one request. Without them a conversation can still be read, so a failure gives none.
    pub async fn of(ctx: &Ctx, ids: impl IntoIterator<Item = ActorId>) -> ActorNames {
        let ids: Vec<_> = ids.into_iter().collect();
        if ids.is_empty() {
            return ActorNames::default();
        }
        ActorNames(ctx.hubspot.conversations().actors(&ids).await.unwrap_or_default())
    }

    /// The name of an actor on one line; the e-mail address of one without a name.
    pub fn name(&self, id: &ActorId) -> Option<String> {
        let actor = self.0.get(id);
        let known = actor.and_then(|actor| actor.name.as_deref().or(actor.email.as_deref()));
        known.or_else(|| id.address()).map(excerpt::line).filter(|name| !name.trim().is_empty())
    }
}
