//! What can go wrong with HubSpot, by what the reader can do about it.
//!
//! Messages are our own words: no text of HubSpot's, no address and no token is in them. What HubSpot says about a value
//! is data, redacted, in [`Error::details`].

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use domain::code::Code;
use domain::id::RecordId;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("no HubSpot token is set")]
    TokenMissing,
    #[error("HubSpot does not accept the token")]
    TokenRejected,
    #[error("the OAuth token has expired")]
    TokenExpired,
    #[error("the token lacks a scope that this needs{}", listed(": one of ", scopes))]
    ScopeMissing { scopes: Vec<String> },
    #[error("HubSpot has no such record")]
    NotFound,
    #[error("no contact has this id")]
    ContactMissing,
    #[error("several contacts have this e-mail address")]
    Ambiguous { ids: Vec<RecordId> },
    #[error("HubSpot already has such a record")]
    Conflict { existing_id: Option<RecordId> },
    #[error("HubSpot refused {}", problems_text(problems))]
    Rejected { problems: Vec<Problem> },
    #[error("the request is too long for HubSpot")]
    TooLong,
    #[error("HubSpot's rate limit is used up for the next `{}` seconds", whole_seconds(*retry_after))]
    RateLimited { retry_after: Duration },
    #[error("HubSpot's daily limit is used up{}", until_text(resets_at))]
    DailyLimit { resets_at: Option<String>, retry_after: Duration },
    #[error("HubSpot has locked this record for a moment")]
    Locked,
    #[error("HubSpot is moving this account to another data centre")]
    Migrating { retry_after: Option<Duration> },
    #[error("HubSpot failed with status `{status}`")]
    Failed { status: u16 },
    #[error("HubSpot does not know the `{family}` address of this API version")]
    RouteUnknown { family: &'static str },
    #[error("HubSpot could not be reached: {reason}")]
    Unreachable { reason: String },
    #[error("HubSpot's answer could not be read: {reason}")]
    Unreadable { reason: &'static str },
    #[error("HubSpot did not answer in time")]
    Timeout,
    #[error("it is not known whether HubSpot {}", write.done())]
    OutcomeUnknown { write: Write },
    #[error("the representative's calendar is not connected to HubSpot, so nothing was booked")]
    CalendarOffline,
    #[error("this time is not free any more")]
    SlotTaken,
    #[error("the meeting link does not offer this duration")]
    DurationNotOffered,
    #[error("the meeting link allows no guests")]
    GuestsRefused,
    #[error("HubSpot does not book meetings for this e-mail address: it looks like a test or spam address")]
    EmailRefused,
    #[error("the booking form needs more answers{}", listed(": ", fields))]
    FormFieldsMissing { fields: Vec<String> },
    #[error("no meeting link has this slug")]
    MeetingLinkMissing,
}

/// One value that HubSpot refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// HubSpot's internal name of the property, where it says which.
    pub property: Option<String>,
    /// HubSpot's name for the rule, such as `INVALID_OPTION`.
    pub code: Option<String>,
    /// HubSpot's explanation, redacted. Untrusted text: data, never part of a sentence of ours.
    pub reason: String,
}

/// Something that must not happen twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    Ticket,
    Communication,
    Note,
    Contact,
    Booking,
    Record,
}

impl Write {
    fn done(self) -> &'static str {
        match self {
            Write::Ticket => "created the ticket",
            Write::Communication => "logged the communication",
            Write::Note => "logged the note",
            Write::Contact => "created the contact",
            Write::Booking => "booked the meeting",
            Write::Record => "made the change",
        }
    }

    fn check(self) -> &'static str {
        match self {
            Write::Ticket => "look at the contact's newest tickets for this subject before creating it again",
            Write::Communication => "the contact itself is fine; look at its timeline before logging the text again",
            Write::Note => "look at the timeline before logging the note again",
            Write::Contact => "look for the contact by e-mail address or name before creating it again",
            Write::Booking => "look at the contact's meetings, or whether the time is still free, before booking again",
            Write::Record => "read the record before changing it again",
        }
    }
}

