//! The values that the rules want, by what was shown. Pure.

use std::collections::BTreeMap;

use super::evidence::LeadEvidence;
use super::rules::{LeadConditions, LeadRule, LeadValue};
use crate::autopilot::triggers;

/// The wanted values by property: of several rules for one, the first that holds and has a value.
pub fn of(rules: &[LeadRule], shown: &LeadEvidence<'_>) -> BTreeMap<String, String> {
    let mut wanted = BTreeMap::new();
    for rule in rules.iter().filter(|rule| holds(&rule.when, shown)) {
        if let Some(value) = value(&rule.value, shown) {
            wanted.entry(rule.property.clone()).or_insert(value);
        }
    }
    wanted
}

fn value(value: &LeadValue, shown: &LeadEvidence<'_>) -> Option<String> {
    match value {
        LeadValue::Fixed(text) => Some(text.clone()),
        LeadValue::Answer(name) => shown.answers.get(name).cloned(),
        LeadValue::Budget => shown.budget.map(|amount| amount.to_string()),
        LeadValue::Company => shown.company.clone(),
    }
}

fn holds(when: &LeadConditions, shown: &LeadEvidence<'_>) -> bool {
    let any = |wanted: &[String], shown: &[String]| wanted.is_empty() || wanted.iter().any(|one| has(shown, one));
    any(&when.intents, shown.intents)
        && any(&when.tools, shown.tools)
        && (when.words.is_empty() || triggers::holds_one(&shown.words, &when.words))
        && when.budget_min.is_none_or(|least| shown.budget.is_some_and(|amount| amount >= least))
}

fn has(shown: &[String], wanted: &str) -> bool {
    shown.iter().any(|one| one.trim().to_lowercase() == wanted.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(property: &str, value: LeadValue, when: LeadConditions) -> LeadRule {
        LeadRule { property: property.into(), value, when, replace: false, line: 1 }
    }

    #[test]
    fn all_conditions_of_a_rule_hold_and_the_first_rule_decides() {
        let fixed = |text: &str| LeadValue::Fixed(text.to_owned());
        let when = |intent: &str, least: Option<u64>| LeadConditions {
            intents: vec![intent.to_owned()],
            budget_min: least,
            ..LeadConditions::default()
        };
        let words = LeadConditions { words: vec!["price".into()], ..LeadConditions::default() };
        let tools = LeadConditions { tools: vec!["create_meeting".into()], ..LeadConditions::default() };
        let rules = [
            rule("status", fixed("HOT"), when("Book a meeting", Some(5_000))),
            rule("status", fixed("OPEN"), when("book a meeting", None)),
            rule("stage", fixed("quote"), words),
            rule("met", fixed("true"), tools),
            rule("size", LeadValue::Answer("seats".into()), LeadConditions::default()),
            rule("budget", LeadValue::Budget, LeadConditions::default()),
            rule("company", LeadValue::Company, LeadConditions::default()),
        ];
        let (intents, tools) = (["Book a meeting".to_owned()], ["create_meeting".to_owned()]);
        let wanted = |shown: &LeadEvidence<'_>| {
            let all = of(&rules, shown).into_iter().map(|(name, value)| format!("{name}={value}"));
            all.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(wanted(&LeadEvidence::default()), "");
        let booking = LeadEvidence { intents: &intents, budget: Some(900), ..LeadEvidence::default() };
        assert_eq!(wanted(&booking), "budget=900 status=OPEN");
        let rich = LeadEvidence { budget: Some(5_000), ..booking };
        assert_eq!(wanted(&rich), "budget=5000 status=HOT");
        let more = LeadEvidence {
            tools: &tools,
            words: "What is the PRICE?".into(),
            company: Some("Acme".into()),
            answers: BTreeMap::from([("seats".into(), "12".into())]),
            ..LeadEvidence::default()
        };
        assert_eq!(wanted(&more), "company=Acme met=true size=12 stage=quote");
    }
}
