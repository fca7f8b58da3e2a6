//! The errors of the client. Their variants differ by the remedy that the reader has.
//!
//! The messages hold no text of HubSpot's, no address and no token. HubSpot's explanation of a refused value is redacted
//! and stands as data in [`Error::details`].

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::writes::kind::WriteKind;
use domain::code::Code;
use domain::id::RecordId;

/// An error of a call to HubSpot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The client has no token.
    #[error("no HubSpot token is set")]
    TokenMissing,
    /// Status 401: the token is wrong or revoked.
    #[error("HubSpot does not accept the token")]
    TokenRejected,
    /// Status 401 for an OAuth token that is too old.
    #[error("the OAuth token has expired")]
    TokenExpired,
    /// Status 401 for a developer key.
    #[error("HubSpot does not accept the developer key for this app")]
    DeveloperKeyRejected,
    /// The file of the token cannot be used.
    #[error("no HubSpot token could be read from its file: {reason}")]
    TokenFileUnreadable {
        /// The file and the reason, without anything of what it holds.
        reason: String,
    },
    /// The refresh token was revoked, or the app was uninstalled.
    #[error("HubSpot no longer accepts the login: it was revoked, or the app was uninstalled")]
    LoginEnded,
    /// Status 401 for a token that HubSpot has just given for the login.
    #[error("HubSpot gives tokens for the login, and does not accept them")]
    LoginNotAccepted,
    /// The client id and the client secret of the app do not belong together.
    #[error("HubSpot does not accept the client id and secret of the app")]
    AppRefused,
    /// The credentials of the login cannot be used.
    #[error("the login cannot be used: {reason}")]
    LoginUnreadable {
        /// The reason, without a secret.
        reason: String,
    },
    /// Status 403: the token lacks a scope.
    #[error("the token lacks a scope that this needs{}", listed(": one of ", scopes))]
    ScopeMissing {
        /// One of these would be enough; empty if HubSpot names none.
        scopes: Vec<String>,
    },
    /// Status 404: no record has the id.
    #[error("HubSpot has no such record")]
    NotFound,
    /// The contact to which a new record should belong does not exist.
    #[error("no contact has this id")]
    ContactMissing,
    /// Several contacts have the address.
    #[error("several contacts have this e-mail address")]
    Ambiguous {
        /// The ids of the contacts.
        ids: Vec<RecordId>,
    },
    /// Status 409: such a record exists.
    #[error("HubSpot already has such a record")]
    Conflict {
        /// The id of that record, if HubSpot names it.
        existing_id: Option<RecordId>,
    },
    /// Status 400 or another 4xx: HubSpot refused values.
    #[error("HubSpot refused {}", problems_text(problems))]
    Rejected {
        /// The refused values.
        problems: Vec<Problem>,
    },
    /// Status 413 or 414.
    #[error("the request is too long for HubSpot")]
    TooLong,
    /// Status 429, or a wait for the quota that is longer than the call may last. Nothing was done.
    #[error("HubSpot's rate limit is used up for the next `{}` seconds", whole_seconds(*retry_after))]
    RateLimited {
        /// The time until the same call can succeed.
        retry_after: Duration,
    },
    /// Status 429 for the daily limit. Nothing was done.
    #[error("HubSpot's daily limit is used up{}", until_text(resets_at))]
    DailyLimit {
        /// The end of the limit (RFC 3339), once the account's time zone is known.
        resets_at: Option<String>,
        /// The time until then, or until the next try.
        retry_after: Duration,
    },
    /// Status 423: a bulk operation holds the record. Nothing was done.
    #[error("HubSpot has locked this record for a moment")]
    Locked,
    /// Status 477. Nothing was done.
    #[error("HubSpot is moving this account to another data centre")]
    Migrating {
        /// The time that HubSpot asks to wait.
        retry_after: Option<Duration>,
    },
    /// Status 5xx. Nothing was done, or repeating is harmless.
    #[error("HubSpot failed with status `{status}`")]
    Failed {
        /// The HTTP status.
        status: u16,
    },
    /// Status 404 or 405 without a body of HubSpot's: the configured API version does not exist.
    #[error("HubSpot does not know the `{family}` address of this API version")]
    RouteUnknown {
        /// The family of the API.
        family: &'static str,
    },
    /// No connection could be made, or it broke.
    #[error("HubSpot could not be reached: {reason}")]
    Unreachable {
        /// The reason in our own words, without addresses.
        reason: String,
    },
    /// An answer that is not HubSpot's JSON, or lacks a part of it.
    #[error("HubSpot's answer could not be read: {reason}")]
    Unreadable {
        /// The defect of the answer.
        reason: &'static str,
    },
    /// No answer came before the call's deadline.
    #[error("HubSpot did not answer in time")]
    Timeout,
    /// A write whose answer was lost, and whose look-ups did not tell.
    #[error("it is not known whether HubSpot {}{}", write.done(), refusal_text(refusal.as_deref()))]
    OutcomeUnknown {
        /// Kind of write that was sent.
        write: WriteKind,
        /// The refusal of the second send, which was not carried out. HubSpot may still be at the first one.
        refusal: Option<Box<Error>>,
    },
    /// A record has more associations than are read, so that none of them can be told to be the newest or to be missing.
    #[error("the record has more associated records than can be read")]
    TooManyAssociations,
    /// No calendar is connected behind the link. Nothing was booked.
    #[error("the representative's calendar is not connected to HubSpot, so nothing was booked")]
    CalendarOffline,
    /// Somebody else booked the time.
    #[error("this time is not free any more")]
    SlotTaken,
    /// The link does not have this duration.
    #[error("the meeting link does not offer this duration")]
    DurationNotOffered,
    /// The link allows no guests.
    #[error("the meeting link allows no guests")]
    GuestsRefused,
    /// HubSpot takes the address for a test or for spam.
    #[error("HubSpot does not book meetings for this e-mail address: it looks like a test or spam address")]
    EmailRefused,
    /// Required questions of the booking form have no answer.
    #[error("the booking form needs more answers{}", listed(": ", fields))]
    FormFieldsMissing {
        /// The internal names of the fields; empty if HubSpot names none.
        fields: Vec<String>,
    },
    /// No link has the slug.
    #[error("no meeting link has this slug")]
    MeetingLinkMissing,
    /// A write in a dry run, which is never sent.
    #[error("nothing is written in a dry run")]
    DryRun,
}

