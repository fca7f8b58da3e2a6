//! The cost of hostile callers to the built binary: memory and processor time of the worst requests, and ten minutes of
//! attack.
//!
//! `cargo bench --bench hostile [-- requests routes visitors webhooks together tools attack] [-- --minutes N] [-- --strict]` runs the named stages;
//! without a name the first six, whose table goes into the documentation with `UPDATE=1`. Every stage is bounded in
//! count and time and stays on loopback. An honest caller without an answer, memory that grows or a server that ends
//! fails a run; a missed target does so only with `--strict`.

#[path = "../account/mod.rs"]
mod account;
mod attack;
mod bodies;
mod client;
mod cost;
#[path = "../../tests/it/largest_arguments.rs"]
mod largest_arguments;
#[path = "../listening/mod.rs"]
mod listening;
#[expect(dead_code, reason = "the rows here say more than the memory")]
#[path = "../server/private_memory.rs"]
mod private_memory;
mod requests;
mod routes;
mod server;
#[path = "../table/mod.rs"]
mod table;
mod together;
#[path = "../../tests/it/tool_calls.rs"]
mod tool_calls;
mod tools;
mod visitors;
mod webhooks;

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

const STAGES: [&str; 7] = ["requests", "routes", "visitors", "webhooks", "together", "tools", "attack"];
/// Of the documentation's table: the attack takes too long to be repeated with each release.
const TABLE: [&str; 6] = ["requests", "routes", "visitors", "webhooks", "together", "tools"];
const ATTACK_MINUTES: u64 = 10;

/// A row of the table, and whether it misses its target.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) measured: String,
    pub(crate) missed: bool,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    // `cargo test --benches` only builds and starts it.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let options = Options::parse(std::env::args().skip(1))?;
    let mut rows = vec![];
    for stage in &options.stages {
        eprintln!("hostile: {stage}");
        rows.extend(match *stage {
            "requests" => requests::run().await?,
            "routes" => routes::run().await?,
            "visitors" => visitors::run().await?,
            "webhooks" => webhooks::run().await?,
            "together" => together::run().await?,
            "tools" => tools::run().await?,
            _ => attack::run(options.minutes).await?,
        });
    }
    let missed: Vec<_> = rows.iter().filter(|row| row.missed).map(|row| row.what.clone()).collect();
    let cells: Vec<_> = rows.into_iter().map(|row| (row.what, row.measured)).collect();
    match options.stages == TABLE {
        true => table::show("hostile", &cells)?,
        false => table::print(&cells),
    }
    match options.strict && !missed.is_empty() {
        true => Err(format!("missed targets: {}", missed.join("; ")).into()),
        false => Ok(()),
    }
}

struct Options {
    stages: Vec<&'static str>,
    /// Of the attack.
    minutes: u64,
    /// A missed target fails the run.
    strict: bool,
}

impl Options {
    /// Ignores the `--bench` that cargo adds.
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Options, Error> {
        let mut options = Options { stages: vec![], minutes: ATTACK_MINUTES, strict: false };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--bench" => {}
                "--strict" => options.strict = true,
                "--minutes" => options.minutes = words.next().ok_or("--minutes needs a number")?.parse()?,
                name => {
                    let stage = STAGES.into_iter().find(|stage| *stage == name);
                    options
                        .stages
                        .push(stage.ok_or_else(|| format!("there is no stage `{name}`; expected {STAGES:?}"))?);
                }
            }
        }
        if options.stages.is_empty() {
            options.stages = TABLE.to_vec();
        }
        Ok(options)
    }
}
