//! Checks the rules against the account and the taskgraph before anything is answered.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::rules::{LeadRule, LeadSettings, LeadValue};
use crate::records::changes;
use crate::records::error::{Error, PropertyProblem};
use crate::toml_file::InvalidFile;
use crate::tool::Ctx;
use hubspot_client::Object;
use taskgraph::graph::Graph;

/// A value that fits a property of texts or of numbers, to find out if there is such a property.
const BUDGET: &str = "1";
const COMPANY: &str = "Acme";

/// Checks every rule. `Ok(false)` if the account could not be asked: then what does not fit is told in comments.
///
/// # Errors
/// The line of the first rule that cannot be meant, and the reason.
pub async fn check(ctx: &Ctx, graph: Option<&Graph>, leads: &LeadSettings) -> Result<bool, InvalidFile> {
    for rule in &leads.rules {
        if let Some(graph) = graph {
            intents(graph, rule)?;
        }
    }
    for rule in &leads.rules {
        // An answer is known only once it is there; the property of a rule that takes one is checked without a value.
        let (sample, is_sample) = match &rule.value {
            LeadValue::Fixed(text) => (text.as_str(), false),
            LeadValue::Budget => (BUDGET, false),
            LeadValue::Company => (COMPANY, false),
            LeadValue::Answer(_) => (COMPANY, true),
        };
        let one = Map::from_iter([(rule.property.clone(), Value::from(sample))]);
        match changes::read(ctx, Object::Contacts, &one).await {
            Ok(_) => {}
            Err(Error::HubSpot(_)) => return Ok(false),
            Err(Error::Properties { problems, .. }) => {
                let is_of_value = |problem: &&PropertyProblem| is_sample && !problem.unknown && !is_closed(problem);
                if let Some(problem) = problems.iter().find(|problem| !is_of_value(problem)) {
                    return Err(wrong(rule, &told(problem)));
                }
            }
            Err(error) => return Err(wrong(rule, &error.to_string())),
        }
    }
    Ok(true)
}

fn is_closed(problem: &PropertyProblem) -> bool {
    problem.problem.contains("read-only")
}

fn told(problem: &PropertyProblem) -> String {
    let more = match (&problem.nearest[..], &problem.options[..]) {
        ([], []) => String::new(),
        ([], options) => format!("; there are {}", options.join(", ")),
        (nearest, _) => format!("; there is {}", nearest.join(", ")),
    };
    format!("`{}`: {}{more}", problem.property, problem.problem)
}

fn intents(graph: &Graph, rule: &LeadRule) -> Result<(), InvalidFile> {
    let known: BTreeSet<String> =
        graph.edges().iter().filter_map(|edge| edge.intent.as_ref()).map(|intent| intent.text.clone()).collect();
    let is_known = |wanted: &String| known.iter().any(|one| one.trim().to_lowercase() == wanted.trim().to_lowercase());
    match rule.when.intents.iter().find(|intent| !is_known(intent)) {
        None => Ok(()),
        Some(unknown) => {
            let all = known.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
            Err(wrong(rule, &format!("the taskgraph has no intent `{unknown}`: there are {all}")))
        }
    }
}

fn wrong(rule: &LeadRule, problem: &str) -> InvalidFile {
    InvalidFile::Value { line: rule.line, problem: problem.to_owned() }
}
