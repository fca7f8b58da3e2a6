//! The store's database as `/readyz` tells of it.

use serde_json::{Value, json};

/// What is known of the store's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseState {
    /// It was not asked yet, or needs no check: it is in memory, or a file that nothing has needed so far.
    Unchecked,
    /// It answers, and its tables can be used.
    Reached(Versions),
    /// It does not answer, or cannot be opened.
    Away,
    /// A newer release has changed its tables so that this one may not use them.
    TooNew(Versions),
    /// Its tables lack a migration.
    TooOld(Versions),
}

/// The versions of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The newest migration that was done, as far as it is known.
    pub version: Option<i64>,
    /// The newest one that this program knows.
    pub known: i64,
    /// The oldest one that a program must know.
    pub needs: i64,
}

impl DatabaseState {
    /// The reason why the server is not ready.
    pub(super) fn problem(self) -> Option<&'static str> {
        match self {
            DatabaseState::Unchecked | DatabaseState::Reached(_) => None,
            DatabaseState::Away => Some("the database of the store does not answer"),
            DatabaseState::TooNew(_) => Some("a newer release has changed the tables: update this program"),
            DatabaseState::TooOld(_) => Some("the tables lack a migration: start this program again"),
        }
    }

    pub(super) fn shown(self) -> &'static str {
        match self {
            DatabaseState::Unchecked => "not_checked_yet",
            DatabaseState::Away => "away",
            DatabaseState::Reached(_) | DatabaseState::TooNew(_) | DatabaseState::TooOld(_) => "reached",
        }
    }

    /// The state of the tables, which is unknown while the database is away.
    pub(super) fn migration(self) -> Value {
        let (state, versions) = match self {
            DatabaseState::Unchecked | DatabaseState::Away => return json!({"state": "unknown"}),
            DatabaseState::Reached(versions) => ("current", versions),
            DatabaseState::TooNew(versions) => ("too_new", versions),
            DatabaseState::TooOld(versions) => ("too_old", versions),
        };
        let Versions { version, known, needs } = versions;
        json!({"state": state, "version": version, "known": known, "needs": needs})
    }
}
