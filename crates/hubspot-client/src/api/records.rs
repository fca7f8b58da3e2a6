//! Operations that all types of CRM records have: reads by id, changes and searches.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::read_by_id::{ReadById, WantedRecord};
use crate::batching::batcher::Batcher;
use crate::batching::single_flight::SingleFlight;
use crate::error::Error;
use crate::object::Object;
use crate::record::Record;
use crate::tier::Bucket;
use crate::transport::call_scope::CallScope;
use crate::transport::request::{ApiRequest, encoded};
use crate::versions::Api;
use crate::writes::batch_match;
use crate::writes::change::{self, Looked};
use crate::writes::detached_write::{Begun, run_to_completion};
use crate::writes::dry_run;
use crate::writes::kind::WriteKind;
use crate::writes::written::{Action, Success, WriteFacts, WrittenRecord};
use domain::id::RecordId;

/// The largest page of search results (HubSpot, CRM search API).
pub const SEARCH_PAGE_MAX: u32 = 200;

/// The records of one object type.
#[derive(Debug)]
pub struct Records<'a> {
    pub(crate) state: &'a RecordsState,
    pub(crate) scope: &'a CallScope,
    pub(crate) object: Object,
}

/// A search. HubSpot's index lags behind by seconds, so a search does not surely find what was just written.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Groups of filters. A record matches if it fits all filters of any group. At most 5 groups of 6 filters each
    /// (HubSpot, CRM search API).
    pub any_of: Vec<Vec<Filter>>,
    /// Words to find in the default text properties of the object type.
    pub text: Option<String>,
    /// The property by which the results are sorted, largest value first.
    pub latest_by: Option<String>,
    /// The properties to read, by internal name.
    pub properties: Vec<String>,
    /// The size of the page, at most [`SEARCH_PAGE_MAX`].
    pub limit: u32,
    /// The cursor of the page; `None` for the first one.
    pub after: Option<String>,
}

/// One condition of a search.
#[derive(Clone, Debug)]
pub struct Filter {
    /// HubSpot's internal name of the property.
    pub property: String,
    /// HubSpot's operator, such as `EQ` or `CONTAINS_TOKEN`.
    pub operator: &'static str,
    /// One value; several for `IN` and `NOT_IN`; the lowest and the highest for `BETWEEN`.
    pub values: Vec<String>,
}

/// A page of search results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPage {
    /// The number of matches on all pages.
    pub total: u64,
    /// The records of this page.
    pub records: Vec<Record>,
    /// The cursor of the next page, if there is one.
    pub after: Option<String>,
}

/// The batchers of reads by id and the searches in progress.
pub(crate) struct RecordsState {
    by_id: [Arc<Batcher<ReadById>>; Object::ALL.len()],
    searches: SingleFlight,
}

impl RecordsState {
    pub(crate) fn new() -> RecordsState {
        RecordsState {
            by_id: Object::ALL.map(|object| Batcher::new(ReadById(object))),
            searches: SingleFlight::default(),
        }
    }

    pub(crate) async fn by_id(
        &self,
        scope: &CallScope,
        object: Object,
        id: &RecordId,
        properties: &[&str],
    ) -> Result<Option<Record>, Error> {
        if dry_run::is_pretended(scope, id) {
            return Ok(Some(Record::known(id.clone())));
        }
        let properties = properties.iter().map(|&name| name.to_owned()).collect();
        Ok(self.by_id[object as usize].submit(scope, WantedRecord { id: id.clone(), properties }).await?)
    }
}

opaque_debug!(RecordsState);

/// A value that a property had (HubSpot, objects: `propertiesWithHistory`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyVersion {
    /// The value.
    pub value: String,
    /// HubSpot's name of what set it, such as `CRM_UI` or `INTEGRATION`.
    pub source: Option<String>,
}

impl PropertyVersion {
    fn read(version: &Value) -> Option<PropertyVersion> {
        let text = |field: &str| version[field].as_str().map(str::to_owned);
        Some(PropertyVersion { value: text("value")?, source: text("sourceType") })
    }
}

