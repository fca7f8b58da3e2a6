//! Prints the text of documents as it would be indexed, each behind a line with its name:
//! `cargo run -p knowledge --example text -- FILE...`. A file that cannot be read is named on the standard error.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for name in std::env::args().skip(1) {
        let bytes = std::fs::read(&name)?;
        match knowledge::reading::text(&name, &bytes) {
            Ok(text) => writeln!(out, "\u{c}{name}\n{text}")?,
            Err(why) => writeln!(std::io::stderr(), "{name}: {why}")?,
        }
    }
    Ok(())
}
