//! The routes of the admin plane: how they call their handlers, and the parts that handlers share.

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::api::call::ApiCall;
use crate::api::response;
use crate::sandbox::Sandbox;

/// Path of the admin plane.
pub(crate) const PREFIX: &str = "/__sandbox";

/// A handler returns the body of a 200, or the description of a 400.
pub(crate) type Handler = fn(&Sandbox, &ApiCall) -> Result<Value, String>;

/// Says that a path belongs to the admin plane.
pub(crate) fn is_admin(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Builds the route of one method.
pub(crate) fn admin_endpoint(method: MethodFilter, handler: Handler) -> MethodRouter<Sandbox> {
    on(method, move |State(sandbox): State<Sandbox>, method: Method, call: ApiCall| async move {
        let outcome = handler(&sandbox, &call);
        if method != Method::GET {
            sandbox.lock().traffic.changes += 1;
        }
        respond(outcome)
    })
}

fn respond(outcome: Result<Value, String>) -> Response {
    match outcome {
        Ok(body) => response::json(200, &body),
        Err(reason) => response::json(400, &json!({"error": reason})),
    }
}

pub(crate) fn ok() -> Result<Value, String> {
    Ok(json!({"ok": true}))
}

/// Reads the body as JSON.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(call: &ApiCall) -> Result<T, String> {
    serde_json::from_slice(call.body()).map_err(|error| error.to_string())
}

/// Reads a field so that `null` and an absent field differ: `Some(None)` and, with `serde(default)`, `None`.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
