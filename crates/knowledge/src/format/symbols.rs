//! Characters of symbol fonts, which have codes of their own (ECMA-376, part 1, `sym`).

/// Returns the character that a code of a font shows. Codes of symbol fonts stand in the private range from U+F000.
pub(super) fn character(font: &str, code: u32) -> char {
    let low = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
    let known = if is_wingdings(font) { wingdings(low) } else { symbol(low) };
    let own = char::from_u32(code).filter(|_| low == code && !font.eq_ignore_ascii_case("symbol"));
    match code == low {
        true => own.or(known),
        false => known,
    }
    .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Replaces the private characters of a text, which only a symbol font can show.
pub(super) fn shown(c: char) -> char {
    shown_in(c, false)
}

/// Replaces the private characters of a text in the font Wingdings, or else in Symbol.
pub(super) fn shown_in(c: char, is_wingdings: bool) -> char {
    match u32::from(c) {
        code @ 0xF000..=0xF0FF => character(if is_wingdings { "Wingdings" } else { "Symbol" }, code),
        _ => c,
    }
}

pub(super) fn is_wingdings(font: &str) -> bool {
    font.to_ascii_lowercase().starts_with("wingdings")
}

/// The codes of the font Symbol (Adobe's encoding) that documents of companies use.
fn symbol(code: u32) -> Option<char> {
    Some(match code {
        0x2D => '−',
        0x20..=0x3F => char::from_u32(code)?,
        0x44 => 'Δ',
        0x46 => 'Φ',
        0x50 => 'Π',
        0x53 => 'Σ',
        0x57 => 'Ω',
        0x61 => 'α',
        0x62 => 'β',
        0x64 => 'δ',
        0x67 => 'γ',
        0x6C => 'λ',
        0x6D => 'μ',
        0x70 => 'π',
        0x72 => 'ρ',
        0x73 => 'σ',
        0x77 => 'ω',
        0x7E => '∼',
        0xA0 => '€',
        0xA2 => '′',
        0xA3 => '≤',
        0xA4 => '⁄',
        0xA5 => '∞',
        0xAB => '↔',
        0xAC => '←',
        0xAD => '↑',
        0xAE => '→',
        0xAF => '↓',
        0xB0 => '°',
        0xB1 => '±',
        0xB2 => '″',
        0xB3 => '≥',
        0xB4 => '×',
        0xB7 => '•',
        0xB8 => '÷',
        0xB9 => '≠',
        0xBB => '≈',
        0xBC => '…',
        0xC6 => '∅',
        0xD2 | 0xE2 => '®',
        0xD3 | 0xE3 => '©',
        0xD4 | 0xE4 => '™',
        0xD6 => '√',
        0xDE => '⇒',
        0xE5 => '∑',
        _ => return None,
    })
}

/// The codes of the font Wingdings that documents of companies use.
fn wingdings(code: u32) -> Option<char> {
    Some(match code {
        0x20 => ' ',
        0x28 | 0x29 => '☎',
        0x2A => '✉',
        0x46 => '☞',
        0x4A => '☺',
        0x4C => '☹',
        0x6C | 0x9F => '●',
        0x6E => '■',
        0x6F | 0xA8 => '☐',
        0xA7 => '▪',
        0xD8 => '➢',
        0xDF => '←',
        0xE0 => '→',
        0xFB => '✗',
        0xFC => '✓',
        0xFD => '☒',
        0xFE => '☑',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_shown_as_unicode() {
        let cases = [
            ("Symbol", 0xF02D, '−'),
            ("Symbol", 0xF0B0, '°'),
            ("Symbol", 0xB1, '±'),
            ("Wingdings", 0xF0FC, '✓'),
            ("Calibri", 0x20AC, '€'),
            ("Wingdings", 0xF001, '\u{FFFD}'),
        ];
        for (font, code, expected) in cases {
            assert_eq!(character(font, code), expected, "{font} {code:x}");
        }
    }
}
