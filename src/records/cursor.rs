//! Where a list goes on: a text that a model hands back as it got it.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::tool::ToolError;

/// Longer texts are no cursors of ours.
const CURSOR_CHARACTERS_MAX: usize = 500;

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    /// What was asked: a cursor belongs to its question.
    of: u64,
    at: T,
}

/// `question` is what the list answers, without its page.
pub fn write<T: Serialize>(question: impl Hash, at: T) -> String {
    let text = serde_json::to_string(&Sealed { of: fingerprint(question), at }).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(text)
}

pub fn read<T: DeserializeOwned>(question: impl Hash, cursor: &str) -> Result<T, ToolError> {
    let wrong = || {
        let problem = "it belongs to no list of these arguments; send the `next_cursor` of the answer before, and the \
                       same other arguments, or no cursor to begin again";
        ToolError::input("cursor", problem)
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor.trim()).ok().filter(|_| cursor.len() <= CURSOR_CHARACTERS_MAX);
    let sealed: Option<Sealed<T>> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    sealed.filter(|sealed| sealed.of == fingerprint(question)).map(|sealed| sealed.at).ok_or_else(wrong)
}

/// The same in every process of one version: any replica can go on.
fn fingerprint(question: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    question.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_for_its_own_question_only() {
        let cursor = write("sarah", ("501".to_owned(), 7_u64));
        assert_eq!(read::<(String, u64)>("sarah", &cursor).unwrap(), ("501".to_owned(), 7));
        for (question, cursor) in [("tom", cursor.as_str()), ("sarah", ""), ("sarah", "20"), ("sarah", "é")] {
            assert!(read::<(String, u64)>(question, cursor).is_err(), "{question} {cursor}");
        }
    }
}
