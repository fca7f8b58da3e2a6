//! Properties of activities: communications, calls, e-mails, meetings, notes and tasks.

use super::spec::{PropertySpec, boolean, date_time, enumeration, number, text, text_area};

const CHANNELS: &[(&str, &str)] = &[
    ("WHATS_APP", "WhatsApp"),
    ("LINKEDIN_MESSAGE", "LinkedIn message"),
    ("SMS", "SMS"),
    ("CUSTOM_CHANNEL_CONVERSATION", "Custom channel conversation"),
];
const DIRECTIONS: &[(&str, &str)] =
    &[("EMAIL", "Outgoing"), ("INCOMING_EMAIL", "Incoming"), ("FORWARDED_EMAIL", "Forwarded")];
const EMAIL_STATUS: &[(&str, &str)] = &[
    ("SENT", "Sent"),
    ("SENDING", "Sending"),
    ("SCHEDULED", "Scheduled"),
    ("BOUNCED", "Bounced"),
    ("FAILED", "Failed"),
];
const OUTCOMES: &[(&str, &str)] = &[
    ("SCHEDULED", "Scheduled"),
    ("COMPLETED", "Completed"),
    ("RESCHEDULED", "Rescheduled"),
    ("NO_SHOW", "No Show"),
    ("CANCELED", "Canceled"),
];
const CALL_DIRECTIONS: &[(&str, &str)] = &[("INBOUND", "Inbound"), ("OUTBOUND", "Outbound")];
const CALL_STATUS: &[(&str, &str)] =
    &[("COMPLETED", "Completed"), ("BUSY", "Busy"), ("NO_ANSWER", "No answer"), ("FAILED", "Failed")];
const TASK_STATUS: &[(&str, &str)] = &[
    ("NOT_STARTED", "Not started"),
    ("IN_PROGRESS", "In progress"),
    ("WAITING", "Waiting"),
    ("COMPLETED", "Completed"),
    ("DEFERRED", "Deferred"),
];
const TASK_PRIORITIES: &[(&str, &str)] = &[("NONE", "None"), ("LOW", "Low"), ("MEDIUM", "Medium"), ("HIGH", "High")];
const TASK_TYPES: &[(&str, &str)] = &[("TODO", "To-do"), ("CALL", "Call"), ("EMAIL", "Email")];

const TIMESTAMP: PropertySpec = date_time("hs_timestamp", "Activity date");
const PREVIEW: PropertySpec = text_area("hs_body_preview", "Body preview").computed();
const PREVIEW_HTML: PropertySpec = text_area("hs_body_preview_html", "Body preview HTML").computed();
const PREVIEW_IS_TRUNCATED: PropertySpec = boolean("hs_body_preview_is_truncated", "Body preview truncated").computed();
const ATTACHMENTS: PropertySpec = text("hs_attachment_ids", "Attached file IDs");

pub(super) static COMMUNICATIONS: &[PropertySpec] = &[
    TIMESTAMP,
    PREVIEW,
    PREVIEW_HTML,
    PREVIEW_IS_TRUNCATED,
    enumeration("hs_communication_channel_type", "Channel Type", CHANNELS),
    enumeration("hs_communication_logged_from", "Logged From", &[("CRM", "CRM")]),
    text_area("hs_communication_body", "Communication body"),
];

pub(super) static CALLS: &[PropertySpec] = &[
    TIMESTAMP,
    PREVIEW,
    PREVIEW_HTML,
    PREVIEW_IS_TRUNCATED,
    text("hs_call_title", "Call Title"),
    text_area("hs_call_body", "Call notes"),
    number("hs_call_duration", "Call duration"),
    text("hs_call_from_number", "From Number"),
    text("hs_call_to_number", "To Number"),
    enumeration("hs_call_direction", "Call direction", CALL_DIRECTIONS),
    enumeration("hs_call_status", "Call status", CALL_STATUS),
];

pub(super) static EMAILS: &[PropertySpec] = &[
    TIMESTAMP,
    PREVIEW,
    PREVIEW_HTML,
    PREVIEW_IS_TRUNCATED,
    ATTACHMENTS,
    enumeration("hs_email_direction", "Email Direction", DIRECTIONS),
    enumeration("hs_email_status", "Email Send Status", EMAIL_STATUS),
    text("hs_email_subject", "Email Subject"),
    text_area("hs_email_text", "Text body"),
    text_area("hs_email_html", "HTML body"),
    text_area("hs_email_headers", "Email headers"),
];

pub(super) static MEETINGS: &[PropertySpec] = &[
    TIMESTAMP,
    PREVIEW,
    PREVIEW_HTML,
    PREVIEW_IS_TRUNCATED,
    ATTACHMENTS,
    text("hs_meeting_title", "Meeting name"),
    text_area("hs_meeting_body", "Meeting description"),
    text_area("hs_internal_meeting_notes", "Internal Meeting Notes"),
    date_time("hs_meeting_start_time", "Meeting start time"),
    date_time("hs_meeting_end_time", "Meeting end time"),
    enumeration("hs_meeting_outcome", "Meeting outcome", OUTCOMES),
    text("hs_meeting_location", "Meeting location"),
    text("hs_meeting_location_type", "Location type"),
    text("hs_meeting_external_url", "External Url"),
    text("hs_activity_type", "Call and meeting type"),
    text("hs_attendee_owner_ids", "Attendee owner IDs"),
    text("hs_meeting_source", "Meeting source").computed(),
    text("hs_meeting_source_id", "Meeting source ID").computed(),
    text("hs_engagement_source", "Engagement source").computed(),
    text("hs_engagement_source_id", "Engagement source ID").computed(),
    text("hs_unique_id", "Unique ID").computed(),
    boolean("hs_include_description_in_reminder", "Include description in reminder").computed(),
];

pub(super) static NOTES: &[PropertySpec] =
    &[TIMESTAMP, PREVIEW, PREVIEW_HTML, PREVIEW_IS_TRUNCATED, ATTACHMENTS, text_area("hs_note_body", "Note body")];

/// See HubSpot's page "Tasks". `hs_timestamp` is the due date. The queues of an account are not among the options of their
/// property: it holds ids.
pub(super) static TASKS: &[PropertySpec] = &[
    date_time("hs_timestamp", "Due date"),
    PREVIEW,
    PREVIEW_HTML,
    PREVIEW_IS_TRUNCATED,
    text("hs_task_subject", "Task Title"),
    text_area("hs_task_body", "Task Notes"),
    enumeration("hs_task_status", "Task Status", TASK_STATUS),
    enumeration("hs_task_priority", "Priority", TASK_PRIORITIES),
    enumeration("hs_task_type", "Task Type", TASK_TYPES),
    text("hs_task_reminders", "Task reminders"),
    date_time("hs_task_completion_date", "Completed at").computed(),
    boolean("hs_task_is_all_day", "Due date has no time"),
    enumeration("hs_queue_membership_ids", "Queue", &[]).multiple().external_options(),
];
