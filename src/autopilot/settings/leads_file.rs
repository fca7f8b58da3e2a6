//! The part of the settings' file that fills properties of contacts.
//!
//! ```toml
//! [leads]
//! write = false                             # a comment says what would be written
//! properties = ["company", "hs_lead_status"]
//!
//! [[leads.rules]]
//! property = "hs_lead_status"
//! value = "OPEN"                            # or answer = "NAME", or from = "budget" or "company"
//! intents = ["Book a meeting"]
//! replace = true
//! ```

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::values::{number, word_list};
use crate::autopilot::leads::rules::{LeadConditions, LeadRule, LeadSettings, LeadValue};
use crate::toml_file::{InvalidFile, TomlFile};

/// The most properties, rules, and characters of a name and of a fixed value.
const PROPERTIES_MAX: usize = 50;
const RULES_MAX: usize = 100;
const NAME_CHARACTERS_MAX: usize = 100;
const VALUE_CHARACTERS_MAX: usize = 1_000;
/// The largest budget of a condition.
const BUDGET_MAX: u64 = 1_000_000_000_000;
/// Properties that say who a contact is, or whose: no conversation changes them.
const IDENTITY: [&str; 3] = ["email", "hs_additional_emails", "hubspot_owner_id"];

/// The section as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeadsInput {
    #[serde(default)]
    write: bool,
    properties: Vec<Spanned<String>>,
    #[serde(default)]
    rules: Vec<Spanned<RuleInput>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleInput {
    property: Spanned<String>,
    value: Option<Spanned<String>>,
    answer: Option<Spanned<String>>,
    from: Option<Spanned<String>>,
    #[serde(default)]
    intents: Vec<Spanned<String>>,
    #[serde(default)]
    tools: Vec<Spanned<String>>,
    #[serde(default)]
    words: Vec<Spanned<String>>,
    budget_min: Option<Spanned<i64>>,
    #[serde(default)]
    replace: bool,
}

/// Reads the section. `tools` are the names of the tools that customers may use.
pub(super) fn read(
    file: TomlFile<'_>,
    tools: &[&str],
    input: &Spanned<LeadsInput>,
) -> Result<LeadSettings, InvalidFile> {
    let LeadsInput { write, properties, rules } = input.get_ref();
    if let Some(property) = properties.get(PROPERTIES_MAX) {
        return Err(file.invalid(property, format!("at most {PROPERTIES_MAX} properties can be named")));
    }
    let named: BTreeSet<&str> =
        properties.iter().map(|name| property(file, name)).collect::<Result<_, InvalidFile>>()?;
    if rules.is_empty() {
        return Err(file.invalid(input, "there is no `[[leads.rules]]`: nothing would be filled"));
    }
    if let Some(rule) = rules.get(RULES_MAX) {
        return Err(file.invalid(rule, format!("there can be at most {RULES_MAX} rules")));
    }
    let rules = rules.iter().map(|one| rule(file, tools, &named, one)).collect::<Result<_, _>>()?;
    Ok(LeadSettings { write: *write, rules })
}

