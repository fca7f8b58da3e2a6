//! Which of the wanted values are written. Pure.

use std::collections::BTreeMap;

use super::told::ToldLeads;
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
    /// Leaves out values of which colleagues know already, unless they are written now.
    #[must_use]
    pub fn without(mut self, told: &ToldLeads<'_>, is_dry: bool) -> LeadPlan {
        let is_new = |one: &LeadChange| !told.has(&one.property, &one.after);
        self.kept.retain(is_new);
        self.write.retain(|one| !is_dry || is_new(one));
        self
    }

    /// The plan where nothing more may be written: only what is written already is told.
    #[must_use]
    pub fn ended(self) -> LeadPlan {
        LeadPlan { done: self.done, ..LeadPlan::default() }
    }

    /// True if colleagues have nothing to be told.
    pub fn is_empty(&self) -> bool {
        self.write.is_empty() && self.done.is_empty() && self.kept.is_empty()
    }
}

/// Plans the writes. `now` are the contact's values, `may_replace` are the properties whose rules write over any value, and
/// `begun` are the values before a write that is under way.
pub fn of(
    edits: &Edits,
    now: &BTreeMap<String, String>,
    may_replace: &[&str],
    begun: Option<&BTreeMap<String, String>>,
    told: &ToldLeads<'_>,
) -> LeadPlan {
    let mut plan = LeadPlan::default();
    for (property, edit) in edits {
        let value = now.get(property).cloned().unwrap_or_default();
        let (place, before) = match begun.and_then(|before| before.get(property)) {
            Some(before) if is_done(edit, before, &value) => (&mut plan.done, before.clone()),
            // Somebody has changed it since the write was begun.
            Some(before) if *before != value => (&mut plan.kept, value),
            Some(_) => (&mut plan.write, value),
            None if is_done(edit, &value, &value) => continue,
            None if value.is_empty() || told.wrote(property, &value) || may_replace.contains(&property.as_str()) => {
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
    use crate::autopilot::entry::{ThreadEntry, What, Who};

    #[test]
    fn a_persons_value_stays_unless_the_rule_says_otherwise() {
        let edits = Edits::from([("company".to_owned(), Edit::Text("Acme".into()))]);
        let begun = BTreeMap::from([("company".to_owned(), "Old".to_owned())]);
        let text = "Lead (autopilot): written to the contact:\n- company: (empty) → “Old”".to_owned();
        let note = [ThreadEntry { id: String::new(), at_ms: 0, who: Who::Ours, what: What::Note(text) }];
        let (nothing, wrote) = (ToldLeads::default(), ToldLeads::of(&note));
        let planned = |now: &str, replaces: bool, is_begun: bool, told: &ToldLeads<'_>| {
            let may: &[&str] = if replaces { &["company"] } else { &[] };
            let now = BTreeMap::from([("company".to_owned(), now.to_owned())]);
            let plan = of(&edits, &now, may, is_begun.then_some(&begun), told);
            let told = |name: &str, all: &[LeadChange]| {
                all.iter().map(|one| format!("{name} {} -> {}", one.before, one.after)).collect::<Vec<_>>()
            };
            [told("write", &plan.write), told("done", &plan.done), told("kept", &plan.kept)].concat().join("; ")
        };
        for (now, replaces, is_begun, told, expected) in [
            ("", false, false, &nothing, "write  -> Acme"),
            ("Acme", false, false, &nothing, ""),
            ("Old", false, false, &nothing, "kept Old -> Acme"),
            ("Old", true, false, &nothing, "write Old -> Acme"),
            ("Old", false, false, &wrote, "write Old -> Acme"),
            ("Other", false, false, &wrote, "kept Other -> Acme"),
            // A write that an earlier attempt has begun.
            ("Old", false, true, &nothing, "write Old -> Acme"),
            ("Acme", false, true, &nothing, "done Old -> Acme"),
            ("Other", false, true, &nothing, "kept Other -> Acme"),
        ] {
            assert_eq!(planned(now, replaces, is_begun, told), expected, "{now} {replaces} {is_begun}");
        }
    }
}
