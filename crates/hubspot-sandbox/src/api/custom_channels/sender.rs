//! The sender of a published message: a contact, found or made by the address, or a visitor.

use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::check_address;
use super::lookup;
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::objects::create::{self, Draft, Input};
use crate::model::conversations::actor::ActorId;
use crate::model::conversations::channel::{DeliveryIdentifier, DeliveryType};
use crate::model::conversations::message::Party;
use crate::model::conversations::visitor::Visitor;
use crate::model::custom_channels::matching::contact_by_phone;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::Source;
use crate::rules::access::{Denied, Scopes, authorize};

/// A sender or a recipient as the app names them.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartyInput {
    #[serde(default)]
    name: Option<String>,
    delivery_identifier: Option<DeliveryIdentifier>,
}

/// The decision on who a visitor is.
#[derive(Debug)]
pub(super) enum SenderIdentity {
    Contact(u64),
    NewContact(Box<Draft>),
    /// Nobody whom the account knows or makes a contact of.
    Unknown,
}

impl PartyInput {
    pub(super) fn address(&self, field: &str) -> Result<&DeliveryIdentifier, ApiError> {
        let missing = || ApiError::invalid(format!("Some required fields were not set: [{field}.deliveryIdentifier]"));
        let address = self.delivery_identifier.as_ref().ok_or_else(missing)?;
        check_address(address)?;
        Ok(address)
    }

    pub(super) fn party(&self, actor: Option<ActorId>) -> Party {
        let (name, delivery_identifier) = (self.name.clone(), self.delivery_identifier.clone());
        Party { actor_id: actor, name, recipient_field: None, delivery_identifier }
    }
}

/// Finds who a visitor is: the contact that the app names, or the one with the address. The portal stays unchanged.
pub(super) fn identity(
    portal: &Portal,
    call: &ApiCall,
    visitor: &PartyInput,
    contact: &Value,
) -> Result<SenderIdentity, ApiError> {
    let contacts = portal.table(ObjectType::Contacts);
    if !contact.is_null() {
        let id = lookup::body_id(contact, "associateWithContactId")?;
        let known = contacts.live(id).ok_or_else(|| ApiError::invalid(format!("There is no contact with id {id}")))?;
        return Ok(SenderIdentity::Contact(known.id));
    }
    let address = visitor.address("senders")?;
    let known = match address.kind {
        DeliveryType::HsEmailAddress => contacts.by_email(&address.value).map(|contact| contact.id),
        DeliveryType::HsPhoneNumber => contact_by_phone(portal, &address.value),
        DeliveryType::ChannelSpecificOpaqueId | DeliveryType::HsShortCode => return Ok(SenderIdentity::Unknown),
    };
    match known {
        Some(id) => Ok(SenderIdentity::Contact(id)),
        None if !portal.assumptions.channel_senders_become_contacts => Ok(SenderIdentity::Unknown),
        None => draft(portal, call, visitor, address),
    }
}

fn draft(
    portal: &Portal,
    call: &ApiCall,
    visitor: &PartyInput,
    address: &DeliveryIdentifier,
) -> Result<SenderIdentity, ApiError> {
    let write = Scopes::OneOf(&["crm.objects.contacts.write"]);
    let token = call.bearer.as_deref().and_then(|bearer| portal.tokens.get(bearer));
    authorize(token.ok_or(Denied::NoCredentials)?, write, None)?;
    let property = if address.kind == DeliveryType::HsEmailAddress { "email" } else { "phone" };
    let mut properties = json!({ property: address.value });
    if let Some(name) = visitor.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        let (first, last) = name.split_once(' ').unwrap_or((name, ""));
        properties["firstname"] = first.into();
        properties["lastname"] = last.trim().into();
    }
    let Value::Object(properties) = properties else { return Ok(SenderIdentity::Unknown) };
    let input = Input { properties, ..Input::default() };
    let draft = create::draft(portal, ObjectType::Contacts, &input).map_err(|error| error.into_api_error(portal))?;
    Ok(SenderIdentity::NewContact(Box::new(draft)))
}

impl SenderIdentity {
    /// Returns the id of the contact or visitor; somebody new becomes one.
    pub(super) fn settle(self, portal: &mut Portal, visitor: &PartyInput) -> u64 {
        match self {
            SenderIdentity::Contact(id) => id,
            SenderIdentity::NewContact(draft) => {
                create::commit(portal, ObjectType::Contacts, *draft, Source::Integration)
            }
            SenderIdentity::Unknown => {
                let id = portal.conversations.take_visitor_id();
                portal.conversations.insert_visitor(Visitor { id, name: visitor.name.clone(), email: None });
                id
            }
        }
    }
}
