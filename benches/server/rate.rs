//! Tool calls a second over HTTP, against the embedded HubSpot in the same process.

use crate::http::Connection;
use crate::load::{Client, Measured, all_call};
use crate::process::Http;
use crate::{Fault, Row};

const CLIENTS: usize = 64;
const WARM_UP_CALLS_EACH: usize = 50;
const CALLS_EACH: usize = 600;

pub(crate) async fn run() -> Result<Vec<Row>, Fault> {
    let server = Http::start().await?;
    let mut rows = vec![];
    for (era, kind) in [(Era::Modern, "without a session (2026-07-28)"), (Era::Legacy, "with a session (2025-11-25)")] {
        // One crowd after the other: the server closes connections that say nothing for long.
        rows.push(row(kind, &measure(crowd(&server.address, era).await?).await?));
    }
    server.stop().await?;
    Ok(rows)
}

#[derive(Clone, Copy)]
pub(crate) enum Era {
    Modern,
    Legacy,
}

async fn crowd(address: &str, era: Era) -> Result<Vec<Connection>, Fault> {
    let mut clients = vec![];
    for _ in 0..CLIENTS {
        clients.push(client(address, era).await?);
    }
    Ok(clients)
}

pub(crate) async fn client(address: &str, era: Era) -> Result<Connection, Fault> {
    match era {
        Era::Modern => Connection::modern(address).await,
        Era::Legacy => Ok(Connection::legacy(address).await?.map_err(|status| format!("no session: {status}"))?),
    }
}

async fn measure<C: Client>(clients: Vec<C>) -> Result<Measured, Fault> {
    let (clients, _) = all_call(clients, WARM_UP_CALLS_EACH).await?;
    Ok(all_call(clients, CALLS_EACH).await?.1)
}

fn row(kind: &str, measured: &Measured) -> Row {
    let ms = |share| measured.quantile(share).as_secs_f64() * 1e3;
    Row::new(
        format!("tool calls over HTTP {kind}, {CLIENTS} clients, {} calls", measured.calls),
        format!("{:.0} a second; {:.1} ms (median), {:.1} ms (99 %)", measured.calls_per_second(), ms(0.5), ms(0.99)),
    )
}
