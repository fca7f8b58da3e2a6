//! Making a record: first everything is checked, then everything is done.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::associate;
use super::find;
use super::kind::Kind;
use super::links::{Category, End, Label};
use super::pipelines;
use super::record::{Name, Record, Source};
use super::values::{self, Invalid};
use crate::choices::MissingTarget;
use crate::portal::Portal;
use crate::refusal::{self, Refusal};

/// What a create sends.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Input {
    pub(crate) properties: Map<String, Value>,
    #[serde(default, deserialize_with = "or_none")]
    pub(crate) associations: Vec<AssociationInput>,
    #[serde(default, rename = "objectWriteTraceId")]
    pub(crate) trace_id: Option<Value>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AssociationInput {
    pub(crate) to: Target,
    #[serde(default)]
    pub(crate) types: Vec<AssociationType>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Target {
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) id: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssociationType {
    pub(crate) association_category: Category,
    pub(crate) association_type_id: u32,
}

/// HubSpot takes an id as text or as a number.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("expected an id")),
    }
}

/// HubSpot's own clients send `null` for a list they leave out.
fn or_none<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Why a record cannot be made or changed.
#[derive(Clone, Debug)]
pub(crate) enum Problem {
    Values(Vec<Invalid>),
    /// Another contact has the address.
    Exists(u64),
    Refused(Refusal),
}

impl Problem {
    pub(crate) fn into_refusal(self, portal: &Portal) -> Refusal {
        match self {
            Problem::Values(invalid) => refusal::property_values(&invalid, portal.identity.portal_id),
            Problem::Exists(id) => refusal::contact_exists(id),
            Problem::Refused(refusal) => refusal,
        }
    }
}

/// A record that can be made.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) values: Vec<(Name, String)>,
    links: Vec<(End, Label)>,
}

/// Checks everything about a record to be made; the portal stays as it is.
pub(crate) fn draft(portal: &Portal, kind: Kind, input: &Input) -> Result<Draft, Problem> {
    let mut values = checked(portal, kind, &input.properties, None)?;
    add_defaults(portal, kind, &mut values);
    required(portal, kind, &values).map_err(Problem::Refused)?;
    pipelines::check_stage(portal, kind, &values, None).map_err(|invalid| Problem::Values(vec![invalid]))?;
    no_conflict(portal, kind, &values, None)?;
    let links = input.associations.iter().map(|input| targets(portal, kind, input));
    let links: Result<Vec<_>, _> = links.collect();
    Ok(Draft { values, links: links.map_err(Problem::Refused)?.concat() })
}

/// Makes the record and its associations.
pub(crate) fn commit(portal: &mut Portal, kind: Kind, draft: Draft, source: Source) -> u64 {
    let now_ms = portal.now_ms();
    let id = portal.table_mut(kind).take_id();
    let mut record = Record::new(id, now_ms, source);
    draft.values.iter().for_each(|(name, text)| record.set(name, text, now_ms, source));
    for (name, text) in consequences(portal, kind, &draft.values, now_ms) {
        record.set(&name, &text, now_ms, source);
    }
    let indexing = portal.indexing();
    portal.table_mut(kind).insert(record, indexing);
    for (to, label) in draft.links {
        associate::add(portal, (kind, id), to, label);
    }
    id
}

/// Every value read and checked; all that is wrong is told at once.
pub(crate) fn checked(
    portal: &Portal,
    kind: Kind,
    properties: &Map<String, Value>,
    before: Option<&Record>,
) -> Result<Vec<(Name, String)>, Problem> {
    let (mut values, mut invalid) = (Vec::new(), Vec::new());
    for (name, raw) in properties.iter().filter(|(name, _)| !is_left_out(portal, kind, name)) {
        match value(portal, kind, name, raw, before) {
            Ok(value) => values.push(value),
            Err(Problem::Values(more)) => invalid.extend(more),
            Err(other) => return Err(other),
        }
    }
    if invalid.is_empty() { Ok(values) } else { Err(Problem::Values(invalid)) }
}

fn is_left_out(portal: &Portal, kind: Kind, name: &str) -> bool {
    portal.settings.choices.activities_leave_out_unwritable
        && matches!(kind, Kind::Communications | Kind::Notes)
        && portal.schema(kind).get(name).is_none_or(|definition| definition.read_only)
}

fn value(
    portal: &Portal,
    kind: Kind,
    name: &str,
    raw: &Value,
    before: Option<&Record>,
) -> Result<(Name, String), Problem> {
    if raw.is_object() || raw.is_array() {
        let what = if raw.is_object() { "START_OBJECT" } else { "START_ARRAY" };
        let message = format!(
            "Invalid input JSON on line 1, column 1: Cannot deserialize value of type `java.lang.String` from token \
             `JsonToken.{what}`"
        );
        return Err(Problem::Refused(Refusal::invalid(message)));
    }
    let refuse = |invalid| Problem::Values(vec![invalid]);
    let definition = portal.schema(kind).get(name).ok_or_else(|| refuse(values::unknown_property(name)))?;
    if definition.read_only {
        return Err(refuse(values::read_only(name)));
    }
    let text = values::read(definition, raw, before.and_then(|record| record.get(name))).map_err(refuse)?;
    if name == "hubspot_owner_id" && !text.is_empty() && portal.owner(&text).is_none() {
        let present = portal.owners.iter().filter(|owner| !owner.archived);
        let allowed: Vec<&str> = present.map(|owner| owner.id.as_str()).collect();
        return Err(refuse(values::not_an_option(name, &text, &allowed)));
    }
    Ok((Arc::clone(&definition.name), text))
}

