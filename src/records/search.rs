//! Search of contacts by address, id, phone number in any notation, words or properties.
//!
//! HubSpot's search index is seconds behind, so an address or an id is read and not searched.

use serde_json::{Map, Value};

use super::contact::{self, FoundContact};
use super::cursor;
use super::error::Error;
use super::filter::{self, PHONES};
use crate::tool::Ctx;
use domain::contact_key::ContactKey;
use domain::email::Email;
use domain::id::RecordId;
use domain::phone::Phone;
use hubspot_client::{Filter, Object, Record, Search};

/// The most contacts with the same last digits whose numbers are compared in full.
const PHONE_MATCHES_MAX: u32 = 100;
const ID: &str = "hs_object_id";

/// A search.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// An address, an id, a phone number or words.
    pub query: Option<&'a str>,
    /// Filters as the model wrote them; all must match.
    pub filters: &'a Map<String, Value>,
    /// The properties to show, by internal name.
    pub properties: Vec<&'a str>,
    /// The most contacts of one page.
    pub limit: u32,
    /// The cursor of the page before.
    pub cursor: Option<&'a str>,
}

/// One page of results.
#[derive(Debug)]
pub struct Hits {
    /// The number of results on all pages, counted at the first one.
    pub total: u64,
    /// The contacts of this page.
    pub found: Vec<FoundContact>,
    /// The cursor of the next page.
    pub next_cursor: Option<String>,
    /// The fields that were searched.
    pub searched: Vec<&'static str>,
}

/// The interpretation of a query without filters.
#[derive(Debug, PartialEq)]
enum Reading {
    Email(Email),
    /// Digits can be an id, a phone number or both.
    Number {
        id: Option<RecordId>,
        phone: Option<Phone>,
    },
    Words,
}

/// Runs the search.
pub async fn run(ctx: &Ctx, wanted: &Wanted<'_>) -> Result<Hits, Error> {
    let reading = reading(wanted);
    if wanted.cursor.is_some() && reading != Reading::Words {
        return Err(Error::argument("cursor", "what an address, id or phone number finds is one page"));
    }
    match reading {
        Reading::Email(email) => {
            let found = contact::look(ctx, &ContactKey::Email(email), &wanted.properties).await?;
            Ok(Hits::all(found.into_iter().collect(), wanted, vec!["e-mail address"]))
        }
        Reading::Number { id, phone } => by_number(ctx, wanted, id, phone).await,
        Reading::Words => by_words(ctx, wanted).await,
    }
}

/// Recognises an address or an id as the query or as the only filter.
fn reading(wanted: &Wanted<'_>) -> Reading {
    let mut filters = wanted.filters.iter();
    match (wanted.query, filters.next(), filters.next()) {
        (Some(query), None, None) => read(query),
        (None, Some((name, value)), None) => of_property(name.trim(), value).unwrap_or(Reading::Words),
        _ => Reading::Words,
    }
}

fn of_property(name: &str, value: &Value) -> Option<Reading> {
    match name.to_lowercase().as_str() {
        "email" => value.as_str()?.parse().ok().map(Reading::Email),
        ID => Some(Reading::Number { id: Some(serde_json::from_value(value.clone()).ok()?), phone: None }),
        _ => None,
    }
}

fn read(query: &str) -> Reading {
    if let Ok(email) = query.parse() {
        return Reading::Email(email);
    }
    let (id, phone) = (query.parse().ok(), Phone::parse(query));
    if id.is_none() && phone.is_none() { Reading::Words } else { Reading::Number { id, phone } }
}

async fn by_number(ctx: &Ctx, wanted: &Wanted<'_>, id: Option<RecordId>, phone: Option<Phone>) -> Result<Hits, Error> {
    let of_id = async {
        match &id {
            Some(id) => contact::look(ctx, &ContactKey::Id(id.clone()), &wanted.properties).await,
            None => Ok(None),
        }
    };
    let of_phone = async {
        match &phone {
            Some(phone) => by_phone(ctx, phone, &wanted.properties).await,
            None => Ok(vec![]),
        }
    };
    let (of_id, of_phone) = futures::try_join!(of_id, of_phone)?;
    let known = of_id.as_ref().map(|found| found.record.id.clone());
    let others = of_phone.into_iter().filter(|record| Some(&record.id) != known.as_ref());
    let found = of_id.into_iter().chain(others.map(FoundContact::of)).collect();
    let searched = [id.map(|_| "id"), phone.map(|_| "phone number")];
    Ok(Hits::all(found, wanted, searched.into_iter().flatten().collect()))
}

