//! One answer for all who ask the same at the same time.
//!
//! Only a read that has not left yet is shared: an answer that was under way when somebody asked may be older than what
//! that somebody has just done.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde_json::Value;

use crate::HubSpot;
use crate::batching::batched_read::BatchedRead;
use crate::batching::batcher::Batcher;
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::limiter::Permit;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::Waiters;

/// Everybody who asks goes with the next flight.
const SEATS: usize = usize::MAX;

/// A question: its address and its body.
type Question = (String, Bytes);

/// The reads that somebody asks right now. Bounded by the number of callers.
#[derive(Default)]
pub(crate) struct SingleFlight(Mutex<HashMap<Question, Arc<Batcher<SharedRequest>>>>);

pub(crate) struct SharedRequest {
    ask: ApiRequest,
    bucket: Bucket,
}

impl SingleFlight {
    pub(crate) async fn get(&self, hub: &HubSpot, bucket: Bucket, ask: ApiRequest) -> Result<Arc<Value>, Error> {
        let question = (ask.path.clone(), ask.body.clone());
        let line = {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.retain(|_, line| Arc::strong_count(line) > 1 || !line.is_idle());
            lines.entry(question).or_insert_with(|| Batcher::new(SharedRequest { ask, bucket })).clone()
        };
        line.ask(hub, ()).await
    }
}

impl BatchedRead for SharedRequest {
    type Input = ();
    type Output = Arc<Value>;
    type Found = Arc<Value>;

    const SEATS: usize = SEATS;

    fn name(&self) -> &'static str {
        self.ask.family
    }

    fn bucket(&self) -> Bucket {
        self.bucket
    }

    async fn read(
        &self,
        hub: &HubSpot,
        permit: Option<Permit>,
        trip: &Waiters,
        _: &[&()],
    ) -> Result<Arc<Value>, AttemptError> {
        let compose = &mut || Some(self.ask.clone());
        hub.transport().send_composed(self.bucket, permit, trip, compose).await.map(Arc::new)
    }

    fn part(found: &Arc<Value>, (): &()) -> Result<Arc<Value>, Error> {
        Ok(found.clone())
    }
}
