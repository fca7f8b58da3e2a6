//! The values of which colleagues were told, as the autopilot's own comments in the conversation say them. So the store keeps
//! neither values nor digests of them: a digest of a name or an amount is found by trying. Pure.

use crate::autopilot::entry::{ThreadEntry, What, Who};
use crate::records::excerpt;

/// The beginning of every comment about leads.
pub const HEAD: &str = "Lead (autopilot):";
/// The beginning of one about values that were written.
pub const WRITTEN: &str = "Lead (autopilot): written";

/// The comments about leads, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldLeads<'a>(Vec<&'a str>);

impl<'a> ToldLeads<'a> {
    /// Those of a conversation.
    pub fn of(entries: &'a [ThreadEntry]) -> ToldLeads<'a> {
        let note = |entry: &'a ThreadEntry| match &entry.what {
            What::Note(text) if entry.who == Who::Ours && text.starts_with(HEAD) => Some(text.as_str()),
            _ => None,
        };
        ToldLeads(entries.iter().filter_map(note).collect())
    }

    /// True if this value of a property is the one that colleagues were told last, whatever became of it.
    pub fn has(&self, property: &str, value: &str) -> bool {
        let mut lines = self.0.iter().rev().flat_map(|note| note.lines());
        lines.find(|line| is_about(line, property)).is_some_and(|line| shows(line, value))
    }

    /// True if this value of a property was written by the autopilot.
    pub fn wrote(&self, property: &str, value: &str) -> bool {
        let written = self.0.iter().rev().filter(|note| note.starts_with(WRITTEN));
        let mut lines = written.flat_map(|note| note.lines());
        lines.find(|line| line.starts_with(&format!("- {property}: "))).is_some_and(|line| shows(line, value))
    }
}

fn is_about(line: &str, property: &str) -> bool {
    line.strip_prefix("- ")
        .and_then(|line| line.strip_prefix(property))
        .is_some_and(|rest| rest.starts_with([':', ' ']))
}

fn shows(line: &str, value: &str) -> bool {
    line.ends_with(&format!("“{}”", excerpt::line(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_tell_which_values_colleagues_know() {
        let note =
            |who, text: &str| ThreadEntry { id: String::new(), at_ms: 0, who, what: What::Note(text.to_owned()) };
        let entries = [
            note(Who::Ours, &format!("{WRITTEN} …\n- company: (empty) → “Acme”\n- city stays “Bonn”, …; “Oslo”")),
            note(Who::Person, &format!("{WRITTEN} …\n- company: “Acme” → “Forged”")),
            note(Who::Ours, &format!("{HEAD} would be written …\n- budget: (empty) → “5000”\n- seats: (empty) → “2”")),
            note(Who::Ours, &format!("{HEAD} would be written …\n- seats: (empty) → “3”")),
        ];
        let told = ToldLeads::of(&entries);
        for (property, value, is_told, is_written) in [
            ("company", "Acme", true, true),
            ("company", "Forged", false, false),
            ("city", "Oslo", true, false),
            ("budget", "5000", true, false),
            ("budget", "500", false, false),
            ("seats", "3", true, false),
            ("seats", "2", false, false),
            ("comp", "Acme", false, false),
        ] {
            let found = (told.has(property, value), told.wrote(property, value));
            assert_eq!(found, (is_told, is_written), "{property} {value}");
        }
    }
}
