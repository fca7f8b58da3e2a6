//! What holds whatever the input: properties over random data, a file for each promise.

use tokio::runtime::{Builder, Runtime};

mod associations;
mod hostile;
mod paging;
mod searching;
mod slots;

/// A runtime whose clock stands still.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}
