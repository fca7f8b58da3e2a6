//! Which records belong together.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde_json::{Value, json};

use crate::HubSpot;
use crate::batching::batched_read::BatchedRead;
use crate::error::Error;
use crate::object::Object;
use crate::record;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::limiter::Permit;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::Waiters;
use crate::versions::Api;
use domain::id::RecordId;

const FAMILY: &str = "associations";
/// HubSpot takes 1,000; smaller batches answer sooner, and a lone request is never larger than a crowd's.
const BATCH_MAX: usize = 500;
/// Pages of one record's associations, 500 each.
const PAGES_MAX: usize = 20;

#[derive(Debug)]
pub struct Associations<'a>(pub(crate) &'a HubSpot);

impl Associations<'_> {
    /// The ids of the `to` records that belong to one `from` record; none for a record that does not exist.
    pub async fn of(&self, from: Object, id: &RecordId, to: Object) -> Result<Vec<RecordId>, Error> {
        self.0.engine.associations(from, to).ask(self.0, id.clone()).await
    }
}

pub(crate) struct ReadAssociations {
    pub(crate) from: Object,
    pub(crate) to: Object,
}

type Found = BTreeMap<RecordId, Vec<RecordId>>;

impl BatchedRead for ReadAssociations {
    type Input = RecordId;
    type Output = Vec<RecordId>;
    type Found = Found;

    const SEATS: usize = BATCH_MAX;

    fn name(&self) -> &'static str {
        FAMILY
    }

    fn bucket(&self) -> Bucket {
        Bucket::Associations
    }

    async fn read(
        &self,
        hub: &HubSpot,
        permit: Option<Permit>,
        trip: &Waiters,
        asked: &[&RecordId],
    ) -> Result<Found, AttemptError> {
        let ids: Vec<_> = asked.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        if let [id] = ids[..] {
            return Ok(Found::from([(id.clone(), self.of_one(hub, permit, trip, id).await?)]));
        }
        let Matched { mut found, without } = self.pages(hub, permit, trip, &ids).await?;
        // The id of a record that was merged into another comes back under the other's; alone it cannot be mistaken.
        let unexplained = ids.into_iter().filter(|id| !found.contains_key(*id) && !without.contains(id.as_str()));
        let again = unexplained.map(async |id| Ok((id.clone(), self.of_one(hub, None, trip, id).await?)));
        for told in join_all(again.collect::<Vec<_>>()).await {
            found.extend([told?]);
        }
        Ok(found)
    }

    fn part(found: &Found, asked: &RecordId) -> Result<Vec<RecordId>, Error> {
        Ok(found.get(asked).cloned().unwrap_or_default())
    }
}

impl ReadAssociations {
    /// Of one record, under whatever id HubSpot gives it.
    async fn of_one(
        &self,
        hub: &HubSpot,
        permit: Option<Permit>,
        trip: &Waiters,
        id: &RecordId,
    ) -> Result<Vec<RecordId>, AttemptError> {
        Ok(self.pages(hub, permit, trip, &[id]).await?.found.into_values().flatten().collect())
    }

    async fn pages(
        &self,
        hub: &HubSpot,
        mut permit: Option<Permit>,
        trip: &Waiters,
        ids: &[&RecordId],
    ) -> Result<Matched, AttemptError> {
        let path = format!("{}/{}/{}/batch/read", hub.root(Api::Associations), self.from.name(), self.to.name());
        let mut told = Matched::default();
        let mut inputs: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        for _ in 0..PAGES_MAX {
            let ask = ApiRequest::query(FAMILY, path.clone(), &json!({ "inputs": inputs }));
            let compose = &mut || Some(ask.clone());
            let answer = match hub.transport().send_composed(Bucket::Associations, permit.take(), trip, compose).await {
                Ok(answer) => answer,
                // Some versions answer 404 when none of the records has any.
                Err(fault) if fault.error == Error::NotFound => {
                    told.without.extend(ids.iter().map(|id| id.to_string()));
                    break;
                }
                Err(fault) => return Err(fault),
            };
            inputs = told.add(&answer)?;
            if inputs.is_empty() {
                break;
            }
        }
        Ok(told)
    }
}

/// What HubSpot tells of the records it was asked about.
#[derive(Default)]
struct Matched {
    /// By the id that HubSpot gives the record.
    found: Found,
    /// Records that have none, or do not exist.
    without: BTreeSet<String>,
}

impl Matched {
    /// Adds a page, and says what to ask for next. Records without associations come as errors beside the results (207).
    fn add(&mut self, answer: &Value) -> Result<Vec<Value>, AttemptError> {
        let results =
            answer["results"].as_array().ok_or_else(|| AttemptError::unreadable("it has no list of results"))?;
        let mut more = vec![];
        for result in results {
            let Some(from) = record::id::<RecordId>(&result["from"]["id"]) else { continue };
            let to = result["to"].as_array().into_iter().flatten();
            self.found.entry(from.clone()).or_default().extend(to.filter_map(|to| record::id(&to["toObjectId"])));
            if let Some(after) = result["paging"]["next"]["after"].as_str() {
                more.push(json!({ "id": from, "after": after }));
            }
        }
        let errors = answer["errors"].as_array().into_iter().flatten();
        let ids = errors.flat_map(|error| error["context"]["fromObjectId"].as_array().into_iter().flatten());
        self.without.extend(ids.filter_map(|id| id.as_str().map(str::to_owned)));
        Ok(more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_text_or_number_and_pages_go_on() {
        let answer = json!({
            "results": [
                {"from": {"id": "501"}, "to": [{"toObjectId": 29022297485_u64}, {"toObjectId": "7"}]},
                {"from": {"id": "502"}, "to": [{"toObjectId": 8}], "paging": {"next": {"after": "9"}}},
            ],
            "errors": [{"subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND", "context": {"fromObjectId": ["503"]}}],
        });
        let mut told = Matched::default();
        assert_eq!(told.add(&answer).unwrap(), [json!({"id": "502", "after": "9"})]);
        let ids =
            |id: u64| told.found.get(&RecordId::from(id)).map(|to| to.iter().map(RecordId::as_str).collect::<Vec<_>>());
        assert_eq!(ids(501).unwrap(), ["29022297485", "7"]);
        assert_eq!((ids(502).unwrap(), ids(503)), (vec!["8"], None));
        assert!(told.without.contains("503"));
    }
}
