//! Tickets.

use super::{Given, choice, flag, long, moment, number, text};

const PRIORITIES: &[(&str, &str)] = &[("LOW", "Low"), ("MEDIUM", "Medium"), ("HIGH", "High"), ("URGENT", "Urgent")];

const CATEGORIES: &[(&str, &str)] = &[
    ("PRODUCT_ISSUE", "Product Issue"),
    ("BILLING_ISSUE", "Billing Issue"),
    ("FEATURE_REQUEST", "Feature Request"),
    ("GENERAL_INQUIRY", "General Inquiry"),
];

const SOURCES: &[(&str, &str)] =
    &[("CHAT", "Chat"), ("EMAIL", "Email"), ("FORM", "Form"), ("PHONE", "Phone"), ("Zendesk", "Zendesk")];

pub(super) static GIVEN: &[Given] = &[
    text("subject", "Ticket name").within("ticketinformation"),
    long("content", "Ticket description").within("ticketinformation"),
    choice("hs_pipeline", "Pipeline", &[]).external().within("ticketinformation"),
    choice("hs_pipeline_stage", "Ticket status", &[]).external().within("ticketinformation"),
    choice("hs_ticket_priority", "Priority", PRIORITIES).within("ticketinformation"),
    choice("hs_ticket_category", "Category", CATEGORIES).many().within("ticketinformation"),
    choice("source_type", "Source", SOURCES).within("ticketinformation"),
    long("hs_resolution", "Resolution").within("ticketinformation"),
    moment("closed_date", "Close date").within("ticketinformation"),
    number("hs_ticket_id", "Ticket ID").computed().within("ticketinformation"),
    moment("hs_helpdesk_sort_timestamp", "Help desk sort timestamp").computed(),
    flag("hs_is_visible_in_help_desk", "Is visible in help desk").computed(),
    flag("hs_last_message_from_visitor", "Last message from visitor").computed(),
    number("hs_num_associated_companies", "Number of associated companies").computed(),
    number("hs_num_associated_conversations", "Number of associated conversations").computed(),
    number("hs_num_times_contacted", "Number of times contacted").computed(),
    number("num_notes", "Number of Sales Activities").computed(),
    number("num_contacted_notes", "Number of times contacted").computed(),
    moment("notes_last_contacted", "Last Contacted").computed(),
    moment("notes_last_updated", "Last Activity Date").computed(),
    moment("hubspot_owner_assigneddate", "Owner assigned date").computed(),
];
