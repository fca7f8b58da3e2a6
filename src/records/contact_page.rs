//! One page of a search of contacts, newest first. Each page starts below the last id of the page before.

use super::by_phone;
use super::error::Error;
use crate::tool::Ctx;
use domain::id::RecordId;
use domain::phone::Phone;
use hubspot_client::{Object, Record, Search};

const ID: &str = "hs_object_id";

/// One page of found contacts, and the cursor of the next.
#[derive(Debug)]
pub struct ContactPage {
    /// Contacts of this page, in HubSpot's order.
    pub records: Vec<Record>,
    /// The number of results on this page and those that follow.
    pub total: u64,
    /// There may be more results than `total`.
    pub total_is_lower_bound: bool,
    /// The contact below which the next page starts, if there is one.
    pub next_below: Option<RecordId>,
}

/// The page as HubSpot has it, below the contact `below`.
pub async fn read(ctx: &Ctx, mut search: Search, below: Option<&RecordId>) -> Result<ContactPage, Error> {
    if let Some(id) = below {
        let older = by_phone::filter("LT", ID, id.as_str());
        match search.any_of.first_mut() {
            Some(all) => all.push(older),
            None => search.any_of.push(vec![older]),
        }
    }
    let page = ctx.hubspot.records(Object::Contacts).search(&search).await?;
    let last = page.records.last().filter(|_| page.after.is_some()).map(|record| record.id.clone());
    Ok(ContactPage { records: page.records, total: page.total, total_is_lower_bound: false, next_below: last })
}

/// The page of those contacts whose numbers, by property, are these in full. The first page is counted to the end.
pub async fn compared(
    ctx: &Ctx,
    search: Search,
    below: Option<&RecordId>,
    numbers: &[(&'static str, Phone)],
) -> Result<ContactPage, Error> {
    let fits = |record: &Record| numbers.iter().all(|(written, phone)| by_phone::has(record, written, phone));
    let limit = search.limit as usize;
    let enough = if below.is_some() { limit + 1 } else { usize::MAX };
    let by_phone::PhoneMatches { mut records, more_below } =
        by_phone::read(ctx, search, below.cloned(), enough, fits).await?;
    let total = records.len() as u64;
    let has_more = records.len() > limit;
    records.truncate(limit);
    let last = records.last().filter(|_| has_more).map(|record| record.id.clone());
    Ok(ContactPage { records, total, total_is_lower_bound: more_below.is_some(), next_below: last.or(more_below) })
}