impl Error {
    pub fn code(&self) -> Code {
        match self {
            Error::TokenMissing | Error::TokenRejected | Error::TokenExpired => Code::Unauthorized,
            Error::ScopeMissing { .. } => Code::MissingScope,
            Error::NotFound => Code::NotFound,
            Error::ContactMissing => Code::ContactNotFound,
            Error::Ambiguous { .. } | Error::Conflict { .. } => Code::Conflict,
            Error::RateLimited { .. } | Error::DailyLimit { .. } => Code::RateLimited,
            Error::Locked | Error::Migrating { .. } | Error::Failed { .. } => Code::HubSpotFailed,
            Error::RouteUnknown { .. } => Code::HubSpotFailed,
            Error::Unreachable { .. } => Code::Unreachable,
            Error::Unreadable { .. } => Code::Unreadable,
            Error::Timeout => Code::Timeout,
            Error::OutcomeUnknown { .. } => Code::OutcomeUnknown,
            Error::CalendarOffline => Code::CalendarOffline,
            Error::SlotTaken => Code::SlotTaken,
            Error::MeetingLinkMissing => Code::MeetingLinkUnfound,
            Error::DurationNotOffered => Code::DurationNotOffered,
            Error::GuestsRefused => Code::GuestsNotAllowed,
            Error::EmailRefused => Code::EmailRefused,
            Error::FormFieldsMissing { .. } => Code::FormFieldsRequired,
            Error::Rejected { .. } | Error::TooLong => Code::Rejected,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::TokenMissing => {
                "set the environment variable `HUBSPOT_ACCESS_TOKEN` to a service key (HubSpot: Development > Keys > \
                 Service keys) and start the server again, or start it with `--sandbox` to try it without an account"
            }
            Error::TokenRejected => {
                "the token in `HUBSPOT_ACCESS_TOKEN` is wrong, revoked or of another account; make a new service key \
                 (HubSpot: Development > Keys > Service keys), set it and start the server again"
            }
            Error::TokenExpired => {
                "an OAuth token lives 30 minutes; refresh it, or use a service key, which does not expire"
            }
            Error::ScopeMissing { .. } => "add the scope to the service key or app in HubSpot, then repeat the call",
            Error::NotFound => "check the id; the record may be archived or merged into another",
            Error::ContactMissing => "find the contact by e-mail address and use the id from there",
            Error::Ambiguous { .. } => "a person has to say which contact is meant; the ids are in `ids`",
            Error::Conflict { .. } => "use the existing record instead of making another",
            Error::Rejected { .. } => "correct the values named in `problems` and repeat the call",
            Error::TooLong => "shorten the text and repeat the call",
            Error::RateLimited { .. } => "nothing was done; wait that long, then repeat the same call",
            Error::DailyLimit { resets_at: Some(_), .. } => {
                "nothing was done, and repeating will not help before then; tell the person so"
            }
            Error::DailyLimit { .. } => {
                "nothing was done; repeating within `retry_after_seconds` will not help; tell the person so"
            }
            Error::Locked => "nothing was done; repeat the same call in a few seconds",
            Error::Migrating { .. } => "nothing was done; HubSpot says this ends within a day; try again later",
            Error::Failed { .. } | Error::Timeout => {
                "repeat the same call in a minute; if it goes on, see status.hubspot.com"
            }
            Error::RouteUnknown { .. } => {
                "whoever runs the server can set this family of HubSpot's API to another version with `--api-versions`"
            }
            Error::Unreachable { .. } => {
                "check the network, the proxy settings and `HUBSPOT_BASE_URL`, then repeat the call"
            }
            Error::Unreadable { .. } => {
                "something between here and HubSpot answers in its place, or HubSpot is down; try later"
            }
            Error::OutcomeUnknown { write } => write.check(),
            Error::CalendarOffline => {
                "hand over to a person: the representative has to connect a calendar in HubSpot first"
            }
            Error::SlotTaken => "read the free times again and offer another one",
            Error::DurationNotOffered => "use one of the link's own durations",
            Error::GuestsRefused => "book without guests",
            Error::EmailRefused => "ask the customer for another e-mail address",
            Error::FormFieldsMissing { .. } => "ask the customer for these answers and send them with the booking",
            Error::MeetingLinkMissing => "read the representative's meeting links again and use a slug from there",
        };
        Some(hint.to_owned())
    }

    /// What a program can use: an object, empty where there is nothing to say.
    pub fn details(&self) -> Value {
        match self {
            Error::ScopeMissing { scopes } => json!({ "missing_scopes": scopes }),
            Error::Ambiguous { ids } => json!({ "ids": ids }),
            Error::Conflict { existing_id: Some(id) } => json!({ "existing_id": id }),
            Error::Rejected { problems } => json!({ "problems": problems }),
            Error::RateLimited { retry_after } => json!({ "retry_after_seconds": whole_seconds(*retry_after) }),
            Error::DailyLimit { resets_at: Some(at), retry_after } => {
                json!({ "resets_at": at, "retry_after_seconds": whole_seconds(*retry_after) })
            }
            Error::DailyLimit { resets_at: None, retry_after } => {
                json!({ "retry_after_seconds": whole_seconds(*retry_after) })
            }
            Error::Migrating { retry_after: Some(pause) } => json!({ "retry_after_seconds": whole_seconds(*pause) }),
            Error::Failed { status } => json!({ "status": status }),
            Error::FormFieldsMissing { fields } => json!({ "fields": fields }),
            _ => json!({}),
        }
    }
}

/// Rounded up: who waits this long has waited long enough.
fn whole_seconds(pause: Duration) -> u64 {
    pause.as_millis().div_ceil(1000) as u64
}

fn listed(before: &str, names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("{before}`{}`", names.join("`, `")) }
}

fn until_text(resets_at: &Option<String>) -> String {
    match resets_at {
        Some(instant) => format!(" until `{instant}`"),
        None => " until midnight in the HubSpot account's time zone".to_owned(),
    }
}

fn problems_text(problems: &[Problem]) -> String {
    let named: Vec<_> = problems.iter().filter_map(|problem| problem.property.clone()).collect();
    if named.is_empty() { "the values".to_owned() } else { format!("the value of `{}`", named.join("`, `")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_and_details_carry_the_data() {
        let problem = Problem {
            property: Some("hs_pipeline_stage".into()),
            code: Some("INVALID_OPTION".into()),
            reason: "not one of the allowed options".into(),
        };
        let rejected = Error::Rejected { problems: vec![problem] };
        assert_eq!(rejected.to_string(), "HubSpot refused the value of `hs_pipeline_stage`");
        assert_eq!(rejected.details()["problems"][0]["code"], "INVALID_OPTION");
        let limited = Error::RateLimited { retry_after: Duration::from_millis(2100) };
        assert_eq!(limited.to_string(), "HubSpot's rate limit is used up for the next `3` seconds");
        assert_eq!(limited.details(), json!({"retry_after_seconds": 3}));
        let scopes = vec!["tickets".to_owned()];
        assert_eq!(
            Error::ScopeMissing { scopes }.to_string(),
            "the token lacks a scope that this needs: one of `tickets`"
        );
        let conflict = Error::Conflict { existing_id: "12345".parse().ok() };
        assert_eq!(conflict.details(), json!({"existing_id": "12345"}));
    }
}
