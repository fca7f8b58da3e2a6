//! Associations: the links between CRM records.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::join_all;
use serde_json::{Value, json};

use crate::batching::batched_read::BatchedRead;
use crate::batching::batcher::Batcher;
use crate::error::Error;
use crate::object::Object;
use crate::record;
use crate::tier::Bucket;
use crate::transport::attempt::{AttemptError, FailureKind};
use crate::transport::call_scope::CallScope;
use crate::transport::limiter::Permit;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::Waiters;
use crate::versions::Api;
use crate::writes::detached_write::{Begun, run_to_completion};
use crate::writes::dry_run;
use crate::writes::kind::WriteKind;
use crate::writes::written::{Action, Success, WriteFacts, WrittenRecord};
use domain::id::RecordId;

const FAMILY: &str = "associations";
/// HubSpot takes 1,000 inputs (HubSpot, associations API); smaller batches are answered sooner.
const BATCH_MAX: usize = 500;
/// The most pages of one record's associations, of 500 each.
const PAGES_MAX: usize = 20;

/// The associations of records.
#[derive(Debug)]
pub struct Associations<'a> {
    pub(crate) state: &'a AssociationsState,
    pub(crate) scope: &'a CallScope,
}

impl Associations<'_> {
    /// Returns the ids of the `to` records that are associated with one `from` record; none for a record that does not
    /// exist. Concurrent reads share a batch. Fails with [`Error::TooManyAssociations`] for a record that has more than
    /// 10,000.
    pub async fn of(&self, from: Object, id: &RecordId, to: Object) -> Result<Vec<RecordId>, Error> {
        self.state.of(self.scope, from, id, to).await
    }

    /// Associates two records, with HubSpot's default label. It is harmless to repeat, so it is sent again if its answer is
    /// lost. Fails with [`Error::OutcomeUnknown`] if no answer came until the deadline.
    pub async fn add(&self, from: (Object, &RecordId), to: (Object, &RecordId)) -> Result<(), Error> {
        let root = self.scope.root(Api::Associations);
        let path = format!("{root}/{}/{}/batch/associate/default", from.0.name(), to.0.name());
        let pair = json!({ "from": { "id": from.1 }, "to": { "id": to.1 } });
        let request = ApiRequest::create_by_id(FAMILY, path, &json!({ "inputs": [pair] }));
        if let Some(()) = dry_run::in_place_of(self.scope, || request.clone(), || ()) {
            return Ok(());
        }
        let written = [from, to].map(|(object, id)| WrittenRecord::new(object.name(), id));
        let start = |scope: CallScope| async move {
            match scope.send(Bucket::Associations, &request).await {
                Err(error) if error.kind == FailureKind::NoResponse => {
                    Err(Error::OutcomeUnknown { write: WriteKind::Record, refusal: None })
                }
                result => Ok(result.map(|_| written.to_vec())?),
            }
        };
        let facts = WriteFacts::begun(Action::Update, from.0.name(), vec![]);
        let success =
            |_: &'static str, records: &Vec<WrittenRecord>| Success { records: records.clone(), recovered: false };
        let begun = Begun { family: FAMILY, write: WriteKind::Record, facts, success };
        run_to_completion(self.scope, begun, start).await.map(|_| ())
    }
}

/// One batcher per pair of object types that was inputs for: at most 81.
#[derive(Default)]
pub(crate) struct AssociationsState(Mutex<HashMap<(Object, Object), AssociationsBatcher>>);

type AssociationsBatcher = Arc<Batcher<ReadAssociations>>;

impl AssociationsState {
    pub(crate) async fn of(
        &self,
        scope: &CallScope,
        from: Object,
        id: &RecordId,
        to: Object,
    ) -> Result<Vec<RecordId>, Error> {
        if dry_run::is_pretended(scope, id) {
            return Ok(vec![]);
        }
        Ok(self.batcher(from, to).submit(scope, id.clone()).await?)
    }

    fn batcher(&self, from: Object, to: Object) -> AssociationsBatcher {
        let mut batchers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        batchers.entry((from, to)).or_insert_with(|| Batcher::new(ReadAssociations { from, to })).clone()
    }
}

opaque_debug!(AssociationsState);

/// Reads the associations from one object type to another.
struct ReadAssociations {
    from: Object,
    to: Object,
}

type Found = BTreeMap<RecordId, Vec<RecordId>>;

impl BatchedRead for ReadAssociations {
    type Input = RecordId;
    type Output = Vec<RecordId>;
    type Found = Found;

