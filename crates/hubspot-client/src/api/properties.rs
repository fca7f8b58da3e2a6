//! What properties an object has, and which values they take.

use std::sync::Arc;

use serde_json::Value;

use crate::HubSpot;
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::request::{ApiRequest, encoded};
use crate::versions::Api;

const FAMILY: &str = "properties";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// HubSpot's internal name.
    pub name: String,
    pub label: String,
    /// `string`, `enumeration`, `number`, `date`, `datetime`, `bool` or `phone_number`.
    pub kind: String,
    /// How HubSpot's screens ask for it: `checkbox` takes several options at once.
    pub field: String,
    pub description: String,
    pub options: Vec<PropertyOption>,
    /// Its options are kept elsewhere, as owners and pipeline stages are.
    pub options_elsewhere: bool,
    pub read_only: bool,
    pub hidden: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyOption {
    pub value: String,
    pub label: String,
    pub hidden: bool,
}

#[derive(Debug)]
pub struct Properties<'a>(pub(crate) &'a HubSpot);

impl Properties<'_> {
    /// All properties of an object type, such as `tickets`. From memory if they were read a short while ago.
    pub async fn of(&self, object: &str) -> Result<Arc<Vec<Property>>, Error> {
        self.0.engine.properties.get(self.0, object.to_owned(), || self.read(object)).await
    }

    /// The same, read now: for when a property or an option is asked for that was not there a short while ago.
    pub async fn of_fresh(&self, object: &str) -> Result<Arc<Vec<Property>>, Error> {
        self.0.engine.properties.forget(&object.to_owned()).await;
        self.of(object).await
    }

    async fn read(&self, object: &str) -> Result<Arc<Vec<Property>>, Error> {
        let ask = ApiRequest::get(FAMILY, format!("{}/{}", self.0.root(Api::Properties), encoded(object)));
        let answer =
            self.0.transport().send(Bucket::General, &ask, &self.0.waiters()).await.map_err(|fault| fault.error)?;
        let results = answer["results"].as_array().ok_or(Error::Unreadable { reason: "it has no list of results" })?;
        Ok(Arc::new(results.iter().map(property).collect()))
    }
}

fn property(value: &Value) -> Property {
    Property {
        name: text(value, "name"),
        label: text(value, "label"),
        kind: text(value, "type"),
        field: text(value, "fieldType"),
        description: text(value, "description"),
        options_elsewhere: value["externalOptions"] == true,
        hidden: value["hidden"] == true,
        options: value["options"].as_array().into_iter().flatten().map(option).collect(),
        read_only: value["modificationMetadata"]["readOnlyValue"].as_bool().unwrap_or(false),
    }
}

fn option(value: &Value) -> PropertyOption {
    PropertyOption { value: text(value, "value"), label: text(value, "label"), hidden: value["hidden"] == true }
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}
