//! HubSpot's ids. Contacts, owners and users have different ids for the same person, and mixing them up would book the
//! wrong calendar, so each kind is a type.

use std::borrow::Cow;
use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::text;
use super::text_cleaning::KEY_FORMAT;

/// HubSpot's ids are signed 64-bit numbers; a larger one makes the whole batch fail that contains it.
const ID_MAX: u64 = i64::MAX as u64;
/// The longest text that is read: an id has at most 19 digits.
const TEXT_CHARACTERS_MAX: usize = 100;
/// The longest part of an invalid id that an error repeats.
const SHOWN_CHARACTERS_MAX: usize = 40;

/// The error for a text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a HubSpot id: it must be a number such as `84246479604`")]
pub struct InvalidId(String);

fn parse(raw: &str) -> Result<String, InvalidId> {
    let id = whole(raw.trim());
    let digits = id.bytes().all(|b| b.is_ascii_digit());
    if digits && id.parse().is_ok_and(|id: u64| id <= ID_MAX) {
        Ok(id.to_owned())
    } else {
        Err(InvalidId(text::excerpt(raw, SHOWN_CHARACTERS_MAX)))
    }
}

/// The digits of a whole number that was written with a point, `117001.0`.
fn whole(text: &str) -> &str {
    let split = text.split_once('.').filter(|(_, zeros)| !zeros.is_empty() && zeros.bytes().all(|b| b == b'0'));
    split.map_or(text, |(whole, _)| whole)
}

/// Accepts ids as strings and as numbers, because models and HubSpot send both.
struct Digits;

impl de::Visitor<'_> for Digits {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a HubSpot id such as \"84246479604\"")
    }

    fn visit_str<E: de::Error>(self, raw: &str) -> Result<String, E> {
        parse(raw).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, id: u64) -> Result<String, E> {
        self.visit_str(&id.to_string())
    }

    fn visit_f64<E: de::Error>(self, id: f64) -> Result<String, E> {
        self.visit_str(&format!("{id:?}"))
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub struct $name(String);

        impl $name {
            /// Returns the id's digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(raw: &str) -> Result<$name, InvalidId> {
                parse(raw).map($name)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                deserializer.deserialize_any(Digits).map($name)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "format": KEY_FORMAT, "maxLength": TEXT_CHARACTERS_MAX})
            }
        }

        impl From<u64> for $name {
            fn from(id: u64) -> $name {
                $name(id.to_string())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// The id of a CRM record, such as a contact, a ticket or a communication.
    RecordId
);
id!(
    /// The id of an owner, as in a record's property `hubspot_owner_id`. Not a [`UserId`].
    OwnerId
);
id!(
    /// The id of a HubSpot user, as in a meeting link's `organizerUserId`. Not an [`OwnerId`].
    UserId
);

id!(
    /// The id of a conversation, which HubSpot calls a thread.
    ThreadId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_ids() {
        assert_eq!(" 117001 ".parse::<OwnerId>().unwrap().as_str(), "117001");
        for whole in ["117001.0", "117001.000"] {
            assert_eq!(whole.parse::<OwnerId>().unwrap().as_str(), "117001", "a whole number with a point");
        }
        for bad in ["", "12a", "-1", "1.", ".0", "1.5", "1.0.0", "../contacts", "123456789012345678901", "１２"] {
            assert!(bad.parse::<RecordId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_are_read_from_text_and_from_numbers() {
        assert_eq!(serde_json::from_str::<UserId>("9586504").unwrap(), serde_json::from_str("\"9586504\"").unwrap());
        assert_eq!(serde_json::from_str::<UserId>("9586504.0").unwrap(), UserId::from(9_586_504));
        for bad in ["1.5", "-1", "1e300", "\"x\"", "null", "{}"] {
            assert!(serde_json::from_str::<UserId>(bad).is_err(), "{bad}");
        }
    }
}
