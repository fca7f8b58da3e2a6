//! serde's messages in the words of JSON, which is what callers write: `invalid type: sequence` is a list.

/// serde's names of values, and JSON's.
const VALUES: [(&str, &str); 9] = [
    ("sequence", "a list"),
    ("map", "an object"),
    ("string", "text"),
    ("integer", "a number"),
    ("floating point", "a number"),
    ("boolean", "a boolean"),
    ("null", "null"),
    ("unit value", "null"),
    ("character", "text"),
];
/// Serde's words for what was expected, and ours.
const EXPECTED: [(&str, &str); 12] = [
    ("a map", "an object"),
    ("a sequence", "a list"),
    ("a string", "text"),
    ("a borrowed string", "text"),
    ("unit", "null"),
    ("u8", "an integer"),
    ("u16", "an integer"),
    ("u32", "an integer"),
    ("u64", "an integer"),
    ("i64", "an integer"),
    ("usize", "an integer"),
    ("f64", "a number"),
];

/// Returns the message in plain words; a message that is not one of serde's own stays.
pub fn plain(message: &str) -> String {
    let missing = || message.strip_prefix("missing field ").map(|name| format!("{name} is missing"));
    let wrong = || {
        let rest = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
        let (given, expected) = rest.rsplit_once(", expected ")?;
        let given = VALUES.iter().find(|(name, _)| given.starts_with(name)).map_or(given, |(_, word)| *word);
        Some(format!("it must be {}, not {given}", expected_word(expected)))
    };
    let unknown = |kind: &str, word: &str| {
        let (name, known) = message.strip_prefix(kind)?.split_once(", ")?;
        let known = known.strip_prefix("expected ").map(|known| known.strip_prefix("one of ").unwrap_or(known));
        Some(match known {
            Some(known) => format!("{name} is no {word}: there are {known}"),
            None => format!("{name} is no {word}, and there is none"),
        })
    };
    let found = missing().or_else(wrong).or_else(|| unknown("unknown field ", "field"));
    found.or_else(|| unknown("unknown variant ", "choice")).unwrap_or_else(|| message.to_owned())
}

fn expected_word(expected: &str) -> &str {
    match expected.starts_with("struct ") {
        true => "an object",
        false => EXPECTED.iter().find(|(name, _)| *name == expected).map_or(expected, |(_, word)| *word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_serde_are_in_the_words_of_json() {
        for (message, expected) in [
            ("invalid type: sequence, expected a map", "it must be an object, not a list"),
            ("invalid type: integer `5`, expected a string", "it must be text, not a number"),
            ("invalid type: string \"a, expected b\", expected u32", "it must be an integer, not text"),
            ("invalid type: null, expected struct CallToolRequestParams", "it must be an object, not null"),
            ("invalid type: map, expected a phone number", "it must be a phone number, not an object"),
            ("missing field `session`", "`session` is missing"),
            ("unknown field `day`, expected one of `a`, `b`", "`day` is no field: there are `a`, `b`"),
            ("unknown field `day`, expected `a` or `b`", "`day` is no field: there are `a` or `b`"),
            ("unknown field `day`, there are no fields", "`day` is no field, and there is none"),
            ("unknown variant `x`, expected `open` or `closed`", "`x` is no choice: there are `open` or `closed`"),
            ("that is not an e-mail address", "that is not an e-mail address"),
        ] {
            assert_eq!(plain(message), expected);
        }
    }
}
