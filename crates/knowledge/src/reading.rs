//! Reading a document apart from this process, so that a document which is made to harm ends its own reading only.
//!
//! A library cannot start its host again. So the host supplies a [`Runner`], which starts a process that calls [`answer`],
//! see [`Settings::runner`](crate::settings::Settings::runner). Without one, documents are read in a thread of this process:
//! a panic or a long time is then survived, but not a lack of memory.

use std::fmt;

use crate::format::{
    Format,
    parsed::{ParseError, ParsedDocument},
};

/// The most seconds of processor time for one document, which the process that calls [`answer`] is to be given.
pub const CPU_SECONDS_MAX: u64 = 20;

/// The most bytes of memory for one document, which the process that calls [`answer`] is to be given.
pub const MEMORY_BYTES_MAX: u64 = 512 << 20;

/// The largest text that is read in this process: its reading is linear, so that its size is limit enough, and to start a
/// process would take longer.
const SMALL_TEXT_BYTES_MAX: usize = 64_000;

/// The most bytes of an answer for each byte of the document: text is escaped in it.
const ANSWER_PER_BYTE_MAX: usize = 16;
const ANSWER_BYTES_FREE: usize = 8_000_000;

/// Starts a process for one document.
pub trait Runner: Send + Sync + fmt::Debug {
    /// Starts a process, gives it `request` and returns the answer of [`answer`] there. Blocks the thread.
    ///
    /// # Errors
    /// The end of the process, if it did not answer. More than `answer_bytes_max` bytes are [`Ended::Memory`].
    fn run(&self, request: &[u8], answer_bytes_max: usize) -> Result<Vec<u8>, Ended>;
}

/// The end of a process that did not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It used up its time.
    Time,
    /// It asked for more memory than it may have, or failed in a way that this ends in.
    Memory,
    /// It could not be started. The text says why.
    NotStarted(String),
}

/// Reads one document: the function of a process that a [`Runner`] starts.
///
/// `request` is what the runner was given, and the result is its answer.
pub fn answer(request: &[u8]) -> Vec<u8> {
    let parsed = match request.split_first().and_then(|(code, bytes)| Some((Format::of_code(*code)?, bytes))) {
        Some((format, bytes)) => format.parse(bytes),
        None => Err(ParseError::Malformed("the request has no known format".to_owned())),
    };
    serde_json::to_vec(&parsed).unwrap_or_default()
}

/// Returns the text of a file as it would be indexed, to look at what is read of it. The ending of its name tells its format.
///
/// # Errors
/// The reason why nothing can be read.
pub fn text(name: &str, bytes: &[u8]) -> Result<String, String> {
    let format = Format::of_path(name).ok_or_else(|| format!("it is of no known format: {}", Format::NAMES))?;
    format.parse(bytes).map(|parsed| parsed.markdown).map_err(|cause| cause.to_string())
}

/// Parses a document, apart from this process if there is a runner and the document may do harm.
pub(crate) fn parse(format: Format, bytes: &[u8], runner: Option<&dyn Runner>) -> Result<ParsedDocument, ParseError> {
    let is_small_text = format.is_text() && bytes.len() <= SMALL_TEXT_BYTES_MAX;
    let Some(runner) = runner.filter(|_| !is_small_text) else { return format.parse(bytes) };
    let request = [&[format.code()], bytes].concat();
    match runner.run(&request, ANSWER_PER_BYTE_MAX * bytes.len() + ANSWER_BYTES_FREE) {
        Ok(answer) => serde_json::from_slice(&answer).unwrap_or(Err(ParseError::Panicked)),
        Err(Ended::Time) => Err(ParseError::TooSlow(CPU_SECONDS_MAX)),
        Err(Ended::Memory) => Err(ParseError::TooLarge(MEMORY_BYTES_MAX >> 20)),
        Err(Ended::NotStarted(cause)) => Err(ParseError::NotStarted(cause)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers in this process, or ends as a process may.
    #[derive(Debug)]
    struct Scripted(Option<Ended>);

    impl Runner for Scripted {
        fn run(&self, request: &[u8], _: usize) -> Result<Vec<u8>, Ended> {
            self.0.clone().map_or_else(|| Ok(answer(request)), Err)
        }
    }

    #[test]
    fn an_answer_is_the_document_and_an_end_is_its_reason() {
        let large = format!("# Menu\n{}", "Tea. ".repeat(20_000));
        let parse =
            |end: Option<Ended>, text: &str| super::parse(Format::Markdown, text.as_bytes(), Some(&Scripted(end)));
        assert_eq!(parse(None, &large).unwrap().markdown, large);
        assert_eq!(parse(Some(Ended::Time), &large), Err(ParseError::TooSlow(20)));
        assert_eq!(parse(Some(Ended::Memory), &large), Err(ParseError::TooLarge(512)));
        assert!(parse(Some(Ended::Memory), "small").is_ok(), "it is read here");
        let pdf = super::parse(Format::Pdf, b"%PDF", Some(&Scripted(None)));
        assert!(matches!(pdf, Err(ParseError::Malformed(_))), "{pdf:?}");
        assert_eq!(text("menu.csv", b"Tea,2"), Ok("| Tea | 2 |\n| --- | --- |".to_owned()));
        assert!(text("menu.xyz", b"").unwrap_err().contains("Markdown"));
        let broken: Result<ParsedDocument, ParseError> = serde_json::from_slice(&answer(&[250])).unwrap();
        assert!(broken.is_err());
    }
}