/// A value that HubSpot refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// HubSpot's internal name of the property, if HubSpot names it.
    pub property: Option<String>,
    /// HubSpot's name for the rule, such as `INVALID_OPTION`.
    pub code: Option<String>,
    /// HubSpot's explanation, redacted. It is untrusted text: data, never part of a message of this program.
    pub reason: String,
}

/// The end of HubSpot's explanation of a unique value that another record has.
const TAKEN: &str = " already has that value";

impl Problem {
    fn is_taken_value(&self, property: &str) -> bool {
        let is_coded = self.code.as_deref() == Some("CONFLICTING_UNIQUE_VALUE");
        match &self.property {
            Some(named) => named == property && (is_coded || self.reason.contains(TAKEN)),
            None => self.reason.contains(TAKEN) && self.reason.contains(&format!("propertyName={property},")),
        }
    }

    /// The problem without the record that has the value: a caller could ask for those of all values.
    fn without_holder(&self) -> Problem {
        let reason = match self.reason.contains(TAKEN) {
            true => "another record already has that value".to_owned(),
            false => self.reason.clone(),
        };
        Problem { reason, ..self.clone() }
    }

    /// The id before the words; another number of the text is the record that was not made.
    fn holder_id(&self) -> Option<RecordId> {
        let (before, _) = self.reason.split_once(TAKEN)?;
        before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }
}

