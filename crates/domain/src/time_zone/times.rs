//! The names of times beside places, such as `Central Time (Mexico)`.

/// The names of times that people leave `time` out of, with Windows' word for each.
const SHORT: [(&str, &str); 20] = [
    ("atlantic", "atlantic"),
    ("central", "central"),
    ("eastern", "eastern"),
    ("mountain", "mountain"),
    ("pacific", "pacific"),
    ("et", "eastern"),
    ("ct", "central"),
    ("mt", "mountain"),
    ("pt", "pacific"),
    ("est", "eastern"),
    ("cst", "central"),
    ("mst", "mountain"),
    ("pst", "pacific"),
    ("edt", "eastern"),
    ("cdt", "central"),
    ("mdt", "mountain"),
    ("pdt", "pacific"),
    ("us eastern", "eastern"),
    ("us central", "central"),
    ("us pacific", "pacific"),
];
/// Words that end the name of a time.
const ENDINGS: [&str; 3] = [" standard time", " daylight time", " time"];

/// Returns `true` for the name of a time, such as `cst`, `aest` and `australian eastern`.
pub(super) fn is_time(name: &str) -> bool {
    let short = (3..=4).contains(&name.len()) && name.ends_with('t');
    short || name.ends_with(" time") || name.ends_with(" eastern")
}

/// Returns `true` for the name of a time in brackets or after a comma, where `Central` is enough.
pub(super) fn may_be_a_time(name: &str) -> bool {
    is_time(name) || SHORT.iter().any(|(short, _)| *short == name)
}

/// Cuts `central time (mexico)`, `est, jamaica` and `phoenix mst` into a time and a place, with true where the place may
/// be a code.
pub(super) fn splits(name: &str) -> Vec<(&str, &str, bool)> {
    let marked = name.strip_suffix(')').and_then(|name| name.split_once('(')).map(|parts| (parts, false));
    let marked = marked.or_else(|| name.split_once(',').map(|parts| (parts, true)));
    let marked = marked.or_else(|| name.split_once(" - ").map(|parts| (parts, false)));
    if let Some(((first, second), codes)) = marked {
        let (first, second) = (first.trim(), second.trim());
        return match (may_be_a_time(first), is_time(second)) {
            (true, _) => vec![(first, second, codes)],
            (false, true) => vec![(second, first, false)],
            (false, false) => Vec::new(),
        };
    }
    let cuts = name.match_indices(' ').map(|(at, _)| (&name[..at], &name[at + 1..]));
    let both = cuts.flat_map(|(first, second)| [(first, second, false), (second, first, false)]);
    both.filter(|(time, _, _)| is_time(time)).collect()
}

/// Returns Windows' name of a time in a country, such as `central standard time (mexico)`.
pub(super) fn windows_name(time: &str, place: &str) -> Option<String> {
    let stem = ENDINGS.iter().find_map(|ending| time.strip_suffix(ending)).unwrap_or(time);
    let (_, word) = SHORT.iter().find(|(short, _)| *short == stem)?;
    Some(format!("{word} standard time ({place})"))
}
