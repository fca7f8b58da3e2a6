//! Thousands of idle sessions of 2025-11-25: their number is bounded, and other clients are served meanwhile.

use crate::http::Connection;
use crate::load::{all_call, front_desk_calls};
use crate::process::{Listening, Program};
use crate::{Error, Row, private_memory};

const SESSIONS: usize = 5_000;
/// The default of `--sessions-max`.
const KEPT_MAX: usize = 1_000;
const CALLS_AFTER: usize = 100;

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let server = Listening::mcp(Program::Frontdesk).await?;
    let fresh = private_memory::read(server.pid());
    let full = open(&server, KEPT_MAX).await?;
    let after = open(&server, SESSIONS - KEPT_MAX).await?;
    let mut client = Connection::modern(&server.address).await?;
    let kept = kept(&client.get("/metrics").await?)?;
    if kept > KEPT_MAX {
        return Err(format!("{kept} sessions are kept; expected at most {KEPT_MAX}").into());
    }
    all_call(vec![client], CALLS_AFTER, front_desk_calls()).await?;
    server.stop().await?;
    Ok(vec![Row::new(
        format!("{SESSIONS} idle legacy sessions: kept; private memory fresh, with {KEPT_MAX}, after all of them"),
        format!(
            "{kept}, calls go on; {}, {}, {}",
            private_memory::text(fresh),
            private_memory::text(full),
            private_memory::text(after)
        ),
    )])
}

/// Opens `count` sessions and returns the private memory afterwards. Each connection is closed at once; its session stays.
async fn open(server: &Listening, count: usize) -> Result<Option<f64>, Error> {
    for _ in 0..count {
        Connection::legacy(&server.address).await?.map_err(|status| format!("a session was refused with {status}"))?;
    }
    Ok(private_memory::read(server.pid()))
}

fn kept(metrics: &str) -> Result<usize, Error> {
    let line = metrics.lines().find_map(|line| line.strip_prefix("mcp_sessions "));
    Ok(line.ok_or("`/metrics` does not say how many sessions there are")?.parse()?)
}
