//! The state of a session and its steps. Pure: what was seen in HubSpot goes in, the next state and the events come out.

use serde::{Deserialize, Serialize};

use super::closing_hand::ClosingHand;
use domain::language::Language;

/// Tries to ask a colleague, and the time after which one of which nothing was heard is over: HubSpot does then nothing more.
const TRIES_MAX: u8 = 5;
const TRY_AGAIN_MS: i64 = 2 * 60 * 1_000;
/// The time within which a closed ticket or conversation is the work of a caller who was about to close it, where HubSpot
/// does not tell who closed it.
const ENDING_MS: i64 = 2 * 60 * 1_000;
/// The same where a program did: HubSpot may do minutes later what it has answered with a failure.
const ENDING_LATE_MS: i64 = 10 * 60 * 1_000;

/// Where a session stands. Stored as JSON: fields are added and never renamed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionState {
    /// The phase.
    pub phase: Phase,
    /// The person who has it, by HubSpot's id.
    pub person: Option<String>,
    /// The owner or assignee whom HubSpot showed last.
    pub owner: Option<String>,
    /// The stage in which the ticket was seen last.
    pub stage: Option<String>,
    /// The time at which the customer is told that nobody has taken it; `None` once they were, or somebody has.
    pub deadline_ms: Option<i64>,
    /// The language of what the customer is told.
    pub language: Language,
    /// The newest message of the thread at the start: what came before is not told.
    pub begins_after: Option<String>,
    /// The task that was made for a colleague.
    pub task: Option<String>,
    /// Whether a colleague is asked to come back to the customer, beside the conversation.
    pub follow_up: FollowUp,
    /// Changes of hands so far, by which their events differ.
    pub changes: u32,
    /// Who ended it.
    pub ended_by: Option<EndedBy>,
    /// The time at which the caller began to close it in HubSpot: a look may see that before the caller has noted the end,
    /// and HubSpot may do it after the caller has given up.
    pub ending_ms: Option<i64>,
    /// The time of the newest event, before which none that follows is told to have been.
    pub newest_ms: i64,
    /// Number of the newest event of which HubSpot was told that it was sent to the customer.
    pub sent_upto: i64,
    /// Number of the newest event of which HubSpot was told that the customer has read it.
    pub read_upto: i64,
}

/// The task by which a colleague comes back to a customer whose conversation nobody takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUp {
    /// None is needed.
    #[default]
    None,
    /// It has to be made.
    Due,
    /// Somebody makes it, or has tried to.
    Begun {
        /// The time of the try, in unix milliseconds.
        at_ms: i64,
        /// Tries so far.
        tries: u8,
    },
    /// It is there.
    Made,
}

/// The phase of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It is being brought to HubSpot.
    #[default]
    Starting,
    /// Nobody has taken it.
    Waiting,
    /// A person has it.
    Taken,
    /// It has ended.
    Ended,
}

/// The party that ended a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// A person in HubSpot.
    Person,
    /// The caller.
    Caller,
    /// Nothing happened for too long.
    Expiry,
    /// The ticket or the conversation was deleted.
    Deletion,
}

/// Something that happened, as it was seen in HubSpot or told by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// It has come to HubSpot, where it is assigned to this person or to nobody.
    Arrived {
        /// The owner or assignee.
        owner: Option<String>,
        /// The stage of a ticket.
        stage: Option<String>,
        /// The time by which somebody should have taken it.
        deadline_ms: i64,
    },
    /// It is assigned to this person, or to nobody.
    Assigned {
        /// The user id of the new assignee; `None` if it was unassigned.
        to: Option<String>,
        /// The next time by which somebody should have taken it.
        deadline_ms: i64,
    },
    /// It was moved to another open stage: somebody works on it.
    Moved {
        /// The stage.
        stage: String,
    },
    /// A person wrote to the customer.
    Wrote {
        /// HubSpot's id of the note or the message.
        message: String,
        /// The person, where HubSpot tells.
        person: Option<String>,
        /// The time, in unix milliseconds.
        at_ms: i64,
    },
    /// Somebody ended it.
    Closed {
        /// The party.
        by: EndedBy,
    },
    /// It was found closed in HubSpot.
    FoundClosed {
        /// The hand that closed it.
        hand: ClosingHand,
        /// The time at which it was closed, in unix milliseconds, where HubSpot tells: a look may come long after it.
        at_ms: Option<i64>,
    },
    /// Time has passed.
    Passed,
}

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEventKind {
    /// A person wrote to the customer.
    Message,
    /// A person took it.
    Taken,
    /// Another person has it, or nobody any more.
    Reassigned,
    /// It has ended.
    Closed,
    /// Nobody has taken it in time.
    NotTaken,
}

impl SessionEventKind {
    /// The name in the store and in answers.
    pub fn name(self) -> &'static str {
        match self {
            SessionEventKind::Message => "message",
            SessionEventKind::Taken => "taken",
            SessionEventKind::Reassigned => "reassigned",
            SessionEventKind::Closed => "closed",
            SessionEventKind::NotTaken => "not_taken",
        }
    }
}

/// An event that a step brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEvent {
    /// Key of the event: equal for repeats of it.
    pub key: String,
    /// The kind.
    pub kind: SessionEventKind,
    /// HubSpot's id of a note or a message.
    pub message: Option<String>,
    /// The person.
    pub person: Option<String>,
    /// The time, in unix milliseconds.
    pub at_ms: i64,
}

impl SessionState {
    /// True once it has ended.
    pub fn has_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// Notes that a colleague has to be asked, unless one was.
    pub fn follow_up_is_due(&mut self) {
        if self.follow_up == FollowUp::None {
            self.follow_up = FollowUp::Due;
        }
    }

