//! The errors of records, meetings and taskgraph sessions, as the model reads them: with a code and a hint.

use serde_json::json;

use crate::conversations::error::Error as ConversationError;
use crate::handoff::error::Error as HandoffError;
use crate::meetings::availability::DurationNotOffered;
use crate::meetings::{booking_form, customer, meeting_link};
use crate::records::error::Error as RecordsError;
use crate::records::excerpt::{self, TextPart};
use crate::taskgraph_session::error::Error as SessionError;
use crate::tool::ToolError;
use domain::code::Code;
use domain::contact_key::ContactKey;
use domain::dates::DateError;
use domain::time_zone::UnknownZone;
use hubspot_client::Object;
use taskgraph::engine::error::StepError;

/// The longest part of a text that would be lost, as the error shows it.
const LOST_CHARACTERS_MAX: usize = 1_500;

impl From<RecordsError> for ToolError {
    fn from(error: RecordsError) -> ToolError {
        let message = error.to_string();
        let new = |code, hint: &str| ToolError::new(code, message.clone(), hint);
        match error {
            RecordsError::HubSpot(error) => error.into(),
            RecordsError::Unanswered(question) => question.into(),
            RecordsError::NotAccepted(reaction) => reaction.into(),
            RecordsError::TooLong(too_long) => too_long.into(),
            RecordsError::Argument { argument, problem } => ToolError::input(argument, problem),
            RecordsError::ContactUnknown(ContactKey::Email(_)) => new(
                Code::UserNotFound,
                "check the spelling, or look for the name with `search_contacts`; `create_contact` adds them",
            ),
            RecordsError::ContactUnknown(ContactKey::Id(_)) => {
                new(Code::ContactNotFound, "find the contact with `search_contacts` and use the id from there")
            }
            RecordsError::ContactArchived(_) => {
                new(Code::Archived, "a person can restore it in HubSpot within 90 days; `get_contact` still reads it")
            }
            RecordsError::ContactAmbiguous { question, ids, candidates } => {
                let mut error = ToolError::from(question);
                (error.code, error.message) = (Code::Ambiguous, message);
                error.with("ids", ids).with("candidates", candidates)
            }
            RecordsError::PropertiesClosed(names) => {
                new(Code::Forbidden, "nothing was changed; leave them out, and tell the person")
                    .with("properties", names)
            }
            RecordsError::TicketUnknown(_) => {
                new(Code::TicketNotFound, "`find_tickets` with the customer's `contact` lists theirs")
            }
            RecordsError::TicketArchived(_) => new(
                Code::Archived,
                "a person can restore it in HubSpot within 90 days; `find_tickets` still reads it, `create_ticket` opens another",
            ),
            RecordsError::OwnerLeft(_) => new(
                Code::OwnerNotFound,
                "who has left cannot own anything new: choose another with `describe_crm` about `owners`, or ask a \
                 colleague with `create_task`",
            ),
            RecordsError::OwnerUnknown { of_user: Some(id) } => {
                let hint = format!("that is the id of a user; as an owner this person has the id `{id}`");
                new(Code::OwnerNotFound, &hint)
            }
            RecordsError::OwnerUnknown { of_user: None } => new(
                Code::OwnerNotFound,
                "`describe_crm` with about `owners` lists them; who has left is found by id or e-mail address",
            ),
            RecordsError::OwnerAmbiguous { owners, .. } => {
                new(Code::Ambiguous, "send the id of the one that is meant").with("owners", owners)
            }
            RecordsError::Properties { object, problems } => {
                let unknown = problems.iter().any(|problem| problem.unknown);
                let code = if unknown { Code::PropertyNotFound } else { Code::InvalidInput };
                let about = if object == Object::Contacts { "contact_properties" } else { "ticket_properties" };
                let hint = format!(
                    "correct what `problems` names and call again; `describe_crm` with about `{about}` lists properties and options"
                );
                let shown: Vec<_> = problems.iter().map(|problem| problem.to_json()).collect();
                new(code, &hint).with("problems", shown)
            }
            RecordsError::PropertiesRequired(missing) => {
                let hint = "nothing was written; ask the customer for what `missing` names and send it as an argument or in `properties`";
                let shown: Vec<_> = missing.iter().map(|problem| problem.to_json()).collect();
                new(Code::InvalidInput, hint).with("missing", shown)
            }
            RecordsError::StageUnknown { valid, moves, .. } => {
                let hint = match moves {
                    true => {
                        "use one of the labels or ids in `valid`, or `close` or `reopen`; a ticket stays in its pipeline"
                    }
                    false => "use one of the labels or ids in `valid`",
                };
                new(Code::StageNotFound, hint).with("valid", valid)
            }
            RecordsError::TextLost { text, .. } => {
                let hint = "nothing was changed; send what is new as `append`, or `replace` as `true` to lose the rest";
                let text = TextPart::first(LOST_CHARACTERS_MAX).of(&text).text;
                new(Code::TextLost, hint).with("customer_text", json!({ "content": text }))
            }
            RecordsError::Changed { updated_at, now, customer_text } => {
                let hint = "look at `now`, decide again, and send the new `updated_at` as `if_updated_at`";
                let error = new(Code::Changed, hint).with("updated_at", updated_at).with("now", now);
                if customer_text.is_empty() { error } else { error.with("customer_text", customer_text) }
            }
        }
    }
}

