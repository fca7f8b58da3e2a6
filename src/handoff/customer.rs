//! The contact for whom a conversation is handed over: found by id, e-mail address or phone number, or created. Who gives
//! none of them is nobody whom HubSpot knows, and is answered in the conversation alone.

use std::collections::BTreeMap;

use super::error::Error;
use crate::records::{by_phone, contact};
use crate::tool::Ctx;
use domain::contact_key::ContactKey;
use domain::email::Email;
use domain::id::{OwnerId, RecordId};
use domain::phone::Phone;
use hubspot_client::Record;

/// The properties that a hand-off reads of a contact.
pub const PROPERTIES: [&str; 6] = ["email", "firstname", "lastname", "phone", "mobilephone", "hubspot_owner_id"];
/// The argument that names the contact.
const ARGUMENT: &str = "contact";
/// The value of the argument by which the chat names a visitor of whom nothing is known.
pub const NOBODY: &str = "nobody";
/// The id that stands for them where a contact's is kept.
const NOBODY_ID: u64 = 0;

/// A way to name a customer.
#[derive(Clone, Debug, PartialEq)]
pub enum Named {
    /// An id or an address.
    Key(ContactKey),
    /// A number.
    Phone(Phone),
}

/// Reads an argument that names a customer.
pub fn named(text: &str) -> Result<Named, Error> {
    let text = text.trim();
    if let Ok(key) = text.parse::<ContactKey>() {
        return Ok(Named::Key(key));
    }
    let problem = "send a contact's id, an e-mail address or a phone number";
    Phone::parse(text)
        .map(Named::Phone)
        .map_err(|_| crate::records::error::Error::argument(ARGUMENT, problem.to_owned()).into())
}

/// The contact that is named; with `create` a new one of this name if there is none.
pub async fn find(ctx: &Ctx, asked: &str, create: bool, name: Option<&str>) -> Result<Record, Error> {
    // A client that serves many people has one caller for all: two of whom nothing is known would share a session.
    if asked == NOBODY && ctx.call.caller.is_chat {
        return Ok(nobody());
    }
    let named = named(asked)?;
    let found = match &named {
        Named::Key(key) => match contact::live(ctx, key, &PROPERTIES).await {
            Ok(found) => Some(found.record),
            Err(crate::records::error::Error::ContactUnknown(_)) => None,
            Err(error) => return Err(error.into()),
        },
        Named::Phone(phone) => with_number(ctx, phone).await?,
    };
    let can_be_created = !matches!(named, Named::Key(ContactKey::Id(_)));
    match found {
        Some(record) => Ok(record),
        None if create && can_be_created => created(ctx, &named, asked, name).await,
        None => Err(Error::ContactUnknown { can_be_created }),
    }
}

/// The record of a customer of whom nothing is known.
pub fn nobody() -> Record {
    Record {
        id: RecordId::from(NOBODY_ID),
        properties: BTreeMap::new(),
        created_at: None,
        updated_at: None,
        archived: false,
        url: None,
    }
}

/// True if this id stands for a customer of whom nothing is known.
pub fn is_nobody(id: &RecordId) -> bool {
    *id == RecordId::from(NOBODY_ID)
}

/// The id of a customer who is a contact.
pub fn contact_id(customer: &Record) -> Option<RecordId> {
    Some(customer.id.clone()).filter(|id| !is_nobody(id))
}

async fn with_number(ctx: &Ctx, phone: &Phone) -> Result<Option<Record>, Error> {
    let found = by_phone::all(ctx, phone, &PROPERTIES).await?;
    let mut same: Vec<_> = found.records.into_iter().filter(|record| by_phone::is_same(record, phone)).collect();
    match same.len() {
        0 | 1 => Ok(same.pop()),
        _ => Err(Error::ContactAmbiguous(same.iter().map(contact::candidate).collect())),
    }
}

async fn created(ctx: &Ctx, named: &Named, asked: &str, name: Option<&str>) -> Result<Record, Error> {
    let mut properties = BTreeMap::new();
    let email = match named {
        Named::Key(ContactKey::Email(email)) => Some(email),
        _ => None,
    };
    match email {
        Some(email) => properties.insert("email".to_owned(), email.as_str().to_owned()),
        None => properties.insert("phone".to_owned(), asked.trim().to_owned()),
    };
    let names = name.map(str::trim).filter(|name| !name.is_empty());
    if let Some((first, last)) = names.map(|name| name.rsplit_once(' ').unwrap_or((name, ""))) {
        let parts = [("firstname", first), ("lastname", last)].into_iter().filter(|(_, part)| !part.trim().is_empty());
        properties.extend(parts.map(|(key, part)| (key.to_owned(), part.trim().to_owned())));
    }
    match (ctx.hubspot.contacts().create(&properties).await, email) {
        // Somebody has created them at the same time.
        (Err(hubspot_client::Error::Conflict { .. }), Some(email)) => read_again(ctx, email).await,
        (Ok(made), _) => {
            let known = properties.into_iter().map(|(name, value)| (name, Some(value)));
            Ok(Record { properties: known.chain(made.value.properties.clone()).collect(), ..made.value })
        }
        (Err(error), _) => Err(error.into()),
    }
}

async fn read_again(ctx: &Ctx, email: &Email) -> Result<Record, Error> {
    let found = ctx.hubspot.contacts().by_email(email, &PROPERTIES).await?;
    found.ok_or(Error::ContactUnknown { can_be_created: true })
}

/// The owner of the contact, if they have not left.
pub async fn owner_of(ctx: &Ctx, customer: &Record) -> Option<OwnerId> {
    let id: OwnerId = customer.get("hubspot_owner_id")?.parse().ok()?;
    let owner = ctx.hubspot.owners().by_id(&id).await.ok()??;
    (!owner.archived).then_some(id)
}

/// The name of a contact, or their address or number.
pub fn name_of(record: &Record) -> String {
    let name = ["firstname", "lastname"].map(|name| record.get(name).unwrap_or_default()).join(" ");
    let reach = || ["email", "phone", "mobilephone"].iter().find_map(|name| record.get(name)).unwrap_or_default();
    let shown = if name.trim().is_empty() { reach().to_owned() } else { name };
    crate::records::excerpt::line(shown.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_named_in_three_ways() {
        assert!(matches!(named("84246479604"), Ok(Named::Key(ContactKey::Id(_)))));
        assert!(matches!(named(" Sarah@gmail.com "), Ok(Named::Key(ContactKey::Email(_)))));
        assert!(matches!(named("+1 702 555 0143"), Ok(Named::Phone(_))));
        assert!(named("Sarah").is_err());
    }
}
