//! Search of contacts by address, id, phone number in any notation, words or properties.
//!
//! HubSpot's search index is seconds behind, so an address or an id is read and not searched.

use futures::future::try_join_all;
use serde_json::{Map, Value};

use super::contact::{self, FoundContact};
use super::error::Error;
use super::filter;
use super::query::{self, Query};
use super::{by_phone, contact_page, cursor};
use crate::tool::Ctx;
use domain::contact_key::ContactKey;
use domain::id::RecordId;
use domain::phone::Phone;
use domain::text;
use hubspot_client::{Filter, Object, Record, SEARCH_PAGE_MAX, Search};

const ID: &str = "hs_object_id";
/// The most values of one filter with a list (HubSpot, search API).
const LIST_MAX: usize = 100;
/// Properties that the words of a query are compared with.
const NAMED: [&str; 4] = ["firstname", "lastname", "email", "company"];
const WORDS: &str = "words in name, e-mail address, phone number and company";
const WORDS_OF_NAME: &str =
    "words in name, e-mail address, phone number and company, without those of the request around them";

/// Query, filters and page of a search for contacts.
#[derive(Debug)]
pub struct SearchRequest<'a> {
    /// An address, an id, a phone number, words, or several of these.
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

/// The query in its parts, and the filters that are left to apply.
type ParsedQuery<'a> = (Query, Option<&'a Map<String, Value>>);

/// Runs the search.
pub async fn run(ctx: &Ctx, wanted: &SearchRequest<'_>) -> Result<Hits, Error> {
    let (query, filters) = asked(wanted)?;
    match query.has_key() {
        false => by_words(ctx, wanted).await,
        true if wanted.cursor.is_some() => {
            Err(Error::argument("cursor", "what an address, id or phone number finds is one page"))
        }
        true => by_key(ctx, wanted, &query, filters).await,
    }
}

/// Reads the query, or the address or id that is the only filter.
fn asked<'a>(wanted: &SearchRequest<'a>) -> Result<ParsedQuery<'a>, Error> {
    let left = Some(wanted.filters).filter(|filters| !filters.is_empty());
    let mut filters = wanted.filters.iter();
    match (wanted.query, filters.next(), filters.next()) {
        (Some(query), ..) => Ok((Query::read(query).map_err(|problem| Error::argument("query", problem))?, left)),
        (None, Some((name, value)), None) => {
            let read = of_property(name.trim(), value);
            Ok(read.map_or((Query::default(), left), |query| (query, None)))
        }
        _ => Ok((Query::default(), left)),
    }
}

fn of_property(name: &str, value: &Value) -> Option<Query> {
    match name.to_lowercase().as_str() {
        "email" => Some(Query { email: Some(value.as_str()?.parse().ok()?), ..Query::default() }),
        ID => Some(Query { id: Some(serde_json::from_value(value.clone()).ok()?), ..Query::default() }),
        _ => None,
    }
}

/// Whoever has the address, the id or the number, and fits the filters. The other words tell several of them apart.
async fn by_key(
    ctx: &Ctx,
    wanted: &SearchRequest<'_>,
    query: &Query,
    filters: Option<&Map<String, Value>>,
) -> Result<Hits, Error> {
    let keys = [query.email.clone().map(ContactKey::Email), query.id.clone().map(ContactKey::Id)];
    let of_keys = try_join_all(keys.iter().flatten().map(|key| contact::look(ctx, key, &wanted.properties)));
    let of_phone = async {
        match &query.phone {
            Some(phone) => by_phone::all(ctx, phone, &wanted.properties).await,
            None => Ok(by_phone::PhoneMatches { records: vec![], more_below: None }),
        }
    };
    let (of_keys, of_phone) = futures::try_join!(of_keys, of_phone)?;
    let number = query.phone.as_ref().map(|phone| searched_number(phone, &of_phone.records));
    let is_of_both = |one: &FoundContact| of_phone.records.iter().any(|record| record.id == one.record.id);
    let named: Vec<&FoundContact> = of_keys.iter().flatten().collect();
    // Digits can be an id or a number, so only an address has to go with the number.
    let is_apart = query.email.is_some() && query.phone.is_some() && !named.iter().any(|one| is_of_both(one));
    let apart = is_apart.then_some("not both together: nobody found has this phone number and this e-mail address");
    let more = of_phone.more_below.is_some();
    let mut found: Vec<FoundContact> = vec![];
    for one in of_keys.into_iter().flatten().chain(of_phone.records.into_iter().map(FoundContact::of)) {
        if !found.iter().any(|other| other.record.id == one.record.id) {
            found.push(one);
        }
    }
    if let Some(filters) = filters {
        found = within(ctx, found, filters).await?;
    }
    let (found, remark) = told_apart(found, &query.words);
    let address = query.email.as_ref().map(|_| "e-mail address");
    let searched = [address, query.id.as_ref().map(|_| "id"), number, apart, filters.map(|_| "properties"), remark];
    let hits = Hits::all(found, wanted, searched.into_iter().flatten().collect());
    Ok(Hits { total_is_lower_bound: more, ..hits })
}

