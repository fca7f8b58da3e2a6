//! A client over standard streams: a process of its own, one line a message.

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::time::timeout;

use crate::Fault;
use crate::load::{Call, Client, answered};
use crate::process::{command, ended_well};

const STOP_MAX: Duration = Duration::from_secs(20);

pub(crate) struct Session {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Session {
    pub(crate) async fn start() -> Result<Session, Fault> {
        let mut command = command("stdio");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let input = child.stdin.take().ok_or("no standard input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
        let mut client = Session { child, input, output };
        let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}});
        client.ask(&hello.to_string()).await?;
        client.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string()).await?;
        Ok(client)
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends a line and answers the next that comes.
    pub(crate) async fn ask(&mut self, line: &str) -> Result<String, Fault> {
        self.say(line).await?;
        Ok(self.output.next_line().await?.ok_or("the server has left")?)
    }

    async fn say(&mut self, line: &str) -> Result<(), Fault> {
        Ok(self.input.write_all(format!("{line}\n").as_bytes()).await?)
    }

    /// The end of the input ends it.
    pub(crate) async fn stop(mut self) -> Result<(), Fault> {
        drop(self.input);
        ended_well(timeout(STOP_MAX, self.child.wait()).await??)
    }
}

impl Client for Session {
    async fn call(&mut self, id: usize, call: &Call) -> Result<(), Fault> {
        let params = json!({"name": call.tool, "arguments": call.arguments});
        let request = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
        let answer = self.ask(&request.to_string()).await?;
        answered(id, call, answer.as_bytes())
    }
}
