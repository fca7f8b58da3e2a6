//! A run as a plain script: what a simulated customer said becomes the lines of a scenario that costs nothing and always
//! goes the same way. Pure.

use toml::{Table, Value};

use super::run::RehearsalRun;

/// The text of a scenario with the messages of a run in the place of its lines.
pub fn script(text: &str, run: &RehearsalRun) -> Result<String, String> {
    let mut table: Table = toml::from_str(text).map_err(|error| error.to_string())?;
    let last = run.turns.len().saturating_sub(1);
    let lines = table.get("line").and_then(Value::as_array).cloned().unwrap_or_default();
    let line = |(at, turn): (usize, &super::turn::DialogueTurn)| {
        let mut line = Table::from_iter([("says".to_owned(), Value::from(turn.says.clone()))]);
        if !turn.waited.is_zero() {
            line.insert("wait".into(), Value::from(format!("{}s", turn.waited.as_secs())));
        }
        if turn.agrees {
            line.insert("agrees".into(), Value::from(true));
        }
        let original = turn.line.and_then(|line| lines.get(line));
        if let Some(act) = original.and_then(|line| line.get("meanwhile")) {
            line.insert("meanwhile".into(), act.clone());
        }
        if at == last {
            line.insert("ends".into(), Value::from(true));
        }
        Value::Table(line)
    };
    // Silence is no message of a script.
    let said = run.turns.iter().enumerate().filter(|(_, turn)| !turn.says.trim().is_empty());
    table.insert("line".into(), Value::Array(said.map(line).collect()));
    let name = table.get("name").and_then(Value::as_str).unwrap_or_default();
    table.insert("name".into(), Value::from(format!("{name} (seed {})", run.seed)));
    toml::to_string(&table).map_err(|error| error.to_string())
}
