//! What a resource of a taskgraph is to us: one table for the ids and paths of both dialects.

use std::collections::BTreeMap;

/// What a node does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Calls the tool of this server with this name.
    Tool(&'static str),
    /// Answers from the documents.
    Answer,
    /// Says something.
    Say,
    /// Asks the customer to choose.
    Choose,
    /// Hands the conversation to a person.
    HandOff,
    /// Runs another part of the graph and comes back.
    Nested,
    /// Does nothing that a client's model would not do by itself.
    Pass,
    /// Calls a tool that the file lists and this server does not have.
    Foreign(String),
    /// Nothing here knows what it is; the model follows the node's task.
    Unknown,
}

/// Ids and paths in the form of [`plain`], and what they are. D1 names a tool by its `path`, D2 by its `id`.
const TABLE: &[(&str, Action)] = &[
    ("hubspot/findcontactbyemail", Action::Tool("find_contact_by_email")),
    ("hubspot/contact/findcontactbyemail", Action::Tool("find_contact_by_email")),
    ("hubspot/createticket", Action::Tool("create_ticket")),
    ("hubspot/ticket/createticket", Action::Tool("create_ticket")),
    ("hubspot/findowneridbycontactid", Action::Tool("find_owner_id_by_contact_id")),
    ("hubspot/contact/findowneridbycontactid", Action::Tool("find_owner_id_by_contact_id")),
    ("hubspot/findownerbyownerid", Action::Tool("find_owner_by_owner_id")),
    ("hubspot/contact/findownerbyownerid", Action::Tool("find_owner_by_owner_id")),
    ("hubspot/checkavailable", Action::Tool("check_available")),
    ("hubspot/meeting/checkavailable", Action::Tool("check_available")),
    ("hubspot/checkavailability", Action::Tool("check_available")),
    ("hubspot/meeting/checkavailability", Action::Tool("check_available")),
    ("hubspot/listavailability", Action::Tool("check_available")),
    ("hubspot/meeting/listavailability", Action::Tool("check_available")),
    ("hubspot/createmeeting", Action::Tool("create_meeting")),
    ("hubspot/meeting/createmeeting", Action::Tool("create_meeting")),
    ("hubspot/bookmeeting", Action::Tool("create_meeting")),
    ("hubspot/meeting/bookmeeting", Action::Tool("create_meeting")),
    ("hubspot/book", Action::Tool("create_meeting")),
    ("hubspot/getcontact", Action::Tool("get_contact")),
    ("hubspot/searchcontacts", Action::Tool("search_contacts")),
    ("hubspot/createcontact", Action::Tool("create_contact")),
    ("hubspot/updatecontact", Action::Tool("update_contact")),
    ("hubspot/findtickets", Action::Tool("find_tickets")),
    ("hubspot/updateticket", Action::Tool("update_ticket")),
    ("hubspot/logactivity", Action::Tool("log_activity")),
    ("hubspot/describecrm", Action::Tool("describe_crm")),
    ("hubspot/findmeetings", Action::Tool("find_meetings")),
    ("messageworker", Action::Say),
    ("defaultworker", Action::Say),
    ("planner", Action::Say),
    ("openaiagent", Action::Say),
    ("openairealtimevoiceagent", Action::Say),
    ("faissragworker", Action::Answer),
    ("milvusragworker", Action::Answer),
    ("ragworker", Action::Answer),
    ("ragmsgworker", Action::Answer),
    ("ragmessageworker", Action::Answer),
    ("searchworker", Action::Answer),
    ("custom/retriever", Action::Answer),
    ("multiplechoiceworker", Action::Choose),
    ("hitlworker", Action::HandOff),
    ("humanintheloopworker", Action::HandOff),
    ("nestedgraph", Action::Nested),
    ("nluagent", Action::Pass),
    ("inputguardrail", Action::Pass),
    ("outputguardrail", Action::Pass),
    ("outputprocessworker", Action::Pass),
];

/// An entry of `tools`, `workers` or `agents`.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) is_tool: bool,
}

/// What the resource with this id does, where `listed` are the entries of the file by their ids.
pub(super) fn action_of(id: &str, listed: &BTreeMap<String, Listed>) -> Action {
    let entry = listed.get(id);
    let by_path = entry.and_then(|entry| look_up(&entry.path));
    by_path.or_else(|| look_up(id)).unwrap_or_else(|| match entry {
        Some(entry) if entry.is_tool => Action::Foreign(foreign_name(id, entry)),
        _ => Action::Unknown,
    })
}

fn foreign_name(id: &str, entry: &Listed) -> String {
    if entry.name.is_empty() { id.to_owned() } else { entry.name.clone() }
}

fn look_up(text: &str) -> Option<Action> {
    let key = plain(text);
    TABLE.iter().find(|(known, _)| *known == key).map(|(_, action)| action.clone())
}

/// `hubspot.find_contact_by_email`, `hubspot/find-contact-by-email` and `hubspot/find_contact_by_email.py` are one.
fn plain(text: &str) -> String {
    let text = text.trim().to_lowercase();
    let text = text.strip_suffix(".py").unwrap_or(&text);
    text.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).map(|c| if c == '.' { '/' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(entries: &[(&str, &str, &str)]) -> BTreeMap<String, Listed> {
        let entry = |path: &str, name: &str| Listed { path: path.into(), name: name.into(), is_tool: true };
        entries.iter().map(|(id, path, name)| ((*id).into(), entry(path, name))).collect()
    }

    #[test]
    fn both_dialects_name_our_tools() {
        let table = listed(&[("ddbe", "hubspot.find_contact_by_email", "x"), ("e86d", "hubspot/book_meeting.py", "y")]);
        for (id, tool) in [
            ("ddbe", "find_contact_by_email"),
            ("e86d", "create_meeting"),
            ("hubspot/contact/find-contact-by-email", "find_contact_by_email"),
            ("hubspot/contact/find-owner-id-by-contact-id", "find_owner_id_by_contact_id"),
            ("hubspot/ticket/create-ticket", "create_ticket"),
            ("hubspot/meeting/check-available", "check_available"),
            ("hubspot/meeting/check-availability", "check_available"),
            ("hubspot/meeting/create-meeting", "create_meeting"),
            ("hubspot/meeting/book-meeting", "create_meeting"),
        ] {
            assert_eq!(action_of(id, &table), Action::Tool(tool), "{id}");
        }
        for (id, action) in [
            ("MessageWorker", Action::Say),
            ("message_worker", Action::Say),
            ("FaissRAGWorker", Action::Answer),
            ("nested_graph", Action::Nested),
            ("human-in-the-loop-worker", Action::HandOff),
        ] {
            assert_eq!(action_of(id, &table), action, "{id}");
        }
    }

    #[test]
    fn a_name_never_decides() {
        let table = listed(&[("1", "acuity.cancel", "create_ticket")]);
        assert_eq!(action_of("1", &table), Action::Foreign("create_ticket".into()));
        assert_eq!(action_of("2", &table), Action::Unknown);
        assert_eq!(action_of("create_ticket", &table), Action::Unknown);
    }
}
