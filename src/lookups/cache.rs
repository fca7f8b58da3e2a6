//! Answers that are still fresh.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;

/// Most answers of one look-up; with more, the oldest goes.
const ANSWERS_MAX: usize = 500;

/// The time of an answer, and the answer.
type CachedAnswer = (Instant, Map<String, Value>);

/// The answers of one look-up by the digest of their requests.
#[derive(Debug)]
pub struct Cache {
    age_max: Duration,
    answers: Mutex<HashMap<String, CachedAnswer>>,
}

impl Cache {
    /// Keeps answers for so long; for no time, none.
    pub fn new(age_max: Duration) -> Cache {
        Cache { age_max, answers: Mutex::default() }
    }

    /// The fresh answer to a request.
    pub fn get(&self, key: &str) -> Option<Map<String, Value>> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(key).filter(|(at, _)| at.elapsed() < self.age_max).map(|(_, answer)| answer.clone())
    }

    /// Keeps an answer.
    pub fn keep(&self, key: String, answer: Map<String, Value>) {
        if self.age_max.is_zero() {
            return;
        }
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|_, (at, _)| at.elapsed() < self.age_max);
        if answers.len() >= ANSWERS_MAX {
            let oldest = answers.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| key.clone());
            oldest.and_then(|key| answers.remove(&key));
        }
        answers.insert(key, (Instant::now(), answer));
    }
}
