//! Load and latency of the built binary, beside a bare rmcp server in the same run.
//!
//! `cargo bench --bench server [-- cold_start sequential throughput memory soak sessions] [-- --calls N] [-- --strict]`
//! runs the named stages, or all of them. Every stage is bounded in count and time and stays on loopback. The result is a
//! Markdown table; with `UPDATE=1` a run of all stages is written into the documentation. A lost answer, memory that
//! grows or a server that ends fails a run; a missed target does so only with `--strict`.

mod bare;
mod cold_start;
mod http;
#[path = "../listening/mod.rs"]
mod listening;
mod load;
mod memory;
mod private_memory;
mod process;
mod row;
mod samples;
mod sequential;
mod sessions;
mod soak;
mod stdio;
#[path = "../listening/stop.rs"]
mod stop;
#[path = "../table/mod.rs"]
mod table;
mod throughput;

use std::time::Duration;

use row::{Row, Target};

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// All stages together; a server that hangs does not keep the machine.
const RUN_MAX: Duration = Duration::from_secs(900);
const STAGES: [&str; 6] = ["cold_start", "sequential", "throughput", "memory", "soak", "sessions"];
const SOAK_CALLS: usize = 200_000;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bare", transport, hubspot] => bare::serve(transport, hubspot).await,
        _ => measure(&Options::parse(words.into_iter())?).await,
    }
}

async fn measure(options: &Options) -> Result<(), Error> {
    let rows =
        tokio::time::timeout(RUN_MAX, stages(options)).await.map_err(|_| format!("not done in {RUN_MAX:?}"))??;
    let missed: Vec<_> = rows.iter().filter(|row| row.is_missed()).map(|row| row.what.clone()).collect();
    let rows: Vec<_> = rows.into_iter().map(Row::into_cells).collect();
    // A page shows all stages of one run.
    match options.stages.len() == STAGES.len() {
        true => table::show("server", &rows)?,
        false => table::print(&rows),
    }
    if options.strict && !missed.is_empty() {
        return Err(format!("missed targets: {}", missed.join("; ")).into());
    }
    Ok(())
}

async fn stages(options: &Options) -> Result<Vec<Row>, Error> {
    let mut rows = vec![];
    for stage in &options.stages {
        eprintln!("server: {stage}");
        rows.extend(match *stage {
            "cold_start" => cold_start::run().await?,
            "sequential" => sequential::run().await?,
            "throughput" => throughput::run().await?,
            "memory" => memory::run().await?,
            "soak" => soak::run(options.calls).await?,
            _ => sessions::run().await?,
        });
    }
    Ok(rows)
}

struct Options {
    stages: Vec<&'static str>,
    /// Of the soak.
    calls: usize,
    /// A missed target fails the run.
    strict: bool,
}

impl Options {
    /// Ignores the `--bench` that cargo adds.
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Options, Error> {
        let mut options = Options { stages: vec![], calls: SOAK_CALLS, strict: false };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--bench" => {}
                "--strict" => options.strict = true,
                "--calls" => options.calls = words.next().ok_or("--calls needs a number")?.parse()?,
                name => {
                    options.stages.push(STAGES.into_iter().find(|stage| *stage == name).ok_or_else(|| unknown(name))?);
                }
            }
        }
        if options.stages.is_empty() {
            options.stages = STAGES.to_vec();
        }
        Ok(options)
    }
}

fn unknown(name: &str) -> String {
    format!("there is no stage `{name}`; expected some of {STAGES:?}")
}
