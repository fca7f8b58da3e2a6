//! What a conversation remembers from turn to turn, as another process can take it up. What the desk itself knows is not part
//! of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::brain::FinishedCall;
use super::chat_state::ChatState;
use super::conversation::Conversation;
use super::guardrails::Guardrails;
use super::handoff_relay::HandoffRelay;
use super::handoff_request::Pending;
use super::language::Language;
use super::links::Hosts;
use crate::tool::on_behalf_of::OnBehalfOf;
use domain::email::Email;

/// The memory. An older program knows fewer parts, a newer one more: those that are missing are as at the beginning.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ChatMemory {
    conversation: Conversation,
    guardrails: Guardrails,
    deeds: Vec<FinishedCall>,
    hosts: Hosts,
    language: Language,
    usual: Language,
    spoken: Option<Language>,
    hand_over: Pending,
    person: Option<HandoffRelay>,
    offered: Vec<String>,
    /// The address that the visitor claims.
    #[serde(serialize_with = "written")]
    claimed: Option<Email>,
    /// The memories of the brains, by their names.
    pub(super) brains: BTreeMap<String, Value>,
}

impl ChatMemory {
    /// The memory of a conversation with these brains.
    pub(super) fn of(talk: &ChatState, brains: BTreeMap<String, Value>) -> ChatMemory {
        let claimed = match talk.visitor.on_behalf_of() {
            OnBehalfOf::Claimed { address } => Some(address.clone()),
            _ => None,
        };
        ChatMemory {
            conversation: talk.conversation.clone(),
            guardrails: talk.guardrails.clone(),
            deeds: talk.deeds.clone(),
            hosts: talk.hosts.clone(),
            language: talk.language,
            usual: talk.usual,
            spoken: talk.spoken,
            hand_over: talk.hand_over.clone(),
            person: talk.person.clone(),
            offered: talk.offered.clone(),
            claimed,
            brains,
        }
    }

    /// Has a conversation remember this; what is left are the memories of the brains.
    pub(super) fn restore(self, talk: &mut ChatState) -> BTreeMap<String, Value> {
        talk.conversation = self.conversation;
        talk.guardrails = self.guardrails;
        talk.deeds = self.deeds;
        talk.hosts = self.hosts;
        (talk.language, talk.usual, talk.spoken) = (self.language, self.usual, self.spoken);
        talk.hand_over = self.hand_over;
        talk.person = self.person;
        talk.offered = self.offered;
        if let Some(address) = self.claimed {
            talk.visitor.claim(address);
        }
        self.brains
    }
}

/// An address as it was written, which is not what a log line may have.
#[expect(clippy::ref_option, reason = "serde calls it so")]
fn written<S: Serializer>(address: &Option<Email>, serializer: S) -> Result<S::Ok, S::Error> {
    address.as_ref().map(Email::as_str).serialize(serializer)
}
