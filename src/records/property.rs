//! Properties by name: HubSpot's internal name or the label on the screen.

use std::sync::Arc;

use super::error::{Error, PropertyProblem};
use crate::tool::Ctx;
use domain::text;
use hubspot_client::{Object, Property};

/// Similar names that an error suggests.
const NEAREST_MAX: usize = 3;
/// The length above which no similar names are looked for: comparing takes time by the length of the text.
const NAME_BYTES_MAX: usize = 200;
/// The Jaro-Winkler similarity below which a name is not suggested.
const LIKENESS_MIN: f64 = 0.6;
/// Words of this length and shorter are part of too many others to count as similar.
const WORD_LENGTH_MIN: usize = 3;
/// The longest part of an unknown name that an error repeats.
const NAME_CHARACTERS_MAX: usize = 60;

/// Names in use that are neither the internal name nor the label.
const ALIASES: &[(&str, &str)] = &[("owner", "hubspot_owner_id"), ("ownerid", "hubspot_owner_id")];

/// The properties that a name stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum PropertyMatch<'a> {
    /// Exactly one.
    One(&'a Property),
    /// Several with one label: unlike internal names, labels need not be unique.
    Several(Vec<&'a Property>),
    /// No property.
    None,
}

/// Finds the property with this name or label. An exact internal name wins over a label.
pub fn find<'a>(all: &'a [Property], asked: &str) -> PropertyMatch<'a> {
    let asked = asked.trim();
    if let Some(exact) = all.iter().find(|property| property.name == asked) {
        return PropertyMatch::One(exact);
    }
    let key = key(asked);
    let alias = ALIASES.iter().find(|(alias, _)| *alias == key).map_or(key.as_str(), |(_, name)| name);
    let rules: [&dyn Fn(&Property) -> bool; 4] = [
        &|property| property.label.to_lowercase() == asked.to_lowercase(),
        &|property| property.name == alias,
        &|property| self::key(&property.name) == key,
        &|property| self::key(&property.label) == key,
    ];
    for rule in rules {
        match all.iter().filter(|property| !key.is_empty() && rule(property)).collect::<Vec<_>>()[..] {
            [] => {}
            [one] => return PropertyMatch::One(one),
            ref several => return PropertyMatch::Several(several.to_vec()),
        }
    }
    PropertyMatch::None
}

/// The definitions of the properties of a type of record. They are read afresh if a name in `asked` is not among the
/// cached ones.
pub async fn definitions<'a>(
    ctx: &Ctx,
    object: Object,
    asked: impl IntoIterator<Item = &'a str>,
) -> Result<Arc<Vec<Property>>, Error> {
    let known = ctx.hubspot.properties().of(object.name()).await?;
    let misses = asked.into_iter().any(|name| find(&known, name) == PropertyMatch::None);
    if misses { Ok(ctx.hubspot.properties().of_fresh(object.name()).await?) } else { Ok(known) }
}

/// The internal names of the properties with these names or labels.
pub async fn names(ctx: &Ctx, object: Object, asked: &[String]) -> Result<Vec<String>, Error> {
    if asked.is_empty() {
        return Ok(vec![]);
    }
    let all = definitions(ctx, object, asked.iter().map(String::as_str)).await?;
    let (mut names, mut problems) = (vec![], vec![]);
    for name in asked {
        match one(&all, name) {
            Ok(property) => names.push(property.name.clone()),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(names) } else { Err(Error::Properties { object, problems }) }
}

/// The one property with this name or label, or the problem.
pub fn one<'a>(all: &'a [Property], asked: &str) -> Result<&'a Property, PropertyProblem> {
    let problem = |text: &str, names: Vec<String>| PropertyProblem {
        property: text::excerpt(asked, NAME_CHARACTERS_MAX),
        problem: text.to_owned(),
        nearest: names,
        options: vec![],
        unknown: true,
    };
    match find(all, asked) {
        PropertyMatch::One(property) => Ok(property),
        PropertyMatch::None => Err(problem("there is no such property", nearest(all, asked))),
        PropertyMatch::Several(several) => {
            let names = several.into_iter().map(|property| property.name.clone()).collect();
            Err(problem("several properties have this label; use an internal name", names))
        }
    }
}

fn nearest(all: &[Property], asked: &str) -> Vec<String> {
    if asked.len() > NAME_BYTES_MAX {
        return vec![];
    }
    let key = key(asked);
    let mut near: Vec<_> = all.iter().map(|property| (likeness(property, &key), property)).collect();
    near.retain(|(likeness, property)| *likeness >= LIKENESS_MIN && !property.hidden);
    near.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(a.name.len().cmp(&b.name.len())));
    near.into_iter().take(NEAREST_MAX).map(|(_, property)| property.name.clone()).collect()
}

/// The similarity, from 0 to 1. Parts of a word count more than its spelling: a `telephone` is a `phone`, a `name` is a
/// `firstname`.
fn likeness(property: &Property, asked: &str) -> f64 {
    let [name, label] = [&property.name, &property.label].map(|text| key(text));
    let within = |whole: &str, part: &str| part.len() > WORD_LENGTH_MIN && whole.contains(part);
    let spelt = strsim::jaro_winkler(asked, &name).max(strsim::jaro_winkler(asked, &label));
    let parts = match () {
        () if within(&name, asked) || within(asked, &name) => 0.95,
        () if within(&label, asked) => 0.9,
        () => 0.0,
    };
    // A property that cannot be set is seldom meant.
    spelt.max(parts) - if property.read_only { 0.1 } else { 0.0 }
}

/// The letters and digits in lower case: `First name`, `first_name` and `firstname` have one key.
pub fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn property(name: &str, label: &str, kind: &str) -> Property {
        Property {
            name: name.into(),
            label: label.into(),
            kind: kind.into(),
            field: String::new(),
            description: String::new(),
            options: vec![],
            options_elsewhere: false,
            read_only: false,
            hidden: false,
            unique: false,
        }
    }

    fn all() -> Vec<Property> {
        let names = [
            ("firstname", "First Name"),
            ("phone", "Phone Number"),
            ("mobilephone", "Mobile Phone Number"),
            ("hubspot_owner_id", "Contact owner"),
            ("favourite_a", "Favourite"),
            ("favourite_b", "Favourite"),
        ];
        names.iter().map(|(name, label)| property(name, label, "string")).collect()
    }

    #[test]
    fn a_property_is_found_by_name_by_label_and_by_variants_of_them() {
        let all = all();
        let name = |asked: &str| match find(&all, asked) {
            PropertyMatch::One(one) => one.name.as_str(),
            PropertyMatch::Several(_) => "several",
            PropertyMatch::None => "none",
        };
        for (asked, expected) in [
            ("firstname", "firstname"),
            ("First name", "firstname"),
            ("first_name", "firstname"),
            ("PHONE", "phone"),
            ("Phone number", "phone"),
            ("owner", "hubspot_owner_id"),
            ("contact owner", "hubspot_owner_id"),
            ("favourite", "several"),
            ("favourite_b", "favourite_b"),
            ("phon", "none"),
            ("", "none"),
            ("--", "none"),
        ] {
            assert_eq!(name(asked), expected, "{asked}");
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let problem = one(&all(), "phonenumbr").unwrap_err();
        assert_eq!(problem.nearest[0], "phone");
        assert_eq!(one(&all(), "mobile").unwrap_err().nearest[0], "mobilephone");
        assert_eq!(one(&all(), "telephone").unwrap_err().nearest[0], "phone");
        assert_eq!(one(&all(), "name").unwrap_err().nearest[0], "firstname");
        assert!(problem.unknown);
    }
}
