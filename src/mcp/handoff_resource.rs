//! Resources of conversations that people have taken over.

use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, ResourceTemplate};
use serde_json::json;

use super::errors::resource_not_found;
use super::outgoing::{self, JSON};
use crate::handoff::resource::SCHEME;
use crate::tool::Ctx;
use domain::code::Code;

/// The tool that a caller must be allowed to use, and whose answer the resource is.
pub(super) const READER: &str = "handoff_events";

/// The template of their URIs.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new("handoff://{session}", "handoff")
            .with_title("A conversation that a person has taken over")
            .with_description("What `handoff_events` says of a session. Whoever subscribes is told of the next event.")
            .with_mime_type(JSON),
    ]
}

/// True for the URI of a session, whether or not it exists.
pub(super) fn is_handoff(uri: &str) -> bool {
    id(uri).is_some()
}

/// Reads a session of the caller; `None` for a URI of another kind.
pub(super) async fn read(ctx: &Ctx, uri: &str) -> Option<Result<ReadResourceResult, ErrorData>> {
    let session = id(uri)?;
    let Some(reader) = ctx.tools.get(READER) else { return Some(Err(resource_not_found(uri))) };
    let answer = reader.call(json!({ "session": session }), Arc::new(ctx.clone())).await;
    Some(match answer {
        Ok(answer) => Ok(outgoing::json_resource(uri, answer)),
        Err(error) if error.code == Code::HandoffNotFound => Err(resource_not_found(uri)),
        Err(error) => Err(ErrorData::internal_error(error.to_string(), None)),
    })
}

/// The session in a URI: only ids as they are made are ones.
fn id(uri: &str) -> Option<&str> {
    let id = uri.strip_prefix(SCHEME)?;
    (id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))).then_some(id)
}
