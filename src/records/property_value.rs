//! Values of properties: read from what a model sends, checked against the definition, written as HubSpot stores them.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::date_value;
use super::edit::Edit;
use super::option_index::OptionIndex;
use super::property::key;
use domain::email::Email;
use domain::nearest::{Wanted, ranked};
use domain::{invisible, phone, text_cleaning};
use hubspot_client::{Property, PropertyOption};

/// HubSpot's limit for the text of a property.
pub const TEXT_CHARACTERS_MAX: usize = 65_536;
/// The most options that an error lists; `describe_crm` shows all.
const OPTIONS_SHOWN_MAX: usize = 20;
/// The character that HubSpot puts between several options, and between several addresses.
const SEPARATOR: &str = ";";
const ADD: &str = "add";
const REMOVE: &str = "remove";

/// A value that does not fit its property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    /// The expected form, as a fragment.
    pub expected: String,
    /// The values to choose from.
    pub options: Vec<String>,
}

/// Reads a value as the text to store. `null`, which clears a property, is not read here.
pub fn read(property: &Property, raw: &Value) -> Result<String, InvalidValue> {
    match property.kind.as_str() {
        "enumeration" if property.options_elsewhere => plain(raw).ok_or_else(|| expected("it must be a text")),
        "enumeration" => choices(property, raw),
        "bool" => flag(raw).ok_or_else(|| expected("it must be `true` or `false`")),
        "number" => number(raw).ok_or_else(|| expected("it must be a number such as `12.5`")),
        "date" => date_value::day(raw).map_err(|error| expected(&error.to_string())),
        "datetime" => date_value::moment(raw).map_err(|error| expected(&error.to_string())),
        _ => text(property, raw),
    }
}

/// Reads a value as an edit. A property that takes several options takes them as a list or with `;` between them; a
/// leading `;`, as in HubSpot's API, or `{"add": [..], "remove": [..]}` changes those that are chosen.
pub fn edit(property: &Property, raw: &Value) -> Result<Edit, InvalidValue> {
    if property.kind != "enumeration" || property.options_elsewhere || !takes_several(property) {
        return read(property, raw).map(Edit::Text);
    }
    let raw = &*untexted(property, raw);
    match raw {
        Value::Object(change) => changed_options(property, raw, change),
        Value::String(text) if text.trim().starts_with(SEPARATOR) && !is_option(property, text) => {
            Ok(Edit::Change { add: chosen(property, raw)?, remove: vec![] })
        }
        _ => Ok(Edit::Options(chosen(property, raw)?)),
    }
}

fn changed_options(property: &Property, raw: &Value, change: &Map<String, Value>) -> Result<Edit, InvalidValue> {
    let wrong = |expected: &str| InvalidValue { expected: expected.to_owned(), options: listed(property, raw) };
    let part = |name: &str| match change.get(name) {
        None | Some(Value::Null) => Ok(vec![]),
        Some(Value::Array(none)) if none.is_empty() => Ok(vec![]),
        Some(options) => chosen(property, options),
    };
    let (add, remove) = (part(ADD)?, part(REMOVE)?);
    let known = change.keys().all(|key| key == ADD || key == REMOVE);
    match () {
        () if !known || (add.is_empty() && remove.is_empty()) => {
            Err(wrong("it must be `{\"add\": [..], \"remove\": [..]}` with options, or a list of options"))
        }
        () if add.iter().any(|option| remove.contains(option)) => {
            Err(wrong("an option cannot be added and removed at once"))
        }
        () => Ok(Edit::Change { add, remove }),
    }
}

fn takes_several(property: &Property) -> bool {
    property.field == "checkbox"
}

fn expected(what: &str) -> InvalidValue {
    InvalidValue { expected: what.to_owned(), options: vec![] }
}

fn text(property: &Property, raw: &Value) -> Result<String, InvalidValue> {
    let text = plain(raw).ok_or_else(|| expected("it must be a text"))?;
    if text.chars().count() > TEXT_CHARACTERS_MAX {
        return Err(expected(&format!("it must not be longer than {TEXT_CHARACTERS_MAX} characters")));
    }
    match property.name.as_str() {
        "email" => address(&text),
        "hs_additional_emails" => {
            let addresses = text.split(SEPARATOR).filter(|one| !one.trim().is_empty()).map(address);
            Ok(addresses.collect::<Result<Vec<_>, _>>()?.join(SEPARATOR))
        }
        _ if is_phone(property) => phone::stored(&text).map_err(|wrong| expected(&wrong.to_string())),
        _ => Ok(text_cleaning::clean(&text).text.into_owned()),
    }
}

