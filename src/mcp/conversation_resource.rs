//! Resources of conversations in HubSpot's inbox.

use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, ResourceTemplate};

use super::errors::resource_not_found;
use super::outgoing::{self, JSON};
use crate::conversations::error::Error;
use crate::conversations::load;
use crate::conversations::resource::SCHEME;
use crate::conversations::transcript::{self, MessageSelection, Transcript};
use crate::tool::Ctx;
use domain::id::ThreadId;

/// The tool that a caller must be allowed to use to read conversations.
pub(super) const READER: &str = "read_conversation";

/// The template of their URIs.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new("conversation://{id}", "conversation")
            .with_title("A conversation in HubSpot's inbox")
            .with_description("Where it stands, and its last messages. Whoever subscribes is told of the next one.")
            .with_mime_type(JSON),
    ]
}

/// True for the URI of a conversation, whether or not it exists.
pub(super) fn is_conversation(uri: &str) -> bool {
    id(uri).is_some()
}

/// Reads a conversation; `None` for a URI of another kind.
pub(super) async fn read(ctx: &Ctx, uri: &str) -> Option<Result<ReadResourceResult, ErrorData>> {
    let id = id(uri)?;
    Some(match transcript(ctx, &id).await {
        Ok(transcript) => Ok(outgoing::json_resource(uri, serde_json::to_value(transcript).unwrap_or_default())),
        Err(Error::Unknown(_)) => Err(resource_not_found(uri)),
        Err(error) => Err(ErrorData::internal_error(error.to_string(), None)),
    })
}

/// The id in a URI. Only its own spelling is one: a client would wait in vain for changes of another.
fn id(uri: &str) -> Option<ThreadId> {
    let text = uri.strip_prefix(SCHEME)?;
    let number: u64 = text.parse().ok()?;
    text.parse().ok().filter(|_| number.to_string() == text)
}

async fn transcript(ctx: &Ctx, id: &ThreadId) -> Result<Transcript, Error> {
    let page = load::messages(ctx, id).await?;
    transcript::of(ctx, id, page, &MessageSelection::newest()).await
}
