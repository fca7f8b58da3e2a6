//! A message on a channel that carries all answers: standard streams, or HTTP+SSE.

use rmcp::RoleServer;
use rmcp::model::ErrorData;
use rmcp::service::TxJsonRpcMessage;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A message to the client.
#[derive(Debug)]
pub(super) enum ClientMessage {
    Message(Box<TxJsonRpcMessage<RoleServer>>),
    /// An error for a message whose id could not be read: its own `id` is null (JSON-RPC 2.0, 5). rmcp would leave it out,
    /// as MCP allows over HTTP, where the error is the response to its own request.
    Unidentified(ErrorData),
}

impl From<TxJsonRpcMessage<RoleServer>> for ClientMessage {
    fn from(message: TxJsonRpcMessage<RoleServer>) -> ClientMessage {
        ClientMessage::Message(Box::new(message))
    }
}

impl Serialize for ClientMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ClientMessage::Message(message) => message.serialize(serializer),
            ClientMessage::Unidentified(error) => {
                let mut map = serializer.serialize_map(Some(3))?;
                map.serialize_entry("jsonrpc", "2.0")?;
                map.serialize_entry("id", &())?;
                map.serialize_entry("error", error)?;
                map.end()
            }
        }
    }
}
