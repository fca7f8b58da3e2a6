//! The object types of the CRM and what HubSpot defines for each.

use serde::{Deserialize, Serialize};

use ObjectType::*;

/// An object type of HubSpot's CRM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ObjectType {
    Contacts,
    Companies,
    Deals,
    Tickets,
    Communications,
    Calls,
    Emails,
    Meetings,
    Notes,
    Tasks,
}

/// The definitions that differ between object types.
#[derive(Debug)]
pub(crate) struct ObjectTypeInfo {
    /// HubSpot's numeric type, such as `0-1` for contacts.
    pub(crate) type_id: &'static str,
    /// `contacts`, as in paths and scopes.
    pub(crate) plural: &'static str,
    /// `contact`, as in association types.
    pub(crate) singular: &'static str,
    /// Name of the property with the creation date.
    pub(crate) created: &'static str,
    /// Name of the property with the last-modified date.
    pub(crate) modified: &'static str,
    /// Properties of a response if the client names none, besides the three that are always there.
    pub(crate) default_properties: &'static [&'static str],
    /// Properties that the `query` of a search looks through.
    pub(crate) searchable: &'static [&'static str],
    /// Properties that a create must set.
    pub(crate) required: &'static [&'static str],
    pub(crate) read_scope: &'static str,
    pub(crate) write_scope: &'static str,
    /// Id of the first new record, about as large as in real accounts.
    pub(crate) first_id: u64,
}

pub(crate) const ALL: [ObjectType; 10] =
    [Contacts, Companies, Deals, Tickets, Communications, Calls, Emails, Meetings, Notes, Tasks];

const READ: &str = "crm.objects.contacts.read";
const WRITE: &str = "crm.objects.contacts.write";

impl ObjectType {
    /// Finds an object type by plural, singular or type id, as HubSpot does in paths.
    pub(crate) fn named(text: &str) -> Option<ObjectType> {
        ALL.into_iter().find(|object_type| {
            let info = object_type.info();
            info.type_id == text || info.plural.eq_ignore_ascii_case(text) || info.singular.eq_ignore_ascii_case(text)
        })
    }

    /// Returns the singular in capital letters, as in HubSpot's error messages: `CONTACT`.
    pub(crate) fn upper_name(self) -> String {
        self.info().singular.to_uppercase()
    }

    /// Says that objects of this type are activities, which move the last-activity date of associated records.
    pub(crate) fn is_activity(self) -> bool {
        matches!(self, Communications | Calls | Emails | Meetings | Notes | Tasks)
    }

    pub(crate) fn info(self) -> &'static ObjectTypeInfo {
        match self {
            Contacts => &CONTACTS,
            Companies => &COMPANIES,
            Deals => &DEALS,
            Tickets => &TICKETS,
            Communications => &COMMUNICATIONS,
            Calls => &CALLS,
            Emails => &EMAILS,
            Meetings => &MEETINGS,
            Notes => &NOTES,
            Tasks => &TASKS,
        }
    }
}

static CONTACTS: ObjectTypeInfo = ObjectTypeInfo {
    type_id: "0-1",
    plural: "contacts",
    singular: "contact",
    created: "createdate",
    modified: "lastmodifieddate",
    default_properties: &["email", "firstname", "lastname"],
    searchable: &[
        "firstname",
        "lastname",
        "email",
        "phone",
        "hs_additional_emails",
        "fax",
        "mobilephone",
        "company",
        "hs_marketable_until_renewal",
    ],
    required: &[],
    read_scope: READ,
    write_scope: WRITE,
    first_id: 171_596_044_869,
};

static COMPANIES: ObjectTypeInfo = ObjectTypeInfo {
    type_id: "0-2",
    plural: "companies",
    singular: "company",
    created: "createdate",
    modified: "hs_lastmodifieddate",
    default_properties: &["name", "domain"],
    searchable: &["website", "phone", "name", "domain"],
    required: &[],
    read_scope: "crm.objects.companies.read",
    write_scope: "crm.objects.companies.write",
    first_id: 29_022_297_485,
};

