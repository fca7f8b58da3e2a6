//! The table, on standard output and in the README.

use std::fs;
use std::path::Path;

use crate::{Fault, Row};

const BEGIN: &str = "<!-- door: written by `cargo bench --bench door` -->\n";
const END: &str = "<!-- door: end -->";

#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
pub(crate) fn show(rows: &[Row], complete: bool) -> Result<(), Fault> {
    let table = table(rows);
    println!("{table}");
    if complete && std::env::var_os("UPDATE").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        fs::write(&path, with_table(&fs::read_to_string(&path)?, &table)?)?;
    }
    Ok(())
}

fn table(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| format!("| {} | {} |\n", row.what, row.measured));
    format!("| what | measured |\n|---|---|\n{}", lines.collect::<String>())
}

fn with_table(readme: &str, table: &str) -> Result<String, Fault> {
    let missing = || format!("README.md has no section between `{}` and `{END}`", BEGIN.trim());
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{BEGIN}{table}{END}{after}"))
}
