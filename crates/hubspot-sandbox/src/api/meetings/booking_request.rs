//! The request of a booking, and the checks of everything but its time.

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;

use crate::api::api_error::ApiError;
use crate::api::input::as_text;
use crate::assumptions::Assumptions;
use crate::clock::Ms;
use crate::model::meeting_link::MeetingLink;
use crate::model::property_value::is_email;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BookingRequest {
    pub(crate) slug: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    /// Milliseconds since 1970 or, by assumption, ISO 8601.
    pub(crate) start_time: Value,
    /// Length of the meeting in milliseconds.
    pub(crate) duration: Ms,
    #[serde(default)]
    pub(crate) timezone: Option<String>,
    #[serde(default)]
    pub(crate) locale: Option<String>,
    #[serde(default)]
    pub(crate) form_fields: Option<Vec<FormAnswer>>,
    #[serde(default)]
    pub(crate) legal_consent_responses: Option<Vec<Consent>>,
    #[serde(default)]
    pub(crate) likely_available_user_ids: Option<Vec<Value>>,
    #[serde(default)]
    pub(crate) guest_emails: Option<Vec<String>>,
}

/// The answer to a form field.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FormAnswer {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) value: Value,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Consent {
    pub(crate) communication_type_id: Value,
    pub(crate) consented: bool,
}

/// Checks everything about a request but its time.
pub(crate) fn check(assumptions: Assumptions, link: &MeetingLink, request: &BookingRequest) -> Result<(), ApiError> {
    check_lists(assumptions, request)?;
    check_person(request)?;
    if !link.offers(request.duration) {
        return Err(scheduling_error("Duration is not accepted by link", "MEETING_DURATION_NOT_VALID"));
    }
    check_form(link, request)?;
    check_consent(link, request)?;
    check_guests(link, request)
}

fn check_lists(assumptions: Assumptions, request: &BookingRequest) -> Result<(), ApiError> {
    let lists = [
        ("formFields", request.form_fields.is_some()),
        ("legalConsentResponses", request.legal_consent_responses.is_some()),
        ("likelyAvailableUserIds", request.likely_available_user_ids.is_some()),
    ];
    let missing: Vec<_> = lists.into_iter().filter(|(_, given)| !given).map(|(name, _)| name).collect();
    match assumptions.booking_demands_empty_lists && !missing.is_empty() {
        true => Err(ApiError::invalid(format!("Some required fields were not set: [{}]", missing.join(", ")))),
        false => Ok(()),
    }
}

fn check_person(request: &BookingRequest) -> Result<(), ApiError> {
    if !is_email(&request.email.trim().to_lowercase()) || looks_like_spam(&request.email) {
        let message = format!("Email address {} is invalid", request.email);
        return Err(scheduling_error(&message, "INVALID_EMAIL"));
    }
    match request.last_name.trim().is_empty() {
        true => Err(ApiError::invalid("lastName must not be empty")),
        false => Ok(()),
    }
}

/// Recognises an address that HubSpot rejects as spam. It was seen to reject `testuser@example.com`; the rule is not
/// known.
fn looks_like_spam(email: &str) -> bool {
    let email = email.trim().to_lowercase();
    email.starts_with("test") && email.ends_with("@example.com")
}

fn check_form(link: &MeetingLink, request: &BookingRequest) -> Result<(), ApiError> {
    let answered = |name: &str| {
        let fields = request.form_fields.iter().flatten();
        fields.filter(|field| field.name == name).any(|field| !matches!(&field.value, Value::Null) && field.value != "")
    };
    match link.form_fields.iter().find(|field| field.is_required && !answered(&field.name)) {
        Some(field) => {
            let message = format!("required form field {} does not have a corresponding value", field.name);
            Err(scheduling_error(&message, "MISSING_REQUIRED_FORM_FIELD"))
        }
        None => Ok(()),
    }
}

fn check_consent(link: &MeetingLink, request: &BookingRequest) -> Result<(), ApiError> {
    let checkboxes = link.consent.as_ref().and_then(|consent| consent["communicationConsentCheckboxes"].as_array());
    let required = checkboxes.into_iter().flatten().filter(|checkbox| checkbox["required"] == true);
    let given = |id: &Value| {
        let responses = request.legal_consent_responses.iter().flatten();
        responses
            .filter(|response| response.consented)
            .any(|response| as_text(&response.communication_type_id) == as_text(id))
    };
    match required.map(|checkbox| &checkbox["communicationTypeId"]).find(|id| !given(id)) {
        Some(id) => {
            let message = format!("legal consent {} is required", as_text(id));
            Err(scheduling_error(&message, "LEGAL_CONSENT_NOT_VALID"))
        }
        None => Ok(()),
    }
}

fn check_guests(link: &MeetingLink, request: &BookingRequest) -> Result<(), ApiError> {
    let guests = request.guest_emails.as_deref().unwrap_or_default();
    let valid = guests.iter().all(|guest| is_email(&guest.trim().to_lowercase()));
    match guests.len() > link.guests_max as usize || !valid {
        true => Err(scheduling_error("Guest emails are not accepted by link", "INVALID_EMAIL_GUESTS")),
        false => Ok(()),
    }
}

/// Reads the start: milliseconds since 1970 as a number or text, or by assumption ISO 8601.
pub(crate) fn start_ms(assumptions: Assumptions, raw: &Value) -> Result<Ms, ApiError> {
    let of_text = |text: &str| {
        let iso = || DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis());
        let iso = || assumptions.booking_reads_iso_start.then(iso).flatten();
        text.parse().ok().or_else(iso)
    };
    let ms = match raw {
        Value::String(text) => of_text(text),
        raw => raw.as_i64(),
    };
    ms.ok_or_else(|| ApiError::invalid("Invalid input JSON on line 1, column 1: Cannot deserialize value of startTime"))
}

/// 400 with a subcategory of the scheduler
pub(crate) fn scheduling_error(message: &str, code: &str) -> ApiError {
    ApiError::invalid(message).sub_category(format!("MeetingsBookingSchedulingError.{code}"))
}
