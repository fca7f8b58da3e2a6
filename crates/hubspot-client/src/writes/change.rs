//! Changes that are harmless to repeat: the transport sends them again after a lost answer. A refusal that comes then does
//! not tell that nothing was done, so what was to be changed is looked at.

use crate::error::Error;
use crate::transport::attempt::{AttemptError, FailureKind};
use crate::writes::kind::WriteKind;

/// The sight of what was to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Looked<T> {
    /// It is as it was to become.
    Changed(T),
    /// It is otherwise, or could not be looked at.
    Unknown,
    /// It is not there any more.
    Gone,
}

impl<T> Looked<T> {
    /// The same with another value.
    pub(crate) fn map<U>(self, value: impl FnOnce(T) -> U) -> Looked<U> {
        match self {
            Looked::Changed(found) => Looked::Changed(value(found)),
            Looked::Unknown => Looked::Unknown,
            Looked::Gone => Looked::Gone,
        }
    }

    /// A record that was read, by the test for its change.
    pub(crate) fn of(read: Result<Option<T>, Error>, is_changed: impl Fn(&T) -> bool) -> Looked<T> {
        match read {
            Ok(Some(found)) if is_changed(&found) => Looked::Changed(found),
            Ok(None) => Looked::Gone,
            Ok(Some(_)) | Err(_) => Looked::Unknown,
        }
    }
}

/// The end of a change that was sent; `look` is taken where a refusal does not tell what became of an earlier attempt.
pub(crate) async fn end<T>(
    write: WriteKind,
    sent: Result<T, AttemptError>,
    look: impl Future<Output = Looked<T>>,
) -> Result<T, Error> {
    match sent {
        Err(error) if error.is_in_doubt() => settled(write, error.error, look.await),
        // No answer came until the deadline.
        Err(error) if error.kind == FailureKind::NoResponse => Err(Error::OutcomeUnknown { write, refusal: None }),
        result => Ok(result?),
    }
}

/// The end of a change that was refused after an attempt that may have been carried out. Pure.
fn settled<T>(write: WriteKind, refusal: Error, looked: Looked<T>) -> Result<T, Error> {
    match looked {
        Looked::Changed(value) => Ok(value),
        // Whatever became of it went with it.
        Looked::Gone if refusal == Error::NotFound => Err(refusal),
        Looked::Gone | Looked::Unknown => Err(refusal.in_doubt(write)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_after_a_lost_answer_tells_nothing_unless_a_look_does() {
        let refused = || Error::Rejected { problems: vec![] };
        let unknown =
            |refusal: Error| Err(Error::OutcomeUnknown { write: WriteKind::Record, refusal: Some(Box::new(refusal)) });
        for (refusal, looked, expected) in [
            (refused(), Looked::Changed(7), Ok(7)),
            (refused(), Looked::Unknown, unknown(refused())),
            (refused(), Looked::Gone, unknown(refused())),
            (Error::NotFound, Looked::Gone, Err(Error::NotFound)),
            (Error::NotFound, Looked::Unknown, unknown(Error::NotFound)),
            (Error::NotFound, Looked::Changed(7), Ok(7)),
        ] {
            assert_eq!(settled(WriteKind::Record, refusal.clone(), looked.clone()), expected, "{refusal} {looked:?}");
        }
    }

    #[test]
    fn what_could_not_be_read_is_not_known() {
        for (read, expected) in [
            (Ok(Some(7)), Looked::Changed(7)),
            (Ok(Some(8)), Looked::Unknown),
            (Ok(None), Looked::Gone),
            (Err(Error::Timeout), Looked::Unknown),
        ] {
            assert_eq!(Looked::of(read.clone(), |found| *found == 7), expected, "{read:?}");
        }
    }
}