impl From<ConversationError> for ToolError {
    fn from(error: ConversationError) -> ToolError {
        let message = error.to_string();
        let new = |code, hint: &str| ToolError::new(code, message.clone(), hint);
        match error {
            ConversationError::HubSpot(error) => error.into(),
            ConversationError::Records(error) => error.into(),
            ConversationError::Unanswered(question) => question.into(),
            ConversationError::NotAccepted(reaction) => reaction.into(),
            ConversationError::TooLong(too_long) => too_long.into(),
            ConversationError::Unknown(_) => {
                new(Code::ConversationNotFound, "`find_conversations` lists them; it may have been deleted since")
            }
            ConversationError::InboxUnknown { inboxes } => {
                let inboxes: Vec<_> = inboxes.iter().map(|name| excerpt::line(name)).collect();
                new(Code::InvalidInput, "send one of the names in `inboxes`, or leave `inbox` out")
                    .with("inboxes", inboxes)
            }
            ConversationError::MessageTooOld => new(
                Code::InvalidInput,
                "leave `before` out for the newest messages; a single one is read by its `message_id`, the rest in HubSpot",
            ),
            ConversationError::MessageUnknown => {
                new(Code::InvalidInput, "send a `message_id` of `read_conversation` of this conversation")
            }
            ConversationError::ChannelClosed { .. } => new(
                Code::ChannelClosed,
                "nothing was sent; write an `internal` comment for colleagues, or ask one with `create_task`",
            ),
            ConversationError::Store(_) => new(
                Code::StoreFailed,
                "nothing was sent; tell the operator that the store of `--store` cannot be written",
            ),
            ConversationError::SenderMissing | ConversationError::SenderUnknown => new(
                Code::SenderMissing,
                "nothing was sent; the operator has to name a HubSpot user with `--reply-sender`; an `internal` comment \
                 needs none",
            ),
            ConversationError::RepliesNotAllowed => new(
                Code::RepliesNotAllowed,
                "nothing was sent; the operator opens it with `--allow-replies`; until then leave a draft as an \
                 `internal` comment",
            ),
            ConversationError::HandedOver => new(
                Code::HandedOver,
                "nothing was sent; `handoff_stop` takes the conversation back; an `internal` comment is always possible",
            ),
            ConversationError::FilesTooLarge { .. } => {
                new(Code::FileTooLarge, "nothing was sent; send smaller files, or tell the customer where to find them")
            }
        }
    }
}

impl From<HandoffError> for ToolError {
    fn from(error: HandoffError) -> ToolError {
        let message = error.to_string();
        let new = |code, hint: &str| ToolError::new(code, message.clone(), hint);
        match error {
            HandoffError::HubSpot(error) => error.into(),
            HandoffError::Records(error) => error.into(),
            HandoffError::Conversations(error) => error.into(),
            HandoffError::Unanswered(question) => question.into(),
            HandoffError::NotAccepted(reaction) => reaction.into(),
            HandoffError::TooLong(too_long) => too_long.into(),
            HandoffError::Store(_) => new(
                Code::StoreFailed,
                "nothing was sent; tell the operator that the store of `--store` cannot be written",
            ),
            HandoffError::ContactUnknown { can_be_created: true } => new(
                Code::UserNotFound,
                "nothing was handed over; check the spelling, or call again with `create_contact` as `true` to add them",
            ),
            HandoffError::ContactUnknown { can_be_created: false } => new(
                Code::ContactNotFound,
                "nothing was handed over; send the customer's e-mail address or phone number in place of the id",
            ),
            HandoffError::ContactAmbiguous(candidates) => {
                let hint = "ask which one is meant and send its id as `contact`";
                new(Code::Ambiguous, hint).with("candidates", candidates)
            }
            HandoffError::Unknown => new(Code::HandoffNotFound, "begin another with `handoff_start`"),
            HandoffError::Ended => new(
                Code::HandoffEnded,
                "answer the customer yourself, or begin another with `handoff_start`; `handoff_events` says who ended it",
            ),
            HandoffError::TooMany => new(
                Code::Busy,
                "nothing was handed over; end some with `handoff_stop`, or ask a colleague with `create_task`",
            ),
            HandoffError::Starting | HandoffError::Overtaken => new(Code::Busy, "call again in a few seconds"),
            HandoffError::CustomerWritesThere => new(
                Code::InvalidInput,
                "nothing was sent, and nothing has to be: colleagues see what the customer writes there",
            ),
            HandoffError::HandedOver => new(
                Code::HandedOver,
                "be silent there: a colleague answers; whoever handed it over can take it back with `handoff_stop`",
            ),
            HandoffError::ChannelMissing => new(
                Code::ChannelClosed,
                "nothing was sent; the operator mends it with `frontdesk handoff setup`; until then ask a colleague with \
                 `create_task`",
            ),
            HandoffError::Unwritable(_) => new(Code::Internal, "report this fault"),
        }
    }
}

