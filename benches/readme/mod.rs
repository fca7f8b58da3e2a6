//! The tables of the README that benchmarks fill.

use std::path::Path;
use std::{fs, io};

/// Prints the table; with `UPDATE=1` it goes into the README's section of that name as well.
pub(crate) fn show(section: &str, rows: &[(String, String)]) -> io::Result<()> {
    print(rows);
    if std::env::var_os("UPDATE").is_none() {
        return Ok(());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = with_table(&fs::read_to_string(&path)?, section, &table(rows));
    let readme = readme.ok_or_else(|| io::Error::other(format!("README.md has no section `{section}` of a bench")))?;
    fs::write(&path, readme)
}

#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
pub(crate) fn print(rows: &[(String, String)]) {
    println!("{}", table(rows));
}

fn table(rows: &[(String, String)]) -> String {
    let lines = rows.iter().map(|(what, measured)| format!("| {what} | {measured} |\n"));
    format!("| what | measured |\n|---|---|\n{}", lines.collect::<String>())
}

fn with_table(readme: &str, section: &str, table: &str) -> Option<String> {
    let begin = format!("<!-- {section}: written by `cargo bench --bench {section}` -->\n");
    let end = format!("<!-- {section}: end -->");
    let (before, rest) = readme.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}{table}{end}{after}"))
}
