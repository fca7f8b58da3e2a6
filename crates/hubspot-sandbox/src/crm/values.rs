//! Reading a property value that a client sends: what HubSpot accepts, how it stores it, how it refuses it.

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use super::schema::{Definition, ValueType};
use crate::clock::{LAST_MS, Ms, stamp};

/// HubSpot's limit on any text.
const TEXT_CHARS_MAX: usize = 65_536;

/// Why a value was refused, as one entry of HubSpot's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) code: &'static str,
}

/// The text to store; empty means the property is cleared. `before` is what a leading `;` appends to.
pub(crate) fn read(definition: &Definition, raw: &Value, before: Option<&str>) -> Result<String, Invalid> {
    let text = match raw {
        Value::Null => return Ok(String::new()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.is_empty() {
        return Ok(text);
    }
    let refuse = |(message, code)| Invalid { name: definition.name.to_string(), message, code };
    written(definition, &text, before).map_err(refuse)
}

/// Whether a stored text is still what its property takes: options go, and a name comes back with another type.
pub(crate) fn fits(definition: &Definition, text: &str) -> bool {
    written(definition, text, None).is_ok_and(|same| same == text)
}

pub(crate) fn unknown_property(name: &str) -> Invalid {
    let message = format!("Property \"{name}\" does not exist");
    Invalid { name: name.to_owned(), message, code: "PROPERTY_DOESNT_EXIST" }
}

/// `other`: who has it; nobody knows yet of two that come in one batch.
pub(crate) fn taken(name: &str, value: &str, other: Option<u64>) -> Invalid {
    let other = other.map_or_else(|| "Another input".to_owned(), |id| id.to_string());
    let message = format!("Cannot set propertyName={name}, value={value}. {other} already has that value.");
    Invalid { name: name.to_owned(), message, code: "CONFLICTING_UNIQUE_VALUE" }
}

pub(crate) fn read_only(name: &str) -> Invalid {
    let message = format!("\"{name}\" is a read only property; its value cannot be set.");
    Invalid { name: name.to_owned(), message, code: "READ_ONLY_VALUE" }
}

pub(crate) fn not_an_option(name: &str, value: &str, allowed: &[&str]) -> Invalid {
    let message = format!("{value} was not one of the allowed options: [{}]", allowed.join(", "));
    Invalid { name: name.to_owned(), message, code: "INVALID_OPTION" }
}

type Refused = (String, &'static str);

fn written(definition: &Definition, text: &str, before: Option<&str>) -> Result<String, Refused> {
    match definition.value_type {
        ValueType::Bool => flag(text),
        ValueType::Number => number(text, &definition.name),
        ValueType::Date => day(text),
        ValueType::Datetime => moment(text).map(stamp).ok_or_else(|| not_long(text)),
        ValueType::Enumeration if definition.external_options => Ok(text.to_owned()),
        ValueType::Enumeration => option(definition, text, before),
        ValueType::String | ValueType::PhoneNumber => short(definition, text),
    }
}

fn short(definition: &Definition, text: &str) -> Result<String, Refused> {
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

fn email(text: &str) -> Result<String, Refused> {
    let address = text.trim().to_lowercase();
    match is_email(&address) {
        true => Ok(address),
        false => Err((format!("Email address {text} is invalid"), "INVALID_EMAIL")),
    }
}

/// Good enough to refuse what HubSpot refuses; not a mail server.
pub(crate) fn is_email(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || ",;@<>\"".contains(c));
    text.split_once('@').is_some_and(|(local, domain)| {
        let labelled = domain.split('.').all(|label| !label.is_empty());
        plain(local) && plain(domain) && labelled && domain.contains('.')
    })
}

fn flag(text: &str) -> Result<String, Refused> {
    match text.to_lowercase().as_str() {
        known @ ("true" | "false") => Ok(known.to_owned()),
        _ => Err((format!("{text} was not one of the allowed options: [true, false]"), "INVALID_OPTION")),
    }
}

fn number(text: &str, name: &str) -> Result<String, Refused> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(text.trim().to_owned()),
        _ => Err((format!("{name} was not a valid number"), "INVALID_INTEGER")),
    }
}

fn not_long(text: &str) -> Refused {
    (format!("{text} was not a valid long."), "INVALID_LONG")
}

fn day(text: &str) -> Result<String, Refused> {
    let of_ms = || {
        let ms: Ms = text.parse().ok()?;
        DateTime::from_timestamp_millis(ms).filter(|_| ms % 86_400_000 == 0).map(|at| at.date_naive())
    };
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().or_else(of_ms);
    day.map(|day| day.to_string()).ok_or_else(|| not_long(text))
}

/// A date-time that HubSpot stores: from 1970 to 9999.
pub(crate) fn moment(text: &str) -> Option<Ms> {
    moment_of(text).filter(|ms| (0..=LAST_MS).contains(ms))
}

/// Epoch milliseconds, an RFC 3339 instant or a day, whenever that was: people are born before 1970.
pub(crate) fn moment_of(text: &str) -> Option<Ms> {
    let of_day =
        || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(Default::default()).and_utc());
    let of_text = || DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()).or_else(of_day);
    text.parse().ok().or_else(|| of_text().map(|at| at.timestamp_millis()))
}

