//! Definitions of properties: the fields of records, and the values that they take.

use std::sync::Arc;

use serde_json::Value;

use crate::batching::cache::Cache;
use crate::error::Error;
use crate::settings::Settings;
use crate::tier::Bucket;
use crate::transport::call_scope::CallScope;
use crate::transport::request::{ApiRequest, encoded};
use crate::versions::Api;

const FAMILY: &str = "properties";

/// The definition of a property (HubSpot, properties API).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// HubSpot's internal name.
    pub name: String,
    /// The name that people see.
    pub label: String,
    /// HubSpot's `type`: `string`, `enumeration`, `number`, `date`, `datetime`, `bool` or `phone_number`.
    pub kind: String,
    /// HubSpot's `fieldType`, such as `text` or `select`. A `checkbox` takes several options at once.
    pub field: String,
    /// The explanation that the account gives.
    pub description: String,
    /// The values that an `enumeration` takes.
    pub options: Vec<PropertyOption>,
    /// True if the options are not listed here, as those of owners and pipeline stages.
    pub options_elsewhere: bool,
    /// True if only HubSpot sets the value.
    pub read_only: bool,
    /// True if HubSpot's screens do not show it.
    pub hidden: bool,
    /// True if no two records may have the same value.
    pub unique: bool,
}

/// One value of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyOption {
    /// The value in records.
    pub value: String,
    /// The name that people see.
    pub label: String,
    /// True if HubSpot's screens do not offer it.
    pub hidden: bool,
}

/// The properties of object types.
#[derive(Debug)]
pub struct Properties<'a> {
    pub(crate) state: &'a PropertiesState,
    pub(crate) scope: &'a CallScope,
}

/// The cache of properties by object type.
pub(crate) struct PropertiesState(Cache<String, Arc<Vec<Property>>>);

impl PropertiesState {
    pub(crate) fn new(settings: &Settings) -> PropertiesState {
        PropertiesState(Cache::new("properties", settings.properties_ttl))
    }

    pub(crate) async fn of(&self, scope: &CallScope, object: &str) -> Result<Arc<Vec<Property>>, Error> {
        self.0.get(scope.deadline(), object.to_owned(), || read(scope, object)).await
    }
}

opaque_debug!(PropertiesState);

impl Properties<'_> {
    /// Returns all properties of an object type, such as `tickets`, from the cache if they are in it.
    pub async fn of(&self, object: &str) -> Result<Arc<Vec<Property>>, Error> {
        self.state.of(self.scope, object).await
    }

    /// Reads them again, for a property or an option that the cached ones do not have.
    pub async fn of_fresh(&self, object: &str) -> Result<Arc<Vec<Property>>, Error> {
        self.state.0.remove(&object.to_owned());
        self.of(object).await
    }
}

async fn read(scope: &CallScope, object: &str) -> Result<Arc<Vec<Property>>, Error> {
    let request = ApiRequest::get(FAMILY, format!("{}/{}", scope.root(Api::Properties), encoded(object)));
    let answer = scope.send(Bucket::General, &request).await?;
    let results = answer["results"].as_array().ok_or(Error::Unreadable { reason: "it has no list of results" })?;
    Ok(Arc::new(results.iter().map(property).collect()))
}

/// Reads one definition of HubSpot's list.
pub(crate) fn property(value: &Value) -> Property {
    Property {
        name: text(value, "name"),
        label: text(value, "label"),
        kind: text(value, "type"),
        field: text(value, "fieldType"),
        description: text(value, "description"),
        options_elsewhere: value["externalOptions"] == true,
        hidden: value["hidden"] == true,
        unique: value["hasUniqueValue"] == true,
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
