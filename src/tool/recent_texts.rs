//! Texts that were just read from HubSpot, in memory: what a look found need not be read again by the call that tells it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// The most texts that are remembered.
const TEXTS_MAX: usize = 500;
/// The longest one, in bytes; a longer one is read again.
const BYTES_MAX: usize = 16 * 1024;

/// Texts by the id of what HubSpot has. Clones share them.
#[derive(Clone, Default)]
pub struct RecentTexts(Arc<Mutex<VecDeque<(String, String)>>>);

impl RecentTexts {
    /// Remembers a text in place of an older one.
    pub fn put(&self, id: &str, text: &str) {
        if text.len() > BYTES_MAX {
            return;
        }
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.retain(|(known, _)| known != id);
        if texts.len() == TEXTS_MAX {
            texts.pop_front();
        }
        texts.push_back((id.to_owned(), text.to_owned()));
    }

    /// The text, if it is still remembered.
    pub fn get(&self, id: &str) -> Option<String> {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.iter().find(|(known, _)| known == id).map(|(_, text)| text.clone())
    }
}

/// Without the texts, which are people's.
impl std::fmt::Debug for RecentTexts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecentTexts").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_texts_are_remembered() {
        let texts = RecentTexts::default();
        for id in 0..=TEXTS_MAX {
            texts.put(&id.to_string(), "hello");
        }
        texts.put("7", "again");
        texts.put("long", &"x".repeat(BYTES_MAX + 1));
        let found = ["0", "1", "7", "long"].map(|id| texts.get(id));
        assert_eq!(found, [None, Some("hello".into()), Some("again".into()), None]);
    }
}