fn option(definition: &Definition, text: &str, before: Option<&str>) -> Result<String, Refused> {
    let many = definition.field_type == "checkbox";
    let asked: Vec<&str> = if many { text.split(';').filter(|one| !one.is_empty()).collect() } else { vec![text] };
    if let Some(unknown) = asked.iter().find(|value| !definition.has_option(value)) {
        let allowed: Vec<_> = definition.options.iter().map(|option| option.value.as_str()).collect();
        let invalid = not_an_option(&definition.name, unknown, &allowed);
        return Err((invalid.message, invalid.code));
    }
    let kept = before.filter(|_| many && text.starts_with(';')).unwrap_or_default().split(';');
    let mut all: Vec<&str> = kept.filter(|value| !value.is_empty() && !asked.contains(value)).collect();
    all.extend(asked);
    Ok(all.join(";"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::choices::Choices;
    use crate::crm::definitions;
    use crate::crm::kind::Kind;

    fn read_as(kind: Kind, name: &str, raw: Value) -> Result<String, &'static str> {
        let schema = definitions::schema(kind, Choices::default());
        read(schema.get(name).unwrap(), &raw, Some("BILLING_ISSUE")).map_err(|invalid| invalid.code)
    }

    #[test]
    fn values_are_stored_as_hubspot_writes_them() {
        for (kind, name, raw, stored) in [
            (Kind::Contacts, "email", json!(" Sarah@GMail.com"), Ok("sarah@gmail.com")),
            (Kind::Contacts, "email", json!("000"), Err("INVALID_EMAIL")),
            (Kind::Contacts, "firstname", json!(5), Ok("5")),
            (Kind::Contacts, "firstname", json!(true), Ok("true")),
            (Kind::Contacts, "firstname", json!(null), Ok("")),
            (Kind::Contacts, "annualrevenue", json!(1000), Ok("1000")),
            (Kind::Contacts, "annualrevenue", json!("much"), Err("INVALID_INTEGER")),
            (Kind::Contacts, "lifecyclestage", json!("lead"), Ok("lead")),
            (Kind::Contacts, "lifecyclestage", json!("Lead"), Err("INVALID_OPTION")),
            (Kind::Contacts, "date_of_birth", json!("1990-02-30"), Err("INVALID_LONG")),
            (Kind::Contacts, "date_of_birth", json!(86_400_000), Ok("1970-01-02")),
            (Kind::Notes, "hs_timestamp", json!("2026-11-22T01:53:50.580988+00:00"), Ok("2026-11-22T01:53:50.580Z")),
            (Kind::Notes, "hs_timestamp", json!(1_796_148_000_000_i64), Ok("2026-12-01T18:00:00.000Z")),
            (Kind::Notes, "hs_timestamp", json!("soon"), Err("INVALID_LONG")),
            (Kind::Tickets, "hs_ticket_category", json!("PRODUCT_ISSUE"), Ok("PRODUCT_ISSUE")),
            (Kind::Tickets, "hs_ticket_category", json!(";PRODUCT_ISSUE"), Ok("BILLING_ISSUE;PRODUCT_ISSUE")),
            (Kind::Tickets, "hs_pipeline_stage", json!(1), Ok("1")),
        ] {
            assert_eq!(read_as(kind, name, raw.clone()), stored.map(str::to_owned), "{name} = {raw}");
        }
    }

    #[test]
    fn a_text_has_a_limit() {
        let long = "x".repeat(TEXT_CHARS_MAX + 1);
        assert_eq!(read_as(Kind::Notes, "hs_note_body", json!(long)), Err("VALUE_TOO_LONG"));
        assert!(read_as(Kind::Notes, "hs_note_body", json!(&long[1..])).is_ok());
    }
}
