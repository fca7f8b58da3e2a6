//! Rows of the table, with the targets that the numbers are held against.

/// A bound, and the unit it is shown with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    AtLeast(f64, &'static str),
    AtMost(f64, &'static str),
}

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: String,
    measured: String,
    missed: bool,
}

impl Row {
    pub(crate) fn new(what: impl Into<String>, measured: impl Into<String>) -> Row {
        Row { what: what.into(), measured: measured.into(), missed: false }
    }

    pub(crate) fn ratio(what: impl Into<String>, ratio: f64) -> Row {
        Row::new(what, format!("{ratio:.2} times"))
    }

    /// Names the target in the row, and remembers that `value` misses it.
    pub(crate) fn aim(self, value: Option<f64>, target: Target) -> Row {
        let (words, bound, unit) = match target {
            Target::AtLeast(bound, unit) => ("at least", bound, unit),
            Target::AtMost(bound, unit) => ("at most", bound, unit),
        };
        let what = format!("{} (target: {words} {bound} {unit})", self.what);
        Row { what, missed: value.is_some_and(|value| !target.is_met(value)), ..self }
    }

    pub(crate) fn is_missed(&self) -> bool {
        self.missed
    }

    pub(crate) fn into_cells(self) -> (String, String) {
        let missed = if self.missed { "; **missed**" } else { "" };
        (self.what, format!("{}{missed}", self.measured))
    }
}

impl Target {
    fn is_met(self, value: f64) -> bool {
        match self {
            Target::AtLeast(bound, _) => value >= bound,
            Target::AtMost(bound, _) => value <= bound,
        }
    }
}
