//! The paths of this family.

use crate::transport::call_scope::CallScope;
use crate::transport::request::encoded;
use crate::versions::Api;
use domain::id::ThreadId;

/// The label in metrics and logs.
pub(super) const FAMILY: &str = "conversations";

/// A path below the family's root; `rest` begins with a slash.
pub(super) fn of(scope: &CallScope, rest: &str) -> String {
    format!("{}{rest}", scope.root(Api::Conversations))
}

/// A thread, and what is below it.
pub(super) fn thread(scope: &CallScope, id: &ThreadId, rest: &str) -> String {
    of(scope, &format!("/threads/{}{rest}", encoded(id.as_str())))
}

/// The messages of a thread, and what is below them.
pub(super) fn message(scope: &CallScope, thread: &ThreadId, id: &str, rest: &str) -> String {
    self::thread(scope, thread, &format!("/messages/{}{rest}", encoded(id)))
}
