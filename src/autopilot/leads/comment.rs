//! The comment by which colleagues learn what a conversation has shown. Pure.

use super::plan::{LeadChange, LeadPlan};
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

/// The text. `misfits` are values that no property can take.
pub fn of(plan: &LeadPlan, outcome: &LeadOutcome, misfits: &[String]) -> String {
    let shown: Vec<&LeadChange> = plan.done.iter().chain(&plan.write).collect();
    let head = match outcome {
        _ if shown.is_empty() => {
            "Lead (autopilot): this conversation has shown values, and none was written.".to_owned()
        }
        LeadOutcome::Written => "Lead (autopilot): written to the contact, from this conversation:".to_owned(),
        LeadOutcome::Dry(why) => {
            format!("Lead (autopilot): would be written to the contact, from this conversation ({why}):")
        }
        LeadOutcome::Refused(why) => format!("Lead (autopilot): HubSpot did not take these values: {why}"),
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
    let misfits = misfits.iter().map(|misfit| format!("- {}", excerpt::line(misfit)));
    [head].into_iter().chain(changes).chain(kept).chain(misfits).collect::<Vec<_>>().join("\n")
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
