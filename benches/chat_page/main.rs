//! A thousand visitors of the chat page at once, on the built binary with its embedded HubSpot: no message is lost, and each
//! visitor takes little memory.
//!
//! `cargo bench --bench chat_page [-- --visitors N] [-- --strict]`. Each visitor holds a stream open, says three things and
//! reads the answers. A message that is lost, repeated or out of order fails the run; a missed target does so only with
//! `--strict`. With `UPDATE=1` the table goes into the documentation.

#[path = "../listening/mod.rs"]
mod listening;
#[expect(dead_code, reason = "the rows here say more than the memory")]
#[path = "../server/private_memory.rs"]
mod private_memory;
mod server;
#[path = "../listening/stop.rs"]
mod stop;
#[path = "../table/mod.rs"]
mod table;
mod visitor;

use std::time::{Duration, Instant};

use futures::future::{join_all, try_join_all};
use server::Server;
use tokio::time::sleep;
use visitor::Visitor;

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

const VISITORS: usize = 1_000;
/// What each visitor says: a question that the documents answer, a problem, and who they are.
const SAID: [&str; 3] = ["How much is the Adam?", "My robot has lost a wheel", "sarah@gmail.com"];
/// The promised memory of one visitor, in KiB.
const KIB_MAX: f64 = 50.0;
/// Time for memory that is not used any more to be given back.
const SETTLE: Duration = Duration::from_secs(12);
/// All of it: a server that hangs does not keep the machine.
const RUN_MAX: Duration = Duration::from_secs(600);

#[tokio::main]
async fn main() -> Result<(), Error> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` only builds and starts it.
    if words.iter().any(|word| word == "--test") {
        return Ok(());
    }
    let after = words.iter().skip_while(|word| *word != "--visitors").nth(1);
    let visitors = after.map_or(Ok(VISITORS), |number| number.parse())?;
    let rows =
        tokio::time::timeout(RUN_MAX, measure(visitors)).await.map_err(|_| format!("not done in {RUN_MAX:?}"))??;
    let missed = rows.iter().any(|(_, _, missed)| *missed);
    table::show("chat_page", &rows.into_iter().map(|(what, measured, _)| (what, measured)).collect::<Vec<_>>())?;
    if missed && words.iter().any(|word| word == "--strict") {
        return Err("a target was missed".into());
    }
    Ok(())
}

async fn measure(visitors: usize) -> Result<Vec<(String, String, bool)>, Error> {
    let folder = tempfile::tempdir()?;
    let settings = folder.path().join("chat.toml");
    let limit = "[limits]\nconversations = 100000\nconversations_per_address = 100000\nstarts_per_minute = 100000\n\
                 messages_per_minute = 100000\nmegabytes = 1024\nmegabytes_per_address = 1024\n";
    std::fs::write(&settings, limit)?;
    let server = Server::start(&settings).await?;
    // The first visitor reads what all share: documents, taskgraphs, definitions.
    Visitor::begin(&server.address).await?.talk(&SAID).await?;
    sleep(SETTLE).await;
    let fresh = private_memory::read(server.pid());
    let began = Instant::now();
    let all = try_join_all((0..visitors).map(|_| Visitor::begin(&server.address))).await?;
    let open = began.elapsed();
    let began = Instant::now();
    let talks = join_all(all.into_iter().map(async |mut visitor: Visitor| {
        let waits = visitor.talk(&SAID).await?;
        Ok::<_, Error>((visitor, waits))
    }));
    let talked: Vec<(Visitor, Vec<Duration>)> = talks.await.into_iter().collect::<Result<_, _>>()?;
    let answered = began.elapsed();
    sleep(SETTLE).await;
    let full = private_memory::read(server.pid());
    let mut waits: Vec<Duration> = talked.iter().flat_map(|(_, waits)| waits.clone()).collect();
    waits.sort_unstable();
    drop(talked);
    server.stop().await?;
    let each = fresh.zip(full).map(|(fresh, full)| (full - fresh) * 1024.0 / visitors as f64);
    Ok(rows(visitors, open, answered, &waits, each))
}

fn rows(
    visitors: usize,
    open: Duration,
    answered: Duration,
    waits: &[Duration],
    each: Option<f64>,
) -> Vec<(String, String, bool)> {
    let build = if cfg!(debug_assertions) { ", unoptimised build" } else { "" };
    let (sent, per_second) = (waits.len(), waits.len() as f64 / answered.as_secs_f64());
    let at = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied().unwrap_or_default();
    let each_text = each.map_or_else(|| "not known here".to_owned(), |kib| format!("{kib:.1} KiB"));
    vec![
        (
            format!("{visitors} visitors open the chat at once, each with a stream{build}"),
            format!("all in {:.1} s", open.as_secs_f64()),
            false,
        ),
        (
            format!("{sent} messages of theirs, {} each, all at once", SAID.len()),
            format!(
                "each answered once and in order, {per_second:.0} a second; {:.2} s (median), {:.2} s (99 %)",
                at(0.5).as_secs_f64(),
                at(0.99).as_secs_f64()
            ),
            false,
        ),
        (
            format!("private memory of one visitor, with the talk and an open stream (target: at most {KIB_MAX} KiB)"),
            each_text,
            each.is_some_and(|kib| kib > KIB_MAX),
        ),
    ]
}
