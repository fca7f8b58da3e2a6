//! A record of the CRM: its property values with their history.

use std::sync::Arc;

use crate::clock::Ms;

/// Versions kept of one property. HubSpot shows no more.
const HISTORY_MAX: usize = 20;

/// The name of a property, shared with the schema to save memory.
pub(crate) type Name = Arc<str>;

#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) created_ms: Ms,
    pub(crate) updated_ms: Ms,
    pub(crate) archived_ms: Option<Ms>,
    pub(crate) source: Source,
    /// Ids of records that were merged into this one; they still lead to it.
    pub(crate) merged_ids: Vec<u64>,
    /// Present values, sorted by name.
    values: Vec<(Name, Version)>,
    /// Previous values, oldest first.
    past: Vec<(Name, Version)>,
}

/// A value with its beginning and its source.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) text: Box<str>,
    pub(crate) since_ms: Ms,
    pub(crate) source: Source,
}

/// The source of a value or a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An app or a service key.
    Integration,
    /// A person in HubSpot's own screens.
    Screen,
    /// HubSpot's meetings tool, when a booking makes or changes the record.
    Meetings,
}

impl Source {
    /// Returns the value of `hs_object_source_label` and of `sourceType` in histories.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Source::Integration => "INTEGRATION",
            Source::Screen => "CRM_UI",
            Source::Meetings => "MEETINGS",
        }
    }

    /// Finds a source by its label.
    pub(crate) fn from_label(text: &str) -> Option<Source> {
        [Source::Integration, Source::Screen, Source::Meetings].into_iter().find(|source| source.label() == text)
    }
}

impl Record {
    pub(crate) fn new(id: u64, created_ms: Ms, source: Source) -> Record {
        Record {
            id,
            created_ms,
            updated_ms: created_ms,
            archived_ms: None,
            source,
            merged_ids: Vec::new(),
            values: Vec::new(),
            past: Vec::new(),
        }
    }

    pub(crate) fn is_archived(&self) -> bool {
        self.archived_ms.is_some()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.position(name).ok().map(|at| &*self.values[at].1.text)
    }

    /// Returns the present values, sorted by name.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&Name, &Version)> {
        self.values.iter().map(|(name, version)| (name, version))
    }

    /// Returns the versions of a property, newest first.
    pub(crate) fn history(&self, name: &str) -> Vec<&Version> {
        let current = self.position(name).ok().map(|at| &self.values[at].1);
        let past = self.past.iter().rev().filter(|(past, _)| &**past == name).map(|(_, version)| version);
        current.into_iter().chain(past).take(HISTORY_MAX).collect()
    }

    /// Sets a value, or clears it with an empty text.
    pub(crate) fn set(&mut self, name: &Name, text: &str, now_ms: Ms, source: Source) {
        match self.position(name) {
            Ok(at) if *self.values[at].1.text == *text => {}
            Ok(at) => {
                let before = self.values.remove(at);
                self.push_past(before);
                self.put(name, text, now_ms, source);
            }
            Err(_) => self.put(name, text, now_ms, source),
        }
    }

    /// Replaces the history of a property. The versions are newest first, and the first one is the present value.
    pub(crate) fn set_history(&mut self, name: &Name, versions: Vec<Version>) {
        self.past.retain(|(known, _)| known != name);
        let mut versions = versions.into_iter();
        if let (Ok(at), Some(current)) = (self.position(name), versions.next()) {
            self.values[at].1 = current;
        }
        let past: Vec<_> = versions.take(HISTORY_MAX).map(|version| (Arc::clone(name), version)).collect();
        self.past.extend(past.into_iter().rev());
    }

    fn put(&mut self, name: &Name, text: &str, since_ms: Ms, source: Source) {
        if let (Err(at), false) = (self.position(name), text.is_empty()) {
            let version = Version { text: text.into(), since_ms, source };
            self.values.insert(at, (Arc::clone(name), version));
        }
    }

    fn push_past(&mut self, before: (Name, Version)) {
        let same = |(name, _): &&(Name, Version)| *name == before.0;
        if self.past.iter().filter(same).count() >= HISTORY_MAX
            && let Some(oldest) = self.past.iter().position(|(name, _)| *name == before.0)
        {
            self.past.remove(oldest);
        }
        self.past.push(before);
    }

    /// Frees spare capacity, since most records never change.
    pub(crate) fn trim(&mut self) {
        self.values.shrink_to_fit();
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.values.binary_search_by(|(known, _)| (**known).cmp(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.into()
    }

    #[test]
    fn a_value_keeps_its_history() {
        let mut record = Record::new(1, 0, Source::Screen);
        record.set(&name("firstname"), "Sara", 1, Source::Screen);
        record.set(&name("firstname"), "Sarah", 2, Source::Integration);
        record.set(&name("firstname"), "Sarah", 3, Source::Integration);
        record.set(&name("email"), "sarah@gmail.com", 3, Source::Integration);
        let seen: Vec<_> = record.history("firstname").iter().map(|v| (&*v.text, v.since_ms)).collect();
        assert_eq!(seen, [("Sarah", 2), ("Sara", 1)]);
        let names: Vec<_> = record.values().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["email", "firstname"]);
    }

    #[test]
    fn an_empty_text_clears_a_value_and_the_history_is_bounded() {
        let mut record = Record::new(1, 0, Source::Screen);
        for at in 0..100 {
            record.set(&name("phone"), &at.to_string(), at, Source::Screen);
        }
        record.set(&name("phone"), "", 100, Source::Screen);
        assert_eq!(record.get("phone"), None);
        assert_eq!(record.history("phone").len(), HISTORY_MAX);
        assert_eq!(&*record.history("phone")[0].text, "99");
    }
}
