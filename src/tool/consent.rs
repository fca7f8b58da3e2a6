//! The consents of one run of a tool: whether the person was asked for their agreement, and gave it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The consents of one run. Clones are the same run.
#[derive(Clone, Debug, Default)]
pub struct ConsentLog(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    asked: AtomicBool,
    agreed: AtomicBool,
    refused: AtomicBool,
}

impl ConsentLog {
    /// The person was, or is now, asked for their agreement; `agreed` tells their answer, if there is one.
    pub(super) fn note(&self, agreed: Option<bool>) {
        self.0.asked.store(true, Ordering::Relaxed);
        match agreed {
            Some(true) => self.0.agreed.store(true, Ordering::Relaxed),
            Some(false) | None => self.0.refused.store(true, Ordering::Relaxed),
        }
    }

    /// True if the person was asked for their agreement.
    pub fn was_asked(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    /// True if they agreed to everything that they were asked about.
    pub fn was_given(&self) -> bool {
        self.0.agreed.load(Ordering::Relaxed) && !self.0.refused.load(Ordering::Relaxed)
    }
}
