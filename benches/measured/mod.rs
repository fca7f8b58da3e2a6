//! Medians measured by criterion, read from the files that it leaves.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use serde_json::Value;

use crate::table;

/// A row of the table: its text, and the `group/name` of the benchmark, without characters that a folder name cannot have.
pub(crate) type Row = (&'static str, &'static str);

/// Shows the last measured medians of `rows`, and the further rows that `more` derives from them.
///
/// Shows nothing while some were never measured, as under `--test`.
pub(crate) fn show(bench: &str, rows: &[Row], more: impl Fn(&[Duration]) -> Vec<(String, String)>) {
    let medians: Option<Vec<Duration>> = rows.iter().map(|(_, id)| median(id)).collect();
    let Some(medians) = medians else { return };
    let shown = rows.iter().zip(&medians).map(|((what, _), median)| ((*what).to_owned(), text(*median)));
    let rows: Vec<_> = shown.chain(more(&medians)).collect();
    table::show(bench, &rows).expect("the page with the table can be written");
}

/// With three digits, in the unit that fits.
pub(crate) fn text(time: Duration) -> String {
    let nanoseconds = time.as_nanos() as f64;
    match nanoseconds {
        ..1e3 => format!("{nanoseconds:.0} ns"),
        ..1e6 => format!("{} µs", three_digits(nanoseconds / 1e3)),
        ..1e9 => format!("{} ms", three_digits(nanoseconds / 1e6)),
        _ => format!("{} s", three_digits(nanoseconds / 1e9)),
    }
}

fn three_digits(number: f64) -> String {
    let decimals = if number < 10.0 { 2 } else { usize::from(number < 100.0) };
    format!("{number:.decimals$}")
}

fn median(id: &str) -> Option<Duration> {
    let file = fs::read_to_string(results().join(id).join("new").join("estimates.json")).ok()?;
    let estimates: Value = serde_json::from_str(&file).ok()?;
    Some(Duration::from_nanos(estimates["median"]["point_estimate"].as_f64()? as u64))
}

fn results() -> PathBuf {
    let target = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(target, PathBuf::from);
    target.join("criterion")
}
