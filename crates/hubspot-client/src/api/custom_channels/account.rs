//! The accounts of a channel: each connects it to one inbox or help desk.

use serde_json::{Value, json};

use super::path;
use crate::api::conversations::message::DeliveryIdentifier;
use crate::error::Error;
use crate::record;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::paging;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::Waiters;

/// HubSpot's name of identifiers that only the app understands.
const OPAQUE: &str = "CHANNEL_SPECIFIC_OPAQUE_ID";

/// The size of a page.
const PAGE_SIZE: &str = "100";
/// The most pages of a list.
const PAGES_MAX: usize = 10;

/// An account that is not archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedAccount {
    /// Id of the channel account in HubSpot.
    pub id: String,
    /// The inbox or help desk into which its conversations go.
    pub inbox_id: String,
    /// The name that people see.
    pub name: String,
    /// The app's own name of it, by which it is found again.
    pub identifier: Option<String>,
    /// It takes messages.
    pub is_authorized: bool,
}

/// An account to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChannelAccount {
    /// The inbox or help desk.
    pub inbox_id: String,
    /// The name that people see.
    pub name: String,
    /// The app's own name of it.
    pub identifier: String,
}

/// The fields of an account to change; `None` leaves one as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelAccountChange {
    /// The name that people see.
    pub name: Option<String>,
    /// It takes messages.
    pub is_authorized: Option<bool>,
}

impl ConnectedAccount {
    pub(super) fn read(value: &Value) -> Result<ConnectedAccount, AttemptError> {
        let missing = || AttemptError::unreadable("a channel account in it has no id or no inbox");
        Ok(ConnectedAccount {
            id: record::id(&value["id"]).ok_or_else(missing)?,
            inbox_id: record::id(&value["inboxId"]).ok_or_else(missing)?,
            name: value["name"].as_str().unwrap_or_default().to_owned(),
            identifier: DeliveryIdentifier::read(&value["deliveryIdentifier"]).map(|one| one.value),
            is_authorized: value["authorized"] != false,
        })
    }
}

impl NewChannelAccount {
    pub(super) fn json(&self) -> Value {
        json!({
            "inboxId": self.inbox_id, "name": self.name, "authorized": true,
            "deliveryIdentifier": { "type": OPAQUE, "value": self.identifier },
        })
    }
}

impl ChannelAccountChange {
    pub(super) fn json(&self) -> Value {
        let mut body = json!({});
        if let Some(name) = &self.name {
            body["name"] = name.as_str().into();
        }
        if let Some(is_authorized) = self.is_authorized {
            body["authorized"] = is_authorized.into();
        }
        body
    }
}

/// Reads all accounts of a channel.
pub(super) async fn list(scope: &CallScope, channel: &str) -> Result<Vec<ConnectedAccount>, Error> {
    let request = ApiRequest::get(path::FAMILY, path::accounts(scope, channel)).with("limit", PAGE_SIZE);
    let waiters = Waiters::one(scope.waiter());
    let results = paging::all_pages(scope.transport(), request, PAGES_MAX, &waiters).await?;
    let live = results.iter().filter(|value| value["archived"] != true);
    Ok(live.map(ConnectedAccount::read).collect::<Result<_, _>>()?)
}
