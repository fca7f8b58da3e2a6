//! The lines of the person: from a terminal with editing and history, from a file, or from a pipe.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustyline::ExternalPrinter;
use rustyline::error::ReadlineError;
use tokio::task::spawn_blocking;

use super::error::Error;
use super::typed_line::{self, LineEditor, Typed, TypedLine};

/// What stands before the person's line.
const PROMPT: &str = "You > ";
/// The longest line that is read from a file or a pipe, in bytes. A longer one is cut; the chat shortens it anyway.
const LINE_BYTES_MAX: u64 = 64 * 1024;
/// The bytes of one typed line that may be no text; then it ends.
const NO_TEXT_MAX: usize = 1_000;

/// Where the lines come from.
pub(super) enum Input {
    /// A terminal. The editor is used by one read at a time, on a thread that may block; the printer writes above the line.
    Terminal(Arc<Mutex<LineEditor>>, Option<Printer>),
    /// A file or a pipe.
    Lines(Arc<Mutex<Box<dyn BufRead + Send>>>),
}

/// Writes above the line that is being typed. Clones write to the same terminal.
#[derive(Clone)]
pub(super) struct Printer(Arc<Mutex<dyn ExternalPrinter + Send>>);

impl Printer {
    pub(super) fn print(&self, text: String) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).print(text).map_err(io::Error::other)
    }
}

/// A line, or why there is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum InputLine {
    Said(String),
    /// The person pressed Ctrl-C.
    Interrupted,
    /// Ctrl-D, or the end of the file.
    End,
}

impl Input {
    /// The lines of the script; without one, those of standard input.
    pub(super) fn open(script: Option<&Path>) -> Result<Input, Error> {
        let lines = |source: Box<dyn BufRead + Send>| Input::Lines(Arc::new(Mutex::new(source)));
        if let Some(file) = script {
            let opened =
                File::open(file).map_err(|error| Error::File(format!("--script {}", file.display()), error))?;
            if opened.metadata().is_ok_and(|found| found.is_dir()) {
                let folder = io::Error::from(io::ErrorKind::IsADirectory);
                return Err(Error::File(format!("--script {}", file.display()), folder));
            }
            return Ok(lines(Box::new(BufReader::new(opened))));
        }
        if !io::stdin().is_terminal() {
            return Ok(lines(Box::new(BufReader::new(io::stdin()))));
        }
        let mut editor = typed_line::editor().map_err(|error| Error::Terminal(io::Error::other(error)))?;
        let printer = editor.create_external_printer().ok();
        let printer = printer.map(|printer| Printer(Arc::new(Mutex::new(printer))));
        Ok(Input::Terminal(Arc::new(Mutex::new(editor)), printer))
    }

    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Input::Terminal(..))
    }

    /// What writes above the line that is being typed.
    pub(super) fn printer(&self) -> Option<Printer> {
        match self {
            Input::Terminal(_, printer) => printer.clone(),
            Input::Lines(_) => None,
        }
    }

    /// The next line.
    pub(super) async fn next(&mut self) -> Result<InputLine, Error> {
        let read = match self {
            Input::Terminal(editor, _) => {
                let editor = editor.clone();
                spawn_blocking(move || typed(&mut editor.lock().unwrap_or_else(PoisonError::into_inner))).await
            }
            Input::Lines(lines) => {
                let lines = lines.clone();
                spawn_blocking(move || next_line(&mut *lines.lock().unwrap_or_else(PoisonError::into_inner))).await
            }
        };
        Ok(read.map_err(io::Error::other)??)
    }
}

/// Reads a line. A byte that is no text stands as `\u{fffd}`, as in a file, and the line goes on where it was.
fn typed(editor: &mut LineEditor) -> io::Result<InputLine> {
    let mut before = TypedLine::default();
    if let Some(typed) = editor.helper() {
        typed.take();
    }
    for _ in 0..NO_TEXT_MAX {
        match editor.readline_with_initial(PROMPT, (&before.left, &before.right)) {
            Ok(line) => {
                // A line that cannot be kept is lost to the history alone.
                let _ = editor.add_history_entry(line.as_str());
                return Ok(InputLine::Said(line));
            }
            Err(ReadlineError::Interrupted) => return Ok(InputLine::Interrupted),
            Err(ReadlineError::Eof) => return Ok(InputLine::End),
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                before = editor.helper().map(Typed::take).unwrap_or_default().with_replacement();
            }
            Err(error) => return Err(io::Error::other(error)),
        }
    }
    Ok(InputLine::Said(before.left + &before.right))
}

/// Reads a line as far as it is not too long; bytes that are no text are replaced.
fn next_line(mut lines: &mut (dyn BufRead + Send)) -> io::Result<InputLine> {
    let mut line = vec![];
    if Read::by_ref(&mut lines).take(LINE_BYTES_MAX).read_until(b'\n', &mut line)? == 0 {
        return Ok(InputLine::End);
    }
    if !line.ends_with(b"\n") {
        skip_line(lines)?;
    }
    Ok(InputLine::Said(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned()))
}

/// Passes over the rest of a line.
fn skip_line(lines: &mut (dyn BufRead + Send)) -> io::Result<()> {
    loop {
        let buffer = lines.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        let over = end.is_some() || buffer.is_empty();
        lines.consume(length);
        if over {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: Vec<u8>) -> Vec<InputLine> {
        let mut source: Box<dyn BufRead + Send> = Box::new(BufReader::new(io::Cursor::new(bytes)));
        let mut all = vec![];
        loop {
            match next_line(&mut *source).unwrap() {
                InputLine::End => return all,
                line => all.push(line),
            }
        }
    }

    #[test]
    fn a_file_gives_its_lines_and_long_ones_are_cut() {
        let said = |text: &str| InputLine::Said(text.to_owned());
        assert_eq!(lines(b"one\r\n\ntwo".to_vec()), [said("one"), said(""), said("two")]);
        assert_eq!(lines(vec![0xff, b'\n']), [said("\u{fffd}")]);
        let long = [vec![b'x'; 200_000], b"\nnext\n".to_vec()].concat();
        let read = lines(long);
        assert_eq!((read.len(), &read[1]), (2, &said("next")));
    }
}
