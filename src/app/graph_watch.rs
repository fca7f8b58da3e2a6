//! The folder of taskgraphs is watched: changed files are read again, and clients are told.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tracing::{error, info, warn};

use crate::change_feed::{Change, ChangeFeed};
use taskgraph::collection::{self, Changes, Taskgraphs};
use taskgraph::load::LoadError;

/// Interval between two checks of the taskgraph folder for changes.
const WATCH_EVERY: Duration = Duration::from_secs(2);

/// Reloads changed taskgraph files and tells clients of the changes.
pub(super) fn watch(taskgraphs: Arc<Taskgraphs>, feed: ChangeFeed) -> JoinHandle<()> {
    tokio::spawn(async move {
        if taskgraphs.folder().is_some() {
            reload_often(move || taskgraphs.reload(), |changes| publish(&feed, changes)).await;
        }
    })
}

/// Reloads at an interval without end. An invalid file is reported once and changes nothing.
async fn reload_often<R>(reload: R, publish: impl Fn(&Changes))
where
    R: Fn() -> Result<Changes, LoadError> + Send + Sync + 'static,
{
    let reload = Arc::new(reload);
    let mut reported = None;
    loop {
        tokio::time::sleep(WATCH_EVERY).await;
        let reading = reload.clone();
        match tokio::task::spawn_blocking(move || reading()).await {
            // The next change may be readable, and whoever edits the files is still watched.
            Err(failed) if failed.is_panic() => error!("Reading the changed taskgraphs failed; those in use stay."),
            Err(_) => return,
            Ok(Err(error)) if reported.as_ref() != Some(&error) => {
                warn!("The changed taskgraphs are not used: {error}.");
                reported = Some(error);
            }
            Ok(Err(_)) => {}
            Ok(Ok(changes)) => {
                reported = None;
                if !changes.is_empty() {
                    info!(?changes, "Read the changed taskgraphs.");
                    publish(&changes);
                }
            }
        }
    }
}

fn publish(feed: &ChangeFeed, changes: &Changes) {
    if changes.list {
        feed.publish(&Change::Resources);
    }
    for name in &changes.updated {
        let address = collection::uri(name);
        feed.publish_below(&format!("{address}/"));
        feed.publish(&Change::Resource(address));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_panic_while_reading_does_not_end_the_watch() {
        let reads = AtomicU32::new(0);
        let published = AtomicU32::new(0);
        let reload = move || match reads.fetch_add(1, Ordering::Relaxed) {
            0 => panic!("the reader has a mistake"),
            _ => Ok(Changes { list: true, ..Changes::default() }),
        };
        let publish = |_: &Changes| _ = published.fetch_add(1, Ordering::Relaxed);
        assert!(timeout(WATCH_EVERY * 7 / 2, reload_often(reload, publish)).await.is_err(), "it goes on");
        assert_eq!(published.load(Ordering::Relaxed), 2, "of three reads one failed");
    }
}
