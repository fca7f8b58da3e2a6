//! CRM records as HubSpot returns them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::transport::attempt::AttemptError;
use domain::id::RecordId;

/// A CRM record: an id, and properties whose values are text or empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// HubSpot's id, which is unique within one object type.
    pub id: RecordId,
    /// The requested properties by internal name, and those that HubSpot always sends. Empty ones are `None`.
    pub properties: BTreeMap<String, Option<String>>,
    /// The instant of the creation, in UTC (ISO 8601 with milliseconds).
    pub created_at: Option<String>,
    /// The instant of the last change, in the same form.
    pub updated_at: Option<String>,
    /// True for a record in HubSpot's recycle bin.
    pub archived: bool,
    /// The address of the record's page in HubSpot.
    pub url: Option<String>,
}

impl Record {
    /// A record of which only the id is known.
    pub(crate) fn known(id: RecordId) -> Record {
        Record { id, properties: BTreeMap::new(), created_at: None, updated_at: None, archived: false, url: None }
    }

    /// The value of a property; `None` if it is empty or was not read.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.properties.get(name)?.as_deref().filter(|value| !value.is_empty())
    }

    /// Reads one record of an answer.
    pub(crate) fn read(value: &Value) -> Result<Record, AttemptError> {
        let id = id(&value["id"]).ok_or_else(|| AttemptError::unreadable("a record in it has no id"))?;
        let text = |field: &str| value[field].as_str().map(str::to_owned);
        let properties = value["properties"].as_object().into_iter().flatten();
        Ok(Record {
            id,
            properties: properties.map(|(name, value)| (name.clone(), plain(value))).collect(),
            created_at: text("createdAt"),
            updated_at: text("updatedAt"),
            archived: value["archived"].as_bool().unwrap_or(false),
            url: text("url"),
        })
    }

    /// Reads the `results` of an answer.
    pub(crate) fn read_all(answer: &Value) -> Result<Vec<Record>, AttemptError> {
        let results =
            answer["results"].as_array().ok_or_else(|| AttemptError::unreadable("it has no list of results"))?;
        results.iter().map(Record::read).collect()
    }

    /// Drops all but the named properties.
    pub(crate) fn with_only(mut self, names: &[String]) -> Record {
        self.properties.retain(|name, _| names.contains(name));
        self
    }
}

/// Reads an id, which is a text or, in older endpoints, a number.
pub(crate) fn id<T: std::str::FromStr>(value: &Value) -> Option<T> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The result of a write that must not happen twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<T> {
    /// The created record or booking.
    pub value: T,
    /// True if HubSpot's answer was lost and a look-up found that the write had been carried out.
    pub recovered: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn records_are_read_with_ids_in_any_form() {
        let value =
            json!({"id": 501, "properties": {"email": "a@b.co", "phone": null, "city": "", "n": 3}, "createdAt": "t"});
        let record = Record::read(&value).unwrap();
        assert_eq!((record.id.as_str(), record.get("email"), record.get("city")), ("501", Some("a@b.co"), None));
        assert_eq!((record.get("n"), record.created_at.as_deref()), (Some("3"), Some("t")));
        assert!(Record::read(&json!({"id": "abc"})).is_err() && Record::read_all(&json!({})).is_err());
        assert_eq!(record.with_only(&["email".into()]).properties.len(), 1);
    }
}