fn address(text: &str) -> Result<String, InvalidValue> {
    let email: Result<Email, _> = text.parse();
    email.map(|email| email.as_str().to_owned()).map_err(|wrong| expected(&wrong.to_string()))
}

/// True for a property that holds a phone number.
pub fn is_phone(property: &Property) -> bool {
    property.kind == "phone_number" || property.field == "phonenumber"
}

fn plain(raw: &Value) -> Option<String> {
    let text = match raw {
        Value::String(text) => invisible::trim(text).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn flag(raw: &Value) -> Option<String> {
    match plain(raw)?.to_lowercase().as_str() {
        "true" | "yes" | "1" => Some("true".into()),
        "false" | "no" | "0" => Some("false".into()),
        _ => None,
    }
}

fn number(raw: &Value) -> Option<String> {
    let text = plain(raw)?;
    text.parse::<f64>().ok().filter(|number| number.is_finite())?;
    Some(text)
}

fn choices(property: &Property, raw: &Value) -> Result<String, InvalidValue> {
    chosen(property, raw).map(|options| options.join(SEPARATOR))
}

/// A list or an object of options that was sent as JSON text; any other value as it is.
fn untexted<'a>(property: &Property, raw: &'a Value) -> Cow<'a, Value> {
    let texted = raw.as_str().filter(|text| text.trim_start().starts_with(['[', '{']) && !is_option(property, text));
    let read = texted.and_then(|text| serde_json::from_str(text).ok());
    read.map_or(Cow::Borrowed(raw), Cow::Owned)
}

/// The values of one option, or of several of a checkbox: as a list, or as one text with semicolons; each once.
fn chosen(property: &Property, raw: &Value) -> Result<Vec<String>, InvalidValue> {
    let many = takes_several(property);
    let raw = &*if many { untexted(property, raw) } else { Cow::Borrowed(raw) };
    let wrong = |expected: &str| InvalidValue { expected: expected.to_owned(), options: listed(property, raw) };
    let asked: Vec<String> = match raw {
        Value::Array(items) if many => {
            let all: Option<_> = items.iter().map(plain).collect();
            all.ok_or_else(|| wrong("each part of the list must be one of the options"))?
        }
        Value::String(text) if many && !is_option(property, text) => {
            text.split(SEPARATOR).filter(|part| !part.trim().is_empty()).map(str::to_owned).collect()
        }
        other => plain(other).into_iter().collect(),
    };
    let expected = match many {
        true => "it must be one or more of the options: a list, or `;` between them",
        false => "it must be one of the options",
    };
    let (index, mut values) = (OptionIndex::of(property), Vec::<String>::new());
    for asked in &asked {
        let option = index.find(asked).ok_or_else(|| wrong(expected))?;
        if !values.contains(&option.value) {
            values.push(option.value.clone());
        }
    }
    if values.is_empty() { Err(wrong(expected)) } else { Ok(values) }
}

/// True for the very value or label of an option, which may have a `;` in it.
fn is_option(property: &Property, text: &str) -> bool {
    property.options.iter().any(|option| option.value == text.trim() || option.label == text.trim())
}

/// Finds an option by value, else by label, else by the letters of either.
pub fn option<'a>(property: &'a Property, asked: &str) -> Option<&'a PropertyOption> {
    OptionIndex::of(property).find(asked)
}

