//! Runs a parser in a thread of its own, so that it may panic or take too long without harm to the process.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use super::parsed::ParseError;

/// The longest time for one document. The largest manuals that were tried took two seconds.
const TIME_MAX: Duration = Duration::from_secs(60);

/// The stack of the thread: parsers recurse into nested elements.
const STACK_BYTES: usize = 16 << 20;

/// Runs `parse`.
///
/// # Errors
/// The errors of `parse`, and those of a panic and of a timeout. After a timeout the thread runs on in the background.
pub(super) fn run<T: Send + 'static>(
    parse: impl FnOnce() -> Result<T, ParseError> + Send + 'static,
) -> Result<T, ParseError> {
    within(TIME_MAX, parse)
}

fn within<T: Send + 'static>(
    limit: Duration,
    parse: impl FnOnce() -> Result<T, ParseError> + Send + 'static,
) -> Result<T, ParseError> {
    let (done, waiting) = mpsc::sync_channel(1);
    // After a timeout the receiver is gone and the result is discarded.
    let work = move || drop(done.send(parse()));
    let thread = thread::Builder::new().name("document".to_owned()).stack_size(STACK_BYTES);
    thread.spawn(work).map_err(|cause| ParseError::Malformed(cause.to_string()))?;
    match waiting.recv_timeout(limit) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(ParseError::TooSlow(limit.as_secs())),
        Err(RecvTimeoutError::Disconnected) => Err(ParseError::Panicked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_and_timeouts_are_errors() {
        assert_eq!(run(|| Ok(7)), Ok(7));
        assert_eq!(run(|| -> Result<(), _> { panic!("a test's own panic") }), Err(ParseError::Panicked));
        let (_stop, never) = mpsc::channel::<()>();
        let endless = move || never.recv().map_err(|_| ParseError::Panicked);
        assert_eq!(within(Duration::from_millis(1), endless), Err(ParseError::TooSlow(0)));
    }
}
