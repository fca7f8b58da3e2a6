//! Writes what a benchmark measured into the documentation.

use std::path::Path;
use std::{env, fs, io};

/// The page that holds the tables, relative to the package.
const PAGE: &str = "docs/performance.md";

/// Prints the table; with `UPDATE=1` also replaces what stands between the markers of `bench`.
///
/// The markers are ``<!-- NAME: written by `cargo bench --bench NAME` -->`` and `<!-- NAME: end -->`. It is an error
/// when the page lacks them.
pub(crate) fn show(bench: &str, rows: &[(String, String)]) -> io::Result<()> {
    print(rows);
    if env::var_os("UPDATE").is_none() {
        return Ok(());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = with_table(&fs::read_to_string(&path)?, bench, &table(rows));
    fs::write(&path, page.ok_or_else(|| io::Error::other(format!("{PAGE} has no markers of the bench `{bench}`")))?)
}

#[expect(clippy::print_stdout, reason = "the table is the output of a bench")]
pub(crate) fn print(rows: &[(String, String)]) {
    println!("{}", table(rows));
}

fn table(rows: &[(String, String)]) -> String {
    let lines = rows.iter().map(|(what, measured)| format!("| {what} | {measured} |\n"));
    format!("| what | measured |\n|---|---|\n{}", lines.collect::<String>())
}

fn with_table(page: &str, bench: &str, table: &str) -> Option<String> {
    let begin = format!("<!-- {bench}: written by `cargo bench --bench {bench}` -->\n");
    let end = format!("<!-- {bench}: end -->");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}{table}{end}{after}"))
}
