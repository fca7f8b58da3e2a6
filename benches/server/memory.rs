//! What a fresh server takes, and what it takes after a thousand calls.

use crate::http::Connection;
use crate::load::all_call;
use crate::process::{Http, resident_mib, shown_mib};
use crate::{Fault, Row};

const CALLS: usize = 1_000;

pub(crate) async fn run() -> Result<Vec<Row>, Fault> {
    let server = Http::start().await?;
    let fresh = resident_mib(server.pid());
    all_call(vec![Connection::modern(&server.address).await?], CALLS).await?;
    let used = resident_mib(server.pid());
    server.stop().await?;
    Ok(vec![Row::new(
        format!("resident memory over HTTP, embedded HubSpot included: fresh, after {CALLS} calls"),
        format!("{}, {}", shown_mib(fresh), shown_mib(used)),
    )])
}
