//! The hand that closed a ticket or a conversation, as far as HubSpot tells. Pure.

use hubspot_client::{ActorKind, Message, MessageKind, PropertyVersion, ThreadStatus};

/// Sources of a property's value that are a person in HubSpot's screens or apps, by the beginning of their name.
const OF_PEOPLE: [&str; 2] = ["CRM_UI", "MOBILE"];
/// Sources that are a program which calls HubSpot's API.
const OF_PROGRAMS: [&str; 2] = ["INTEGRATION", "API"];

/// The hand that closed it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClosingHand {
    /// A person in HubSpot's own screens.
    Person,
    /// A program by HubSpot's API: this one, or another.
    Program,
    /// HubSpot does not tell.
    #[default]
    Unknown,
}

/// The hand that closed a conversation, by the last entry of its thread that says so.
pub fn of_thread(messages: &[Message]) -> ClosingHand {
    let is_end = |message: &&Message| message.kind == MessageKind::StatusChange(ThreadStatus::Closed);
    let Some(end) = messages.iter().rfind(is_end) else { return ClosingHand::Unknown };
    match end.sender.as_ref().map(|sender| sender.kind()) {
        _ if end.integration_app_id.is_some() => ClosingHand::Program,
        Some(ActorKind::Integration) => ClosingHand::Program,
        Some(ActorKind::Agent) => ClosingHand::Person,
        _ => ClosingHand::Unknown,
    }
}

/// The hand that moved a ticket into this stage, by the versions of its stage, newest first.
pub fn of_stage(stage: &str, versions: &[PropertyVersion]) -> ClosingHand {
    let newest = versions.first().filter(|version| version.value == stage);
    let source = newest.and_then(|version| version.source.as_deref()).unwrap_or_default();
    let is_one = |names: &[&str]| names.iter().any(|name| source.starts_with(name));
    match () {
        () if is_one(&OF_PROGRAMS) => ClosingHand::Program,
        () if is_one(&OF_PEOPLE) => ClosingHand::Person,
        () => ClosingHand::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_of_a_stage_tells_who_moved_the_ticket() {
        let version = |value: &str, source: Option<&str>| PropertyVersion {
            value: value.to_owned(),
            source: source.map(str::to_owned),
        };
        for (versions, expected) in [
            (vec![version("4", Some("CRM_UI")), version("1", Some("INTEGRATION"))], ClosingHand::Person),
            (vec![version("4", Some("CRM_UI_BULK_ACTION"))], ClosingHand::Person),
            (vec![version("4", Some("MOBILE_IOS"))], ClosingHand::Person),
            (vec![version("4", Some("INTEGRATION")), version("1", Some("CRM_UI"))], ClosingHand::Program),
            (vec![version("4", Some("AUTOMATION_PLATFORM"))], ClosingHand::Unknown),
            (vec![version("4", None)], ClosingHand::Unknown),
            // It was moved on since it was looked at.
            (vec![version("1", Some("CRM_UI")), version("4", Some("CRM_UI"))], ClosingHand::Unknown),
            (vec![], ClosingHand::Unknown),
        ] {
            assert_eq!(of_stage("4", &versions), expected, "{versions:?}");
        }
    }
}
