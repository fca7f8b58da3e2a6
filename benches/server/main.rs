//! What the built binary bears: cold start, calls a second, memory, a long soak, thousands of idle sessions.
//!
//! `cargo bench --bench server [-- cold rate memory soak sessions] [-- --calls N]`, all five without a name. Everything
//! is bounded in count and time and stays on loopback. It prints a Markdown table and, with `UPDATE=1`, writes it into
//! the README. Speed never fails a run; a lost answer, memory that grows or a server that ends does.

mod cold;
mod http;
mod load;
mod memory;
mod process;
mod rate;
#[path = "../readme/mod.rs"]
mod readme;
mod sessions;
mod soak;
mod stdio;

use std::time::Duration;

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) measured: String,
}

impl Row {
    pub(crate) fn new(what: impl Into<String>, measured: impl Into<String>) -> Row {
        Row { what: what.into(), measured: measured.into() }
    }
}

pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// All stages together; a server that hangs does not keep the machine.
const RUN_MAX: Duration = Duration::from_secs(900);
const STAGES: [&str; 5] = ["cold", "rate", "memory", "soak", "sessions"];
const SOAK_CALLS: usize = 200_000;

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let asked = Asked::from(std::env::args().skip(1))?;
    let rows =
        tokio::time::timeout(RUN_MAX, stages(&asked)).await.map_err(|_| format!("not done in {RUN_MAX:?}"))??;
    let rows: Vec<_> = rows.into_iter().map(|row| (row.what, row.measured)).collect();
    // The README shows all stages of one run.
    match asked.stages.len() == STAGES.len() {
        true => readme::show("server", &rows)?,
        false => readme::print(&rows),
    }
    Ok(())
}

async fn stages(asked: &Asked) -> Result<Vec<Row>, Fault> {
    let mut rows = vec![];
    for stage in &asked.stages {
        eprintln!("server: {stage}");
        rows.extend(match *stage {
            "cold" => cold::run().await?,
            "rate" => rate::run().await?,
            "memory" => memory::run().await?,
            "soak" => soak::run(asked.calls).await?,
            _ => sessions::run().await?,
        });
    }
    Ok(rows)
}

struct Asked {
    stages: Vec<&'static str>,
    calls: usize,
}

impl Asked {
    /// `cargo bench` adds a `--bench` of its own.
    fn from(mut words: impl Iterator<Item = String>) -> Result<Asked, Fault> {
        let mut asked = Asked { stages: vec![], calls: SOAK_CALLS };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--bench" => {}
                "--calls" => asked.calls = words.next().ok_or("--calls needs a number")?.parse()?,
                name => {
                    asked.stages.push(STAGES.into_iter().find(|stage| *stage == name).ok_or_else(|| unknown(name))?)
                }
            }
        }
        if asked.stages.is_empty() {
            asked.stages = STAGES.to_vec();
        }
        Ok(asked)
    }
}

fn unknown(name: &str) -> String {
    format!("there is no stage `{name}`; expected some of {STAGES:?}")
}
