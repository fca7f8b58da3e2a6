//! One answer for all who ask the same at the same time.
//!
//! Only a read that has not left yet is shared: an answer that was under way when somebody asked may be older than what
//! that somebody has just done.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use serde_json::Value;

use super::HubSpot;
use super::ask::Ask;
use super::error::Error;
use super::limiter::Permit;
use super::line::{self, Line, Passenger, Route};
use super::tier::Bucket;

/// Everybody who asks goes with the next flight.
const SEATS: usize = usize::MAX;

/// The reads that somebody asks right now, by address. Bounded by the number of callers.
#[derive(Default)]
pub(super) struct SameReads(Mutex<HashMap<String, Arc<Line<SameRead>>>>);

pub(super) struct SameRead {
    ask: Ask,
}

impl SameReads {
    pub(super) async fn get(&self, hub: &HubSpot, ask: Ask) -> Result<Arc<Value>, Error> {
        let path = ask.path.clone();
        let line = {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.retain(|_, line| Arc::strong_count(line) > 1 || !line.is_idle());
            lines.entry(path).or_insert_with(|| Line::new(SameRead { ask })).clone()
        };
        line.ask(hub, ()).await
    }
}

impl Route for SameRead {
    type Input = ();
    type Output = Arc<Value>;

    fn name(&self) -> &'static str {
        self.ask.family
    }

    fn bucket(&self) -> Bucket {
        Bucket::General
    }

    fn seats(&self) -> usize {
        SEATS
    }

    fn is_write(&self) -> bool {
        false
    }

    fn given_up(&self) -> Error {
        Error::Timeout
    }

    fn fly(&self, hub: HubSpot, permit: Permit, aboard: Vec<Passenger<SameRead>>) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let compose = &mut || Some(self.ask.clone());
            let came = hub.door().send_composed(Bucket::General, Some(permit), &line::trip(&aboard), compose).await;
            let answer = came.map(Arc::new).map_err(|fault| fault.error);
            aboard.into_iter().for_each(|passenger| _ = passenger.answer(answer.clone()));
        })
    }
}
