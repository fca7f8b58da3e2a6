//! Older clients that open a session and say nothing more: bounded, and no trouble for the others.

use crate::crowd::all_call;
use crate::http::Connection;
use crate::process::{Http, resident_mib, shown_mib};
use crate::{Fault, Row};

const SESSIONS: usize = 5_000;
const CALLS_AFTER: usize = 100;

pub(crate) async fn run() -> Result<Vec<Row>, Fault> {
    let server = Http::start().await?;
    let fresh = resident_mib(server.pid());
    let (mut open, mut refused) = (0, None);
    for _ in 0..SESSIONS {
        // The connection is closed at once; the session stays.
        match Connection::legacy(&server.address).await? {
            Ok(_) => open += 1,
            Err(status) => refused = Some(status),
        }
    }
    let full = resident_mib(server.pid());
    all_call(vec![Connection::modern(&server.address).await?], CALLS_AFTER).await?;
    server.stop().await?;
    let refused = refused.map_or_else(String::new, |status| format!(", the others were refused with {status}"));
    Ok(vec![Row::new(
        format!("{SESSIONS} idle legacy sessions: open, memory before and after"),
        format!("{open} open{refused}; {}, {}; calls go on", shown_mib(fresh), shown_mib(full)),
    )])
}
