//! The reasons of decisions, with the names under which they are counted and shown.

/// The reason why nothing is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ignored {
    /// The inbox is not answered.
    Off,
    /// No message of the customer waits.
    Answered,
    /// HubSpot takes it for spam.
    Spam,
    /// It was written before the autopilot began.
    BeforeBegin,
    /// The conversation was deleted.
    Gone,
}

/// The reason why somebody else answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Silence {
    /// A person has written to the customer.
    PersonAtWork,
    /// It is assigned to a person.
    AssignedToPerson,
    /// It was handed over.
    HandedOver,
    /// HubSpot's own customer agent writes in it.
    OtherAssistant,
    /// No person has written the message.
    Robot,
}

/// The reason why a person goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandOverReason {
    /// The customer asked for one.
    Asked,
    /// The customer complains, or says another word for which a person is wanted.
    Complaint,
    /// The brain did not understand the customer.
    NotUnderstood,
    /// A model refused, or its answer was filtered.
    Refused,
    /// The customer asked the same thing again and again.
    AskedAgain,
    /// Too many replies went into this conversation.
    TooManyReplies,
    /// It cost too many turns or tokens today.
    TooMuchWork,
    /// All conversations together cost too many tokens today.
    BudgetSpent,
    /// The message waited too long, such as for an outage.
    Late,
    /// It could not be answered, for a failure.
    Failed,
    /// It is not known whether a reply reached the customer.
    Unclear,
    /// HubSpot takes no reply for this channel.
    ChannelClosed,
}

impl Ignored {
    /// The name in metrics and reports.
    pub fn name(self) -> &'static str {
        match self {
            Ignored::Off => "off",
            Ignored::Answered => "answered",
            Ignored::Spam => "spam",
            Ignored::BeforeBegin => "before_begin",
            Ignored::Gone => "gone",
        }
    }
}

impl Silence {
    /// The name in metrics and reports.
    pub fn name(self) -> &'static str {
        match self {
            Silence::PersonAtWork => "person_at_work",
            Silence::AssignedToPerson => "assigned_to_person",
            Silence::HandedOver => "handed_over",
            Silence::OtherAssistant => "other_assistant",
            Silence::Robot => "robot",
        }
    }
}

impl HandOverReason {
    /// All reasons, for metrics and reports.
    pub const ALL: [HandOverReason; 12] = [
        HandOverReason::Asked,
        HandOverReason::Complaint,
        HandOverReason::NotUnderstood,
        HandOverReason::Refused,
        HandOverReason::AskedAgain,
        HandOverReason::TooManyReplies,
        HandOverReason::TooMuchWork,
        HandOverReason::BudgetSpent,
        HandOverReason::Late,
        HandOverReason::Failed,
        HandOverReason::Unclear,
        HandOverReason::ChannelClosed,
    ];

    /// The name in the store, in metrics and reports.
    pub fn name(self) -> &'static str {
        match self {
            HandOverReason::Asked => "asked",
            HandOverReason::Complaint => "complaint",
            HandOverReason::NotUnderstood => "not_understood",
            HandOverReason::Refused => "refused",
            HandOverReason::AskedAgain => "asked_again",
            HandOverReason::TooManyReplies => "too_many_replies",
            HandOverReason::TooMuchWork => "too_much_work",
            HandOverReason::BudgetSpent => "budget_spent",
            HandOverReason::Late => "late",
            HandOverReason::Failed => "failed",
            HandOverReason::Unclear => "unclear",
            HandOverReason::ChannelClosed => "channel_closed",
        }
    }

    /// The reason of this name; one that a newer program has stored counts as a failure.
    pub fn named(name: &str) -> HandOverReason {
        HandOverReason::ALL.into_iter().find(|reason| reason.name() == name).unwrap_or(HandOverReason::Failed)
    }

    /// The reason as a colleague reads it.
    pub fn for_colleagues(self) -> &'static str {
        match self {
            HandOverReason::Asked => "The customer asked for a person.",
            HandOverReason::Complaint => "The customer said words for which a person is to answer.",
            HandOverReason::NotUnderstood => "The customer was not understood.",
            HandOverReason::Refused => "The language model refused to answer.",
            HandOverReason::AskedAgain => "The customer asked the same thing again and again.",
            HandOverReason::TooManyReplies => "This conversation reached the limit of automatic replies.",
            HandOverReason::TooMuchWork => "This conversation reached today's limit of turns or tokens.",
            HandOverReason::BudgetSpent => "Today's tokens of all conversations are used up.",
            HandOverReason::Late => "The message waited too long to be answered automatically.",
            HandOverReason::Failed => "The message could not be answered automatically.",
            HandOverReason::Unclear => {
                "A reply was sent to HubSpot and its answer was lost: it is not known whether the customer got it. It is not sent again."
            }
            HandOverReason::ChannelClosed => "HubSpot takes no automatic reply over this channel.",
        }
    }

    /// True if the customer is told that a colleague goes on. One who may have got a reply is not told twice, and over a
    /// closed channel nobody is told anything.
    pub fn tells_customer(self) -> bool {
        !matches!(self, HandOverReason::Unclear | HandOverReason::ChannelClosed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_by_its_name() {
        for reason in HandOverReason::ALL {
            assert_eq!(HandOverReason::named(reason.name()), reason);
        }
        assert_eq!(HandOverReason::named("of_tomorrow"), HandOverReason::Failed);
    }
}
