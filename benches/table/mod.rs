//! Writes what a benchmark measured into the documentation.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The pages that may hold a benchmark's table, relative to the package; a table is written where its markers stand.
const PAGES: [&str; 2] = ["docs/performance.md", "README.md"];

/// Prints the table; with `UPDATE=1` also replaces what stands between the markers of `bench`.
///
/// The markers are ``<!-- NAME: written by `cargo bench --bench NAME` -->`` and `<!-- NAME: end -->`. It is an error
/// when no page has them.
pub(crate) fn show(bench: &str, rows: &[(String, String)]) -> io::Result<()> {
    print(rows);
    if env::var_os("UPDATE").is_none() {
        return Ok(());
    }
    for page in PAGES.map(path_of).into_iter().filter(|page| page.exists()) {
        if let Some(text) = with_table(&fs::read_to_string(&page)?, bench, &table(rows)) {
            return fs::write(&page, text);
        }
    }
    Err(io::Error::other(format!("none of {PAGES:?} has the markers of the bench `{bench}`")))
}

#[expect(clippy::print_stdout, reason = "the table is the output of a bench")]
pub(crate) fn print(rows: &[(String, String)]) {
    println!("{}", table(rows));
}

fn path_of(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(page)
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
