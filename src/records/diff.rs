//! The changes that an update makes: each property before and after.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::changes::Changes;
use super::confirmation::{self, Proposal};
use super::edit::{Edit, Edits};
use super::error::Error;
use super::excerpt;
use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Object, Record};

/// A property before and after; an empty text means no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// The value before the update.
    pub before: String,
    /// The value after it.
    pub after: String,
    /// One of the texts was cut; the record has it in full.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl Change {
    /// The change between two values.
    pub fn of(before: &str, after: &str) -> Change {
        let truncated = [before, after].into_iter().any(|text| excerpt::line(text) != text);
        Change { before: excerpt::line(before), after: excerpt::line(after), truncated }
    }
}

/// An update that was made.
#[derive(Debug)]
pub struct Applied {
    /// The record.
    pub id: RecordId,
    /// The changed properties, by internal name.
    pub changes: BTreeMap<String, Change>,
    /// The time of the last change, as HubSpot writes it.
    pub updated_at: Option<String>,
    /// Properties that HubSpot left unchanged or set to another value.
    pub kept_by_hubspot: Vec<String>,
}

/// Refuses if the record was changed after the caller has read it. HubSpot has no conditional update: a change in the
/// milliseconds between this check and the write goes unnoticed.
pub fn check_unchanged(record: &Record, wanted: &Edits, seen: Option<DateTime<Utc>>) -> Result<(), Error> {
    let current: Option<DateTime<Utc>> = record.updated_at.as_deref().and_then(|text| text.parse().ok());
    match (seen, current) {
        (Some(seen), Some(current)) if current > seen => {
            let now: BTreeMap<_, _> =
                wanted.keys().map(|name| (name.clone(), excerpt::line(record.get(name).unwrap_or_default()))).collect();
            Err(Error::Changed { updated_at: record.updated_at.clone(), now })
        }
        _ => Ok(()),
    }
}

/// Sends the values that differ, in one request, or nothing if none does. `before` holds the wanted properties and those
/// by which a person recognises the record. Every update of a record goes through here, because here the person is asked
/// with `--confirm-writes`; they are shown the `note` that the caller adds afterwards.
pub async fn apply(
    ctx: &Ctx,
    object: Object,
    before: Record,
    wanted: &Edits,
    note: Option<&str>,
) -> Result<Applied, Error> {
    let now = |name: &str| before.get(name).unwrap_or_default();
    let different = |(name, edit): &(&String, &Edit)| edit.on(now(name)) != now(name);
    let edits = || wanted.iter().filter(different);
    let changed: Changes = edits().map(|(name, edit)| (name.clone(), edit.on(now(name)))).collect();
    if changed.is_empty() {
        return Ok(Applied {
            id: before.id,
            changes: BTreeMap::new(),
            updated_at: before.updated_at,
            kept_by_hubspot: vec![],
        });
    }
    confirmation::ask(ctx, Proposal { object, before: &before, changed: &changed, note }).await?;
    let sent: Changes = edits().map(|(name, edit)| (name.clone(), edit.to_send(now(name)))).collect();
    let after = ctx.hubspot.records(object).update(&before.id, &sent).await?;
    Ok(applied(&before, &after, wanted, &changed))
}

/// Compares HubSpot's answer with the wanted values; a property that the answer leaves out was taken as sent.
fn applied(before: &Record, after: &Record, wanted: &Edits, changed: &Changes) -> Applied {
    let (mut changes, mut kept_by_hubspot) = (BTreeMap::new(), vec![]);
    for (name, text) in changed {
        let told = after.properties.get(name).map(|value| value.as_deref().unwrap_or_default());
        let (before, now) = (before.get(name).unwrap_or_default(), told.unwrap_or(text));
        if wanted.get(name).is_some_and(|edit| !edit.is_done(before, now)) {
            kept_by_hubspot.push(name.clone());
        }
        changes.insert(name.clone(), Change::of(before, now));
    }
    Applied { id: after.id.clone(), changes, updated_at: after.updated_at.clone(), kept_by_hubspot }
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
    fn values_that_hubspot_kept_are_reported() {
        let before = record(&[("lifecyclestage", Some("customer")), ("visits", None)]);
        let after = record(&[("lifecyclestage", Some("customer")), ("visits", Some("3.0"))]);
        let text = |text: &str| text.to_owned();
        let changed = Changes::from([
            (text("lifecyclestage"), text("lead")),
            (text("visits"), text("3")),
            (text("city"), text("Oslo")),
        ]);
        let wanted = changed.iter().map(|(name, text)| (name.clone(), Edit::Text(text.clone()))).collect();
        let applied = applied(&before, &after, &wanted, &changed);
        assert_eq!(applied.kept_by_hubspot, ["lifecyclestage"]);
        assert_eq!(applied.changes["visits"], Change::of("", "3.0"));
        assert_eq!(applied.changes["city"], Change::of("", "Oslo"));
    }

    #[test]
    fn a_cut_text_is_marked() {
        let long = "x".repeat(300);
        let change = Change::of("short", &long);
        assert!(change.truncated && change.after.ends_with("x…") && change.before == "short");
        assert!(!Change::of("short", "shorter").truncated);
    }

    #[test]
    fn a_record_that_was_changed_since_is_not_overwritten() {
        let record = record(&[("city", Some("Oslo"))]);
        let wanted = Edits::from([("city".to_owned(), Edit::Text("Rome".to_owned()))]);
        let check = |seen: Option<&str>| check_unchanged(&record, &wanted, seen.map(|seen| seen.parse().unwrap()));
        assert!(check(None).is_ok() && check(Some("2026-11-22T15:00:00.000Z")).is_ok());
        let error = check(Some("2026-11-22T14:59:59.999Z")).unwrap_err();
        assert!(matches!(error, Error::Changed { now, .. } if now["city"] == "Oslo"));
    }
}
