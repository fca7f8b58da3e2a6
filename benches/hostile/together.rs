//! A hundred hostile requests at once, and what is left of them ten seconds later.

use std::time::Duration;

use futures::future::join_all;

use crate::server::{HOSTILE, Server};
use crate::{Error, Row, bodies, client, cost, private_memory};

const REQUESTS: usize = 100;
/// The most private memory of all of them.
const MEMORY_MAX: f64 = 200.0;
/// The most of it that may be left after the rest.
const LEFT_MAX: f64 = 20.0;
const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const REST: Duration = Duration::from_secs(10);

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let client = client::client()?;
    let mut rows = vec![];
    for body in bodies::all() {
        let server = Server::start(&[]).await?;
        let all = |text: &str| {
            let posts: Vec<_> =
                (0..REQUESTS).map(|_| client::post(&client, &server, HOSTILE, text.to_owned())).collect();
            join_all(posts)
        };
        // What as many harmless requests bring in, such as the buffers of their connections, is not the cost of these.
        all(PING).await;
        let before = private_memory::read(server.pid()).unwrap_or_default();
        let (_, cost) = cost::of(server.pid(), all(&body.text)).await;
        tokio::time::sleep(REST).await;
        let after = private_memory::read(server.pid()).ok_or("the server has ended")?;
        let left = after - before;
        rows.push(Row {
            what: format!("{}, {REQUESTS} at once (target: at most {MEMORY_MAX} MiB, then {LEFT_MAX})", body.kind),
            measured: format!("{}; after 10 s {left:.1} MiB", cost.text()),
            missed: cost.memory > MEMORY_MAX || left > LEFT_MAX,
        });
    }
    Ok(rows)
}
