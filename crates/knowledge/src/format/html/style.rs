//! The declarations of a style, which stands in the `style` of an element or in a rule of a sheet.

/// One declaration, in small letters.
struct Declaration {
    property: String,
    value: String,
    is_important: bool,
}

fn declarations(style: &str) -> impl Iterator<Item = Declaration> {
    style.split(';').filter_map(|declaration| {
        let (property, value) = declaration.split_once(':')?;
        let value = value.to_ascii_lowercase();
        let (value, is_important) = match value.rsplit_once('!') {
            Some((value, mark)) if mark.trim() == "important" => (value, true),
            _ => (value.as_str(), false),
        };
        Some(Declaration {
            property: property.trim().to_ascii_lowercase(),
            value: value.trim().to_owned(),
            is_important,
        })
    })
}

/// Returns the declaration of a property that counts: the last important one, or else the last one.
fn last(style: &str, is_meant: impl Fn(&str) -> bool) -> Option<Declaration> {
    let meant = declarations(style).filter(|declaration| is_meant(&declaration.property));
    meant.reduce(|last, next| if last.is_important && !next.is_important { last } else { next })
}

/// A line through text or its absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Strike {
    pub(super) is_struck: bool,
    pub(super) is_important: bool,
}

/// Returns the line that a style draws through text, or `None` if it leaves that to others.
pub(super) fn strike(style: &str) -> Option<Strike> {
    let last = last(style, |property| matches!(property, "text-decoration" | "text-decoration-line"))?;
    Some(Strike { is_struck: last.value.contains("line-through"), is_important: last.is_important })
}

/// Returns true if an element with this style is not there, with all that it contains.
pub(super) fn is_removed(style: &str) -> bool {
    last(style, |property| property == "display").is_some_and(|display| display.value == "none")
}

/// The reasons for which the text of an element is not seen although the element has its place on the page. An element inside
/// can take them back, but for a line through all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Veil {
    is_invisible: bool,
    is_sizeless: bool,
    pub(super) is_struck: bool,
}

impl Veil {
    /// Returns the veil of an element with this style inside of this one.
    pub(super) fn within(self, style: &str) -> Veil {
        let visibility = last(style, |property| property == "visibility");
        let size = last(style, |property| matches!(property, "font-size" | "font"));
        let is_invisible = match visibility.as_ref().map(|visibility| visibility.value.as_str()) {
            Some("hidden" | "collapse") => true,
            Some("visible" | "initial") => false,
            _ => self.is_invisible,
        };
        let is_sizeless = size.and_then(|size| is_sizeless(&size)).unwrap_or(self.is_sizeless);
        Veil { is_invisible, is_sizeless, ..self }
    }

    pub(super) fn hides_text(self) -> bool {
        self.is_sizeless || self.hides_pictures()
    }

    pub(super) fn hides_pictures(self) -> bool {
        self.is_invisible || self.is_struck
    }
}

/// Returns true for a size of letters of 0, and `None` for a size that is a share of that around it.
fn is_sizeless(declaration: &Declaration) -> Option<bool> {
    let is_size =
        |word: &&str| *word == "0" || (word.starts_with(|c: char| c.is_ascii_digit()) && length(word).is_some());
    let sizes = declaration.value.split_whitespace().filter_map(|word| word.split('/').next());
    // A number without a unit in `font` is the weight of the letters.
    let size = match declaration.property.as_str() {
        "font" => sizes.filter(is_size).find(|word| *word == "0" || word.ends_with(|c: char| !c.is_ascii_digit())),
        _ => None,
    };
    let size = size.unwrap_or(&declaration.value);
    let is_share = size.ends_with('%') || size.ends_with("ex") || (size.ends_with("em") && !size.ends_with("rem"));
    match size {
        _ if length(size) == Some(0.0) => Some(true),
        "inherit" | "unset" | "larger" | "smaller" => None,
        _ if is_share => None,
        _ => Some(false),
    }
}

/// Returns the number of a length or percentage, whatever its unit.
fn length(value: &str) -> Option<f64> {
    value.trim_end_matches(|c: char| c.is_alphabetic() || c == '%').parse().ok()
}

/// The height of text on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alignment {
    Raised,
    Lowered,
}

/// Returns the height that the style of an inline element sets.
pub(super) fn alignment(style: &str) -> Option<Alignment> {
    let aligned = last(style, |property| property == "vertical-align")?;
    match aligned.value.as_str() {
        "super" => Some(Alignment::Raised),
        "sub" => Some(Alignment::Lowered),
        value => match length(value)? {
            0.0 => None,
            length if length > 0.0 => Some(Alignment::Raised),
            _ => Some(Alignment::Lowered),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_important_declaration_counts_or_else_the_last() {
        let strike = |style: &str| strike(style).map(|strike| (strike.is_struck, strike.is_important));
        assert_eq!(strike("color: red"), None);
        assert_eq!(strike("TEXT-DECORATION: underline Line-Through"), Some((true, false)));
        assert_eq!(strike("text-decoration: line-through; text-decoration-line: none"), Some((false, false)));
        assert_eq!(strike("text-decoration: line-through ! important; text-decoration: none"), Some((true, true)));
        assert!(is_removed("display:none") && !is_removed("display:none; display:block"));
        assert!(is_removed("display: none !important; display: block"));
    }

    #[test]
    fn text_inside_of_a_veil_is_seen_if_its_own_style_shows_it() {
        let shown =
            |styles: &[&str]| !styles.iter().fold(Veil::default(), |veil, style| veil.within(style)).hides_text();
        for styles in [
            &["font-size:0", "font-size:14px"][..],
            &["font-size:0px", "color:red", "font: bold 14px/1.5 Arial"],
            &["font-size:0", "font: 700 1rem Arial"],
            &["visibility:hidden", "visibility: visible"],
            &["font-size:14px"],
            &["font-size:0.5em"],
        ] {
            assert!(shown(styles), "{styles:?}");
        }
        for styles in [
            &["font-size:0", "font-size:1.2em"][..],
            &["font-size:0%", "color:red"],
            &["font:0/0 a"],
            &["visibility:collapse", "font-size:14px"],
            &["font-size:0", "visibility:visible"],
        ] {
            assert!(!shown(styles), "{styles:?}");
        }
    }
}
