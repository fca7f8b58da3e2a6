//! Values that only one record may have: the e-mail addresses of contacts, and the values of unique properties.

use std::collections::BTreeSet;

use super::write_error::{WriteError, contact_exists_in_batch};
use crate::api::api_error::{self, ApiError};
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::property_value;
use crate::model::record::Name;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum UniqueKey<'a> {
    Email(&'a str),
    /// A property and its value.
    Value(&'a str, &'a str),
}

/// Checks that no record but `own` has any of these values. An address is compared with primary and secondary ones.
pub(crate) fn check_conflicts(
    portal: &Portal,
    object_type: ObjectType,
    values: &[(Name, String)],
    own: Option<u64>,
) -> Result<(), WriteError> {
    for key in unique_keys(portal, object_type, values) {
        let other = match key {
            UniqueKey::Email(email) => portal.table(object_type).by_email(email),
            UniqueKey::Value(name, text) => portal.record_with_value(object_type, name, text),
        };
        let Some(other) = other.filter(|other| !other.is_archived() && Some(other.id) != own) else { continue };
        return Err(match key {
            UniqueKey::Email(_) => WriteError::ContactExists(other.id),
            UniqueKey::Value(name, text) => WriteError::invalid(property_value::taken(name, text, Some(other.id))),
        });
    }
    Ok(())
}

/// Checks that no two inputs of one batch set the same address or unique value. `all`: the values of each input.
pub(crate) fn check_duplicates_in_batch<'a>(
    portal: &Portal,
    object_type: ObjectType,
    all: impl Iterator<Item = &'a [(Name, String)]>,
) -> Result<(), ApiError> {
    let mut taken = BTreeSet::new();
    for values in all {
        let own: BTreeSet<UniqueKey<'_>> = unique_keys(portal, object_type, values).into_iter().collect();
        match taken.intersection(&own).next() {
            Some(UniqueKey::Email(_)) => return Err(contact_exists_in_batch()),
            Some(UniqueKey::Value(name, text)) => {
                let invalid = [property_value::taken(name, text, None)];
                return Err(api_error::property_values(&invalid, portal.identity.portal_id));
            }
            None => taken.extend(own),
        }
    }
    Ok(())
}

fn unique_keys<'a>(portal: &Portal, object_type: ObjectType, values: &'a [(Name, String)]) -> Vec<UniqueKey<'a>> {
    let set = values.iter().filter(|(_, text)| !text.is_empty());
    let keys = set.flat_map(|(name, text)| match &**name {
        "email" | "hs_additional_emails" if object_type == ObjectType::Contacts => {
            text.split(';').map(UniqueKey::Email).collect()
        }
        name if portal.schema(object_type).get(name).is_some_and(|one| one.unique) => {
            vec![UniqueKey::Value(name, text)]
        }
        _ => Vec::new(),
    });
    keys.collect()
}
