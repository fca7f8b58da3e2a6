//! The operator's rules that hold for every conversation, with their defaults.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::store::conversations::Debounce;

/// The treatment of messages that waited too long, such as for an outage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Late {
    /// A comment proposes a reply.
    #[default]
    Draft,
    /// They go to a person.
    HandOver,
}

/// Rules of every conversation, from the settings file: waits, caps, words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The silence of a customer of a chat after which all of their messages are answered at once.
    pub chat: Debounce,
    /// Such a silence after mails and forms.
    pub mail: Debounce,
    /// A message that waited for so long is late.
    pub late_after: Duration,
    /// Treatment of a message that is older than that: drafted or handed over.
    pub late: Late,
    /// The most replies into one conversation within an hour, and within a day.
    pub replies_per_hour: usize,
    /// The most replies into one conversation within a day.
    pub replies_per_day: usize,
    /// The most turns of one conversation on one day.
    pub turns_per_day: u32,
    /// The most tokens of one conversation on one day.
    pub tokens_per_conversation: u64,
    /// The most tokens of all conversations on one day; 0 for no limit.
    pub tokens_per_day: u64,
    /// A conversation that nobody has goes back to the autopilot so long after a person's last words; never unless set.
    pub give_back_after: Option<Duration>,
    /// The actors to whom a conversation may be assigned without being a person's, such as `A-9586504`.
    pub not_people: BTreeSet<String>,
    /// Further words by which customers ask for a person.
    pub person_words: Vec<String>,
    /// Words on which a person goes on, such as of complaints.
    pub complaint_words: Vec<String>,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            chat: Debounce::default(),
            mail: Debounce { quiet: Duration::from_secs(30), longest: Duration::from_secs(120) },
            late_after: Duration::from_secs(10 * 60),
            late: Late::Draft,
            replies_per_hour: 8,
            replies_per_day: 30,
            turns_per_day: 40,
            tokens_per_conversation: 100_000,
            tokens_per_day: 0,
            give_back_after: None,
            not_people: BTreeSet::new(),
            person_words: vec![],
            complaint_words: vec![],
        }
    }
}
