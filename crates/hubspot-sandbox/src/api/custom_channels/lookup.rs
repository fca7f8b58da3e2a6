//! The channel and the channel account of a call.

use serde_json::Value;

use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::conversations::errors::{id, not_found};
use crate::clock::Ms;
use crate::model::conversations::channel::{ChannelAccount, ChannelId};
use crate::model::custom_channels::channel::CustomChannel;
use crate::model::portal::Portal;

/// Finds the channel in the path, for a call with a token. An archived one is not found.
pub(super) fn channel<'a>(portal: &'a Portal, call: &ApiCall) -> Result<&'a CustomChannel, ApiError> {
    let number = id(call, "channel_id")?;
    let token = call.bearer.as_deref().and_then(|bearer| portal.tokens.get(bearer));
    let is_own = |channel: &CustomChannel| token.is_some_and(|token| token.app_id == channel.app_id);
    let found = ChannelId::try_from(number).ok().and_then(|id| portal.custom_channels.live(id));
    let found = found.filter(|one| one.created_ms <= seen_until(portal));
    found
        .filter(|one| portal.assumptions.any_token_uses_custom_channels || is_own(one))
        .ok_or_else(|| not_found("Channel", number))
}

/// Returns the time until which channels that were made are visible.
pub(super) fn seen_until(portal: &Portal) -> Ms {
    portal.now_ms().saturating_sub(Ms::try_from(portal.assumptions.custom_channel_lag_ms).unwrap_or(Ms::MAX))
}

/// Finds an account of a channel.
pub(super) fn account(portal: &Portal, channel: ChannelId, number: u64) -> Result<&ChannelAccount, ApiError> {
    let found = portal.conversations.account(number).filter(|one| one.channel_id == channel && !one.archived);
    found.ok_or_else(|| not_found("Channel account", number))
}

/// Reads an id of a body, which is text or a number.
pub(super) fn body_id(value: &Value, field: &str) -> Result<u64, ApiError> {
    if value.is_null() {
        return Err(ApiError::invalid(format!("Some required fields were not set: [{field}]")));
    }
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.ok_or_else(|| ApiError::invalid(format!("{field} is not a number")))
}
