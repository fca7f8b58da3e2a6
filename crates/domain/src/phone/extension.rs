//! The extension behind a phone number: `ext. 5`, `x5`, `#5`, `,,5#`, `;ext=5`.

/// The longest extension; more digits are another number.
const DIGITS_MAX: usize = 7;
/// The longest sequence of keys that is dialled after the call is answered, such as the code of a conference.
const KEYS_MAX: usize = 30;
/// The words for it, in lower case.
const WORDS: [&str; 19] = [
    "ext",
    "extn",
    "extension",
    "x",
    "xtn",
    "p",
    "w",
    "wait",
    "pause",
    "dw",
    "durchwahl",
    "poste",
    "int",
    "interno",
    "anexo",
    "ramal",
    "toestel",
    "доб",
    "вн",
];

/// The text behind a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// An extension: its digits.
    Extension(String),
    /// Keys to press in turn, such as `,,123456#,,1#`.
    Keys,
    /// Parameters of a `tel:` address that say nothing about the number (RFC 3966).
    Nothing,
    /// Text that is no extension.
    Other,
}

/// Reads a text that begins with a letter, `,`, `;` or `#`.
pub(super) fn read(text: &str) -> Tail {
    let parameters: Vec<_> = text.split(';').map(str::trim).filter(|one| !one.is_empty()).collect();
    if text.starts_with(';') && parameters.iter().all(|one| one.contains('=')) {
        let value = parameters.iter().find_map(|one| one.strip_prefix("ext="));
        return value.map_or(Tail::Nothing, extension);
    }
    extension(text)
}

fn extension(text: &str) -> Tail {
    let rest = unmarked(text).trim_end_matches([' ', ')', '.', ',', ';']);
    let digits = rest.trim_end_matches('#');
    if (1..=DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Tail::Extension(digits.to_owned());
    }
    let dialled = |c: char| c.is_ascii_digit() || matches!(c, '#' | '*' | ',' | ';' | ' ' | '-');
    match rest.contains('#') && rest.len() <= KEYS_MAX && rest.chars().all(dialled) {
        true => Tail::Keys,
        false if rest.is_empty() && text.chars().all(|c| !c.is_alphabetic()) => Tail::Nothing,
        false => Tail::Other,
    }
}

/// The text without the signs and the word for an extension before its digits.
fn unmarked(text: &str) -> &str {
    let bare = |text| str::trim_start_matches(text, [' ', ',', ';', '.', ':', '#', '-', '=', '(']);
    let text = bare(text);
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    match WORDS.contains(&text[..end].to_lowercase().as_str()) {
        true => bare(&text[end..]),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_told_from_other_texts() {
        let five = || Tail::Extension("5".to_owned());
        for (text, expected) in [
            ("ext. 5", five()),
            ("Ext 5", five()),
            ("x5", five()),
            ("x 5)", five()),
            (",5", five()),
            (",,5#", five()),
            ("#5", five()),
            (";ext=5", five()),
            (";phone-context=+1;ext=5", five()),
            ("extension: 5", five()),
            ("доб. 5", five()),
            (",,123456789#,,1#", Tail::Keys),
            (";phone-context=+1", Tail::Nothing),
            (",", Tail::Nothing),
            (", 702 555 0144", Tail::Other),
            ("or 702 555 0144", Tail::Other),
            ("ext", Tail::Other),
            ("CALL NOW", Tail::Other),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
