//! The spelling of names: quotes, accents, separators and the encodings of other programs.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Values that programs send where they have no zone.
const PLACEHOLDERS: [&str; 24] = [
    "",
    "-",
    "?",
    "any",
    "auto",
    "default",
    "etc/unknown",
    "false",
    "local",
    "local time",
    "local timezone",
    "localtime",
    "n/a",
    "na",
    "nan",
    "nil",
    "none",
    "null",
    "string",
    "system",
    "true",
    "tzlocal()",
    "undefined",
    "unknown",
];
/// HubSpot's form of a name as the value of a property, such as `us_slash_east_hyphen_indiana`.
const PROPERTY_VALUE: [(&str, &str); 4] = [("_slash_", "/"), ("_hyphen_", "-"), ("_minus_", "-"), ("_plus_", "+")];
/// Letters whose accent is no mark of its own in Unicode.
const LETTERS: [(char, &str); 7] =
    [('ł', "l"), ('ø', "o"), ('đ', "d"), ('ð', "d"), ('ß', "ss"), ('æ', "ae"), ('ı', "i")];

/// Returns the name in lower case and plain letters, without quotes, with `/` and single spaces.
pub(super) fn clean(words: &str) -> String {
    let quotes = |c: char| c.is_whitespace() || "\"'`“”‘’;,:".contains(c);
    let lower = words.trim_matches(quotes).to_lowercase();
    let mut name: String =
        lower.nfd().filter(|c| !is_combining_mark(*c)).map(|c| if c == '\\' { '/' } else { c }).collect();
    for (letter, plain) in LETTERS {
        name = name.replace(letter, plain);
    }
    name = name.replace(['−', '–', '—'], "-").replace(['’', '‘', '`'], "'");
    for (coded, mark) in PROPERTY_VALUE {
        name = name.replace(coded, mark);
    }
    let parts: Vec<&str> = name.split('/').map(str::trim).filter(|part| !part.is_empty()).collect();
    let name = parts.join("/");
    let name = name.strip_prefix("posix/").unwrap_or(&name);
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the name without punctuation and without `time`, `standard time` and the like, unless `is_name` knows it.
pub(super) fn tidy(clean: &str, is_name: impl Fn(&str) -> bool) -> String {
    let spaced = clean.replace(['.', ',', '(', ')', '_'], " ");
    let name = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if is_name(&name) {
        return name;
    }
    let name = initials_joined(&name);
    if is_name(&name) {
        return name;
    }
    let name = name.strip_suffix(" standard time").or_else(|| name.strip_suffix(" daylight time")).unwrap_or(&name);
    let name = name.strip_suffix(" time zone").or_else(|| name.strip_suffix(" timezone")).unwrap_or(name);
    name.strip_suffix(" time").unwrap_or(name).to_owned()
}

/// Joins the letters of `u s eastern`, which had dots.
fn initials_joined(name: &str) -> String {
    let is_letter = |word: &str| word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
    let (mut joined, mut after_letter) = (String::new(), false);
    for word in name.split(' ') {
        let is_first = joined.is_empty();
        if !(is_first || after_letter && is_letter(word)) {
            joined.push(' ');
        }
        joined.push_str(word);
        after_letter = is_letter(word);
    }
    joined
}

/// Returns the name without hyphens and apostrophes: `timor-leste` and `st. john's` as they stand in tables.
pub(super) fn plain(name: &str) -> String {
    name.replace('\'', "").replace('-', " ")
}

/// Returns true for a value that stands for no zone, such as `undefined`.
pub(super) fn is_placeholder(clean: &str) -> bool {
    PLACEHOLDERS.contains(&clean)
}

/// Returns the letters alone, by which `AmericaNewYork` and `america/new-york` are one.
pub(super) fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphabetic()).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        let table = [
            (" \"America/New_York\" ", "america/new_york"),
            ("'Asia/Tokyo';", "asia/tokyo"),
            ("America\\New_York", "america/new_york"),
            ("America / New York", "america/new york"),
            ("posix/America/New_York", "america/new_york"),
            (":America/New_York", "america/new_york"),
            ("us_slash_eastern", "us/eastern"),
            ("us_slash_east_hyphen_indiana", "us/east-indiana"),
            ("etc_slash_gmt_plus_5", "etc/gmt+5"),
            ("Kraków", "krakow"),
            ("Łódź", "lodz"),
            ("UTC−5", "utc-5"),
            ("Côte d’Ivoire", "cote d'ivoire"),
        ];
        for (words, expected) in table {
            assert_eq!(clean(words), expected, "{words}");
        }
    }
}
