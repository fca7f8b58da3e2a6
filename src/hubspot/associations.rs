//! Which records belong together.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::HubSpot;
use super::ask::Ask;
use super::error::Error;
use super::fault::Fault;
use super::limiter::Permit;
use super::object::Object;
use super::record;
use super::shared_read::SharedRead;
use super::tier::Bucket;
use super::trip::Trip;
use super::versions::Api;
use crate::crm::id::RecordId;

const FAMILY: &str = "associations";
/// HubSpot takes 1,000; smaller batches answer sooner, and a lone request is never larger than a crowd's.
const BATCH_MAX: usize = 500;
/// Pages of one record's associations, 500 each.
const PAGES_MAX: usize = 20;

#[derive(Debug)]
pub struct Associations<'a>(pub(super) &'a HubSpot);

impl Associations<'_> {
    /// The ids of the `to` records that belong to one `from` record; none for a record that does not exist.
    pub async fn of(&self, from: Object, id: &RecordId, to: Object) -> Result<Vec<RecordId>, Error> {
        self.0.engine.associations(from, to).ask(self.0, id.clone()).await
    }
}

pub(super) struct ReadAssociations {
    pub(super) from: Object,
    pub(super) to: Object,
}

type Found = BTreeMap<RecordId, Vec<RecordId>>;

impl SharedRead for ReadAssociations {
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

    async fn read(&self, hub: &HubSpot, permit: Permit, trip: &Trip, asked: &[&RecordId]) -> Result<Found, Fault> {
        let ids: BTreeSet<_> = asked.iter().collect();
        let path = format!("{}/{}/{}/batch/read", hub.root(Api::Associations), self.from.name(), self.to.name());
        let (mut found, mut permit) = (Found::new(), Some(permit));
        let mut inputs: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        for _ in 0..PAGES_MAX {
            let ask = Ask::query(FAMILY, path.clone(), &json!({ "inputs": inputs }));
            let compose = &mut || Some(ask.clone());
            let answer = match hub.door().send_composed(Bucket::Associations, permit.take(), trip, compose).await {
                Ok(answer) => answer,
                // Some versions answer 404 when none of the records has any.
                Err(fault) if fault.error == Error::NotFound => break,
                Err(fault) => return Err(fault),
            };
            inputs = collect(&answer, &mut found)?;
            if inputs.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    fn part(found: &Found, asked: &RecordId) -> Result<Vec<RecordId>, Error> {
        Ok(found.get(asked).cloned().unwrap_or_default())
    }
}

/// Adds a page to what was found, and says what to ask for next. Records without associations come as errors beside the
/// results (207), which says the same as their absence.
fn collect(answer: &Value, found: &mut Found) -> Result<Vec<Value>, Fault> {
    let results = answer["results"].as_array().ok_or_else(|| Fault::unreadable("it has no list of results"))?;
    let mut more = vec![];
    for result in results {
        let Some(from) = record::id::<RecordId>(&result["from"]["id"]) else { continue };
        let to = result["to"].as_array().into_iter().flatten();
        found.entry(from.clone()).or_default().extend(to.filter_map(|to| record::id(&to["toObjectId"])));
        if let Some(after) = result["paging"]["next"]["after"].as_str() {
            more.push(json!({ "id": from, "after": after }));
        }
    }
    Ok(more)
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
        let mut found = Found::new();
        assert_eq!(collect(&answer, &mut found).unwrap(), [json!({"id": "502", "after": "9"})]);
        let ids =
            |id: u64| found.get(&RecordId::from(id)).map(|to| to.iter().map(RecordId::as_str).collect::<Vec<_>>());
        assert_eq!(ids(501).unwrap(), ["29022297485", "7"]);
        assert_eq!((ids(502).unwrap(), ids(503)), (vec!["8"], None));
    }
}
