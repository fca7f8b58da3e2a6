//! Hundreds of thousands of calls over HTTP of both eras and over stdio: no answer is lost, and memory stays flat.

use crate::http::Connection;
use crate::load::{Measured, all_call, front_desk_calls};
use crate::process::{HubSpot, Listening, Program};
use crate::stdio::Session;
use crate::throughput::{Era, client};
use crate::{Error, Row, private_memory};

const MODERN_CLIENTS: usize = 24;
const LEGACY_CLIENTS: usize = 24;
/// Each has a server process of its own.
const STDIO_CLIENTS: usize = 16;
const CLIENTS: usize = MODERN_CLIENTS + LEGACY_CLIENTS + STDIO_CLIENTS;
/// Memory is read after each round.
const ROUNDS: usize = 10;
/// The share and the amount by which memory may grow from the middle to the end: an allocator is never quite still.
const GROWTH_SHARE_MAX: f64 = 0.05;
const GROWTH_MIB_MAX: f64 = 2.0;

pub(crate) async fn run(calls: usize) -> Result<Vec<Row>, Error> {
    let server = Listening::mcp(Program::Frontdesk).await?;
    let mut clients = Clients::connect(&server.address).await?;
    let calls_each = calls.div_ceil(CLIENTS * ROUNDS);
    let (mut over_http, mut over_stdio, mut made, mut seconds) = (vec![], vec![], 0, 0.0);
    for _ in 0..ROUNDS {
        let measured;
        (clients, measured) = clients.call(calls_each).await?;
        made += measured.iter().map(|one| one.calls).sum::<usize>();
        seconds += measured.iter().map(|one| one.took.as_secs_f64()).fold(0.0, f64::max);
        over_http.push(private_memory::read(server.pid()));
        over_stdio.push(private_memory::read(clients.stdio[0].pid()));
    }
    clients.disconnect().await?;
    server.stop().await?;
    check_flat("over HTTP", &over_http)?;
    check_flat("over stdio", &over_stdio)?;
    Ok(vec![
        Row::new(
            format!(
                "soak: {made} calls from {CLIENTS} clients ({STDIO_CLIENTS} over stdio, the others over HTTP of both eras)"
            ),
            format!("every call answered in {seconds:.0} s"),
        ),
        row("HTTP", &over_http),
        row("one stdio", &over_stdio),
    ])
}

struct Clients {
    modern: Vec<Connection>,
    legacy: Vec<Connection>,
    stdio: Vec<Session>,
}

impl Clients {
    async fn connect(address: &str) -> Result<Clients, Error> {
        let mut clients = Clients { modern: vec![], legacy: vec![], stdio: vec![] };
        for _ in 0..MODERN_CLIENTS {
            clients.modern.push(client(address, Era::Modern).await?);
        }
        for _ in 0..LEGACY_CLIENTS {
            clients.legacy.push(client(address, Era::Legacy).await?);
        }
        for _ in 0..STDIO_CLIENTS {
            clients.stdio.push(Session::start(Program::Frontdesk, HubSpot::Embedded).await?);
        }
        Ok(clients)
    }

    async fn call(self, calls_each: usize) -> Result<(Clients, [Measured; 3]), Error> {
        let (modern, legacy, stdio) = tokio::try_join!(
            all_call(self.modern, calls_each, front_desk_calls()),
            all_call(self.legacy, calls_each, front_desk_calls()),
            all_call(self.stdio, calls_each, front_desk_calls())
        )?;
        let clients = Clients { modern: modern.0, legacy: legacy.0, stdio: stdio.0 };
        Ok((clients, [modern.1, legacy.1, stdio.1]))
    }

    async fn disconnect(self) -> Result<(), Error> {
        for session in self.stdio {
            session.stop().await?;
        }
        Ok(())
    }
}

/// Checks that memory does not grow in the second half of the rounds.
fn check_flat(what: &str, rounds: &[Option<f64>]) -> Result<(), Error> {
    let (Some(middle), Some(end)) = (rounds[ROUNDS / 2 - 1], rounds[ROUNDS - 1]) else { return Ok(()) };
    if end <= middle * (1.0 + GROWTH_SHARE_MAX) + GROWTH_MIB_MAX {
        return Ok(());
    }
    Err(format!("memory {what} grows: {rounds:.1?} MiB after each of {ROUNDS} rounds").into())
}

fn row(what: &str, rounds: &[Option<f64>]) -> Row {
    let shown: Vec<_> = [0, ROUNDS / 2 - 1, ROUNDS - 1].map(|round| private_memory::text(rounds[round])).into();
    Row::new(format!("private memory of the {what} server after 10 %, 50 % and all of the soak"), shown.join(", "))
}
