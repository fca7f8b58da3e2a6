//! What an update changes: before and after of each property.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::changes::Changes;
use super::confirmation;
use super::excerpt;
use crate::tool::{Ctx, ToolError};
use domain::code::Code;
use domain::id::RecordId;
use hubspot_client::{Object, Record};

/// A property before and after; an empty text is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    pub before: String,
    pub after: String,
    /// A text is longer, and was cut; the record shows it whole.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl Change {
    pub fn of(before: &str, after: &str) -> Change {
        let truncated = [before, after].into_iter().any(|text| excerpt::line(text) != text);
        Change { before: excerpt::line(before), after: excerpt::line(after), truncated }
    }
}

#[derive(Debug)]
pub struct Applied {
    pub id: RecordId,
    pub changes: BTreeMap<String, Change>,
    pub updated_at: Option<String>,
    /// Properties that HubSpot left as they were, or set to something else.
    pub kept_by_hubspot: Vec<String>,
}

/// Refuses when the record is younger than what the caller has read. HubSpot has no conditional update: a change in the
/// milliseconds between this look and the write is not seen.
pub fn check_unchanged(record: &Record, wanted: &Changes, seen: Option<DateTime<Utc>>) -> Result<(), ToolError> {
    let current: Option<DateTime<Utc>> = record.updated_at.as_deref().and_then(|text| text.parse().ok());
    match (seen, current) {
        (Some(seen), Some(current)) if current > seen => {
            let now: BTreeMap<_, _> =
                wanted.keys().map(|name| (name.clone(), excerpt::line(record.get(name).unwrap_or_default()))).collect();
            let hint = "look at `now`, decide again, and send the new `updated_at` as `if_updated_at`";
            let error = ToolError::new(Code::Changed, "the record was changed since it was read", hint);
            Err(error.with("updated_at", &record.updated_at).with("now", now))
        }
        _ => Ok(()),
    }
}

/// Sends what differs, in one request; nothing when nothing does. `before` holds the properties that are wanted, and
/// those by which a person knows the record. Every change of what is there goes this way, so that here a person is asked
/// where the operator wants it.
pub async fn apply(ctx: &Ctx, object: Object, before: Record, wanted: &Changes) -> Result<Applied, ToolError> {
    let different = |(name, text): &(&String, &String)| before.get(name).unwrap_or_default() != text.as_str();
    let changed: Changes = wanted.iter().filter(different).map(|(name, text)| (name.clone(), text.clone())).collect();
    if changed.is_empty() {
        return Ok(Applied {
            id: before.id,
            changes: BTreeMap::new(),
            updated_at: before.updated_at,
            kept_by_hubspot: vec![],
        });
    }
    confirmation::ask(ctx, object, &before, &changed).await?;
    let after = ctx.hubspot.records(object).update(&before.id, &changed).await?;
    Ok(made(&before, &after, &changed))
}

/// HubSpot's answer tells what it made of the values; where it is silent about one, it was taken.
fn made(before: &Record, after: &Record, changed: &Changes) -> Applied {
    let (mut changes, mut kept_by_hubspot) = (BTreeMap::new(), vec![]);
    for (name, text) in changed {
        let told = after.properties.get(name).map(|value| value.as_deref().unwrap_or_default());
        let now = told.unwrap_or(text);
        if !is_same(now, text) {
            kept_by_hubspot.push(name.clone());
        }
        changes.insert(name.clone(), Change::of(before.get(name).unwrap_or_default(), now));
    }
    Applied { id: after.id.clone(), changes, updated_at: after.updated_at.clone(), kept_by_hubspot }
}

/// HubSpot trims texts and writes numbers in its own way.
fn is_same(kept: &str, sent: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    kept.trim() == sent.trim() || number(kept).is_some_and(|kept| Some(kept) == number(sent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(properties: &[(&str, Option<&str>)]) -> Record {
        let own = |(name, text): &(&str, Option<&str>)| ((*name).to_owned(), text.map(str::to_owned));
        Record {
            id: RecordId::from(7),
            properties: properties.iter().map(own).collect(),
            created_at: None,
            updated_at: Some("2026-11-22T15:00:00.000Z".into()),
            archived: false,
            url: None,
        }
    }

    #[test]
    fn what_hubspot_made_of_it_is_told() {
        let before = record(&[("lifecyclestage", Some("customer")), ("visits", None)]);
        let after = record(&[("lifecyclestage", Some("customer")), ("visits", Some("3.0"))]);
        let text = |text: &str| text.to_owned();
        let changed = Changes::from([
            (text("lifecyclestage"), text("lead")),
            (text("visits"), text("3")),
            (text("city"), text("Oslo")),
        ]);
        let made = made(&before, &after, &changed);
        assert_eq!(made.kept_by_hubspot, ["lifecyclestage"]);
        assert_eq!(made.changes["visits"], Change::of("", "3.0"));
        assert_eq!(made.changes["city"], Change::of("", "Oslo"));
    }

    #[test]
    fn what_is_cut_says_so() {
        let long = "x".repeat(300);
        let change = Change::of("short", &long);
        assert!(change.truncated && change.after.ends_with("x…") && change.before == "short");
        assert!(!Change::of("short", "shorter").truncated);
    }

    #[test]
    fn a_younger_record_is_not_overwritten() {
        let record = record(&[("city", Some("Oslo"))]);
        let wanted = Changes::from([("city".to_owned(), "Rome".to_owned())]);
        let check = |seen: Option<&str>| check_unchanged(&record, &wanted, seen.map(|seen| seen.parse().unwrap()));
        assert!(check(None).is_ok() && check(Some("2026-11-22T15:00:00.000Z")).is_ok());
        let error = check(Some("2026-11-22T14:59:59.999Z")).unwrap_err();
        assert_eq!((error.code, &error.details["now"]["city"]), (Code::Changed, &serde_json::json!("Oslo")));
    }
}
