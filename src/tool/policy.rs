//! What the operator opens to everybody, by the flags this server is started with.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Entry;
use super::permissions::Permissions;

/// Names that are near a misspelt one.
const NEAREST_MAX: usize = 3;
/// Less alike than this is not worth naming.
const LIKENESS_MIN: f64 = 0.7;

/// The operator's choice. The default opens everything that HubSpot's token can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolPolicy {
    /// What is open to anybody at all.
    pub permissions: Permissions,
    /// Whether a person agrees before anything that was there is changed.
    pub confirm_writes: bool,
    /// Whether tools are open whose scopes HubSpot's token lacks.
    pub ignore_scopes: bool,
}

/// A switch that cannot be meant. A safety switch that is misread is worse than a server that does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPolicy {
    #[error("`--{flag}`: there is no tool `{name}`; {}", meant(nearest))]
    Unknown { flag: &'static str, name: String, nearest: Vec<&'static str> },
    #[error("`--tools`, `--without` and `--read-only` together leave no tool to serve")]
    NothingLeft,
}

impl ToolPolicy {
    /// With `only` of the tools in `all`, where any are named, and `without` those.
    pub fn choose(self, all: &[Entry], only: &[String], without: &[String]) -> Result<ToolPolicy, InvalidPolicy> {
        if only.is_empty() && without.is_empty() {
            return Ok(self);
        }
        let without = known("without", all, without)?;
        let only = match only {
            [] => all.iter().map(|tool| tool.name.to_owned()).collect(),
            names => known("tools", all, names)?,
        };
        let tools = Some(Arc::new(&only - &without));
        let chosen = ToolPolicy { permissions: Permissions { tools, ..self.permissions }, ..self };
        let left = all.iter().any(|tool| chosen.permissions.admit(tool));
        if left { Ok(chosen) } else { Err(InvalidPolicy::NothingLeft) }
    }
}

fn known(flag: &'static str, all: &[Entry], names: &[String]) -> Result<BTreeSet<String>, InvalidPolicy> {
    let known = |name: &String| {
        let name = name.trim();
        let unknown = || InvalidPolicy::Unknown { flag, name: name.to_owned(), nearest: nearest(all, name) };
        all.iter().find(|tool| tool.name == name).map(|tool| tool.name.to_owned()).ok_or_else(unknown)
    };
    names.iter().map(known).collect()
}

/// The names most like this one; every name where none is.
fn nearest(all: &[Entry], asked: &str) -> Vec<&'static str> {
    let asked = asked.to_lowercase().replace('-', "_");
    let likeness = |name: &str| strsim::jaro_winkler(name, &asked);
    let mut near: Vec<_> = all.iter().map(|tool| tool.name).filter(|name| likeness(name) >= LIKENESS_MIN).collect();
    near.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    near.truncate(NEAREST_MAX);
    if near.is_empty() { all.iter().map(|tool| tool.name).collect() } else { near }
}

fn meant(names: &[&str]) -> String {
    format!("there is {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::Deserialize;

    use super::super::{Ctx, Effect, Tool, ToolError};
    use super::*;

    #[derive(Deserialize, JsonSchema)]
    struct FindTickets {}
    #[derive(Deserialize, JsonSchema)]
    struct UpdateTicket {}

    macro_rules! tool {
        ($tool:ident, $name:literal, $effect:ident) => {
            impl Tool for $tool {
                const NAME: &'static str = $name;
                const TITLE: &'static str = $name;
                const EFFECT: Effect = Effect::$effect;
                const SCOPES: &'static [&'static str] = &[];
                type Output = ();

                async fn call(self, _: &Ctx) -> Result<(), ToolError> {
                    Ok(())
                }
            }
        };
    }
    tool!(FindTickets, "find_tickets", Read);
    tool!(UpdateTicket, "update_ticket", Update);

    fn open(read_only: bool, only: &[&str], without: &[&str]) -> Result<Vec<&'static str>, InvalidPolicy> {
        let all = [Entry::of::<FindTickets>(), Entry::of::<UpdateTicket>()];
        let [only, without] = [only, without].map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        let (only, without): (Vec<String>, Vec<String>) = (only, without);
        let switches = ToolPolicy { permissions: Permissions { read_only, tools: None }, ..ToolPolicy::default() };
        let rights = switches.choose(&all, &only, &without)?.permissions;
        Ok(all.iter().filter(|tool| rights.admit(tool)).map(|tool| tool.name).collect())
    }

    #[test]
    fn what_is_named_is_open_and_what_is_left_out_is_not() {
        assert_eq!(open(false, &[], &[]).unwrap(), ["find_tickets", "update_ticket"]);
        assert_eq!(open(false, &["find_tickets", " update_ticket"], &["find_tickets"]).unwrap(), ["update_ticket"]);
        assert_eq!(open(false, &[], &["update_ticket"]).unwrap(), ["find_tickets"]);
        assert_eq!(open(true, &[], &[]).unwrap(), ["find_tickets"]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_could() {
        let said = |only: &[&str], without: &[&str]| open(false, only, without).unwrap_err().to_string();
        assert_eq!(said(&["find-ticket"], &[]), "`--tools`: there is no tool `find-ticket`; there is `find_tickets`");
        let unlike = "`--without`: there is no tool ``; there is `find_tickets`, `update_ticket`";
        assert_eq!(said(&[], &[""]), unlike);
        assert_eq!(open(true, &["update_ticket"], &[]), Err(InvalidPolicy::NothingLeft));
        assert_eq!(open(false, &["update_ticket"], &["update_ticket"]), Err(InvalidPolicy::NothingLeft));
    }
}