    const MAX_BATCH: usize = BATCH_MAX;

    fn name(&self) -> &'static str {
        FAMILY
    }

    fn bucket(&self) -> Bucket {
        Bucket::Associations
    }

    async fn read(
        &self,
        scope: &CallScope,
        permit: Option<Permit>,
        waiters: &Waiters,
        inputs: &[&RecordId],
    ) -> Result<Found, AttemptError> {
        let ids: Vec<_> = inputs.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        if let [id] = ids[..] {
            return Ok(Found::from([(id.clone(), self.of_one(scope, permit, waiters, id).await?)]));
        }
        let AssociationPages { mut found, without } = self.pages(scope, permit, waiters, &ids).await?;
        // A record that was merged into another comes back under the other's id; alone it cannot be mistaken.
        let unexplained = ids.into_iter().filter(|id| !found.contains_key(*id) && !without.contains(id.as_str()));
        let again = unexplained.map(async |id| Ok((id.clone(), self.of_one(scope, None, waiters, id).await?)));
        for pages in join_all(again.collect::<Vec<_>>()).await {
            found.extend([pages?]);
        }
        Ok(found)
    }

    fn part(found: &Found, id: &RecordId) -> Result<Vec<RecordId>, Error> {
        Ok(found.get(id).cloned().unwrap_or_default())
    }
}

impl ReadAssociations {
    /// Reads the associations of one record. HubSpot may return them under another id, if the record was merged.
    async fn of_one(
        &self,
        scope: &CallScope,
        permit: Option<Permit>,
        waiters: &Waiters,
        id: &RecordId,
    ) -> Result<Vec<RecordId>, AttemptError> {
        Ok(self.pages(scope, permit, waiters, &[id]).await?.found.into_values().flatten().collect())
    }

    async fn pages(
        &self,
        scope: &CallScope,
        mut permit: Option<Permit>,
        waiters: &Waiters,
        ids: &[&RecordId],
    ) -> Result<AssociationPages, AttemptError> {
        let path = format!("{}/{}/{}/batch/read", scope.root(Api::Associations), self.from.name(), self.to.name());
        let mut pages = AssociationPages::default();
        let mut inputs: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        for _ in 0..PAGES_MAX {
            let request = ApiRequest::query(FAMILY, path.clone(), &json!({ "inputs": inputs }));
            let compose = &mut || Some(request.clone());
            let answer =
                match scope.transport().send_composed(Bucket::Associations, permit.take(), waiters, compose).await {
                    Ok(answer) => answer,
                    // Some versions answer 404 if none of the records has any.
                    Err(error) if error.error == Error::NotFound => {
                        pages.without.extend(ids.iter().map(|id| id.to_string()));
                        return Ok(pages);
                    }
                    Err(error) => return Err(error),
                };
            inputs = pages.add(&answer)?;
            if inputs.is_empty() {
                return Ok(pages);
            }
        }
        // A part of the list would be taken for the whole.
        Err(AttemptError::refused(Error::TooManyAssociations))
    }
}

/// The pages of one read.
#[derive(Default)]
struct AssociationPages {
    /// By the id under which HubSpot returns the record.
    found: Found,
    /// Ids of records that have no associations or do not exist.
    without: BTreeSet<String>,
}

impl AssociationPages {
    /// Adds a page and returns the inputs of the next one. Records without associations come as errors beside the results
    /// (status 207).
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
    fn ids_are_text_or_numbers_and_pages_are_followed() {
        let answer = json!({
            "results": [
                {"from": {"id": "501"}, "to": [{"toObjectId": 29022297485_u64}, {"toObjectId": "7"}]},
                {"from": {"id": "502"}, "to": [{"toObjectId": 8}], "paging": {"next": {"after": "9"}}},
            ],
            "errors": [{"subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND", "context": {"fromObjectId": ["503"]}}],
        });
        let mut pages = AssociationPages::default();
        assert_eq!(pages.add(&answer).unwrap(), [json!({"id": "502", "after": "9"})]);
        let ids = |id: u64| {
            pages.found.get(&RecordId::from(id)).map(|to| to.iter().map(RecordId::as_str).collect::<Vec<_>>())
        };
        assert_eq!(ids(501).unwrap(), ["29022297485", "7"]);
        assert_eq!((ids(502).unwrap(), ids(503)), (vec!["8"], None));
        assert!(pages.without.contains("503"));
    }
}
