//! E-mail addresses in lower case, as HubSpot stores them.

use std::borrow::Cow;
use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// The longest address that can be delivered to (RFC 3696, erratum 1690).
const EMAIL_LENGTH_MAX: usize = 254;
/// The longest text that is read: an address with room for what stands around it.
const TEXT_CHARACTERS_MAX: usize = 500;

/// A plausible e-mail address in lower case.
///
/// It has one `@`, a domain with a dot, no white space and none of the characters that would make it a list or a
/// display name. `Debug` prints no part of it, because an address is personal data.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

/// The error for a text that is not an e-mail address. It does not repeat the text, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is not an e-mail address: it must look like `sarah@gmail.com`")]
pub struct InvalidEmail;

impl Email {
    /// Returns the address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(raw: &str) -> Result<Email, InvalidEmail> {
        let email = raw.trim().to_lowercase();
        let (name, domain) = email.rsplit_once('@').ok_or(InvalidEmail)?;
        let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;:\\\"()[]".contains(c));
        let whole = !name.is_empty() && !name.contains('@') && email.len() <= EMAIL_LENGTH_MAX;
        let hosted = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
        if plain && whole && hosted { Ok(Email(email)) } else { Err(InvalidEmail) }
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Email, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Email {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Email".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "maxLength": TEXT_CHARACTERS_MAX})
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Masks the address, so that `{:?}` in a log line shows no personal data.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_trimmed_and_lowered() {
        assert_eq!(" SARAH@Gmail.com ".parse::<Email>().unwrap().as_str(), "sarah@gmail.com");
        assert!("o'brien+desk@sub.example.co.uk".parse::<Email>().is_ok());
        for bad in ["", "sarah", "@x.com", "a@b", "a@b.", "a b@c.com", "a@b@c.com", "Sarah <a@b.com>", "a;b@c.com"] {
            assert_eq!(bad.parse::<Email>(), Err(InvalidEmail), "{bad}");
        }
    }
}
