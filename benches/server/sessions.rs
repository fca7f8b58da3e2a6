//! Older clients that open a session and say nothing more: bounded, and no trouble for the others.

use crate::http::Connection;
use crate::load::all_call;
use crate::process::{Http, resident_mib, shown_mib};
use crate::{Fault, Row};

const SESSIONS: usize = 5_000;
/// What `--sessions-max` is without the flag.
const KEPT_MAX: usize = 1_000;
const CALLS_AFTER: usize = 100;

pub(crate) async fn run() -> Result<Vec<Row>, Fault> {
    let server = Http::start().await?;
    let fresh = resident_mib(server.pid());
    let full = open(&server, KEPT_MAX).await?;
    let after = open(&server, SESSIONS - KEPT_MAX).await?;
    let mut client = Connection::modern(&server.address).await?;
    let kept = kept(&client.get("/metrics").await?)?;
    if kept > KEPT_MAX {
        return Err(format!("{kept} sessions are kept; expected at most {KEPT_MAX}").into());
    }
    all_call(vec![client], CALLS_AFTER).await?;
    server.stop().await?;
    Ok(vec![Row::new(
        format!("{SESSIONS} idle legacy sessions: kept; memory fresh, with {KEPT_MAX}, after all of them"),
        format!("{kept}, calls go on; {}, {}, {}", shown_mib(fresh), shown_mib(full), shown_mib(after)),
    )])
}

/// Opens so many; each connection is closed at once, its session stays. Answers the memory then.
async fn open(server: &Http, count: usize) -> Result<Option<f64>, Fault> {
    for _ in 0..count {
        Connection::legacy(&server.address).await?.map_err(|status| format!("a session was refused with {status}"))?;
    }
    Ok(resident_mib(server.pid()))
}

fn kept(metrics: &str) -> Result<usize, Fault> {
    let line = metrics.lines().find_map(|line| line.strip_prefix("mcp_sessions "));
    Ok(line.ok_or("`/metrics` does not say how many sessions there are")?.parse()?)
}
