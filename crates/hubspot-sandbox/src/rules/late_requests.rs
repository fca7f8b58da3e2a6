//! Requests that are executed after their answer. They belong to the account and end with it.

use tokio::task::JoinSet;

/// Requests that wait at once.
const WAITING_MAX: usize = 1_000;

#[derive(Debug, Default)]
pub(crate) struct LateRequests(JoinSet<()>);

impl LateRequests {
    pub(crate) fn spawn(&mut self, request: impl Future<Output = ()> + Send + 'static) {
        while self.0.try_join_next().is_some() {}
        self.0.spawn(request);
    }

    pub(crate) fn is_full(&mut self) -> bool {
        while self.0.try_join_next().is_some() {}
        self.0.len() >= WAITING_MAX
    }
}
