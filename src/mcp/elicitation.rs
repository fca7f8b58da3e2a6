//! A form as clients are asked it, in both eras.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, InputRequest,
    ProtocolVersion,
};
use rmcp::service::{RequestContext, ServiceError};
use serde_json::{Value, json};

use super::request_state::ANSWER_MINUTES_MAX;
use crate::tool::field::{Choice, Field, Kind};
use crate::tool::question::{Question, Reply};

/// How the person behind a call can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElicitationMode {
    /// Within the call, by a request to the client.
    InCall(EnumStyle),
    /// By ending the call with the question (2026-07-28).
    ByRetry,
    /// Not at all: the client has not said that it can.
    Unsupported,
}

/// How choices with titles are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EnumStyle {
    /// `enumNames`, before 2025-11-25.
    EnumNames,
    /// `oneOf` with titles.
    OneOf,
}

impl ElicitationMode {
    pub(super) fn of(context: &RequestContext<RoleServer>) -> ElicitationMode {
        let elicitation = context.client_capabilities().and_then(|can| can.elicitation);
        // A client that names neither mode means forms: the older revisions had nothing else.
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

/// The question that a call ends with.
pub(super) fn input_request(form: &Question) -> InputRequest {
    InputRequest::Elicitation(ElicitRequest::new(params(form, EnumStyle::OneOf)))
}

/// Asks and waits. `None`: nobody answered in time, or the client would not ask.
pub(super) async fn elicit(form: &Question, style: EnumStyle, context: &RequestContext<RoleServer>) -> Option<Reply> {
    let patience = Duration::from_secs(60 * ANSWER_MINUTES_MAX as u64);
    match context.peer.create_elicitation_with_timeout(params(form, style), Some(patience)).await {
        Ok(result) => Some(reply(result)),
        Err(ServiceError::Timeout { .. }) => Some(Reply::Cancel),
        Err(_) => None,
    }
}

/// What the client sent for a question; `None` when it is no answer at all.
pub(super) fn parse_reply(answer: &Value) -> Option<Reply> {
    serde_json::from_value::<ElicitResult>(answer.clone()).ok().map(reply)
}

fn reply(result: ElicitResult) -> Reply {
    match result.action {
        ElicitationAction::Accept => Reply::Accept(result.content.unwrap_or(Value::Null)),
        ElicitationAction::Decline => Reply::Decline,
        _ => Reply::Cancel,
    }
}

fn params(form: &Question, style: EnumStyle) -> ElicitRequestParams {
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: form.message.clone(),
        requested_schema: schema(form, style),
    }
}

fn schema(form: &Question, style: EnumStyle) -> ElicitationSchema {
    let properties: serde_json::Map<_, _> =
        form.fields.iter().map(|field| (field.name.to_owned(), property(field, style))).collect();
    let required: Vec<_> = form.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    serde_json::from_value(schema).expect("every kind of field is one of MCP's primitive schemas; a test holds it")
}

fn property(field: &Field, style: EnumStyle) -> Value {
    let mut property = match &field.kind {
        Kind::Text { characters_max } => json!({"type": "string", "maxLength": characters_max}),
        Kind::Choice(choices) => choice(choices, style),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Integer { least, most } => json!({"type": "integer", "minimum": least, "maximum": most}),
        Kind::Number { least, most } => json!({"type": "number", "minimum": least, "maximum": most}),
        #[cfg(feature = "conformance")]
        Kind::Raw(schema) => schema.clone(),
    };
    property["title"] = json!(field.label);
    if let Some(default) = &field.default {
        property["default"] = default.clone();
    }
    property
}

fn choice(choices: &[Choice], style: EnumStyle) -> Value {
    let values: Vec<_> = choices.iter().map(|choice| &choice.value).collect();
    let titles: Vec<_> = choices.iter().map(|choice| &choice.title).collect();
    let titled = |choice: &Choice| json!({"const": choice.value, "title": choice.title});
    match style {
        _ if values == titles => json!({"type": "string", "enum": values}),
        EnumStyle::EnumNames => json!({"type": "string", "enum": values, "enumNames": titles}),
        EnumStyle::OneOf => json!({"type": "string", "oneOf": choices.iter().map(titled).collect::<Vec<_>>()}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Question {
        Question::new("details", "For whom?", "send the arguments")
            .field(Field::text("name", "Name", 40).required())
            .field(Field::choice("zone", "Zone", [("Europe/Paris", "Paris"), ("UTC", "UTC")]).default("UTC"))
            .field(Field::choice("size", "Size", [("small", "small"), ("large", "large")]))
            .field(Field::boolean("agreed", "Agreed").default(true))
            .field(Field::integer("guests", "Guests", 0..=9).default(1))
            .field(Field::number("hours", "Hours", 0.5..=8.0).default(1.5))
    }

    #[test]
    fn every_kind_of_field_survives_the_way_to_the_client() {
        for style in [EnumStyle::EnumNames, EnumStyle::OneOf] {
            let written = json!(schema(&form(), style));
            for field in form().fields {
                assert_eq!(written["properties"][field.name], property(&field, style), "{}", field.name);
            }
            assert_eq!(written["required"], json!(["name"]));
        }
    }

    #[test]
    fn titles_are_written_as_the_client_knows_them() {
        let zone = &form().fields[1];
        assert!(property(zone, EnumStyle::EnumNames).get("enumNames").is_some());
        assert!(property(zone, EnumStyle::OneOf).get("oneOf").is_some());
        assert!(property(&form().fields[2], EnumStyle::OneOf).get("oneOf").is_none(), "a plain list needs no titles");
    }

    #[test]
    fn what_is_no_answer_is_passed_over() {
        for nothing in [json!(null), json!(12345), json!({"action": "maybe"}), json!({"name": "Sarah"})] {
            assert_eq!(parse_reply(&nothing), None, "{nothing}");
        }
        assert_eq!(parse_reply(&json!({"action": "decline"})), Some(Reply::Decline));
        assert_eq!(parse_reply(&json!({"action": "accept"})), Some(Reply::Accept(Value::Null)));
    }
}
