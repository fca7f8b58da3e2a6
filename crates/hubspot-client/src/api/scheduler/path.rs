//! The paths of the scheduler's endpoints.

use crate::transport::call_scope::CallScope;
use crate::versions::Api;

/// The label in metrics and logs.
pub(super) const FAMILY: &str = "scheduler";

/// The path of an endpoint; `rest` begins with `/` or is empty.
pub(super) fn of(scope: &CallScope, rest: &str) -> String {
    format!("{}/meeting-links{rest}", scope.root(Api::Scheduler))
}
