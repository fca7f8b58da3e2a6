//! Custom channels: the way of their webhooks, and what people do with them in HubSpot's settings.

use serde::Deserialize;
use serde_json::{Value, json};

use super::endpoint::{ok, read};
use super::webhooks::shown;
use crate::api::call::ApiCall;
use crate::conversing::lenient_id;
use crate::sandbox::Sandbox;
use crate::webhooks::{ChannelWebhooks, DeliveryFaults};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhooksInput {
    #[serde(default)]
    retry_speed: Option<u32>,
    #[serde(default)]
    mischief: DeliveryFaults,
}

pub(crate) fn put_webhooks(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let input: WebhooksInput = read(call)?;
    let usual = ChannelWebhooks::default();
    let transport = sandbox.lock().channel_hub.settings.transport.clone();
    let retry_speed = input.retry_speed.unwrap_or(usual.retry_speed);
    let settings = ChannelWebhooks { retry_speed, mischief: input.mischief, transport };
    sandbox.set_channel_webhooks(settings).map_err(|error| error.to_string())?;
    ok()
}

pub(crate) fn deliveries(sandbox: &Sandbox, _: &ApiCall) -> Result<Value, String> {
    let (deliveries, lost) = sandbox.lock().channel_hub.deliveries();
    Ok(json!({"lost_events": lost, "deliveries": deliveries.iter().map(shown).collect::<Vec<_>>()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StagingInput {
    #[serde(deserialize_with = "lenient_id::required")]
    channel: u64,
    #[serde(deserialize_with = "lenient_id::required")]
    inbox: u64,
}

pub(crate) fn stage(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let StagingInput { channel, inbox } = read(call)?;
    let channel = u32::try_from(channel).unwrap_or(0);
    let token = sandbox.stage_channel_account(channel, inbox).map_err(|error| error.to_string())?;
    Ok(json!({"account_token": token}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PurgeInput {
    #[serde(deserialize_with = "lenient_id::required")]
    account: u64,
}

pub(crate) fn purge(sandbox: &Sandbox, call: &ApiCall) -> Result<Value, String> {
    let PurgeInput { account } = read(call)?;
    sandbox.purge_channel_account(account).map_err(|error| error.to_string())?;
    ok()
}
