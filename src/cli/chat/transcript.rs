//! The conversation as a file: one JSON line for each message, written before the next is read.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use chrono::{SecondsFormat, Utc};
use domain::clock::Clock;
use serde_json::{Value, json};

use super::error::Error;
use crate::chat::handoff_relay::Heard;
use crate::chat::turn::TurnOutcome;

/// The file, if one was asked for.
pub(super) struct TranscriptFile(Option<(String, File)>);

impl TranscriptFile {
    pub(super) fn open(file: Option<&Path>) -> Result<TranscriptFile, Error> {
        let Some(path) = file else { return Ok(TranscriptFile(None)) };
        let name = format!("--transcript {}", path.display());
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        // What customers say is for nobody else on this machine.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| Error::File(name.clone(), error))?;
        Ok(TranscriptFile(Some((name, file))))
    }

    pub(super) fn visitor(&mut self, text: &str) -> Result<(), Error> {
        self.line(&json!({ "author": "visitor", "text": text }))
    }

    pub(super) fn desk(&mut self, turn: &TurnOutcome) -> Result<(), Error> {
        let call = |done: &crate::chat::brain::FinishedCall| {
            let code = done.answer.as_ref().err().map(|error| error["code"].clone());
            json!({ "tool": done.call.tool, "failed": code })
        };
        let calls: Vec<Value> = turn.done.iter().map(call).collect();
        let reply = &turn.reply;
        self.line(&json!({
            "author": "desk", "text": reply.text, "choices": reply.choices, "brain": turn.brain, "calls": calls,
            "tokens": turn.tokens.total(),
        }))
    }

    pub(super) fn heard(&mut self, heard: &Heard) -> Result<(), Error> {
        heard.said.iter().try_for_each(|said| self.line(&json!({ "author": "person", "text": said.line() })))?;
        heard.notice.iter().try_for_each(|text| self.line(&json!({ "author": "desk", "text": text })))
    }

    fn line(&mut self, line: &Value) -> Result<(), Error> {
        let Some((name, file)) = &mut self.0 else { return Ok(()) };
        let mut line = line.clone();
        line["time"] = Clock::System.now().with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Millis, true).into();
        writeln!(file, "{line}").map_err(|error| Error::File(name.clone(), error))
    }
}
