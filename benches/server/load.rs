//! Clients that call all at once, and the check that an answer is the right one.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Error;

/// The tool of the bare server that does nothing.
pub(crate) const NO_OP: &str = "no_op";

/// The tool of both servers that reads one contact.
pub(crate) const READ: &str = "find_owner_id_by_contact_id";

/// A call that takes longer is lost.
const CALL_MAX: Duration = Duration::from_secs(60);

/// A tool call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) tool: &'static str,
    pub(crate) arguments: Value,
    /// The tool must report a failure.
    pub(crate) fails: bool,
}

pub(crate) trait Client: Send + 'static {
    fn call(&mut self, id: usize, call: &Call) -> impl Future<Output = Result<(), Error>> + Send;
}

/// The most frequent calls of a front desk: three look-ups, and a customer who is not known.
pub(crate) fn front_desk_calls() -> Vec<Call> {
    let call = |tool, arguments, fails| Call { tool, arguments, fails };
    vec![
        call("find_contact_by_email", json!({"email": "sarah@gmail.com"}), false),
        read_call(),
        call("find_owner_by_owner_id", json!({"owner_id": "117001"}), false),
        call("find_contact_by_email", json!({"email": "nobody@nowhere.example"}), true),
    ]
}

/// A call that needs exactly one request to HubSpot.
pub(crate) fn read_call() -> Call {
    Call { tool: READ, arguments: json!({"cus_cid": "84246479604"}), fails: false }
}

pub(crate) fn no_op_calls() -> Vec<Call> {
    vec![Call { tool: NO_OP, arguments: json!({}), fails: false }]
}

/// Checks that the answer belongs to this request, and succeeds or fails as expected.
pub(crate) fn check_answer(id: usize, call: &Call, answer: &[u8]) -> Result<(), Error> {
    let message: Value = serde_json::from_slice(answer)?;
    let result = &message["result"];
    let failed = result["isError"] == true;
    if message["id"] == id && result["content"].is_array() && failed == call.fails {
        return Ok(());
    }
    Err(format!("call {id} of `{}` was answered by {message}", call.tool).into())
}

/// The outcome of one load.
pub(crate) struct Measured {
    pub(crate) calls: usize,
    pub(crate) took: Duration,
    /// Of every call.
    pub(crate) latencies: Vec<Duration>,
}

impl Measured {
    pub(crate) fn calls_per_second(&self) -> f64 {
        self.calls as f64 / self.took.as_secs_f64()
    }
}

/// Makes `calls_each` calls through every client, one after the other per client and all clients at once.
///
/// Returns the clients, still open. A lost or wrong answer is an error.
pub(crate) async fn all_call<C: Client>(
    clients: Vec<C>,
    calls_each: usize,
    calls: Vec<Call>,
) -> Result<(Vec<C>, Measured), Error> {
    let calls: Arc<[Call]> = calls.into();
    let start = Instant::now();
    let mut running = JoinSet::new();
    for (number, client) in clients.into_iter().enumerate() {
        running.spawn(one_calls(client, number, calls_each, calls.clone()));
    }
    let (mut clients, mut latencies) = (vec![], vec![]);
    while let Some(ended) = running.join_next().await {
        let (client, took) = ended??;
        clients.push(client);
        latencies.extend(took);
    }
    Ok((clients, Measured { calls: latencies.len(), took: start.elapsed(), latencies }))
}

/// Each client begins with another call, so that all kinds are under way at any time.
async fn one_calls<C: Client>(
    mut client: C,
    number: usize,
    count: usize,
    calls: Arc<[Call]>,
) -> Result<(C, Vec<Duration>), Error> {
    let mut took = Vec::with_capacity(count);
    for at in 0..count {
        let start = Instant::now();
        let call = &calls[(number + at) % calls.len()];
        timeout(CALL_MAX, client.call(at + 1, call)).await.map_err(|_| format!("no answer within {CALL_MAX:?}"))??;
        took.push(start.elapsed());
    }
    Ok((client, took))
}
