//! The origin of calls of one caller: several people may share its name, and the audit trail tells them apart.

use std::sync::Arc;

use super::digest;

/// Digests of what tells people apart who share a caller's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallOrigin {
    /// The conversation with this server's own chat or contact assistant.
    pub chat: Option<Arc<str>>,
    /// The actor of HubSpot's inbox whose message is answered.
    pub actor: Option<Arc<str>>,
}

impl CallOrigin {
    /// The same, of the conversation with this id.
    #[must_use]
    pub fn of_chat(self, id: &str) -> CallOrigin {
        CallOrigin { chat: Some(digest::short(id).into()), ..self }
    }

    /// The same, for a message of this actor, such as `V-51`.
    #[must_use]
    pub fn of_actor(self, actor: &str) -> CallOrigin {
        CallOrigin { actor: Some(digest::short(actor).into()), ..self }
    }
}
