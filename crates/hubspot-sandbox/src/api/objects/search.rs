//! Search: filters, free text, one sort, pages by offset. It finds changes after the lag and never an archived record.
//!
//! The limits are those of HubSpot's page "Search the CRM".

use std::cmp::Ordering;

use serde::Deserialize;
use serde_json::{Value, json};

use super::filter::{self, Candidate, Filter, Operator, Subject};
use super::free_text::FreeText;
use super::view::ReadOptions;
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::assumptions;
use crate::clock::Ms;
use crate::model::computed;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::property_value::parse_any_date_time;
use crate::model::record::Record;
use crate::model::schema::ValueType;
use crate::model::table::Table;

const BODY_CHARS_MAX: usize = 3_000;
const GROUPS_MAX: usize = 5;
const FILTERS_PER_GROUP_MAX: usize = 6;
const FILTERS_MAX: usize = 18;
const PAGE_DEFAULT: usize = 10;
const PAGE_MAX: usize = 200;
/// Results that pages can reach.
const WINDOW_MAX: usize = 10_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SearchInput {
    filter_groups: Option<Vec<Group>>,
    /// A group that stands outside `filterGroups`.
    filters: Option<Vec<Value>>,
    query: Option<String>,
    sorts: Option<Vec<Value>>,
    properties: Option<Vec<String>>,
    limit: Option<Value>,
    after: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Group {
    filters: Vec<Value>,
}

/// A checked search.
#[derive(Debug)]
struct SearchPlan {
    /// A record matches if it matches all filters of one group, or if there are no groups.
    groups: Vec<Vec<Filter>>,
    words: Option<FreeText>,
    sort: Option<Sort>,
    first: usize,
    limit: usize,
}

#[derive(Debug)]
struct Sort {
    name: String,
    value_type: ValueType,
    descending: bool,
}

pub(crate) fn search(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    if String::from_utf8_lossy(call.body()).chars().count() > BODY_CHARS_MAX {
        return Err(ApiError::invalid(assumptions::SEARCH_BODY_TOO_LONG));
    }
    let input: SearchInput = call.json()?;
    let plan = plan(portal, object_type, &input)?;
    let uptime_ms = portal.uptime_ms();
    portal.table_mut(object_type).apply_pending(uptime_ms);
    let options = ReadOptions::new(object_type, input.properties.unwrap_or_default(), Vec::new(), Vec::new());
    let found =
        plan.candidates(portal.table(object_type)).filter(|one| plan.matches(portal, object_type, one)).collect();
    let found = plan.sort(object_type, found);
    let results =
        found.iter().skip(plan.first).take(plan.limit).map(|record| options.render(portal, object_type, record));
    let mut page = json!({"total": found.len(), "results": results.collect::<Vec<Value>>()});
    let next = plan.first + plan.limit;
    if next < found.len() {
        page["paging"] = json!({"next": {"after": next.to_string()}});
    }
    Ok(ApiResponse::ok(page))
}

fn plan(portal: &Portal, object_type: ObjectType, input: &SearchInput) -> Result<SearchPlan, ApiError> {
    let given = input.filter_groups.iter().flatten().map(|group| &group.filters);
    let given: Vec<&Vec<Value>> = given.chain(input.filters.iter().filter(|filters| !filters.is_empty())).collect();
    let count: usize = given.iter().map(|filters| filters.len()).sum();
    let widest = given.iter().map(|filters| filters.len()).max().unwrap_or(0);
    if given.len() > GROUPS_MAX || widest > FILTERS_PER_GROUP_MAX || count > FILTERS_MAX {
        return Err(bad_request(&format!(
            "a search has at most {GROUPS_MAX} filter groups of {FILTERS_PER_GROUP_MAX} filters, {FILTERS_MAX} in all"
        )));
    }
    let group = |filters: &&Vec<Value>| filters.iter().map(|filter| read_filter(portal, object_type, filter)).collect();
    let groups = given.iter().map(group).collect::<Result<_, _>>()?;
    let limit = number(input.limit.as_ref(), "limit")?.unwrap_or(PAGE_DEFAULT);
    let first = number(input.after.as_ref(), "after")?.unwrap_or(0);
    if limit > PAGE_MAX || limit == 0 {
        return Err(bad_request(&format!("limit must be between 1 and {PAGE_MAX}")));
    }
    if first.saturating_add(limit) > WINDOW_MAX {
        return Err(ApiError::invalid(assumptions::SEARCH_WINDOW_EXCEEDED));
    }
    let words = input.query.as_deref().filter(|query| !query.trim().is_empty()).map(FreeText::parse);
    Ok(SearchPlan { groups, words, sort: read_sort(portal, object_type, input)?, first, limit })
}

fn bad_request(message: &str) -> ApiError {
    ApiError::invalid("There was a problem with the request.").detail(json!({"message": message}))
}

/// Reads a number that may be sent as text.
fn number(raw: Option<&Value>, name: &str) -> Result<Option<usize>, ApiError> {
    let text = match raw {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.is_empty() => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    text.parse().map(Some).map_err(|_| bad_request(&format!("{name} must be an integer, not {text}")))
}

fn read_filter(portal: &Portal, object_type: ObjectType, raw: &Value) -> Result<Filter, ApiError> {
    let name = raw["propertyName"].as_str().ok_or_else(|| {
        let message = "Invalid input JSON on line 1, column 1. Some required fields were not set: [propertyName]";
        ApiError::invalid(message)
    })?;
    let operator: Operator = serde_json::from_value(raw["operator"].clone()).map_err(|_| {
        ApiError::invalid(format!("Invalid input JSON on line 1, column 1: {} is not an operator", raw["operator"]))
    })?;
    let values = filter::values(operator, raw).map_err(|message| bad_request(&message))?;
    Ok(Filter { subject: subject(portal, object_type, name)?, operator, values })
}

fn subject(portal: &Portal, object_type: ObjectType, name: &str) -> Result<Subject, ApiError> {
    if let Some(other) = name.strip_prefix("associations.") {
        return ObjectType::named(other).map(Subject::Associated).ok_or_else(|| no_such_property(name));
    }
    portal.schema(object_type).get(name).map(Subject::of).ok_or_else(|| no_such_property(name))
}

fn no_such_property(name: &str) -> ApiError {
    let message = format!("Property \"{name}\" does not exist");
    let context = json!({"propertyName": [name]});
    ApiError::invalid("There was a problem with the request.")
        .detail(json!({"message": message, "code": "PROPERTY_DOESNT_EXIST", "context": context}))
}

/// Reads the sort: `{"propertyName", "direction"}`, or `"-createdate"` as clients send it. HubSpot takes one sort only.
fn read_sort(portal: &Portal, object_type: ObjectType, input: &SearchInput) -> Result<Option<Sort>, ApiError> {
    let Some(raw) = input.sorts.iter().flatten().next() else { return Ok(None) };
    if input.sorts.as_ref().is_some_and(|sorts| sorts.len() > 1) {
        return Err(bad_request("only one sort is supported"));
    }
    let (name, descending) = match raw {
        Value::String(text) => (text.strip_prefix('-').unwrap_or(text), text.starts_with('-')),
        raw => (raw["propertyName"].as_str().unwrap_or_default(), raw["direction"] == "DESCENDING"),
    };
    let definition = portal.schema(object_type).get(name).ok_or_else(|| no_such_property(name))?;
    Ok(Some(Sort { name: name.to_owned(), value_type: definition.value_type, descending }))
}

impl SearchPlan {
    fn matches(&self, portal: &Portal, object_type: ObjectType, record: &Record) -> bool {
        let candidate =
            Candidate { object_type, record, associations: &portal.associations, assumptions: portal.assumptions };
        !record.is_archived()
            && (self.groups.is_empty()
                || self.groups.iter().any(|group| group.iter().all(|one| one.matches(candidate))))
            && self.words.as_ref().is_none_or(|words| words.matches(object_type, record))
    }

    /// Returns the records to examine: a few from the indexes if every group names an address or an id, else all.
    fn candidates<'a>(&self, table: &'a Table) -> Box<dyn Iterator<Item = &'a Record> + 'a> {
        let keys: Option<Vec<IndexKeys>> =
            self.groups.iter().map(|group| group.iter().find_map(IndexKeys::of)).collect();
        match keys {
            Some(keys) if !keys.is_empty() => {
                let (mut emails, mut ids) = (Vec::new(), Vec::new());
                keys.into_iter().for_each(|keys| match keys {
                    IndexKeys::Emails(more) => emails.extend(more),
                    IndexKeys::Ids(more) => ids.extend(more),
                });
                Box::new(table.indexed_with_keys(&emails, &ids))
            }
            _ => Box::new(table.indexed()),
        }
    }

    /// Sorts by the requested property, records without a value last, then by creation, oldest first.
    fn sort<'a>(&self, object_type: ObjectType, found: Vec<&'a Record>) -> Vec<&'a Record> {
        let mut keyed: Vec<(Option<SortKey>, &Record)> =
            found.into_iter().map(|one| (self.key(object_type, one), one)).collect();
        let descending = self.sort.as_ref().is_some_and(|sort| sort.descending);
        keyed.sort_by(|(key, one), (other_key, other)| {
            let by_value = match (key, other_key) {
                (Some(key), Some(other)) if descending => other.cmp(key),
                (Some(key), Some(other)) => key.cmp(other),
                (key, other) => key.is_none().cmp(&other.is_none()),
            };
            by_value.then_with(|| (one.created_ms, one.id).cmp(&(other.created_ms, other.id)))
        });
        keyed.into_iter().map(|(_, record)| record).collect()
    }

    fn key(&self, object_type: ObjectType, record: &Record) -> Option<SortKey> {
        let sort = self.sort.as_ref()?;
        let text = computed::read(object_type, record, &sort.name)?;
        match sort.value_type {
            ValueType::Number => text.parse().ok().map(SortKey::Number),
            ValueType::Date | ValueType::Datetime => parse_any_date_time(&text).map(SortKey::Moment),
            _ => Some(SortKey::Text(text.to_lowercase())),
        }
    }
}

