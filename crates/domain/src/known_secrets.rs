//! The secrets that this process knows, masked by their value wherever a text leaves it.
//!
//! What a service echoes is not known beforehand, so a secret is looked for in the forms of `secret_forms`, in upper and
//! lower case.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::secret_forms::forms_of;

/// The shortest secret that is masked: a shorter one is part of ordinary words.
const LENGTH_MIN: usize = 8;
/// The longest secret of which all forms are looked for; a longer one is masked as it is.
const LENGTH_MAX: usize = 4_096;
/// The most secrets that are masked, the newest; each costs memory.
const SECRETS_MAX: usize = 128;
const MASK: &str = "***";

/// What is masked.
static KNOWN: RwLock<Known> = RwLock::new(Known { secrets: Vec::new(), finder: None });

#[derive(Debug)]
struct Known {
    secrets: Vec<String>,
    finder: Option<AhoCorasick>,
}

/// Masks this secret from now on, unless it is too short. Of too many, the one that was known longest is masked no longer:
/// tokens that are renewed are the many.
pub fn remember(secret: &str) {
    KNOWN.write().unwrap_or_else(PoisonError::into_inner).remember(secret.trim());
}

/// Masks this secret no longer. It is for those that have ended, since only so many are masked.
pub fn forget(secret: &str) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.secrets.retain(|one| one != secret.trim());
    known.finder = finder(&known.secrets);
}

impl Known {
    fn remember(&mut self, secret: &str) {
        if secret.len() < LENGTH_MIN || self.secrets.iter().any(|one| one == secret) {
            return;
        }
        if self.secrets.len() >= SECRETS_MAX {
            self.secrets.remove(0);
        }
        self.secrets.push(secret.to_owned());
        self.finder = finder(&self.secrets);
    }
}

/// The text with every known secret replaced by `***`.
pub fn masked(text: &str) -> Cow<'_, str> {
    match &KNOWN.read().unwrap_or_else(PoisonError::into_inner).finder {
        Some(finder) => mask(text, finder),
        None => text.into(),
    }
}

/// Finds all forms of the secrets in one pass; `None` if they are too long for one.
fn finder(secrets: &[String]) -> Option<AhoCorasick> {
    let forms_of = |secret: &String| match secret.len() <= LENGTH_MAX {
        true => forms_of(secret),
        false => [secret.clone()].into(),
    };
    let forms = secrets.iter().flat_map(forms_of).filter(|form| form.len() >= LENGTH_MIN);
    let builder = &mut AhoCorasick::builder();
    builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(forms).ok()
}

fn mask<'a>(text: &'a str, finder: &AhoCorasick) -> Cow<'a, str> {
    if !finder.is_match(text) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    finder.replace_all_with(text, &mut shown, |_, _, shown| {
        shown.push_str(MASK);
        true
    });
    shown.into()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

    use super::*;

    const SECRET: &str = "CK-short+\"SECRET\"/token~1";

    fn shown(text: &str) -> String {
        mask(text, &finder(&[SECRET.to_owned()]).unwrap()).into_owned()
    }

    #[test]
    fn of_too_many_secrets_the_newest_are_masked() {
        let mut known = Known { secrets: vec![], finder: None };
        let secret = |number: usize| format!("secret-{number:04}");
        for number in 0..=SECRETS_MAX {
            known.remember(&secret(number));
        }
        known.remember(&secret(SECRETS_MAX));
        known.remember("short");
        let finder = known.finder.unwrap();
        let shown = |number: usize| mask(&secret(number), &finder).into_owned();
        assert_eq!((shown(0), shown(1), shown(SECRETS_MAX)), (secret(0), "***".into(), "***".into()));
        assert_eq!(mask("short", &finder), "short");
    }

    #[test]
    fn a_secret_is_masked_in_every_form() {
        let json = serde_json::to_string(SECRET).unwrap();
        let twice = serde_json::to_string(&json).unwrap();
        let escaped: String = SECRET.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
        let some_escaped = SECRET.replace('+', "\\u002b").replace('"', "\\u0022");
        let hexadecimal: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        for (text, expected) in [
            (format!("Bearer {SECRET}!"), "Bearer ***!"),
            (format!("{} {}", SECRET.to_uppercase(), SECRET.to_lowercase()), "*** ***"),
            ("?key=CK%2Dshort%2B%22SECRET%22%2Ftoken%7E1".to_owned(), "?key=***"),
            ("?key=CK-short%2B%22SECRET%22%2Ftoken~1".to_owned(), "?key=***"),
            ("?key=ck-short%2b%22secret%22%2ftoken~1".to_owned(), "?key=***"),
            ("?key=CK-short%252B%2522SECRET%2522%252Ftoken~1".to_owned(), "?key=***"),
            (json.clone(), "\"***\""),
            (json.replace('/', "\\/"), "\"***\""),
            (twice, "\"\\\"***\\\"\""),
            (escaped, "***"),
            (some_escaped, "***"),
            ("<b>CK-short+&quot;SECRET&quot;/token~1</b>".to_owned(), "<b>***</b>"),
            ("<b>CK-short+&#34;SECRET&#34;/token~1</b>".to_owned(), "<b>***</b>"),
            (hexadecimal.to_uppercase(), "***"),
            (hexadecimal, "***"),
            ("nothing of it: CK-short".to_owned(), "nothing of it: CK-short"),
        ] {
            assert_eq!(shown(&text), expected, "{text}");
        }
        for before in ["", "u", "us", "user:", "Bearer "] {
            for after in ["", "!", "!!"] {
                let text = format!("{before}{SECRET}{after}");
                for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                    assert!(shown(&encoded).contains(MASK), "{text}: {encoded}");
                }
            }
        }
    }

    #[test]
    fn a_short_text_is_no_secret() {
        remember("x");
        assert_eq!(masked("x marks the spot"), "x marks the spot");
        remember("known-secret-of-this-test");
        assert_eq!(masked("it is KNOWN-secret-of-this-test."), "it is ***.");
        remember("");
        assert_eq!(masked("nothing"), "nothing");
    }
}
