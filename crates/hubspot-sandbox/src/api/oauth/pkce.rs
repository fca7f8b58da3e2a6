//! Proof Key for Code Exchange (RFC 7636), by the method S256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Lengths of a verifier (RFC 7636, section 4.1).
const VERIFIER_LENGTHS: std::ops::RangeInclusive<usize> = 43..=128;
/// Length of the digest of a verifier, in Base64.
const CHALLENGE_LENGTH: usize = 43;

/// Says that a challenge can be the digest of a verifier.
pub(super) fn is_challenge(text: &str) -> bool {
    text.len() == CHALLENGE_LENGTH && URL_SAFE_NO_PAD.decode(text).is_ok()
}

/// Checks the verifier of a request against the challenge of its code. A code without a challenge has no verifier.
pub(super) fn fits(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) if VERIFIER_LENGTHS.contains(&verifier.len()) => {
            let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
            digest.as_bytes().ct_eq(challenge.as_bytes()).into()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn a_verifier_fits_its_own_challenge_alone() {
        assert!(is_challenge(CHALLENGE) && !is_challenge("short") && !is_challenge(&"*".repeat(43)));
        for (challenge, verifier, expected) in [
            (Some(CHALLENGE), Some(VERIFIER), true),
            (Some(CHALLENGE), Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"), false),
            (Some(CHALLENGE), Some(CHALLENGE), false),
            (Some(CHALLENGE), None, false),
            (None, Some(VERIFIER), false),
            (None, None, true),
        ] {
            assert_eq!(fits(challenge, verifier), expected, "{challenge:?} {verifier:?}");
        }
    }
}
