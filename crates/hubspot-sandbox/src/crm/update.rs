//! Changing a record.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::create::{self, Problem};
use super::kind::Kind;
use super::pipelines;
use super::record::{Name, Record, Source};
use crate::portal::Portal;
use crate::refusal::Refusal;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Input {
    pub(crate) properties: Map<String, Value>,
}

/// A change that can be made.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) id: u64,
    pub(crate) values: Vec<(Name, String)>,
}

/// Checks everything about a change; the portal stays as it is.
pub(crate) fn draft(
    portal: &Portal,
    kind: Kind,
    record: &Record,
    properties: &Map<String, Value>,
) -> Result<Change, Problem> {
    if properties.is_empty() {
        let message = "No properties found to update, please provide at least one.";
        return Err(Problem::Refused(Refusal::invalid(message)));
    }
    let mut values = create::checked(portal, kind, properties, Some(record))?;
    pipelines::check_stage(portal, kind, &values, Some(record)).map_err(|invalid| Problem::Values(vec![invalid]))?;
    create::no_conflict(portal, kind, &values, Some(record.id))?;
    values.extend(swapped_address(portal, kind, record, &values));
    values.retain(|(name, text)| &**name != "lifecyclestage" || moves_forward(portal, kind, record, text));
    Ok(Change { id: record.id, values })
}

pub(crate) fn commit(portal: &mut Portal, kind: Kind, change: Change, source: Source) {
    let now_ms = portal.now_ms();
    let more = create::consequences(portal, kind, &change.values, now_ms);
    portal.change(kind, change.id, |record| {
        for (name, text) in change.values.iter().chain(&more) {
            record.set(name, text, now_ms, source);
        }
    });
}

/// A secondary address that becomes the first one changes places with it.
fn swapped_address(portal: &Portal, kind: Kind, record: &Record, values: &[(Name, String)]) -> Option<(Name, String)> {
    let first = create::text_of(values, "email").filter(|_| kind == Kind::Contacts)?;
    let others = record.get("hs_additional_emails").filter(|others| others.split(';').any(|other| other == first))?;
    if values.iter().any(|(name, _)| &**name == "hs_additional_emails") {
        return None;
    }
    let before = record.get("email").unwrap_or_default();
    let others = others.split(';').map(|other| if other == first { before } else { other });
    let others: Vec<&str> = others.filter(|other| !other.is_empty()).collect();
    Some((portal.name(kind, "hs_additional_emails")?, others.join(";")))
}

/// A lifecycle stage goes back only by way of no stage at all; HubSpot leaves it silently where it is.
fn moves_forward(portal: &Portal, kind: Kind, record: &Record, text: &str) -> bool {
    let place = |value: &str| {
        let options = &portal.schema(kind).get("lifecyclestage")?.options;
        options.iter().position(|option| option.value == value)
    };
    text.is_empty() || place(text) >= record.get("lifecyclestage").and_then(place)
}
