//! The resources that nodes name, and the behavior that each stands for.
//!
//! The two dialects of the file name the same tools and workers in different ways; one table maps both to Frontdesk's.

use std::collections::BTreeMap;

/// The end of the id of nodes that ask another service over HTTP, such as `custom/http-tool`.
pub(crate) const HTTP_TOOL: &str = "http-tool";

/// The behavior of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behavior {
    /// Calls the tool of this server with this name.
    Tool(&'static str),
    /// Calls the tool with this name if the server has it: a resource `hubspot/NAME` that the table does not list, such as
    /// a tool that was added to the server.
    AddedTool(String),
    /// Answers from the documents.
    Answer,
    /// Says something.
    Say,
    /// Asks the customer to choose.
    Choose,
    /// Hands the conversation to a person: by the tool `handoff_start` where the server has it and the customer is known,
    /// else by `create_task`, else in the model's words.
    HandOff,
    /// Runs another part of the graph and comes back.
    Nested,
    /// Does nothing here: the client's own model does it.
    Pass,
    /// Calls a tool that the file lists and this server does not have, by the tool's name.
    Foreign(String),
    /// Unknown to this server; the model follows the node's task.
    Unknown,
}

/// The behaviors by id or path, in the form of [`normalise`]. The first dialect names a tool by its `path`, the second
/// by its `id`.
const RESOURCES: &[(&str, Behavior)] = &[
    ("hubspot/findcontactbyemail", Behavior::Tool("find_contact_by_email")),
    ("hubspot/contact/findcontactbyemail", Behavior::Tool("find_contact_by_email")),
    ("hubspot/createticket", Behavior::Tool("create_ticket")),
    ("hubspot/ticket/createticket", Behavior::Tool("create_ticket")),
    ("hubspot/findowneridbycontactid", Behavior::Tool("find_owner_id_by_contact_id")),
    ("hubspot/contact/findowneridbycontactid", Behavior::Tool("find_owner_id_by_contact_id")),
    ("hubspot/findownerbyownerid", Behavior::Tool("find_owner_by_owner_id")),
    ("hubspot/contact/findownerbyownerid", Behavior::Tool("find_owner_by_owner_id")),
    ("hubspot/checkavailable", Behavior::Tool("check_available")),
    ("hubspot/meeting/checkavailable", Behavior::Tool("check_available")),
    ("hubspot/checkavailability", Behavior::Tool("check_available")),
    ("hubspot/meeting/checkavailability", Behavior::Tool("check_available")),
    ("hubspot/listavailability", Behavior::Tool("check_available")),
    ("hubspot/meeting/listavailability", Behavior::Tool("check_available")),
    ("hubspot/createmeeting", Behavior::Tool("create_meeting")),
    ("hubspot/meeting/createmeeting", Behavior::Tool("create_meeting")),
    ("hubspot/bookmeeting", Behavior::Tool("create_meeting")),
    ("hubspot/meeting/bookmeeting", Behavior::Tool("create_meeting")),
    ("hubspot/book", Behavior::Tool("create_meeting")),
    ("hubspot/getcontact", Behavior::Tool("get_contact")),
    ("hubspot/searchcontacts", Behavior::Tool("search_contacts")),
    ("hubspot/createcontact", Behavior::Tool("create_contact")),
    ("hubspot/updatecontact", Behavior::Tool("update_contact")),
    ("hubspot/createtask", Behavior::Tool("create_task")),
    ("hubspot/findtickets", Behavior::Tool("find_tickets")),
    ("hubspot/updateticket", Behavior::Tool("update_ticket")),
    ("hubspot/logactivity", Behavior::Tool("log_activity")),
    ("hubspot/describecrm", Behavior::Tool("describe_crm")),
    ("hubspot/findmeetings", Behavior::Tool("find_meetings")),
    ("messageworker", Behavior::Say),
    ("defaultworker", Behavior::Say),
    ("planner", Behavior::Say),
    ("openaiagent", Behavior::Say),
    ("openairealtimevoiceagent", Behavior::Say),
    ("faissragworker", Behavior::Answer),
    ("milvusragworker", Behavior::Answer),
    ("ragworker", Behavior::Answer),
    ("ragmsgworker", Behavior::Answer),
    ("ragmessageworker", Behavior::Answer),
    ("searchworker", Behavior::Answer),
    ("custom/retriever", Behavior::Answer),
    ("multiplechoiceworker", Behavior::Choose),
    ("hitlworker", Behavior::HandOff),
    ("humanintheloopworker", Behavior::HandOff),
    ("nestedgraph", Behavior::Nested),
    ("nluagent", Behavior::Pass),
    ("inputguardrail", Behavior::Pass),
    ("outputguardrail", Behavior::Pass),
    ("outputprocessworker", Behavior::Pass),
];

