//! Elicitation: a form as clients of each revision of the protocol are sent it.

use std::time::Duration;

use domain::text_cleaning;
use rmcp::RoleServer;
use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, InputRequest,
    ProtocolVersion,
};
use rmcp::service::{RequestContext, ServiceError};
use serde_json::{Value, json};

use super::request_state::ANSWER_MINUTES_MAX;
use crate::tool::field::{Field, FieldKind, FieldOption};
use crate::tool::question::{ElicitationReply, ElicitationRequest};

/// Way of asking that the client supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElicitationMode {
    /// During the call, by a request to the client.
    InCall(EnumStyle),
    /// By ending the call with the question; the client retries it with the answer (2026-07-28).
    ByRetry,
    /// Not at all: the client does not declare the capability.
    Unsupported,
}

/// The schema of a choice whose values have titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EnumStyle {
    /// `enumNames`, before 2025-11-25.
    EnumNames,
    /// `oneOf` with titles, since 2025-11-25.
    OneOf,
}

impl ElicitationMode {
    /// The mode of the client that sent this request.
    pub(super) fn of(context: &RequestContext<RoleServer>) -> ElicitationMode {
        let elicitation = context.client_capabilities().and_then(|can| can.elicitation);
        // A client that names neither mode supports forms: older revisions had nothing else.
        if !elicitation.is_some_and(|modes| modes.form.is_some() || modes.url.is_none()) {
            return ElicitationMode::Unsupported;
        }
        match context.protocol_version().unwrap_or(ProtocolVersion::V_2025_06_18).as_str() {
            version if version >= ProtocolVersion::V_2026_07_28.as_str() => ElicitationMode::ByRetry,
            version if version >= ProtocolVersion::V_2025_11_25.as_str() => ElicitationMode::InCall(EnumStyle::OneOf),
            _ => ElicitationMode::InCall(EnumStyle::EnumNames),
        }
    }
}

/// The form as a part of the result that ends a call with a question.
pub(super) fn input_request(question: &ElicitationRequest) -> InputRequest {
    InputRequest::Elicitation(ElicitRequest::new(params(question, EnumStyle::OneOf)))
}

/// Sends the form to the client and waits for the reply. A reply that does not come in time counts as
/// [`ElicitationReply::Cancel`]; `None` means that the client could not ask.
pub(super) async fn elicit(
    question: &ElicitationRequest,
    style: EnumStyle,
    context: &RequestContext<RoleServer>,
) -> Option<ElicitationReply> {
    let reply_max = Duration::from_secs(60 * ANSWER_MINUTES_MAX as u64);
    match context.peer.create_elicitation_with_timeout(params(question, style), Some(reply_max)).await {
        Ok(result) => Some(reply(result)),
        Err(ServiceError::Timeout { .. }) => Some(ElicitationReply::Cancel),
        Err(_) => None,
    }
}

/// Parses the client's answer to a form; `None` if it is not an elicitation result.
pub(super) fn parse_reply(answer: &Value) -> Option<ElicitationReply> {
    serde_json::from_value::<ElicitResult>(answer.clone()).ok().map(reply)
}

fn reply(result: ElicitResult) -> ElicitationReply {
    match result.action {
        ElicitationAction::Accept => ElicitationReply::Accept(result.content.unwrap_or(Value::Null)),
        ElicitationAction::Decline => ElicitationReply::Decline,
        _ => ElicitationReply::Cancel,
    }
}

fn params(question: &ElicitationRequest, style: EnumStyle) -> ElicitRequestParams {
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: shown(&question.message),
        requested_schema: schema(question, style),
    }
}

fn schema(question: &ElicitationRequest, style: EnumStyle) -> ElicitationSchema {
    let properties: serde_json::Map<_, _> =
        question.fields.iter().map(|field| (field.name.to_owned(), property(field, style))).collect();
    let required: Vec<_> = question.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    serde_json::from_value(schema).expect("every kind of field is one of MCP's primitive schemas; a test holds it")
}

fn property(field: &Field, style: EnumStyle) -> Value {
    let mut property = match &field.kind {
        FieldKind::Text { characters_max } => json!({"type": "string", "maxLength": characters_max}),
        FieldKind::Choice(choices) => choice(choices, style),
        FieldKind::Boolean => json!({"type": "boolean"}),
        FieldKind::Integer { least, most } => json!({"type": "integer", "minimum": least, "maximum": most}),
        FieldKind::Number { least, most } => json!({"type": "number", "minimum": least, "maximum": most}),
        #[cfg(feature = "conformance")]
        FieldKind::Raw(schema) => schema.clone(),
    };
    property["title"] = json!(shown(&field.label));
    if let Some(default) = &field.default {
        property["default"] = default.clone();
    }
    property
}

/// A text as the person reads it: with nothing hidden in it.
fn shown(text: &str) -> String {
    text_cleaning::clean(text).text.into_owned()
}

fn choice(choices: &[FieldOption], style: EnumStyle) -> Value {
    let values: Vec<_> = choices.iter().map(|choice| &choice.value).collect();
    let titles: Vec<_> = choices.iter().map(|choice| shown(&choice.title)).collect();
    let untitled = choices.iter().all(|choice| choice.value == choice.title);
    let titled = |choice: &FieldOption| json!({"const": choice.value, "title": shown(&choice.title)});
    match style {
        _ if untitled => json!({"type": "string", "enum": values}),
        EnumStyle::EnumNames => json!({"type": "string", "enum": values, "enumNames": titles}),
        EnumStyle::OneOf => json!({"type": "string", "oneOf": choices.iter().map(titled).collect::<Vec<_>>()}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> ElicitationRequest {
        ElicitationRequest::new("details", "For whom?", "send the arguments")
            .field(Field::text("name", "Name", 40).required())
            .field(Field::choice("zone", "Zone", [("Europe/Paris", "Paris"), ("UTC", "UTC")]).default("UTC"))
            .field(Field::choice("size", "Size", [("small", "small"), ("large", "large")]))
            .field(Field::boolean("agreed", "Agreed").default(true))
            .field(Field::integer("guests", "Guests", 0..=9).default(1))
            .field(Field::number("hours", "Hours", 0.5..=8.0).default(1.5))
    }

    #[test]
    fn every_kind_of_field_survives_serialisation() {
        for style in [EnumStyle::EnumNames, EnumStyle::OneOf] {
            let written = json!(schema(&question(), style));
            for field in question().fields {
                assert_eq!(written["properties"][field.name], property(&field, style), "{}", field.name);
            }
            assert_eq!(written["required"], json!(["name"]));
        }
    }

    #[test]
    fn titles_follow_the_revision_of_the_client() {
        let zone = &question().fields[1];
        assert!(property(zone, EnumStyle::EnumNames).get("enumNames").is_some());
        assert!(property(zone, EnumStyle::OneOf).get("oneOf").is_some());
        assert!(
            property(&question().fields[2], EnumStyle::OneOf).get("oneOf").is_none(),
            "a plain list needs no titles"
        );
    }

    #[test]
    fn a_value_that_is_no_answer_is_ignored() {
        for invalid in [json!(null), json!(12345), json!({"action": "maybe"}), json!({"name": "Sarah"})] {
            assert_eq!(parse_reply(&invalid), None, "{invalid}");
        }
        assert_eq!(parse_reply(&json!({"action": "decline"})), Some(ElicitationReply::Decline));
        assert_eq!(parse_reply(&json!({"action": "accept"})), Some(ElicitationReply::Accept(Value::Null)));
    }
}
