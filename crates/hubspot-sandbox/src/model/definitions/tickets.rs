//! Properties of tickets.

use super::spec::{PropertySpec, boolean, date_time, enumeration, number, text, text_area};

const PRIORITIES: &[(&str, &str)] = &[("LOW", "Low"), ("MEDIUM", "Medium"), ("HIGH", "High"), ("URGENT", "Urgent")];

const CATEGORIES: &[(&str, &str)] = &[
    ("PRODUCT_ISSUE", "Product Issue"),
    ("BILLING_ISSUE", "Billing Issue"),
    ("FEATURE_REQUEST", "Feature Request"),
    ("GENERAL_INQUIRY", "General Inquiry"),
];

const SOURCES: &[(&str, &str)] =
    &[("CHAT", "Chat"), ("EMAIL", "Email"), ("FORM", "Form"), ("PHONE", "Phone"), ("Zendesk", "Zendesk")];

pub(super) static TICKETS: &[PropertySpec] = &[
    text("subject", "Ticket name").in_group("ticketinformation"),
    text_area("content", "Ticket description").in_group("ticketinformation"),
    enumeration("hs_pipeline", "Pipeline", &[]).external_options().in_group("ticketinformation"),
    enumeration("hs_pipeline_stage", "Ticket status", &[]).external_options().in_group("ticketinformation"),
    enumeration("hs_ticket_priority", "Priority", PRIORITIES).in_group("ticketinformation"),
    enumeration("hs_ticket_category", "Category", CATEGORIES).multiple().in_group("ticketinformation"),
    enumeration("source_type", "Source", SOURCES).in_group("ticketinformation"),
    text_area("hs_resolution", "Resolution").in_group("ticketinformation"),
    date_time("closed_date", "Close date").in_group("ticketinformation"),
    text("hs_external_object_ids", "External object IDs").unique(),
    number("hs_ticket_id", "Ticket ID").computed().in_group("ticketinformation"),
    date_time("hs_helpdesk_sort_timestamp", "Help desk sort timestamp").computed(),
    boolean("hs_is_visible_in_help_desk", "Is visible in help desk").computed(),
    boolean("hs_last_message_from_visitor", "Last message from visitor").computed(),
    number("hs_num_associated_companies", "Number of associated companies").computed(),
    number("hs_num_associated_conversations", "Number of associated conversations").computed(),
    number("hs_num_times_contacted", "Number of times contacted").computed(),
    number("num_notes", "Number of Sales Activities").computed(),
    number("num_contacted_notes", "Number of times contacted").computed(),
    date_time("notes_last_contacted", "Last Contacted").computed(),
    date_time("notes_last_updated", "Last Activity Date").computed(),
    date_time("hubspot_owner_assigneddate", "Owner assigned date").computed(),
];
