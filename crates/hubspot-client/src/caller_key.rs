//! The key of a caller, by which HubSpot's quota is shared.

use std::sync::Arc;

/// The caller for whom requests are sent. Keys are opaque: equal ones share their part of the quota. The default stands
/// for the client's own reads, such as filling a cache ahead of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CallerKey {
    name: Option<Arc<str>>,
    yields: bool,
}

impl CallerKey {
    /// The key of the caller with this name.
    pub fn new(name: impl Into<Arc<str>>) -> CallerKey {
        CallerKey { name: Some(name.into()), yields: false }
    }

    /// The key of a caller that works in the background, such as on a backlog: also while it is alone it leaves the part of
    /// each window that is kept for quiet callers, so that whoever comes is served at once.
    pub fn yielding(name: impl Into<Arc<str>>) -> CallerKey {
        CallerKey { name: Some(name.into()), yields: true }
    }

    pub(crate) fn is_background(&self) -> bool {
        self.name.is_none()
    }

    pub(crate) fn yields(&self) -> bool {
        self.yields
    }
}