/// Those who fit the filters.
async fn within(ctx: &Ctx, found: Vec<FoundContact>, filters: &Map<String, Value>) -> Result<Vec<FoundContact>, Error> {
    let filter::Filters { all, numbers } = filter::read(ctx, filters).await?;
    let mut fitting = vec![];
    for some in found.chunks(LIST_MAX) {
        let ids = some.iter().map(|one| one.record.id.to_string()).collect();
        let among = Filter { property: ID.to_owned(), operator: "IN", values: ids };
        let search = Search {
            any_of: vec![[vec![among], all.clone()].concat()],
            properties: numbers.iter().map(|(written, _)| (*written).to_owned()).collect(),
            limit: SEARCH_PAGE_MAX,
            ..Search::default()
        };
        let page = ctx.hubspot.records(Object::Contacts).search(&search).await?;
        let fits = |record: &&Record| numbers.iter().all(|(written, phone)| by_phone::has(record, written, phone));
        let ids: Vec<_> = page.records.iter().filter(fits).map(|record| &record.id).collect();
        fitting.extend(some.iter().filter(|one| ids.contains(&&one.record.id)).cloned());
    }
    Ok(fitting)
}

/// Of several contacts those whose name, address or company has the most of the words; and a remark if none has any.
fn told_apart(mut found: Vec<FoundContact>, words: &[String]) -> (Vec<FoundContact>, Option<&'static str>) {
    let folded = |text: &str| text::unaccented(&query::with_plain_marks(text).to_lowercase());
    let words: Vec<_> = words.iter().map(|word| folded(word)).collect();
    let fitting = |one: &FoundContact| {
        let named: Vec<_> = NAMED.iter().filter_map(|name| one.record.get(name)).map(folded).collect();
        words.iter().filter(|word| named.iter().any(|named| named.contains(*word))).count()
    };
    match found.iter().map(fitting).max() {
        _ if words.is_empty() => (found, None),
        None => (found, Some("not the other words: search for them alone")),
        Some(0) => (found, Some("not the other words, which are in no name, e-mail address or company found")),
        Some(most) => {
            found.retain(|one| fitting(one) == most);
            (found, Some("the other words in name, e-mail address and company"))
        }
    }
}

/// Says so if a number is only the end of those that were found.
fn searched_number(phone: &Phone, found: &[Record]) -> &'static str {
    match found.iter().all(|record| by_phone::is_same(record, phone)) {
        true => "phone number",
        false => "phone number, in part: some only end alike",
    }
}

/// The position of a cursor: the last id of the page before, and the total, which may be a lower bound.
type SearchPosition = (RecordId, u64, bool);

/// Newest first. If nobody fits all words, those of the request around a name are left out.
async fn by_words(ctx: &Ctx, wanted: &SearchRequest<'_>) -> Result<Hits, Error> {
    let filters = filter::read(ctx, wanted.filters).await?;
    let texts = wanted.query.map_or_else(|| vec![None], |query| query::texts(query).into_iter().map(Some).collect());
    let words_in = |text: &Option<String>| text.as_ref().map(|text| text.split(' ').count());
    let all_words = texts.first().and_then(words_in);
    let mut read = Err(Error::argument("query", "it has no word"));
    for text in texts {
        let words = text.as_ref().map(|_| if words_in(&text) == all_words { WORDS } else { WORDS_OF_NAME });
        read = page_of_words(ctx, wanted, &filters, text).await.map(|hits| hits.and_searched(words));
        // The cursor belongs to one of the texts.
        if read.as_ref().map_or(wanted.cursor.is_none(), |hits| hits.total > 0) {
            break;
        }
    }
    read
}

/// Each page starts after the last id of the page before, so new contacts shift nothing.
async fn page_of_words(
    ctx: &Ctx,
    wanted: &SearchRequest<'_>,
    filters: &filter::Filters,
    text: Option<String>,
) -> Result<Hits, Error> {
    let question = (text.clone(), Value::Object(wanted.filters.clone()).to_string());
    let after: Option<SearchPosition> = wanted.cursor.map(|text| cursor::read(&question, text)).transpose()?;
    let filter::Filters { all, numbers } = filters;
    let properties = wanted.properties.iter().copied().chain(numbers.iter().map(|(written, _)| *written));
    let search = Search {
        any_of: if all.is_empty() { vec![] } else { vec![all.clone()] },
        text,
        latest_by: Some(ID.to_owned()),
        properties: properties.map(str::to_owned).collect(),
        limit: wanted.limit,
        after: None,
    };
    let below = after.as_ref().map(|(id, ..)| id);
    let mut page = match numbers.is_empty() {
        true => contact_page::read(ctx, search, below).await?,
        false => contact_page::compared(ctx, search, below, numbers).await?,
    };
    // Further pages repeat the first one's total.
    if let Some((_, total, is_lower_bound)) = after {
        (page.total, page.total_is_lower_bound) = (total, is_lower_bound);
    }
    let at = page.next_below.map(|id| (id, page.total, page.total_is_lower_bound));
    Ok(Hits {
        total: page.total,
        total_is_lower_bound: page.total_is_lower_bound,
        next_cursor: at.map(|at| cursor::write(&question, at)),
        found: page.records.into_iter().map(FoundContact::of).collect(),
        searched: (!wanted.filters.is_empty()).then_some("properties").into_iter().collect(),
    })
}

impl Hits {
    fn and_searched(mut self, words: Option<&'static str>) -> Hits {
        self.searched = words.into_iter().chain(self.searched).collect();
        self
    }

    fn all(mut found: Vec<FoundContact>, wanted: &SearchRequest<'_>, searched: Vec<&'static str>) -> Hits {
        let total = found.len() as u64;
        found.truncate(wanted.limit as usize);
        Hits { total, total_is_lower_bound: false, found, next_cursor: None, searched }
    }
}
