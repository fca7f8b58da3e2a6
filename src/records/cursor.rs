//! Cursors of lists: opaque texts that a model sends back unchanged.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::Error;

/// The length above which a text cannot be one of our cursors.
const CURSOR_CHARACTERS_MAX: usize = 500;

#[derive(Serialize, Deserialize)]
struct Bound<T> {
    /// The fingerprint of the question that the cursor belongs to.
    of: u64,
    at: T,
}

/// Writes the cursor of position `at`. `question` is everything that selects the list, without its page.
pub fn write<T: Serialize>(question: impl Hash, at: T) -> String {
    let text = serde_json::to_string(&Bound { of: fingerprint(question), at }).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(text)
}

/// Reads a cursor of the same question.
pub fn read<T: DeserializeOwned>(question: impl Hash, cursor: &str) -> Result<T, Error> {
    let wrong = || {
        let problem = "it belongs to no list of these arguments; send the `next_cursor` of the answer before, and the \
                       same other arguments, or no cursor to begin again";
        Error::argument("cursor", problem)
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor.trim()).ok().filter(|_| cursor.len() <= CURSOR_CHARACTERS_MAX);
    let bound: Option<Bound<T>> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    bound.filter(|bound| bound.of == fingerprint(question)).map(|bound| bound.at).ok_or_else(wrong)
}

/// It is the same in every process of one version, so any replica can read the cursor.
fn fingerprint(question: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    question.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_valid_for_its_own_question_only() {
        let cursor = write("sarah", ("501".to_owned(), 7_u64));
        assert_eq!(read::<(String, u64)>("sarah", &cursor).unwrap(), ("501".to_owned(), 7));
        for (question, cursor) in [("tom", cursor.as_str()), ("sarah", ""), ("sarah", "20"), ("sarah", "é")] {
            assert!(read::<(String, u64)>(question, cursor).is_err(), "{question} {cursor}");
        }
    }
}
