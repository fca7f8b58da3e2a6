//! The results of writes as a visitor is told them, whichever brain has called the tool. What is not in a result is not said.

use serde_json::{Map, Value};

use super::claims;
use super::handoff_request::ONLY_HERE;
use super::language::Language;
use super::texts::{self, outcomes, with_values};
use domain::day_in_words;

/// The properties of a contact, in the order in which they are shown.
const PROPERTIES: &[&str] = &[
    "firstname",
    "lastname",
    "email",
    "phone",
    "mobilephone",
    "company",
    "jobtitle",
    "address",
    "zip",
    "city",
    "country",
    "lifecyclestage",
];

/// A successful answer of a tool that writes, in words; `None` for the other tools.
pub fn written(tool: &str, arguments: &Map<String, Value>, answer: &Value, language: Language) -> Option<String> {
    if claims::is_planned(answer) {
        return claims::is_write(tool).then(|| outcomes::TRIAL_RUN.in_language(language).to_owned());
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = match tool {
        "create_ticket" => with_values::TICKET_OPENED
            .with(language, &[("id", &text(&answer["ticket_id"])), ("subject", &text(&answer["subject"]))]),
        "update_ticket" => ticket_changed(arguments, answer, language),
        "create_meeting" => booked(answer, language),
        "create_contact" => {
            let name = properties(&answer["contact"]["properties"], language);
            let told =
                if answer["created"] == false { with_values::CONTACT_EXISTS } else { with_values::CONTACT_ADDED };
            told.with(language, &[("name", &name)])
        }
        "update_contact" => match changes(&answer["changes"], language).as_str() {
            "" => texts::NOTHING_CHANGED.in_language(language).to_owned(),
            changes => with_values::CONTACT_CHANGED.with(language, &[("changes", changes)]),
        },
        // Nobody gets back to whom nobody can reach.
        "create_task"
            if answer["task_id"].is_string()
                && (answer["reach"].is_null() || answer["reach"] == ONLY_HERE)
                && answer["contact_id"].is_null() =>
        {
            texts::PASSED_ON_WITHOUT_REACH.in_language(language).to_owned()
        }
        "create_task" => match answer["seen_by"].as_str().filter(|name| !["", "nobody"].contains(name)) {
            Some(name) => with_values::PASSED_ON_TO.with(language, &[("name", name)]),
            None => texts::PASSED_ON.in_language(language).to_owned(),
        },
        _ => return None,
    };
    Some(told)
}

fn ticket_changed(arguments: &Map<String, Value>, answer: &Value, language: Language) -> String {
    let id = answer["ticket_id"].as_str().unwrap_or_default();
    let changed = changes(&answer["changes"], language);
    if changed.is_empty() && arguments.contains_key("note") {
        return with_values::NOTE_ADDED.with(language, &[("id", id)]);
    }
    match changed.as_str() {
        "" => texts::NOTHING_CHANGED.in_language(language).to_owned(),
        changes => with_values::TICKET_CHANGED.with(language, &[("id", id), ("changes", changes)]),
    }
}

/// The values before and after, by name.
fn changes(changes: &Value, language: Language) -> String {
    let shown = |name: &str, value: &Value| match value {
        Value::String(text) if !text.is_empty() => texts::properties::value(name, text, language),
        Value::Null | Value::String(_) => "–".to_owned(),
        other => other.to_string(),
    };
    let all = changes.as_object().into_iter().flatten();
    let line = |(name, change): (&String, &Value)| {
        let (before, after) = (shown(name, &change["before"]), shown(name, &change["after"]));
        format!("{} → {after}", texts::properties::pair(name, &before, language))
    };
    all.map(line).collect::<Vec<_>>().join("; ")
}

fn booked(answer: &Value, language: Language) -> String {
    let start = answer["start"].as_str().unwrap_or_default();
    let day = start.get(..10).and_then(|day| day_in_words::day(day, language)).unwrap_or_default();
    let zone = answer["time_zone"].as_str().unwrap_or_default();
    let values = [("day", day.as_str()), ("time", start.get(11..16).unwrap_or_default()), ("zone", zone)];
    let is_old = answer["already_booked"] == true;
    let mut told = if is_old { outcomes::BOOKED_BEFORE } else { with_values::MEETING_BOOKED }.with(language, &values);
    if let Some(url) = answer["conference_url"].as_str() {
        told = format!("{told} {url}");
    }
    told
}

/// The values of a contact on one line: the name, then what reaches them, then what else is known.
pub fn properties(values: &Value, language: Language) -> String {
    let text = |name: &str| values[name].as_str().unwrap_or_default();
    let name = format!("{} {}", text("firstname"), text("lastname")).trim().to_owned();
    let usual = PROPERTIES.iter().skip(2).map(|name| texts::properties::value(name, text(name), language));
    let others = values.as_object().into_iter().flatten();
    let others = others.filter(|(name, _)| {
        !PROPERTIES.contains(&name.as_str()) && !name.starts_with("hs_") && !name.starts_with("hubspot")
    });
    let others = others.filter_map(|(name, value)| {
        let value = value.as_str().filter(|text| !text.is_empty())?;
        Some(texts::properties::pair(name, value, language))
    });
    [name].into_iter().chain(usual).chain(others).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn data_and_changes_are_told_in_words() {
        let known = json!({
            "firstname": "Sarah", "lastname": "Mark", "phone": "+1 702", "lifecyclestage": "salesqualifiedlead",
            "createdate": "2026-12-01T13:00:00Z", "hs_object_id": "83450290116",
        });
        assert_eq!(
            properties(&known, Language::German),
            "Sarah Mark, +1 702, Interessent, bekannt seit: Dienstag, 1. Dezember 2026, 13:00 UTC"
        );
        for (changed, language, expected) in [
            (json!({"phone": {"before": null, "after": "+45"}}), Language::Danish, "telefonnummer: – → +45"),
            (json!({"stage": {"before": "New", "after": "Closed"}}), Language::French, "état : New → Closed"),
            (json!({"lastname": {"before": "A", "after": "B"}}), Language::English, "last name: A → B"),
        ] {
            assert_eq!(changes(&changed, language), expected);
        }
    }
}
