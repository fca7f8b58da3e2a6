//! What holds whatever the input: properties over random data, a file for each promise.

use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

mod associations;
mod hostile;
mod keeping;
mod links;
mod paging;
mod searching;
mod slots;

/// A runtime whose clock stands still.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

fn ids(page: &Value, name: &str) -> Vec<String> {
    page["results"].as_array().unwrap().iter().map(|one| one[name].to_string().replace('"', "")).collect()
}
