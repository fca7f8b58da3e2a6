//! What all kinds of records have in common: reading by id, changing, searching.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::HubSpot;
use crate::api::read_by_id::Wanted;
use crate::error::{Error, Write};
use crate::object::Object;
use crate::record::Record;
use crate::tier::Bucket;
use crate::transport::request::{ApiRequest, encoded};
use crate::transport::waiters::Waiters;
use crate::versions::Api;
use domain::id::RecordId;

/// HubSpot's largest page of search results.
pub const SEARCH_PAGE_MAX: u32 = 200;

#[derive(Debug)]
pub struct Records<'a> {
    pub(crate) hub: &'a HubSpot,
    pub(crate) object: Object,
}

/// A search. HubSpot's index lags behind by seconds: never look here for what was just written.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Groups of filters: any group, all filters of it. At most 5 groups of 6 filters.
    pub any_of: Vec<Vec<Filter>>,
    /// Words to be found in the object's default text properties.
    pub text: Option<String>,
    /// The property to sort by, largest first.
    pub latest_by: Option<String>,
    pub properties: Vec<String>,
    /// At most [`SEARCH_PAGE_MAX`].
    pub limit: u32,
    pub after: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Filter {
    pub property: String,
    /// HubSpot's operator, such as `EQ` or `CONTAINS_TOKEN`.
    pub operator: &'static str,
    pub values: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPage {
    pub total: u64,
    pub records: Vec<Record>,
    pub after: Option<String>,
}

impl Records<'_> {
    pub async fn by_id(&self, id: &RecordId, properties: &[&str]) -> Result<Option<Record>, Error> {
        let properties = properties.iter().map(|&name| name.to_owned()).collect();
        self.hub.engine.by_id(self.object).ask(self.hub, Wanted { id: id.clone(), properties }).await
    }

    /// A record that was archived; `None` for one that is live or was never there.
    pub async fn archived(&self, id: &RecordId, properties: &[&str]) -> Result<Option<Record>, Error> {
        let path = format!("{}/{}/{}", self.hub.root(Api::Objects), self.object.name(), encoded(id.as_str()));
        let ask = ApiRequest::get(self.object.name(), path)
            .with("properties", &properties.join(","))
            .with("archived", "true");
        match self.hub.transport().send(Bucket::General, &ask, &self.hub.waiters()).await {
            Ok(answer) => Record::read(&answer).map(Some).map_err(|fault| fault.error),
            Err(fault) if fault.error == Error::NotFound => Ok(None),
            Err(fault) => Err(fault.error),
        }
    }

    /// Changes properties; an empty text clears one. Repeating is harmless, so lost answers are simply asked for again.
    pub async fn update(&self, id: &RecordId, properties: &BTreeMap<String, String>) -> Result<Record, Error> {
        let path = format!("{}/{}/{}", self.hub.root(Api::Objects), self.object.name(), encoded(id.as_str()));
        let ask = ApiRequest::update(self.object.name(), path, &json!({ "properties": properties }));
        let carry = |view: HubSpot, caller| async move {
            let answer = view.transport().send(Bucket::General, &ask, &Waiters::alone(caller)).await;
            answer.and_then(|answer| Record::read(&answer)).map_err(|fault| fault.error)
        };
        self.hub.run_to_completion(self.object.name(), Write::Record, carry).await
    }

    /// Asks HubSpot's index. Who searches for the same at the same time shares the answer: searches are the rarest quota.
    pub async fn search(&self, search: &Search) -> Result<SearchPage, Error> {
        let path = format!("{}/{}/search", self.hub.root(Api::Objects), self.object.name());
        let ask = ApiRequest::query(self.object.name(), path, &body(search));
        let answer = self.hub.engine.same_reads.get(self.hub, Bucket::Search, ask).await?;
        let records = Record::read_all(&answer).map_err(|fault| fault.error)?;
        Ok(SearchPage {
            total: answer["total"].as_u64().unwrap_or(records.len() as u64),
            records,
            after: answer["paging"]["next"]["after"].as_str().map(str::to_owned),
        })
    }
}

