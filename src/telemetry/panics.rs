//! Logs panics. The text of a panic can hold personal data, so only its place is logged.

use std::thread;

use tracing::error;

/// Logs each panic from now on as one line, in the format of the others.
pub(super) fn log() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        let current = thread::current();
        let thread = current.name().unwrap_or_default();
        error!(location, thread, "The server failed in a way it should not, at `{location}`: a panic.");
    }));
}
