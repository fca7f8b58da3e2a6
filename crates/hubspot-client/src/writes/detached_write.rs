//! A write that goes on to its end whether or not its caller still waits for it.

use std::time::Duration;

use tokio::time::timeout_at;

use crate::HubSpot;
use crate::error::{Error, Write};
use crate::metrics;
use crate::transport::waiters::Waiter;

/// What is left to the caller after the write has ended or was given up, to say so.
const GRACE: Duration = Duration::from_millis(50);

impl HubSpot {
    /// Begins the write that `carry` makes for this caller, and waits for it until the caller's deadline. For who gives up
    /// before its end its outcome is unknown; it is finished and accounted for all the same.
    pub(crate) async fn run_to_completion<T, F>(
        &self,
        family: &'static str,
        write: Write,
        carry: impl FnOnce(HubSpot, Waiter) -> F,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let caller = self.caller();
        let (deadline, _gone) = (caller.deadline, caller.gone.clone().drop_guard());
        let carried = carry(self.on_behalf_of(&caller), caller.clone());
        let under_way = self.engine.writes.spawn(async move {
            let done = carried.await;
            if done.is_ok() && caller.gone.is_cancelled() {
                metrics::ended_unheard(family);
                tracing::info!(family, "A write was carried out whose caller had gone.");
            }
            done
        });
        match timeout_at(deadline - GRACE, under_way).await {
            Ok(Ok(result)) => result,
            _ => Err(Error::OutcomeUnknown { write }),
        }
    }
}
