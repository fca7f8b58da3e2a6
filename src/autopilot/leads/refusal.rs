//! What follows from HubSpot's refusal of a lead: it is tried again, within bounds, or given up. Pure.

use hubspot_client::Error;

/// The failures that may pass after which a lead is given up. The pauses between them grow to five minutes.
pub const FAILURES_MAX: u32 = 12;

/// The consequence of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterRefusal {
    /// It is tried again.
    Again {
        /// It counts as one of [`FAILURES_MAX`]. What ends by itself does not.
        counts: bool,
    },
    /// No later try could succeed, or none has; the name of the reason in metrics and reports.
    GiveUp(&'static str),
}

/// Decides after this many failures.
pub fn after(error: &Error, failures: u32) -> AfterRefusal {
    match error {
        Error::ScopeMissing { .. } => AfterRefusal::GiveUp("scope_missing"),
        Error::NotFound | Error::ContactMissing => AfterRefusal::GiveUp("contact_gone"),
        Error::Rejected { .. } | Error::Conflict { .. } | Error::TooLong | Error::RouteUnknown { .. } => {
            AfterRefusal::GiveUp("refused")
        }
        Error::RateLimited { .. } | Error::DailyLimit { .. } => AfterRefusal::Again { counts: false },
        _ if failures >= FAILURES_MAX => AfterRefusal::GiveUp("unavailable"),
        _ => AfterRefusal::Again { counts: true },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_cannot_succeed_is_given_up_and_what_may_pass_is_tried_again_within_bounds() {
        let again = |counts| AfterRefusal::Again { counts };
        let limited = Error::RateLimited { retry_after: Duration::from_secs(1) };
        for (error, failures, expected) in [
            (Error::ScopeMissing { scopes: vec![] }, 0, AfterRefusal::GiveUp("scope_missing")),
            (Error::NotFound, 0, AfterRefusal::GiveUp("contact_gone")),
            (Error::Rejected { problems: vec![] }, 0, AfterRefusal::GiveUp("refused")),
            (Error::Failed { status: 503 }, 0, again(true)),
            (Error::Timeout, FAILURES_MAX - 1, again(true)),
            (Error::Failed { status: 503 }, FAILURES_MAX, AfterRefusal::GiveUp("unavailable")),
            (limited, FAILURES_MAX, again(false)),
        ] {
            assert_eq!(after(&error, failures), expected, "{error:?} {failures}");
        }
    }
}
