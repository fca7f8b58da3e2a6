//! Writes the digits of a number into the places of a pattern such as `#,##0.00` or `000-0000`.

/// The most decimals that are shown.
pub(super) const DECIMALS_MAX: usize = 15;

/// A place of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A digit: `0` is always shown, `#` and `?` if there is one.
    Digit(char),
    Point,
    /// Thousands are divided.
    Comma,
    /// A text between the digits.
    Text(String),
}

/// Returns the number of decimals in a pattern.
pub(super) fn decimals(places: &[Place]) -> usize {
    let decimals = places.iter().skip_while(|place| **place != Place::Point);
    decimals.filter(|place| matches!(place, Place::Digit(_))).count().min(DECIMALS_MAX)
}

/// Writes a number that is not negative.
pub(super) fn digits(value: f64, places: &[Place]) -> String {
    let point = places.iter().position(|place| *place == Place::Point).unwrap_or(places.len());
    let text = format!("{value:.*}", decimals(places));
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = after_point(fraction, &places[point..]);
    let is_asked = places[..point].iter().any(|place| matches!(place, Place::Digit('0')));
    if whole == "0" && fraction.is_empty() && !is_asked && places.iter().any(|place| matches!(place, Place::Digit(_))) {
        // Nothing is shown of a 0 that no place asks for.
        return String::new();
    }
    let whole = integer(whole, &places[..point]);
    if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
}

/// Writes the digits before the point from the right. The first place takes all that are left.
fn integer(digits: &str, places: &[Place]) -> String {
    let is_grouped = places.contains(&Place::Comma);
    let mut digits: Vec<char> = digits.chars().collect();
    let mut left = places.iter().filter(|place| matches!(place, Place::Digit(_))).count();
    if left == 0 {
        return digits.into_iter().collect();
    }
    let mut required = places.iter().filter(|place| **place == Place::Digit('0')).count();
    let (mut reversed, mut written) = (Vec::new(), 0);
    for place in places.iter().rev() {
        match place {
            Place::Digit(kind) => {
                left -= 1;
                required -= usize::from(*kind == '0');
                let take = if left == 0 { digits.len().max(1) } else { 1 };
                for _ in 0..take {
                    let Some(digit) = digits.pop().or((*kind == '0').then_some('0')) else { break };
                    if is_grouped && written > 0 && written % 3 == 0 {
                        reversed.push(',');
                    }
                    reversed.push(digit);
                    written += 1;
                }
            }
            // A sign with no digit before it would be read as a minus.
            Place::Text(text) if !digits.is_empty() || required > 0 => reversed.extend(text.chars().rev()),
            _ => {}
        }
    }
    reversed.iter().rev().collect()
}

/// Writes the digits behind the point from the left, without the zeros at the end that the pattern does not ask for.
fn after_point(digits: &str, places: &[Place]) -> String {
    let required = places.iter().filter(|place| **place == Place::Digit('0')).count();
    let shown = digits.trim_end_matches('0').len().max(required).min(digits.len());
    let mut digits = digits[..shown].chars();
    let mut text = String::new();
    for place in places {
        match place {
            Place::Digit(_) => text.extend(digits.next()),
            Place::Text(between) if !digits.as_str().is_empty() => text.push_str(between),
            _ => {}
        }
    }
    text
}
