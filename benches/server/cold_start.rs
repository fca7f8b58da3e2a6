//! The time from starting the process to the answer of `tools/list` over standard streams, as at every start of a client.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{HubSpot, Program};
use crate::samples::Samples;
use crate::stdio::Session;
use crate::{Error, Row, Target};

/// Of each program, alternating.
const STARTS: usize = 40;
const RATIO_MAX: f64 = 2.0;

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let (mut ours, mut bare) = (vec![], vec![]);
    for _ in 0..STARTS {
        ours.push(start(Program::Frontdesk).await?);
        bare.push(start(Program::Bare).await?);
    }
    let (ours, bare) = (Samples::from(ours), Samples::from(bare));
    let text = |took: &Samples| format!("{:.1} ms (median), {:.1} ms (worst)", took.median_ms(), took.quantile_ms(1.0));
    let what = "start over stdio to the answer of `tools/list`";
    Ok(vec![
        Row::new(format!("{what}, {STARTS} starts"), text(&ours)),
        Row::new(format!("{what}, bare rmcp server"), text(&bare)),
        Row::ratio(format!("{what}, against the bare server"), ours.median_ms() / bare.median_ms())
            .aim(Some(ours.median_ms() / bare.median_ms()), Target::AtMost(RATIO_MAX, "times")),
    ])
}

async fn start(program: Program) -> Result<Duration, Error> {
    let start = Instant::now();
    let mut client = Session::start(program, HubSpot::Embedded).await?;
    let answer = client.ask(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string()).await?;
    let took = start.elapsed();
    let answer: Value = serde_json::from_str(&answer)?;
    if !answer["result"]["tools"].is_array() {
        return Err(format!("`tools/list` was answered by {answer}").into());
    }
    client.stop().await?;
    Ok(took)
}
