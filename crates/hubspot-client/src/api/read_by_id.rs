//! Records by id: alone as one read, in company as one batch.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde_json::{Value, json};

use crate::HubSpot;
use crate::batching::batched_read::BatchedRead;
use crate::error::Error;
use crate::object::Object;
use crate::record::Record;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::limiter::Permit;
use crate::transport::request::{ApiRequest, encoded};
use crate::transport::waiters::Waiters;
use crate::versions::Api;
use domain::id::RecordId;

/// HubSpot's largest batch.
pub(crate) const BATCH_MAX: usize = 100;
/// More properties than this make an address too long (414), so they are asked for in a body.
const PROPERTIES_IN_ADDRESS_MAX: usize = 60;

pub(crate) struct ReadById(pub(crate) Object);

pub(crate) struct Wanted {
    pub(crate) id: RecordId,
    pub(crate) properties: Vec<String>,
}

/// A batch read's answer: what was found, and what HubSpot says does not exist.
pub(crate) struct Batch {
    pub(crate) found: Vec<Record>,
    missing: BTreeSet<String>,
}

impl BatchedRead for ReadById {
    type Input = Wanted;
    type Output = Option<Record>;
    /// By the id that was asked for; one that cannot be read is nobody else's failure.
    type Found = BTreeMap<RecordId, Result<Record, Error>>;

    const SEATS: usize = BATCH_MAX;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    async fn read(
        &self,
        hub: &HubSpot,
        permit: Option<Permit>,
        trip: &Waiters,
        asked: &[&Wanted],
    ) -> Result<Self::Found, AttemptError> {
        let ids: BTreeSet<_> = asked.iter().map(|wanted| wanted.id.clone()).collect();
        let names: BTreeSet<_> = asked.iter().flat_map(|wanted| wanted.properties.clone()).collect();
        let names: Vec<_> = names.into_iter().collect();
        if ids.len() == 1 && names.len() <= PROPERTIES_IN_ADDRESS_MAX {
            let id = asked[0].id.clone();
            let record = self.one(hub, permit, trip, &id, &names).await?;
            return Ok(record.map(|record| (id, Ok(record))).into_iter().collect());
        }
        let inputs: Vec<_> = ids.iter().map(RecordId::as_str).collect();
        let batch = batch_read(hub, permit, trip, self.0, None, &inputs, &names).await?;
        let mut records: Self::Found = batch.found.into_iter().map(|record| (record.id.clone(), Ok(record))).collect();
        // An id of a record that was merged into another comes back under the other's; a single read resolves it.
        let unexplained = ids.iter().filter(|id| !records.contains_key(*id) && !batch.missing.contains(id.as_str()));
        let again = join_all(unexplained.map(async |id| (id.clone(), self.one(hub, None, trip, id, &names).await)));
        let resolved = again.await.into_iter().map(|(id, read)| (id, read.map_err(|fault| fault.error).transpose()));
        records.extend(resolved.filter_map(|(id, read)| Some((id, read?))));
        Ok(records)
    }

    fn part(found: &Self::Found, asked: &Wanted) -> Result<Option<Record>, Error> {
        let record = found.get(&asked.id).cloned().transpose()?;
        Ok(record.map(|record| record.only(&asked.properties)))
    }
}

impl ReadById {
    async fn one(
        &self,
        hub: &HubSpot,
        permit: Option<Permit>,
        trip: &Waiters,
        id: &RecordId,
        names: &[String],
    ) -> Result<Option<Record>, AttemptError> {
        let path = format!("{}/{}/{}", hub.root(Api::Objects), self.0.name(), encoded(id.as_str()));
        let ask = ApiRequest::get(self.0.name(), path).with("properties", &names.join(","));
        let came = hub.transport().send_composed(Bucket::General, permit, trip, &mut || Some(ask.clone())).await;
        match came {
            Ok(answer) => Record::read(&answer).map(Some),
            Err(fault) if fault.error == Error::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// One batch read. Unknown ids come as errors beside the results (207).
pub(crate) async fn batch_read(
    hub: &HubSpot,
    permit: Option<Permit>,
    trip: &Waiters,
    object: Object,
    id_property: Option<&str>,
    ids: &[&str],
    properties: &[String],
) -> Result<Batch, AttemptError> {
    let inputs: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    let mut body = json!({ "inputs": inputs, "properties": properties });
    if let Some(id_property) = id_property {
        body["idProperty"] = id_property.into();
    }
    let path = format!("{}/{}/batch/read", hub.root(Api::Objects), object.name());
    let ask = ApiRequest::query(object.name(), path, &body);
    let answer = hub.transport().send_composed(Bucket::General, permit, trip, &mut || Some(ask.clone())).await;
    match answer {
        Ok(answer) => Ok(Batch { found: Record::read_all(&answer)?, missing: missing(&answer) }),
        // Some versions answer 404 when not one of the ids exists.
        Err(fault) if fault.error == Error::NotFound => {
            Ok(Batch { found: vec![], missing: ids.iter().map(|&id| id.to_owned()).collect() })
        }
        Err(fault) => Err(fault),
    }
}

fn missing(answer: &Value) -> BTreeSet<String> {
    let errors = answer["errors"].as_array().into_iter().flatten();
    let ids = errors.flat_map(|error| error["context"]["ids"].as_array().into_iter().flatten());
    ids.filter_map(|id| id.as_str().map(str::to_owned)).collect()
}
