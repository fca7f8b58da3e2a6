//! What became of people's messages to the customer, as HubSpot is to show it to them.

use serde_json::{Value, json};

use super::change::{Change, apply};
use super::path;
use crate::api::conversations::message::Message;
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::writes::kind::WriteKind;

/// The fate of a message to the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It was taken for the customer.
    Sent,
    /// The customer has seen it.
    Read,
    /// It did not reach the customer.
    Failed {
        /// The reason, in words for the person who wrote it.
        reason: String,
    },
}

impl DeliveryStatus {
    fn json(&self) -> Value {
        match self {
            DeliveryStatus::Sent => json!({ "statusType": "SENT" }),
            DeliveryStatus::Read => json!({ "statusType": "READ" }),
            DeliveryStatus::Failed { reason } => json!({ "statusType": "FAILED", "errorMessage": reason }),
        }
    }
}

/// Reads a message; `None` if there is none.
pub(super) async fn message(scope: &CallScope, channel: &str, id: &str) -> Result<Option<Message>, Error> {
    let request = ApiRequest::get(path::FAMILY, path::message(scope, channel, id));
    match scope.send(Bucket::General, &request).await.and_then(|answer| Message::read(&answer)) {
        Err(error) if error.error == Error::NotFound => Ok(None),
        result => Ok(Some(result?)),
    }
}

/// Tells HubSpot what became of a message.
pub(super) async fn set(scope: &CallScope, channel: &str, id: &str, status: &DeliveryStatus) -> Result<(), Error> {
    let request = ApiRequest::update(path::FAMILY, path::message(scope, channel, id), &status.json());
    let fields = vec!["statusType".to_owned()];
    apply(scope, Change { object: "messages", id, fields, write: WriteKind::ChannelMessage, request }).await
}
