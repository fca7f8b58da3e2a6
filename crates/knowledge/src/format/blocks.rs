//! Writes Markdown block by block: collapses white space, and keeps text from being taken for marks of Markdown.

/// The deepest indentation of nested lists, in levels. Deeper ones look like this one, so that the indentation of a
/// document cannot grow with the square of its size.
const INDENT_LEVELS_MAX: usize = 8;

/// The bytes before the next text that are looked at.
const LOOK_BACK_BYTES: usize = 64;

/// The break before the next text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Break {
    #[default]
    None,
    Space,
    Line,
    Block,
}

/// A Markdown text that grows.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    text: String,
    pending: Break,
    /// The mark of the next block, such as `## ` or `- `.
    mark: String,
    /// The number of open lists.
    indent: usize,
    /// True until the first item of the innermost list.
    is_first_item: bool,
    /// The number of open elements whose text is on one line.
    single_line: usize,
    /// The place of a number in brackets that ends the text, if it may be a numerator.
    bracketed: Option<usize>,
}

impl Blocks {
    /// Creates a text on one line.
    pub(super) fn single_line() -> Blocks {
        Blocks { single_line: 1, ..Blocks::default() }
    }

    /// Appends text. Its white space is collapsed.
    pub(super) fn text(&mut self, text: &str) {
        for word in text.split_inclusive(char::is_whitespace) {
            let shown = word.trim_end();
            if !shown.is_empty() {
                self.word(shown);
            }
            if shown.len() < word.len() {
                self.want(Break::Space);
            }
        }
    }

    fn word(&mut self, word: &str) {
        let bracketed = self.bracketed;
        for c in word.chars().filter(|c| !is_ignorable(*c)) {
            let begins = self.apply_break();
            if begins.is_some_and(|after| is_mark(word, c, after)) {
                self.text.push('\\');
            }
            self.text.push(c);
        }
        if let Some(from) = bracketed.filter(|from| is_fraction(&self.text[*from..])) {
            let fraction = self.text.split_off(from).replacen(['[', ']'], "", 2);
            self.text.push_str(&fraction);
        }
    }

    /// Appends a number in brackets. If a fraction bar follows, it is a numerator and no mark of a note, so that the
    /// brackets are taken away again.
    pub(super) fn mark(&mut self, bracketed: &str) {
        self.apply_break();
        self.bracketed = Some(self.text.len());
        self.text.push_str(bracketed);
    }

    /// Appends Markdown as it is, as a block of its own.
    pub(super) fn block(&mut self, markdown: &str) {
        if markdown.trim().is_empty() {
            return;
        }
        self.end_block();
        self.apply_break();
        self.text.push_str(markdown.trim_matches('\n'));
        self.end_block();
    }

    /// Appends text as it is to the current line.
    pub(super) fn inline(&mut self, text: &str) {
        if !text.is_empty() {
            self.apply_break();
            self.text.push_str(text);
        }
    }

    /// Ends the line: the next text begins another one of the same block.
    pub(super) fn end_line(&mut self) {
        self.want(Break::Line);
    }

    /// Ends the block, if there is one.
    pub(super) fn end_block(&mut self) {
        self.want(Break::Block);
    }

    /// Asks for a space before the next text of this line.
    pub(super) fn space(&mut self) {
        self.want(Break::Space);
    }

    /// Begins a block with a mark, which is forgotten if no text follows.
    pub(super) fn begin(&mut self, mark: &str) {
        self.end_block();
        mark.clone_into(&mut self.mark);
    }

    /// Begins an item of a list. Items follow each other without an empty line.
    pub(super) fn begin_item(&mut self, mark: &str) {
        if !std::mem::take(&mut self.is_first_item) && self.indent > 0 {
            self.pending = self.pending.min(Break::Line);
        }
        self.end_line();
        mark.clone_into(&mut self.mark);
    }

    pub(super) fn open_list(&mut self) {
        if self.indent == 0 {
            self.end_block();
        } else {
            self.end_line();
        }
        self.indent += 1;
        self.is_first_item = true;
    }

    pub(super) fn close_list(&mut self) {
        self.indent = self.indent.saturating_sub(1);
        self.is_first_item = false;
        self.mark.clear();
        if self.indent == 0 {
            self.end_block();
        }
    }