impl Error {
    /// The error code that MCP clients see.
    pub fn code(&self) -> Code {
        match self {
            Error::TokenMissing | Error::TokenRejected | Error::TokenExpired | Error::DeveloperKeyRejected => {
                Code::Unauthorized
            }
            Error::LoginEnded | Error::LoginNotAccepted => Code::Unauthorized,
            Error::AppRefused | Error::LoginUnreadable { .. } => Code::Unauthorized,
            Error::TokenFileUnreadable { .. } => Code::Unauthorized,
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
            Error::TooManyAssociations => Code::ResultTooLarge,
            Error::CalendarOffline => Code::CalendarOffline,
            Error::SlotTaken => Code::SlotTaken,
            Error::MeetingLinkMissing => Code::MeetingLinkUnfound,
            Error::DurationNotOffered => Code::DurationNotOffered,
            Error::GuestsRefused => Code::GuestsNotAllowed,
            Error::EmailRefused => Code::EmailRefused,
            Error::FormFieldsMissing { .. } => Code::FormFieldsRequired,
            Error::Rejected { .. } | Error::TooLong => Code::Rejected,
            Error::DryRun => Code::Internal,
        }
    }

    /// The advice to the caller: the next thing to do.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::TokenMissing => {
                "set the environment variable `HUBSPOT_ACCESS_TOKEN` to a service key (HubSpot: Development > Keys > \
                 Service keys), or run `frontdesk login` for an app with OAuth, and start the server again; or start it \
                 with `--sandbox` to try it without an account"
            }
            Error::TokenRejected => {
                "the token in `HUBSPOT_ACCESS_TOKEN` is wrong, revoked or of another account; make a new service key \
                 (HubSpot: Development > Keys > Service keys), set it and start the server again"
            }
            Error::TokenExpired => {
                "an OAuth token lives 30 minutes: `frontdesk login` keeps one that is renewed; a service key does not expire"
            }
            Error::DeveloperKeyRejected => {
                "check `HUBSPOT_DEVELOPER_KEY` (HubSpot: developer account > Keys > Developer API key) and that `--app-id` \
                 is an app of the same developer account"
            }
            Error::LoginNotAccepted => {
                "repeat the call in a minute; if it fails again, whoever runs the server has to check that the app is still \
                 connected to this account, and to run `frontdesk login` again; it need not be restarted"
            }
            Error::LoginEnded => "whoever runs the server has to run `frontdesk login` again; it need not be restarted",
            Error::AppRefused => {
                "whoever runs the server has to set `HUBSPOT_CLIENT_SECRET` to the secret of the app that `frontdesk login` \
                 was run with, and start it again"
            }
            Error::TokenFileUnreadable { .. } => "whoever runs the server has to put the token into that file",
            Error::LoginUnreadable { .. } => "whoever runs the server has to run `frontdesk login`",
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
            Error::OutcomeUnknown { write, refusal: Some(refusal) } => return Some(check_and_correct(*write, refusal)),
            Error::OutcomeUnknown { write, refusal: None } => write.check(),
            Error::TooManyAssociations => {
                "HubSpot shows them on the record's page; a single one can be read by its own id"
            }
            Error::CalendarOffline => {
                "nothing can be booked until the representative connects a calendar in HubSpot: `create_task` with them \
                 as `owner` tells them that the customer wants this meeting, and how to reach them"
            }
            Error::SlotTaken => "read the free times again and offer another one",
            Error::DurationNotOffered => "use one of the link's own durations",
            Error::DryRun => "report this fault",
            Error::GuestsRefused => "book without guests",
            Error::EmailRefused => "ask the customer for another e-mail address",
            Error::FormFieldsMissing { .. } => "ask the customer for these answers and send them with the booking",
            Error::MeetingLinkMissing => "read the representative's meeting links again and use a slug from there",
        };
        Some(hint.to_owned())
    }

    /// The conflict that a refusal stands for if another record has the unique value of `property`. HubSpot says so in
    /// two forms, with the code `CONFLICTING_UNIQUE_VALUE` in a list of values, or in a text alone.
    pub(crate) fn taken_value(&self, property: &str) -> Option<Error> {
        let Error::Rejected { problems } = self else { return None };
        let taken = problems.iter().find(|problem| problem.is_taken_value(property))?;
        Some(Error::Conflict { existing_id: taken.holder_id() })
    }

    /// The details for programs, as a JSON object: ids, times in seconds, names of scopes and fields. Empty if there are
    /// none.
    pub fn details(&self) -> Value {
        match self {
            Error::ScopeMissing { scopes } => json!({ "missing_scopes": scopes }),
            Error::Ambiguous { ids } => json!({ "ids": ids }),
            Error::Conflict { existing_id: Some(id) } => json!({ "existing_id": id }),
            Error::Rejected { problems } => {
                json!({ "problems": problems.iter().map(Problem::without_holder).collect::<Vec<_>>() })
            }
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
            Error::OutcomeUnknown { refusal: Some(refusal), .. } => refusal.details(),
            _ => json!({}),
        }
    }
}

