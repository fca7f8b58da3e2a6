//! One answer for all who ask the same at the same time.
//!
//! Only a read that has not left yet is shared: an answer that was under way when somebody asked may be older than what
//! that somebody has just done.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde_json::Value;

use super::HubSpot;
use super::ask::Ask;
use super::error::Error;
use super::fault::Fault;
use super::limiter::Permit;
use super::line::Line;
use super::shared_read::SharedRead;
use super::tier::Bucket;
use super::trip::Trip;

/// Everybody who asks goes with the next flight.
const SEATS: usize = usize::MAX;

/// A question: its address and its body.
type Question = (String, Bytes);

/// The reads that somebody asks right now. Bounded by the number of callers.
#[derive(Default)]
pub(super) struct SameReads(Mutex<HashMap<Question, Arc<Line<SameRead>>>>);

pub(super) struct SameRead {
    ask: Ask,
    bucket: Bucket,
}

impl SameReads {
    pub(super) async fn get(&self, hub: &HubSpot, bucket: Bucket, ask: Ask) -> Result<Arc<Value>, Error> {
        let question = (ask.path.clone(), ask.body.clone());
        let line = {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.retain(|_, line| Arc::strong_count(line) > 1 || !line.is_idle());
            lines.entry(question).or_insert_with(|| Line::new(SameRead { ask, bucket })).clone()
        };
        line.ask(hub, ()).await
    }
}

impl SharedRead for SameRead {
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

    async fn read(&self, hub: &HubSpot, permit: Option<Permit>, trip: &Trip, _: &[&()]) -> Result<Arc<Value>, Fault> {
        let compose = &mut || Some(self.ask.clone());
        hub.door().send_composed(self.bucket, permit, trip, compose).await.map(Arc::new)
    }

    fn part(found: &Arc<Value>, (): &()) -> Result<Arc<Value>, Error> {
        Ok(found.clone())
    }
}
