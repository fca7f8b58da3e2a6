//! Which record a client means: by id, or by a property whose values are unique.

use super::kind::Kind;
use super::record::Record;
use crate::call::Call;
use crate::portal::Portal;
use crate::refusal::{Refusal, object_not_found};

/// The id is as the client sent it.
pub(crate) fn record<'a>(
    portal: &'a Portal,
    kind: Kind,
    id: &str,
    id_property: Option<&str>,
) -> Result<Option<&'a Record>, Refusal> {
    let table = portal.table(kind);
    match id_property.unwrap_or("hs_object_id") {
        "" | "hs_object_id" => Ok(id.trim().parse().ok().and_then(|id| table.get(id))),
        "email" if kind == Kind::Contacts => Ok(table.by_email(id)),
        name => {
            unique(portal, kind, name)?;
            Ok(by_value(portal, kind, name, id))
        }
    }
}

/// The record that has a unique value. Archived ones may have had it too: they come last.
pub(crate) fn by_value<'a>(portal: &'a Portal, kind: Kind, name: &str, value: &str) -> Option<&'a Record> {
    let having = portal.table(kind).from(0).filter(|record| record.get(name) == Some(value));
    having.min_by_key(|record| record.is_archived())
}

fn unique(portal: &Portal, kind: Kind, name: &str) -> Result<(), Refusal> {
    match portal.schema(kind).get(name) {
        Some(definition) if definition.unique => Ok(()),
        Some(_) => Err(Refusal::invalid(format!("Property \"{name}\" does not have unique values"))),
        None => Err(Refusal::invalid(format!("Property \"{name}\" does not exist"))),
    }
}

/// The record that the path names; archived ones only when the query asks for them.
pub(crate) fn in_path<'a>(portal: &'a Portal, kind: Kind, call: &Call) -> Result<&'a Record, Refusal> {
    let id = call.param("id");
    let found = record(portal, kind, id, call.query("idProperty"))?;
    found.filter(|record| record.is_archived() == call.flag("archived")).ok_or_else(|| object_not_found(id))
}
