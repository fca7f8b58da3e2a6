//! Settings of `frontdesk autopilot`, and of the autopilot beside `frontdesk http`.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Subcommand};

use super::model::ModelSettings;
use crate::autopilot::operator::Scope;

/// The most days of a report.
const DAYS_MAX: u64 = 3_650;
/// The most questions of a list.
const QUESTIONS_MAX: u64 = 1_000;
/// The most conversations of a rehearsal, and the oldest.
const REHEARSED_MAX: u64 = 1_000;
const AGE_DAYS_MAX: u64 = 365;

/// Settings of `frontdesk autopilot`.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct AutopilotSettings {
    #[command(subcommand)]
    #[expect(missing_docs, reason = "clap would show a comment on it as help")]
    pub command: Option<AutopilotCommand>,
    /// The settings (TOML): which inboxes are answered and how. HubSpot's inboxes are asked for new messages every few seconds.
    #[arg(value_name = "SETTINGS", required = true)]
    pub settings: Option<PathBuf>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show a comment on it as help")]
    pub model: ModelSettings,
}

/// What an operator can see and steer, in the store of the running autopilot.
#[derive(Clone, Debug, Subcommand)]
pub enum AutopilotCommand {
    /// Say how it stands: what is paused, what waits, and what became of today's messages.
    Status,
    /// Stop answering: `all`, `inbox/ID`, or the id of a conversation. What comes meanwhile waits.
    Pause {
        /// What is paused.
        #[arg(value_name = "WHAT", default_value = "all")]
        what: Scope,
    },
    /// Answer again. A conversation that a person has is given back by it.
    Resume {
        /// What goes on.
        #[arg(value_name = "WHAT", default_value = "all")]
        what: Scope,
    },
    /// Say what is remembered of a conversation.
    Conversation {
        /// Its id in HubSpot.
        #[arg(value_name = "ID")]
        id: String,
    },
    /// List the questions that got no good answer, the most asked first.
    Unanswered {
        /// The most questions.
        #[arg(long, value_name = "QUESTIONS", default_value_t = 50,
            value_parser = RangedU64ValueParser::<u32>::new().range(1..=QUESTIONS_MAX))]
        limit: u32,
    },
    /// Count what became of messages.
    Report {
        /// The last so many days, today among them.
        #[arg(long, value_name = "DAYS", default_value_t = 7,
            value_parser = RangedU64ValueParser::<u32>::new().range(1..=DAYS_MAX))]
        days: u32,
    },
    /// Write everything that is remembered of conversations, one JSON line for each; there are no texts in it.
    Export,
    /// Show what would have been said in closed conversations, beside what people said. Nothing is sent or changed.
    Rehearse(Box<ShadowSettings>),
}

/// Settings of `frontdesk autopilot rehearse`.
#[derive(Args, Clone, Debug)]
pub struct ShadowSettings {
    /// The settings (TOML); without them every inbox counts as drafted for.
    #[arg(value_name = "SETTINGS")]
    pub settings: Option<PathBuf>,
    /// Conversations in which something was written within this time, such as `14d`, `36h` or `90m`.
    #[arg(long, value_name = "AGE", default_value = "14d", value_parser = age)]
    pub since: Duration,
    /// An inbox, by id or name; all of them unless given. It can be given several times.
    #[arg(long = "inbox", value_name = "INBOX")]
    pub inboxes: Vec<String>,
    /// The most conversations, the newest.
    #[arg(long, value_name = "CONVERSATIONS", default_value_t = 100,
        value_parser = RangedU64ValueParser::<u32>::new().range(1..=REHEARSED_MAX))]
    pub limit: u32,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show a comment on it as help")]
    pub model: ModelSettings,
}

impl AutopilotSettings {
    /// True for a command that only looks at what is over: nothing may be changed by it.
    pub fn is_rehearsal(&self) -> bool {
        matches!(self.command, Some(AutopilotCommand::Rehearse(_)))
    }
}

/// Reads an age of days, hours or minutes.
fn age(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let number = |unit: char| text.strip_suffix(unit).and_then(|number| number.trim().parse::<u64>().ok());
    let minutes = match (number('d'), number('h'), number('m')) {
        (Some(days), ..) => days.checked_mul(24 * 60),
        (_, Some(hours), _) => hours.checked_mul(60),
        (.., minutes) => minutes,
    };
    let minutes = minutes.filter(|minutes| (1..=AGE_DAYS_MAX * 24 * 60).contains(minutes));
    let problem = || format!("`{text}` is no age of up to {AGE_DAYS_MAX} days, such as `14d`, `36h` or `90m`");
    minutes.map(|minutes| Duration::from_secs(minutes * 60)).ok_or_else(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_a_unit_and_a_limit() {
        let hours = |hours: u64| Some(Duration::from_secs(hours * 3_600));
        for (text, expected) in [
            ("14d", hours(336)),
            (" 36h ", hours(36)),
            ("90m", Some(Duration::from_secs(5_400))),
            ("365d", hours(8_760)),
            ("366d", None),
            ("0d", None),
            ("14", None),
            ("-1d", None),
            ("99999999999999999999d", None),
            ("18446744073709551615d", None),
            ("", None),
        ] {
            assert_eq!(age(text).ok(), expected, "{text}");
        }
    }
}
