//! Statements about several rows at once: their placeholders. Values are always bound, never part of a text.

/// The most rows of one statement. SQLite binds at most 32,766 values, PostgreSQL 65,535.
pub(super) const ROWS_MAX: usize = 200;

/// The placeholders of a list, such as `$1, $2, $3`.
pub(super) fn list(length: usize) -> String {
    from(1, length)
}

/// The placeholders of rows behind `VALUES`, such as `($1, $2), ($3, $4)`.
pub(super) fn values(rows: usize, columns: usize) -> String {
    let row = |row: usize| format!("({})", from(row * columns + 1, columns));
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

fn from(first: usize, length: usize) -> String {
    (first..first + length).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through() {
        assert_eq!(list(3), "$1, $2, $3");
        assert_eq!(values(2, 2), "($1, $2), ($3, $4)");
    }
}
