//! The key by which a tool's caller names an owner: the id, an e-mail address or a name.

use std::borrow::Cow;
use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::email::{Email, InvalidEmail};
use super::email_in_text;
use super::id::OwnerId;
use super::text_cleaning::{self, KEY_FORMAT};

/// The longest text that is read: a name or an address with room for what stands around it.
const TEXT_CHARACTERS_MAX: usize = 500;
/// The longest name that is looked for.
const NAME_CHARACTERS_MAX: usize = 200;

/// An owner's id, e-mail address or name, read from a text or a number: digits are an id, a text with `@` is an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerKey {
    /// The owner's id.
    Id(OwnerId),
    /// The owner's e-mail address.
    Email(Email),
    /// A first name, a last name or both, without invisible characters.
    Name(String),
}

/// The error for a text that names no owner. It does not repeat the text, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOwnerKey {
    /// It is empty or too long.
    #[error("that is neither an owner id such as `117001`, nor an e-mail address, nor a name")]
    OtherForm,
    /// It has an `@` and is no address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
}

impl FromStr for OwnerKey {
    type Err = InvalidOwnerKey;

    fn from_str(raw: &str) -> Result<OwnerKey, InvalidOwnerKey> {
        let name = text_cleaning::search_words(raw);
        if let Ok(id) = name.parse() {
            return Ok(OwnerKey::Id(id));
        }
        match raw.contains(['@', '＠']) {
            true => Ok(OwnerKey::Email(email_in_text::read(raw)?.ok_or(InvalidEmail::OtherForm)?)),
            false if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX => Err(InvalidOwnerKey::OtherForm),
            false => Ok(OwnerKey::Name(name)),
        }
    }
}

struct Visitor;

/// Accepts ids as strings and as numbers, because models send both.
impl de::Visitor<'_> for Visitor {
    type Value = OwnerKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an owner id such as \"117001\", an e-mail address or a name")
    }

    fn visit_str<E: de::Error>(self, raw: &str) -> Result<OwnerKey, E> {
        raw.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, id: u64) -> Result<OwnerKey, E> {
        self.visit_str(&id.to_string())
    }

    fn visit_f64<E: de::Error>(self, id: f64) -> Result<OwnerKey, E> {
        format!("{id:?}").parse().map(OwnerKey::Id).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for OwnerKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OwnerKey, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for OwnerKey {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OwnerKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": KEY_FORMAT, "maxLength": TEXT_CHARACTERS_MAX})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_an_id_an_at_sign_makes_an_address_and_the_rest_is_a_name() {
        let read = |raw: &str| serde_json::from_str::<OwnerKey>(raw).map_err(|error| error.to_string());
        for id in ["117001", "117001.0", "\"117001.0\"", "\"117001\"", "\" 117001\u{200b}\""] {
            assert_eq!(read(id), Ok(OwnerKey::Id("117001".parse().unwrap())), "{id}");
        }
        assert_eq!(read("\"Mei@Acme.example\""), Ok(OwnerKey::Email("mei@acme.example".parse().unwrap())));
        assert_eq!(read("\"Mei Tanaka <mei@acme.example>\""), read("\"mei@acme.example\""));
        assert_eq!(read("\"Mei\u{200b} Tanaka \""), Ok(OwnerKey::Name("Mei Tanaka".into())));
        assert!(read("\"me\u{200b}i@acme.example\"").unwrap_err().contains("U+200B"));
        for bad in ["\"\"", "\"\u{200b}\"", "1.5", "null", "{}", "\"mei@\""] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!("x".repeat(NAME_CHARACTERS_MAX + 1).parse::<OwnerKey>().is_err());
    }
}
