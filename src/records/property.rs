//! Properties by name: HubSpot's internal name or the label on the screen.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::{Error, PropertyProblem};
use crate::tool::Ctx;
use domain::nearest::{Wanted, ranked};
use domain::text;
use hubspot_client::{Object, Property};

/// Similar names that an error suggests.
const NEAREST_MAX: usize = 3;
/// The unknown names of one call that are answered with similar ones; each is compared with every property.
const SUGGESTED_MAX: usize = 5;
/// The length above which a text is the name of no property; HubSpot's names and labels are shorter.
const NAME_BYTES_MAX: usize = 1_000;
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
    /// One property has the name or label.
    One(&'a Property),
    /// Several with one label: unlike internal names, labels need not be unique.
    Several(Vec<&'a Property>),
    /// No property has the name or label.
    None,
}

/// Properties by their names and labels, and by the letters of both. It is built once for many names.
#[derive(Debug)]
pub struct PropertyNames<'a> {
    names: HashMap<&'a str, &'a Property>,
    /// By label in lower case, by the letters of the name, and by those of the label.
    alike: [HashMap<String, Vec<&'a Property>>; 3],
}

impl<'a> PropertyNames<'a> {
    /// The names of these properties.
    pub fn of(all: &'a [Property]) -> PropertyNames<'a> {
        let mut index = PropertyNames { names: HashMap::new(), alike: Default::default() };
        for property in all {
            index.names.entry(&property.name).or_insert(property);
            let forms = [property.label.to_lowercase(), key(&property.name), key(&property.label)];
            for (by, form) in index.alike.iter_mut().zip(forms) {
                by.entry(form).or_default().push(property);
            }
        }
        index
    }

    /// Finds the property with this name or label. An exact internal name wins over a label.
    pub fn find(&self, asked: &str) -> PropertyMatch<'a> {
        let asked = asked.trim();
        if asked.len() > NAME_BYTES_MAX {
            return PropertyMatch::None;
        }
        if let Some(exact) = self.names.get(asked) {
            return PropertyMatch::One(exact);
        }
        let letters = key(asked);
        if letters.is_empty() {
            return PropertyMatch::None;
        }
        let [labels, names, letters_of_labels] = &self.alike;
        let alias = ALIASES.iter().find(|(alias, _)| *alias == letters).map_or(letters.as_str(), |(_, name)| name);
        let found = match (labels.get(&asked.to_lowercase()), self.names.get(alias)) {
            (Some(labelled), _) => Some(labelled),
            (None, Some(named)) => return PropertyMatch::One(named),
            (None, None) => names.get(&letters).or_else(|| letters_of_labels.get(&letters)),
        };
        match found.map(Vec::as_slice) {
            None | Some([]) => PropertyMatch::None,
            Some([one]) => PropertyMatch::One(one),
            Some(several) => PropertyMatch::Several(several.to_vec()),
        }
    }

    /// The one property with this name or label, or the problem without similar names.
    pub fn one(&self, asked: &str) -> Result<&'a Property, PropertyProblem> {
        let problem = |text: &str, names: Vec<String>| PropertyProblem {
            property: text::excerpt(asked, NAME_CHARACTERS_MAX),
            problem: text.to_owned(),
            nearest: names,
            options: vec![],
            unknown: true,
        };
        match self.find(asked) {
            PropertyMatch::One(property) => Ok(property),
            PropertyMatch::None => Err(problem("there is no such property", vec![])),
            PropertyMatch::Several(several) => {
                let names = several.into_iter().map(|property| property.name.clone()).collect();
                Err(problem("several properties have this label; use an internal name", names))
            }
        }
    }
}

/// The definitions of the properties of a type of record. They are read afresh if a name in `asked` is not among the
/// cached ones.
pub async fn definitions<'a>(
    ctx: &Ctx,
    object: Object,
    asked: impl IntoIterator<Item = &'a str>,
) -> Result<Arc<Vec<Property>>, Error> {
    let known = ctx.hubspot.properties().of(object.name()).await?;
    let misses = {
        let names = PropertyNames::of(&known);
        asked.into_iter().any(|name| names.find(name) == PropertyMatch::None)
    };
    if misses { Ok(ctx.hubspot.properties().of_fresh(object.name()).await?) } else { Ok(known) }
}

/// The internal names of the properties with these names or labels.
pub async fn names(ctx: &Ctx, object: Object, asked: &[String]) -> Result<Vec<String>, Error> {
    if asked.is_empty() {
        return Ok(vec![]);
    }
    let all = definitions(ctx, object, asked.iter().map(String::as_str)).await?;
    let (known, mut names, mut problems) = (PropertyNames::of(&all), vec![], vec![]);
    for name in asked {
        match known.one(name) {
            Ok(property) => names.push(property.name.clone()),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(names) } else { Err(misfits(&all, object, problems)) }
}

/// The error for these problems; the first unknown names are answered with similar ones.
pub fn misfits(all: &[Property], object: Object, mut problems: Vec<PropertyProblem>) -> Error {
    for unknown in problems.iter_mut().filter(|one| one.unknown && one.nearest.is_empty()).take(SUGGESTED_MAX) {
        unknown.nearest = nearest(all, &unknown.property);
    }
    Error::Properties { object, problems }
}

fn nearest(all: &[Property], asked: &str) -> Vec<String> {
    let wanted = Wanted::new(&key(asked));
    let mut shown: Vec<_> = all.iter().filter(|property| !property.hidden).collect();
    shown.sort_by_key(|property| property.name.len());
    let near = ranked(shown, |property| likeness(property, &wanted)).into_iter();
    let near = near.take_while(|(likeness, _)| *likeness >= LIKENESS_MIN).take(NEAREST_MAX);
    near.map(|(_, property)| property.name.clone()).collect()
}

/// The similarity, from 0 to 1. Parts of a word count more than its spelling: a `telephone` is a `phone`, a `name` is a
/// `firstname`.
fn likeness(property: &Property, wanted: &Wanted) -> f64 {
    let asked = wanted.as_str();
    let [name, label] = [&property.name, &property.label].map(|text| key(text));
    let within = |whole: &str, part: &str| part.len() > WORD_LENGTH_MIN && whole.contains(part);
    let spelt = wanted.likeness(&name).max(wanted.likeness(&label));
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
        let name = |asked: &str| match PropertyNames::of(&all).find(asked) {
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
        for (asked, expected) in
            [("phonenumbr", "phone"), ("mobile", "mobilephone"), ("telephone", "phone"), ("name", "firstname")]
        {
            let problem = PropertyNames::of(&all()).one(asked).unwrap_err();
            assert!(problem.unknown, "{asked}");
            assert_eq!(suggested(&all(), vec![problem])[0][0], expected, "{asked}");
        }
    }

    fn suggested(all: &[Property], problems: Vec<PropertyProblem>) -> Vec<Vec<String>> {
        let Error::Properties { problems, .. } = misfits(all, Object::Contacts, problems) else { panic!() };
        problems.into_iter().map(|problem| problem.nearest).collect()
    }

    #[test]
    fn only_the_first_unknown_names_are_compared() {
        let unknown =
            (0..100).map(|at| PropertyNames::of(&all()).one(&format!("phonenumbr{at}")).unwrap_err()).collect();
        let compared = suggested(&all(), unknown).iter().filter(|nearest| !nearest.is_empty()).count();
        assert_eq!(compared, SUGGESTED_MAX);
    }
}
