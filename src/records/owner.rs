//! Lookup of owners by id, e-mail address or name.

use std::sync::Arc;

use super::error::Error;
use super::excerpt;
use crate::tool::Ctx;
use domain::email::Email;
use domain::id::{OwnerId, UserId};
use domain::owner_key::{InvalidOwnerKey, OwnerKey};
use domain::text;
use domain::text_cleaning;
use hubspot_client::{HubSpot, Owner};

/// The most owners that an error lists.
const SHOWN_MAX: usize = 10;

/// Id of the active owner with this id, address or name; those who have left the account cannot be assigned anything.
pub async fn find(ctx: &Ctx, asked: &str) -> Result<OwnerId, Error> {
    let key = key(asked)?;
    let owners = listed(&ctx.hubspot, &key).await?;
    if let Some(owner) = only(matching(&owners, &key))? {
        return Ok(owner.id.clone());
    }
    match former(&ctx.hubspot, &key).await? {
        Some(former) => Err(Error::OwnerLeft(former.id)),
        None => Err(missing(&owners, &key)),
    }
}

/// The owner with this id, address or name, who may have left. One who has left has no name.
pub async fn known(hubspot: &HubSpot, key: &OwnerKey) -> Result<Owner, Error> {
    if let OwnerKey::Id(id) = key {
        let owner = hubspot.owners().by_id(id).await?;
        return match owner {
            Some(owner) => Ok(owner),
            None => Err(missing(&hubspot.owners().list().await?, key)),
        };
    }
    let owners = listed(hubspot, key).await?;
    if let Some(owner) = only(matching(&owners, key))? {
        return Ok(owner.clone());
    }
    former(hubspot, key).await?.ok_or_else(|| missing(&owners, key))
}

/// Reads a text that stands for an owner in a property or an argument.
pub fn key(asked: &str) -> Result<OwnerKey, Error> {
    asked.parse().map_err(|invalid: InvalidOwnerKey| Error::argument("owner", invalid.to_string()))
}

/// The owners who have not left, read afresh if none of those that are known fits.
async fn listed(hubspot: &HubSpot, key: &OwnerKey) -> Result<Arc<Vec<Owner>>, Error> {
    let owners = hubspot.owners().list().await?;
    if matching(&owners, key).is_empty() { Ok(hubspot.owners().list_fresh().await?) } else { Ok(owners) }
}

/// The owner who has left, by id or address.
async fn former(hubspot: &HubSpot, key: &OwnerKey) -> Result<Option<Owner>, Error> {
    match key {
        OwnerKey::Id(id) => Ok(hubspot.owners().by_id(id).await?.filter(|owner| owner.archived)),
        OwnerKey::Email(_) => Ok(only(matching(&hubspot.owners().left().await?, key))?.cloned()),
        OwnerKey::Name(_) => Ok(None),
    }
}

fn only(found: Vec<&Owner>) -> Result<Option<&Owner>, Error> {
    match found[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        ref several => Err(Error::OwnerAmbiguous {
            count: several.len(),
            owners: several.iter().take(SHOWN_MAX).map(|owner| shown(owner)).collect(),
        }),
    }
}

/// The owners with this id, address or full name; else those with this first or last name.
fn matching<'a>(owners: &'a [Owner], key: &OwnerKey) -> Vec<&'a Owner> {
    let all = |rule: &dyn Fn(&Owner) -> bool| owners.iter().filter(|owner| rule(owner)).collect::<Vec<_>>();
    match key {
        OwnerKey::Id(id) => all(&|owner| owner.id == *id),
        OwnerKey::Email(email) => all(&|owner| is_address(owner, email)),
        OwnerKey::Name(wanted) => {
            let wanted = in_order(wanted);
            let exact = named(owners, &wanted, words);
            if exact.is_empty() { named(owners, &wanted, |name| text::unaccented(&words(name))) } else { exact }
        }
    }
}

