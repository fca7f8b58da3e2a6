//! Subscriptions: the changes that an app is told of.

use serde::Deserialize;

use super::error::WebhookError;
use crate::model::object_type::ObjectType;

/// Properties whose changes HubSpot tells nobody.
const NOT_SUBSCRIBABLE: [&str; 2] = ["num_unique_conversion_events", "hs_lastmodifieddate"];

/// A kind of changes that an app is told of.
///
/// As JSON: `{"type": "contact.propertyChange", "property": "email"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// HubSpot's subscription type: `conversation.newMessage`.
    #[serde(rename = "type")]
    pub subscription_type: String,
    /// Property of a `propertyChange`. A conversation's may be absent: then all of its properties count.
    #[serde(default)]
    pub property: Option<String>,
    /// Object type of an `object.…` subscription: `contact` or `0-1`.
    #[serde(default)]
    pub object_type: Option<String>,
    /// Id that events name; one is made if `None`.
    #[serde(default)]
    pub id: Option<u64>,
    /// Events are sent. HubSpot pauses new subscriptions until somebody activates them.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// The kinds of changes, whatever changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Creation,
    Deletion,
    PrivacyDeletion,
    Merge,
    Restore,
    PropertyChange,
    NewMessage,
}

/// The things that a subscription is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Conversation,
    Records(ObjectType),
}

/// A subscription that HubSpot would accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) id: u64,
    /// Name that events have: `contact.creation`.
    pub(super) name: String,
    pub(super) topic: Topic,
    pub(super) kind: Kind,
    pub(super) property: Option<String>,
    /// Events have an `objectTypeId`, as those of `object.…` do.
    pub(super) with_type_id: bool,
}

impl Subscription {
    /// Creates a subscription to a type that needs no property.
    pub fn to(subscription_type: &str) -> Subscription {
        Subscription {
            subscription_type: subscription_type.to_owned(),
            property: None,
            object_type: None,
            id: None,
            active: true,
        }
    }

    /// Creates a subscription to the changes of one property.
    pub fn to_property(subscription_type: &str, property: &str) -> Subscription {
        Subscription { property: Some(property.to_owned()), ..Subscription::to(subscription_type) }
    }

    /// Checks the subscription. `id`: the one it gets if it has none.
    pub(super) fn check(&self, id: u64) -> Result<Checked, WebhookError> {
        let name = &self.subscription_type;
        let (topic, kind) = self.parts()?;
        match (kind, &self.property) {
            (Kind::PropertyChange, Some(property)) if NOT_SUBSCRIBABLE.contains(&property.as_str()) => {
                return Err(WebhookError::PropertyNotSubscribable(property.clone()));
            }
            (Kind::PropertyChange, None) if topic != Topic::Conversation => {
                return Err(WebhookError::PropertyMissing(name.clone()));
            }
            (Kind::PropertyChange, _) | (_, None) => {}
            (_, Some(_)) => return Err(WebhookError::PropertyNotExpected(name.clone())),
        }
        Ok(Checked {
            id: self.id.unwrap_or(id),
            name: name.clone(),
            topic,
            kind,
            property: self.property.clone(),
            with_type_id: name.starts_with("object."),
        })
    }

    fn parts(&self) -> Result<(Topic, Kind), WebhookError> {
        let unknown = || WebhookError::UnknownType(self.subscription_type.clone());
        let (object, verb) = self.subscription_type.split_once('.').ok_or_else(unknown)?;
        let kind = kind(verb).ok_or_else(unknown)?;
        let topic = match object {
            "conversation" => Topic::Conversation,
            "object" => Topic::Records(self.given_type()?),
            singular => Topic::Records(record_type(singular).ok_or_else(unknown)?),
        };
        match has(topic, kind) {
            true => Ok((topic, kind)),
            false => Err(unknown()),
        }
    }

    fn given_type(&self) -> Result<ObjectType, WebhookError> {
        let missing = || WebhookError::ObjectTypeMissing(self.subscription_type.clone());
        self.object_type.as_deref().and_then(ObjectType::named).ok_or_else(missing)
    }
}

fn kind(verb: &str) -> Option<Kind> {
    match verb {
        "creation" => Some(Kind::Creation),
        "deletion" => Some(Kind::Deletion),
        "privacyDeletion" => Some(Kind::PrivacyDeletion),
        "merge" => Some(Kind::Merge),
        "restore" => Some(Kind::Restore),
        "propertyChange" => Some(Kind::PropertyChange),
        "newMessage" => Some(Kind::NewMessage),
        _ => None,
    }
}

/// Finds the object type of a subscription by its singular. HubSpot has them for these four of the account's types.
fn record_type(singular: &str) -> Option<ObjectType> {
    let types = [ObjectType::Contacts, ObjectType::Companies, ObjectType::Deals, ObjectType::Tickets];
    types.into_iter().find(|object_type| object_type.info().singular == singular)
}

/// Says that HubSpot has such a subscription type.
fn has(topic: Topic, kind: Kind) -> bool {
    match (topic, kind) {
        (Topic::Conversation, Kind::Merge | Kind::Restore) | (Topic::Records(_), Kind::NewMessage) => false,
        (Topic::Records(object_type), Kind::PrivacyDeletion) => object_type == ObjectType::Contacts,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hubspots_subscription_types_are_known() {
        for name in ["creation", "deletion", "privacyDeletion", "propertyChange", "newMessage"] {
            assert!(Subscription::to(&format!("conversation.{name}")).check(1).is_ok(), "{name}");
        }
        for object in ["contact", "company", "deal", "ticket"] {
            for name in ["creation", "deletion", "merge", "restore"] {
                assert!(Subscription::to(&format!("{object}.{name}")).check(1).is_ok(), "{object}.{name}");
            }
            let email = Subscription::to_property(&format!("{object}.propertyChange"), "email");
            assert_eq!(email.check(7).unwrap().id, 7);
        }
        assert!(Subscription::to("contact.privacyDeletion").check(1).is_ok());
        let generic = Subscription { object_type: Some("0-5".into()), ..Subscription::to("object.creation") };
        assert_eq!(generic.check(1).unwrap().topic, Topic::Records(ObjectType::Tickets));
    }

    #[test]
    fn other_subscriptions_are_refused() {
        for name in [
            "contact.newMessage",
            "ticket.privacyDeletion",
            "conversation.merge",
            "butterfly.creation",
            "contact",
            "contact.explosion",
            "",
            "note.creation",
        ] {
            let refused = Subscription::to(name).check(1);
            assert!(matches!(refused, Err(WebhookError::UnknownType(_))), "{name}");
        }
        let check = |one: Subscription| one.check(1).unwrap_err().to_string();
        assert_eq!(check(Subscription::to("contact.propertyChange")), "`contact.propertyChange` needs a `property`");
        assert!(check(Subscription::to("object.creation")).contains("object_type"));
        let unchanging = Subscription::to_property("contact.propertyChange", "hs_lastmodifieddate");
        assert!(check(unchanging).contains("cannot be subscribed"));
        assert!(check(Subscription::to_property("contact.creation", "email")).contains("takes no"));
    }
}
