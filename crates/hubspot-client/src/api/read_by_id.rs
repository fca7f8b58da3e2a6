//! Batched reads of CRM records by id: one id is one plain read, several are one batch read.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde_json::{Value, json};

use crate::batching::batched_read::BatchedRead;
use crate::error::Error;
use crate::object::Object;
use crate::record::Record;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::limiter::Permit;
use crate::transport::request::{ApiRequest, encoded};
use crate::transport::waiters::Waiters;
use crate::versions::Api;
use domain::id::RecordId;

/// The most inputs of one batch of HubSpot's (HubSpot, CRM API, batch endpoints).
pub(crate) const BATCH_MAX: usize = 100;
/// More properties than this make the address too long (status 414), so they are asked for in a body.
const PROPERTIES_IN_ADDRESS_MAX: usize = 60;

/// Reads records of one object type.
pub(crate) struct ReadById(pub(crate) Object);

/// An id and the properties to read.
pub(crate) struct WantedRecord {
    pub(crate) id: RecordId,
    pub(crate) properties: Vec<String>,
}

/// The answer of a batch read.
pub(crate) struct BatchAnswer {
    pub(crate) found: Vec<Record>,
    /// Ids that do not exist, as HubSpot says.
    missing: BTreeSet<String>,
}

impl BatchedRead for ReadById {
    type Input = WantedRecord;
    type Output = Option<Record>;
    /// By the id that was asked for. A record that cannot be read fails only those who asked for it.
    type Found = BTreeMap<RecordId, Result<Record, Error>>;

    const MAX_BATCH: usize = BATCH_MAX;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    async fn read(
        &self,
        scope: &CallScope,
        permit: Option<Permit>,
        waiters: &Waiters,
        inputs: &[&WantedRecord],
    ) -> Result<Self::Found, AttemptError> {
        let ids: BTreeSet<_> = inputs.iter().map(|wanted| wanted.id.clone()).collect();
        let names: BTreeSet<_> = inputs.iter().flat_map(|wanted| wanted.properties.clone()).collect();
        let names: Vec<_> = names.into_iter().collect();
        if ids.len() == 1 && names.len() <= PROPERTIES_IN_ADDRESS_MAX {
            let id = inputs[0].id.clone();
            let record = self.read_one(scope, permit, waiters, &id, &names).await?;
            return Ok(record.map(|record| (id, Ok(record))).into_iter().collect());
        }
        let id_list: Vec<_> = ids.iter().map(RecordId::as_str).collect();
        let batch = batch_read(scope, permit, waiters, self.0, None, &id_list, &names).await?;
        let mut records: Self::Found = batch.found.into_iter().map(|record| (record.id.clone(), Ok(record))).collect();
        // A record that was merged into another comes back under the other's id; a single read resolves it.
        let unexplained = ids.iter().filter(|id| !records.contains_key(*id) && !batch.missing.contains(id.as_str()));
        let reads = unexplained.map(async |id| (id.clone(), self.read_one(scope, None, waiters, id, &names).await));
        let resolved = join_all(reads).await.into_iter();
        let resolved = resolved.map(|(id, read)| (id, read.map_err(Error::from).transpose()));
        records.extend(resolved.filter_map(|(id, read)| Some((id, read?))));
        Ok(records)
    }

    fn part(found: &Self::Found, wanted: &WantedRecord) -> Result<Option<Record>, Error> {
        let record = found.get(&wanted.id).cloned().transpose()?;
        Ok(record.map(|record| record.with_only(&wanted.properties)))
    }
}

impl ReadById {
    async fn read_one(
        &self,
        scope: &CallScope,
        permit: Option<Permit>,
        waiters: &Waiters,
        id: &RecordId,
        names: &[String],
    ) -> Result<Option<Record>, AttemptError> {
        let path = format!("{}/{}/{}", scope.root(Api::Objects), self.0.name(), encoded(id.as_str()));
        let request = ApiRequest::get(self.0.name(), path).with("properties", &names.join(","));
        let compose = &mut || Some(request.clone());
        match scope.transport().send_composed(Bucket::General, permit, waiters, compose).await {
            Ok(answer) => Record::read(&answer).map(Some),
            Err(error) if error.error == Error::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Sends one batch read. Unknown ids come as errors beside the results (status 207).
pub(crate) async fn batch_read(
    scope: &CallScope,
    permit: Option<Permit>,
    waiters: &Waiters,
    object: Object,
    id_property: Option<&str>,
    ids: &[&str],
    properties: &[String],
) -> Result<BatchAnswer, AttemptError> {
    let inputs: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    let mut body = json!({ "inputs": inputs, "properties": properties });
    if let Some(id_property) = id_property {
        body["idProperty"] = id_property.into();
    }
    let path = format!("{}/{}/batch/read", scope.root(Api::Objects), object.name());
    let request = ApiRequest::query(object.name(), path, &body);
    let compose = &mut || Some(request.clone());
    match scope.transport().send_composed(Bucket::General, permit, waiters, compose).await {
        Ok(answer) => Ok(BatchAnswer { found: Record::read_all(&answer)?, missing: missing(&answer) }),
        // Some versions answer 404 if none of the ids exists.
        Err(error) if error.error == Error::NotFound => {
            Ok(BatchAnswer { found: vec![], missing: ids.iter().map(|&id| id.to_owned()).collect() })
        }
        Err(error) => Err(error),
    }
}

fn missing(answer: &Value) -> BTreeSet<String> {
    let errors = answer["errors"].as_array().into_iter().flatten();
    let ids = errors.flat_map(|error| error["context"]["ids"].as_array().into_iter().flatten());
    ids.filter_map(|id| id.as_str().map(str::to_owned)).collect()
}
