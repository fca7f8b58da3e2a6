//! Search filters as a model writes them: a property with a value, a list of values or a range.

use serde_json::{Map, Value};

use super::date_value::{self, InvalidDate};
use super::error::{Error, PropertyProblem};
use super::property::{self, PropertyNames};
use super::{account_zone, naming_words, owner, property_value};
use crate::tool::Ctx;
use domain::email::{Email, InvalidEmail};
use domain::phone::{InvalidPhone, Phone};
use domain::text_cleaning;
use domain::time_zone::zone::Zone;
use domain::unix_ms::NotMilliseconds;
use hubspot_client::{Filter, Object, Property};

/// The most filters of one search. HubSpot takes six in a group; one is kept for the page.
pub const FILTERS_MAX: usize = 5;
/// The most values of one filter.
const VALUES_MAX: usize = 50;
const OWNER: &str = "hubspot_owner_id";
const EMAIL: &str = "email";
const ID: &str = "hs_object_id";

/// The properties that hold phone numbers as written, each with the property that is searched by digits.
pub const PHONES: [(&str, &str); 2] =
    [("phone", "hs_searchable_calculated_phone_number"), ("mobilephone", "hs_searchable_calculated_mobile_number")];

/// The filters for HubSpot, and the conditions that its answer has to be checked against.
#[derive(Debug, Default)]
pub struct Filters {
    /// Filters that must all match.
    pub all: Vec<Filter>,
    /// Phone numbers by property. HubSpot compares their last digits alone, so its answer is checked again.
    pub numbers: Vec<(&'static str, Phone)>,
}

/// Reads the filters against the definitions of the properties.
pub async fn read(ctx: &Ctx, given: &Map<String, Value>) -> Result<Filters, Error> {
    if given.is_empty() {
        return Ok(Filters::default());
    }
    check_number(given)?;
    let given = &given.iter().map(|(name, raw)| (name.clone(), untexted(raw))).collect::<Map<_, _>>();
    let all = property::definitions(ctx, Object::Contacts, given.keys().map(String::as_str)).await?;
    let zone = if given.values().any(has_day) { account_zone::read(ctx).await } else { ctx.zone_rules.utc() };
    let (mut filters, mut numbers, mut problems) = (vec![], vec![], vec![]);
    let names = PropertyNames::of(&all);
    for (asked, raw) in given {
        match names.one(asked).and_then(|property| Ok((property, one(property, raw, zone)?))) {
            Ok((property, filter)) => {
                numbers.extend(number(property, raw));
                filters.push(filter);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(property::misfits(&all, Object::Contacts, problems));
    }
    for filter in filters.iter_mut().filter(|filter| filter.property == OWNER) {
        for asked in &mut filter.values {
            *asked = owner::known(&ctx.hubspot, &owner::key(asked)?).await?.id.to_string();
        }
    }
    Ok(Filters { all: filters, numbers })
}

/// A list of values or a range that was sent as JSON text; any other value as it is.
fn untexted(raw: &Value) -> Value {
    let texted = raw.as_str().filter(|text| text.trim_start().starts_with(['[', '{']));
    let read: Option<Value> = texted.and_then(|text| serde_json::from_str(text).ok());
    read.unwrap_or_else(|| raw.clone())
}

/// Refuses too many before their properties are looked up.
fn check_number(given: &Map<String, Value>) -> Result<(), Error> {
    let too_many = || Error::argument("filters", format!("HubSpot takes at most {FILTERS_MAX} of them at once"));
    (given.len() <= FILTERS_MAX).then_some(()).ok_or_else(too_many)
}

/// True if the value is a day, or a range with one: moments are compared with its begin and end in a zone.
fn has_day(raw: &Value) -> bool {
    date_value::is_day(raw) || raw.as_object().is_some_and(|ends| ends.values().any(date_value::is_day))
}

/// True if one of the filters asks for a text that few contacts share: a name, an address, a number, a place. Options,
/// dates, numbers, owners, and whether there is a value, fit any number of people.
pub async fn names_somebody(ctx: &Ctx, given: &Map<String, Value>) -> Result<bool, Error> {
    check_number(given)?;
    let all = property::definitions(ctx, Object::Contacts, given.keys().map(String::as_str)).await?;
    let names = PropertyNames::of(&all);
    Ok(given.iter().any(|(asked, raw)| names.one(asked).is_ok_and(|one| is_a_name(one, raw))))
}

fn is_a_name(property: &Property, raw: &Value) -> bool {
    let is_text = |value: &Value| match value {
        Value::String(text) => naming_words::any_in(text),
        Value::Number(_) => true,
        _ => false,
    };
    let free = matches!(property.kind.as_str(), "string" | "phone_number") || property.name == ID;
    free && match raw {
        Value::Array(values) => values.iter().all(is_text),
        value => is_text(value),
    }
}

/// The phone number that the property must have.
fn number(property: &Property, raw: &Value) -> Option<(&'static str, Phone)> {
    let (written, _) = PHONES.into_iter().find(|(written, _)| *written == property.name)?;
    Some((written, Phone::parse(&plain(raw)?).ok()?))
}

/// A phone number that was sent as a text or as a number.
fn plain(raw: &Value) -> Option<String> {
    raw.as_str().map(|text| text.trim().to_owned()).or_else(|| Some(raw.as_number()?.to_string()))
}

/// The filter of one property. A day of a moment is one of the zone.
fn one(property: &Property, raw: &Value, zone: Zone) -> Result<Filter, PropertyProblem> {
    let read = match raw {
        Value::Null => Some(("NOT_HAS_PROPERTY", vec![])),
        Value::String(star) if star == "*" => Some(("HAS_PROPERTY", vec![])),
        Value::Array(items) if !items.is_empty() && items.len() <= VALUES_MAX => list(property, items),
        Value::Object(ends) => range(property, ends, zone),
        Value::Array(_) => None,
        single => scalar(property, single, zone),
    };
    let (operator, values) = read.ok_or_else(|| invalid(property, raw))?;
    let phone = digits_of(property).filter(|_| operator == "CONTAINS_TOKEN");
    let name = phone.map_or(property.name.as_str(), |digits| digits);
    Ok(Filter { property: name.to_owned(), operator, values })
}

fn invalid(property: &Property, raw: &Value) -> PropertyProblem {
    let problem = match digits_of(property) {
        _ if let Some(unit) = wrong_unit(property, raw) => unit.to_string(),
        Some(_) => {
            let reason = unclear(property, raw).map(|reason| format!("; {reason}")).unwrap_or_default();
            format!("it must be one phone number, `null` for empty or `*` for not empty{reason}")
        }
        None if unclear(property, raw).is_some() => unclear(property, raw).unwrap_or_default(),
        None if matches!(property.kind.as_str(), "date" | "datetime") => {
            "it must be a day such as `2026-12-01`, unix milliseconds, `null` for empty, `*` for not empty, or `from` and \
             `to` with days"
                .to_owned()
        }
        None => format!(
            "it must be a value that fits `{}`, a list of values, `null` for empty, `*` for not empty, or `from` and `to`",
            property.kind
        ),
    };
    let options = property_value::listed(property, raw);
    PropertyProblem { property: property.name.clone(), problem, nearest: vec![], options, unknown: false }
}

/// The first number for a date that has another unit than HubSpot's milliseconds.
fn wrong_unit(property: &Property, raw: &Value) -> Option<NotMilliseconds> {
    let read = match property.kind.as_str() {
        "date" => date_value::day,
        "datetime" => date_value::moment,
        _ => return None,
    };
    let unit = |one: &Value| match read(one) {
        Err(InvalidDate::Unit(unit)) => Some(unit),
        _ => None,
    };
    match raw {
        Value::Array(items) => items.iter().find_map(unit),
        Value::Object(ends) => ends.values().find_map(unit),
        single => unit(single),
    }
}

/// The reason why a text that is meant as a number or an address cannot be read.
fn unclear(property: &Property, raw: &Value) -> Option<String> {
    let text = plain(raw)?;
    if digits_of(property).is_some() {
        return Phone::parse(&text).err().filter(|reason| *reason != InvalidPhone::OtherText).map(|it| it.to_string());
    }
    let address = text.parse::<Email>().err().filter(|reason| *reason != InvalidEmail::OtherForm);
    address.filter(|_| property.name == EMAIL).map(|reason| reason.to_string())
}

type Read = Option<(&'static str, Vec<String>)>;

fn scalar(property: &Property, raw: &Value, zone: Zone) -> Read {
    let text = raw.as_str().map(str::trim);
    match (property.kind.as_str(), text) {
        _ if digits_of(property).is_some() => {
            Some(("CONTAINS_TOKEN", vec![format!("*{}", Phone::parse(&plain(raw)?).ok()?.last_digits())]))
        }
        // HubSpot searches words: what has no letter and no digit, such as an emoji, is in none.
        ("string", Some(text)) if !text.is_empty() && !text.contains(char::is_alphanumeric) && !text.contains('*') => {
            Some(("EQ", vec![text_cleaning::search_words(text)])).filter(|(_, texts)| !texts[0].is_empty())
        }
        ("string", Some(text)) if property.name != EMAIL || text.contains('*') => {
            Some(("CONTAINS_TOKEN", vec![text_cleaning::search_words(text)])).filter(|(_, texts)| !texts[0].is_empty())
        }
        ("string", Some(text)) => {
            let spellings = text.parse::<Email>().ok()?.spellings();
            Some((if spellings.len() == 1 { "EQ" } else { "IN" }, spellings))
        }
        ("datetime", Some(_)) if date_value::is_day(raw) => {
            date_value::span(raw, zone).map(|(begin, end)| ("BETWEEN", vec![begin, end]))
        }
        _ => Some(("EQ", vec![property_value::read(property, raw).ok()?])),
    }
}

/// Name of the property that HubSpot fills with this phone property's digits, for searches.
fn digits_of(property: &Property) -> Option<&'static str> {
    PHONES.iter().find(|(written, _)| *written == property.name).map(|(_, digits)| *digits)
}

fn list(property: &Property, items: &[Value]) -> Read {
    // Nothing happens at the very begin of a day, which is all that a list could compare.
    let days_of_moments = property.kind == "datetime" && items.iter().any(date_value::is_day);
    if digits_of(property).is_some() || days_of_moments {
        return None;
    }
    let values: Option<Vec<_>> = items.iter().map(|item| property_value::read(property, item).ok()).collect();
    // HubSpot matches the texts of a list in lower case only.
    let lower = |text: String| if property.kind == "string" { text.to_lowercase() } else { text };
    Some(("IN", values?.into_iter().map(lower).collect()))
}

fn range(property: &Property, ends: &Map<String, Value>, zone: Zone) -> Read {
    let known = ends.keys().all(|key| key == "from" || key == "to");
    let comparable = matches!(property.kind.as_str(), "number" | "date" | "datetime");
    let read = |key: &str, end: fn((String, String)) -> String| match ends.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(raw) if property.kind == "datetime" && date_value::is_day(raw) => {
            date_value::span(raw, zone).map(|day| Some(end(day)))
        }
        Some(raw) => property_value::read(property, raw).ok().map(Some),
    };
    match (known && comparable).then(|| Some((read("from", |day| day.0)?, read("to", |day| day.1)?)))?? {
        (Some(low), Some(high)) => Some(("BETWEEN", vec![low, high])),
        (Some(low), None) => Some(("GTE", vec![low])),
        (None, Some(high)) => Some(("LTE", vec![high])),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::records::property::tests::property;

    fn new_york() -> Zone {
        domain::time_zone::rules::ZoneRules::embedded().zone("America/New_York").unwrap()
    }

    #[test]
    fn values_lists_ranges_and_emptiness_are_filters() {
        let read = |name: &str, kind: &str, raw: Value| {
            let filter = one(&property(name, name, kind), &untexted(&raw), new_york()).ok()?;
            Some(format!("{} {} {}", filter.property, filter.operator, filter.values.join("|")))
        };
        for (name, kind, raw, expected) in [
            ("lastname", "string", json!("Mark"), Some("lastname CONTAINS_TOKEN Mark")),
            ("lastname", "string", json!("Ｍａｒｋ"), Some("lastname CONTAINS_TOKEN Mark")),
            ("lastname", "string", json!("[\"Mark\", \"Baker\"]"), Some("lastname IN mark|baker")),
            ("lastname", "string", json!("[Mark"), Some("lastname CONTAINS_TOKEN [Mark")),
            ("visits", "number", json!("{\"from\": 3}"), Some("visits GTE 3")),
            ("lastname", "string", json!("👍"), Some("lastname EQ 👍")),
            ("lastname", "string", json!(["Mark", "Baker"]), Some("lastname IN mark|baker")),
            ("lastname", "string", json!(null), Some("lastname NOT_HAS_PROPERTY ")),
            ("lastname", "string", json!("*"), Some("lastname HAS_PROPERTY ")),
            ("email", "string", json!("Sarah@gmail.com"), Some("email EQ sarah@gmail.com")),
            ("email", "string", json!("Sarah@gmail.com\u{200b}"), Some("email EQ sarah@gmail.com")),
            ("email", "string", json!("sa\u{200b}rah@gmail.com"), None),
            (
                "email",
                "string",
                json!("info@bücher.example"),
                Some("email IN info@bu\u{308}cher.example|info@bücher.example|info@xn--bcher-kva.example"),
            ),
            ("lastname", "string", json!("Ma\u{ad}rk\u{200b}"), Some("lastname CONTAINS_TOKEN Mark")),
            ("lastname", "string", json!("\u{200b}"), None),
            ("email", "string", json!("*@gmail.com"), Some("email CONTAINS_TOKEN *@gmail.com")),
            (
                "phone",
                "string",
                json!("(702) 555-0143"),
                Some("hs_searchable_calculated_phone_number CONTAINS_TOKEN *5550143"),
            ),
            (
                "phone",
                "string",
                json!(7_025_550_143_u64),
                Some("hs_searchable_calculated_phone_number CONTAINS_TOKEN *5550143"),
            ),
            ("phone", "string", json!(["(702) 555-0143"]), None),
            ("phone", "string", json!("Sarah"), None),
            ("phone", "string", json!(null), Some("phone NOT_HAS_PROPERTY ")),
            ("visits", "number", json!(3), Some("visits EQ 3")),
            ("visits", "number", json!({"from": 3}), Some("visits GTE 3")),
            (
                "createdate",
                "datetime",
                json!("2026-11-22"),
                Some("createdate BETWEEN 2026-11-22T05:00:00.000Z|2026-11-23T04:59:59.999Z"),
            ),
            ("createdate", "datetime", json!({"to": "2026-11-22"}), Some("createdate LTE 2026-11-23T04:59:59.999Z")),
            ("createdate", "datetime", json!({"from": "2026-11-22"}), Some("createdate GTE 2026-11-22T05:00:00.000Z")),
            ("createdate", "datetime", json!(["2026-11-22"]), None),
            ("due", "date", json!("2026-11-22"), Some("due EQ 2026-11-22")),
            ("visits", "number", json!("many"), None),
            ("visits", "number", json!({"from": 1, "til": 2}), None),
            ("visits", "number", json!({}), None),
            ("visits", "number", json!([]), None),
            ("lastname", "string", json!({"from": "a"}), None),
            ("lastname", "string", json!(""), None),
        ] {
            assert_eq!(read(name, kind, raw.clone()).as_deref(), expected, "{name} {raw}");
        }
    }

    #[test]
    fn a_date_that_is_not_read_names_the_form() {
        for raw in [json!("last Monday"), json!("01/02/2026"), json!({"from": "yesterday"})] {
            let problem =
                one(&property("createdate", "Create Date", "datetime"), &raw, new_york()).unwrap_err().problem;
            assert!(problem.contains("`2026-12-01`"), "{raw}: {problem}");
        }
    }

    #[test]
    fn dates_in_seconds_are_refused_and_milliseconds_named() {
        let seconds = 1_796_137_200;
        for kind in ["date", "datetime"] {
            let created = property("createdate", "Create Date", kind);
            for raw in [
                json!(seconds),
                json!(seconds.to_string()),
                json!([seconds]),
                json!({"from": seconds}),
                json!({"from": "2026-11-22", "to": seconds.to_string()}),
            ] {
                let problem = one(&created, &raw, new_york()).unwrap_err().problem;
                assert!(problem.contains("unix milliseconds"), "{kind} {raw}: {problem}");
            }
        }
        let created = property("createdate", "Create Date", "datetime");
        let from = |raw: Value| one(&created, &json!({"from": raw}), new_york()).unwrap().values;
        assert_eq!(from(json!(1_796_137_200_000_i64)), from(json!("1796137200000")));
    }
}