    /// Keeps the text on one line until [`Blocks::end_single_line`].
    pub(super) fn begin_single_line(&mut self) {
        self.single_line += 1;
    }

    pub(super) fn end_single_line(&mut self) {
        self.single_line = self.single_line.saturating_sub(1);
        self.mark.clear();
    }

    /// Returns the end of the current line, if the next text follows it directly. It is cut, so that a long line is not
    /// read again and again.
    pub(super) fn line_before(&self) -> &str {
        if self.is_spaced() { "" } else { self.text_of_line() }
    }

    /// Returns the end of the current line, also if a space follows it.
    pub(super) fn text_of_line(&self) -> &str {
        let end = &self.text[self.text.floor_char_boundary(self.text.len().saturating_sub(LOOK_BACK_BYTES))..];
        match self.pending {
            Break::None | Break::Space => end.rsplit('\n').next().unwrap_or_default(),
            _ => "",
        }
    }

    /// Returns true if the next text stands behind a space.
    pub(super) fn is_spaced(&self) -> bool {
        self.pending == Break::Space
    }

    /// Replaces the character at `from_end` bytes before the end by a space.
    pub(super) fn space_at(&mut self, from_end: usize) {
        let at = self.text.len() - from_end;
        self.text.replace_range(at..=at, " ");
    }

    pub(super) fn into_markdown(self) -> String {
        self.text
    }

    fn want(&mut self, wanted: Break) {
        let wanted = if self.single_line > 0 { wanted.min(Break::Space) } else { wanted };
        if !self.text.is_empty() {
            self.pending = self.pending.max(wanted);
        }
    }

    /// Writes the break and the mark. Returns the break if the next text begins a line.
    fn apply_break(&mut self) -> Option<Break> {
        let pending = std::mem::take(&mut self.pending);
        self.bracketed = None;
        let begins = self.text.is_empty() || pending >= Break::Line;
        if !self.text.is_empty() {
            self.text.push_str(match pending {
                Break::None => "",
                Break::Space => " ",
                Break::Line => "\n",
                Break::Block => "\n\n",
            });
        }
        if !begins {
            return None;
        }
        let mark = std::mem::take(&mut self.mark);
        let indent = self.indent.saturating_sub(1).min(INDENT_LEVELS_MAX) * 2;
        let below_item = if mark.is_empty() && self.indent > 0 { 2 } else { 0 };
        self.text.extend(std::iter::repeat_n(' ', indent + below_item));
        self.text.push_str(&mark);
        mark.is_empty().then_some(if pending == Break::None { Break::Block } else { pending })
    }
}

/// Returns true for a character that shows nothing and would keep a word from being found: the soft hyphen, the space
/// without width, the word joiner and the byte order mark.
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Returns true if a line that begins with this word, whose first character is `c`, would be taken for a heading, a fence,
/// a row of a table or the line below a heading.
fn is_mark(word: &str, c: char, after: Break) -> bool {
    let underlines = || word.chars().all(|other| other == c || is_ignorable(other));
    matches!(c, '#' | '`' | '~' | '|') || (after == Break::Line && matches!(c, '=' | '-') && underlines())
}

/// Returns true if a number in brackets is followed by a fraction bar.
fn is_fraction(text: &str) -> bool {
    let bar = text.split_once(']').and_then(|(_, after)| after.chars().next());
    matches!(bar, Some('/' | '\u{2044}' | '\u{2215}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_collapsed_and_marks_of_markdown_are_escaped() {
        let mut blocks = Blocks::default();
        blocks.text("  #1 in \u{AD}tea\n\t and cof\u{AD}fee ");
        blocks.end_line();
        blocks.text("--");
        blocks.end_line();
        blocks.text("-20 to");
        blocks.end_line();
        blocks.text("=10");
        blocks.end_block();
        blocks.text("-20 degrees");
        blocks.begin("## ");
        blocks.text("A # B");
        assert_eq!(blocks.into_markdown(), "\\#1 in tea and coffee\n\\--\n-20 to\n=10\n\n-20 degrees\n\n## A # B");
    }
}
