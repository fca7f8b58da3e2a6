//! The recipients of a message that is sent, by the rules of its channel.

use serde::Deserialize;

use crate::api::api_error::ApiError;
use crate::api::input::list_or_null;
use crate::model::conversations::actor::ActorId;
use crate::model::conversations::address::is_address;
use crate::model::conversations::channel::{ChannelId, DeliveryIdentifier, DeliveryType, EMAIL};
use crate::model::conversations::message::Party;
use crate::model::conversations::thread::Thread;
use crate::model::conversations::{outgoing, profile};
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;

/// Recipients of one message.
const RECIPIENTS_MAX: usize = 50;
const FIELDS: [&str; 3] = ["TO", "CC", "BCC"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecipientInput {
    #[serde(default)]
    actor_id: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    recipient_field: Option<String>,
    /// HubSpot takes one identifier under this name, and a list under the next.
    #[serde(default)]
    delivery_identifier: Option<DeliveryIdentifier>,
    #[serde(default, deserialize_with = "list_or_null")]
    delivery_identifiers: Vec<DeliveryIdentifier>,
}

/// Returns the recipients as the message shows them. A chat goes to its visitor, an e-mail to the given addresses.
pub(super) fn of(
    portal: &Portal,
    thread: &Thread,
    channel: ChannelId,
    inputs: &[RecipientInput],
) -> Result<Vec<Party>, ApiError> {
    if inputs.len() > RECIPIENTS_MAX {
        return Err(ApiError::invalid(format!("A message can have at most {RECIPIENTS_MAX} recipients")));
    }
    if channel == EMAIL {
        return by_email(portal, inputs);
    }
    inputs.iter().try_for_each(|input| input.actor().map(|_| ()))?;
    Ok(vec![outgoing::visitor(thread)])
}

fn by_email(portal: &Portal, inputs: &[RecipientInput]) -> Result<Vec<Party>, ApiError> {
    let parties = inputs.iter().map(|input| input.party(portal)).collect::<Result<Vec<_>, _>>()?;
    match parties.is_empty() {
        true => Err(ApiError::invalid("An email needs at least one recipient with a delivery identifier")),
        false => Ok(parties),
    }
}

impl RecipientInput {
    fn party(&self, portal: &Portal) -> Result<Party, ApiError> {
        let address = self.email()?;
        let field = self.recipient_field.as_deref().unwrap_or(FIELDS[0]);
        if !FIELDS.contains(&field) {
            return Err(ApiError::invalid(format!("recipientField must be one of [TO, CC, BCC], not {field}")));
        }
        let actor = self.actor()?.unwrap_or_else(|| actor_at(portal, address));
        let name = self.name.clone().or_else(|| profile::of(portal, &actor)?.name);
        Ok(Party {
            actor_id: Some(actor),
            name,
            recipient_field: Some(field.to_owned()),
            delivery_identifier: Some(DeliveryIdentifier::email(address)),
        })
    }

    fn email(&self) -> Result<&str, ApiError> {
        let mut identifiers = self.delivery_identifiers.iter().chain(&self.delivery_identifier);
        let found = identifiers.find(|one| one.kind == DeliveryType::HsEmailAddress);
        let address = found.map(|one| one.value.as_str());
        let address = address.ok_or_else(|| {
            ApiError::invalid("Each recipient of an email needs a delivery identifier of type HS_EMAIL_ADDRESS")
        })?;
        match is_address(address) {
            true => Ok(address),
            false => Err(ApiError::invalid(format!("{address} is not a valid email address"))),
        }
    }

    fn actor(&self) -> Result<Option<ActorId>, ApiError> {
        let invalid = |id: &str| ApiError::invalid(format!("Invalid actor id: {id}"));
        self.actor_id.as_deref().map(|id| id.parse().map_err(|_| invalid(id))).transpose()
    }
}

/// Returns the contact with this address, or the address itself as an actor.
fn actor_at(portal: &Portal, address: &str) -> ActorId {
    let contact = portal.table(ObjectType::Contacts).by_email(address);
    contact.map_or_else(|| ActorId::Email(address.to_owned()), |contact| ActorId::Visitor(contact.id))
}