fn body(search: &Search) -> Value {
    let groups = search.any_of.iter().map(|all| json!({ "filters": all.iter().map(filter).collect::<Vec<_>>() }));
    let mut body = json!({
        "filterGroups": groups.collect::<Vec<_>>(),
        "properties": search.properties,
        "limit": search.limit.clamp(1, SEARCH_PAGE_MAX),
    });
    if let Some(text) = &search.text {
        body["query"] = text.as_str().into();
    }
    if let Some(property) = &search.latest_by {
        body["sorts"] = json!([{ "propertyName": property, "direction": "DESCENDING" }]);
    }
    if let Some(after) = &search.after {
        body["after"] = after.as_str().into();
    }
    body
}

fn filter(filter: &Filter) -> Value {
    let mut value = json!({ "propertyName": filter.property, "operator": filter.operator });
    match (filter.operator, &filter.values[..]) {
        ("IN" | "NOT_IN", values) => value["values"] = json!(values),
        ("BETWEEN", [low, high]) => {
            value["value"] = low.as_str().into();
            value["highValue"] = high.as_str().into();
        }
        (_, [one, ..]) => value["value"] = one.as_str().into(),
        (_, []) => {}
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{Fake, Trouble};
    use futures::future::join_all;
    use tokio::time::Instant;

    #[test]
    fn a_search_is_written_as_hubspot_reads_it() {
        let equal = |property: &str, value: &str| Filter {
            property: property.into(),
            operator: "EQ",
            values: vec![value.into()],
        };
        let open = Filter { property: "stage".into(), operator: "IN", values: vec!["1".into(), "2".into()] };
        let search = Search {
            any_of: vec![vec![equal("a", "1"), open], vec![equal("b", "2")]],
            latest_by: Some("createdate".into()),
            limit: 999,
            ..Search::default()
        };
        let want = json!({
            "filterGroups": [
                {"filters": [{"propertyName": "a", "operator": "EQ", "value": "1"},
                             {"propertyName": "stage", "operator": "IN", "values": ["1", "2"]}]},
                {"filters": [{"propertyName": "b", "operator": "EQ", "value": "2"}]},
            ],
            "properties": [], "limit": 200,
            "sorts": [{"propertyName": "createdate", "direction": "DESCENDING"}],
        });
        assert_eq!(body(&search), want);
    }

    #[tokio::test(start_paused = true)]
    async fn searches_have_a_limit_of_their_own_and_wait_for_it() {
        let (fake, hub) = Fake::new();
        let secondly = json!({"message": "You have reached your secondly limit.", "category": "RATE_LIMITS"});
        fake.trouble("search", Trouble::Answer(429, secondly));
        let start = Instant::now();
        let searches = (1..=12).map(|limit| Search { limit, ..Search::default() }).collect::<Vec<_>>();
        let records = hub.records(Object::Tickets);
        let found = join_all(searches.iter().map(|search| records.search(search))).await;
        assert!(found.iter().all(Result::is_ok), "{found:?}");
        assert!((2..5).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
        assert_eq!(fake.log().len(), 13);
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_search_is_made_once() {
        let (fake, hub) = Fake::new();
        let search = Search { text: Some("Ada".into()), ..Search::default() };
        let records = hub.records(Object::Contacts);
        let found = join_all((0..10).map(|_| records.search(&search))).await;
        assert!(found.iter().all(Result::is_ok), "{found:?}");
        assert_eq!(fake.log().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_is_repeated_until_its_answer_comes() {
        let (fake, hub) = Fake::new();
        fake.trouble("contacts/7", Trouble::DoneThenBroken);
        let properties = BTreeMap::from([("firstname".to_owned(), "Ada".to_owned())]);
        let changed = hub.records(Object::Contacts).update(&RecordId::from(7), &properties).await;
        assert_eq!((changed.map(|record| record.id), fake.log().len()), (Ok(RecordId::from(7)), 2));
    }
}