impl Records<'_> {
    /// Reads a record and the named properties; `None` if it does not exist or is archived. Concurrent reads share a batch.
    pub async fn by_id(&self, id: &RecordId, properties: &[&str]) -> Result<Option<Record>, Error> {
        self.state.by_id(self.scope, self.object, id, properties).await
    }

    /// Reads an archived record; `None` if it is live or never existed.
    pub async fn archived(&self, id: &RecordId, properties: &[&str]) -> Result<Option<Record>, Error> {
        let request = ApiRequest::get(self.object.name(), self.path(id))
            .with("properties", &properties.join(","))
            .with("archived", "true");
        match self.scope.send(Bucket::General, &request).await {
            Ok(answer) => Ok(Some(Record::read(&answer)?)),
            Err(error) if error.error == Error::NotFound => Ok(None),
            Err(error) => Err(error.error),
        }
    }

    /// Reads the versions that a property had, the present one first; HubSpot keeps the last 20 or so.
    pub async fn history(&self, id: &RecordId, property: &str) -> Result<Vec<PropertyVersion>, Error> {
        let request = ApiRequest::get(self.object.name(), self.path(id)).with("propertiesWithHistory", property);
        let answer = self.scope.send(Bucket::General, &request).await?;
        let versions = answer["propertiesWithHistory"][property].as_array().into_iter().flatten();
        Ok(versions.filter_map(PropertyVersion::read).collect())
    }

    /// Changes properties; an empty text clears one. The change is harmless to repeat, so it is sent again if its answer is
    /// lost. Fails with [`Error::OutcomeUnknown`] if no answer came until the deadline, or if it was refused after a lost
    /// answer and the record does not show it.
    pub async fn update(&self, id: &RecordId, properties: &BTreeMap<String, String>) -> Result<Record, Error> {
        let request = ApiRequest::update(self.object.name(), self.path(id), &json!({ "properties": properties }));
        let unchanged = || Record::known(id.clone());
        if let Some(record) = dry_run::in_place_of(self.scope, || request.clone(), unchanged) {
            return Ok(record);
        }
        let (family, names): (_, Vec<_>) = (self.object.name(), properties.keys().cloned().collect());
        let (look, wanted) =
            (ApiRequest::get(family, self.path(id)).with("properties", &names.join(",")), json!(properties));
        let start = |scope: CallScope| async move {
            let look = looked_at(&scope, &look, &wanted);
            let sent = scope.send(Bucket::General, &request).await.and_then(|answer| Record::read(&answer));
            change::end(WriteKind::Record, sent, look).await
        };
        let records = vec![WrittenRecord::new(family, id)];
        let facts = WriteFacts { records, ..WriteFacts::begun(Action::Update, family, names) };
        let success = |object: &'static str, record: &Record| Success {
            records: vec![WrittenRecord::new(object, &record.id)],
            recovered: false,
        };
        run_to_completion(self.scope, Begun { family, write: WriteKind::Record, facts, success }, start).await
    }

    /// Searches HubSpot's index. Equal searches at the same time share one request, as searches have the smallest quota.
    pub async fn search(&self, search: &Search) -> Result<SearchPage, Error> {
        let path = format!("{}/{}/search", self.scope.root(Api::Objects), self.object.name());
        let request = ApiRequest::query(self.object.name(), path, &body(search));
        let answer = self.state.searches.send(self.scope, Bucket::Search, request).await?;
        let records = Record::read_all(&answer)?;
        Ok(SearchPage {
            total: answer["total"].as_u64().unwrap_or(records.len() as u64),
            records,
            after: answer["paging"]["next"]["after"].as_str().map(str::to_owned),
        })
    }

    fn path(&self, id: &RecordId) -> String {
        format!("{}/{}/{}", self.scope.root(Api::Objects), self.object.name(), encoded(id.as_str()))
    }
}

/// Reads whether a record has the values that were sent.
async fn looked_at(scope: &CallScope, request: &ApiRequest, wanted: &Value) -> Looked<Record> {
    let read = match scope.send(Bucket::General, request).await {
        Ok(answer) => Record::read(&answer).map(Some),
        Err(error) if error.error == Error::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    let names: Vec<_> = wanted.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    Looked::of(read.map_err(Error::from), |record| batch_match::is_same(wanted, record, &names))
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
    use crate::fake::{Fake, FakeFault};
    use futures::future::join_all;
    use tokio::time::Instant;

    #[test]
    fn a_search_has_the_form_of_hubspots_api() {
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
        fake.trouble("search", FakeFault::Answer(429, secondly));
        let start = Instant::now();
        let searches = (1..=12).map(|limit| Search { limit, ..Search::default() }).collect::<Vec<_>>();
        let records = hub.records(Object::Tickets);
        let found = join_all(searches.iter().map(|search| records.search(search))).await;
        assert!(found.iter().all(Result::is_ok), "{found:?}");
        assert!((2..5).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
        assert_eq!(fake.log().len(), 13);
    }

    #[tokio::test(start_paused = true)]
    async fn equal_searches_are_sent_once() {
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
        fake.trouble("contacts/7", FakeFault::DoneThenBroken);
        let properties = BTreeMap::from([("firstname".to_owned(), "Ada".to_owned())]);
        let changed = hub.records(Object::Contacts).update(&RecordId::from(7), &properties).await;
        assert_eq!((changed.map(|record| record.id), fake.log().len()), (Ok(RecordId::from(7)), 2));
    }
    #[tokio::test(start_paused = true)]
    async fn a_refusal_after_a_lost_answer_is_looked_up() {
        let no = || FakeFault::Answer(400, json!({"category": "VALIDATION_ERROR", "message": "no"}));
        for (first, name, expected) in [
            (Some(FakeFault::DoneThenBroken), "C7", "done"),
            (Some(FakeFault::DoneThenBroken), "Ada", "unknown"),
            (Some(FakeFault::DoneThenAnswer(500)), "Ada", "unknown"),
            (None, "C7", "refused"),
            (Some(FakeFault::NotConnected), "C7", "refused"),
            (Some(FakeFault::Answer(423, json!({}))), "C7", "refused"),
        ] {
            let (fake, hub) = Fake::new();
            let shown = format!("{first:?} {name}");
            first.into_iter().for_each(|first| fake.trouble("PATCH", first));
            fake.trouble("PATCH", no());
            let properties = BTreeMap::from([("firstname".to_owned(), name.to_owned())]);
            let changed = match hub.records(Object::Contacts).update(&RecordId::from(7), &properties).await {
                Ok(_) => "done",
                Err(Error::OutcomeUnknown { refusal: Some(_), .. }) => "unknown",
                Err(Error::Rejected { .. }) => "refused",
                Err(error) => panic!("{shown}: {error}"),
            };
            assert_eq!(changed, expected, "{shown}");
        }
    }
}
