//! A conversation as the store keeps it for every replica: sealed with a key that its visitor's token makes. Pure.

use std::net::IpAddr;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::event::{VisitEvent, VisitState};
use super::incoming::Incoming;
use crate::chat::language::Language;
use crate::seal::Seal;
use domain::id::RecordId;

/// The purpose of the key that seals conversations.
const PURPOSE: &str = "frontdesk: conversation of the chat page";

/// A conversation. Parts that an older program does not know it leaves out; those that are missing are as at the beginning.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptVisit {
    /// The public id.
    pub conversation: String,
    /// The id that the program which began it knows it by.
    #[serde(default)]
    pub reference: Option<String>,
    /// The party that began it.
    pub owner: KeptOwner,
    /// The visitor has proved who they are.
    #[serde(default)]
    pub verified: bool,
    /// What the desk began it with.
    #[serde(default)]
    pub began: Began,
    /// The language in which the visitor is spoken to.
    #[serde(default)]
    pub language: Language,
    /// The messages that are shown.
    pub events: Vec<Arc<VisitEvent>>,
    /// The state.
    pub state: VisitState,
    /// What waits to be answered; a turn may have begun to answer the first.
    #[serde(default)]
    pub waiting: Vec<Arc<Incoming>>,
    /// The turn of the first was cut off after it may have written something: it is not repeated.
    #[serde(default)]
    pub is_unclear: bool,
    /// The bytes that the visitor has written.
    #[serde(default)]
    pub written: usize,
    /// What the desk remembers, as it was before the turn under way.
    pub chat: Arc<RawValue>,
}

/// The party that began a conversation, as far as it must be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptOwner {
    /// A visitor at this address.
    Address(IpAddr),
    /// A member of staff: a digest of the rights of their token, which they show again.
    Staff(String),
}

/// What the desk begins a conversation with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Began {
    /// The language that was asked for.
    pub language: Option<Language>,
    /// The visitor's time zone, by its name.
    pub time_zone: Option<String>,
    /// The contact that they have proved to be, with the address that was proved.
    pub proved: Option<(RecordId, String)>,
}

/// The digest by which the store finds the conversation of a token.
pub fn digest(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The seal of a token; `None` if the cipher cannot be used.
pub fn seal(token: &str) -> Option<Seal> {
    Seal::of(&SecretString::from(token), PURPOSE)
}

impl KeptVisit {
    /// The conversation, sealed for the place with this digest.
    pub fn sealed(&self, seal: &Seal, digest: &str) -> Option<String> {
        seal.close(digest, &SecretString::from(serde_json::to_string(self).ok()?))
    }

    /// Opens what was sealed for the place with this digest.
    pub fn open(seal: &Seal, digest: &str, sealed: &str) -> Option<KeptVisit> {
        serde_json::from_str(seal.open(digest, sealed)?.expose_secret()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::visit::event::{From, VisitMessage};

    #[test]
    fn only_the_token_opens_what_was_said() {
        let said = VisitEvent {
            number: 7,
            at: "2026-12-01T13:00:00.000Z".into(),
            from: From::Visitor,
            said: VisitMessage { id: Some("m1".into()), ..VisitMessage::text("My robot beeps") },
        };
        let kept = KeptVisit {
            conversation: "c".into(),
            reference: None,
            owner: KeptOwner::Address("10.0.0.7".parse().unwrap()),
            verified: false,
            began: Began::default(),
            language: Language::German,
            events: vec![Arc::new(said.clone())],
            state: VisitState::default(),
            waiting: vec![Arc::new(Incoming::Text("My robot beeps".into()))],
            is_unclear: false,
            written: 14,
            chat: RawValue::from_string("{}".into()).unwrap().into(),
        };
        let [own, other] = ["token-1", "token-2"].map(|token| (seal(token).unwrap(), digest(token)));
        let sealed = kept.sealed(&own.0, &own.1).unwrap();
        assert!(!sealed.contains("robot") && !own.1.contains("token"));
        let opened = KeptVisit::open(&own.0, &own.1, &sealed).unwrap();
        assert_eq!((opened.language, &*opened.events[0]), (Language::German, &said));
        assert!(KeptVisit::open(&other.0, &own.1, &sealed).is_none(), "another token");
        assert!(KeptVisit::open(&own.0, &other.1, &sealed).is_none(), "another place");
    }
}
