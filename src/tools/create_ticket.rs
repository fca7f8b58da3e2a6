//! Opens a ticket for a customer.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::crm::code::Code;
use crate::crm::id::RecordId;
use crate::hubspot::{self, NewTicket, Pipeline, Stage};
use crate::tool::{Ctx, Effect, Tool, ToolError};

/// HubSpot's limit for a text property.
const ISSUE_CHARACTERS_MAX: usize = 65_536;
/// A subject made from the issue is cut here, at a word.
const SUBJECT_CHARACTERS_MAX: usize = 80;

/// Open a ticket for an existing customer who has a problem with a product.
///
/// The ticket is created with its contact in one step, so an unknown contact leaves nothing behind. Without `pipeline`
/// and `stage` it opens in the account's first ticket pipeline, in its first open stage.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateTicket {
    /// The customer's contact id from `find_contact_by_email`, for example `84246479604`.
    cus_cid: RecordId,
    /// The customer's problem in their words, for example `I have an issue in installing the DUST-E robot`.
    #[schemars(length(min = 1, max = 65536))]
    issue: String,
    /// A short title, for example `DUST-E installation`; without it the beginning of the issue.
    subject: Option<String>,
    /// The pipeline's label or id, for example `Support Pipeline`.
    pipeline: Option<String>,
    /// The stage's label or id, for example `New`.
    stage: Option<String>,
    /// How urgent it is, for example `HIGH`.
    priority: Option<Priority>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Priority {
    #[serde(alias = "low")]
    Low,
    #[serde(alias = "medium")]
    Medium,
    #[serde(alias = "high")]
    High,
    #[serde(alias = "urgent")]
    Urgent,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Opened {
    ticket_id: RecordId,
    subject: String,
    /// The pipeline's label.
    pipeline: String,
    /// The stage's label.
    stage: String,
    /// The ticket's page in HubSpot.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// HubSpot's answer was lost and the ticket was found to exist: it was created once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
}

impl Tool for CreateTicket {
    const NAME: &'static str = "create_ticket";
    const TITLE: &'static str = "Open a ticket";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["tickets"];
    type Output = Opened;

    async fn call(self, ctx: &Ctx) -> Result<Opened, ToolError> {
        let issue = self.issue.trim();
        if issue.is_empty() || issue.chars().count() > ISSUE_CHARACTERS_MAX {
            let problem = format!("it must be the customer's problem in 1 to {ISSUE_CHARACTERS_MAX} characters");
            return Err(ToolError::input("issue", problem));
        }
        let pipelines = ctx.hubspot.pipelines().tickets().await?;
        let (pipeline, stage) = place(&pipelines, self.pipeline.as_deref(), self.stage.as_deref())?;
        let given = self.subject.filter(|subject| !subject.trim().is_empty());
        let subject = given.unwrap_or_else(|| subject_of(issue));
        let ticket = NewTicket {
            pipeline: pipeline.id.clone(),
            stage: stage.id.clone(),
            priority: self.priority.map(|priority| priority.value().to_owned()),
            contact: self.cus_cid.clone(),
            subject: subject.clone(),
            content: issue.to_owned(),
            category: None,
            owner: None,
            properties: BTreeMap::new(),
        };
        let created = ctx.hubspot.tickets().create(&ticket).await.map_err(|error| refused(error, &self.cus_cid))?;
        Ok(Opened {
            ticket_id: created.value.id,
            subject,
            pipeline: pipeline.label.clone(),
            stage: stage.label.clone(),
            url: created.value.url,
            recovered: created.recovered,
        })
    }
}

impl Priority {
    fn value(self) -> &'static str {
        match self {
            Priority::Low => "LOW",
            Priority::Medium => "MEDIUM",
            Priority::High => "HIGH",
            Priority::Urgent => "URGENT",
        }
    }
}

/// Where the ticket opens: accounts name and number their stages as they like, so nothing is taken for granted.
fn place<'a>(
    pipelines: &'a [Pipeline],
    pipeline: Option<&str>,
    stage: Option<&str>,
) -> Result<(&'a Pipeline, &'a Stage), ToolError> {
    let asked = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (pipeline, stage) = (asked(pipeline), asked(stage));
    let chosen = match &pipeline {
        Some(name) => pipelines.iter().find(|p| named(name, &p.id, &p.label)),
        // A stage of another pipeline says which pipeline is meant, when only one has it.
        None => stage.as_deref().and_then(|name| only_one_with(pipelines, name)).or(pipelines.first()),
    };
    let chosen = chosen.ok_or_else(|| no_place("pipeline", pipeline.as_deref(), pipelines))?;
    let stage_found = match &stage {
        Some(name) => chosen.stages.iter().find(|s| named(name, &s.id, &s.label)),
        None => chosen.stages.iter().find(|s| !s.closed).or(chosen.stages.first()),
    };
    Ok((chosen, stage_found.ok_or_else(|| no_place("stage", stage.as_deref(), std::slice::from_ref(chosen)))?))
}

fn named(name: &str, id: &str, label: &str) -> bool {
    name == id || name.eq_ignore_ascii_case(label) || label.to_lowercase() == name.to_lowercase()
}

fn only_one_with<'a>(pipelines: &'a [Pipeline], stage: &str) -> Option<&'a Pipeline> {
    let mut having = pipelines.iter().filter(|p| p.stages.iter().any(|s| named(stage, &s.id, &s.label)));
    let first = having.next()?;
    having.next().is_none().then_some(first)
}

fn no_place(kind: &str, name: Option<&str>, pipelines: &[Pipeline]) -> ToolError {
    let stages = |p: &Pipeline| p.stages.iter().map(|s| format!("{} ({})", s.label, s.id)).collect::<Vec<_>>();
    let valid: Vec<_> = pipelines
        .iter()
        .map(|p| serde_json::json!({"pipeline": p.label, "pipeline_id": p.id, "stages": stages(p)}))
        .collect();
    let message = match name {
        Some(name) => format!("there is no {kind} `{name}` for tickets"),
        None => format!("the account has no {kind} for tickets"),
    };
    ToolError::new(Code::StageNotFound, message, "use one of the labels or ids in `valid`").with("valid", valid)
}

fn refused(error: hubspot::Error, contact: &RecordId) -> ToolError {
    match error {
        hubspot::Error::ContactMissing => {
            let hint = "get the id from `find_contact_by_email`; nothing was created";
            ToolError::new(Code::ContactNotFound, format!("no contact has the id `{contact}`"), hint)
        }
        other => other.into(),
    }
}

/// The first line of the issue, cut at a word.
fn subject_of(issue: &str) -> String {
    let line = issue.lines().next().unwrap_or_default().trim();
    if line.chars().count() <= SUBJECT_CHARACTERS_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(SUBJECT_CHARACTERS_MAX).collect();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", whole_words.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_the_beginning_of_the_issue() {
        assert_eq!(subject_of("It beeps.\nAll day."), "It beeps.");
        let long = subject_of(&"robot ".repeat(40));
        assert!(long.ends_with("robot…") && long.chars().count() <= SUBJECT_CHARACTERS_MAX + 1, "{long}");
        assert_eq!(subject_of(&"é".repeat(200)).chars().count(), SUBJECT_CHARACTERS_MAX + 1);
    }
}
