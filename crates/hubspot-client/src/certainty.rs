//! The certainty of an error: HubSpot has surely done nothing, or may have done what was asked of it. One rule for all that is
//! made, and one for all that is changed.

use crate::error::Error;
use crate::writes::kind::WriteKind;

impl Error {
    /// True if HubSpot may have made what was to be made, or may make it yet. The client looks for what it makes before it
    /// gives another error, so every other one says that nothing was made.
    pub fn may_be_made(&self) -> bool {
        matches!(self, Error::OutcomeUnknown { .. })
    }

    /// True if HubSpot may have made a change, or may make it yet. A change is harmless to repeat, so nobody has looked for it
    /// after a failure.
    pub fn may_be_changed(&self) -> bool {
        let is_failure = matches!(self, Error::Failed { .. } | Error::Unreachable { .. } | Error::Unreadable { .. });
        self.may_be_made() || is_failure
    }

    /// The error for this refusal of a later try: it does not tell what became of an earlier one.
    #[must_use]
    pub fn in_doubt(self, write: WriteKind) -> Error {
        match self {
            unknown @ Error::OutcomeUnknown { .. } => unknown,
            refusal => Error::OutcomeUnknown { write, refusal: Some(Box::new(refusal)) },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_error_tells_what_may_have_been_done() {
        let reason = || "the connection broke".to_owned();
        for (error, may_be_made, may_be_changed) in [
            (Error::OutcomeUnknown { write: WriteKind::Note, refusal: None }, true, true),
            (Error::OutcomeUnknown { write: WriteKind::Note, refusal: Some(Box::new(Error::NotFound)) }, true, true),
            (Error::Failed { status: 500 }, false, true),
            (Error::Unreachable { reason: reason() }, false, true),
            (Error::Unreadable { reason: "it is not JSON" }, false, true),
            // There was no time left to send it: what was sent without an answer is of unknown outcome.
            (Error::Timeout, false, false),
            (Error::Rejected { problems: vec![] }, false, false),
            (Error::NotFound, false, false),
            (Error::Conflict { existing_id: None }, false, false),
            (Error::ScopeMissing { scopes: vec![] }, false, false),
            (Error::TokenRejected, false, false),
            (Error::RateLimited { retry_after: Duration::ZERO }, false, false),
            (Error::Locked, false, false),
            (Error::DryRun, false, false),
        ] {
            assert_eq!((error.may_be_made(), error.may_be_changed()), (may_be_made, may_be_changed), "{error}");
        }
    }
}
