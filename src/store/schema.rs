//! The versions of the tables, and whether a program fits them.

/// The versions of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The newest migration that was done.
    pub version: i64,
    /// The newest one that this program knows.
    pub known: i64,
    /// The oldest one that a program must know to use the tables.
    pub needs: i64,
}

impl Schema {
    /// The fit of this program and the tables.
    pub fn fit(&self) -> Fit {
        match *self {
            Schema { needs, known, .. } if needs > known => Fit::TooNew,
            Schema { version, known, .. } if version < known => Fit::TooOld,
            Schema { .. } => Fit::Good,
        }
    }
}

/// The fit of a program and the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The program may use them.
    Good,
    /// A newer release has changed them so that this program may not use them any more.
    TooNew,
    /// They lack a migration, as after an older backup was restored under a running program.
    TooOld,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_fit_a_program_that_knows_them_and_is_allowed_to_use_them() {
        for (version, known, needs, fit) in [
            (12, 12, 1, Fit::Good),
            (13, 12, 1, Fit::Good),
            (13, 12, 12, Fit::Good),
            (13, 12, 13, Fit::TooNew),
            (11, 12, 1, Fit::TooOld),
        ] {
            assert_eq!(Schema { version, known, needs }.fit(), fit, "{version} {known} {needs}");
        }
    }
}
