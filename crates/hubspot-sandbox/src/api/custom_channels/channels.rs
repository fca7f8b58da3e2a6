//! Channels, which the app's developer makes, changes and archives.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{developer, lookup, target_url};
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::conversations::errors::{id, not_found};
use crate::api::conversations::page;
use crate::api::conversations::sent_content::not_set;
use crate::api::input::replace;
use crate::api::response::ApiResponse;
use crate::clock::stamp;
use crate::model::conversations::channel::ChannelId;
use crate::model::custom_channels::capabilities::Capabilities;
use crate::model::custom_channels::channel::CustomChannel;
use crate::model::portal::Portal;

/// Channels of an account, and characters of a name.
const CHANNELS_MAX: usize = 1_000;
const NAME_MAX: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChannelInput {
    name: Option<String>,
    webhook_url: Option<String>,
    channel_account_connection_redirect_url: Option<String>,
    channel_description: Option<String>,
    channel_logo_url: Option<String>,
    capabilities: Option<Capabilities>,
}

pub(super) fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let app_id = developer::app(portal, call)?;
    let input: ChannelInput = call.json()?;
    input.check()?;
    let (name, webhook_url) = (input.name.clone(), input.webhook_url.clone());
    let name = name.ok_or_else(|| not_set("name"))?;
    let webhook_url = webhook_url.ok_or_else(|| not_set("webhookUrl"))?;
    if portal.custom_channels.all().len() >= CHANNELS_MAX {
        return Err(ApiError::invalid(format!("An app can have at most {CHANNELS_MAX} channels")));
    }
    let channel = CustomChannel {
        id: portal.custom_channels.take_channel_id(),
        app_id,
        name,
        webhook_url,
        redirect_url: input.channel_account_connection_redirect_url,
        description: input.channel_description,
        logo_url: input.channel_logo_url,
        capabilities: input.capabilities.unwrap_or_default(),
        created_ms: portal.now_ms(),
        archived_ms: None,
    };
    let shown = view(&channel);
    let at = call.address_below(&channel.id.to_string());
    portal.custom_channels.insert(channel);
    Ok(ApiResponse::created(shown).at(at))
}

pub(super) fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let app_id = developer::app(portal, call)?;
    let all = portal.custom_channels.of_app(app_id, lookup::seen_until(portal)).map(view).collect();
    Ok(ApiResponse::ok(page::of_all(call, all)?))
}

pub(super) fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    Ok(ApiResponse::ok(view(own(portal, call)?)))
}

pub(super) fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let id = own(portal, call)?.id;
    let input: ChannelInput = call.json()?;
    input.check()?;
    portal.custom_channels.change(id, |channel| {
        replace(&mut channel.name, input.name);
        replace(&mut channel.webhook_url, input.webhook_url);
        replace(&mut channel.redirect_url, input.channel_account_connection_redirect_url.map(Some));
        replace(&mut channel.description, input.channel_description.map(Some));
        replace(&mut channel.logo_url, input.channel_logo_url.map(Some));
        replace(&mut channel.capabilities, input.capabilities);
    });
    read(portal, call)
}

/// Archives a channel, and its accounts with it. Archiving it again is no error, as with other objects.
pub(super) fn archive(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let app_id = developer::app(portal, call)?;
    let id = id(call, "channel_id")?;
    let known = portal.custom_channels.all().iter().find(|one| u64::from(one.id) == id && one.app_id == app_id);
    let Some(channel) = known else { return Err(not_found("Channel", id)) };
    let (id, now_ms) = (channel.id, portal.now_ms());
    portal.custom_channels.change(id, |channel| channel.archived_ms = channel.archived_ms.or(Some(now_ms)));
    let accounts = portal.conversations.accounts.iter_mut().filter(|one| one.channel_id == id);
    accounts.for_each(|account| {
        account.archived = true;
        account.active = false;
    });
    Ok(ApiResponse::no_content())
}

fn own<'a>(portal: &'a Portal, call: &ApiCall) -> Result<&'a CustomChannel, ApiError> {
    let app_id = developer::app(portal, call)?;
    let id = id(call, "channel_id")?;
    let live = ChannelId::try_from(id).ok().and_then(|id| portal.custom_channels.live(id));
    let visible = live.filter(|one| one.app_id == app_id && one.created_ms <= lookup::seen_until(portal));
    visible.ok_or_else(|| not_found("Channel", id))
}

impl ChannelInput {
    fn check(&self) -> Result<(), ApiError> {
        if let Some(name) = &self.name
            && !(1..=NAME_MAX).contains(&name.trim().chars().count())
        {
            return Err(ApiError::invalid(format!("name must have 1 to {NAME_MAX} characters")));
        }
        for (url, field) in [
            (&self.webhook_url, "webhookUrl"),
            (&self.channel_account_connection_redirect_url, "channelAccountConnectionRedirectUrl"),
            (&self.channel_logo_url, "channelLogoUrl"),
        ] {
            url.iter().try_for_each(|url| target_url::check(url, field))?;
        }
        let problem = self.capabilities.as_ref().and_then(Capabilities::problem);
        problem.map_or(Ok(()), |problem| Err(ApiError::invalid(problem)))
    }
}

fn view(channel: &CustomChannel) -> Value {
    let mut shown = json!({
        "id": channel.id.to_string(), "name": channel.name, "createdAt": stamp(channel.created_ms),
        "webhookUrl": channel.webhook_url, "capabilities": channel.capabilities
    });
    for (name, value) in [
        ("channelAccountConnectionRedirectUrl", &channel.redirect_url),
        ("channelDescription", &channel.description),
        ("channelLogoUrl", &channel.logo_url),
    ] {
        if let Some(value) = value {
            shown[name] = value.as_str().into();
        }
    }
    shown
}
