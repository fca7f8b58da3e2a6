//! The error of one item of a snapshot.

use super::error::SnapshotError;

/// Largest id in a file. HubSpot's ids have about twelve digits; ids that go on from here never overflow.
const ID_MAX: u64 = 1_000_000_000_000_000;

/// The error of an item, with its line counted from the beginning of the item.
pub(super) struct ItemError {
    reason: String,
    line: usize,
}

impl ItemError {
    pub(super) fn at(self, line: usize) -> SnapshotError {
        SnapshotError::InvalidItem { line: line + self.line, reason: self.reason }
    }
}

impl From<String> for ItemError {
    fn from(reason: String) -> ItemError {
        ItemError { reason, line: 0 }
    }
}

impl From<serde_json::Error> for ItemError {
    fn from(error: serde_json::Error) -> ItemError {
        ItemError { reason: message(&error), line: error.line().saturating_sub(1) }
    }
}

/// Returns the message without the position at its end.
pub(super) fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

pub(super) fn check_id(id: u64) -> Result<u64, String> {
    match id <= ID_MAX {
        true => Ok(id),
        false => Err(format!("`{id}` is too large for an id; expected at most `{ID_MAX}`")),
    }
}
