//! Contacts that may be the same person as a new one: with the same name, or with the same mailbox in another spelling.

use super::by_phone::filter;
use super::changes::Changes;
use crate::tool::Ctx;
use domain::email::Email;
use domain::text;
use hubspot_client::{Error, Object, Record, SEARCH_PAGE_MAX, Search};

/// The domains of one mailbox. Dots before the sign do not count there, nor what follows a plus (Google, Gmail Help).
const GMAIL: [&str; 2] = ["gmail.com", "googlemail.com"];
const ID: &str = "hs_object_id";
const PROPERTIES: [&str; 3] = ["email", "firstname", "lastname"];

/// The people who may be the same.
#[derive(Debug, Default)]
pub struct Similar {
    /// The contact whose address is another spelling of the same mailbox.
    pub same_mailbox: Option<Record>,
    /// Contacts with the same first and last name.
    pub same_name: Vec<Record>,
}

/// The contact whose address is another spelling of the same mailbox.
pub async fn with_mailbox(ctx: &Ctx, email: &Email) -> Result<Option<Record>, Error> {
    let address = Changes::from([("email".to_owned(), email.as_str().to_owned())]);
    Ok(find(ctx, &address).await?.same_mailbox)
}

/// Looks for them in HubSpot's index, with one search.
pub async fn find(ctx: &Ctx, new: &Changes) -> Result<Similar, Error> {
    let email: Option<Email> = new.get("email").and_then(|email| email.parse().ok());
    let mailbox = email.as_ref().and_then(mailbox);
    let plain = match &mailbox {
        Some(mailbox) => with_plain_address(ctx, mailbox).await?,
        None => None,
    };
    let name = name(|property| new.get(property).map(String::as_str));
    let mut any_of = vec![];
    if let (Some(first), Some(last)) = (new.get("firstname"), new.get("lastname")) {
        any_of.push(vec![filter("EQ", "firstname", first), filter("EQ", "lastname", last)]);
    }
    if let Some(first) = mailbox.as_ref().and_then(|mailbox| mailbox.chars().next()) {
        any_of.extend(GMAIL.map(|domain| vec![filter("CONTAINS_TOKEN", "email", &format!("{first}*@{domain}"))]));
    }
    if any_of.is_empty() {
        return Ok(Similar::default()); // Then there is no mailbox either.
    }
    let search = Search {
        any_of,
        latest_by: Some(ID.to_owned()),
        properties: PROPERTIES.map(str::to_owned).into(),
        limit: SEARCH_PAGE_MAX,
        ..Search::default()
    };
    let found = ctx.hubspot.records(Object::Contacts).search(&search).await?;
    let similar = among(&found.records, mailbox.as_deref(), name.as_deref());
    Ok(Similar { same_mailbox: plain.or(similar.same_mailbox), ..similar })
}

/// The contact with the address without dots. It is read, since the index knows new contacts late.
async fn with_plain_address(ctx: &Ctx, mailbox: &str) -> Result<Option<Record>, Error> {
    for domain in GMAIL {
        if let Ok(email) = format!("{mailbox}@{domain}").parse()
            && let Some(record) = ctx.hubspot.contacts().by_email(&email, &PROPERTIES).await?
        {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

fn among(records: &[Record], mailbox: Option<&str>, name: Option<&str>) -> Similar {
    let has_mailbox = |record: &&Record| {
        let email: Option<Email> = record.get("email").and_then(|email| email.parse().ok());
        mailbox.is_some() && email.as_ref().and_then(self::mailbox).as_deref() == mailbox
    };
    let has_name = |record: &&Record| name.is_some() && self::name(|property| record.get(property)).as_deref() == name;
    Similar {
        same_mailbox: records.iter().find(has_mailbox).cloned(),
        same_name: records.iter().filter(has_name).cloned().collect(),
    }
}

/// The part of a Gmail address that tells mailboxes apart; `None` for other addresses.
fn mailbox(email: &Email) -> Option<String> {
    let (local, domain) = email.as_str().rsplit_once('@')?;
    let local = local.split('+').next()?.replace('.', "").to_lowercase();
    GMAIL.contains(&domain.to_lowercase().as_str()).then_some(local).filter(|local| !local.is_empty())
}

/// First and last name, if there are both, as they are compared.
fn name<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let folded = |text: &str| text::unaccented(&text.trim().to_lowercase());
    let (first, last) = (folded(value("firstname")?), folded(value("lastname")?));
    (!first.is_empty() && !last.is_empty()).then(|| format!("{first} {last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_of_gmail_has_many_spellings() {
        let mailbox = |text: &str| mailbox(&text.parse().unwrap());
        for text in ["sarah@gmail.com", "s.a.r.a.h@gmail.com", "Sarah+robots@googlemail.com", "sa.rah@Gmail.com"] {
            assert_eq!(mailbox(text).as_deref(), Some("sarah"), "{text}");
        }
        assert_eq!(mailbox("s.arah@acme.com"), None, "elsewhere dots count");
        assert_ne!(mailbox("sara@gmail.com").as_deref(), Some("sarah"));
    }
}