/// The owners with this full name, else those with its words turned (`Chen Veronica`), else those with this first or last
/// name, as `form` compares names.
fn named<'a>(owners: &'a [Owner], wanted: &str, form: impl Fn(&str) -> String) -> Vec<&'a Owner> {
    let is = |text: &str| form(text) == form(wanted);
    let part = |text: &Option<String>| text.as_deref().is_some_and(is);
    let rules: [&dyn Fn(&Owner) -> bool; 3] = [&|owner| is(&name(owner)), &|owner| is(&turned_name(owner)), &|owner| {
        part(&owner.first_name) || part(&owner.last_name)
    }];
    let found = rules.iter().map(|rule| owners.iter().filter(|owner| rule(owner)).collect::<Vec<_>>());
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// `Chen, Veronica` as `Veronica Chen`.
fn in_order(name: &str) -> String {
    name.split_once(',').map_or(name.to_owned(), |(last, first)| format!("{first} {last}"))
}

/// The words in lower case with one space between them and plain apostrophes.
fn words(text: &str) -> String {
    let plain = text_cleaning::with_plain_apostrophes(&text_cleaning::search_words(text)).to_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_address(owner: &Owner, email: &Email) -> bool {
    owner.email.as_deref().is_some_and(|text| text.parse::<Email>().is_ok_and(|address| address == *email))
}

fn missing(owners: &[Owner], key: &OwnerKey) -> Error {
    let OwnerKey::Id(id) = key else { return Error::OwnerUnknown { of_user: None } };
    let user: Option<UserId> = id.as_str().parse().ok();
    let of_user = owners.iter().find(|owner| user.is_some() && owner.user_id == user);
    Error::OwnerUnknown { of_user: of_user.map(|owner| owner.id.clone()) }
}

/// The owner's full name; empty if HubSpot has none.
pub fn name(owner: &Owner) -> String {
    let names = [owner.first_name.as_deref(), owner.last_name.as_deref()];
    names.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The owner's last name before the first, as lists and many languages have it.
fn turned_name(owner: &Owner) -> String {
    let names = [owner.last_name.as_deref(), owner.first_name.as_deref()];
    names.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The name of the owner with this id, on one line; `None` if there is none or the owner cannot be read.
pub async fn name_of(hubspot: &HubSpot, id: &OwnerId) -> Option<String> {
    let owner = hubspot.owners().by_id(id).await.ok()??;
    Some(excerpt::line(&name(&owner))).filter(|name| !name.is_empty())
}

fn shown(owner: &Owner) -> serde_json::Value {
    serde_json::json!({ "owner_id": owner.id, "name": excerpt::line(&name(owner)), "email": owner.email })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(id: u64, first: &str, last: &str) -> Owner {
        Owner {
            id: OwnerId::from(id),
            user_id: Some(UserId::from(id + 900)),
            first_name: Some(first.into()),
            last_name: Some(last.into()),
            email: Some(format!("{first}@acme.example").to_lowercase()),
            teams: vec![],
            archived: false,
        }
    }

    #[test]
    fn an_owner_is_found_by_id_address_or_name() {
        let owners = [
            owner(1, "Mei", "Tanaka"),
            owner(2, "Mei", "Chen"),
            owner(3, "Ada", "Mei"),
            owner(4, "Jose", "Ortíz"),
            owner(5, "Zoe", "Lee"),
            owner(6, "Zoë", "Kim"),
        ];
        let matching = |asked: &str| asked.parse().map_or(vec![], |key| matching(&owners, &key));
        let ids = |asked: &str| matching(asked).iter().map(|owner| owner.id.to_string()).collect::<String>();
        for (asked, expected) in [
            ("2", "2"),
            ("MEI@acme.example", "12"),
            ("mei chen", "2"),
            ("Tanaka", "1"),
            ("mei", "123"),
            ("Me\u{200b}i Chen\u{200e}", "2"),
            ("mei  chen", "2"),
            ("Chen, Mei", "2"),
            ("ortiz", "4"),
            ("José  ORTÍZ", "4"),
            ("Zoe", "5"),
            ("Zoë", "6"),
            ("x", ""),
            ("", ""),
        ] {
            assert_eq!(ids(asked), expected, "{asked}");
        }
        let user = missing(&owners, &OwnerKey::Id(OwnerId::from(902)));
        assert_eq!(user, Error::OwnerUnknown { of_user: Some(OwnerId::from(2)) }, "a user id is recognised");
    }
}
