//! The ids by which calls and their answers belong together.

use std::collections::BTreeSet;

/// The length of an id that every endpoint takes: Mistral accepts only nine letters and digits, and a tokenizer of vLLM
/// cuts longer ones.
const LENGTH: usize = 9;

/// The ids of one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids(BTreeSet<String>);

impl Ids {
    /// The ids that a turn has used already.
    pub(super) fn of<'a>(used: impl IntoIterator<Item = &'a str>) -> Ids {
        Ids(used.into_iter().map(str::to_owned).collect())
    }

    /// The id that the server gave, or one of ours if it gave none, or the same one twice.
    pub(super) fn take(&mut self, given: &str) -> String {
        let is_new = !given.is_empty() && self.0.insert(given.to_owned());
        if is_new { given.to_owned() } else { self.own() }
    }

    fn own(&mut self) -> String {
        // One more candidate than there are ids, so that one is free.
        let mut candidates = (0..=self.0.len()).map(|number| format!("c{number:0width$}", width = LENGTH - 1));
        let free = candidates.find(|id| !self.0.contains(id)).unwrap_or_default();
        self.0.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_and_repeated_ids_are_replaced_by_ours() {
        let mut ids = Ids::of(["call_a", "c00000000"]);
        let taken = ["", "call_a", "call_b", "call_b"].map(|given| ids.take(given));
        assert_eq!(taken, ["c00000001", "c00000002", "call_b", "c00000003"]);
        assert!(
            taken
                .iter()
                .filter(|id| id.starts_with('c'))
                .all(|id| id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        );
    }
}
