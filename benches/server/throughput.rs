//! Tool calls a second over HTTP: Frontdesk with the embedded HubSpot, and a tool of the bare server that does nothing.

use std::time::Duration;

use crate::http::Connection;
use crate::load::{Call, Measured, all_call, front_desk_calls, no_op_calls};
use crate::process::{Listening, Program};
use crate::samples::Samples;
use crate::{Error, Row, Target};

pub(crate) const CLIENTS: usize = 64;

/// The programs take turns, so that what else happens on the machine meets both.
const ROUNDS: usize = 6;
const CALLS_EACH_ROUND: usize = 150;
const WARM_UP_CALLS_EACH: usize = 50;
const CALLS_PER_SECOND_MIN: f64 = 9_000.0;
const RATIO_MIN: f64 = 0.75;

/// The generations of the protocol: with a session, and without.
#[derive(Clone, Copy)]
pub(crate) enum Era {
    Modern,
    Legacy,
}

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let (ours, bare) = (Listening::mcp(Program::Frontdesk).await?, Listening::mcp(Program::Bare).await?);
    let mut rows = vec![];
    for (era, name) in [(Era::Modern, "without a session (2026-07-28)"), (Era::Legacy, "with a session (2025-11-25)")] {
        rows.extend(compare(&ours.address, &bare.address, era, name).await?);
    }
    ours.stop().await?;
    Ok(rows)
}

async fn compare(ours: &str, bare: &str, era: Era, name: &str) -> Result<Vec<Row>, Error> {
    let (mut our_rounds, mut bare_rounds) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        our_rounds.push(round(ours, era, front_desk_calls()).await?);
        bare_rounds.push(round(bare, era, no_op_calls()).await?);
    }
    let (our_rate, bare_rate) = (calls_per_second(&our_rounds), calls_per_second(&bare_rounds));
    let what = format!("tool calls over HTTP {name}, {CLIENTS} clients");
    Ok(vec![
        Row::new(format!("{what}, {} calls", ROUNDS * CALLS_EACH_ROUND * CLIENTS), text(our_rate, our_rounds))
            .aim(Some(our_rate), Target::AtLeast(CALLS_PER_SECOND_MIN, "a second")),
        Row::new("the same of a bare rmcp server's tool that does nothing", text(bare_rate, bare_rounds)),
        Row::ratio(format!("calls a second {name} against the bare server"), our_rate / bare_rate)
            .aim(Some(our_rate / bare_rate), Target::AtLeast(RATIO_MIN, "times")),
    ])
}

/// Clients are opened for each round: the server closes connections that say nothing for long.
async fn round(address: &str, era: Era, calls: Vec<Call>) -> Result<Measured, Error> {
    let (clients, _) = all_call(clients(address, era).await?, WARM_UP_CALLS_EACH, calls.clone()).await?;
    Ok(all_call(clients, CALLS_EACH_ROUND, calls).await?.1)
}

pub(crate) async fn clients(address: &str, era: Era) -> Result<Vec<Connection>, Error> {
    let mut clients = vec![];
    for _ in 0..CLIENTS {
        clients.push(client(address, era).await?);
    }
    Ok(clients)
}

pub(crate) async fn client(address: &str, era: Era) -> Result<Connection, Error> {
    match era {
        Era::Modern => Connection::modern(address).await,
        Era::Legacy => Ok(Connection::legacy(address).await?.map_err(|status| format!("no session: {status}"))?),
    }
}

/// The median of the rounds.
fn calls_per_second(rounds: &[Measured]) -> f64 {
    let mut rates: Vec<f64> = rounds.iter().map(Measured::calls_per_second).collect();
    rates.sort_unstable_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn text(calls_per_second: f64, rounds: Vec<Measured>) -> String {
    let latencies: Vec<Duration> = rounds.into_iter().flat_map(|round| round.latencies).collect();
    let latencies = Samples::from(latencies);
    let (median, slow) = (latencies.median_ms(), latencies.quantile_ms(0.99));
    format!("{calls_per_second:.0} a second; {median:.1} ms (median), {slow:.1} ms (99 %)")
}
