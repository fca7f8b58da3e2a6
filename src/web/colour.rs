//! The operator's colour, and what is readable on it.

use std::fmt;
use std::str::FromStr;

/// The contrast that text needs at least (WCAG 2.2, 1.4.3).
const CONTRAST_MIN: f64 = 4.5;

/// A colour as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// A text that is no such colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a colour is `#` with six hexadecimal digits, such as `#0b5fff`")]
pub struct InvalidColour;

impl FromStr for Colour {
    type Err = InvalidColour;

    fn from_str(text: &str) -> Result<Colour, InvalidColour> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
        let digits = digits.ok_or(InvalidColour)?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| InvalidColour);
        Ok(Colour([part(0)?, part(2)?, part(4)?]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Colour([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Default for Colour {
    /// A dark blue, on which white is readable.
    fn default() -> Colour {
        Colour([0x1b, 0x4f, 0x9c])
    }
}

impl Colour {
    const WHITE: Colour = Colour([255; 3]);
    const BLACK: Colour = Colour([0; 3]);

    /// White or black, whichever is read better on this colour. One of them always has enough contrast.
    pub fn text_on(self) -> Colour {
        if contrast(self, Colour::WHITE) >= CONTRAST_MIN { Colour::WHITE } else { Colour::BLACK }
    }
}

/// The contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio).
fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(Colour(parts): Colour) -> f64 {
    let [red, green, blue] = parts.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_a_colour_is_readable() {
        for (colour, text) in
            [("#000000", "#ffffff"), ("#ffffff", "#000000"), ("#1b4f9c", "#ffffff"), ("#FFcc00", "#000000")]
        {
            let colour: Colour = colour.parse().unwrap();
            assert_eq!(colour.text_on().to_string(), text, "{colour}");
        }
        let steps = (0..=255).step_by(15).map(|step| step as u8);
        for red in steps.clone() {
            for green in steps.clone() {
                let colour = Colour([red, green, 120]);
                assert!(contrast(colour, colour.text_on()) >= CONTRAST_MIN, "{colour}");
            }
        }
        for wrong in ["", "blue", "#fff", "#12345g", "123456", "#1234567", "#é2345"] {
            assert_eq!(wrong.parse::<Colour>(), Err(InvalidColour), "{wrong}");
        }
    }
}
