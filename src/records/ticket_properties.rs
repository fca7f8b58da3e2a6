//! The account's own properties of tickets, beside those that are arguments of a tool; and those that it requires.

use serde_json::{Map, Value};

use super::edit::Edits;
use super::error::{Error, PropertyProblem};
use super::property::{self, PropertyNames};
use super::{changes, property_value};
use crate::tool::Ctx;
use hubspot_client::{self, Object, Problem};

/// The codes of HubSpot for a property that the account requires, always or because of another value (HubSpot, CRM API
/// 2026-09, validation rules).
const REQUIRED: [&str; 2] = ["MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY"];

/// Reads the values of arguments together with those of `properties`, so that all problems are reported at once.
/// `arguments` lists the properties that `properties` may not set, with the arguments that do.
pub async fn edits(
    ctx: &Ctx,
    of_arguments: Map<String, Value>,
    properties: &Map<String, Value>,
    arguments: &[(&str, &str)],
) -> Result<Edits, Error> {
    changes::check_number(properties.len())?;
    if !properties.is_empty() {
        let all = property::definitions(ctx, Object::Tickets, properties.keys().map(String::as_str)).await?;
        // An argument is a text: what adds and removes options can only be said here.
        let texts = properties.iter().filter(|(_, value)| !value.is_object());
        let names = PropertyNames::of(&all);
        let problems: Vec<_> = texts.filter_map(|(asked, _)| has_argument(&names, asked, arguments)).collect();
        if !problems.is_empty() {
            return Err(Error::Properties { object: Object::Tickets, problems });
        }
    }
    let given: Map<_, _> = of_arguments.into_iter().chain(properties.clone()).collect();
    if given.is_empty() {
        return Ok(Edits::new());
    }
    changes::read(ctx, Object::Tickets, &given).await.map_err(|error| by_argument(error, arguments))
}

/// Returns the error with the arguments that were sent in place of the properties that they set.
fn by_argument(mut error: Error, arguments: &[(&str, &str)]) -> Error {
    if let Error::Properties { problems, .. } | Error::PropertiesRequired(problems) = &mut error {
        for problem in problems {
            if let Some((_, argument)) = arguments.iter().find(|(property, _)| *property == problem.property) {
                (*argument).clone_into(&mut problem.property);
            }
        }
    }
    error
}

fn has_argument(names: &PropertyNames<'_>, asked: &str, arguments: &[(&str, &str)]) -> Option<PropertyProblem> {
    let name = &names.one(asked).ok()?.name;
    let (_, argument) = arguments.iter().find(|(property, _)| property == name)?;
    Some(problem(name, format!("it is the argument `{argument}`: send it there")))
}

/// The error of a write: where HubSpot says that required properties are missing, they are named with their options.
pub async fn explained(ctx: &Ctx, mut error: hubspot_client::Error, arguments: &[(&str, &str)]) -> Error {
    let hubspot_client::Error::Rejected { problems } = &mut error else { return error.into() };
    let names = missing(problems);
    if names.is_empty() {
        for name in problems.iter_mut().filter_map(|problem| problem.property.as_mut()) {
            if let Some((_, argument)) = arguments.iter().find(|(property, _)| property == name) {
                (*argument).clone_into(name);
            }
        }
        return error.into();
    }
    let all = ctx.hubspot.properties().of(Object::Tickets.name()).await.unwrap_or_default();
    let described = |name: &&str| match all.iter().find(|property| property.name == *name) {
        Some(property) => PropertyProblem {
            options: property_value::listed(property, &Value::Null),
            ..problem(name, format!("the account requires it: {}", property.label))
        },
        None => problem(name, "the account requires it".to_owned()),
    };
    by_argument(Error::PropertiesRequired(names.iter().map(described).collect()), arguments)
}

fn missing(problems: &[Problem]) -> Vec<&str> {
    let required = |problem: &&Problem| problem.code.as_deref().is_some_and(|code| REQUIRED.contains(&code));
    problems.iter().filter(required).filter_map(|problem| problem.property.as_deref()).collect()
}

fn problem(property: &str, problem: String) -> PropertyProblem {
    PropertyProblem { property: property.to_owned(), problem, nearest: vec![], options: vec![], unknown: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_required_properties_are_those_that_hubspot_misses() {
        let problem = |property: &str, code: &str| Problem {
            property: Some(property.to_owned()),
            code: Some(code.to_owned()),
            reason: String::new(),
        };
        let problems = [
            problem("serial", "MISSING_REQUIRED_PROPERTY"),
            problem("subject", "INVALID_OPTION"),
            problem("room", "MISSING_CONDITIONAL_REQUIRED_PROPERTY"),
        ];
        assert_eq!(missing(&problems), ["serial", "room"]);
    }
}
