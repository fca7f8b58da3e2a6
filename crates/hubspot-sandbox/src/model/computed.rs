//! Properties that HubSpot computes. They are computed when they are read, so that they need no memory.

use std::borrow::Cow;

use super::object_type::ObjectType;
use super::record::Record;
use super::token::APP_ID;
use crate::clock::stamp;

/// Characters of a body that its preview shows.
const PREVIEW_CHARS_MAX: usize = 300;

/// Returns the value of a property, stored or computed.
pub(crate) fn read<'a>(object_type: ObjectType, record: &'a Record, name: &str) -> Option<Cow<'a, str>> {
    if let Some(text) = system(object_type, record, name) {
        return Some(Cow::Owned(text));
    }
    match record.get(name) {
        Some(text) => Some(Cow::Borrowed(text)),
        None => calculated(object_type, record, name),
    }
}

/// Returns the computed properties that the response to a create shows, besides the values that were sent.
pub(crate) fn shown_on_create(object_type: ObjectType) -> &'static [&'static str] {
    match object_type {
        ObjectType::Contacts => CONTACT_ON_CREATE,
        ObjectType::Tickets => TICKET_ON_CREATE,
        ObjectType::Companies | ObjectType::Deals => SOURCE_ON_CREATE,
        _ => ACTIVITY_ON_CREATE,
    }
}

/// Returns the three properties that every response shows.
pub(crate) fn always(object_type: ObjectType) -> [&'static str; 3] {
    [object_type.info().created, object_type.info().modified, "hs_object_id"]
}

fn system(object_type: ObjectType, record: &Record, name: &str) -> Option<String> {
    let info = object_type.info();
    match name {
        "hs_object_id" => Some(record.id.to_string()),
        _ if name == info.created => Some(stamp(record.created_ms)),
        _ if name == info.modified => Some(stamp(record.updated_ms)),
        _ => None,
    }
}

fn calculated<'a>(object_type: ObjectType, record: &'a Record, name: &str) -> Option<Cow<'a, str>> {
    match name {
        "hs_object_source" | "hs_object_source_label" => Some(record.source.label().into()),
        "hs_object_source_id" => Some(APP_ID.to_string().into()),
        "hs_merged_object_ids" => joined(&record.merged_ids).map(Cow::Owned),
        _ => match object_type {
            ObjectType::Contacts => of_contact(record, name),
            ObjectType::Tickets => of_ticket(record, name),
            ObjectType::Companies | ObjectType::Deals => (name == "num_notes").then_some("0".into()),
            _ => of_activity(record, name),
        },
    }
}

fn of_contact<'a>(record: &'a Record, name: &str) -> Option<Cow<'a, str>> {
    let text = match name {
        "hs_all_contact_vids" => joined(&[&[record.id], &*record.merged_ids].concat())?.into(),
        "hs_email_domain" => record.get("email")?.split_once('@')?.1.into(),
        "hs_full_name_or_email" => full_name(record)?,
        "hs_searchable_calculated_phone_number" => local_number(record.get("phone")?)?.into(),
        "hs_searchable_calculated_mobile_number" => local_number(record.get("mobilephone")?)?.into(),
        "hs_is_contact" => "true".into(),
        "hs_is_unworked" => if record.get("num_notes").is_some() { "false" } else { "true" }.into(),
        "hs_pipeline" => "contacts-lifecycle-pipeline".into(),
        "hs_currently_enrolled_in_prospecting_agent" => "false".into(),
        "hs_associated_target_accounts"
        | "hs_membership_has_accessed_private_content"
        | "hs_prospecting_agent_actively_enrolled_count"
        | "hs_prospecting_agent_total_enrolled_count"
        | "hs_registered_member"
        | "hs_sequences_actively_enrolled_count"
        | "num_notes" => "0".into(),
        _ => return None,
    };
    Some(text)
}

fn of_ticket<'a>(record: &'a Record, name: &str) -> Option<Cow<'a, str>> {
    let text = match name {
        "hs_ticket_id" => record.id.to_string().into(),
        "hs_helpdesk_sort_timestamp" => stamp(record.created_ms).into(),
        "hs_is_visible_in_help_desk" => "true".into(),
        "hs_last_message_from_visitor" => "false".into(),
        "hs_num_associated_companies" | "hs_num_associated_conversations" | "hs_num_times_contacted" | "num_notes" => {
            "0".into()
        }
        _ => return None,
    };
    Some(text)
}

fn of_activity<'a>(record: &'a Record, name: &str) -> Option<Cow<'a, str>> {
    let body = BODIES.iter().find_map(|body| record.get(body))?;
    let preview: String = body.chars().take(PREVIEW_CHARS_MAX).collect();
    match name {
        "hs_body_preview" => Some(preview.into()),
        "hs_body_preview_html" => {
            Some(format!("<html>\n <head></head>\n <body>\n  {preview}\n </body>\n</html>").into())
        }
        "hs_body_preview_is_truncated" => Some((preview.len() < body.len()).to_string().into()),
        _ => None,
    }
}

