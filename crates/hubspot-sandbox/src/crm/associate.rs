//! Associating two records, and what it does to them.

use super::kind::Kind;
use super::links::{Category, End, Label};
use super::pairs::{self, Pair};
use super::record::{Record, Source};
use super::values;
use crate::clock::{Ms, stamp};
use crate::portal::Portal;

/// The kind an association type leads to from `kind`, if it is one.
pub(crate) fn target_kind(portal: &Portal, kind: Kind, label: Label) -> Option<Kind> {
    match label.category {
        Category::HubspotDefined => pairs::starting(kind, label.type_id).map(|pair| pair.to),
        Category::UserDefined => {
            portal.labels.iter().find(|own| own.leads(kind, label.type_id)).map(|own| own.other(kind))
        }
        _ => None,
    }
}

/// The label of the other direction.
fn back(portal: &Portal, from: Kind, label: Label) -> Option<Label> {
    let type_id = match label.category {
        Category::HubspotDefined => pairs::starting(from, label.type_id)?.back_id,
        _ => portal.labels.iter().find(|own| own.leads(from, label.type_id))?.back_id(label.type_id),
    };
    Some(Label { type_id, ..label })
}

/// Associates two records that exist, with a label that [`target_kind`] knows.
pub(crate) fn add(portal: &mut Portal, from: End, to: End, label: Label) {
    if tie(portal, from, to, label) {
        touch(portal, from, to);
        touch(portal, to, from);
    }
}

/// The association alone, without its effect on the two. Says whether it is new.
pub(crate) fn tie(portal: &mut Portal, from: End, to: End, label: Label) -> bool {
    let is_new = link(portal, from, to, label);
    if let Some(plain) = pairs::default(from.0, to.0) {
        add_pair(portal, from, to, plain);
    }
    match pairs::starting(from.0, label.type_id).filter(|pair| pair.is_primary()) {
        Some(pair) if label.category == Category::HubspotDefined => make_primary(portal, from, to, pair),
        _ => first_company(portal, from, to),
    }
    is_new
}

/// One label alone, in both directions: what else HubSpot would add is left out. Says whether the two are new to each
/// other.
pub(crate) fn link(portal: &mut Portal, from: End, to: End, label: Label) -> bool {
    back(portal, from.0, label).is_some_and(|back| portal.links.add(from, to, label, back))
}

/// Takes one label away; the last one takes the association with it.
pub(crate) fn untie(portal: &mut Portal, from: End, to: End, label: Label) {
    if let Some(back) = back(portal, from.0, label) {
        portal.links.remove_label(from, to, label, back);
    }
}

fn add_pair(portal: &mut Portal, from: End, to: End, pair: Pair) {
    portal.links.add(from, to, hubspot(pair.type_id), hubspot(pair.back_id));
}

/// HubSpot makes the first company of a record its primary one.
fn first_company(portal: &mut Portal, from: End, to: End) {
    let (of, company) = if to.0 == Kind::Companies { (from, to) } else { (to, from) };
    let Some(pair) = pairs::between(of.0, Kind::Companies).find(Pair::is_primary) else { return };
    if company.0 == Kind::Companies && primary(portal, of, pair).is_none() {
        add_pair(portal, of, company, pair);
    }
}

/// There is one primary company at a time.
fn make_primary(portal: &mut Portal, from: End, to: End, pair: Pair) {
    let (of, company, pair) = match to.0 {
        Kind::Companies => (from, to, Some(pair)),
        _ => (to, from, pairs::starting(to.0, pair.back_id)),
    };
    let Some(pair) = pair else { return };
    if let Some(other) = primary(portal, of, pair).filter(|other| *other != company.1) {
        let other = (Kind::Companies, other);
        portal.links.remove_label(of, other, hubspot(pair.type_id), hubspot(pair.back_id));
    }
    add_pair(portal, of, company, pair);
}

/// Whether a label would take the place of the primary company that a record has.
pub(crate) fn replaces_primary(portal: &Portal, of: End, label: Label) -> bool {
    let pair = pairs::starting(of.0, label.type_id).filter(|pair| pair.is_primary() && pair.to == Kind::Companies);
    label.category == Category::HubspotDefined && pair.is_some_and(|pair| primary(portal, of, pair).is_some())
}

fn primary(portal: &Portal, of: End, pair: Pair) -> Option<u64> {
    let mut companies = portal.links.of(of, Kind::Companies);
    companies.find(|(_, labels)| labels.contains(&hubspot(pair.type_id))).map(|(id, _)| id)
}

pub(crate) fn hubspot(type_id: u32) -> Label {
    Label { category: Category::HubspotDefined, type_id }
}

/// An activity moves the last activity of what it is logged on; a ticket moves its contact's.
fn touch(portal: &mut Portal, touched: End, by: End) {
    let (now_ms, (kind, id)) = (portal.now_ms(), touched);
    if kind.is_activity() || !(by.0.is_activity() || by.0 == Kind::Tickets && kind == Kind::Contacts) {
        return;
    }
    let at_ms = portal.table(by.0).get(by.1).and_then(|record| record.get("hs_timestamp")).and_then(values::moment);
    let moved = moved(portal, touched, by.0, at_ms.unwrap_or(now_ms), now_ms);
    let moved: Vec<_> = moved.into_iter().filter_map(|(name, text)| Some((portal.name(kind, name)?, text))).collect();
    portal.change(kind, id, |record| {
        moved.iter().for_each(|(name, text)| record.set(name, text, now_ms, Source::Integration));
    });
}

fn moved(portal: &Portal, touched: End, by: Kind, at_ms: Ms, now_ms: Ms) -> Vec<(&'static str, String)> {
    let Some(record) = portal.table(touched.0).get(touched.1) else { return Vec::new() };
    let mut moved = Vec::new();
    if at_ms > now_ms {
        moved.push(("notes_next_activity_date", stamp(at_ms)));
    } else {
        moved.push(("notes_last_updated", latest(record, "notes_last_updated", at_ms)));
    }
    if by.is_activity() {
        moved.push(("num_notes", one_more(record, "num_notes")));
    }
    if matches!(by, Kind::Communications | Kind::Calls | Kind::Emails | Kind::Meetings) && at_ms <= now_ms {
        moved.push(("notes_last_contacted", latest(record, "notes_last_contacted", at_ms)));
        moved.push(("num_contacted_notes", one_more(record, "num_contacted_notes")));
    }
    moved
}

fn latest(record: &Record, name: &str, at_ms: Ms) -> String {
    stamp(record.get(name).and_then(values::moment).map_or(at_ms, |before| before.max(at_ms)))
}

fn one_more(record: &Record, name: &str) -> String {
    record.get(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0).saturating_add(1).to_string()
}
