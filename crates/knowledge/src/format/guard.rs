//! Runs a parser where it can do no harm: in a thread of its own that may panic, and that is left behind when it takes
//! too long.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use super::Unreadable;

/// A document that takes longer is given up. The largest manuals tried took two seconds.
const TIME_MAX: Duration = Duration::from_secs(60);

/// Parsers recurse into what a document nests.
const STACK_BYTES: usize = 16 << 20;

/// What `parse` gives, or that it failed in any way.
pub(super) fn run<T: Send + 'static>(
    parse: impl FnOnce() -> Result<T, Unreadable> + Send + 'static,
) -> Result<T, Unreadable> {
    within(TIME_MAX, parse)
}

fn within<T: Send + 'static>(
    limit: Duration,
    parse: impl FnOnce() -> Result<T, Unreadable> + Send + 'static,
) -> Result<T, Unreadable> {
    let (done, waiting) = mpsc::sync_channel(1);
    // Nobody listens any more once the time is up; then the result is not wanted either.
    let work = move || drop(done.send(parse()));
    let thread = thread::Builder::new().name("document".to_owned()).stack_size(STACK_BYTES);
    thread.spawn(work).map_err(|cause| Unreadable::Malformed(cause.to_string()))?;
    match waiting.recv_timeout(limit) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(Unreadable::TooSlow(limit.as_secs())),
        Err(RecvTimeoutError::Disconnected) => Err(Unreadable::Panicked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parser_may_panic_or_never_end() {
        assert_eq!(run(|| Ok(7)), Ok(7));
        assert_eq!(run(|| -> Result<(), _> { panic!("a test's own panic") }), Err(Unreadable::Panicked));
        let (_stop, never) = mpsc::channel::<()>();
        let endless = move || never.recv().map_err(|_| Unreadable::Panicked);
        assert_eq!(within(Duration::from_millis(1), endless), Err(Unreadable::TooSlow(0)));
    }
}
