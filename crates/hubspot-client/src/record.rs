//! CRM records as HubSpot returns them: an id and properties that are text or nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::transport::attempt::AttemptError;
use domain::id::RecordId;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub id: RecordId,
    /// Only what was asked for, and what HubSpot always sends. Empty properties are `None`.
    pub properties: BTreeMap<String, Option<String>>,
    /// ISO 8601 with milliseconds, UTC.
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub archived: bool,
    /// The record's page in HubSpot.
    pub url: Option<String>,
}

impl Record {
    /// A property's value; empty ones count as missing.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.properties.get(name)?.as_deref().filter(|value| !value.is_empty())
    }

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

    /// The records in an answer's `results`.
    pub(crate) fn read_all(answer: &Value) -> Result<Vec<Record>, AttemptError> {
        let results =
            answer["results"].as_array().ok_or_else(|| AttemptError::unreadable("it has no list of results"))?;
        results.iter().map(Record::read).collect()
    }

    /// Keeps the named properties only.
    pub(crate) fn only(mut self, names: &[String]) -> Record {
        self.properties.retain(|name, _| names.contains(name));
        self
    }
}

/// Ids come as text, or as numbers from older endpoints.
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

/// What a create gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<T> {
    pub value: T,
    /// HubSpot's answer was lost, and a look-up found that it had been done.
    pub recovered: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn records_are_read_whatever_form_their_ids_have() {
        let value =
            json!({"id": 501, "properties": {"email": "a@b.co", "phone": null, "city": "", "n": 3}, "createdAt": "t"});
        let record = Record::read(&value).unwrap();
        assert_eq!((record.id.as_str(), record.get("email"), record.get("city")), ("501", Some("a@b.co"), None));
        assert_eq!((record.get("n"), record.created_at.as_deref()), (Some("3"), Some("t")));
        assert!(Record::read(&json!({"id": "abc"})).is_err() && Record::read_all(&json!({})).is_err());
        assert_eq!(record.only(&["email".into()]).properties.len(), 1);
    }
}
