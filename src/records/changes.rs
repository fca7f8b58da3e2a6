//! The wanted values of a record: names resolved, values checked, all problems reported at once.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::edit::{Edit, Edits};
use super::error::{Error, PropertyProblem};
use super::property::{self, PropertyNames};
use super::{date_value, owner, property_value};
use crate::tool::Ctx;
use domain::invisible;
use domain::time_zone::zone::Zone;
use hubspot_client::{Object, Property};

/// Properties that one call may set.
pub const PROPERTIES_MAX: usize = 100;
const OWNER: &str = "hubspot_owner_id";

/// The texts to store, by internal name; an empty text clears the property.
pub type Changes = BTreeMap<String, String>;

/// Reads `given` against the cached definitions of the account, and against fresh ones if something does not fit.
pub async fn read(ctx: &Ctx, object: Object, given: &Map<String, Value>) -> Result<Edits, Error> {
    check_number(given.len())?;
    let mut known = ctx.hubspot.properties().of(object.name()).await?;
    let zone = match given.values().any(date_value::is_day) {
        true => Some(account_zone(ctx).await),
        false => None,
    };
    let mut read = check(&known, given, zone);
    if read.is_err() {
        known = ctx.hubspot.properties().of_fresh(object.name()).await?;
        read = check(&known, given, zone);
    }
    let mut edits = read.map_err(|problems| property::misfits(&known, object, problems))?;
    if let Some(Edit::Text(asked)) = edits.get_mut(OWNER)
        && !asked.is_empty()
    {
        *asked = owner::find(ctx, asked).await?.to_string();
    }
    Ok(edits)
}

/// Refuses more properties than one call may set, before any of them is looked at.
pub fn check_number(properties: usize) -> Result<(), Error> {
    let too_many = || Error::argument("properties", format!("at most {PROPERTIES_MAX} can be set at once"));
    (properties <= PROPERTIES_MAX).then_some(()).ok_or_else(too_many)
}

/// The zone in which people of the account read its moments.
async fn account_zone(ctx: &Ctx) -> Zone {
    let details = ctx.hubspot.account().details().await.ok();
    details.and_then(|details| details.time_zone).unwrap_or(ctx.zone_rules.utc())
}

/// The texts that edits make of a record that does not exist yet, without empty ones.
pub fn of_new(edits: Edits) -> Changes {
    let texts = edits.into_iter().map(|(name, edit)| (name, edit.on("")));
    texts.filter(|(_, text)| !text.is_empty()).collect()
}

fn check(all: &[Property], given: &Map<String, Value>, zone: Option<Zone>) -> Result<Edits, Vec<PropertyProblem>> {
    let (names, mut edits, mut problems) = (PropertyNames::of(all), Edits::new(), vec![]);
    for (asked, raw) in given {
        match checked(&names, asked, raw, zone) {
            Ok((name, edit)) => match edits.insert(name, edit) {
                None => {}
                Some(_) => problems.push(problem(asked, "it is given twice, by name and by label")),
            },
            Err(wrong) => problems.push(wrong),
        }
    }
    if problems.is_empty() { Ok(edits) } else { Err(problems) }
}

/// `zone` is the account's, in which a day that a property of moments gets begins.
fn checked(
    names: &PropertyNames<'_>,
    asked: &str,
    raw: &Value,
    zone: Option<Zone>,
) -> Result<(String, Edit), PropertyProblem> {
    let property = names.one(asked)?;
    if property.read_only {
        return Err(problem(&property.name, "HubSpot sets it itself: it is read-only"));
    }
    if raw.is_null() {
        return Ok((property.name.clone(), Edit::Text(String::new())));
    }
    let begin = zone.filter(|_| property.kind == "datetime").and_then(|zone| date_value::begin(raw, zone));
    let edit = property_value::edit(property, begin.as_ref().unwrap_or(raw)).map_err(|invalid| PropertyProblem {
        options: invalid.options,
        ..problem(&property.name, &emptiness(raw).unwrap_or(invalid.expected))
    })?;
    Ok((property.name.clone(), edit))
}

/// The problem of an empty text: it is more often a missing value than a wish to clear the property.
fn emptiness(raw: &Value) -> Option<String> {
    let empty = raw.as_str().is_some_and(|text| invisible::trim(text).is_empty());
    empty.then(|| "it is empty; send `null` to clear the property, or leave it out".to_owned())
}

fn problem(property: &str, problem: &str) -> PropertyProblem {
    PropertyProblem {
        property: property.into(),
        problem: problem.into(),
        nearest: vec![],
        options: vec![],
        unknown: false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::records::property::tests::property;

    fn all() -> Vec<Property> {
        let read_only = Property { read_only: true, ..property("createdate", "Create date", "datetime") };
        vec![property("firstname", "First Name", "string"), property("visits", "Visits", "number"), read_only]
    }

    fn read(given: Value) -> Result<Edits, Vec<String>> {
        let problems = |problems: Vec<PropertyProblem>| problems.into_iter().map(|one| one.problem).collect();
        check(&all(), given.as_object().unwrap(), None).map_err(problems)
    }

    #[test]
    fn null_clears_and_all_problems_are_reported_at_once() {
        let changes = read(json!({"First name": "Ada", "visits": null})).unwrap();
        let text = |text: &str| Edit::Text(text.to_owned());
        assert_eq!(changes, Edits::from([("firstname".into(), text("Ada")), ("visits".into(), text(""))]));
        let problems = read(json!({"firstname": " ", "visits": "many", "createdate": 1, "nickname": "A"})).unwrap_err();
        let unseen = read(json!({"firstname": "\u{200b}"})).unwrap_err();
        assert!(unseen[0].contains("it is empty"), "{unseen:?}");
        for (problem, part) in problems.iter().zip(["null", "number", "read-only", "no such property"]) {
            assert!(problem.contains(part), "{problem}");
        }
        assert_eq!(problems.len(), 4);
        assert!(read(json!({"firstname": "Ada", "First Name": "Ida"})).unwrap_err()[0].contains("twice"));
    }
}
