//! Search of contacts by address, id, phone number in any notation, words or properties.
//!
//! HubSpot's search index is seconds behind, so an address or an id is read and not searched.

use serde_json::{Map, Value};

use super::contact::{self, FoundContact};
use super::error::Error;
use super::filter;
use super::{by_phone, contact_page, cursor};
use crate::tool::Ctx;
use domain::contact_key::ContactKey;
use domain::email::Email;
use domain::email_in_text;
use domain::id::RecordId;
use domain::invisible;
use domain::phone::{InvalidPhone, Phone};
use domain::text_cleaning;
use hubspot_client::{Record, Search};

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
    /// There may be more results than `total`: not all candidates could be read.
    pub total_is_lower_bound: bool,
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
    let reading = reading(wanted)?;
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
fn reading(wanted: &Wanted<'_>) -> Result<Reading, Error> {
    let mut filters = wanted.filters.iter();
    match (wanted.query, filters.next(), filters.next()) {
        (Some(query), None, None) => read(query).map_err(|problem| Error::argument("query", problem)),
        (None, Some((name, value)), None) => Ok(of_property(name.trim(), value).unwrap_or(Reading::Words)),
        _ => Ok(Reading::Words),
    }
}

fn of_property(name: &str, value: &Value) -> Option<Reading> {
    match name.to_lowercase().as_str() {
        "email" => value.as_str()?.parse().ok().map(Reading::Email),
        ID => Some(Reading::Number { id: Some(serde_json::from_value(value.clone()).ok()?), phone: None }),
        _ => None,
    }
}

/// Reads a query; the error says why an address or a number that is meant cannot be read.
fn read(query: &str) -> Result<Reading, String> {
    if let Some(email) = email_in_text::read(query).map_err(|unclear| unclear.to_string())? {
        return Ok(Reading::Email(email));
    }
    let id = invisible::trim(query).parse().ok();
    match Phone::parse(query) {
        Ok(phone) => Ok(Reading::Number { id, phone: Some(phone) }),
        Err(_) if id.is_some() => Ok(Reading::Number { id, phone: None }),
        Err(InvalidPhone::OtherText) => Ok(Reading::Words),
        Err(unclear) => Err(unclear.to_string()),
    }
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
            Some(phone) => by_phone::all(ctx, phone, &wanted.properties).await,
            None => Ok(by_phone::Found { records: vec![], more_below: None }),
        }
    };
    let (of_id, of_phone) = futures::try_join!(of_id, of_phone)?;
    let known = of_id.as_ref().map(|found| found.record.id.clone());
    let others = of_phone.records.iter().filter(|record| Some(&record.id) != known.as_ref()).cloned();
    let found = of_id.into_iter().chain(others.map(FoundContact::of)).collect();
    let searched = [id.map(|_| "id"), phone.map(|phone| searched_number(&phone, &of_phone.records))];
    let hits = Hits::all(found, wanted, searched.into_iter().flatten().collect());
    Ok(Hits { total_is_lower_bound: of_phone.more_below.is_some(), ..hits })
}

/// Says so if a number is only the end of those that were found.
fn searched_number(phone: &Phone, found: &[Record]) -> &'static str {
    match found.iter().all(|record| by_phone::is_same(record, phone)) {
        true => "phone number",
        false => "phone number, in part: some only end alike",
    }
}

/// The position of a cursor: the last id of the page before, and the total, which may be a lower bound.
type Position = (RecordId, u64, bool);

/// Newest first. Each page starts after the last id of the page before, so new contacts shift nothing.
async fn by_words(ctx: &Ctx, wanted: &Wanted<'_>) -> Result<Hits, Error> {
    let question = (wanted.query, Value::Object(wanted.filters.clone()).to_string());
    let after: Option<Position> = wanted.cursor.map(|text| cursor::read(&question, text)).transpose()?;
    let filter::Filters { all, numbers } = filter::read(ctx, wanted.filters).await?;
    let properties = wanted.properties.iter().copied().chain(numbers.iter().map(|(written, _)| *written));
    let search = Search {
        any_of: if all.is_empty() { vec![] } else { vec![all] },
        // `Mark, Sarah`: a mark between words is in nobody's name.
        text: wanted.query.map(|query| text_cleaning::search_words(&query.replace([',', ';'], " "))),
        latest_by: Some(ID.to_owned()),
        properties: properties.map(str::to_owned).collect(),
        limit: wanted.limit,
        after: None,
    };
    let below = after.as_ref().map(|(id, ..)| id);
    let mut page = match numbers.is_empty() {
        true => contact_page::read(ctx, search, below).await?,
        false => contact_page::compared(ctx, search, below, &numbers).await?,
    };
    // Further pages repeat the first one's total.
    if let Some((_, total, is_lower_bound)) = after {
        (page.total, page.total_is_lower_bound) = (total, is_lower_bound);
    }
    let words = wanted.query.map(|_| "words in name, e-mail address, phone number and company");
    let at = page.next_below.map(|id| (id, page.total, page.total_is_lower_bound));
    Ok(Hits {
        total: page.total,
        total_is_lower_bound: page.total_is_lower_bound,
        next_cursor: at.map(|at| cursor::write(&question, at)),
        found: page.records.into_iter().map(FoundContact::of).collect(),
        searched: words.into_iter().chain((!wanted.filters.is_empty()).then_some("properties")).collect(),
    })
}

impl Hits {
    fn all(mut found: Vec<FoundContact>, wanted: &Wanted<'_>, searched: Vec<&'static str>) -> Hits {
        let total = found.len() as u64;
        found.truncate(wanted.limit as usize);
        Hits { total, total_is_lower_bound: false, found, next_cursor: None, searched }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_an_address_a_number_or_words() {
        let read = |query: &str| super::read(query).unwrap();
        assert!(matches!(read("Sarah@gmail.com"), Reading::Email(_)));
        assert!(matches!(read("Sarah Mark <sarah@gmail.com>"), Reading::Email(_)));
        assert!(matches!(read("84246479604"), Reading::Number { id: Some(_), phone: Some(_) }));
        assert!(matches!(read("84246479604\u{200b}"), Reading::Number { id: Some(_), phone: Some(_) }));
        assert!(matches!(read("+1 (702) 555-0143"), Reading::Number { id: None, phone: Some(_) }));
        assert!(matches!(read("501"), Reading::Number { id: Some(_), phone: None }));
        for words in ["Sarah Mark", "@gmail.com", "gmail.com", "4 Seasons", "Sarah @\u{200b} work", "1-800-FLOWERS"] {
            assert_eq!(read(words), Reading::Words, "{words}");
        }
    }

    #[test]
    fn what_is_meant_as_an_address_or_a_number_and_cannot_be_read_is_no_words() {
        for (query, part) in [
            ("sa\u{200b}rah@gmail.com", "U+200B ZERO WIDTH SPACE"),
            ("sarah@@gmail.com", "not an e-mail address"),
            ("+1 702 CALL NOW", "`C` cannot be read"),
            ("702 555 0143 or 702 555 0144", "more than one phone number"),
            ("+45 12", "fewer than 5 digits"),
            ("tel:unknown", "`u` cannot be read"),
        ] {
            let problem = read(query).unwrap_err();
            assert!(problem.contains(part), "{query}: {problem}");
        }
    }
}
