//! From nothing to the list of tools, over standard streams, as a client does at every start.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stdio::Session;
use crate::{Fault, Row};

const STARTS: usize = 40;

pub(crate) async fn run() -> Result<Vec<Row>, Fault> {
    let mut took = vec![];
    for _ in 0..STARTS {
        took.push(start().await?);
    }
    took.sort_unstable();
    let (median, worst) = (took[STARTS / 2].as_secs_f64() * 1e3, took[STARTS - 1].as_secs_f64() * 1e3);
    Ok(vec![Row::new(
        format!("cold start over stdio to the answer of `tools/list` ({STARTS} starts)"),
        format!("{median:.1} ms (median), {worst:.1} ms (worst)"),
    )])
}

async fn start() -> Result<Duration, Fault> {
    let start = Instant::now();
    let mut client = Session::start().await?;
    let answer = client.ask(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string()).await?;
    let took = start.elapsed();
    let answer: Value = serde_json::from_str(&answer)?;
    if !answer["result"]["tools"].is_array() {
        return Err(format!("`tools/list` was answered by {answer}").into());
    }
    client.stop().await?;
    Ok(took)
}
