//! The line that is being typed, remembered as it grows: the editor forgets it when a byte of it is no text.

use std::cell::RefCell;

use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{Context, Editor, Helper};

/// Stands for a byte that is no text.
const REPLACEMENT: char = '\u{fffd}';

/// An editor that remembers the line.
pub(super) type LineEditor = Editor<Typed, DefaultHistory>;

/// A line with the place of the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TypedLine {
    pub(super) left: String,
    pub(super) right: String,
}

impl TypedLine {
    fn at(line: &str, cursor: usize) -> TypedLine {
        let (left, right) = line.split_at_checked(cursor).unwrap_or((line, ""));
        TypedLine { left: left.to_owned(), right: right.to_owned() }
    }

    /// The line with the byte that is no text.
    pub(super) fn with_replacement(mut self) -> TypedLine {
        self.left.push(REPLACEMENT);
        self
    }
}

/// What the editor tells of a line while it is typed.
#[derive(Debug, Default)]
pub(super) struct Typed(RefCell<TypedLine>);

impl Typed {
    /// Takes the line, and forgets it.
    pub(super) fn take(&self) -> TypedLine {
        self.0.take()
    }
}

/// An editor of an empty line.
pub(super) fn editor() -> rustyline::Result<LineEditor> {
    let mut editor = Editor::new()?;
    editor.set_helper(Some(Typed::default()));
    Ok(editor)
}

impl Hinter for Typed {
    type Hint = String;

    fn hint(&self, line: &str, cursor: usize, _: &Context<'_>) -> Option<String> {
        self.0.replace(TypedLine::at(line, cursor));
        None
    }
}

impl Completer for Typed {
    type Candidate = String;
}

impl Highlighter for Typed {}
impl Validator for Typed {}
impl Helper for Typed {}

#[test]
fn a_byte_that_is_no_text_stands_where_it_was_typed() {
    for (line, cursor, expected) in
        [("caf", 3, ("caf\u{fffd}", "")), ("ab", 1, ("a\u{fffd}", "b")), ("é", 1, ("é\u{fffd}", ""))]
    {
        let TypedLine { left, right } = TypedLine::at(line, cursor).with_replacement();
        assert_eq!((left.as_str(), right.as_str()), expected);
    }
}
