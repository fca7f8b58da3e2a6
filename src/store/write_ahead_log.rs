//! SQLite's write-ahead log, which is switched on once for a file and stays.
//!
//! Of several processes that open a new file at once, SQLite refuses all but one of the switches immediately, whatever
//! `busy_timeout` says: waiting could be a deadlock. So the switch is asked for again, each time after a transaction that
//! writes nothing: for that one SQLite waits until nobody else writes.

use sqlx::{AnyConnection, Connection, Error, Executor};

/// The most times that the switch is asked for.
const TRIES_MAX: u32 = 100;
/// The longest wait for others before each of them, as SQLite counts it.
const WAIT: &str = "PRAGMA busy_timeout = 5000";
const WAIT_FOR_WRITERS: &str = "BEGIN IMMEDIATE; ROLLBACK";

/// Opens the file, asks for its log until the answer is no refusal, and returns the connection.
pub(super) async fn switch_on(url: &str) -> Result<AnyConnection, Error> {
    let mut connection = AnyConnection::connect(url).await?;
    // A file system that allows no log keeps the journal it has, which is slower and as safe.
    patiently(&mut connection, "PRAGMA journal_mode = WAL").await?;
    Ok(connection)
}

/// Executes what SQLite refuses while another process switches, recovers or removes the log, until it is no longer refused.
pub(super) async fn patiently(connection: &mut AnyConnection, statements: &'static str) -> Result<(), Error> {
    connection.execute(WAIT).await?;
    let mut tries = 1;
    loop {
        match connection.execute(statements).await {
            Err(error) if is_busy(&error) && tries < TRIES_MAX => match connection.execute(WAIT_FOR_WRITERS).await {
                Err(error) if !is_busy(&error) => return Err(error),
                _ => {}
            },
            Err(error) => return Err(error),
            Ok(_) => return Ok(()),
        }
        tries += 1;
    }
}

/// `SQLITE_BUSY` or `SQLITE_LOCKED`, with any extension.
fn is_busy(error: &Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier};

    use tempfile::TempDir;
    use tokio::runtime::Builder;

    use super::*;

    /// Many openers in the same moment: without the repeats some are refused in every run of so many rounds.
    #[test]
    fn everybody_who_opens_a_new_file_at_once_gets_its_log() {
        sqlx::any::install_default_drivers();
        for _ in 0..300 {
            let folder = TempDir::new().unwrap();
            let url = format!("sqlite://{}?mode=rwc", folder.path().join("new.db").display());
            let barrier = Arc::new(Barrier::new(8));
            let openers: Vec<_> = (0..8)
                .map(|_| {
                    let (url, barrier) = (url.clone(), Arc::clone(&barrier));
                    std::thread::spawn(move || {
                        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
                        barrier.wait();
                        runtime.block_on(async { switch_on(&url).await.map(drop) })
                    })
                })
                .collect();
            for opener in openers {
                opener.join().unwrap().unwrap();
            }
        }
    }
}
