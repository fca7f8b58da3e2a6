//! Splits standard input into lines of bounded length.

use bytes::{Buf, BytesMut};
use rmcp::model::{NumberOrString, RequestId};
use tokio_util::codec::Decoder;

/// Longest line: a message with files of 1 MB in Base64.
pub(super) const LINE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Bytes kept of a line that is too long, to find the id of its request.
const PREFIX_BYTES: usize = 4 * 1024;

/// One line, without its end.
#[derive(Debug, PartialEq)]
pub(super) enum DecodedLine {
    Complete(BytesMut),
    /// The beginning of a line that is longer than [`LINE_BYTES_MAX`].
    TooLong(BytesMut),
}

/// Decodes lines and cannot fail: a line that is too long is skipped.
#[derive(Debug, Default)]
pub(super) struct LineDecoder {
    /// Bytes of the input that hold no end of line.
    searched: usize,
    /// The beginning of a line that is being skipped.
    too_long: Option<BytesMut>,
}

impl Decoder for LineDecoder {
    type Item = DecodedLine;
    type Error = std::io::Error;

    fn decode(&mut self, input: &mut BytesMut) -> Result<Option<DecodedLine>, std::io::Error> {
        let end = input[self.searched..].iter().position(|byte| *byte == b'\n').map(|at| self.searched + at);
        let Some(end) = end else {
            self.keep(input);
            return Ok(None);
        };
        self.searched = 0;
        let mut line = input.split_to(end);
        input.advance(1);
        if line.last() == Some(&b'\r') {
            line.truncate(line.len() - 1);
        }
        Ok(Some(match self.too_long.take() {
            Some(beginning) => DecodedLine::TooLong(beginning),
            None if line.len() > LINE_BYTES_MAX => DecodedLine::TooLong(line.split_to(PREFIX_BYTES)),
            None => DecodedLine::Complete(line),
        }))
    }

    /// Decodes a last line without an end, as a person types it. An incomplete message in it gets an error.
    fn decode_eof(&mut self, input: &mut BytesMut) -> Result<Option<DecodedLine>, std::io::Error> {
        Ok(self.decode(input)?.or_else(|| self.rest(input)))
    }
}

impl LineDecoder {
    fn rest(&mut self, input: &mut BytesMut) -> Option<DecodedLine> {
        self.searched = 0;
        let rest = input.split();
        match self.too_long.take() {
            Some(beginning) => Some(DecodedLine::TooLong(beginning)),
            None => (!rest.is_empty()).then_some(DecodedLine::Complete(rest)),
        }
    }

    /// Keeps an unfinished line up to the largest length.
    fn keep(&mut self, input: &mut BytesMut) {
        if self.too_long.is_some() {
            input.clear();
        } else if input.len() > LINE_BYTES_MAX {
            self.too_long = Some(input.split_to(PREFIX_BYTES));
            input.clear();
        }
        self.searched = input.len();
    }
}

/// The `id` of a request that could not be parsed: the value of the outermost `"id"`, if it is complete.
pub(super) fn request_id(text: &[u8]) -> Option<RequestId> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = string_end(text, at)?;
                if depth == 1 && &text[at..end] == b"\"id\"" {
                    return value_after_colon(&text[end..]);
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The index after the closing quote of the string that opens at `start`.
fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

fn value_after_colon(text: &[u8]) -> Option<RequestId> {
    let value = text.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    if value.first() == Some(&b'"') {
        let text: String = serde_json::from_slice(&value[..string_end(value, 0)?]).ok()?;
        return Some(NumberOrString::String(text.into()));
    }
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
    // A number at the end of the text may be cut off.
    let complete = value.get(digits).is_some_and(|byte| b",} \t\r".contains(byte));
    let number = std::str::from_utf8(&value[..digits]).ok()?.parse().ok()?;
    complete.then_some(NumberOrString::Number(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<DecodedLine> {
        let (mut lines, mut decoder, mut input) = (vec![], LineDecoder::default(), BytesMut::from(input));
        while let Some(line) = decoder.decode(&mut input).unwrap() {
            lines.push(line);
        }
        lines
    }

    fn complete(text: &str) -> DecodedLine {
        DecodedLine::Complete(BytesMut::from(text))
    }

    #[test]
    fn lines_end_with_or_without_a_carriage_return() {
        assert_eq!(lines(b"one\r\ntwo\n\nrest"), [complete("one"), complete("two"), complete("")]);
    }

    #[test]
    fn a_last_line_needs_no_end() {
        let (mut decoder, mut input) = (LineDecoder::default(), BytesMut::from(&b"one\ntwo"[..]));
        let mut next = || decoder.decode_eof(&mut input).unwrap();
        assert_eq!((next(), next(), next()), (Some(complete("one")), Some(complete("two")), None));
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_the_next_is_read() {
        let mut decoder = LineDecoder::default();
        let mut input = BytesMut::from(format!("{{\"id\":7,{}", "x".repeat(LINE_BYTES_MAX)).as_bytes());
        assert_eq!(decoder.decode(&mut input).unwrap(), None);
        assert!(input.is_empty(), "the rest of the line is not kept");
        input.extend_from_slice(b"more of it\nnext\n");
        let Some(DecodedLine::TooLong(beginning)) = decoder.decode(&mut input).unwrap() else {
            panic!("it is too long")
        };
        assert_eq!(request_id(&beginning), Some(NumberOrString::Number(7)));
        assert_eq!(decoder.decode(&mut input).unwrap(), Some(complete("next")));
    }

    #[test]
    fn an_id_is_found_only_where_it_is_complete_and_outermost() {
        let number = |n| Some(NumberOrString::Number(n));
        assert_eq!(request_id(br#"{"jsonrpc":"2.0","id":12,"method":"tools/c"#), number(12));
        assert_eq!(request_id(br#"{"params":{"id":3},"id" : 4}"#), number(4));
        assert_eq!(request_id(br#"{"id":"a\"b","method"#), Some(NumberOrString::String("a\"b".into())));
        for none in
            [&b"{\"id\":1"[..], b"hello", b"{\"params\":{\"id\":3}", b"{\"id\":null}", b"\"id\":3", b"{\"id\":\"a"]
        {
            assert_eq!(request_id(none), None, "{}", String::from_utf8_lossy(none));
        }
    }
}
