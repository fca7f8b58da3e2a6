//! Single flight: one request for all callers that send the same one at the same time.
//!
//! Only a request that has not been sent yet is shared. An answer that was on its way when a caller asked may be older
//! than what that caller has just written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde_json::Value;

use crate::batching::batched_read::BatchedRead;
use crate::batching::batcher::Batcher;
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::limiter::Permit;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::Waiters;

/// Path and body: requests with the same two are the same.
type RequestKey = (String, Bytes);

/// The requests that callers wait for at present. Bounded by the number of callers.
#[derive(Default)]
pub(crate) struct SingleFlight(Mutex<HashMap<RequestKey, Arc<Batcher<SharedRequest>>>>);

struct SharedRequest {
    request: ApiRequest,
    bucket: Bucket,
}

impl SingleFlight {
    /// Sends the request, or shares the answer of an equal one that waits to be sent.
    pub(crate) async fn send(
        &self,
        scope: &CallScope,
        bucket: Bucket,
        request: ApiRequest,
    ) -> Result<Arc<Value>, AttemptError> {
        let key = (request.path.clone(), request.body.clone());
        let batcher = {
            let mut batchers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            batchers.retain(|_, batcher| Arc::strong_count(batcher) > 1 || !batcher.is_idle());
            batchers.entry(key).or_insert_with(|| Batcher::new(SharedRequest { request, bucket })).clone()
        };
        batcher.submit(scope, ()).await
    }
}

impl BatchedRead for SharedRequest {
    type Input = ();
    type Output = Arc<Value>;
    type Found = Arc<Value>;

    const MAX_BATCH: usize = usize::MAX;

    fn name(&self) -> &'static str {
        self.request.family
    }

    fn bucket(&self) -> Bucket {
        self.bucket
    }

    async fn read(
        &self,
        scope: &CallScope,
        permit: Option<Permit>,
        waiters: &Waiters,
        _: &[&()],
    ) -> Result<Arc<Value>, AttemptError> {
        let compose = &mut || Some(self.request.clone());
        scope.transport().send_composed(self.bucket, permit, waiters, compose).await.map(Arc::new)
    }

    fn part(found: &Arc<Value>, (): &()) -> Result<Arc<Value>, Error> {
        Ok(found.clone())
    }
}
