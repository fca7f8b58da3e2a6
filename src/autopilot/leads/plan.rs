//! Which of the wanted values are written. Pure.

use std::collections::BTreeMap;

use super::memory::LeadMemory;
use crate::records::edit::{Edit, Edits};

/// A property with its value before and the one that was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadChange {
    /// The property.
    pub property: String,
    /// The value before; empty for none.
    pub before: String,
    /// The value that the conversation has shown, as HubSpot stores it.
    pub after: String,
}

/// The consequence of wanted values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadPlan {
    /// Values that are to be written.
    pub write: Vec<LeadChange>,
    /// Values that an attempt before this one has written.
    pub done: Vec<LeadChange>,
    /// Values that stay as they are, because a person may have set them.
    pub kept: Vec<LeadChange>,
}

impl LeadPlan {
    /// True if colleagues have nothing to be told.
    pub fn is_empty(&self) -> bool {
        self.write.is_empty() && self.done.is_empty() && self.kept.is_empty()
    }
}

/// Plans the writes. `now` are the contact's values, and `may_replace` are the properties whose rules write over any value.
pub fn of(edits: &Edits, now: &BTreeMap<String, String>, may_replace: &[&str], memory: &LeadMemory) -> LeadPlan {
    let mut plan = LeadPlan::default();
    for (property, edit) in edits {
        let value = now.get(property).cloned().unwrap_or_default();
        let begun = memory.before.as_ref().and_then(|before| before.get(property));
        let (place, before) = match begun {
            Some(before) if is_done(edit, before, &value) => (&mut plan.done, before.clone()),
            // Somebody has changed it since the write was begun.
            Some(before) if *before != value => (&mut plan.kept, value),
            Some(_) => (&mut plan.write, value),
            None if is_done(edit, &value, &value) => continue,
            None if value.is_empty() || memory.wrote(property, &value) || may_replace.contains(&property.as_str()) => {
                (&mut plan.write, value)
            }
            None => (&mut plan.kept, value),
        };
        let after = edit.on(&before);
        place.push(LeadChange { property: property.clone(), before, after });
    }
    plan
}

fn is_done(edit: &Edit, before: &str, now: &str) -> bool {
    !now.is_empty() && edit.is_done(before, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::digest;

    #[test]
    fn a_persons_value_stays_unless_the_rule_says_otherwise() {
        let edits = Edits::from([("company".to_owned(), Edit::Text("Acme".into()))]);
        let planned = |now: &str, replaces: bool, memory: &LeadMemory| {
            let may: &[&str] = if replaces { &["company"] } else { &[] };
            let plan = of(&edits, &BTreeMap::from([("company".to_owned(), now.to_owned())]), may, memory);
            let told = |name: &str, all: &[LeadChange]| {
                all.iter().map(|one| format!("{name} {} -> {}", one.before, one.after)).collect::<Vec<_>>()
            };
            [told("write", &plan.write), told("done", &plan.done), told("kept", &plan.kept)].concat().join("; ")
        };
        let fresh = LeadMemory::default();
        let wrote =
            LeadMemory { written: BTreeMap::from([("company".into(), digest::short("Old"))]), ..LeadMemory::default() };
        let begun =
            LeadMemory { before: Some(BTreeMap::from([("company".into(), "Old".into())])), ..LeadMemory::default() };
        for (now, replaces, memory, expected) in [
            ("", false, &fresh, "write  -> Acme"),
            ("Acme", false, &fresh, ""),
            ("Old", false, &fresh, "kept Old -> Acme"),
            ("Old", true, &fresh, "write Old -> Acme"),
            ("Old", false, &wrote, "write Old -> Acme"),
            ("Other", false, &wrote, "kept Other -> Acme"),
            // A write that an earlier attempt has begun.
            ("Old", false, &begun, "write Old -> Acme"),
            ("Acme", false, &begun, "done Old -> Acme"),
            ("Other", false, &begun, "kept Other -> Acme"),
        ] {
            assert_eq!(planned(now, replaces, memory), expected, "{now} {replaces} {memory:?}");
        }
    }
}
