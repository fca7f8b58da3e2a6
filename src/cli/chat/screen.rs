//! What the chat prints. Texts from outside are cleaned of what drives a terminal; the colours are our own.

use std::io::{self, Write};

use domain::{known_secrets, text, text_cleaning};
use serde_json::Value;

use super::input::Printer;
use crate::chat::brain::FinishedCall;
use crate::chat::handoff_relay::{Heard, PersonMessage};
use crate::chat::turn::TurnOutcome;

const GREY: &str = "\u{1b}[90m";
const PLAIN: &str = "\u{1b}[0m";
/// Goes to the beginning of the line and clears it.
const CLEAR: &str = "\r\u{1b}[2K";
/// The steps of a taskgraph reach nothing outside, so they are not worth a line.
const STEPS: &str = "taskgraph_";
/// The longest name of a tool that is shown.
const NAME_CHARACTERS_MAX: usize = 60;

/// How things are printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) colours: bool,
    pub(super) verbose: bool,
}

/// The output of a chat.
pub(super) struct Screen<'a, W> {
    pub(super) out: &'a mut W,
    pub(super) style: Style,
    /// The person's lines are printed, since no terminal shows them.
    pub(super) echoes: bool,
    /// The failure of a model that was told last: what goes on is not told again.
    pub(super) failed: Option<String>,
}

impl<W: Write> Screen<'_, W> {
    pub(super) fn visitor(&mut self, message: &str) -> io::Result<()> {
        if self.echoes {
            writeln!(self.out, "You > {}", clean(message))?;
        }
        Ok(())
    }

    /// What a person wrote who has the conversation: above the line that is typed, where there is one.
    pub(super) fn heard(&mut self, heard: &Heard, above: Option<&Printer>) -> io::Result<()> {
        let lines: Vec<_> = heard
            .said
            .iter()
            .map(PersonMessage::line)
            .chain(heard.notice.clone())
            .map(|text| clean(&text) + "\n")
            .collect();
        if lines.is_empty() {
            return Ok(());
        }
        match above {
            Some(printer) => printer.print(lines.concat()),
            None => {
                lines.iter().try_for_each(|line| write!(self.out, "{line}"))?;
                writeln!(self.out)?;
                self.out.flush()
            }
        }
    }

    /// The calls of a turn and what it said.
    pub(super) fn reply(&mut self, turn: &TurnOutcome) -> io::Result<()> {
        self.calls(&turn.done)?;
        if turn.passed_on {
            return self.out.flush();
        }
        self.failure(turn)?;
        for line in clean(&turn.reply.text).lines() {
            writeln!(self.out, "{line}")?;
        }
        for (at, choice) in turn.reply.choices.iter().enumerate() {
            writeln!(self.out, "  {}. {}", at + 1, clean(choice))?;
        }
        writeln!(self.out)?;
        self.out.flush()
    }

    /// The failure of a model, once: the talk is not interrupted by it at every turn.
    fn failure(&mut self, turn: &TurnOutcome) -> io::Result<()> {
        let failed = turn.failed.as_ref().map(ToString::to_string);
        if let Some(text) = failed.as_ref().filter(|_| self.style.verbose || self.failed != failed) {
            self.note(&format!("{text}; `{}` answered", turn.brain))?;
        }
        self.failed = failed;
        Ok(())
    }

    /// One line for each call, or all of it.
    pub(super) fn calls(&mut self, done: &[FinishedCall]) -> io::Result<()> {
        let verbose = self.style.verbose;
        for done in done.iter().filter(|done| verbose || !done.call.tool.starts_with(STEPS)) {
            let mark = if done.answer.is_ok() { "✔" } else { "✘" };
            let code = done.answer.as_ref().err().and_then(|error| error["code"].as_str()).unwrap_or_default();
            self.note(format!("▸ {} {mark} {code}", short_name(&done.call.tool)).trim_end())?;
            if verbose {
                let arguments = done.call.arguments.clone().map_or_else(Value::from, Value::Object);
                let answer = done.answer.as_ref().unwrap_or_else(|error| error);
                self.note(&format!("    {arguments}\n    {answer}"))?;
            }
        }
        Ok(())
    }

    /// A line that is no part of the conversation.
    pub(super) fn note(&mut self, text: &str) -> io::Result<()> {
        for line in clean(text).lines() {
            match self.style.colours {
                true => writeln!(self.out, "{GREY}{line}{PLAIN}")?,
                false => writeln!(self.out, "{line}")?,
            }
        }
        self.out.flush()
    }

    pub(super) fn commands(&mut self, commands: &[(&str, &str)]) -> io::Result<()> {
        commands.iter().try_for_each(|(name, does)| self.note(&format!("{name:<9} {does}")))
    }

    /// A sign that the desk works, which [`Screen::rests`] takes away.
    pub(super) fn works(&mut self) -> io::Result<()> {
        if self.style.colours {
            write!(self.out, "{GREY}…{PLAIN}")?;
            self.out.flush()?;
        }
        Ok(())
    }

    pub(super) fn rests(&mut self) -> io::Result<()> {
        if self.style.colours {
            write!(self.out, "{CLEAR}")?;
        }
        Ok(())
    }
}

fn clean(text: &str) -> String {
    known_secrets::masked(&text_cleaning::clean(text).text).into_owned()
}

/// The name of a tool on one line: a model may have made it up.
fn short_name(tool: &str) -> String {
    let name = text::excerpt(tool, NAME_CHARACTERS_MAX);
    if name.trim().is_empty() { "(a call without a name)".to_owned() } else { name }
}

#[test]
fn a_name_that_a_model_made_up_stays_on_its_line() {
    assert_eq!(short_name("find_tickets"), "find_tickets");
    assert_eq!(short_name(" "), "(a call without a name)");
    let long = short_name(&format!("search\n; rm {}", "x".repeat(100_000)));
    assert!(!long.contains('\n') && long.chars().count() <= NAME_CHARACTERS_MAX + 1, "{}", long.len());
}