impl From<customer::Error> for ToolError {
    fn from(error: customer::Error) -> ToolError {
        let message = error.to_string();
        match error {
            customer::Error::NotAName(argument) => ToolError::input(argument, message),
            customer::Error::FirstNameUnknown => {
                ToolError::new(Code::InvalidInput, message, "ask the customer for their name and call again")
            }
            customer::Error::ChangeUnanswered(question) => {
                let mut error = ToolError::from(question);
                error.hint =
                    "nothing was booked; leave `update_name` out to book under the names that HubSpot has, and \
                              give `form_fields` as HubSpot has them"
                        .to_owned();
                error
            }
            customer::Error::Records(error) => error.into(),
        }
    }
}

impl From<booking_form::Error> for ToolError {
    fn from(error: booking_form::Error) -> ToolError {
        let message = error.to_string();
        match error {
            booking_form::Error::UnknownField { fields, .. } => {
                ToolError::input("form_fields", message).with("form_fields", fields)
            }
            booking_form::Error::Conflict(_) | booking_form::Error::Phone(..) => {
                ToolError::input("form_fields", message)
            }
            booking_form::Error::UnknownConsent { consents, .. } => {
                ToolError::input("consents", message).with("consents", consents)
            }
            booking_form::Error::Incomplete { fields, consents } => {
                let hint = "ask the customer, and send the answers in `form_fields` and the ids of what they agree to in \
                            `consents`";
                let error = ToolError::new(Code::FormFieldsRequired, message, hint);
                error.with("form_fields", fields).with("consents", consents)
            }
            booking_form::Error::TooManyGuests { guests_max } => {
                let hint = match guests_max {
                    0 => "book without `guest_emails`; the customer can forward the invitation",
                    _ => "send fewer `guest_emails`",
                };
                ToolError::new(Code::GuestsNotAllowed, message, hint).with("guests_max", guests_max)
            }
        }
    }
}

impl From<meeting_link::Error> for ToolError {
    fn from(error: meeting_link::Error) -> ToolError {
        let message = error.to_string();
        match error {
            meeting_link::Error::Owner(error) => error.into(),
            meeting_link::Error::HubSpot(error) => error.into(),
            meeting_link::Error::None => {
                let hint = "`create_task` asks the representative to call the customer; say so and ask when and how";
                ToolError::new(Code::MeetingLinkUnfound, message, hint)
            }
            meeting_link::Error::Unknown { links, .. } => {
                let error = ToolError::new(Code::MeetingLinkUnfound, message, "take the slug from `check_available`");
                match links {
                    Some(links) => error.with("links", links),
                    None => error,
                }
            }
        }
    }
}

impl From<DurationNotOffered> for ToolError {
    fn from(error: DurationNotOffered) -> ToolError {
        let message = error.to_string();
        ToolError::new(Code::DurationNotOffered, message, "send one of `durations`").with("durations", error.0)
    }
}

impl From<UnknownZone> for ToolError {
    fn from(error: UnknownZone) -> ToolError {
        let hint = "ask the customer where they are, and send the IANA name, for example `America/New_York`";
        ToolError::new(Code::TimeZoneUnknown, error.to_string(), hint)
    }
}

impl From<DateError> for ToolError {
    fn from(refusal: DateError) -> ToolError {
        ToolError::new(Code::DateNotUnderstood, refusal.to_string(), refusal.hint())
    }
}

impl From<SessionError> for ToolError {
    fn from(error: SessionError) -> ToolError {
        let message = error.to_string();
        let new = |code, hint: &str| ToolError::new(code, message.clone(), hint);
        match error {
            SessionError::Store(_) => new(
                Code::StoreFailed,
                "nothing was sent to HubSpot; tell the operator that `FRONTDESK_STORE` must name a file or a database that can be written",
            ),
            SessionError::GraphUnknown(names) => {
                let hint = "send one of the names in `graphs`, or leave `graph` out";
                new(Code::TaskgraphNotFound, hint).with("graphs", names)
            }
            SessionError::Ended => new(Code::SessionNotFound, "begin another with `taskgraph_start`"),
            SessionError::Busy { seconds } => {
                let hint = format!(
                    "wait for the answer to that step; if none comes, call `taskgraph_step` again in {seconds} seconds"
                );
                new(Code::Busy, &hint)
            }
            SessionError::Overtaken => {
                new(Code::StepRefused, "call `taskgraph_step` with `session` alone to see where it stands")
            }
            SessionError::Refused(
                StepError::TooManySteps | StepError::GraphChanged | StepError::OtherVersion { .. },
            ) => new(Code::StepRefused, "begin another session with `taskgraph_start`"),
            SessionError::Refused(_) => new(
                Code::StepRefused,
                "the session stands where it stood: call `taskgraph_step` with `session` alone to be asked again",
            ),
            SessionError::Unwritable(_) => new(Code::Internal, "report this fault"),
            SessionError::Asks(error) => *error,
        }
    }
}
