//! The secrets that this process knows, masked by their value wherever a text leaves it.
//!
//! What a service echoes is not known beforehand, so a secret is looked for as it is, percent-encoded, and in base64 at
//! every position of a longer text.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The shortest secret that is masked: a shorter one is part of ordinary words.
const LENGTH_MIN: usize = 8;
/// The most secrets that are masked; each costs time for each text.
const SECRETS_MAX: usize = 16;
const MASK: &str = "***";
/// Everything but the unreserved characters of RFC 3986, as most programs encode.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The forms of all secrets, the longest first.
static FORMS: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Masks this secret from now on. One that is too short, and one too many, is not.
pub fn remember(secret: &str) {
    let secret = secret.trim();
    let mut forms = FORMS.write().unwrap_or_else(PoisonError::into_inner);
    if secret.len() >= LENGTH_MIN && forms.len() < SECRETS_MAX * FORMS_MAX && !forms.iter().any(|form| form == secret) {
        forms.extend(forms_of(secret));
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }
}

/// The text with every known secret replaced by `***`.
pub fn masked(text: &str) -> Cow<'_, str> {
    mask(text, &FORMS.read().unwrap_or_else(PoisonError::into_inner))
}

fn mask<'a>(text: &'a str, forms: &[String]) -> Cow<'a, str> {
    let mut shown = Cow::Borrowed(text);
    for form in forms.iter().filter(|form| form.len() <= text.len()) {
        if shown.contains(form.as_str()) {
            shown = shown.replace(form.as_str(), MASK).into();
        }
    }
    shown
}

/// The most forms of one secret: itself, percent-encoded, and three positions in two alphabets.
const FORMS_MAX: usize = 8;

fn forms_of(secret: &str) -> BTreeSet<String> {
    let encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();

    let usual = utf8_percent_encode(secret, UNRESERVED).to_string();
    let base64 =
        (0..3).flat_map(|before| [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD].map(|by| within_base64(secret, before, by)));
    let all = [secret.to_owned(), encoded, usual].into_iter().chain(base64);
    all.filter(|form| form.len() >= LENGTH_MIN).collect()
}

/// The characters of base64 that the secret alone decides, behind this number of other bytes.
fn within_base64(secret: &str, before: usize, alphabet: &impl Engine) -> String {
    let text = alphabet.encode([&[0; 3][..before], secret.as_bytes()].concat());
    // Six bits a character: the first ones and the last one have bits of their neighbours.
    let first = (before * 8).div_ceil(6);
    let whole = (before + secret.len()) * 8 / 6;
    text[first..whole].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "CK-short+SECRET/token~1";

    #[test]
    fn a_secret_is_masked_in_every_form() {
        let forms: Vec<_> = forms_of(SECRET).into_iter().collect();
        let shown = |text: &str| mask(text, &forms).into_owned();
        assert_eq!(shown(&format!("Bearer {SECRET}!")), "Bearer ***!");
        assert_eq!(shown("?key=CK%2Dshort%2BSECRET%2Ftoken%7E1"), "?key=***");
        assert_eq!(shown("?key=CK-short%2BSECRET%2Ftoken~1"), "?key=***");
        for before in ["", "u", "us", "user:", "Bearer "] {
            for after in ["", "!", "!!"] {
                let text = format!("{before}{SECRET}{after}");
                for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                    assert!(shown(&encoded).contains(MASK), "{text}: {encoded}");
                }
            }
        }
        assert!(matches!(mask("nothing of it: CK-short", &forms), Cow::Borrowed(_)));
    }

    #[test]
    fn a_short_text_is_no_secret() {
        remember("x");
        assert_eq!(masked("x marks the spot"), "x marks the spot");
        remember("known-secret-of-this-test");
        assert_eq!(masked("it is known-secret-of-this-test."), "it is ***.");
    }
}
