//! A client over standard streams: each starts a process of its own, and a message is a line.

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::time::timeout;

use crate::Error;
use crate::load::{Call, Client, check_answer};
use crate::process::{HubSpot, Program};
use crate::stop::check_exit;

const STOP_MAX: Duration = Duration::from_secs(20);

pub(crate) struct Session {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Session {
    /// A new process of `program`, with the session of 2025-11-25 opened.
    pub(crate) async fn start(program: Program, hubspot: HubSpot<'_>) -> Result<Session, Error> {
        let mut command = program.command("stdio", hubspot)?;
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

    /// Sends a line and returns the next that arrives.
    pub(crate) async fn ask(&mut self, line: &str) -> Result<String, Error> {
        self.say(line).await?;
        Ok(self.output.next_line().await?.ok_or("the server has left")?)
    }

    async fn say(&mut self, line: &str) -> Result<(), Error> {
        Ok(self.input.write_all(format!("{line}\n").as_bytes()).await?)
    }

    /// Closes the input, which ends the server.
    pub(crate) async fn stop(mut self) -> Result<(), Error> {
        drop(self.input);
        check_exit(timeout(STOP_MAX, self.child.wait()).await??)
    }
}

impl Client for Session {
    async fn call(&mut self, id: usize, call: &Call) -> Result<(), Error> {
        let params = json!({"name": call.tool, "arguments": call.arguments});
        let request = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
        let answer = self.ask(&request.to_string()).await?;
        check_answer(id, call, answer.as_bytes())
    }
}
