//! Associating two records, and the effects on both of them.

use super::association_type::{self, AssociationType};
use super::associations::{Category, Label, RecordKey};
use super::object_type::ObjectType;
use super::portal::Portal;
use super::property_value::parse_date_time;
use super::record::{Record, Source};
use crate::clock::{Ms, stamp};

/// Returns the object type that a label leads to from `object_type`, or `None` if it does not start there.
pub(crate) fn target_type(portal: &Portal, object_type: ObjectType, label: Label) -> Option<ObjectType> {
    match label.category {
        Category::HubspotDefined => {
            association_type::starting_at(object_type, label.type_id).map(|association| association.to)
        }
        Category::UserDefined => portal
            .labels
            .iter()
            .find(|custom| custom.starts_at(object_type, label.type_id))
            .map(|own| own.other(object_type)),
        _ => None,
    }
}

/// Returns the label of the other direction.
fn inverse(portal: &Portal, from: ObjectType, label: Label) -> Option<Label> {
    let type_id = match label.category {
        Category::HubspotDefined => association_type::starting_at(from, label.type_id)?.inverse_id,
        _ => portal.labels.iter().find(|custom| custom.starts_at(from, label.type_id))?.inverse_id(label.type_id),
    };
    Some(Label { type_id, ..label })
}

/// Associates two records that exist. [`target_type`] must know the label.
pub(crate) fn add(portal: &mut Portal, from: RecordKey, to: RecordKey, label: Label) {
    if add_quietly(portal, from, to, label) {
        move_activity_dates(portal, from, to);
        move_activity_dates(portal, to, from);
    }
}

/// Associates two records without moving their activity dates. Returns true if they were not associated before.
pub(crate) fn add_quietly(portal: &mut Portal, from: RecordKey, to: RecordKey, label: Label) -> bool {
    let is_new = add_label(portal, from, to, label);
    if let Some(default) = association_type::default(from.0, to.0) {
        add_type(portal, from, to, default);
    }
    match association_type::starting_at(from.0, label.type_id).filter(|association| association.is_primary()) {
        Some(association) if label.category == Category::HubspotDefined => make_primary(portal, from, to, association),
        _ => make_first_company_primary(portal, from, to),
    }
    is_new
}

/// Adds one label in both directions, without the default one that HubSpot adds. Returns true if the records were not
/// associated before.
pub(crate) fn add_label(portal: &mut Portal, from: RecordKey, to: RecordKey, label: Label) -> bool {
    inverse(portal, from.0, label).is_some_and(|inverse| portal.associations.add(from, to, label, inverse))
}

/// Removes one label in both directions. Without any label left, the records are no longer associated.
pub(crate) fn remove_label(portal: &mut Portal, from: RecordKey, to: RecordKey, label: Label) {
    if let Some(inverse) = inverse(portal, from.0, label) {
        portal.associations.remove_label(from, to, label, inverse);
    }
}

fn add_type(portal: &mut Portal, from: RecordKey, to: RecordKey, association: AssociationType) {
    portal.associations.add(from, to, hubspot_label(association.type_id), hubspot_label(association.inverse_id));
}

/// Makes a company the primary one of a record that has none, as HubSpot does.
fn make_first_company_primary(portal: &mut Portal, from: RecordKey, to: RecordKey) {
    let (of, company) = if to.0 == ObjectType::Companies { (from, to) } else { (to, from) };
    let mut types = association_type::between(of.0, ObjectType::Companies);
    let Some(association) = types.find(AssociationType::is_primary) else { return };
    if company.0 == ObjectType::Companies && primary(portal, of, association).is_none() {
        add_type(portal, of, company, association);
    }
}

/// Makes a company the primary one of a record in the place of another.
fn make_primary(portal: &mut Portal, from: RecordKey, to: RecordKey, association: AssociationType) {
    let (of, company, association) = match to.0 {
        ObjectType::Companies => (from, to, Some(association)),
        _ => (to, from, association_type::starting_at(to.0, association.inverse_id)),
    };
    let Some(association) = association else { return };
    if let Some(other) = primary(portal, of, association).filter(|other| *other != company.1) {
        let other = (ObjectType::Companies, other);
        portal.associations.remove_label(
            of,
            other,
            hubspot_label(association.type_id),
            hubspot_label(association.inverse_id),
        );
    }
    add_type(portal, of, company, association);
}

/// Says that a label would replace the primary company of a record.
pub(crate) fn replaces_primary(portal: &Portal, of: RecordKey, label: Label) -> bool {
    let association = association_type::starting_at(of.0, label.type_id)
        .filter(|association| association.is_primary() && association.to == ObjectType::Companies);
    label.category == Category::HubspotDefined
        && association.is_some_and(|association| primary(portal, of, association).is_some())
}

/// Returns the id of the primary company of a record.
fn primary(portal: &Portal, of: RecordKey, association: AssociationType) -> Option<u64> {
    let mut companies = portal.associations.of(of, ObjectType::Companies);
    companies.find(|(_, labels)| labels.contains(&hubspot_label(association.type_id))).map(|(id, _)| id)
}

/// Returns the label of one of HubSpot's own association types.
pub(crate) fn hubspot_label(type_id: u32) -> Label {
    Label { category: Category::HubspotDefined, type_id }
}

/// Moves the activity dates and counts of a record: an activity those of every record, a ticket those of its contacts.
fn move_activity_dates(portal: &mut Portal, of: RecordKey, by: RecordKey) {
    let (now_ms, (object_type, id)) = (portal.now_ms(), of);
    let is_ticket_of_contact = by.0 == ObjectType::Tickets && object_type == ObjectType::Contacts;
    if object_type.is_activity() || !(by.0.is_activity() || is_ticket_of_contact) {
        return;
    }
    let at_ms = portal.table(by.0).get(by.1).and_then(|record| record.get("hs_timestamp")).and_then(parse_date_time);
    let values = activity_values(portal, of, by.0, at_ms.unwrap_or(now_ms), now_ms);
    let values: Vec<_> =
        values.into_iter().filter_map(|(name, text)| Some((portal.name(object_type, name)?, text))).collect();
    portal.change(object_type, id, |record| {
        values.iter().for_each(|(name, text)| record.set(name, text, now_ms, Source::Integration));
    });
}

/// Returns the values that a record gets from an activity at `at_ms`.
fn activity_values(
    portal: &Portal,
    of: RecordKey,
    by: ObjectType,
    at_ms: Ms,
    now_ms: Ms,
) -> Vec<(&'static str, String)> {
    let Some(record) = portal.table(of.0).get(of.1) else { return Vec::new() };
    let mut values = Vec::new();
    if at_ms > now_ms {
        values.push(("notes_next_activity_date", stamp(at_ms)));
    } else {
        values.push(("notes_last_updated", latest(record, "notes_last_updated", at_ms)));
    }
    if by.is_activity() {
        values.push(("num_notes", incremented(record, "num_notes")));
    }
    let is_contact_made =
        matches!(by, ObjectType::Communications | ObjectType::Calls | ObjectType::Emails | ObjectType::Meetings);
    if is_contact_made && at_ms <= now_ms {
        values.push(("notes_last_contacted", latest(record, "notes_last_contacted", at_ms)));
        values.push(("num_contacted_notes", incremented(record, "num_contacted_notes")));
    }
    values
}

fn latest(record: &Record, name: &str, at_ms: Ms) -> String {
    stamp(record.get(name).and_then(parse_date_time).map_or(at_ms, |before| before.max(at_ms)))
}

fn incremented(record: &Record, name: &str) -> String {
    record.get(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0).saturating_add(1).to_string()
}
