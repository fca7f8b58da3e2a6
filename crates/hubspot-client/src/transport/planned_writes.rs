//! The writes of one call that a dry run has not sent.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::transport::request::ApiRequest;

/// The most writes of one call that are remembered; a call makes one or two.
const PLANNED_MAX: usize = 100;

/// The writes of one call that were planned and not sent. Clones are the same list.
#[derive(Clone, Default)]
pub(crate) struct PlannedWrites(Arc<Mutex<Vec<Value>>>);

impl PlannedWrites {
    pub(crate) fn add(&self, request: &ApiRequest) {
        let mut planned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if planned.len() < PLANNED_MAX {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            planned.push(json!({ "method": request.method.as_str(), "path": request.path, "body": body }));
        }
    }

    /// Takes what was planned so far, oldest first: method, path and body of each request.
    pub(crate) fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