fn add_defaults(portal: &Portal, kind: Kind, values: &mut Vec<(Name, String)>) {
    let defaults: &[(&str, &str)] = match kind {
        Kind::Tickets => &[("hs_pipeline", "0")],
        Kind::Deals => &[("pipeline", "default")],
        _ => &[],
    };
    for (name, text) in defaults {
        if let (None, Some(name)) = (text_of(values, name), portal.name(kind, name)) {
            values.push((name, (*text).to_owned()));
        }
    }
}

fn required(portal: &Portal, kind: Kind, values: &[(Name, String)]) -> Result<(), Refusal> {
    let choices = portal.settings.choices;
    let subject: &[&str] = if kind == Kind::Tickets && choices.ticket_needs_a_subject { &["subject"] } else { &[] };
    let all = kind.facts().required.iter().chain(subject);
    let missing: Vec<&str> = all.filter(|name| text_of(values, name).is_none()).copied().collect();
    if !missing.is_empty() {
        return Err(refusal::missing_properties(kind, &missing));
    }
    let named = ["email", "firstname", "lastname"].iter().any(|name| text_of(values, name).is_some());
    match kind == Kind::Contacts && choices.contact_needs_a_name && !named {
        true => Err(refusal::missing_properties(kind, &["email"])),
        false => Ok(()),
    }
}

/// The value about to be set, unless it is empty.
pub(crate) fn text_of<'a>(values: &'a [(Name, String)], name: &str) -> Option<&'a str> {
    values.iter().find(|(known, text)| &**known == name && !text.is_empty()).map(|(_, text)| text.as_str())
}

/// An address belongs to one contact, be it its first or another one; a unique value to one record.
pub(crate) fn no_conflict(
    portal: &Portal,
    kind: Kind,
    values: &[(Name, String)],
    own: Option<u64>,
) -> Result<(), Problem> {
    for claim in claims(portal, kind, values) {
        let other = match claim {
            Claim::Email(email) => portal.table(kind).by_email(email),
            Claim::Unique(name, text) => find::by_value(portal, kind, name, text),
        };
        let Some(other) = other.filter(|other| !other.is_archived() && Some(other.id) != own) else { continue };
        return Err(match claim {
            Claim::Email(_) => Problem::Exists(other.id),
            Claim::Unique(name, text) => Problem::Values(vec![values::taken(name, text, Some(other.id))]),
        });
    }
    Ok(())
}

/// What only one record can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Claim<'a> {
    Email(&'a str),
    /// A property and its value
    Unique(&'a str, &'a str),
}

/// All that a record with these values would have to itself.
pub(crate) fn claims<'a>(portal: &Portal, kind: Kind, values: &'a [(Name, String)]) -> Vec<Claim<'a>> {
    let set = values.iter().filter(|(_, text)| !text.is_empty());
    let claims = set.flat_map(|(name, text)| match &**name {
        "email" | "hs_additional_emails" if kind == Kind::Contacts => text.split(';').map(Claim::Email).collect(),
        name if portal.schema(kind).get(name).is_some_and(|one| one.unique) => vec![Claim::Unique(name, text)],
        _ => Vec::new(),
    });
    claims.collect()
}

/// What HubSpot sets by itself when these values are set.
pub(crate) fn consequences(portal: &Portal, kind: Kind, values: &[(Name, String)], now_ms: i64) -> Vec<(Name, String)> {
    let stage = text_of(values, "lifecyclestage").map(|stage| format!("hs_lifecyclestage_{stage}_date"));
    let assigned = text_of(values, "hubspot_owner_id").map(|_| "hubspot_owner_assigneddate".to_owned());
    let closed = pipelines::is_closing(portal, kind, values).then(|| "closed_date".to_owned());
    let names = stage.into_iter().chain(assigned).chain(closed);
    names.filter_map(|name| Some((portal.name(kind, &name)?, crate::clock::stamp(now_ms)))).collect()
}

/// The records one inline association leads to, each with its label.
fn targets(portal: &Portal, kind: Kind, input: &AssociationInput) -> Result<Vec<(End, Label)>, Refusal> {
    if input.types.is_empty() {
        return Err(not_valid("At least one association type is required", "INVALID_ASSOCIATION_TYPE"));
    }
    input.types.iter().map(|given| target(portal, kind, &input.to.id, *given)).collect()
}

fn target(portal: &Portal, kind: Kind, id: &str, given: AssociationType) -> Result<(End, Label), Refusal> {
    let label = Label { category: given.association_category, type_id: given.association_type_id };
    let Some(to) = associate::target_kind(portal, kind, label) else {
        let message = format!("{} is not a valid association type for {}", label.type_id, kind.shouted());
        return Err(not_valid(&message, "INVALID_ASSOCIATION_TYPE"));
    };
    let record = id.parse().ok().and_then(|id| portal.table(to).live(id));
    match (record, portal.settings.choices.missing_association_target) {
        (Some(record), _) => Ok(((to, record.id), label)),
        (None, MissingTarget::BadRequest) => {
            Err(not_valid(&format!("No {} with ID {id} exists", to.facts().singular), "INVALID_OBJECT_IDS"))
        }
        (None, MissingTarget::NotFound) => Err(refusal::object_not_found(id)),
    }
}

fn not_valid(message: &str, code: &str) -> Refusal {
    Refusal::invalid("one or more associations are not valid")
        .error(json!({"message": message, "code": code, "in": "associations"}))
}
