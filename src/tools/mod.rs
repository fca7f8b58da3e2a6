//! Every tool, one per file, and the registry of them.
//!
//! To add one: write its file, add its `mod` line and its line in [`all`].

use std::sync::LazyLock;

use crate::tool::{Entry, Registry};

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
            Entry::of::<find_contact_by_email::FindContactByEmail>(),
            Entry::of::<create_ticket::CreateTicket>(),
            Entry::of::<find_owner_id_by_contact_id::FindOwnerIdByContactId>(),
            Entry::of::<find_owner_by_owner_id::FindOwnerByOwnerId>(),
            Entry::of::<check_available::CheckAvailable>(),
            Entry::of::<create_meeting::CreateMeeting>(),
            Entry::of::<find_meetings::FindMeetings>(),
            Entry::of::<get_contact::GetContact>(),
            Entry::of::<search_contacts::SearchContacts>(),
            Entry::of::<create_contact::CreateContact>(),
            Entry::of::<update_contact::UpdateContact>(),
            Entry::of::<search_documents::SearchDocuments>(),
            Entry::of::<find_tickets::FindTickets>(),
            Entry::of::<update_ticket::UpdateTicket>(),
            Entry::of::<log_activity::LogActivity>(),
            Entry::of::<create_task::CreateTask>(),
            Entry::of::<describe_crm::DescribeCrm>(),
            Entry::of::<find_conversations::FindConversations>(),
            Entry::of::<read_conversation::ReadConversation>(),
            Entry::of::<reply_conversation::ReplyConversation>(),
            Entry::of::<update_conversation::UpdateConversation>(),
            Entry::of::<handoff_start::HandoffStart>(),
            Entry::of::<handoff_send::HandoffSend>(),
            Entry::of::<handoff_events::HandoffEvents>(),
            Entry::of::<handoff_stop::HandoffStop>(),
            Entry::of::<taskgraph_start::TaskgraphStart>(),
            Entry::of::<taskgraph_step::TaskgraphStep>(),
        ])
    });
    ALL.clone()
}
