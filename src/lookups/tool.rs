//! The look-ups as tools.

use std::sync::Arc;

use domain::code::Code;
use futures::FutureExt;
use http::StatusCode;
use schemars::Schema;
use serde_json::{Map, Value, json};

use super::answer::{FOUND, SHORTENED};
use super::client::{LookupClient, LookupError};
use super::lookup::{Argument, ArgumentKind, Lookup, OpenTo};
use crate::tool::customer_use::CustomerUse;
use crate::tool::{Ctx, Effect, ToolEntry, ToolError, ToolInfo, Toolset};

/// The tool of a look-up. Its names live as long as the process: look-ups are declared once, at the start.
pub fn of(client: LookupClient) -> ToolEntry {
    let info = info(&client.lookup);
    let (input, output) = (input(&client.lookup), output(&client.lookup));
    let client = Arc::new(client);
    ToolEntry::declared(info, input, output, move |arguments, ctx| {
        let client = client.clone();
        async move { call(&client, arguments, &ctx).await }.boxed()
    })
}

async fn call(client: &LookupClient, arguments: Value, ctx: &Ctx) -> Result<Value, ToolError> {
    let Value::Object(arguments) = arguments else { return Err(ToolError::input("arguments", "send an object")) };
    let is_missing = |name: &str, argument: &Argument| argument.required && !arguments.contains_key(name);
    if let Some((name, _)) = client.lookup.arguments.iter().find(|(name, argument)| is_missing(name, argument)) {
        return Err(ToolError::input(name, "it is missing"));
    }
    let told = client.ask(&arguments, &ctx.call.caller.id.0).await;
    told.map(Value::Object).map_err(|error| failure(&client.lookup, &error))
}

fn failure(lookup: &Lookup, error: &LookupError) -> ToolError {
    let hint = match error {
        LookupError::Unsendable(_) => "send values that the service can know",
        LookupError::TooOften(_) => "wait that long, or go on without it",
        LookupError::Timeout(_) | LookupError::Unreachable(_) => {
            "say that this cannot be looked up at the moment; try it once more later"
        }
        LookupError::Refused(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            "say that this cannot be looked up; the operator has to see to the key of the service"
        }
        LookupError::Refused(_) | LookupError::NotJson => "say that this cannot be looked up at the moment",
    };
    // Values that make no request are the caller's to change; for the rest there is nothing that they can do.
    let code = if matches!(error, LookupError::Unsendable(_)) { Code::InvalidInput } else { Code::LookupFailed };
    ToolError::new(code, format!("`{}`: {error}", lookup.name), hint)
}

fn info(lookup: &Lookup) -> ToolInfo {
    let names = |names: Vec<&str>| -> &'static [&'static str] {
        Box::leak(names.into_iter().map(leaked).collect::<Vec<_>>().into_boxed_slice())
    };
    let customers = match lookup.open_to {
        OpenTo::Operators => None,
        OpenTo::Customers => {
            let sends = names(lookup.arguments.keys().map(String::as_str).collect());
            let told = lookup.answer.keys().map(String::as_str).chain([FOUND, SHORTENED]).collect();
            CustomerUse::anybody(sends, names(told))
        }
    };
    ToolInfo {
        name: leaked(&lookup.name),
        title: leaked(&lookup.title),
        toolset: Toolset::Desk,
        effect: Effect::Read,
        scopes: &[],
        optional_scopes: &[],
        customers,
    }
}

fn leaked(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn input(lookup: &Lookup) -> Schema {
    let properties: Map<String, Value> =
        lookup.arguments.iter().map(|(name, argument)| (name.clone(), property(argument))).collect();
    let required: Vec<&String> =
        lookup.arguments.iter().filter(|(_, argument)| argument.required).map(|(name, _)| name).collect();
    schema(json!({
        "description": lookup.description,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    }))
}

fn property(argument: &Argument) -> Value {
    let mut schema = match &argument.kind {
        ArgumentKind::Text(characters) => json!({"type": "string", "maxLength": characters}),
        ArgumentKind::Choice(choices) => json!({"type": "string", "enum": choices}),
        ArgumentKind::Whole => json!({"type": "integer"}),
        ArgumentKind::Number => json!({"type": "number"}),
        ArgumentKind::Flag => json!({"type": "boolean"}),
    };
    if let (true, ArgumentKind::Text(_)) = (argument.required, &argument.kind) {
        schema["minLength"] = 1.into();
    }
    schema["description"] = argument.description.clone().into();
    schema
}

fn output(lookup: &Lookup) -> Schema {
    let mut properties = Map::from_iter([
        (FOUND.to_owned(), json!({"type": "boolean", "description": "False if the service knows nothing of it."})),
        (
            SHORTENED.to_owned(),
            json!({"type": "array", "items": {"type": "string"}, "description": "Fields that were too long to be told whole."}),
        ),
    ]);
    // A response can hold anything at a pointer.
    properties.extend(lookup.answer.keys().map(|name| (name.clone(), json!({}))));
    schema(json!({"type": "object", "properties": properties, "required": [FOUND]}))
}

fn schema(value: Value) -> Schema {
    // Always an object, which is a schema.
    value.try_into().unwrap_or_default()
}