fn property<'a>(file: TomlFile<'_>, name: &'a Spanned<String>) -> Result<&'a str, InvalidFile> {
    let text = name.get_ref().as_str();
    let is_name = (1..=NAME_CHARACTERS_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    match () {
        () if !is_name => {
            Err(file.invalid(name, format!("`{text}` is no internal name of a property, such as `hs_lead_status`")))
        }
        () if IDENTITY.contains(&text) => {
            Err(file.invalid(name, format!("`{text}` says who a contact is, or whose: no rule writes it")))
        }
        () => Ok(text),
    }
}

fn rule(
    file: TomlFile<'_>,
    tools: &[&str],
    named: &BTreeSet<&str>,
    input: &Spanned<RuleInput>,
) -> Result<LeadRule, InvalidFile> {
    let own = input.get_ref();
    let name = property(file, &own.property)?;
    if !named.contains(name) {
        return Err(file.invalid(&own.property, format!("`{name}` is not among the `properties` that may be written")));
    }
    if let Some(tool) = own.tools.iter().find(|tool| !tools.contains(&tool.get_ref().as_str())) {
        return Err(file.invalid(tool, format!("`{}` is no tool that customers may use", tool.get_ref())));
    }
    let budget_min = own.budget_min.as_ref();
    let when = LeadConditions {
        intents: word_list(file, &own.intents)?,
        tools: own.tools.iter().map(|tool| tool.get_ref().clone()).collect(),
        words: word_list(file, &own.words)?,
        budget_min: budget_min.map(|least| number(file, Some(least), 0, 1..=BUDGET_MAX)).transpose()?,
    };
    let value = value(file, own, input)?;
    if matches!(value, LeadValue::Fixed(_)) && when.are_none() {
        let problem = "every contact would get this value: say when, by `intents`, `tools`, `words` or `budget_min`";
        return Err(file.invalid(&own.property, problem));
    }
    Ok(LeadRule { property: name.to_owned(), value, when, replace: own.replace, line: file.line(&own.property) })
}

fn value(file: TomlFile<'_>, own: &RuleInput, rule: &Spanned<RuleInput>) -> Result<LeadValue, InvalidFile> {
    match (&own.value, &own.answer, &own.from) {
        (Some(value), None, None) => {
            let text = value.get_ref().trim();
            match text.is_empty() || text.chars().count() > VALUE_CHARACTERS_MAX {
                true => Err(file.invalid(value, format!("a value has 1 to {VALUE_CHARACTERS_MAX} characters"))),
                false => Ok(LeadValue::Fixed(text.to_owned())),
            }
        }
        (None, Some(answer), None) => {
            let name = answer.get_ref().trim();
            match name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX {
                true => Err(file.invalid(answer, "it names no argument, such as `issue`")),
                false => Ok(LeadValue::Answer(name.to_owned())),
            }
        }
        (None, None, Some(from)) => match from.get_ref().trim() {
            "budget" => Ok(LeadValue::Budget),
            "company" => Ok(LeadValue::Company),
            other => Err(file.invalid(from, format!("`{other}` is neither `budget` nor `company`"))),
        },
        _ => Err(file.invalid(rule, "a rule has one of `value`, `answer` and `from`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autopilot::settings::file::read as read_file;

    const TOOLS: [&str; 2] = ["create_meeting", "search_documents"];

    fn leads(rest: &str) -> Result<LeadSettings, String> {
        let text = format!("[leads]\nproperties = [\"company\", \"hs_lead_status\"]\n{rest}");
        read_file(&text, &TOOLS).map(|settings| settings.leads.unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn rules_are_read_and_write_nothing_unless_said() {
        let text = "[[leads.rules]]\nproperty = \"company\"\nfrom = \"company\"\n\
            [[leads.rules]]\nproperty = \"hs_lead_status\"\nvalue = \" OPEN \"\nintents = [\"Book a meeting\"]\n\
            tools = [\"create_meeting\"]\nwords = [\"price\"]\nbudget_min = 5000\nreplace = true\n";
        let read = leads(text).unwrap();
        assert!(!read.write && leads(&format!("write = true\n{text}")).unwrap().write);
        let company = LeadRule {
            property: "company".into(),
            value: LeadValue::Company,
            when: LeadConditions::default(),
            replace: false,
            line: 4,
        };
        let when = LeadConditions {
            intents: vec!["Book a meeting".into()],
            tools: vec!["create_meeting".into()],
            words: vec!["price".into()],
            budget_min: Some(5_000),
        };
        let value = LeadValue::Fixed("OPEN".into());
        let status = LeadRule { property: "hs_lead_status".into(), value, when, replace: true, line: 7 };
        assert_eq!(read.rules, [company, status]);
    }

    #[test]
    fn a_wrong_rule_is_named_with_its_line() {
        for (rest, why) in [
            ("", "line 1: there is no `[[leads.rules]]`"),
            (
                "[[leads.rules]]\nproperty = \"jobtitle\"\nfrom = \"company\"",
                "line 4: `jobtitle` is not among the `properties`",
            ),
            ("[[leads.rules]]\nproperty = \"Company\"\nfrom = \"company\"", "line 4: `Company` is no internal name"),
            ("[[leads.rules]]\nproperty = \"email\"\nanswer = \"email\"", "line 4: `email` says who a contact is"),
            ("[[leads.rules]]\nproperty = \"company\"\nvalue = \"x\"", "line 4: every contact would get this value"),
            ("[[leads.rules]]\nproperty = \"company\"\nfrom = \"name\"", "line 5: `name` is neither"),
            ("[[leads.rules]]\nproperty = \"company\"\nvalue = \" \"\nwords = [\"yes\"]", "line 5: a value has 1 to"),
            (
                "[[leads.rules]]\nproperty = \"company\"\nfrom = \"company\"\ntools = [\"rm\"]",
                "line 6: `rm` is no tool",
            ),
            ("[[leads.rules]]\nproperty = \"company\"\nfrom = \"budget\"\nbudget_min = 0", "line 6: `0` is not from 1"),
        ] {
            let refused = leads(rest).unwrap_err();
            assert!(refused.starts_with(why), "{rest}: {refused}");
        }
        for (rest, part) in [
            ("[[leads.rules]]\nproperty = \"company\"", "a rule has one of `value`, `answer` and `from`"),
            ("[[leads.rules]]\nproperty = \"company\"\nvalue = \"x\"\nanswer = \"y\"", "a rule has one of"),
            ("[[leads.rules]]\nvalue = \"x\"", "missing field `property`"),
        ] {
            let refused = leads(rest).unwrap_err();
            assert!(refused.contains(part), "{rest}: {refused}");
        }
    }
}
