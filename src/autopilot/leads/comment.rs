//! The comment by which colleagues learn what a conversation has shown. Pure.

use std::collections::BTreeMap;

use super::plan::{LeadChange, LeadPlan};
use super::told::{HEAD, WRITTEN};
use crate::records::excerpt;

/// What became of the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeadOutcome {
    /// They were written.
    Written,
    /// They are not written, for this reason.
    Dry(&'static str),
    /// HubSpot did not take them.
    Refused(String),
}

/// The text. `misfits` are those of [`misfit`].
pub fn of(plan: &LeadPlan, outcome: &LeadOutcome, misfits: &[String]) -> String {
    let shown: Vec<&LeadChange> = plan.done.iter().chain(&plan.write).collect();
    let head = match outcome {
        _ if shown.is_empty() => {
            format!("{HEAD} this conversation has shown values, and none was written.")
        }
        LeadOutcome::Written => format!("{WRITTEN} to the contact, from this conversation:"),
        LeadOutcome::Dry(why) => {
            format!("{HEAD} would be written to the contact, from this conversation ({why}):")
        }
        LeadOutcome::Refused(why) => format!("{HEAD} HubSpot did not take these values: {why}"),
    };
    let change =
        |change: &&LeadChange| format!("- {}: {} → {}", change.property, value(&change.before), value(&change.after));
    let changes: Vec<String> = shown.iter().map(change).collect();
    let kept = plan.kept.iter().map(|kept| {
        format!(
            "- {} stays {}, which a person may have set; the conversation showed {}",
            kept.property,
            value(&kept.before),
            value(&kept.after)
        )
    });
    let misfits = misfits.iter().map(|misfit| format!("- {misfit}"));
    [head].into_iter().chain(changes).chain(kept).chain(misfits).collect::<Vec<_>>().join("\n")
}

/// A value that its property cannot take.
pub fn misfit(property: &str, problem: &str, shown: &str) -> String {
    format!("{property} stays: {}; the conversation showed {}", excerpt::line(problem), value(shown))
}

/// The text about values that could not even be compared with the contact's.
pub fn given_up(wanted: &BTreeMap<String, String>, why: &str) -> String {
    let lines = wanted.iter().map(|(property, shown)| format!("- {property}: {}", value(shown)));
    [format!("{HEAD} this conversation has shown values that could not be written to the contact: {why}")]
        .into_iter()
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

fn value(text: &str) -> String {
    if text.is_empty() { "(empty)".to_owned() } else { format!("“{}”", excerpt::line(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colleagues_read_before_and_after() {
        let change = |property: &str, before: &str, after: &str| LeadChange {
            property: property.into(),
            before: before.into(),
            after: after.into(),
        };
        let plan = LeadPlan {
            write: vec![change("company", "", "Acme\nInc")],
            done: vec![change("city", "Bonn", "Oslo")],
            kept: vec![change("jobtitle", "CEO", "CTO")],
        };
        let text = of(&plan, &LeadOutcome::Written, &["numemployees: it must be a number".into()]);
        assert_eq!(
            text,
            "Lead (autopilot): written to the contact, from this conversation:\n- city: “Bonn” → “Oslo”\n\
             - company: (empty) → “Acme Inc”\n\
             - jobtitle stays “CEO”, which a person may have set; the conversation showed “CTO”\n\
             - numemployees: it must be a number"
        );
        let dry = of(&plan, &LeadOutcome::Dry("`write` is off"), &[]);
        assert!(dry.starts_with(
            "Lead (autopilot): would be written to the contact, from this conversation (`write` is off):"
        ));
        let none = of(&LeadPlan { write: vec![], done: vec![], ..plan }, &LeadOutcome::Written, &[]);
        assert!(none.contains("none was written") && none.contains("stays “CEO”"), "{none}");
    }
}
