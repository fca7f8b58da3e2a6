//! The values of a sheet and their places.

/// The values of a row by their column.
#[derive(Debug)]
pub(super) struct Values {
    /// The number of the row in the sheet.
    pub(super) number: usize,
    /// The number of the row among those that are shown.
    pub(super) row: usize,
    pub(super) cells: Vec<(usize, String)>,
}

/// Returns the numbers of the column and row in a place such as `AB12`.
pub(super) fn place(place: &str) -> Option<(usize, usize)> {
    let digits = place.trim_start_matches(|c: char| c.is_ascii_uppercase());
    Some((column(place)?, digits.parse().ok()?))
}

/// Returns the number of the column in a place such as `AB12`.
pub(super) fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase).take(3);
    letters.fold(None, |column, letter| Some(column.unwrap_or(0) * 26 + usize::from(letter - b'A') + 1))
}