/// The look at what was done, and the correction for when it was not.
fn check_and_correct(write: WriteKind, refusal: &Error) -> String {
    let correct = refusal.hint().map(|hint| format!("; if it is not there: {hint}"));
    format!("{}{}", write.check(), correct.unwrap_or_default())
}

fn refusal_text(refusal: Option<&Error>) -> String {
    let refused = |error: &Error| format!(": the answer to the first try was lost, and the second one failed: {error}");
    refusal.map(refused).unwrap_or_default()
}

/// Rounds up, so that a wait of this length is long enough.
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
    fn the_record_that_has_a_value_is_not_told() {
        for (reason, expected) in [
            ("33397362407 already has that value.", "another record already has that value"),
            ("it is not a number", "it is not a number"),
        ] {
            let error =
                Error::Rejected { problems: vec![Problem { property: None, code: None, reason: reason.to_owned() }] };
            assert_eq!(error.details()["problems"][0]["reason"], expected);
        }
    }

    #[test]
    fn both_forms_of_a_taken_value_are_a_conflict() {
        let problem = |property: Option<&str>, code: &str, reason: &str| Error::Rejected {
            problems: vec![Problem {
                property: property.map(str::to_owned),
                code: Some(code.into()),
                reason: reason.into(),
            }],
        };
        let conflict = |id: u64| Some(Error::Conflict { existing_id: Some(id.into()) });
        let text = "Cannot set PropertyValueCoordinates{portalId=1, objectTypeId=ObjectTypeId{legacyObjectType=TICKET}, \
                    propertyName=key, value=fd-1} on 552148386511. 552239500007 already has that value.";
        let listed = "Cannot set propertyName=key, value=fd-1. 12 already has that value.";
        assert_eq!(problem(None, "VALIDATION_ERROR", text).taken_value("key"), conflict(552_239_500_007));
        assert_eq!(problem(Some("key"), "CONFLICTING_UNIQUE_VALUE", listed).taken_value("key"), conflict(12));
        let unnamed = Some(Error::Conflict { existing_id: None });
        assert_eq!(problem(Some("key"), "CONFLICTING_UNIQUE_VALUE", "taken").taken_value("key"), unnamed);
        for other in [
            problem(Some("subject"), "CONFLICTING_UNIQUE_VALUE", "12 already has that value"),
            problem(None, "VALIDATION_ERROR", "propertyName=order, value=key. 12 already has that value."),
            problem(Some("key"), "INVALID_OPTION", "not one of the options"),
            Error::NotFound,
        ] {
            assert_eq!(other.taken_value("key"), None, "{other:?}");
        }
    }

    #[test]
    fn messages_name_the_problem_and_details_hold_the_data() {
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
