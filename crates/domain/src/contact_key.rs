//! The key by which a tool's caller names a contact: its id or an e-mail address.

use std::borrow::Cow;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::email::{Email, InvalidEmail};
use super::id::RecordId;
use super::invisible;
use super::text_cleaning::KEY_FORMAT;

/// The longest text that is read: the longest address, with room for what stands around it.
const TEXT_CHARACTERS_MAX: usize = 500;

/// A contact's id or e-mail address, read from a text: one with `@` is an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactKey {
    /// The contact's record id.
    Id(RecordId),
    /// The contact's primary address or one of its secondary addresses.
    Email(Email),
}

/// The error for a text that is neither an id nor an address. It does not repeat the text, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidContactKey {
    /// It is a name, a phone number or something else.
    #[error(
        "that is neither a contact id, which must be a number such as `84246479604`, nor an e-mail address such as \
         `sarah@gmail.com`; `search_contacts` finds the id of somebody whose name or phone number is known"
    )]
    OtherForm,
    /// It is an address with an invisible character, or with a letter of another alphabet.
    #[error(transparent)]
    Email(InvalidEmail),
}

impl FromStr for ContactKey {
    type Err = InvalidContactKey;

    fn from_str(raw: &str) -> Result<ContactKey, InvalidContactKey> {
        if !raw.contains(['@', '＠']) {
            let id = invisible::trim(raw).parse();
            return id.map(ContactKey::Id).map_err(|_| InvalidContactKey::OtherForm);
        }
        raw.parse().map(ContactKey::Email).map_err(|invalid| match invalid {
            InvalidEmail::OtherForm => InvalidContactKey::OtherForm,
            InvalidEmail::Invisible(_) | InvalidEmail::OtherAlphabet(_) => InvalidContactKey::Email(invalid),
        })
    }
}

impl<'de> Deserialize<'de> for ContactKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ContactKey, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for ContactKey {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ContactKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": KEY_FORMAT, "maxLength": TEXT_CHARACTERS_MAX})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_at_sign_makes_an_address_and_digits_an_id() {
        let read = |raw: &str| serde_json::from_str::<ContactKey>(raw);
        assert_eq!(read("\" Sarah@Gmail.com\"").unwrap(), ContactKey::Email("sarah@gmail.com".parse().unwrap()));
        assert_eq!(read("\"84246479604\"").unwrap(), ContactKey::Id(84_246_479_604.into()));
        assert_eq!(read("\"84246479604.0\"").unwrap(), read("\"84246479604\"").unwrap());
        assert_eq!(read("\"84246479604\u{200b}\"").unwrap(), read("\"84246479604\"").unwrap());
        assert!(read("\"sar\u{200b}ah@gmail.com\"").unwrap_err().to_string().contains("U+200B ZERO WIDTH SPACE"));
        for bad in ["\"\"", "\"Sarah Mark\"", "\"sarah@\"", "\"../x\"", "1", "null", "{}"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
