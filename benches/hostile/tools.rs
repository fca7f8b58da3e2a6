//! The worst argument of each tool by memory: the largest allowed text in each of them, each tool on a server of its own.

use std::collections::BTreeMap;

use crate::cost::Cost;
use crate::server::{HONEST, Server};
use crate::{Error, Row, account, client, cost, largest_arguments, tool_calls};

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let client = client::client()?;
    let mut by_tool: BTreeMap<&str, Vec<largest_arguments::Call>> = BTreeMap::new();
    for call in largest_arguments::calls(&frontdesk::tools::all(), &largest_arguments::FILLS) {
        by_tool.entry(call.tool).or_default().push(call);
    }
    let account = account::serve(largest_arguments::properties()).await;
    let mut rows = vec![];
    for (tool, calls) in by_tool {
        let server = Server::start_on(&account, &["--tier", "unlimited", "--handoff", "ticket"]).await?;
        let mut worst = (Cost::default(), String::new());
        for mut call in calls {
            if let Some((tool, begin)) = tool_calls::beginning(&call.arguments) {
                let begun = client::call(&client, &server, HONEST, tool, &begin).await?;
                call.arguments["session"] = begun["structuredContent"]["session"].clone();
            }
            let calling = client::call(&client, &server, HONEST, tool, &call.arguments);
            let (_, cost) = cost::of(server.pid(), calling).await;
            if cost.memory >= worst.0.memory {
                worst = (cost, call.argument);
            }
        }
        rows.push(Row {
            what: format!("`{tool}`, `{}` ({})", worst.1, cost::TARGET),
            measured: worst.0.text(),
            missed: worst.0.misses(),
        });
    }
    Ok(rows)
}
