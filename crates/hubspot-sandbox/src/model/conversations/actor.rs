//! Actors: those who write or are assigned. The letter of an actor id says what the actor is.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest name after the letter, which is longer than any e-mail address.
const NAME_MAX: usize = 320;

/// The id of an actor, as HubSpot writes it: `A-2620022`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) enum ActorId {
    /// A user of the account.
    Agent(u64),
    /// A chatflow's bot.
    Bot(String),
    /// An e-mail address without a contact.
    Email(String),
    /// An app, by its id: prefix `I-`.
    Integration(u64),
    /// HubSpot's own customer agent, a language model.
    Llm(String),
    System,
    /// A contact, or a visitor who is not one yet.
    Visitor(u64),
}

/// The text is not the id of an actor.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an actor id; expected one like `A-2620022`")]
pub(crate) struct NoActorId(String);

impl FromStr for ActorId {
    type Err = NoActorId;

    fn from_str(text: &str) -> Result<ActorId, NoActorId> {
        let unknown = || NoActorId(text.chars().take(NAME_MAX).collect());
        let (letter, name) = text.split_once('-').ok_or_else(unknown)?;
        let number = || name.parse().map_err(|_| unknown());
        match letter {
            _ if name.is_empty() || name.len() > NAME_MAX => Err(unknown()),
            "A" => Ok(ActorId::Agent(number()?)),
            "B" => Ok(ActorId::Bot(name.to_owned())),
            "E" => Ok(ActorId::Email(name.to_owned())),
            "I" => Ok(ActorId::Integration(number()?)),
            "L" => Ok(ActorId::Llm(name.to_owned())),
            "S" if name == "hubspot" => Ok(ActorId::System),
            "V" => Ok(ActorId::Visitor(number()?)),
            _ => Err(unknown()),
        }
    }
}

impl TryFrom<String> for ActorId {
    type Error = NoActorId;

    fn try_from(text: String) -> Result<ActorId, NoActorId> {
        text.parse()
    }
}

impl From<ActorId> for String {
    fn from(id: ActorId) -> String {
        id.to_string()
    }
}

impl Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ActorId::Agent(user_id) => write!(f, "A-{user_id}"),
            ActorId::Bot(name) => write!(f, "B-{name}"),
            ActorId::Email(address) => write!(f, "E-{address}"),
            ActorId::Integration(app_id) => write!(f, "I-{app_id}"),
            ActorId::Llm(name) => write!(f, "L-{name}"),
            ActorId::System => f.write_str("S-hubspot"),
            ActorId::Visitor(id) => write!(f, "V-{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_id_is_read_and_written_alike() {
        for text in ["A-2620022", "B-7", "E-user@hubspot.com", "I-23423", "L-55", "S-hubspot", "V-1401"] {
            assert_eq!(text.parse::<ActorId>().unwrap().to_string(), text);
        }
        for text in ["", "A", "A-", "A-x", "V-1.5", "S-other", "X-1", "user@hubspot.com", "a-1", "V--1"] {
            assert!(text.parse::<ActorId>().is_err(), "{text}");
        }
    }
}
