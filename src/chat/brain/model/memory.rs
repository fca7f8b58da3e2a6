//! The turn so far as the model itself said it: what an endpoint wants back word for word, and what no one else keeps. It ends
//! with the turn.

use serde_json::Value;

use crate::chat::brain::FinishedCall;

/// The memory of one turn.
#[derive(Clone, Debug, Default)]
pub(super) struct TurnMemory {
    rounds: Vec<Round>,
    /// The last reply, which is wrong if a correction follows.
    said: String,
    pub(super) corrections: Vec<Correction>,
}

#[derive(Clone, Debug)]
struct Round {
    ids: Vec<String>,
    message: Value,
}

/// A reply that was not taken.
#[derive(Clone, Debug)]
pub(super) struct Correction {
    /// The calls that were done before it.
    pub(super) after: usize,
    /// The reply; empty if another brain gave it.
    pub(super) said: String,
    /// The reason, in words for the model.
    pub(super) why: String,
}

impl TurnMemory {
    /// Takes in what has become of the last decision.
    pub(super) fn learn(&mut self, done: &[FinishedCall], correction: Option<&str>) {
        match correction {
            None if done.is_empty() => *self = TurnMemory::default(),
            None => {}
            Some(why) => {
                let said = std::mem::take(&mut self.said);
                self.corrections.push(Correction { after: done.len(), said, why: why.to_owned() });
            }
        }
    }

    pub(super) fn called(&mut self, ids: Vec<String>, message: Value) {
        self.rounds.push(Round { ids, message });
    }

    pub(super) fn said(&mut self, text: &str) {
        text.clone_into(&mut self.said);
    }

    /// The message by which the model wanted these calls.
    pub(super) fn message_of(&self, round: &[FinishedCall]) -> Option<&Value> {
        let is_same = |known: &&Round| known.ids.iter().eq(round.iter().map(|done| &done.call.id));
        self.rounds.iter().find(is_same).map(|known| &known.message)
    }
}
