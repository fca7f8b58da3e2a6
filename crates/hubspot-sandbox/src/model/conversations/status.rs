//! The status of a thread.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    #[default]
    Open,
    Closed,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::Open => "OPEN",
            Status::Closed => "CLOSED",
        }
    }

    pub(crate) fn named(text: &str) -> Option<Status> {
        [Status::Open, Status::Closed].into_iter().find(|status| status.name() == text)
    }
}