/// An entry of `tools`, `workers` or `agents`.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) is_tool: bool,
}

/// Returns the behavior of the resource with this id. `listed` has the entries of the file by their ids.
pub(super) fn behavior_of(id: &str, listed: &BTreeMap<String, Listed>) -> Behavior {
    let entry = listed.get(id);
    let by_path = entry.and_then(|entry| look_up(&entry.path));
    by_path.or_else(|| look_up(id)).unwrap_or_else(|| match entry {
        Some(entry) if entry.is_tool => Behavior::Foreign(foreign_name(id, entry)),
        _ => added_tool(id).map_or(Behavior::Unknown, Behavior::AddedTool),
    })
}

/// Returns the tool name in an id such as `hubspot/read_thermometer`. Only the id counts: tools of other servers can have
/// any name.
fn added_tool(id: &str) -> Option<String> {
    let name = id.trim().strip_prefix("hubspot/").or_else(|| id.trim().strip_prefix("hubspot."))?;
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    is_name.then(|| name.to_lowercase().replace('-', "_"))
}

fn foreign_name(id: &str, entry: &Listed) -> String {
    if entry.name.is_empty() { id.to_owned() } else { entry.name.clone() }
}

fn look_up(text: &str) -> Option<Behavior> {
    let key = normalise(text);
    RESOURCES.iter().find(|(known, _)| *known == key).map(|(_, behavior)| behavior.clone())
}

/// Normalises an id or a path: `hubspot.find_contact_by_email`, `hubspot/find-contact-by-email` and
/// `hubspot/find_contact_by_email.py` are the same.
fn normalise(text: &str) -> String {
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
    fn both_dialects_name_the_tools_of_this_server() {
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
            assert_eq!(behavior_of(id, &table), Behavior::Tool(tool), "{id}");
        }
        for (id, action) in [
            ("MessageWorker", Behavior::Say),
            ("message_worker", Behavior::Say),
            ("FaissRAGWorker", Behavior::Answer),
            ("nested_graph", Behavior::Nested),
            ("human-in-the-loop-worker", Behavior::HandOff),
        ] {
            assert_eq!(behavior_of(id, &table), action, "{id}");
        }
    }

    #[test]
    fn the_name_of_a_resource_has_no_influence() {
        let table = listed(&[("1", "acuity.cancel", "create_ticket")]);
        assert_eq!(behavior_of("1", &table), Behavior::Foreign("create_ticket".into()));
        assert_eq!(behavior_of("2", &table), Behavior::Unknown);
        assert_eq!(behavior_of("create_ticket", &table), Behavior::Unknown);
    }

    #[test]
    fn a_hubspot_resource_outside_the_table_names_an_added_tool() {
        let table = BTreeMap::new();
        for id in ["hubspot/read_thermometer", "hubspot.read-thermometer"] {
            assert_eq!(behavior_of(id, &table), Behavior::AddedTool("read_thermometer".into()), "{id}");
        }
        for id in ["hubspot/", "hubspot/a/b", "hubspot/a b", "acuity/read_thermometer"] {
            assert_eq!(behavior_of(id, &table), Behavior::Unknown, "{id}");
        }
    }
}
