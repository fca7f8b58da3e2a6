//! Property tests: each file holds one property that is true for any input.

use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

mod associations;
mod hostile_input;
mod meeting_links;
mod paging;
mod search;
mod slots;
mod snapshots;
mod threads;

/// Creates a runtime with a stopped clock.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

fn ids(page: &Value, name: &str) -> Vec<String> {
    page["results"].as_array().unwrap().iter().map(|one| one[name].to_string().replace('"', "")).collect()
}
