//! SHA-256 digests as text.

use sha2::{Digest, Sha256};

/// The digest of a text, in 64 hexadecimal digits.
pub fn of(text: &str) -> String {
    of_bytes(text.as_bytes())
}

/// The digest of bytes, in hexadecimal digits.
pub fn of_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first 16 digits: enough to tell sessions apart, and no way back to the text.
pub fn short(text: &str) -> String {
    of(text).chars().take(16).collect()
}
