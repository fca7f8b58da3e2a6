//! The key of a caller, by which HubSpot's quota is shared.

use std::sync::Arc;

/// The caller for whom requests are sent. Keys are opaque: equal ones share their part of the quota. The default stands
/// for the client's own reads, such as filling a cache ahead of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CallerKey(Option<Arc<str>>);

impl CallerKey {
    /// The key of the caller with this name.
    pub fn new(name: impl Into<Arc<str>>) -> CallerKey {
        CallerKey(Some(name.into()))
    }

    pub(crate) fn is_background(&self) -> bool {
        self.0.is_none()
    }
}
