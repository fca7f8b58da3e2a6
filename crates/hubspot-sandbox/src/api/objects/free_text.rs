//! Free text search: `query` of a search request.

use crate::model::computed;
use crate::model::object_type::ObjectType;
use crate::model::record::Record;

/// Digits that make a query a phone number.
const PHONE_DIGITS_MIN: usize = 7;

/// A parsed query.
#[derive(Clone, Debug)]
pub(crate) struct FreeText {
    words: Vec<String>,
    /// Local digits, if the query is a phone number.
    digits: Option<String>,
}

impl FreeText {
    /// Parses the `query` of a search.
    pub(crate) fn parse(query: &str) -> FreeText {
        let words = query.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let is_phone = query.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c));
        let local = computed::local_number(query).filter(|local| is_phone && local.len() >= PHONE_DIGITS_MIN);
        FreeText { words, digits: local }
    }

    /// Says that every word occurs in one of the searchable properties, or that the phone number is one of the
    /// record's.
    pub(crate) fn matches(&self, object_type: ObjectType, record: &Record) -> bool {
        let names = object_type.info().searchable.iter();
        let texts: Vec<String> = names
            .filter_map(|name| computed::read(object_type, record, name))
            .map(|text| text.to_lowercase())
            .collect();
        self.words.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
            || self.is_phone_of(object_type, record)
    }

    fn is_phone_of(&self, object_type: ObjectType, record: &Record) -> bool {
        const NUMBERS: [&str; 2] = ["hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number"];
        let Some(digits) = &self.digits else { return false };
        NUMBERS
            .iter()
            .filter_map(|name| computed::read(object_type, record, name))
            .any(|number| number.ends_with(digits.as_str()))
    }
}
