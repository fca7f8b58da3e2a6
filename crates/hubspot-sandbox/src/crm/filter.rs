//! The filters of a search: read once, then asked of every record. Pure.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use serde_json::Value;

use super::computed;
use super::kind::Kind;
use super::links::Links;
use super::record::Record;
use super::schema::{Definition, ValueType};
use super::values::moment_of;
use crate::choices::Choices;

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

/// One condition, ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) subject: Subject,
    pub(crate) operator: Operator,
    /// `value` and `highValue`, or `values`
    pub(crate) values: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum Subject {
    Property {
        name: String,
        value_type: ValueType,
        is_list: bool,
    },
    /// `associations.ticket`
    Associated(Kind),
}

impl Subject {
    pub(crate) fn of(definition: &Definition) -> Subject {
        let name = definition.name.to_string();
        let is_list = definition.field_type == "checkbox" || name == "hs_additional_emails";
        Subject::Property { name, value_type: definition.value_type, is_list }
    }
}

/// What a filter is asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) kind: Kind,
    pub(crate) record: &'a Record,
    pub(crate) links: &'a Links,
    pub(crate) choices: Choices,
}

impl Filter {
    pub(crate) fn holds(&self, candidate: Candidate<'_>) -> bool {
        match &self.subject {
            Subject::Associated(to) => self.holds_for_associated(candidate, *to),
            Subject::Property { name, value_type, is_list } => {
                let Candidate { kind, record, .. } = candidate;
                let text = computed::read(kind, record, name);
                let secondary = (name == "email" && candidate.choices.email_filter_finds_secondary)
                    .then(|| record.get("hs_additional_emails"))
                    .flatten();
                let parts = secondary.into_iter().flat_map(|all| all.split(';'));
                let texts = text.as_deref().into_iter().flat_map(|text| split(text, *is_list)).chain(parts);
                self.holds_for(&texts.collect::<Vec<_>>(), *value_type)
            }
        }
    }

    /// `texts` are the values of a list, one value, or nothing: a property that is not set.
    fn holds_for(&self, texts: &[&str], value_type: ValueType) -> bool {
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

    fn holds_for_associated(&self, candidate: Candidate<'_>, to: Kind) -> bool {
        let mut ids = candidate.links.of((candidate.kind, candidate.record.id), to).map(|(id, _)| id.to_string());
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

/// Numbers and dates by size, enumerations to the letter, everything else whatever the case.
pub(crate) fn compare(text: &str, value: &str, value_type: ValueType) -> Option<Ordering> {
    match value_type {
        ValueType::Number => text.parse::<f64>().ok()?.partial_cmp(&value.trim().parse().ok()?),
        ValueType::Date | ValueType::Datetime => Some(moment_of(text)?.cmp(&moment_of(value)?)),
        ValueType::Enumeration => Some(text.cmp(value)),
        _ => Some(text.to_lowercase().cmp(&value.to_lowercase())),
    }
}

/// `IN` compares texts with what is stored in lower case: a value with a capital letter is never found.
fn is_listed(text: &str, value: &str, value_type: ValueType) -> bool {
    match value_type {
        ValueType::String | ValueType::PhoneNumber => text.to_lowercase() == value,
        _ => compare(text, value, value_type) == Some(Equal),
    }
}

/// Every word of `value` is a word of `text`; `*` stands for any letters.
fn contains(text: &str, value: &str) -> bool {
    let (text, value) = (text.to_lowercase(), value.to_lowercase());
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    match value.contains('*') {
        true => matches_pattern(&text, &value) || words.iter().any(|word| matches_pattern(word, &value)),
        false => {
            let mut asked = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
            asked.peek().is_some() && asked.all(|word| words.contains(&word))
        }
    }
}

/// `*` is any run of letters. Linear in the length of the text for each `*`.
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

/// Free text: every word is somewhere in what the kind is searched by.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    words: Vec<String>,
    /// A phone number, as its local digits
    digits: Option<String>,
}

const PHONE_DIGITS_MIN: usize = 7;

impl Words {
    pub(crate) fn read(query: &str) -> Words {
        let words = query.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let is_phone = query.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c));
        let local = computed::local_number(query).filter(|local| is_phone && local.len() >= PHONE_DIGITS_MIN);
        Words { words, digits: local }
    }

    pub(crate) fn hold(&self, kind: Kind, record: &Record) -> bool {
        let names = kind.facts().searchable.iter();
        let texts: Vec<String> =
            names.filter_map(|name| computed::read(kind, record, name)).map(|text| text.to_lowercase()).collect();
        self.words.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
            || self.is_phone_of(kind, record)
    }

    fn is_phone_of(&self, kind: Kind, record: &Record) -> bool {
        const NUMBERS: [&str; 2] = ["hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number"];
        let Some(digits) = &self.digits else { return false };
        NUMBERS
            .iter()
            .filter_map(|name| computed::read(kind, record, name))
            .any(|number| number.ends_with(digits.as_str()))
    }
}

/// How many values an operator takes.
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
            Some(values) if !values.is_empty() => {
                Ok(values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect())
            }
            _ => Err(format!("values must be set for the operator {}", filter["operator"])),
        },
        _ => Ok(vec![text("value")?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(operator: Operator, values: &[&str], texts: &[&str], value_type: ValueType) -> bool {
        let subject = Subject::Associated(Kind::Contacts);
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Filter { subject, operator, values }.holds_for(texts, value_type)
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
            assert_eq!(holds(operator, values, texts, value_type), expected, "{texts:?} {operator:?} {values:?}");
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
