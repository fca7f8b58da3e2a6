//! `frontdesk lookups check`: asks each declared look-up once, with its samples.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use http_client::HttpClient;
use serde_json::{Map, Value};

use crate::app;
use crate::config::{LookupsCommand, Settings};
use crate::lookups::client::LookupClient;
use crate::lookups::lookup::Lookup;

/// The caller as whom the check counts.
const CALLER: &str = "check";

/// Does what a command says; `false` if a look-up does not work.
pub(super) async fn run(command: &LookupsCommand, settings: &Settings, out: &mut impl Write) -> anyhow::Result<bool> {
    let LookupsCommand::Check { file } = command;
    let path = file.as_deref().or(settings.lookups.as_deref());
    let path = path.context("name the file, or set `--lookups`")?;
    let lookups = app::lookups::read(path)?;
    check(lookups, &app::lookups::web().map_err(|why| anyhow!(why))?, out).await
}

/// Asks each look-up by this client, and writes a line about each; `false` if one does not work.
///
/// # Errors
/// If `out` cannot be written.
pub async fn check(lookups: Vec<Lookup>, http: &Arc<dyn HttpClient>, out: &mut impl Write) -> anyhow::Result<bool> {
    let mut all_work = true;
    for lookup in lookups {
        let name = lookup.name.clone();
        match ask(lookup, http).await {
            Ok(told) => writeln!(out, "✔ {name}: {}", summary(&told))?,
            Err(why) => {
                all_work = false;
                writeln!(out, "✘ {name}: {why}")?;
            }
        }
    }
    Ok(all_work)
}

async fn ask(lookup: Lookup, http: &Arc<dyn HttpClient>) -> Result<Map<String, Value>, String> {
    let samples = lookup.samples();
    let missing = lookup.arguments.iter().find(|(name, argument)| argument.required && !samples.contains_key(*name));
    if let Some((name, _)) = missing {
        return Err(format!("`{name}` has no `sample` to try it with"));
    }
    let pointers = lookup.answer.clone();
    let told =
        LookupClient::new(lookup, http.clone()).ask(&samples, CALLER).await.map_err(|error| error.to_string())?;
    match pointers.iter().find(|(name, _)| told.get(*name).is_some_and(Value::is_null)) {
        Some((name, pointer)) => Err(format!("`{name}`: the response has nothing at `{pointer}`")),
        None => Ok(told),
    }
}

/// The fields of an answer, lists by their lengths.
fn summary(told: &Map<String, Value>) -> String {
    if told.get("found") == Some(&Value::Bool(false)) {
        return "the service answers, and knows nothing of the sample".to_owned();
    }
    let fields = told.iter().filter(|(name, _)| *name != "found").map(|(name, value)| match value {
        Value::Array(items) => format!("{name} ({} items)", items.len()),
        Value::Object(fields) => format!("{name} ({} fields)", fields.len()),
        _ => name.clone(),
    });
    fields.collect::<Vec<_>>().join(", ")
}