fn full_name(record: &Record) -> Option<Cow<'_, str>> {
    match (record.get("firstname"), record.get("lastname")) {
        (Some(first), Some(last)) => Some(format!("{first} {last}").into()),
        (Some(one), None) | (None, Some(one)) => Some(one.into()),
        (None, None) => record.get("email").map(Cow::Borrowed),
    }
}

/// Returns the last digits of a phone number, without the country code. HubSpot's search compares these.
pub(crate) fn local_number(phone: &str) -> Option<String> {
    const LOCAL_DIGITS: usize = 10;
    // An extension is not part of the local number.
    let number = phone.trim_start_matches(|c: char| !c.is_ascii_digit());
    let number = number.split(|c: char| c.is_alphabetic() || matches!(c, ',' | ';' | '#')).next().unwrap_or(number);
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let cut = digits.len().saturating_sub(LOCAL_DIGITS);
    Some(digits[cut..].to_owned()).filter(|local| !local.is_empty())
}

/// Joins ids by `;`, or returns `None` if there are none.
fn joined(ids: &[u64]) -> Option<String> {
    let texts: Vec<_> = ids.iter().map(u64::to_string).collect();
    (!texts.is_empty()).then(|| texts.join(";"))
}

const BODIES: &[&str] = &[
    "hs_communication_body",
    "hs_note_body",
    "hs_meeting_body",
    "hs_email_text",
    "hs_email_html",
    "hs_call_body",
    "hs_task_body",
];

const SOURCE_ON_CREATE: &[&str] = &["hs_object_source", "hs_object_source_id", "hs_object_source_label"];

const ACTIVITY_ON_CREATE: &[&str] = &[
    "hs_body_preview",
    "hs_body_preview_html",
    "hs_body_preview_is_truncated",
    "hs_object_source",
    "hs_object_source_id",
    "hs_object_source_label",
];

const TICKET_ON_CREATE: &[&str] = &[
    "hs_helpdesk_sort_timestamp",
    "hs_is_visible_in_help_desk",
    "hs_last_message_from_visitor",
    "hs_num_associated_companies",
    "hs_num_associated_conversations",
    "hs_num_times_contacted",
    "hs_object_source",
    "hs_object_source_id",
    "hs_object_source_label",
    "hs_pipeline",
    "hs_ticket_id",
    "num_notes",
];

const CONTACT_ON_CREATE: &[&str] = &[
    "hs_all_contact_vids",
    "hs_associated_target_accounts",
    "hs_currently_enrolled_in_prospecting_agent",
    "hs_email_domain",
    "hs_full_name_or_email",
    "hs_is_contact",
    "hs_is_unworked",
    "hs_membership_has_accessed_private_content",
    "hs_object_source",
    "hs_object_source_id",
    "hs_object_source_label",
    "hs_pipeline",
    "hs_prospecting_agent_actively_enrolled_count",
    "hs_prospecting_agent_total_enrolled_count",
    "hs_registered_member",
    "hs_sequences_actively_enrolled_count",
    "num_notes",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Source;

    #[test]
    fn the_computed_properties_of_a_contact_follow_from_its_values() {
        let mut record = Record::new(7, 0, Source::Integration);
        record.merged_ids = vec![9];
        for (name, text) in [("email", "jo@acme.com"), ("phone", "+1 (888) 482-7768"), ("lastname", "Doe")] {
            record.set(&name.into(), text, 0, Source::Integration);
        }
        for (name, expected) in [
            ("hs_object_id", Some("7")),
            ("createdate", Some("1970-01-01T00:00:00.000Z")),
            ("hs_all_contact_vids", Some("7;9")),
            ("hs_merged_object_ids", Some("9")),
            ("hs_email_domain", Some("acme.com")),
            ("hs_full_name_or_email", Some("Doe")),
            ("hs_searchable_calculated_phone_number", Some("8884827768")),
            ("hs_object_source", Some("INTEGRATION")),
            ("fax", None),
        ] {
            assert_eq!(read(ObjectType::Contacts, &record, name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_long_body_has_a_truncated_preview() {
        let mut record = Record::new(7, 0, Source::Integration);
        record.set(&"hs_note_body".into(), &"æ".repeat(400), 0, Source::Integration);
        let preview = read(ObjectType::Notes, &record, "hs_body_preview").unwrap();
        assert_eq!(preview.chars().count(), PREVIEW_CHARS_MAX);
        assert_eq!(read(ObjectType::Notes, &record, "hs_body_preview_is_truncated").as_deref(), Some("true"));
    }
}
