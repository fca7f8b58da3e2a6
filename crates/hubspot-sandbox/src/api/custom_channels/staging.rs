//! Staging tokens: an account that a person began to connect in HubSpot's settings, and of which the app says what it is.

use serde::Deserialize;
use serde_json::json;

use super::accounts::NewAccount;
use super::lookup;
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::conversations::errors::not_found;
use crate::api::conversations::sent_content::not_set;
use crate::api::response::ApiResponse;
use crate::model::conversations::channel::DeliveryIdentifier;
use crate::model::portal::Portal;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StagedInput {
    account_name: Option<String>,
    delivery_identifier: Option<DeliveryIdentifier>,
}

/// Says what a staged account is, which makes it an account. The same again changes nothing.
pub(super) fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let channel_id = lookup::channel(portal, call)?.id;
    let token = call.param("token");
    let staged = portal.custom_channels.staged().iter().find(|one| one.token == token && one.channel_id == channel_id);
    let staged = staged.cloned().ok_or_else(|| not_found("Channel account staging token", token))?;
    let input: StagedInput = call.json()?;
    let name = input.account_name.ok_or_else(|| not_set("accountName"))?;
    let address = input.delivery_identifier.ok_or_else(|| not_set("deliveryIdentifier"))?;
    let shown = json!({
        "accountToken": token, "channelId": channel_id.to_string(), "inboxId": staged.inbox_id.to_string(),
        "accountName": name, "deliveryIdentifier": address
    });
    if staged.account_id.is_none() {
        let new = NewAccount { inbox_id: staged.inbox_id, name, address: address.clone(), is_authorized: true };
        new.check(portal, channel_id)?;
        let account_id = new.commit(portal, channel_id);
        portal.custom_channels.change_staged(token, |staged| {
            staged.account_id = Some(account_id);
            staged.address = Some(address);
        });
    } else if staged.address.as_ref() != Some(&address) {
        return Err(ApiError::invalid("The staging token was used"));
    }
    Ok(ApiResponse::ok(shown))
}
