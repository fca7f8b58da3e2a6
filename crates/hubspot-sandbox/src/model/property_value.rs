//! Property values: the ones that HubSpot accepts, the text that it stores, and its errors about others.

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use super::schema::{Definition, ValueType};
use crate::clock::{LAST_MS, Ms, stamp};

/// HubSpot's limit on the length of a text.
const TEXT_CHARS_MAX: usize = 65_536;

/// An invalid value, as one entry of HubSpot's list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvalidValue {
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) code: &'static str,
}

/// Parses a value into the text to store. An empty text clears the property. `before` is the stored text, to which a
/// leading `;` appends.
pub(crate) fn parse(definition: &Definition, raw: &Value, before: Option<&str>) -> Result<String, InvalidValue> {
    let text = match raw {
        Value::Null => return Ok(String::new()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.is_empty() {
        return Ok(text);
    }
    let invalid = |(message, code)| InvalidValue { name: definition.name.to_string(), message, code };
    stored_text(definition, &text, before).map_err(invalid)
}

/// Says that a stored text is still valid. It is not after its option was removed, or after its property got another
/// type.
pub(crate) fn is_valid(definition: &Definition, text: &str) -> bool {
    stored_text(definition, text, None).is_ok_and(|same| same == text)
}

pub(crate) fn unknown_property(name: &str) -> InvalidValue {
    let message = format!("Property \"{name}\" does not exist");
    InvalidValue { name: name.to_owned(), message, code: "PROPERTY_DOESNT_EXIST" }
}

/// HubSpot's code for a unique value that another record has.
pub(crate) const TAKEN: &str = "CONFLICTING_UNIQUE_VALUE";

/// A unique value that another record has. `other` is its id, `None` for another input of the same batch.
pub(crate) fn taken(name: &str, value: &str, other: Option<u64>) -> InvalidValue {
    let other = other.map_or_else(|| "Another input".to_owned(), |id| id.to_string());
    let message = format!("Cannot set propertyName={name}, value={value}. {other} already has that value.");
    InvalidValue { name: name.to_owned(), message, code: TAKEN }
}

pub(crate) fn read_only(name: &str) -> InvalidValue {
    let message = format!("\"{name}\" is a read only property; its value cannot be set.");
    InvalidValue { name: name.to_owned(), message, code: "READ_ONLY_VALUE" }
}

pub(crate) fn not_an_option(name: &str, value: &str, allowed: &[&str]) -> InvalidValue {
    let message = format!("{value} was not one of the allowed options: [{}]", allowed.join(", "));
    InvalidValue { name: name.to_owned(), message, code: "INVALID_OPTION" }
}

/// The message and the code of an [`InvalidValue`].
type Reason = (String, &'static str);

fn stored_text(definition: &Definition, text: &str, before: Option<&str>) -> Result<String, Reason> {
    match definition.value_type {
        ValueType::Bool => boolean(text),
        ValueType::Number => number(text, &definition.name),
        ValueType::Date => date(text),
        ValueType::Datetime => parse_date_time(text).map(stamp).ok_or_else(|| invalid_long(text)),
        ValueType::Enumeration if definition.external_options => Ok(text.to_owned()),
        ValueType::Enumeration => option(definition, text, before),
        ValueType::String | ValueType::PhoneNumber => text_value(definition, text),
    }
}

fn text_value(definition: &Definition, text: &str) -> Result<String, Reason> {
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err((format!("Property value is longer than {TEXT_CHARS_MAX} characters"), "VALUE_TOO_LONG"));
    }
    match &*definition.name {
        "email" => email(text),
        "hs_additional_emails" => {
            let all: Result<Vec<_>, _> = text.split(';').filter(|one| !one.is_empty()).map(email).collect();
            Ok(all?.join(";"))
        }
        _ => Ok(text.to_owned()),
    }
}

fn email(text: &str) -> Result<String, Reason> {
    let address = text.trim().to_lowercase();
    match is_email(&address) {
        true => Ok(address),
        false => Err((format!("Email address {text} is invalid"), "INVALID_EMAIL")),
    }
}

/// Says that a text looks like an e-mail address. The rule is as strict as HubSpot's seems to be, and simpler than RFC
/// 5322.
pub(crate) fn is_email(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || ",;@<>\"".contains(c));
    text.split_once('@').is_some_and(|(local, domain)| {
        let labelled = domain.split('.').all(|label| !label.is_empty());
        plain(local) && plain(domain) && labelled && domain.contains('.')
    })
}

fn boolean(text: &str) -> Result<String, Reason> {
    match text.to_lowercase().as_str() {
        known @ ("true" | "false") => Ok(known.to_owned()),
        _ => Err((format!("{text} was not one of the allowed options: [true, false]"), "INVALID_OPTION")),
    }
}

fn number(text: &str, name: &str) -> Result<String, Reason> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(text.trim().to_owned()),
        _ => Err((format!("{name} was not a valid number"), "INVALID_INTEGER")),
    }
}

fn invalid_long(text: &str) -> Reason {
    (format!("{text} was not a valid long."), "INVALID_LONG")
}

