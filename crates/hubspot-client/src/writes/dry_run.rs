//! Writes that are only planned: with [`Settings::dry_run`](crate::Settings::dry_run) every write ends here, before it is
//! sent, and its caller can say what would be sent.

use serde_json::Value;

use crate::record::Record;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use domain::id::RecordId;

/// The id of every record that a dry run would create.
pub const DRY_RUN_ID: &str = "0";
/// In a dry run, remembers the request in place of sending it, and returns the result that it pretends to have.
pub(crate) fn in_place_of<T>(
    scope: &CallScope,
    request: impl FnOnce() -> ApiRequest,
    pretended: impl FnOnce() -> T,
) -> Option<T> {
    scope.is_dry_run().then(|| {
        scope.planned().add(&request());
        pretended()
    })
}

/// The record that a creation with these values would make.
pub(crate) fn record(properties: &Value) -> Record {
    let texts = properties.as_object().into_iter().flatten();
    let properties = texts.map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned))).collect();
    Record { properties, ..Record::known(RecordId::from(0)) }
}

/// True for the id of a record that a dry run has pretended to create.
pub(crate) fn is_pretended(scope: &CallScope, id: &RecordId) -> bool {
    scope.is_dry_run() && id.as_str() == DRY_RUN_ID
}