/// A value to sort by. All keys of one search are of the same variant.
#[derive(Debug)]
enum SortKey {
    Number(f64),
    Moment(Ms),
    Text(String),
}

impl SortKey {
    fn cmp(&self, other: &SortKey) -> Ordering {
        match (self, other) {
            (SortKey::Number(one), SortKey::Number(other)) => one.total_cmp(other),
            (SortKey::Moment(one), SortKey::Moment(other)) => one.cmp(other),
            (SortKey::Text(one), SortKey::Text(other)) => one.cmp(other),
            _ => Ordering::Equal,
        }
    }
}

/// The keys of a filter that an index can look up.
enum IndexKeys {
    Emails(Vec<String>),
    Ids(Vec<u64>),
}

impl IndexKeys {
    fn of(filter: &Filter) -> Option<IndexKeys> {
        let Subject::Property { name, .. } = &filter.subject else { return None };
        match (name.as_str(), filter.operator) {
            ("email" | "hs_additional_emails", Operator::Eq | Operator::In) => {
                Some(IndexKeys::Emails(filter.values.clone()))
            }
            ("hs_object_id", Operator::Eq | Operator::In) => {
                filter.values.iter().map(|value| value.trim().parse().ok()).collect::<Option<_>>().map(IndexKeys::Ids)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::assumptions::Assumptions;
    use crate::settings::Settings;
    use crate::test_client::{Client, SARAH, client, client_with};

    async fn search(client: &Client, request: Value) -> Vec<String> {
        let page = client.post("/crm/objects/2026-09/contacts/search", request).await.expect(200);
        let ids: Vec<_> =
            page["results"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert!(page["total"].as_u64().unwrap() >= ids.len() as u64);
        ids
    }

    fn one(name: &str, operator: &str, value: &str) -> Value {
        json!({"filterGroups": [{"filters": [{"propertyName": name, "operator": operator, "value": value}]}]})
    }

    #[tokio::test(start_paused = true)]
    async fn the_email_filter_finds_primary_addresses_only() {
        let client = client();
        assert_eq!(search(&client, one("email", "EQ", "SARAH@gmail.com")).await, [SARAH]);
        assert_eq!(search(&client, one("email", "EQ", "aiko@sato.jp")).await, Vec::<String>::new());
        assert_eq!(search(&client, one("hs_additional_emails", "EQ", "aiko@sato.jp")).await, ["84246481952"]);
        assert_eq!(search(&client, json!({"query": "aiko@sato.jp"})).await, ["84246481952"]);
        let assumptions = Assumptions { email_filter_finds_secondary: true, ..Assumptions::default() };
        let client = client_with(Settings { assumptions, ..Settings::default() });
        assert_eq!(search(&client, one("email", "EQ", "aiko@sato.jp")).await, ["84246481952"]);
    }

    #[tokio::test(start_paused = true)]
    async fn groups_are_or_and_filters_are_and() {
        let client = client();
        let filter = |name: &str, value: &str| json!({"propertyName": name, "operator": "EQ", "value": value});
        let owner = filter("hubspot_owner_id", "117001");
        let either = json!({"filterGroups": [
            {"filters": [owner, filter("hs_language", "da")]}, {"filters": [filter("firstname", "tom")]}
        ]});
        assert_eq!(search(&client, either).await, ["84246480117", "118420663270"]);
        assert_eq!(search(&client, json!({"filters": [owner]})).await, [SARAH, "118420663270"]);
        let associated =
            json!({"filters": [{"propertyName": "associations.company", "operator": "EQ", "value": "28904455120"}]});
        assert_eq!(search(&client, associated).await, [SARAH]);
    }

    #[tokio::test(start_paused = true)]
    async fn results_are_sorted_and_paged_by_offset() {
        let client = client();
        for sort in [json!("-createdate"), json!({"propertyName": "createdate", "direction": "DESCENDING"})] {
            let first =
                client.post("/crm/v3/objects/contacts/search", json!({"sorts": [sort], "limit": 5})).await.expect(200);
            assert_eq!(first["results"][0]["id"], "126905318446");
            assert_eq!(first["paging"], json!({"next": {"after": "5"}}));
            let last = json!({"sorts": [sort], "limit": 5, "after": "5"});
            let last = client.post("/crm/v3/objects/contacts/search", last).await.expect(200);
            assert_eq!((&last["results"][1]["id"], last.get("paging")), (&json!(SARAH), None));
        }
        let by_name = search(&client, json!({"sorts": ["firstname"]})).await;
        assert_eq!((by_name[0].as_str(), by_name[6].as_str()), ("84246481952", "103107104018"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_contact_is_found_by_its_local_phone_number() {
        let client = client();
        for query in ["7025550143", "+1 (702) 555-0143", "sarah mark", "clout"] {
            assert_eq!(search(&client, json!({"query": query})).await, [SARAH], "{query}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn search_finds_changes_after_the_lag_and_no_archived_records() {
        let client = client_with(Settings { search_lag_ms: 500, ..Settings::default() });
        client.post("/crm/v3/objects/contacts", json!({"properties": {"email": "late@x.com"}})).await.expect(201);
        client
            .patch(&format!("/crm/v3/objects/contacts/{SARAH}"), json!({"properties": {"email": "s@x.com"}}))
            .await
            .expect(200);
        assert_eq!(search(&client, one("email", "EQ", "late@x.com")).await.len(), 0);
        assert_eq!(search(&client, one("email", "EQ", "sarah@gmail.com")).await, [SARAH]);
        tokio::time::advance(Duration::from_millis(500)).await;
        assert_eq!(search(&client, one("email", "EQ", "late@x.com")).await.len(), 1);
        assert_eq!(search(&client, one("email", "EQ", "s@x.com")).await, [SARAH]);
        client.delete(&format!("/crm/v3/objects/contacts/{SARAH}")).await;
        assert_eq!(search(&client, one("email", "EQ", "s@x.com")).await, [SARAH]);
        client.sandbox.flush_search();
        assert_eq!(search(&client, one("email", "EQ", "s@x.com")).await, Vec::<String>::new());
    }

    #[tokio::test(start_paused = true)]
    async fn a_search_has_limits() {
        let client = client();
        let filter = json!({"propertyName": "email", "operator": "HAS_PROPERTY"});
        let groups = |n: usize, m: usize| json!({"filterGroups": vec![json!({"filters": vec![filter.clone(); m]}); n]});
        for refused in [
            groups(6, 1),
            groups(1, 7),
            groups(4, 5),
            json!({"limit": 201}),
            json!({"limit": 0}),
            json!({"after": "9999"}),
            json!({"after": "abc"}),
            json!({"query": "x".repeat(3_000)}),
            json!({"sorts": ["email", "phone"]}),
            one("missing", "EQ", "x"),
            one("email", "LIKE", "x"),
            one("email", "BETWEEN", "x"),
            one("email", "IN", "x"),
        ] {
            client.post("/crm/v3/objects/contacts/search", refused).await.expect(400);
        }
        assert_eq!(search(&client, groups(3, 6)).await.len(), 7);
        assert_eq!(search(&client, json!({"after": "9990"})).await.len(), 0);
        assert_eq!(search(&client, json!({"filterGroups": [], "properties": ["nonsense"]})).await.len(), 7);
    }
}
