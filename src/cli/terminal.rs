//! What commands print for a person: without characters that drive a terminal or that nobody sees.

use std::io::{self, Write};

use domain::{known_secrets, text_cleaning};

/// Cleans each text that is written to it. Bytes that are no text are left out.
#[derive(Debug)]
pub(super) struct Terminal<W>(pub(super) W);

impl<W: Write> Write for Terminal<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(known_secrets::masked(&text_cleaning::clean(&text).text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_does_not_drive_the_terminal() {
        let mut out = Terminal(vec![]);
        let account = "EVIL\u{1b}]0;PWNED\u{7}\u{1b}[2J\u{202e}\u{200b}";
        writeln!(out, "The token works: portal {} ({account}).", 7).unwrap();
        writeln!(out, "├─ book a table 👩\u{200d}💻").unwrap();
        let said = String::from_utf8(out.0).unwrap();
        assert_eq!(said, "The token works: portal 7 (EVIL]0;PWNED[2J).\n├─ book a table 👩\u{200d}💻\n");
    }
}
