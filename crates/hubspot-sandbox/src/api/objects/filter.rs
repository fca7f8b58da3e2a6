//! The filters of a search, as HubSpot's page "Search the CRM" defines them. Pure: no I/O, no clock.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use serde_json::Value;

use crate::api::input::as_text;
use crate::assumptions::Assumptions;
use crate::model::associations::Associations;
use crate::model::computed;
use crate::model::object_type::ObjectType;
use crate::model::property_value::parse_any_date_time;
use crate::model::record::Record;
use crate::model::schema::{Definition, ValueType};

/// HubSpot's search operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Operator {
    Eq,
    Neq,
    Lt,
    Lte,
    Gt,
    Gte,
    Between,
    In,
    NotIn,
    HasProperty,
    NotHasProperty,
    ContainsToken,
    NotContainsToken,
}

/// A parsed condition on a record.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) subject: Subject,
    pub(crate) operator: Operator,
    /// `value`, `value` and `highValue`, or `values`.
    pub(crate) values: Vec<String>,
}

/// The data of a record that a filter compares.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    Property {
        name: String,
        value_type: ValueType,
        /// Values are separated by `;`.
        is_list: bool,
    },
    /// Ids of associated records: `associations.ticket`.
    Associated(ObjectType),
}

impl Subject {
    pub(crate) fn of(definition: &Definition) -> Subject {
        let name = definition.name.to_string();
        let is_list = definition.field_type == "checkbox" || name == "hs_additional_emails";
        Subject::Property { name, value_type: definition.value_type, is_list }
    }
}

/// A record that a search examines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) object_type: ObjectType,
    pub(crate) record: &'a Record,
    pub(crate) associations: &'a Associations,
    pub(crate) assumptions: Assumptions,
}

impl Filter {
    pub(crate) fn matches(&self, candidate: Candidate<'_>) -> bool {
        match &self.subject {
            Subject::Associated(to) => self.matches_associated(candidate, *to),
            Subject::Property { name, value_type, is_list } => {
                let Candidate { object_type, record, .. } = candidate;
                let text = computed::read(object_type, record, name);
                let secondary = (name == "email" && candidate.assumptions.email_filter_finds_secondary)
                    .then(|| record.get("hs_additional_emails"))
                    .flatten();
                let parts = secondary.into_iter().flat_map(|all| all.split(';'));
                let texts = text.as_deref().into_iter().flat_map(|text| split(text, *is_list)).chain(parts);
                self.matches_texts(&texts.collect::<Vec<_>>(), *value_type)
            }
        }
    }

    /// Applies the operator. `texts`: the values of a list, one value, or none if the property is not set.
    fn matches_texts(&self, texts: &[&str], value_type: ValueType) -> bool {
        let any = |test: &dyn Fn(&str) -> bool| texts.iter().any(|text| test(text));
        let first = self.values.first().map_or("", String::as_str);
        let high = self.values.get(1).map_or("", String::as_str);
        let is = |text: &str| compare(text, first, value_type) == Some(Equal);
        match self.operator {
            Operator::HasProperty => !texts.is_empty(),
            Operator::NotHasProperty => texts.is_empty(),
            Operator::Eq => any(&is),
            Operator::Neq => !any(&is),
            Operator::Lt => any(&|text| compare(text, first, value_type) == Some(Less)),
            Operator::Lte => any(&|text| matches!(compare(text, first, value_type), Some(Less | Equal))),
            Operator::Gt => any(&|text| compare(text, first, value_type) == Some(Greater)),
            Operator::Gte => any(&|text| matches!(compare(text, first, value_type), Some(Greater | Equal))),
            Operator::Between => any(&|text| {
                matches!(compare(text, first, value_type), Some(Greater | Equal))
                    && matches!(compare(text, high, value_type), Some(Less | Equal))
            }),
            Operator::In => any(&|text| self.values.iter().any(|value| is_listed(text, value, value_type))),
            Operator::NotIn => !any(&|text| self.values.iter().any(|value| is_listed(text, value, value_type))),
            Operator::ContainsToken => any(&|text| contains(text, first)),
            Operator::NotContainsToken => !any(&|text| contains(text, first)),
        }
    }

    fn matches_associated(&self, candidate: Candidate<'_>, to: ObjectType) -> bool {
        let mut ids =
            candidate.associations.of((candidate.object_type, candidate.record.id), to).map(|(id, _)| id.to_string());
        match self.operator {
            Operator::HasProperty => ids.next().is_some(),
            Operator::NotHasProperty => ids.next().is_none(),
            Operator::Neq | Operator::NotIn => !ids.any(|id| self.values.contains(&id)),
            _ => ids.any(|id| self.values.contains(&id)),
        }
    }
}

fn split(text: &str, is_list: bool) -> Vec<&str> {
    match is_list {
        true => text.split(';').filter(|part| !part.is_empty()).collect(),
        false => vec![text],
    }
}

