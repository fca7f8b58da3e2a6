//! Search of contacts by phone number. HubSpot finds the last digits alone, so every contact that it finds is compared
//! in full, and reading goes on until the page is full or HubSpot has no more.

use super::error::Error;
use super::filter::PHONES;
use crate::tool::Ctx;
use domain::id::RecordId;
use domain::phone::{self, Phone};
use hubspot_client::{Filter, Object, Record, SEARCH_PAGE_MAX, Search};

/// The most pages of HubSpot's that one search reads: 2,000 contacts whose numbers have the same last seven digits.
const PAGES_MAX: usize = 10;
const ID: &str = "hs_object_id";

/// The contacts that fit, newest first.
#[derive(Debug)]
pub struct PhoneMatches {
    /// The contacts, without those whose numbers only have the same last digits.
    pub records: Vec<Record>,
    /// The contact below which reading goes on, if HubSpot may have more.
    pub more_below: Option<RecordId>,
}

/// The contacts with this number in any notation, as phone or mobile phone.
pub async fn all(ctx: &Ctx, phone: &Phone, properties: &[&str]) -> Result<PhoneMatches, Error> {
    let ending = format!("*{}", phone.last_digits());
    let group = |(_, digits): &(&str, &str)| vec![filter("CONTAINS_TOKEN", digits, &ending)];
    let written = PHONES.map(|(name, _)| name);
    let names = properties.iter().copied().chain(written).map(str::to_owned);
    let any_of = PHONES.iter().map(group).collect();
    let search = Search { any_of, properties: names.collect(), ..Search::default() };
    let fits = |record: &Record| written.iter().any(|name| has(record, name, phone));
    read(ctx, search, None, usize::MAX, fits).await
}

/// The warning about a number, among the values of a contact, that people in every area may have.
pub fn warning<'a>(value_of: impl Fn(&str) -> Option<&'a str>) -> Option<&'static str> {
    let lacks = PHONES.iter().filter_map(|(written, _)| value_of(written)).any(phone::lacks_area_code);
    lacks.then_some(
        "the phone number has no country or area code: ask for it, or the customer is neither reached nor known by it",
    )
}

/// True if the contact's number in this property may be this one.
pub fn has(record: &Record, written: &str, phone: &Phone) -> bool {
    record.get(written).is_some_and(|text| phone.may_be(text))
}

/// True if one of the contact's numbers is this one, and does not only end alike.
pub fn is_same(record: &Record, phone: &Phone) -> bool {
    PHONES.iter().any(|(written, _)| record.get(written).is_some_and(|text| phone.is_same(text)))
}

/// Reads what fits of a search, newest first, below the contact `below`, until there are `enough`.
pub async fn read(
    ctx: &Ctx,
    search: Search,
    mut below: Option<RecordId>,
    enough: usize,
    fits: impl Fn(&Record) -> bool,
) -> Result<PhoneMatches, Error> {
    let mut records = vec![];
    for _ in 0..PAGES_MAX {
        let page = ctx.hubspot.records(Object::Contacts).search(&page_of(&search, below.as_ref())).await?;
        let last = page.records.last().map(|record| record.id.clone());
        records.extend(page.records.into_iter().filter(&fits));
        // A page without records would be asked for again and again.
        below = last.filter(|_| page.after.is_some());
        if below.is_none() || records.len() >= enough {
            break;
        }
    }
    Ok(PhoneMatches { records, more_below: below })
}

/// The page below an id: new contacts shift nothing.
fn page_of(search: &Search, below: Option<&RecordId>) -> Search {
    let mut page = search.clone();
    (page.latest_by, page.limit) = (Some(ID.to_owned()), SEARCH_PAGE_MAX);
    for group in &mut page.any_of {
        group.extend(below.map(|id| filter("LT", ID, id.as_str())));
    }
    page
}

/// A filter with one value.
pub fn filter(operator: &'static str, property: &str, value: &str) -> Filter {
    Filter { property: property.to_owned(), operator, values: vec![value.to_owned()] }
}
