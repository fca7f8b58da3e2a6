//! Lookup of owners by id, e-mail address or name.

use super::error::Error;
use crate::tool::Ctx;
use domain::id::{OwnerId, UserId};
use hubspot_client::{HubSpot, Owner};

/// The most owners that an error lists.
const SHOWN_MAX: usize = 10;

/// The id of the owner with this id, address or name. Archived owners are not found: they cannot own anything new.
pub async fn find(ctx: &Ctx, asked: &str) -> Result<OwnerId, Error> {
    let asked = asked.trim();
    let mut owners = ctx.hubspot.owners().list().await?;
    if matching(&owners, asked).is_empty() {
        owners = ctx.hubspot.owners().list_fresh().await?;
    }
    match matching(&owners, asked)[..] {
        [one] => Ok(one.id.clone()),
        [] => Err(missing(&owners, asked)),
        ref several => Err(Error::OwnerAmbiguous {
            count: several.len(),
            owners: several.iter().take(SHOWN_MAX).map(|owner| shown(owner)).collect(),
        }),
    }
}

/// The owner with this id, archived or not.
pub async fn by_id(hubspot: &HubSpot, id: &OwnerId) -> Result<Owner, Error> {
    hubspot.owners().by_id(id).await?.ok_or_else(|| Error::OwnerIdUnknown(id.clone()))
}

/// The owners with this id, address or full name; else those with this first or last name.
fn matching<'a>(owners: &'a [Owner], asked: &str) -> Vec<&'a Owner> {
    let wanted = asked.to_lowercase();
    let is = |text: Option<&String>| text.is_some_and(|text| text.to_lowercase() == wanted);
    let rules: [&dyn Fn(&Owner) -> bool; 4] = [
        &|owner| owner.id.as_str() == wanted,
        &|owner| is(owner.email.as_ref()),
        &|owner| is(Some(&name(owner))),
        &|owner| is(owner.first_name.as_ref()) || is(owner.last_name.as_ref()),
    ];
    let found = rules.iter().map(|rule| owners.iter().filter(|owner| !wanted.is_empty() && rule(owner)).collect());
    found.into_iter().find(|found: &Vec<_>| !found.is_empty()).unwrap_or_default()
}

fn missing(owners: &[Owner], asked: &str) -> Error {
    let user: Option<UserId> = asked.parse().ok();
    let of_user = owners.iter().find(|owner| user.is_some() && owner.user_id == user);
    Error::OwnerUnknown { of_user: of_user.map(|owner| owner.id.clone()) }
}

/// The owner's full name; empty if HubSpot has none.
pub fn name(owner: &Owner) -> String {
    let names = [owner.first_name.as_deref(), owner.last_name.as_deref()];
    names.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn shown(owner: &Owner) -> serde_json::Value {
    serde_json::json!({ "owner_id": owner.id, "name": name(owner), "email": owner.email })
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
        let owners = [owner(1, "Mei", "Tanaka"), owner(2, "Mei", "Chen"), owner(3, "Ada", "Mei")];
        let ids = |asked: &str| matching(&owners, asked).iter().map(|owner| owner.id.to_string()).collect::<String>();
        for (asked, expected) in [
            ("2", "2"),
            ("MEI@acme.example", "12"),
            ("mei chen", "2"),
            ("Tanaka", "1"),
            ("mei", "123"),
            ("x", ""),
            ("", ""),
        ] {
            assert_eq!(ids(asked), expected, "{asked}");
        }
        let user = missing(&owners, "902");
        assert_eq!(user, Error::OwnerUnknown { of_user: Some(OwnerId::from(2)) }, "a user id is recognised");
    }
}
