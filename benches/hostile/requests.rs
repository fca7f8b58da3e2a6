//! One hostile request at a time, each to a server that has done nothing else.

use crate::server::{HOSTILE, Server};
use crate::{Error, Row, bodies, client, cost};

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let client = client::client()?;
    let mut rows = vec![];
    for body in bodies::all() {
        let server = Server::start(&[]).await?;
        // What the first request of any kind brings in is not the cost of this one.
        client::post(&client, &server, HOSTILE, r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.into()).await;
        let bytes = body.text.len();
        let (status, cost) = cost::of(server.pid(), client::post(&client, &server, HOSTILE, body.text)).await;
        let status = status.map_or_else(|| "closed".to_owned(), |status| status.to_string());
        rows.push(Row {
            what: format!("{}, {} KiB ({})", body.kind, bytes / 1024, cost::TARGET),
            measured: format!("{}, {status}", cost.text()),
            missed: cost.misses(),
        });
    }
    Ok(rows)
}
