//! The names of those who write in conversations, as HubSpot shows them.

use std::collections::BTreeMap;

use crate::records::excerpt;
use crate::tool::Ctx;
use hubspot_client::{Actor, ActorId};

/// Names by actor.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<ActorId, Actor>);

impl Names {
    /// Those of these actors, in one request. Without them a conversation can still be read, so a failure gives none.
    pub async fn of(ctx: &Ctx, ids: impl IntoIterator<Item = ActorId>) -> Names {
        let ids: Vec<_> = ids.into_iter().collect();
        if ids.is_empty() {
            return Names::default();
        }
        Names(ctx.hubspot.conversations().actors(&ids).await.unwrap_or_default())
    }

    /// The name of an actor on one line; the e-mail address of one without a name.
    pub fn name(&self, id: &ActorId) -> Option<String> {
        let actor = self.0.get(id);
        let known = actor.and_then(|actor| actor.name.as_deref().or(actor.email.as_deref()));
        known.or_else(|| id.address()).map(excerpt::line).filter(|name| !name.trim().is_empty())
    }
}