/// The contacts with this number, in any notation.
pub async fn by_phone(ctx: &Ctx, phone: &Phone, properties: &[&str]) -> Result<Vec<Record>, Error> {
    let ending = format!("*{}", phone.last_digits());
    let group = |(_, digits): &(&str, &str)| vec![filter("CONTAINS_TOKEN", digits, &ending)];
    let written = PHONES.map(|(name, _)| name);
    let names = properties.iter().copied().chain(written).map(str::to_owned);
    let search = Search {
        any_of: PHONES.iter().map(group).collect(),
        properties: names.collect(),
        latest_by: Some(ID.to_owned()),
        limit: PHONE_MATCHES_MAX,
        ..Search::default()
    };
    let mut records = ctx.hubspot.records(Object::Contacts).search(&search).await?.records;
    records.retain(|record| written.iter().any(|name| record.get(name).is_some_and(|text| phone.is_same(text))));
    Ok(records)
}

fn filter(operator: &'static str, property: &str, value: &str) -> Filter {
    Filter { property: property.to_owned(), operator, values: vec![value.to_owned()] }
}

/// Newest first. Each page starts after the last id of the page before, so new contacts shift nothing.
async fn by_words(ctx: &Ctx, wanted: &Wanted<'_>) -> Result<Hits, Error> {
    let question = (wanted.query, Value::Object(wanted.filters.clone()).to_string());
    let after: Option<(String, u64)> = wanted.cursor.map(|text| cursor::read(&question, text)).transpose()?;
    let filter::Filters { mut all, numbers } = filter::read(ctx, wanted.filters).await?;
    let properties = wanted.properties.iter().copied().chain(numbers.iter().map(|(written, _)| *written));
    if let Some((id, _)) = &after {
        all.push(filter("LT", ID, id));
    }
    let search = Search {
        any_of: if all.is_empty() { vec![] } else { vec![all] },
        text: wanted.query.map(str::to_owned),
        latest_by: Some(ID.to_owned()),
        properties: properties.map(str::to_owned).collect(),
        limit: wanted.limit,
        after: None,
    };
    let mut page = ctx.hubspot.records(Object::Contacts).search(&search).await?;
    let last = page.records.last().filter(|_| page.after.is_some()).map(|record| record.id.to_string());
    let alike = page.records.len();
    page.records.retain(|record| {
        numbers.iter().all(|(written, phone)| record.get(written).is_some_and(|text| phone.is_same(text)))
    });
    // Contacts whose numbers only have the same last digits do not count; those of later pages are not known yet.
    let others = (alike - page.records.len()) as u64;
    let total = after.map_or(page.total.saturating_sub(others), |(_, total)| total);
    let words = wanted.query.map(|_| "words in name, e-mail address, phone number and company");
    Ok(Hits {
        total,
        next_cursor: last.map(|id| cursor::write(&question, (id, total))),
        found: page.records.into_iter().map(FoundContact::of).collect(),
        searched: words.into_iter().chain((!wanted.filters.is_empty()).then_some("properties")).collect(),
    })
}

impl Hits {
    fn all(mut found: Vec<FoundContact>, wanted: &Wanted<'_>, searched: Vec<&'static str>) -> Hits {
        let total = found.len() as u64;
        found.truncate(wanted.limit as usize);
        Hits { total, found, next_cursor: None, searched }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_an_address_a_number_or_words() {
        assert!(matches!(read("Sarah@gmail.com"), Reading::Email(_)));
        assert!(matches!(read("84246479604"), Reading::Number { id: Some(_), phone: Some(_) }));
        assert!(matches!(read("+1 (702) 555-0143"), Reading::Number { id: None, phone: Some(_) }));
        assert!(matches!(read("501"), Reading::Number { id: Some(_), phone: None }));
        for words in ["Sarah Mark", "@gmail.com", "gmail.com", "4 Seasons"] {
            assert_eq!(read(words), Reading::Words, "{words}");
        }
    }
}
