//! Private memory of a fresh server, and after thousands of calls from many clients.

use crate::load::{Call, all_call, front_desk_calls, no_op_calls};
use crate::process::{HubSpot, Listening, Program};
use crate::stdio::Session;
use crate::throughput::{CLIENTS, Era, clients};
use crate::{Error, Row, Target, private_memory};

const CALLS: usize = 5_000;
const START_MIB_MAX: f64 = 4.0;
const USED_MIB_MAX: f64 = 10.0;

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let (fresh, used) = over_http(Program::Frontdesk, front_desk_calls()).await?;
    let (_, bare_used) = over_http(Program::Bare, no_op_calls()).await?;
    let over_stdio = fresh_over_stdio(Program::Frontdesk).await?;
    let bare = fresh_over_stdio(Program::Bare).await?;
    let row = |what: &str, mib, max| {
        let measured = private_memory::text(mib);
        Row::new(format!("private memory {what}"), measured).aim(mib, Target::AtMost(max, "MiB"))
    };
    Ok(vec![
        row("over HTTP at the start, embedded HubSpot included", fresh, START_MIB_MAX),
        row(&format!("over HTTP after {CALLS} calls from {CLIENTS} clients"), used, USED_MIB_MAX),
        Row::new(
            "the same after calls of a bare rmcp server's tool that does nothing",
            private_memory::text(bare_used),
        ),
        row("over stdio at the start, embedded HubSpot included", over_stdio, START_MIB_MAX),
        Row::new("private memory over stdio at the start, bare server", private_memory::text(bare)),
    ])
}

/// Private memory at the start and after the calls.
async fn over_http(program: Program, calls: Vec<Call>) -> Result<(Option<f64>, Option<f64>), Error> {
    let server = Listening::mcp(program).await?;
    let fresh = private_memory::read(server.pid());
    all_call(clients(&server.address, Era::Modern).await?, CALLS.div_ceil(CLIENTS), calls).await?;
    let used = private_memory::read(server.pid());
    match program {
        Program::Frontdesk => server.stop().await?,
        Program::Bare => drop(server),
    }
    Ok((fresh, used))
}

async fn fresh_over_stdio(program: Program) -> Result<Option<f64>, Error> {
    let session = Session::start(program, HubSpot::Embedded).await?;
    let fresh = private_memory::read(session.pid());
    session.stop().await?;
    Ok(fresh)
}
