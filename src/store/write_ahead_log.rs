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
    connection.execute(WAIT).await?;
    let mut tries = 1;
    loop {
        match ask(&mut connection).await {
            Err(error) if is_busy(&error) && tries < TRIES_MAX => {
                connection.execute(WAIT_FOR_WRITERS).await.map(drop)?
            }
            Err(error) => return Err(error),
            Ok(()) => return Ok(connection),
        }
        tries += 1;
    }
}

/// Asks for the log. A file system that allows none keeps the journal it has, which is slower and as safe.
async fn ask(connection: &mut AnyConnection) -> Result<(), Error> {
    connection.execute("PRAGMA journal_mode = WAL").await.map(drop)
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