/// Compares numbers and dates by size, enumerations exactly, everything else without regard to case. `None`: not
/// comparable.
pub(crate) fn compare(text: &str, value: &str, value_type: ValueType) -> Option<Ordering> {
    match value_type {
        ValueType::Number => text.parse::<f64>().ok()?.partial_cmp(&value.trim().parse().ok()?),
        ValueType::Date | ValueType::Datetime => Some(parse_any_date_time(text)?.cmp(&parse_any_date_time(value)?)),
        ValueType::Enumeration => Some(text.cmp(value)),
        _ => Some(text.to_lowercase().cmp(&value.to_lowercase())),
    }
}

/// Compares for `IN`. The stored text is lowered, the value is not: a value with a capital letter is never found.
fn is_listed(text: &str, value: &str, value_type: ValueType) -> bool {
    match value_type {
        ValueType::String | ValueType::PhoneNumber => text.to_lowercase() == value,
        _ => compare(text, value, value_type) == Some(Equal),
    }
}

/// Says that every word of `value` is a word of `text`. A `*` stands for any characters.
fn contains(text: &str, value: &str) -> bool {
    let (text, value) = (text.to_lowercase(), value.to_lowercase());
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    match value.contains('*') {
        true => matches_pattern(&text, &value) || words.iter().any(|word| matches_pattern(word, &value)),
        false => {
            let mut wanted = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
            wanted.peek().is_some() && wanted.all(|word| words.contains(&word))
        }
    }
}

/// Matches a pattern whose `*` stands for any characters. Takes time linear in the length of the text for each `*`.
fn matches_pattern(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Reads the values that an operator takes: none, one, two or a list.
pub(crate) fn values(operator: Operator, filter: &Value) -> Result<Vec<String>, String> {
    let text = |name: &str| match &filter[name] {
        Value::Null => Err(format!("{name} must be set for the operator {}", filter["operator"])),
        Value::String(text) => Ok(text.clone()),
        other => Ok(other.to_string()),
    };
    match operator {
        Operator::HasProperty | Operator::NotHasProperty => Ok(Vec::new()),
        Operator::Between => Ok(vec![text("value")?, text("highValue")?]),
        Operator::In | Operator::NotIn => match filter["values"].as_array() {
            Some(values) if !values.is_empty() => Ok(values.iter().map(as_text).collect()),
            _ => Err(format!("values must be set for the operator {}", filter["operator"])),
        },
        _ => Ok(vec![text("value")?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches_texts(operator: Operator, values: &[&str], texts: &[&str], value_type: ValueType) -> bool {
        let subject = Subject::Associated(ObjectType::Contacts);
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Filter { subject, operator, values }.matches_texts(texts, value_type)
    }

    #[test]
    fn every_operator_compares_by_type() {
        use Operator::*;
        use ValueType::{Date, Enumeration, Number};
        for (operator, values, texts, value_type, expected) in [
            (Eq, &["SARAH"][..], &["Sarah"][..], ValueType::String, true),
            (Eq, &["Lead"], &["lead"], Enumeration, false),
            (Eq, &["10.0"], &["10"], Number, true),
            (Neq, &["a"], &[], ValueType::String, true),
            (Lt, &["9"], &["10"], Number, false),
            (Lt, &["9"], &["10"], ValueType::String, true),
            (Gte, &["1970-01-02"], &["86400000"], Date, true),
            (Eq, &["1965-05-01"], &["1965-05-01"], Date, true),
            (Lt, &["2000-01-01"], &["1965-05-01"], Date, true),
            (Gt, &["1969-01-01"], &["2026-11-22T15:00:00Z"], ValueType::Datetime, true),
            (Between, &["1", "3"], &["3"], Number, true),
            (Between, &["1", "3"], &["4"], Number, false),
            (In, &["sarah", "tom"], &["Sarah"], ValueType::String, true),
            (In, &["Sarah"], &["Sarah"], ValueType::String, false),
            (NotIn, &["sarah"], &["Tom"], ValueType::String, true),
            (HasProperty, &[], &[], ValueType::String, false),
            (NotHasProperty, &[], &[], ValueType::String, true),
            (Gt, &["a lot"], &["1"], Number, false),
        ] {
            assert_eq!(
                matches_texts(operator, values, texts, value_type),
                expected,
                "{texts:?} {operator:?} {values:?}"
            );
        }
    }

    #[test]
    fn tokens_are_words_and_stars_stand_for_letters() {
        for (text, value, expected) in [
            ("Issue in installing the DUST-E robot", "dust robot", true),
            ("Issue in installing the DUST-E robot", "rob", false),
            ("Issue in installing the DUST-E robot", "rob*", true),
            ("sarah@gmail.com", "*@gmail.com", true),
            ("sarah@gmail.com", "gmail", true),
            ("sarah@gmail.com", "*@hotmail.com", false),
            ("anything", "*", true),
            ("anything", "", false),
            ("aa", "a*a*a", false),
        ] {
            assert_eq!(contains(text, value), expected, "{text} ~ {value}");
        }
    }
}