fn date(text: &str) -> Result<String, Reason> {
    let of_ms = || {
        let ms: Ms = text.parse().ok()?;
        DateTime::from_timestamp_millis(ms).filter(|_| ms % 86_400_000 == 0).map(|at| at.date_naive())
    };
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().or_else(of_ms);
    day.map(|day| day.to_string()).ok_or_else(|| invalid_long(text))
}

/// Parses a date-time that HubSpot stores: from 1970 to 9999.
pub(crate) fn parse_date_time(text: &str) -> Option<Ms> {
    parse_any_date_time(text).filter(|ms| (0..=LAST_MS).contains(ms))
}

/// Parses milliseconds since 1970, an RFC 3339 date-time or a date, before 1970 as well: it may be a date of birth.
pub(crate) fn parse_any_date_time(text: &str) -> Option<Ms> {
    let of_day =
        || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(Default::default()).and_utc());
    let of_text = || DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()).or_else(of_day);
    text.parse().ok().or_else(|| of_text().map(|at| at.timestamp_millis()))
}

fn option(definition: &Definition, text: &str, before: Option<&str>) -> Result<String, Reason> {
    let many = definition.field_type == "checkbox";
    let values: Vec<&str> = if many { text.split(';').filter(|one| !one.is_empty()).collect() } else { vec![text] };
    if let Some(unknown) = values.iter().find(|value| !definition.has_option(value)) {
        let allowed: Vec<_> = definition.options.iter().map(|option| option.value.as_str()).collect();
        let invalid = not_an_option(&definition.name, unknown, &allowed);
        return Err((invalid.message, invalid.code));
    }
    let previous = before.filter(|_| many && text.starts_with(';')).unwrap_or_default().split(';');
    let mut all: Vec<&str> = previous.filter(|value| !value.is_empty() && !values.contains(value)).collect();
    for value in values {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    Ok(all.join(";"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::assumptions::Assumptions;
    use crate::model::definitions;
    use crate::model::object_type::ObjectType;

    fn parse_as(object_type: ObjectType, name: &str, raw: Value) -> Result<String, &'static str> {
        let schema = definitions::schema(object_type, Assumptions::default());
        parse(schema.get(name).unwrap(), &raw, Some("BILLING_ISSUE")).map_err(|invalid| invalid.code)
    }

    #[test]
    fn values_are_stored_as_hubspot_writes_them() {
        for (object_type, name, raw, stored) in [
            (ObjectType::Contacts, "email", json!(" Sarah@GMail.com"), Ok("sarah@gmail.com")),
            (ObjectType::Contacts, "email", json!("000"), Err("INVALID_EMAIL")),
            (ObjectType::Contacts, "firstname", json!(5), Ok("5")),
            (ObjectType::Contacts, "firstname", json!(true), Ok("true")),
            (ObjectType::Contacts, "firstname", json!(null), Ok("")),
            (ObjectType::Contacts, "annualrevenue", json!(1000), Ok("1000")),
            (ObjectType::Contacts, "annualrevenue", json!("much"), Err("INVALID_INTEGER")),
            (ObjectType::Contacts, "lifecyclestage", json!("lead"), Ok("lead")),
            (ObjectType::Contacts, "lifecyclestage", json!("Lead"), Err("INVALID_OPTION")),
            (ObjectType::Contacts, "date_of_birth", json!("1990-02-30"), Err("INVALID_LONG")),
            (ObjectType::Contacts, "date_of_birth", json!(86_400_000), Ok("1970-01-02")),
            (
                ObjectType::Notes,
                "hs_timestamp",
                json!("2026-11-22T01:53:50.580988+00:00"),
                Ok("2026-11-22T01:53:50.580Z"),
            ),
            (ObjectType::Notes, "hs_timestamp", json!(1_796_148_000_000_i64), Ok("2026-12-01T18:00:00.000Z")),
            (ObjectType::Notes, "hs_timestamp", json!("soon"), Err("INVALID_LONG")),
            (ObjectType::Tickets, "hs_ticket_category", json!("PRODUCT_ISSUE"), Ok("PRODUCT_ISSUE")),
            (ObjectType::Tickets, "hs_ticket_category", json!(";PRODUCT_ISSUE"), Ok("BILLING_ISSUE;PRODUCT_ISSUE")),
            (ObjectType::Tickets, "hs_ticket_category", json!(";BILLING_ISSUE"), Ok("BILLING_ISSUE")),
            (
                ObjectType::Tickets,
                "hs_ticket_category",
                json!("PRODUCT_ISSUE;BILLING_ISSUE;PRODUCT_ISSUE"),
                Ok("PRODUCT_ISSUE;BILLING_ISSUE"),
            ),
            (ObjectType::Tickets, "hs_pipeline_stage", json!(1), Ok("1")),
        ] {
            assert_eq!(parse_as(object_type, name, raw.clone()), stored.map(str::to_owned), "{name} = {raw}");
        }
    }

    #[test]
    fn a_text_has_a_limit() {
        let long = "x".repeat(TEXT_CHARS_MAX + 1);
        assert_eq!(parse_as(ObjectType::Notes, "hs_note_body", json!(long)), Err("VALUE_TOO_LONG"));
        assert!(parse_as(ObjectType::Notes, "hs_note_body", json!(&long[1..])).is_ok());
    }
}