/// The values to choose from; of many options those that are most similar to `asked`.
pub fn listed(property: &Property, asked: &Value) -> Vec<String> {
    let mut shown: Vec<_> = property.options.iter().filter(|option| !option.hidden).collect();
    if shown.len() > OPTIONS_SHOWN_MAX {
        let wanted = Wanted::new(&key(&asked.to_string()));
        let likeness = |text: &str| wanted.likeness(&key(text));
        let like = |option: &&PropertyOption| likeness(&option.value).max(likeness(&option.label));
        shown = ranked(shown, like).into_iter().map(|(_, option)| option).collect();
    }
    shown.iter().take(OPTIONS_SHOWN_MAX).map(|option| option.value.clone()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::records::property::tests::property;

    fn select(field: &str) -> Property {
        let option =
            |value: &str, label: &str| PropertyOption { value: value.into(), label: label.into(), hidden: false };
        let options = vec![
            option("PRODUCT_ISSUE", "Product Issue"),
            option("BILLING", "Billing"),
            option("salesqualifiedlead", "Sales Qualified Lead"),
        ];
        Property { options, field: field.into(), ..property("category", "Category", "enumeration") }
    }

    #[test]
    fn values_are_read_by_the_type_of_their_property() {
        let of = |kind: &str, raw: Value| read(&property("p", "P", kind), &raw).ok();
        for (kind, raw, expected) in [
            ("string", json!(" Sarah "), Some("Sarah")),
            ("string", json!(12), Some("12")),
            ("string", json!(""), None),
            ("string", json!(["a"]), None),
            ("phone_number", json!("+45 12"), None),
            ("phone_number", json!("0143"), None),
            ("phone_number", json!("+45 12 34 56 78"), Some("+45 12 34 56 78")),
            ("bool", json!("Yes"), Some("true")),
            ("bool", json!(false), Some("false")),
            ("bool", json!(1), Some("true")),
            ("bool", json!("maybe"), None),
            ("number", json!("12.5"), Some("12.5")),
            ("number", json!(-3), Some("-3")),
            ("number", json!("1,000"), None),
            ("number", json!("inf"), None),
            ("date", json!("2026-12-01"), Some("2026-12-01")),
            ("date", json!("2026-12-01T00:00:00-05:00"), Some("2026-12-01")),
            ("date", json!("2026-12-01T23:00:00-05:00"), None),
            ("date", json!("1/12/2026"), None),
            ("date", json!("2026-02-30"), None),
            ("datetime", json!("2026-12-01T13:00:00-05:00"), Some("2026-12-01T18:00:00.000Z")),
            ("datetime", json!("2026-12-01"), Some("2026-12-01T00:00:00.000Z")),
            ("datetime", json!(1_795_359_600_000_i64), Some("2026-11-22T15:00:00.000Z")),
            ("datetime", json!("1795359600000"), Some("2026-11-22T15:00:00.000Z")),
            ("datetime", json!(1_795_359_600), None),
            ("datetime", json!("2026-12-01 13:00"), None),
            ("date", json!(1_796_083_200_000_i64), Some("2026-12-01")),
            ("date", json!(1_796_083_200), None),
        ] {
            assert_eq!(of(kind, raw.clone()).as_deref(), expected, "{kind} {raw}");
        }
        let email = property("email", "Email", "string");
        assert_eq!(read(&email, &json!("SARAH@gmail.com")).unwrap(), "sarah@gmail.com");
        assert!(read(&email, &json!("sarah")).unwrap_err().expected.contains("e-mail address"));
        assert!(read(&property("p", "P", "string"), &json!("x".repeat(TEXT_CHARACTERS_MAX + 1))).is_err());
    }

    #[test]
    fn options_are_found_by_value_or_label_and_an_error_lists_them() {
        let one = select("select");
        for asked in ["PRODUCT_ISSUE", "product issue", "Product-Issue"] {
            assert_eq!(read(&one, &json!(asked)).unwrap(), "PRODUCT_ISSUE");
        }
        assert_eq!(read(&one, &json!("sales qualified lead")).unwrap(), "salesqualifiedlead");
        let miss = read(&one, &json!("Weather")).unwrap_err();
        assert_eq!(miss.options, ["PRODUCT_ISSUE", "BILLING", "salesqualifiedlead"]);
        assert!(read(&one, &json!(["PRODUCT_ISSUE"])).is_err(), "one only");
        let many = select("checkbox");
        assert_eq!(read(&many, &json!(["Billing", "PRODUCT_ISSUE"])).unwrap(), "BILLING;PRODUCT_ISSUE");
        assert_eq!(read(&many, &json!("billing; product issue")).unwrap(), "BILLING;PRODUCT_ISSUE");
        assert_eq!(read(&many, &json!("[\"Billing\", \"PRODUCT_ISSUE\"]")).unwrap(), "BILLING;PRODUCT_ISSUE");
        assert!(read(&one, &json!("[\"Billing\", \"PRODUCT_ISSUE\"]")).is_err(), "one only");
        assert!(read(&many, &json!([])).is_err() && read(&many, &json!(["Billing", "x"])).is_err());
        assert!(read(&many, &json!(["Billing", {"x": 1}])).is_err() && read(&many, &json!(["Billing", null])).is_err());
    }

    #[test]
    fn several_options_are_set_appended_and_removed() {
        let many = select("checkbox");
        let texts = |items: &[&str]| items.iter().map(|&item| item.to_owned()).collect::<Vec<_>>();
        let change = |add: &[&str], remove: &[&str]| Edit::Change { add: texts(add), remove: texts(remove) };
        for (raw, expected) in [
            (json!(["Billing", "billing", "BILLING"]), Edit::Options(texts(&["BILLING"]))),
            (json!("billing;Billing; product issue"), Edit::Options(texts(&["BILLING", "PRODUCT_ISSUE"]))),
            (json!(";billing"), change(&["BILLING"], &[])),
            (json!(" ;billing;Billing;product issue;"), change(&["BILLING", "PRODUCT_ISSUE"], &[])),
            (json!({"add": ["billing"]}), change(&["BILLING"], &[])),
            (json!("[\"billing\", \"Product Issue\"]"), Edit::Options(texts(&["BILLING", "PRODUCT_ISSUE"]))),
            (json!(" {\"add\": [\"billing\"]}"), change(&["BILLING"], &[])),
            (json!({"add": "[\"billing\"]"}), change(&["BILLING"], &[])),
            (json!({"remove": "billing;product issue"}), change(&[], &["BILLING", "PRODUCT_ISSUE"])),
            (json!({"add": ["Billing"], "remove": ["Product Issue"]}), change(&["BILLING"], &["PRODUCT_ISSUE"])),
            (json!({"add": [], "remove": ["Product Issue"]}), change(&[], &["PRODUCT_ISSUE"])),
        ] {
            assert_eq!(edit(&many, &raw).unwrap(), expected, "{raw}");
        }
        for bad in [
            json!("Billing, Product Issue"),
            json!(";"),
            json!(";weather"),
            json!({}),
            json!({"add": []}),
            json!({"add": ["billing"], "remove": ["Billing"]}),
            json!({"add": ["billing"], "delete": ["Product Issue"]}),
            json!({"remove": ["weather"]}),
            json!("[]"),
            json!("[\"billing\", \"Product Issue\""),
            json!("[\"weather\"]"),
            json!("{}"),
        ] {
            let wrong = edit(&many, &bad).unwrap_err();
            assert!(!wrong.options.is_empty(), "{bad}: {wrong:?}");
        }
        let comma = edit(&many, &json!("Billing, Product Issue")).unwrap_err();
        assert!(comma.expected.ends_with("a list, or `;` between them"), "{comma:?}");
        let single = edit(&select("select"), &json!("billing")).unwrap();
        assert_eq!(single, Edit::Text("BILLING".into()), "one option is a text");
        assert!(edit(&select("select"), &json!(";billing")).is_ok_and(|edit| edit == Edit::Text("BILLING".into())));
    }

    #[test]
    fn numbers_and_addresses_are_cleaned() {
        let mobile = Property { field: "phonenumber".into(), ..property("mobile", "Mobile", "string") };
        assert_eq!(read(&mobile, &json!("\u{202a}+1 702 555 0143\u{202c}")).unwrap(), "+1 702 555 0143");
        assert_eq!(read(&mobile, &json!(7_025_550_143_u64)).unwrap(), "7025550143");
        let wrong = read(&mobile, &json!("702 555 0143 or 702 555 0144")).unwrap_err();
        assert!(wrong.expected.contains("more than one phone number"), "{wrong:?}");
        let email = property("email", "Email", "string");
        assert_eq!(read(&email, &json!("sarah@gmail.com\u{200b}")).unwrap(), "sarah@gmail.com");
        let wrong = read(&email, &json!("sa\u{200b}rah@gmail.com")).unwrap_err();
        assert!(wrong.expected.contains("U+200B ZERO WIDTH SPACE"), "{wrong:?}");
        let others = property("hs_additional_emails", "Additional", "string");
        assert_eq!(read(&others, &json!("A@x.co\u{200b};b@x.co;")).unwrap(), "a@x.co;b@x.co");
        assert_eq!(read(&property("p", "P", "string"), &json!("\u{feff}Sarah\u{200b}")).unwrap(), "Sarah");
    }

    #[test]
    fn of_many_options_the_most_similar_are_listed() {
        let option = |at: usize| PropertyOption {
            value: if at == 90 { "DK".into() } else { format!("C{at}") },
            label: if at == 90 { "Denmark".into() } else { format!("Country {at}") },
            hidden: false,
        };
        let countries = Property { options: (0..200).map(option).collect(), ..select("select") };
        let miss = read(&countries, &json!("Danmark")).unwrap_err();
        assert_eq!((miss.options.len(), miss.options[0].as_str()), (OPTIONS_SHOWN_MAX, "DK"));
    }
}
