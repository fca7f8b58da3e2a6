//! Channel accounts: a custom channel that is connected to an inbox or a help desk.

use serde::Deserialize;
use serde_json::Value;

use super::lookup;
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::conversations::errors::id;
use crate::api::conversations::sent_content::not_set;
use crate::api::conversations::{page, view};
use crate::api::input::replace;
use crate::api::response::ApiResponse;
use crate::model::conversations::address::is_address;
use crate::model::conversations::channel::{ChannelAccount, ChannelId, DeliveryIdentifier, DeliveryType};
use crate::model::custom_channels::change::{AccountEvent, ChannelChangeKind};
use crate::model::custom_channels::matching::is_phone;
use crate::model::portal::Portal;

/// Channel accounts of an account, and characters of a name and of an identifier.
const ACCOUNTS_MAX: usize = 10_000;
const TEXT_MAX: usize = 255;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountInput {
    #[serde(default)]
    inbox_id: Value,
    name: Option<String>,
    delivery_identifier: Option<DeliveryIdentifier>,
    authorized: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct AccountChange {
    name: Option<String>,
    authorized: Option<bool>,
}

pub(super) fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let channel_id = lookup::channel(portal, call)?.id;
    let input: AccountInput = call.json()?;
    let address = input.delivery_identifier.ok_or_else(|| not_set("deliveryIdentifier"))?;
    let new = NewAccount {
        inbox_id: lookup::body_id(&input.inbox_id, "inboxId")?,
        name: input.name.ok_or_else(|| not_set("name"))?,
        address,
        is_authorized: input.authorized.unwrap_or(false),
    };
    new.check(portal, channel_id)?;
    let id = new.commit(portal, channel_id);
    let account = lookup::account(portal, channel_id, id)?;
    Ok(ApiResponse::created(view::account(account)).at(call.address_below(&id.to_string())))
}

pub(super) fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let channel_id = lookup::channel(portal, call)?.id;
    let (kinds, values) = (call.list("deliveryIdentifierType"), call.list("deliveryIdentifierValue"));
    let archived = call.flag("archived");
    let has = |wanted: &[String], text: &str| wanted.is_empty() || wanted.iter().any(|one| one == text);
    let is_wanted = |address: Option<&DeliveryIdentifier>| match address {
        Some(one) => has(&kinds, kind_name(one.kind)) && has(&values, &one.value),
        None => kinds.is_empty() && values.is_empty(),
    };
    let all = portal.conversations.accounts.iter();
    let wanted = all.filter(|one| {
        one.channel_id == channel_id && one.archived == archived && is_wanted(one.delivery_identifier.as_ref())
    });
    Ok(ApiResponse::ok(page::of_all(call, wanted.map(view::account).collect())?))
}

pub(super) fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let channel_id = lookup::channel(portal, call)?.id;
    let account = lookup::account(portal, channel_id, id(call, "account_id")?)?;
    Ok(ApiResponse::ok(view::account(account)))
}

pub(super) fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let channel_id = lookup::channel(portal, call)?.id;
    let account_id = lookup::account(portal, channel_id, id(call, "account_id")?)?.id;
    let change: AccountChange = call.json()?;
    change.name.iter().try_for_each(|name| check_name(name))?;
    let known = portal.conversations.accounts.iter_mut().find(|one| one.id == account_id);
    known.into_iter().for_each(|account| {
        replace(&mut account.name, change.name.clone());
        replace(&mut account.authorized, change.authorized);
        account.active = account.authorized;
    });
    tell(portal, account_id, AccountEvent::Updated);
    read(portal, call)
}

/// An account that is to be made.
#[derive(Debug)]
pub(super) struct NewAccount {
    pub(super) inbox_id: u64,
    pub(super) name: String,
    pub(super) address: DeliveryIdentifier,
    pub(super) is_authorized: bool,
}

impl NewAccount {
    /// Checks it; the portal stays unchanged.
    pub(super) fn check(&self, portal: &Portal, channel_id: ChannelId) -> Result<(), ApiError> {
        check_name(&self.name)?;
        let inbox = portal.conversations.inbox(self.inbox_id).filter(|inbox| !inbox.archived);
        inbox.ok_or_else(|| ApiError::invalid(format!("There is no inbox with id {}", self.inbox_id)))?;
        let channel = portal.custom_channels.live(channel_id);
        let kinds = channel.map_or(&[][..], |one| &one.capabilities.delivery_identifier_types);
        if !kinds.contains(&self.address.kind) {
            let kind = kind_name(self.address.kind);
            return Err(ApiError::invalid(format!("The channel has no delivery identifiers of type {kind}")));
        }
        check_address(&self.address)?;
        let mut others =
            portal.conversations.accounts.iter().filter(|one| one.channel_id == channel_id && !one.archived);
        let taken = others.find(|one| one.delivery_identifier.as_ref() == Some(&self.address));
        if let Some(other) = taken.filter(|_| portal.assumptions.channel_accounts_are_unique) {
            let message = format!("A channel account with this delivery identifier exists: {}", other.id);
            return Err(ApiError::new(409, message).category("CONFLICT"));
        }
        match portal.conversations.accounts.len() < ACCOUNTS_MAX {
            true => Ok(()),
            false => Err(ApiError::invalid(format!("There can be at most {ACCOUNTS_MAX} channel accounts"))),
        }
    }

    /// Makes it, and tells the channel's app. Returns its id.
    pub(super) fn commit(self, portal: &mut Portal, channel_id: ChannelId) -> u64 {
        let id = portal.custom_channels.take_account_id();
        portal.conversations.accounts.push(ChannelAccount {
            id,
            channel_id,
            inbox_id: self.inbox_id,
            name: self.name,
            active: self.is_authorized,
            authorized: self.is_authorized,
            archived: false,
            created_ms: portal.now_ms(),
            delivery_identifier: Some(self.address),
            welcome: None,
        });
        tell(portal, id, AccountEvent::Created);
        id
    }
}

/// Checks an address by its kind.
pub(super) fn check_address(address: &DeliveryIdentifier) -> Result<(), ApiError> {
    let value = address.value.trim();
    let is_valid = (1..=TEXT_MAX).contains(&value.len())
        && match address.kind {
            DeliveryType::HsEmailAddress => is_address(value),
            DeliveryType::HsPhoneNumber => is_phone(value),
            DeliveryType::ChannelSpecificOpaqueId | DeliveryType::HsShortCode => true,
        };
    let kind = kind_name(address.kind);
    if is_valid { Ok(()) } else { Err(ApiError::invalid(format!("{value} is not a valid {kind}"))) }
}

fn check_name(name: &str) -> Result<(), ApiError> {
    match (1..=TEXT_MAX).contains(&name.trim().len()) {
        true => Ok(()),
        false => Err(ApiError::invalid(format!("name must have 1 to {TEXT_MAX} characters"))),
    }
}

fn kind_name(kind: DeliveryType) -> &'static str {
    match kind {
        DeliveryType::ChannelSpecificOpaqueId => "CHANNEL_SPECIFIC_OPAQUE_ID",
        DeliveryType::HsEmailAddress => "HS_EMAIL_ADDRESS",
        DeliveryType::HsPhoneNumber => "HS_PHONE_NUMBER",
        DeliveryType::HsShortCode => "HS_SHORT_CODE",
    }
}

fn tell(portal: &mut Portal, account_id: u64, event: AccountEvent) {
    let Some(account) = portal.conversations.account(account_id) else { return };
    let (channel_id, address) = (account.channel_id, account.delivery_identifier.clone());
    portal.tell_channel(channel_id, ChannelChangeKind::Account { event, account_id, address });
}
