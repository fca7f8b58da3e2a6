//! The cost of what happens meanwhile: the peak of private memory, and processor time.

use std::future::Future;
use std::time::Duration;

use crate::private_memory;

/// The pause between two looks at the memory.
const LOOK: Duration = Duration::from_millis(1);

/// What a piece of work cost the process.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// Growth of the private memory at its highest, in MiB.
    pub(crate) memory: f64,
    /// Of all threads of the process.
    pub(crate) processor: Duration,
}

/// Watches the process while `work` runs.
pub(crate) async fn of<T>(pid: Option<u32>, work: impl Future<Output = T>) -> (T, Cost) {
    let before = (private_memory::read(pid).unwrap_or_default(), processor(pid));
    let mut peak = before.0;
    tokio::pin!(work);
    let done = loop {
        tokio::select! {
            biased;
            done = &mut work => break done,
            () = tokio::time::sleep(LOOK) => peak = peak.max(private_memory::read(pid).unwrap_or_default()),
        }
    };
    peak = peak.max(private_memory::read(pid).unwrap_or_default());
    (done, Cost { memory: peak - before.0, processor: processor(pid).saturating_sub(before.1) })
}

/// The processor time of the process's threads so far; zero where the system has no `/proc`.
fn processor(pid: Option<u32>) -> Duration {
    let Some(pid) = pid else { return Duration::ZERO };
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}

/// The most that one request may cost.
pub(crate) const TARGET: &str = "target: at most 20 MiB, 50 ms";
const MEMORY_MAX: f64 = 20.0;
const PROCESSOR_MAX: Duration = Duration::from_millis(50);

impl Cost {
    /// True if it is over the target.
    pub(crate) fn misses(&self) -> bool {
        self.memory > MEMORY_MAX || self.processor > PROCESSOR_MAX
    }

    /// `1.2 MiB, 3.4 ms`.
    pub(crate) fn text(&self) -> String {
        format!("{:.1} MiB, {:.1} ms", self.memory, self.processor.as_secs_f64() * 1e3)
    }
}
