//! Channels: what an app can take and show, and the address to which HubSpot sends people's answers.

use serde_json::{Value, json};

use super::path;
use crate::developer_key::DeveloperKey;
use crate::error::Error;
use crate::record;
use crate::transport::attempt::{AttemptError, FailureKind};
use crate::transport::call_scope::CallScope;
use crate::transport::paging;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::Waiters;

/// The size of a page.
const PAGE_SIZE: &str = "100";
/// The most pages of a list.
const PAGES_MAX: usize = 10;

/// HubSpot's status for a key that it does not accept.
const UNAUTHORIZED: u16 = 401;

/// A channel of the app that is not archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomChannel {
    /// Id of the custom channel in HubSpot.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// The address to which HubSpot sends what people answer.
    pub webhook_url: String,
    /// What it can take and show.
    pub capabilities: ChannelCapabilities,
}

/// A channel to make, or as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCustomChannel {
    /// The name that people see.
    pub name: String,
    /// The address to which HubSpot sends what people answer.
    pub webhook_url: String,
    /// What it can take and show.
    pub capabilities: ChannelCapabilities,
}

/// The capabilities of a channel that is threaded by the app's own ids. What is not named is refused by HubSpot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelCapabilities {
    /// Kinds of delivery identifiers of accounts, such as `CHANNEL_SPECIFIC_OPAQUE_ID`.
    pub identifier_types: Vec<String>,
    /// The parts of rich text that the app can show, such as `BOLD`.
    pub rich_text: Vec<String>,
    /// People can answer. Without it the channel only takes in.
    pub allow_outgoing_messages: bool,
    /// Media types of files, such as `image/png`.
    pub file_types: Vec<String>,
    /// The most files of a message.
    pub files_max: u64,
    /// The most bytes of a file.
    pub file_bytes_max: u64,
    /// The most bytes of all files of a message.
    pub total_bytes_max: u64,
}

impl CustomChannel {
    pub(super) fn read(value: &Value) -> Result<CustomChannel, AttemptError> {
        let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
        Ok(CustomChannel {
            id: record::id(&value["id"]).ok_or_else(|| AttemptError::unreadable("a channel in it has no id"))?,
            name: text("name"),
            webhook_url: text("webhookUrl"),
            capabilities: ChannelCapabilities::read(&value["capabilities"]),
        })
    }

    /// True if it is as it should be.
    pub fn is_like(&self, wanted: &NewCustomChannel) -> bool {
        self.name == wanted.name
            && self.webhook_url == wanted.webhook_url
            && self.capabilities.is_same(&wanted.capabilities)
    }
}

impl ChannelCapabilities {
    fn read(value: &Value) -> ChannelCapabilities {
        let texts = |field: &str| {
            let list = value[field].as_array().into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let number = |field: &str| value[field].as_u64().unwrap_or(0);
        ChannelCapabilities {
            identifier_types: texts("deliveryIdentifierTypes"),
            rich_text: texts("richText"),
            allow_outgoing_messages: value["allowOutgoingMessages"] == true,
            file_types: texts("allowedFileAttachmentMimeTypes"),
            files_max: number("maxFileAttachmentCount"),
            file_bytes_max: number("maxFileAttachmentSizeBytes"),
            total_bytes_max: number("maxTotalFileAttachmentSizeBytes"),
        }
    }

    /// Compares them; the order of lists is HubSpot's.
    fn is_same(&self, other: &ChannelCapabilities) -> bool {
        let sorted = |one: &ChannelCapabilities| {
            let mut one = one.clone();
            [&mut one.identifier_types, &mut one.rich_text, &mut one.file_types]
                .into_iter()
                .for_each(|list| list.sort());
            one
        };
        sorted(self) == sorted(other)
    }

    fn json(&self) -> Value {
        let attachments: &[&str] = if self.files_max > 0 { &["FILE"] } else { &[] };
        json!({
            "deliveryIdentifierTypes": self.identifier_types,
            "richText": self.rich_text,
            "threadingModel": "INTEGRATION_THREAD_ID",
            "allowInlineImages": false,
            "allowOutgoingMessages": self.allow_outgoing_messages,
            "allowConversationStart": false,
            "allowMultipleRecipients": false,
            "outgoingAttachmentTypes": attachments,
            "allowedFileAttachmentMimeTypes": self.file_types,
            "maxFileAttachmentCount": self.files_max,
            "maxFileAttachmentSizeBytes": self.file_bytes_max,
            "maxTotalFileAttachmentSizeBytes": self.total_bytes_max,
        })
    }
}

impl NewCustomChannel {
    pub(super) fn json(&self) -> Value {
        json!({ "name": self.name, "webhookUrl": self.webhook_url, "capabilities": self.capabilities.json() })
    }
}

/// Reads all channels of the app.
pub(super) async fn list(scope: &CallScope, key: &DeveloperKey) -> Result<Vec<CustomChannel>, Error> {
    let request = ApiRequest::get(path::FAMILY, path::channels(scope)).with("limit", PAGE_SIZE).keyed(key);
    let waiters = Waiters::one(scope.waiter());
    let results = paging::all_pages(scope.transport(), request, PAGES_MAX, &waiters).await.map_err(of_key)?;
    let live = results.iter().filter(|value| value["archived"] != true);
    Ok(live.map(CustomChannel::read).collect::<Result<_, _>>()?)
}

/// The error of a call with a developer key: what it says of a token is said of the key.
pub(super) fn of_key(error: AttemptError) -> AttemptError {
    match error.kind {
        FailureKind::Refused if error.refusal.status == UNAUTHORIZED => {
            AttemptError { error: Error::DeveloperKeyRejected, ..error }
        }
        _ => error,
    }
}