static DEALS: ObjectTypeInfo = ObjectTypeInfo {
    type_id: "0-3",
    plural: "deals",
    singular: "deal",
    created: "createdate",
    modified: "hs_lastmodifieddate",
    default_properties: &["dealname", "amount", "closedate", "pipeline", "dealstage"],
    searchable: &["dealname", "pipeline", "dealstage", "description", "dealtype"],
    required: &["dealstage"],
    read_scope: "crm.objects.deals.read",
    write_scope: "crm.objects.deals.write",
    first_id: 41_204_871_337,
};

static TICKETS: ObjectTypeInfo = ObjectTypeInfo {
    type_id: "0-5",
    plural: "tickets",
    singular: "ticket",
    created: "createdate",
    modified: "hs_lastmodifieddate",
    default_properties: &[
        "content",
        "hs_pipeline",
        "hs_pipeline_stage",
        "hs_ticket_category",
        "hs_ticket_priority",
        "subject",
    ],
    searchable: &["subject", "content", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_id"],
    required: &["hs_pipeline_stage"],
    read_scope: "tickets",
    write_scope: "tickets",
    first_id: 33_397_362_407,
};

static COMMUNICATIONS: ObjectTypeInfo =
    activity("0-18", "communications", "communication", 81_116_227_304).requiring(COMMUNICATION_REQUIRED, &[]);
static CALLS: ObjectTypeInfo =
    activity("0-48", "calls", "call", 81_640_113_902).requiring(TIMESTAMP_REQUIRED, &["hs_call_title", "hs_call_body"]);
static EMAILS: ObjectTypeInfo =
    activity("0-49", "emails", "email", 82_107_554_218).requiring(TIMESTAMP_REQUIRED, &["hs_email_subject"]);
static MEETINGS: ObjectTypeInfo = activity("0-47", "meetings", "meeting", 83_450_290_116)
    .requiring(TIMESTAMP_REQUIRED, &["hs_meeting_title", "hs_meeting_body"]);
static NOTES: ObjectTypeInfo =
    activity("0-46", "notes", "note", 80_911_376_540).requiring(TIMESTAMP_REQUIRED, &["hs_note_body"]);
static TASKS: ObjectTypeInfo = activity("0-27", "tasks", "task", 82_988_061_473)
    .requiring(TIMESTAMP_REQUIRED, &["hs_task_subject", "hs_task_body"]);

const TIMESTAMP_REQUIRED: &[&str] = &["hs_timestamp"];
const COMMUNICATION_REQUIRED: &[&str] = &["hs_communication_channel_type", "hs_timestamp"];

const fn activity(
    type_id: &'static str,
    plural: &'static str,
    singular: &'static str,
    first_id: u64,
) -> ObjectTypeInfo {
    ObjectTypeInfo {
        type_id,
        plural,
        singular,
        created: "hs_createdate",
        modified: "hs_lastmodifieddate",
        default_properties: &[],
        searchable: &[],
        required: &[],
        read_scope: READ,
        write_scope: WRITE,
        first_id,
    }
}

impl ObjectTypeInfo {
    const fn requiring(self, required: &'static [&'static str], searchable: &'static [&'static str]) -> ObjectTypeInfo {
        ObjectTypeInfo { required, searchable, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_type_is_found_by_plural_singular_and_type_id() {
        for object_type in ALL {
            let info = object_type.info();
            assert_eq!(ObjectType::named(info.plural), Some(object_type));
            assert_eq!(ObjectType::named(info.singular), Some(object_type));
            assert_eq!(ObjectType::named(info.type_id), Some(object_type));
        }
        assert_eq!(ObjectType::named("butterflies"), None);
        assert_eq!(ObjectType::named(""), None);
    }
}
