//! What a booking asks for, and whether it may be asked.

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;

use super::link::MeetingLink;
use crate::choices::Choices;
use crate::clock::Ms;
use crate::crm::values::is_email;
use crate::refusal::Refusal;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    pub(super) slug: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) start_time: Value,
    pub(super) duration: Ms,
    #[serde(default)]
    pub(super) timezone: Option<String>,
    #[serde(default)]
    pub(super) locale: Option<String>,
    #[serde(default)]
    pub(super) form_fields: Option<Vec<Answered>>,
    #[serde(default)]
    pub(super) legal_consent_responses: Option<Vec<Consent>>,
    #[serde(default)]
    pub(super) likely_available_user_ids: Option<Vec<Value>>,
    #[serde(default)]
    pub(super) guest_emails: Option<Vec<String>>,
}

/// A form field filled in.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Answered {
    pub(super) name: String,
    #[serde(default)]
    pub(super) value: Value,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Consent {
    pub(super) communication_type_id: Value,
    pub(super) consented: bool,
}

/// Everything about a request but its time.
pub(super) fn check(choices: Choices, link: &MeetingLink, request: &Request) -> Result<(), Refusal> {
    demand_lists(choices, request)?;
    check_person(request)?;
    if !link.offers(request.duration) {
        return Err(scheduling("Duration is not accepted by link", "MEETING_DURATION_NOT_VALID"));
    }
    check_form(link, request)?;
    check_consent(link, request)?;
    check_guests(link, request)
}

fn demand_lists(choices: Choices, request: &Request) -> Result<(), Refusal> {
    let lists = [
        ("formFields", request.form_fields.is_some()),
        ("legalConsentResponses", request.legal_consent_responses.is_some()),
        ("likelyAvailableUserIds", request.likely_available_user_ids.is_some()),
    ];
    let missing: Vec<_> = lists.into_iter().filter(|(_, given)| !given).map(|(name, _)| name).collect();
    match choices.booking_demands_empty_lists && !missing.is_empty() {
        true => Err(Refusal::invalid(format!("Some required fields were not set: [{}]", missing.join(", ")))),
        false => Ok(()),
    }
}

fn check_person(request: &Request) -> Result<(), Refusal> {
    if !is_email(&request.email.trim().to_lowercase()) || looks_like_spam(&request.email) {
        let message = format!("Email address {} is invalid", request.email);
        return Err(scheduling(&message, "INVALID_EMAIL"));
    }
    match request.last_name.trim().is_empty() {
        true => Err(Refusal::invalid("lastName must not be empty")),
        false => Ok(()),
    }
}

/// HubSpot was seen to refuse `testuser@example.com`; how far its rule goes is not known.
fn looks_like_spam(email: &str) -> bool {
    let email = email.trim().to_lowercase();
    email.starts_with("test") && email.ends_with("@example.com")
}

fn check_form(link: &MeetingLink, request: &Request) -> Result<(), Refusal> {
    let answered = |name: &str| {
        let fields = request.form_fields.iter().flatten();
        fields.filter(|field| field.name == name).any(|field| !matches!(&field.value, Value::Null) && field.value != "")
    };
    match link.form_fields.iter().find(|field| field.is_required && !answered(&field.name)) {
        Some(field) => {
            let message = format!("required form field {} does not have a corresponding value", field.name);
            Err(scheduling(&message, "MISSING_REQUIRED_FORM_FIELD"))
        }
        None => Ok(()),
    }
}

fn check_consent(link: &MeetingLink, request: &Request) -> Result<(), Refusal> {
    let asked = link.consent.as_ref().and_then(|consent| consent["communicationConsentCheckboxes"].as_array());
    let required = asked.into_iter().flatten().filter(|checkbox| checkbox["required"] == true);
    let given = |id: &Value| {
        let responses = request.legal_consent_responses.iter().flatten();
        responses
            .filter(|response| response.consented)
            .any(|response| as_text(&response.communication_type_id) == as_text(id))
    };
    match required.map(|checkbox| &checkbox["communicationTypeId"]).find(|id| !given(id)) {
        Some(id) => {
            let message = format!("legal consent {} is required", as_text(id));
            Err(scheduling(&message, "LEGAL_CONSENT_NOT_VALID"))
        }
        None => Ok(()),
    }
}

fn check_guests(link: &MeetingLink, request: &Request) -> Result<(), Refusal> {
    let guests = request.guest_emails.as_deref().unwrap_or_default();
    let valid = guests.iter().all(|guest| is_email(&guest.trim().to_lowercase()));
    match guests.len() > link.guests_max as usize || !valid {
        true => Err(scheduling("Guest emails are not accepted by link", "INVALID_EMAIL_GUESTS")),
        false => Ok(()),
    }
}

pub(super) fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn start_ms(choices: Choices, raw: &Value) -> Result<Ms, Refusal> {
    let of_text = |text: &str| {
        let iso = || DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis());
        let iso = || choices.booking_reads_iso_start.then(iso).flatten();
        text.parse().ok().or_else(iso)
    };
    let ms = match raw {
        Value::String(text) => of_text(text),
        raw => raw.as_i64(),
    };
    ms.ok_or_else(|| Refusal::invalid("Invalid input JSON on line 1, column 1: Cannot deserialize value of startTime"))
}

pub(super) fn scheduling(message: &str, code: &str) -> Refusal {
    Refusal::invalid(message).sub_category(format!("MeetingsBookingSchedulingError.{code}"))
}
