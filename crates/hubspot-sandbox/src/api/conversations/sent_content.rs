//! The text and the attachments of a message that is sent.

use serde_json::Value;

use crate::api::api_error::ApiError;
use crate::api::input::as_text;
use crate::model::conversations::message::{Attachment, Body};
use crate::model::files::Files;

/// Attachments of one message.
const ATTACHMENTS_MAX: usize = 50;

/// Checks what is to be sent: a text, or at least an attachment besides an empty text.
pub(crate) fn body(
    files: &Files,
    text: Option<String>,
    rich_text: Option<String>,
    attachments: &[Value],
) -> Result<Body, ApiError> {
    let text = text.ok_or_else(|| not_set("text"))?;
    if attachments.len() > ATTACHMENTS_MAX {
        return Err(ApiError::invalid(format!("A message can have at most {ATTACHMENTS_MAX} attachments")));
    }
    if text.trim().is_empty() && attachments.is_empty() {
        return Err(ApiError::invalid("text must not be blank"));
    }
    let attachments = attachments.iter().map(|one| attachment(files, one)).collect::<Result<_, _>>()?;
    Ok(Body { text, rich_text, attachments })
}

/// 400 for a required field
pub(crate) fn not_set(field: &str) -> ApiError {
    ApiError::invalid(format!("Some required fields were not set: [{field}]"))
}

fn attachment(files: &Files, input: &Value) -> Result<Attachment, ApiError> {
    match input["type"].as_str() {
        Some("FILE") => file(files, &input["fileId"]),
        Some("QUICK_REPLIES") if input["quickReplies"].is_array() => Ok(Attachment::Other(quick_replies(input))),
        Some("SOCIAL_MEDIA_METADATA") if input["socialMetadata"].is_object() => Ok(Attachment::Other(input.clone())),
        Some("QUICK_REPLIES") => Err(not_set("quickReplies")),
        Some("SOCIAL_MEDIA_METADATA") => Err(not_set("socialMetadata")),
        Some(other) => Err(ApiError::invalid(format!(
            "Attachment type must be one of [FILE, QUICK_REPLIES, SOCIAL_MEDIA_METADATA], not {other}"
        ))),
        None => Err(not_set("attachments.type")),
    }
}

fn file(files: &Files, id: &Value) -> Result<Attachment, ApiError> {
    if id.is_null() {
        return Err(not_set("attachments.fileId"));
    }
    let text = as_text(id);
    let found = text.parse().ok().and_then(|id| files.get(id));
    found
        .map(|file| Attachment::File(file.id))
        .ok_or_else(|| ApiError::invalid(format!("File with id {text} was not found")))
}

/// Returns quick replies as they are read, with two fields that are not sent.
fn quick_replies(input: &Value) -> Value {
    let mut shown = input.clone();
    shown["allowMultiSelect"] = false.into();
    shown["allowUserInput"] = true.into();
    shown
}
