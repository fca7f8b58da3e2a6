//! The settings of the hand-off to people.

use clap::ValueEnum;

use crate::tool::handoff_policy::HandoffWay;

/// The longest mark.
const MARK_CHARACTERS_MAX: usize = 40;

/// The way that the operator chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HandoffChoice {
    /// A ticket.
    Ticket,
    /// A custom channel of the help desk.
    Channel,
    /// None.
    Off,
}

impl HandoffChoice {
    /// The way as tools see it.
    pub fn way(self) -> HandoffWay {
        match self {
            HandoffChoice::Ticket => HandoffWay::Ticket,
            HandoffChoice::Channel => HandoffWay::Channel,
            HandoffChoice::Off => HandoffWay::Off,
        }
    }
}

/// Reads a mark: a word that no note begins with by chance.
pub(super) fn mark(text: &str) -> Result<String, String> {
    let mark = text.trim();
    let fits = (2..=MARK_CHARACTERS_MAX).contains(&mark.chars().count());
    match fits && !mark.contains(|c: char| c.is_whitespace() || c.is_control() || "<>&".contains(c)) {
        true => Ok(mark.to_owned()),
        false => Err(format!("a mark is one word of 2 to {MARK_CHARACTERS_MAX} characters, such as `@customer`")),
    }
}
