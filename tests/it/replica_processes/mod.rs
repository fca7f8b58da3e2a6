//! Replicas as processes of the built binary on one PostgreSQL: they tell how they are, go on without their database, and hand
//! over to each other.

mod cable;
mod examples;
mod hand_over;
mod readiness;

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::binary::{frontdesk, http_client, listening};

/// The token of callers in these tests.
const TOKEN: &str = "replicas-0123456789abcdef";

/// The longest wait for a state that has to come, and the pause between two questions: a process has a clock of its own.
const PATIENCE: Duration = Duration::from_secs(30);
const ASK_EVERY: Duration = Duration::from_millis(25);

/// A replica as a process.
struct Replica {
    process: Child,
    address: String,
    client: reqwest::Client,
}

impl Replica {
    /// Starts a replica with this store and these flags; the environment has the rest.
    async fn start(store: &str, flags: &[&str], environment: &[(&str, &str)]) -> Replica {
        let common = ["http", "--bind", "127.0.0.1:0", "--store", store, "--auth-token", TOKEN];
        let mut command: Command = frontdesk(&[&common, flags].concat());
        command.envs(environment.iter().copied());
        let (process, address) = listening(command).await;
        Replica { process, address, client: http_client() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The answer of a path that anybody may ask.
    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let response = self.client.get(self.url(path)).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// Asks `/readyz` until its answer is as it has to be, and returns that answer and the time that it took.
    async fn ready_when(&self, is_right: impl Fn(StatusCode, &Value) -> bool) -> (Value, Duration) {
        let begun = Instant::now();
        loop {
            let (status, shown) = self.get("/readyz").await;
            if is_right(status, &shown) {
                return (shown, begun.elapsed());
            }
            assert!(begun.elapsed() < PATIENCE, "{status} {shown}");
            sleep(ASK_EVERY).await;
        }
    }
}
