//! Work whose single steps may take milliseconds, such as that of a call with the largest arguments: while it runs, the
//! runtime has another thread do what else its worker would.

use std::future::poll_fn;
use std::pin::pin;

use serde_json::Value;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// Bytes of a body whose reading stays well under the 5 ms that a worker may be kept.
pub const SMALL_BODY_BYTES: usize = 32 * 1024;
/// Bytes of arguments, in memory, of which the same is true: some texts are read more than once.
const SMALL_BYTES: usize = 4 * 1024;

/// Drives `work` to its end; where it is not small, each of its steps leaves the worker free for other tasks. A runtime of one
/// thread has no other, and serves one client.
pub async fn drive<F: Future>(is_small: bool, work: F) -> F::Output {
    let mut work = pin!(work);
    if is_small || !has_other_threads() {
        return work.await;
    }
    poll_fn(|context| block_in_place(|| work.as_mut().poll(context))).await
}

/// True for arguments of few bytes and few values; of large ones only the first are counted.
pub fn is_small(arguments: &Value) -> bool {
    left_after(arguments, SMALL_BYTES).is_some()
}

/// The bytes that are left of `room` after a value; `None` if it has more.
fn left_after(value: &Value, room: usize) -> Option<usize> {
    let room = room.checked_sub(size_of::<Value>())?;
    match value {
        Value::String(text) => room.checked_sub(text.len()),
        Value::Array(values) => values.iter().try_fold(room, |room, value| left_after(value, room)),
        Value::Object(members) => {
            let mut members = members.iter();
            members.try_fold(room, |room, (name, value)| left_after(value, room.checked_sub(name.len())?))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Some(room),
    }
}

fn has_other_threads() -> bool {
    Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_small_by_all_their_texts() {
        let text = |bytes: usize| "x".repeat(bytes);
        let room = SMALL_BYTES - 2 * size_of::<Value>() - "issue".len();
        assert!(is_small(&json!({"issue": text(room)})) && !is_small(&json!({"issue": text(room + 1)})));
        assert!(!is_small(&json!([[text(SMALL_BYTES / 2)], {"a": text(SMALL_BYTES / 2)}])));
        let many = SMALL_BYTES / size_of::<Value>();
        for one in [json!(0), json!(""), json!([]), json!({}), json!(null)] {
            assert!(!is_small(&json!(vec![one; many])));
        }
    }

    /// The only worker of the runtime is kept until another task of it has run.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn other_tasks_go_on_beside_a_long_step() {
        let (sender, receiver) = mpsc::channel();
        let long = tokio::spawn(drive(false, async move {
            tokio::spawn(async move { sender.send(()).unwrap() });
            receiver.recv_timeout(Duration::from_secs(60)).is_ok()
        }));
        assert!(long.await.unwrap());
    }

    #[tokio::test]
    async fn one_thread_does_all_of_it() {
        let thread = thread::current().id();
        assert_eq!(drive(false, async { thread::current().id() }).await, thread);
    }
}