    /// The try to ask a colleague that is made now; `None` where nobody has to be asked, or another try may be under way.
    pub fn follow_up_tried(&self, now_ms: i64) -> Option<FollowUp> {
        let tries = match self.follow_up {
            _ if self.phase != Phase::Waiting => return None,
            FollowUp::Due => 1,
            FollowUp::Begun { at_ms, tries } if tries < TRIES_MAX && now_ms - at_ms >= TRY_AGAIN_MS => tries + 1,
            FollowUp::None | FollowUp::Begun { .. } | FollowUp::Made => return None,
        };
        Some(FollowUp::Begun { at_ms: now_ms, tries })
    }

    /// The state after this, and what it brings. What was seen before brings nothing, so a look may be repeated.
    #[must_use]
    pub fn after(mut self, happening: &Happening, now_ms: i64) -> (SessionState, Vec<SessionEvent>) {
        let mut events = vec![];
        match happening {
            // A message that is told late is told all the same: nothing that a person wrote is lost.
            Happening::Wrote { message, person, at_ms } => {
                if self.phase != Phase::Ended {
                    events.extend(self.taken_by(person.clone(), *at_ms));
                }
                events.push(self.wrote(message, person.clone(), *at_ms));
            }
            _ if self.phase == Phase::Ended => {}
            Happening::Arrived { owner, stage, deadline_ms } if self.phase == Phase::Starting => {
                self.phase = Phase::Waiting;
                (self.owner, self.stage, self.deadline_ms) = (owner.clone(), stage.clone(), Some(*deadline_ms));
            }
            Happening::Arrived { .. } => {}
            Happening::Assigned { to, .. } if *to == self.owner => {}
            Happening::Assigned { to, deadline_ms } => {
                self.owner.clone_from(to);
                events.extend(self.assigned(to.clone(), *deadline_ms, now_ms));
            }
            Happening::Moved { stage } if self.stage.as_ref() == Some(stage) => {}
            Happening::Moved { stage } => {
                self.stage = Some(stage.clone());
                if let Some(owner) = self.owner.clone() {
                    events.extend(self.taken_by(Some(owner), now_ms));
                }
            }
            Happening::Closed { by } => events.push(self.closed(*by, now_ms)),
            Happening::FoundClosed { hand, at_ms } => {
                let at_ms = at_ms.unwrap_or(now_ms);
                let by = self.closed_by(*hand, at_ms.min(now_ms));
                events.push(self.closed(by, at_ms));
            }
            Happening::Passed => {
                let is_late = self.deadline_ms.is_some_and(|deadline| deadline <= now_ms);
                if self.phase == Phase::Waiting && is_late {
                    self.deadline_ms = None;
                    self.follow_up_is_due();
                    events.push(self.changed(SessionEventKind::NotTaken, None, now_ms));
                }
            }
        }
        (self, events)
    }

    /// A person takes what nobody has.
    fn taken_by(&mut self, person: Option<String>, at_ms: i64) -> Option<SessionEvent> {
        if self.phase != Phase::Waiting {
            return None;
        }
        (self.phase, self.deadline_ms) = (Phase::Taken, None);
        self.person.clone_from(&person);
        Some(self.changed(SessionEventKind::Taken, person, at_ms))
    }

    fn assigned(&mut self, to: Option<String>, deadline_ms: i64, now_ms: i64) -> Option<SessionEvent> {
        match (self.phase, to) {
            (Phase::Waiting, Some(person)) => self.taken_by(Some(person), now_ms),
            (Phase::Taken, None) => {
                (self.phase, self.person, self.deadline_ms) = (Phase::Waiting, None, Some(deadline_ms));
                Some(self.changed(SessionEventKind::Reassigned, None, now_ms))
            }
            (Phase::Taken, Some(person)) if self.person.as_ref() != Some(&person) => {
                self.person = Some(person.clone());
                Some(self.changed(SessionEventKind::Reassigned, Some(person), now_ms))
            }
            _ => None,
        }
    }

    fn wrote(&self, message: &str, person: Option<String>, at_ms: i64) -> SessionEvent {
        let person = person.or_else(|| self.person.clone());
        SessionEvent {
            key: format!("message/{message}"),
            kind: SessionEventKind::Message,
            message: Some(message.to_owned()),
            person,
            at_ms,
        }
    }

    /// The party whose hand it was. The caller closes by a program, so a person's hand is never theirs.
    fn closed_by(&self, hand: ClosingHand, closed_ms: i64) -> EndedBy {
        let within = match hand {
            ClosingHand::Person => 0,
            ClosingHand::Program => ENDING_LATE_MS,
            ClosingHand::Unknown => ENDING_MS,
        };
        // Clocks of two replicas differ: a person's hand is not the caller's in the first moments either.
        let is_callers = hand != ClosingHand::Person && self.ending_ms.is_some_and(|at| closed_ms - at < within);
        if is_callers { EndedBy::Caller } else { EndedBy::Person }
    }

    fn closed(&mut self, by: EndedBy, at_ms: i64) -> SessionEvent {
        (self.phase, self.deadline_ms, self.ended_by, self.ending_ms) = (Phase::Ended, None, Some(by), None);
        let person = self.person.clone().filter(|_| by == EndedBy::Person);
        // One key for all ends: whoever comes second ends nothing.
        SessionEvent {
            key: SessionEventKind::Closed.name().to_owned(),
            kind: SessionEventKind::Closed,
            message: None,
            person,
            at_ms,
        }
    }

    fn changed(&mut self, kind: SessionEventKind, person: Option<String>, at_ms: i64) -> SessionEvent {
        self.changes += 1;
        SessionEvent { key: format!("{}/{}", kind.name(), self.changes), kind, message: None, person, at_ms }
    }
}

#[cfg(test)]
mod tests;
