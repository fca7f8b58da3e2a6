//! The wanted value of one property, and the text that it makes of the present one.

use std::collections::{BTreeMap, BTreeSet};

/// What HubSpot puts between the options of a property that takes several; before the first, it appends.
const SEPARATOR: &str = ";";

/// The wanted values, by internal name.
pub type Edits = BTreeMap<String, Edit>;

/// The wanted value of one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// This text; an empty one clears the property.
    Text(String),
    /// These options and no others.
    Options(Vec<String>),
    /// More options and fewer; the others stay.
    Change {
        /// The options to choose as well.
        add: Vec<String>,
        /// The options not to choose any more.
        remove: Vec<String>,
    },
}

impl Edit {
    /// Returns the text that a record has after the edit, if it has `before` now. Options in another order are the same.
    pub fn on(&self, before: &str) -> String {
        match self {
            Edit::Text(text) => text.clone(),
            Edit::Options(options) if set(before) == options.iter().map(String::as_str).collect() => before.to_owned(),
            Edit::Options(options) => options.join(SEPARATOR),
            Edit::Change { add, remove } => {
                let kept = options(before).filter(|option| !remove.iter().any(|removed| removed == option));
                let mut all: Vec<&str> = kept.collect();
                for option in add {
                    if !all.contains(&option.as_str()) {
                        all.push(option);
                    }
                }
                all.join(SEPARATOR)
            }
        }
    }

    /// Returns the text to send for the same. Options that are only added are left to HubSpot to append, so that those
    /// which somebody else adds at the same time stay.
    pub fn to_send(&self, before: &str) -> String {
        match self {
            Edit::Change { add, remove } if remove.is_empty() && !before.is_empty() => {
                add.iter().map(|option| format!("{SEPARATOR}{option}")).collect()
            }
            _ => self.on(before),
        }
    }

    /// Returns `true` if a record that had `before` and now has `now` was edited so. HubSpot trims texts and rewrites
    /// numbers; options may stand in any order, and somebody else may have added others.
    pub fn is_done(&self, before: &str, now: &str) -> bool {
        match self {
            Edit::Text(text) => is_same(now, text),
            Edit::Options(_) => set(now) == set(&self.on(before)),
            Edit::Change { add, remove } => {
                let now = set(now);
                let has = |option: &String| now.contains(option.as_str());
                add.iter().all(has) && !remove.iter().any(has)
            }
        }
    }
}

fn options(text: &str) -> impl Iterator<Item = &str> {
    text.split(SEPARATOR).filter(|option| !option.is_empty())
}

fn set(text: &str) -> BTreeSet<&str> {
    options(text).collect()
}

fn is_same(kept: &str, sent: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    kept.trim() == sent.trim() || number(kept).is_some_and(|kept| Some(kept) == number(sent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(items: &[&str]) -> Vec<String> {
        items.iter().map(|&item| item.to_owned()).collect()
    }

    fn change(add: &[&str], remove: &[&str]) -> Edit {
        Edit::Change { add: texts(add), remove: texts(remove) }
    }

    #[test]
    fn options_are_set_added_and_removed() {
        let only = |items: &[&str]| Edit::Options(texts(items));
        for (before, edit, after, sent) in [
            ("", Edit::Text(";a".into()), ";a", ";a"),
            ("b", Edit::Text(String::new()), "", ""),
            ("", only(&["a", "b"]), "a;b", "a;b"),
            ("c", only(&["a", "b"]), "a;b", "a;b"),
            ("b;a", only(&["a", "b"]), "b;a", "b;a"),
            ("", change(&["a"], &[]), "a", "a"),
            ("b", change(&["a"], &[]), "b;a", ";a"),
            ("b;a", change(&["a", "c"], &[]), "b;a;c", ";a;c"),
            ("b;a", change(&["a"], &[]), "b;a", ";a"),
            ("b;a;c", change(&[], &["a"]), "b;c", "b;c"),
            ("a", change(&[], &["a"]), "", ""),
            ("a;b", change(&["c"], &["a"]), "b;c", "b;c"),
            ("", change(&[], &["a"]), "", ""),
        ] {
            assert_eq!((edit.on(before).as_str(), edit.to_send(before).as_str()), (after, sent), "{before} {edit:?}");
            assert!(edit.is_done(before, after), "{before} {edit:?}");
        }
    }

    #[test]
    fn an_edit_that_hubspot_did_not_take_is_noticed() {
        assert!(
            Edit::Text("3".into()).is_done("", "3.0") && !Edit::Text("lead".into()).is_done("customer", "customer")
        );
        assert!(change(&["a"], &[]).is_done("b", "x;b;a"), "somebody else added x");
        assert!(!change(&["a"], &[]).is_done("b", "a;b".trim_start_matches("a;")));
        assert!(!change(&[], &["a"]).is_done("a;b", "a;b"));
        assert!(!Edit::Options(texts(&["a"])).is_done("b", "b;a"));
    }
}
