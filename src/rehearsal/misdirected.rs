//! Differences that went to somebody or something else than was wanted: a ticket for a wish for a meeting, another contact's
//! record, a task for the wrong colleague. Pure.

use super::scenario::ExpectedChange;
use super::state::{Difference, Key, Record};

const CONTACTS: &str = "contacts";
const TASKS: &str = "tasks";
const OWNER: &str = "hubspot_owner_id";
/// The records that a wish leads to, each by a matter of its own.
const MATTERS: &[&str] = &["tickets", "meetings", CONTACTS];

/// True for a difference that no change explains and that has gone astray. `find` knows the records by the scenario's names.
pub(super) fn is_astray(
    changes: &[ExpectedChange],
    difference: &Difference,
    find: impl Fn(&str) -> Option<Key>,
) -> bool {
    let named: Vec<Key> = changes
        .iter()
        .flat_map(|change| change.linked.iter().flatten().chain(&change.update))
        .filter_map(|name| find(name))
        .collect();
    match difference {
        Difference::Made((kind, _), record) => {
            is_of_another(&named, record) || is_for_another(changes, kind, record) || is_another_matter(changes, kind)
        }
        Difference::Changed(key, _) | Difference::Gone(key) => !named.contains(key),
        Difference::Linked(..) | Difference::Unlinked(..) => false,
    }
}

/// True for a record of a contact whom the scenario does not name.
fn is_of_another(named: &[Key], record: &Record) -> bool {
    let is_contact = |key: &&Key| key.0 == CONTACTS;
    named.iter().any(|key| is_contact(&key)) && record.links.iter().filter(is_contact).any(|key| !named.contains(key))
}

/// True for a task of a colleague who is to have none, where others are.
fn is_for_another(changes: &[ExpectedChange], kind: &str, record: &Record) -> bool {
    let owner = record.properties.get(OWNER).filter(|owner| !owner.is_empty());
    let wanted: Vec<_> = changes
        .iter()
        .filter(|change| change.create.as_deref() == Some(TASKS))
        .filter_map(|change| change.with.get(OWNER))
        .collect();
    kind == TASKS && owner.is_some() && !wanted.is_empty() && !wanted.iter().any(|wanted| wanted.fits(owner))
}

/// True for a record of a matter that is not wanted, where another one is.
fn is_another_matter(changes: &[ExpectedChange], kind: &str) -> bool {
    let creates = |wanted: &str| changes.iter().any(|change| change.create.as_deref() == Some(wanted));
    MATTERS.contains(&kind) && !creates(kind) && MATTERS.iter().chain([&TASKS]).any(|other| creates(other))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::scenario_file;
    use super::*;

    const SCENARIO: &str = r#"
        name = "A call"
        customer.wants = "A call of Daniel's."
        [[line]]
        says = "call me"
        [[change]]
        create = "tasks"
        linked = ["contacts:s@x.example"]
        with = { hubspot_owner_id = "2" }
        [[change]]
        update = "contacts:s@x.example"
        count = "0..1"
    "#;

    fn key(kind: &str, id: &str) -> Key {
        (kind.to_owned(), id.to_owned())
    }

    #[test]
    fn what_went_astray_is_told_from_what_is_only_too_much() {
        let scenario = scenario_file::read(SCENARIO).unwrap();
        let find = |name: &str| (name == "contacts:s@x.example").then(|| key("contacts", "1"));
        let made = |kind: &str, owner: &str, contact: &str| {
            let properties = BTreeMap::from([(OWNER.to_owned(), owner.to_owned())]);
            Difference::Made(key(kind, "9"), Record { properties, links: [key("contacts", contact)].into() })
        };
        let changed = |id: &str| Difference::Changed(key("contacts", id), BTreeMap::new());
        for (difference, astray) in [
            (made("tasks", "2", "1"), false),
            (made("tasks", "", "1"), false),
            (made("tasks", "3", "1"), true),
            (made("tasks", "2", "8"), true),
            (made("tickets", "2", "1"), true),
            (made("notes", "", "1"), false),
            (made("communications", "", "8"), true),
            (changed("1"), false),
            (changed("8"), true),
            (Difference::Gone(key("contacts", "8")), true),
        ] {
            assert_eq!(is_astray(&scenario.changes, &difference, find), astray, "{difference:?}");
        }
    }
}
