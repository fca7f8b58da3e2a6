//! Every tool, one per file, and the registry of them.
//!
//! To add one: write its file, add its `mod` line and its line in [`all`].

use std::sync::LazyLock;

use crate::tool::{Registry, ToolEntry};

mod check_available;
mod create_contact;
mod create_meeting;
mod create_task;
mod create_ticket;
mod describe_crm;
mod errors;
mod find_contact_by_email;
mod find_conversations;
mod find_meetings;
mod find_owner_by_owner_id;
mod find_owner_id_by_contact_id;
mod find_tickets;
mod get_contact;
mod handoff_events;
mod handoff_send;
mod handoff_start;
mod handoff_stop;
mod log_activity;
mod read_conversation;
mod reply_conversation;
mod search_contacts;
mod search_documents;
mod taskgraph_start;
mod taskgraph_step;
mod update_contact;
mod update_conversation;
mod update_ticket;

/// The registry of every tool, in the order clients see them. It is made once for the process; a tool reaches it through
/// `Ctx::tools`.
pub fn all() -> Registry {
    static ALL: LazyLock<Registry> = LazyLock::new(|| {
        Registry::new(vec![
            ToolEntry::of::<find_contact_by_email::FindContactByEmail>(),
            ToolEntry::of::<create_ticket::CreateTicket>(),
            ToolEntry::of::<find_owner_id_by_contact_id::FindOwnerIdByContactId>(),
            ToolEntry::of::<find_owner_by_owner_id::FindOwnerByOwnerId>(),
            ToolEntry::of::<check_available::CheckAvailable>(),
            ToolEntry::of::<create_meeting::CreateMeeting>(),
            ToolEntry::of::<find_meetings::FindMeetings>(),
            ToolEntry::of::<get_contact::GetContact>(),
            ToolEntry::of::<search_contacts::SearchContacts>(),
            ToolEntry::of::<create_contact::CreateContact>(),
            ToolEntry::of::<update_contact::UpdateContact>(),
            ToolEntry::of::<search_documents::SearchDocuments>(),
            ToolEntry::of::<find_tickets::FindTickets>(),
            ToolEntry::of::<update_ticket::UpdateTicket>(),
            ToolEntry::of::<log_activity::LogActivity>(),
            ToolEntry::of::<create_task::CreateTask>(),
            ToolEntry::of::<describe_crm::DescribeCrm>(),
            ToolEntry::of::<find_conversations::FindConversations>(),
            ToolEntry::of::<read_conversation::ReadConversation>(),
            ToolEntry::of::<reply_conversation::ReplyConversation>(),
            ToolEntry::of::<update_conversation::UpdateConversation>(),
            ToolEntry::of::<handoff_start::HandoffStart>(),
            ToolEntry::of::<handoff_send::HandoffSend>(),
            ToolEntry::of::<handoff_events::HandoffEvents>(),
            ToolEntry::of::<handoff_stop::HandoffStop>(),
            ToolEntry::of::<taskgraph_start::TaskgraphStart>(),
            ToolEntry::of::<taskgraph_step::TaskgraphStep>(),
        ])
    });
    ALL.clone()
}
