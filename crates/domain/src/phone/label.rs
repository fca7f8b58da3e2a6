//! Words that people write before or behind a phone number: `Phone:`, `Tel.`, `(mobile)`.

/// The words, in lower case, of the languages whose signatures and forms are pasted most.
const WORDS: [&str; 68] = [
    "phone",
    "telephone",
    "tel",
    "mobile",
    "mob",
    "cell",
    "cellphone",
    "cellular",
    "fax",
    "handy",
    "whatsapp",
    "sms",
    "text",
    "call",
    "number",
    "no",
    "nr",
    "num",
    "home",
    "office",
    "work",
    "business",
    "direct",
    "main",
    "landline",
    "contact",
    "ph",
    "t",
    "p",
    "m",
    "c",
    "f",
    "o",
    "h",
    "tél",
    "téléphone",
    "télécopie",
    "portable",
    "telefon",
    "telefono",
    "teléfono",
    "telefone",
    "telf",
    "tlf",
    "tfno",
    "mobil",
    "móvil",
    "movil",
    "celular",
    "cellulare",
    "mobiel",
    "telefoon",
    "telefonnummer",
    "rufnummer",
    "puhelin",
    "matkapuhelin",
    "komórka",
    "тел",
    "телефон",
    "моб",
    "电话",
    "電話",
    "手机",
    "手機",
    "携帯",
    "هاتف",
    "جوال",
    "نقال",
];

/// Returns the text without the words of a label at its ends, and `true` if there was one.
pub(super) fn strip(text: &str) -> (&str, bool) {
    let (without, before) = strip_before(text);
    let (without, after) = strip_after(without);
    (without, before || after)
}

fn strip_before(text: &str) -> (&str, bool) {
    let bare = text.trim_start_matches('(');
    let end = bare.find(|c: char| !c.is_alphabetic()).unwrap_or(bare.len());
    if !is_label(&bare[..end]) {
        return (text, false);
    }
    let rest = bare[end..].trim_start_matches([' ', '.', ':', ')', '#', '-', '=', '/']);
    (strip_before(rest).0, true)
}

fn strip_after(text: &str) -> (&str, bool) {
    let bare = text.trim_end_matches([' ', ')', '.']);
    let begin = bare.rfind(|c: char| !c.is_alphabetic());
    let begin = begin.map_or(0, |at| at + bare[at..].chars().next().map_or(0, char::len_utf8));
    // In `1-702-555-CALL` the letters are keys.
    let is_joined = bare[..begin].ends_with(['-', '.']) && !bare[..begin].trim_end_matches(['-', '.']).ends_with(' ');
    if is_joined || !is_label(&bare[begin..]) {
        return (text, false);
    }
    (strip_after(bare[..begin].trim_end_matches([' ', '(', '-', ',', ':', '/'])).0, true)
}

/// True for a word that people write before or behind a number.
pub(super) fn is_label(word: &str) -> bool {
    WORDS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_stripped_at_both_ends() {
        for (text, number) in [
            ("Phone: +1 702", "+1 702"),
            ("Tel.: +1 702", "+1 702"),
            ("Mobile phone no. 702", "702"),
            ("(cell) 702", "702"),
            ("702 (mobile)", "702"),
            ("+1 702 - Office", "+1 702"),
            ("Тел. +7 495", "+7 495"),
            ("電話:03", "03"),
        ] {
            assert_eq!(strip(text), (number, true), "{text}");
        }
        for text in ["(702) 555", "+1 702 x5", "Sarah 702", "phoney 702", "1-702-555-CALL", "702.555.CELL", ""] {
            assert_eq!(strip(text), (text, false), "{text}");
        }
    }
}
