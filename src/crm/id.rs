//! HubSpot's ids. Three kinds of them name people, and mixing them up books the wrong calendar, so each is a type.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The longest id HubSpot could send: a 64-bit number in decimal.
const ID_DIGITS_MAX: usize = 20;

/// What was given is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a HubSpot id: it must be a number such as `84246479604`")]
pub struct NotAnId(String);

fn parse(raw: &str) -> Result<String, NotAnId> {
    let id = raw.trim();
    let digits = !id.is_empty() && id.len() <= ID_DIGITS_MAX && id.bytes().all(|b| b.is_ascii_digit());
    if digits { Ok(id.to_owned()) } else { Err(NotAnId(raw.chars().take(40).collect())) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(raw: &str) -> Result<$name, NotAnId> {
                parse(raw).map($name)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(raw: String) -> Result<$name, NotAnId> {
                raw.parse()
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
    /// The id of a CRM record: a contact, a ticket, a communication.
    RecordId
);
id!(
    /// The id of an owner: what `hubspot_owner_id` on a record holds. Not a [`UserId`].
    OwnerId
);
id!(
    /// The id of a HubSpot user: what the scheduler calls `organizerUserId`. Not an [`OwnerId`].
    UserId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_ids() {
        assert_eq!(" 117001 ".parse::<OwnerId>().unwrap().as_str(), "117001");
        for bad in ["", "12a", "-1", "1.0", "../contacts", "123456789012345678901", "１２"] {
            assert!(bad.parse::<RecordId>().is_err(), "{bad}");
        }
    }
}
