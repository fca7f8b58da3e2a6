//! Pipelines and their stages.

use std::sync::Arc;

use serde_json::Value;

use crate::HubSpot;
use crate::error::Error;
use crate::object::Object;
use crate::tier::Bucket;
use crate::transport::request::ApiRequest;
use crate::versions::Api;

const FAMILY: &str = "pipelines";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    pub id: String,
    pub label: String,
    /// In the order the account shows them.
    pub stages: Vec<Stage>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    pub id: String,
    pub label: String,
    pub closed: bool,
}

#[derive(Debug)]
pub struct Pipelines<'a>(pub(crate) &'a HubSpot);

impl Pipelines<'_> {
    /// The ticket pipelines, in the order the account shows them. From memory if they were read a short while ago.
    pub async fn tickets(&self) -> Result<Arc<Vec<Pipeline>>, Error> {
        self.0.engine.pipelines.get(self.0, Object::Tickets, || self.read()).await
    }

    /// The same, read now: for when a stage is asked for that was not there a short while ago.
    pub async fn tickets_fresh(&self) -> Result<Arc<Vec<Pipeline>>, Error> {
        self.0.engine.pipelines.forget(&Object::Tickets).await;
        self.tickets().await
    }

    async fn read(&self) -> Result<Arc<Vec<Pipeline>>, Error> {
        let ask = ApiRequest::get(FAMILY, format!("{}/tickets", self.0.root(Api::Pipelines)));
        let answer =
            self.0.transport().send(Bucket::General, &ask, &self.0.waiters()).await.map_err(|fault| fault.error)?;
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

/// `metadata.isClosed` is the text `"true"`; older accounts only have `ticketState`.
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
