//! Tells a page beside the conversation what a turn has decided.

use std::fmt;
use std::sync::Arc;

use crate::chat::turn::TurnOutcome;

/// Hears of each turn: the conversation, the customer's words, and what became of them.
pub type TurnListener = Arc<dyn Fn(&str, &str, &TurnOutcome) + Send + Sync>;

/// The listener, where there is one.
#[derive(Clone, Default)]
pub struct TurnWatcher(Option<TurnListener>);

impl TurnWatcher {
    /// Tells this listener.
    pub fn telling(listener: TurnListener) -> TurnWatcher {
        TurnWatcher(Some(listener))
    }

    /// Tells of a turn.
    pub fn tell(&self, thread: &str, said: &str, turn: &TurnOutcome) {
        if let Some(listener) = &self.0 {
            listener(thread, said, turn);
        }
    }
}

impl fmt::Debug for TurnWatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TurnWatcher").field(&self.0.is_some()).finish()
    }
}
