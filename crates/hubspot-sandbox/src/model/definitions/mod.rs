//! HubSpot's own properties, as every account has them. They are a part of those that HubSpot has: the ones that matter
//! for contacts, tickets, activities and meetings.

mod activities;
mod companies;
mod contacts;
mod spec;
mod tickets;

use self::spec::{PropertySpec, date_time, enumeration, number, text};
use super::object_type::{ObjectType, ObjectTypeInfo};
use super::schema::{Group, Schema};
use crate::assumptions::Assumptions;

/// Returns the schema of an object type in a new account.
pub(crate) fn schema(object_type: ObjectType, assumptions: Assumptions) -> Schema {
    let mut schema = Schema::default();
    for (order, spec) in common(object_type.info()).into_iter().chain(own(object_type).iter().copied()).enumerate() {
        schema.groups.entry(spec.group.into()).or_insert_with(|| group(spec.group));
        schema.put(spec.define(order));
    }
    if !assumptions.custom_channel_conversation
        && let Some(channel) = schema.get_mut(CHANNEL_TYPE)
    {
        channel.options.retain(|option| option.value != "CUSTOM_CHANNEL_CONVERSATION");
    }
    schema
}

/// Brings a schema in line with assumptions that changed after it was built.
pub(crate) fn apply_assumptions(schema: &mut Schema, object_type: ObjectType, assumptions: Assumptions) {
    if let Some(channel) = schema.get_mut(CHANNEL_TYPE)
        && let Some(fresh) = self::schema(object_type, assumptions).get(CHANNEL_TYPE)
    {
        channel.options.clone_from(&fresh.options);
    }
}

const CHANNEL_TYPE: &str = "hs_communication_channel_type";

fn own(object_type: ObjectType) -> &'static [PropertySpec] {
    match object_type {
        ObjectType::Contacts => contacts::CONTACTS,
        ObjectType::Companies => companies::COMPANIES,
        ObjectType::Deals => companies::DEALS,
        ObjectType::Tickets => tickets::TICKETS,
        ObjectType::Communications => activities::COMMUNICATIONS,
        ObjectType::Calls => activities::CALLS,
        ObjectType::Emails => activities::EMAILS,
        ObjectType::Meetings => activities::MEETINGS,
        ObjectType::Notes => activities::NOTES,
        ObjectType::Tasks => activities::TASKS,
    }
}

fn common(info: &'static ObjectTypeInfo) -> [PropertySpec; 9] {
    [
        date_time(info.created, "Create date").computed(),
        date_time(info.modified, "Last modified date").computed(),
        number("hs_object_id", "Record ID").computed(),
        text("hs_object_source", "Record creation source").computed(),
        text("hs_object_source_id", "Record creation source ID").computed(),
        text("hs_object_source_label", "Record source").computed(),
        text("hs_merged_object_ids", "Merged record IDs").computed(),
        enumeration("hubspot_owner_id", "Owner", &[]).external_options(),
        number("hs_pinned_engagement_id", "Pinned engagement ID"),
    ]
}

fn group(name: &str) -> Group {
    Group { label: name.replace('_', " "), display_order: -1, archived: false }
}
