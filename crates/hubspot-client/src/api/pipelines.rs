//! Pipelines and their stages.

use std::sync::Arc;

use serde_json::Value;

use crate::batching::cache::Cache;
use crate::error::Error;
use crate::object::Object;
use crate::settings::Settings;
use crate::tier::Bucket;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::versions::Api;

const FAMILY: &str = "pipelines";

/// A pipeline of tickets or deals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// HubSpot's internal id.
    pub id: String,
    /// The name that people see.
    pub label: String,
    /// In the order in which the account shows them.
    pub stages: Vec<Stage>,
}

/// A stage of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// HubSpot's internal id, unique within the account.
    pub id: String,
    /// The name that people see.
    pub label: String,
    /// True if tickets or deals in this stage are closed.
    pub closed: bool,
}

/// The pipelines of the account.
#[derive(Debug)]
pub struct Pipelines<'a> {
    pub(crate) state: &'a PipelinesState,
    pub(crate) scope: &'a CallScope,
}

/// The cache of pipelines, by object type.
pub(crate) struct PipelinesState(Cache<Object, Arc<Vec<Pipeline>>>);

impl PipelinesState {
    pub(crate) fn new(settings: &Settings) -> PipelinesState {
        PipelinesState(Cache::new("pipelines", settings.pipelines_ttl))
    }
}

opaque_debug!(PipelinesState);

impl Pipelines<'_> {
    /// Returns the ticket pipelines in the order in which the account shows them, from the cache if they are in it.
    pub async fn tickets(&self) -> Result<Arc<Vec<Pipeline>>, Error> {
        self.of(Object::Tickets).await
    }

    /// Reads the ticket pipelines again, for a stage that the cached ones do not have.
    pub async fn tickets_fresh(&self) -> Result<Arc<Vec<Pipeline>>, Error> {
        self.state.0.remove(&Object::Tickets);
        self.tickets().await
    }

    /// Returns the deal pipelines in the same way. Fails with [`Error::ScopeMissing`] without the scope for deals.
    pub async fn deals(&self) -> Result<Arc<Vec<Pipeline>>, Error> {
        self.of(Object::Deals).await
    }

    async fn of(&self, object: Object) -> Result<Arc<Vec<Pipeline>>, Error> {
        self.state.0.get(self.scope.deadline(), object, || self.read(object)).await
    }

    async fn read(&self, object: Object) -> Result<Arc<Vec<Pipeline>>, Error> {
        let request = ApiRequest::get(FAMILY, format!("{}/{}", self.scope.root(Api::Pipelines), object.name()));
        let answer = self.scope.send(Bucket::General, &request).await?;
        let results = answer["results"].as_array().ok_or(Error::Unreadable { reason: "it has no list of results" })?;
        Ok(Arc::new(in_order(results).into_iter().map(pipeline).collect()))
    }
}

fn pipeline(value: &Value) -> Pipeline {
    let stages = value["stages"].as_array().map(Vec::as_slice).unwrap_or_default();
    Pipeline {
        id: text(value, "id"),
        label: text(value, "label"),
        stages: in_order(stages).into_iter().map(stage).collect(),
    }
}

/// Reads a stage. `metadata.isClosed` is the text `"true"`; older accounts have only `ticketState`.
fn stage(value: &Value) -> Stage {
    let metadata = &value["metadata"];
    let closed = metadata["isClosed"] == "true" || metadata["isClosed"] == true || metadata["ticketState"] == "CLOSED";
    Stage { id: text(value, "id"), label: text(value, "label"), closed }
}

fn in_order(values: &[Value]) -> Vec<&Value> {
    let mut live: Vec<_> = values.iter().filter(|value| value["archived"] != true).collect();
    live.sort_by_key(|value| value["displayOrder"].as_i64().unwrap_or(i64::MAX));
    live
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}
