//! The openings of doc comments: a noun or a verb tells more than a question word.

/// Of a hundred lines of doc comments, this many may open with a question word.
pub(super) const IN_A_HUNDRED_MAX: usize = 2;

const QUESTION_WORDS: [&str; 7] = ["what", "who", "whose", "whoever", "whatever", "whether", "how"];

/// The numbers of the lines that open so, and the number of all lines of doc comments.
pub(super) fn openings(text: &str) -> (Vec<usize>, usize) {
    let docs: Vec<_> = text.lines().enumerate().filter_map(|(index, line)| Some((index + 1, doc(line)?))).collect();
    (docs.iter().filter(|(_, words)| is_question(words)).map(|(number, _)| *number).collect(), docs.len())
}

fn doc(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let words = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?.trim();
    (!words.is_empty()).then_some(words)
}

fn is_question(words: &str) -> bool {
    let first: String = words.chars().take_while(|c| !c.is_whitespace()).filter(|c| c.is_alphabetic()).collect();
    QUESTION_WORDS.contains(&first.to_lowercase().as_str())
}

#[test]
fn openings_are_counted_with_their_lines() {
    let text =
        "//! Who asks.\n\n/// The answer.\n    /// `What` follows.\nfn f() {} // what\n///\n/// Howling winds.\n";
    assert_eq!(openings(text), (vec![1, 4], 4));
}
