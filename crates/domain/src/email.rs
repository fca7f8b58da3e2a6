//! E-mail addresses, as HubSpot keeps them: lower case.

use std::borrow::Cow;
use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de};

/// The longest address that can be delivered to (RFC 3696, erratum 1690).
const EMAIL_LENGTH_MAX: usize = 254;

/// An address that could be somebody's, in lower case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

/// What was given is no e-mail address. The text is not repeated: it may be somebody's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is not an e-mail address: it must look like `sarah@gmail.com`")]
pub struct InvalidEmail;

impl Email {
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

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Personal: it must not reach a log by way of `{:?}`.
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
