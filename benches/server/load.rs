//! Clients that call all at once, and what makes an answer an answer.

use std::future::Future;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Fault;

/// A call that takes longer is lost.
const CALL_MAX: Duration = Duration::from_secs(60);

/// A call, and whether the tool is to say that it failed.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) tool: &'static str,
    pub(crate) arguments: Value,
    pub(crate) fails: bool,
}

pub(crate) trait Client: Send + 'static {
    fn call(&mut self, id: usize, call: &Call) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// What a front desk is asked most: three look-ups, and a customer nobody knows.
pub(crate) fn calls() -> Vec<Call> {
    let call = |tool, arguments, fails| Call { tool, arguments, fails };
    vec![
        call("find_contact_by_email", json!({"email": "sarah@gmail.com"}), false),
        call("find_owner_id_by_contact_id", json!({"cus_cid": "84246479604"}), false),
        call("find_owner_by_owner_id", json!({"owner_id": "117001"}), false),
        call("find_contact_by_email", json!({"email": "nobody@nowhere.example"}), true),
    ]
}

/// The answer must be to this request, and say what is expected.
pub(crate) fn answered(id: usize, call: &Call, answer: &[u8]) -> Result<(), Fault> {
    let message: Value = serde_json::from_slice(answer)?;
    let result = &message["result"];
    let failed = result["isError"] == true;
    if message["id"] == id && result["content"].is_array() && failed == call.fails {
        return Ok(());
    }
    Err(format!("call {id} of `{}` was answered by {message}", call.tool).into())
}

/// What a crowd measured.
pub(crate) struct Measured {
    pub(crate) calls: usize,
    pub(crate) took: Duration,
    /// Of every call, in ascending order.
    latencies: Vec<Duration>,
}

impl Measured {
    pub(crate) fn calls_per_second(&self) -> f64 {
        self.calls as f64 / self.took.as_secs_f64()
    }

    /// The latency that this share of the calls does not exceed.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get((last as f64 * share) as usize).copied().unwrap_or_default()
    }
}

/// Every client makes its calls one after the other, all clients at once; any lost or wrong answer ends it. The clients
/// come back, still open.
pub(crate) async fn all_call<C: Client>(clients: Vec<C>, calls_each: usize) -> Result<(Vec<C>, Measured), Fault> {
    let start = Instant::now();
    let mut running = JoinSet::new();
    for (number, client) in clients.into_iter().enumerate() {
        running.spawn(one_calls(client, number, calls_each));
    }
    let (mut clients, mut latencies) = (vec![], vec![]);
    while let Some(ended) = running.join_next().await {
        let (client, took) = ended??;
        clients.push(client);
        latencies.extend(took);
    }
    let took = start.elapsed();
    latencies.sort_unstable();
    Ok((clients, Measured { calls: latencies.len(), took, latencies }))
}

async fn one_calls<C: Client>(mut client: C, number: usize, count: usize) -> Result<(C, Vec<Duration>), Fault> {
    let calls = calls();
    let mut took = Vec::with_capacity(count);
    for at in 0..count {
        let start = Instant::now();
        let call = &calls[(number + at) % calls.len()];
        timeout(CALL_MAX, client.call(at + 1, call)).await.map_err(|_| format!("no answer within {CALL_MAX:?}"))??;
        took.push(start.elapsed());
    }
    Ok((client, took))
}
