//! The form of a token, and its digest.

use sha2::{Digest, Sha256};

/// Shortest token; a shorter one can be guessed.
pub(super) const TOKEN_BYTES_MIN: usize = 16;
/// Fewest different characters of a token.
pub(super) const CHARACTERS_DIFFERENT_MIN: usize = 8;
/// The prefix of a digest in the place of a token.
pub(super) const DIGEST_PREFIX: &str = "sha256:";

/// The hexadecimal digits of the shortest digest that other programs write.
const OTHER_DIGEST_DIGITS_MIN: usize = 32;

/// The SHA-256 of a token.
pub(super) type TokenDigest = [u8; 32];

/// The reason why a token cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It is too short.
    #[error("it is too short: it must have at least {TOKEN_BYTES_MIN} characters")]
    Short,
    /// No header can hold it.
    #[error("it has a space or another character that a header does not carry, so it would never match")]
    Unsendable,
    /// It is easily guessed.
    #[error(
        "it has fewer than {CHARACTERS_DIFFERENT_MIN} different characters: `frontdesk token new` makes a good one"
    )]
    Weak,
    /// It is no digest.
    #[error("after `{DIGEST_PREFIX}` it must have 64 hexadecimal digits, as `frontdesk token new` prints them")]
    NoDigest,
    /// It would be the token itself, which then stands in the file.
    #[error(
        "it looks like a digest of another kind, which would be the token itself: write `{DIGEST_PREFIX}` and 64 \
         hexadecimal digits, as `frontdesk token new` prints them"
    )]
    OtherDigest,
}

/// Checks a secret that is not kept as a token, such as that of the sandbox's admin plane.
///
/// # Errors
/// [`BadToken`] if it is easily guessed, or no header can hold it.
pub fn check(text: &str) -> Result<(), BadToken> {
    read_plain(text).map(|_| ())
}

/// The digest of a token, or the digest that stands in its place.
pub(super) fn read(text: &str) -> Result<TokenDigest, BadToken> {
    match text.split_at_checked(DIGEST_PREFIX.len()) {
        Some((prefix, hex)) if prefix.eq_ignore_ascii_case(DIGEST_PREFIX) => from_hex(hex).ok_or(BadToken::NoDigest),
        _ if is_other_digest(text) => Err(BadToken::OtherDigest),
        _ => read_plain(text),
    }
}

/// True for `sha512:` and hexadecimal digits, and for `$2b$12$...` and the like, as other programs keep passwords.
fn is_other_digest(text: &str) -> bool {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_hex = |hex: &str| hex.len() >= OTHER_DIGEST_DIGITS_MIN && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let named = text.split_once(':').is_some_and(|(name, hex)| is_name(name) && is_hex(hex));
    named || (text.starts_with('$') && text.matches('$').count() >= 3)
}

/// The digest of a token in plain text.
pub(super) fn read_plain(text: &str) -> Result<TokenDigest, BadToken> {
    match () {
        () if text.len() < TOKEN_BYTES_MIN => Err(BadToken::Short),
        () if !text.bytes().all(|byte| byte.is_ascii_graphic()) => Err(BadToken::Unsendable),
        () if different(text.as_bytes()) < CHARACTERS_DIFFERENT_MIN => Err(BadToken::Weak),
        () => Ok(digest(text)),
    }
}

/// SHA-256 of a token: digests are compared, so that the time does not depend on the token's length.
pub(super) fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}

/// The digest as it stands in the file.
pub(super) fn to_text(digest: &TokenDigest) -> String {
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{DIGEST_PREFIX}{hex}")
}

/// The number of different bytes.
pub(in crate::mcp) fn different(bytes: &[u8]) -> usize {
    bytes.iter().collect::<std::collections::BTreeSet<_>>().len()
}

fn from_hex(hex: &str) -> Option<TokenDigest> {
    let digits: Vec<u8> =
        hex.chars().map(|digit| digit.to_digit(16).map(|value| value as u8)).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    if digits.len() == 64 { bytes.try_into().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_never_match_or_are_easily_guessed_are_refused() {
        let table = [
            ("0123456789abcdef", Ok(())),
            ("a-long-random-text-1", Ok(())),
            ("0123456789abcde", Err(BadToken::Short)),
            ("", Err(BadToken::Short)),
            ("                ", Err(BadToken::Unsendable)),
            ("0123456789abcdef ", Err(BadToken::Unsendable)),
            ("01234567 89abcdef", Err(BadToken::Unsendable)),
            ("0123456789abcdef\u{e9}", Err(BadToken::Unsendable)),
            ("0123456789\tabcdef", Err(BadToken::Unsendable)),
            ("aaaaaaaaaaaaaaaa", Err(BadToken::Weak)),
            ("abcabcabcabcabcabcabcabc", Err(BadToken::Weak)),
            ("sha256:", Err(BadToken::NoDigest)),
            ("sha256:0123456789abcdef", Err(BadToken::NoDigest)),
            ("SHA256:0123456789abcdef", Err(BadToken::NoDigest)),
            ("md5:0123456789abcdef0123456789abcdef", Err(BadToken::OtherDigest)),
            ("sha-512:0123456789abcdef0123456789abcdef0123456789abcdef", Err(BadToken::OtherDigest)),
            ("$2b$12$abcdefghijklmnopqrstuv", Err(BadToken::OtherDigest)),
            ("website:0123456789abcdef", Ok(())),
        ];
        for (token, expected) in table {
            assert_eq!(read(token).map(|_| ()), expected, "{token}");
        }
    }

    #[test]
    fn a_digest_stands_for_its_token() {
        let token = "0123456789abcdef";
        assert_eq!(read(&to_text(&digest(token))), read(token));
        assert_eq!(read(&to_text(&digest(token)).to_uppercase()), read(token));
        assert!(
            to_text(&digest(token))
                .starts_with("sha256:9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f")
        );
    }
}
