//! A new token, for `frontdesk token new`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::token_rules;

/// Prefix of every token, for people and secret scanners to recognise.
const PREFIX: &str = "fd_";

/// A token, to be shown once, and its entry in the file of tokens, which holds only its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// The token: `fd_` and 43 characters.
    pub token: String,
    /// The entry, as JSON on one line.
    pub entry: String,
}

/// Makes a token of 256 random bits for a caller of this name.
pub fn new(name: &str) -> NewToken {
    // Each has 122 random bits of the operating system; the hash spreads them over its 256.
    let random = [(); 3].map(|()| Uuid::new_v4().into_bytes()).concat();
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(Sha256::digest(random)));
    let digest = token_rules::to_text(&token_rules::digest(&token));
    NewToken { entry: json!({"name": name, "token": digest}).to_string(), token }
}

/// True for a name that the file of tokens takes: 1 to 64 letters, digits, `-` and `_`.
pub fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=64).contains(&name.len()) && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_is_another_one_and_its_entry_holds_no_secret() {
        let (one, two) = (new("chat"), new("chat"));
        assert!(one.token != two.token && one.token.len() == 46 && one.token.starts_with(PREFIX));
        assert!(!one.entry.contains(&one.token));
        let entry: serde_json::Value = serde_json::from_str(&one.entry).unwrap();
        let digest = entry["token"].as_str().unwrap();
        assert_eq!((&entry["name"], token_rules::read(digest)), (&json!("chat"), token_rules::read(&one.token)));
    }

    #[test]
    fn names_are_short_and_plain() {
        assert!(is_name("web-site_2") && is_name(&"a".repeat(64)));
        for bad in ["", "a b", "ä", "a/b", &"a".repeat(65)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
