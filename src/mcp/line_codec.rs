//! One line of standard input: a message, or something that is none and still deserves an answer.

use bytes::{Buf, BytesMut};
use rmcp::model::{NumberOrString, RequestId};
use tokio_util::codec::Decoder;

/// The longest message a client may send, as over HTTP.
pub(super) const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How much of a line is kept to find out which request it was, when it is too long to read.
const PREFIX_BYTES: usize = 4 * 1024;

#[derive(Debug, PartialEq)]
pub(super) enum Line {
    Complete(BytesMut),
    /// Longer than [`LINE_BYTES_MAX`]; what is left is its beginning.
    TooLong(BytesMut),
}

/// Cuts the input into lines and cannot fail: a line that is too long is passed over, not fatal.
#[derive(Debug, Default)]
pub(super) struct LineDecoder {
    /// Bytes already searched for an end of line.
    searched: usize,
    /// The beginning of a line that is being passed over.
    too_long: Option<BytesMut>,
}

impl Decoder for LineDecoder {
    type Item = Line;
    type Error = std::io::Error;

    fn decode(&mut self, input: &mut BytesMut) -> Result<Option<Line>, std::io::Error> {
        let end = input[self.searched..].iter().position(|byte| *byte == b'\n').map(|at| self.searched + at);
        let Some(end) = end else {
            self.hold(input);
            return Ok(None);
        };
        self.searched = 0;
        let mut line = input.split_to(end);
        input.advance(1);
        if line.last() == Some(&b'\r') {
            line.truncate(line.len() - 1);
        }
        Ok(Some(match self.too_long.take() {
            Some(beginning) => Line::TooLong(beginning),
            None if line.len() > LINE_BYTES_MAX => Line::TooLong(line.split_to(PREFIX_BYTES)),
            None => Line::Complete(line),
        }))
    }

    /// A last line needs no end: whoever sends one by hand leaves it out. One that broke off is no message, and is told so.
    fn decode_eof(&mut self, input: &mut BytesMut) -> Result<Option<Line>, std::io::Error> {
        Ok(self.decode(input)?.or_else(|| self.rest(input)))
    }
}

impl LineDecoder {
    fn rest(&mut self, input: &mut BytesMut) -> Option<Line> {
        self.searched = 0;
        let rest = input.split();
        match self.too_long.take() {
            Some(beginning) => Some(Line::TooLong(beginning)),
            None => (!rest.is_empty()).then_some(Line::Complete(rest)),
        }
    }

    /// Keeps an unfinished line, but not more of it than is allowed.
    fn hold(&mut self, input: &mut BytesMut) {
        if self.too_long.is_some() {
            input.clear();
        } else if input.len() > LINE_BYTES_MAX {
            self.too_long = Some(input.split_to(PREFIX_BYTES));
            input.clear();
        }
        self.searched = input.len();
    }
}

/// The `id` of a request that could not be read otherwise: the value of the outermost `"id"`, if it is there.
pub(super) fn readable_id(text: &[u8]) -> Option<RequestId> {
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

/// One past the closing quote of the string that opens at `start`.
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
    // A number that the text breaks off in could be another number.
    let ended = value.get(digits).is_some_and(|byte| b",} \t\r".contains(byte));
    let number = std::str::from_utf8(&value[..digits]).ok()?.parse().ok()?;
    ended.then_some(NumberOrString::Number(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<Line> {
        let (mut lines, mut decoder, mut input) = (vec![], LineDecoder::default(), BytesMut::from(input));
        while let Some(line) = decoder.decode(&mut input).unwrap() {
            lines.push(line);
        }
        lines
    }

    fn complete(text: &str) -> Line {
        Line::Complete(BytesMut::from(text))
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
    fn a_line_too_long_is_passed_over_and_the_next_one_is_read() {
        let mut decoder = LineDecoder::default();
        let mut input = BytesMut::from(format!("{{\"id\":7,{}", "x".repeat(LINE_BYTES_MAX)).as_bytes());
        assert_eq!(decoder.decode(&mut input).unwrap(), None);
        assert!(input.is_empty(), "the rest of the line is not kept");
        input.extend_from_slice(b"more of it\nnext\n");
        let Some(Line::TooLong(beginning)) = decoder.decode(&mut input).unwrap() else { panic!("it is too long") };
        assert_eq!(readable_id(&beginning), Some(NumberOrString::Number(7)));
        assert_eq!(decoder.decode(&mut input).unwrap(), Some(complete("next")));
    }

    #[test]
    fn the_id_is_read_only_where_it_surely_is_one() {
        let number = |n| Some(NumberOrString::Number(n));
        assert_eq!(readable_id(br#"{"jsonrpc":"2.0","id":12,"method":"tools/c"#), number(12));
        assert_eq!(readable_id(br#"{"params":{"id":3},"id" : 4}"#), number(4));
        assert_eq!(readable_id(br#"{"id":"a\"b","method"#), Some(NumberOrString::String("a\"b".into())));
        for none in
            [&b"{\"id\":1"[..], b"hello", b"{\"params\":{\"id\":3}", b"{\"id\":null}", b"\"id\":3", b"{\"id\":\"a"]
        {
            assert_eq!(readable_id(none), None, "{}", String::from_utf8_lossy(none));
        }
    }
}
