//! The options of a property, found by value, by label or by the letters of either.

use std::collections::HashMap;

use super::property::key;
use hubspot_client::{Property, PropertyOption};

/// The options of one property. It is built once for a value, which may name hundreds of them.
#[derive(Debug, Default)]
pub struct OptionIndex<'a> {
    values: HashMap<&'a str, &'a PropertyOption>,
    labels: HashMap<String, &'a PropertyOption>,
    letters: HashMap<String, &'a PropertyOption>,
}

impl<'a> OptionIndex<'a> {
    /// The options of the property. Of several with one name, the first is found.
    pub fn of(property: &'a Property) -> OptionIndex<'a> {
        let mut index = OptionIndex::default();
        for option in &property.options {
            index.values.entry(&option.value).or_insert(option);
            index.labels.entry(option.label.to_lowercase()).or_insert(option);
            for letters in [key(&option.value), key(&option.label)] {
                index.letters.entry(letters).or_insert(option);
            }
        }
        index
    }

    /// Finds an option by value, else by label, else by the letters of either.
    pub fn find(&self, asked: &str) -> Option<&'a PropertyOption> {
        let asked = asked.trim();
        let letters = || Some(key(asked)).filter(|letters| !letters.is_empty());
        let found = self.values.get(asked).or_else(|| self.labels.get(&asked.to_lowercase()));
        found.or_else(|| self.letters.get(&letters()?)).copied()
    }
}
