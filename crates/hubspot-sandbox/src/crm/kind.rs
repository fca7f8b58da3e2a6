//! The kinds of CRM objects and what HubSpot says of each.

use serde::{Deserialize, Serialize};

use Kind::*;

/// A kind of object, in the order of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
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

/// The facts that differ from kind to kind.
#[derive(Debug)]
pub(crate) struct Facts {
    /// `0-1`
    pub(crate) type_id: &'static str,
    /// `contacts`, as in paths and scopes
    pub(crate) plural: &'static str,
    /// `contact`, as in association types
    pub(crate) singular: &'static str,
    pub(crate) created: &'static str,
    pub(crate) modified: &'static str,
    /// Shown when the caller names no properties, next to the three that are always there.
    pub(crate) shown: &'static [&'static str],
    /// What `query` looks through.
    pub(crate) searchable: &'static [&'static str],
    /// A create without these is refused.
    pub(crate) required: &'static [&'static str],
    pub(crate) read_scope: &'static str,
    pub(crate) write_scope: &'static str,
    /// Where ids of new records start: the length real portals have.
    pub(crate) first_id: u64,
}

pub(crate) const ALL: [Kind; 10] =
    [Contacts, Companies, Deals, Tickets, Communications, Calls, Emails, Meetings, Notes, Tasks];

const READ: &str = "crm.objects.contacts.read";
const WRITE: &str = "crm.objects.contacts.write";

impl Kind {
    /// By plural, singular or type id, as HubSpot reads it in a path.
    pub(crate) fn named(text: &str) -> Option<Kind> {
        ALL.into_iter().find(|kind| {
            let facts = kind.facts();
            facts.type_id == text
                || facts.plural.eq_ignore_ascii_case(text)
                || facts.singular.eq_ignore_ascii_case(text)
        })
    }

    /// `CONTACT`, as error messages write it.
    pub(crate) fn shouted(self) -> String {
        self.facts().singular.to_uppercase()
    }

    /// Logged activities: associating one moves the contact's last activity.
    pub(crate) fn is_activity(self) -> bool {
        matches!(self, Communications | Calls | Emails | Meetings | Notes | Tasks)
    }

    pub(crate) fn facts(self) -> &'static Facts {
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

static CONTACTS: Facts = Facts {
    type_id: "0-1",
    plural: "contacts",
    singular: "contact",
    created: "createdate",
    modified: "lastmodifieddate",
    shown: &["email", "firstname", "lastname"],
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

static COMPANIES: Facts = Facts {
    type_id: "0-2",
    plural: "companies",
    singular: "company",
    created: "createdate",
    modified: "hs_lastmodifieddate",
    shown: &["name", "domain"],
    searchable: &["website", "phone", "name", "domain"],
    required: &[],
    read_scope: "crm.objects.companies.read",
    write_scope: "crm.objects.companies.write",
    first_id: 29_022_297_485,
};

static DEALS: Facts = Facts {
    type_id: "0-3",
    plural: "deals",
    singular: "deal",
    created: "createdate",
    modified: "hs_lastmodifieddate",
    shown: &["dealname", "amount", "closedate", "pipeline", "dealstage"],
    searchable: &["dealname", "pipeline", "dealstage", "description", "dealtype"],
    required: &["dealstage"],
    read_scope: "crm.objects.deals.read",
    write_scope: "crm.objects.deals.write",
    first_id: 41_204_871_337,
};

static TICKETS: Facts = Facts {
    type_id: "0-5",
    plural: "tickets",
    singular: "ticket",
    created: "createdate",
    modified: "hs_lastmodifieddate",
    shown: &["content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject"],
    searchable: &["subject", "content", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_id"],
    required: &["hs_pipeline_stage"],
    read_scope: "tickets",
    write_scope: "tickets",
    first_id: 33_397_362_407,
};

static COMMUNICATIONS: Facts =
    activity("0-18", "communications", "communication", 81_116_227_304).needing(COMMUNICATION_NEEDS, &[]);
static CALLS: Facts =
    activity("0-48", "calls", "call", 81_640_113_902).needing(TIMED, &["hs_call_title", "hs_call_body"]);
static EMAILS: Facts = activity("0-49", "emails", "email", 82_107_554_218).needing(TIMED, &["hs_email_subject"]);
static MEETINGS: Facts =
    activity("0-47", "meetings", "meeting", 83_450_290_116).needing(TIMED, &["hs_meeting_title", "hs_meeting_body"]);
static NOTES: Facts = activity("0-46", "notes", "note", 80_911_376_540).needing(TIMED, &["hs_note_body"]);
static TASKS: Facts =
    activity("0-27", "tasks", "task", 82_988_061_473).needing(TIMED, &["hs_task_subject", "hs_task_body"]);

const TIMED: &[&str] = &["hs_timestamp"];
const COMMUNICATION_NEEDS: &[&str] = &["hs_communication_channel_type", "hs_timestamp"];

const fn activity(type_id: &'static str, plural: &'static str, singular: &'static str, first_id: u64) -> Facts {
    Facts {
        type_id,
        plural,
        singular,
        created: "hs_createdate",
        modified: "hs_lastmodifieddate",
        shown: &[],
        searchable: &[],
        required: &[],
        read_scope: READ,
        write_scope: WRITE,
        first_id,
    }
}

impl Facts {
    const fn needing(self, required: &'static [&'static str], searchable: &'static [&'static str]) -> Facts {
        Facts { required, searchable, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_plural_singular_and_type_id() {
        for kind in ALL {
            let facts = kind.facts();
            assert_eq!(Kind::named(facts.plural), Some(kind));
            assert_eq!(Kind::named(facts.singular), Some(kind));
            assert_eq!(Kind::named(facts.type_id), Some(kind));
        }
        assert_eq!(Kind::named("butterflies"), None);
        assert_eq!(Kind::named(""), None);
    }
}
