//! Many calls from many clients at once, over HTTP of both eras and over stdio: no answer lost, memory flat.

use crate::http::Connection;
use crate::load::{Client, Measured, all_call};
use crate::process::{Http, resident_mib, shown_mib};
use crate::rate::{Era, client};
use crate::stdio::Session;
use crate::{Fault, Row};

const MODERN_CLIENTS: usize = 24;
const LEGACY_CLIENTS: usize = 24;
/// Each is a process of its own.
const STDIO_CLIENTS: usize = 16;
const CLIENTS: usize = MODERN_CLIENTS + LEGACY_CLIENTS + STDIO_CLIENTS;
/// The memory is looked at after each.
const ROUNDS: usize = 10;
/// From the middle to the end memory may grow by this share and this much; an allocator is never quite still.
const GROWTH_SHARE_MAX: f64 = 0.05;
const GROWTH_MIB_MAX: f64 = 2.0;

pub(crate) async fn run(calls: usize) -> Result<Vec<Row>, Fault> {
    let server = Http::start().await?;
    let mut crowds = Crowds::gather(&server.address).await?;
    let calls_each = calls.div_ceil(CLIENTS * ROUNDS);
    let (mut over_http, mut over_stdio, mut made, mut seconds) = (vec![], vec![], 0, 0.0);
    for _ in 0..ROUNDS {
        let measured;
        (crowds, measured) = crowds.call(calls_each).await?;
        made += measured.iter().map(|crowd| crowd.calls).sum::<usize>();
        seconds += measured.iter().map(|crowd| crowd.took.as_secs_f64()).fold(0.0, f64::max);
        over_http.push(resident_mib(server.pid()));
        over_stdio.push(resident_mib(crowds.stdio[0].pid()));
    }
    crowds.leave().await?;
    server.stop().await?;
    flat("over HTTP", &over_http)?;
    flat("over stdio", &over_stdio)?;
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

struct Crowds {
    modern: Vec<Connection>,
    legacy: Vec<Connection>,
    stdio: Vec<Session>,
}

impl Crowds {
    async fn gather(address: &str) -> Result<Crowds, Fault> {
        let mut crowds = Crowds { modern: vec![], legacy: vec![], stdio: vec![] };
        for _ in 0..MODERN_CLIENTS {
            crowds.modern.push(client(address, Era::Modern).await?);
        }
        for _ in 0..LEGACY_CLIENTS {
            crowds.legacy.push(client(address, Era::Legacy).await?);
        }
        for _ in 0..STDIO_CLIENTS {
            crowds.stdio.push(Session::start().await?);
        }
        Ok(crowds)
    }

    async fn call(self, calls_each: usize) -> Result<(Crowds, [Measured; 3]), Fault> {
        let (modern, legacy, stdio) = tokio::try_join!(
            some(self.modern, calls_each),
            some(self.legacy, calls_each),
            some(self.stdio, calls_each)
        )?;
        let crowds = Crowds { modern: modern.0, legacy: legacy.0, stdio: stdio.0 };
        Ok((crowds, [modern.1, legacy.1, stdio.1]))
    }

    async fn leave(self) -> Result<(), Fault> {
        for session in self.stdio {
            session.stop().await?;
        }
        Ok(())
    }
}

async fn some<C: Client>(clients: Vec<C>, calls_each: usize) -> Result<(Vec<C>, Measured), Fault> {
    all_call(clients, calls_each).await
}

/// The second half of the rounds adds nothing worth naming.
fn flat(what: &str, rounds: &[Option<f64>]) -> Result<(), Fault> {
    let (Some(middle), Some(end)) = (rounds[ROUNDS / 2 - 1], rounds[ROUNDS - 1]) else { return Ok(()) };
    if end <= middle * (1.0 + GROWTH_SHARE_MAX) + GROWTH_MIB_MAX {
        return Ok(());
    }
    Err(format!("memory {what} grows: {rounds:.1?} MiB after each of {ROUNDS} rounds").into())
}

fn row(what: &str, rounds: &[Option<f64>]) -> Row {
    let shown: Vec<_> = [0, ROUNDS / 2 - 1, ROUNDS - 1].map(|round| shown_mib(rounds[round])).into();
    Row::new(format!("resident memory of the {what} server after 10 %, 50 % and all of the soak"), shown.join(", "))
}
