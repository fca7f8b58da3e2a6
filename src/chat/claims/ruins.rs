//! What is left of a reply after a sentence was cut out: an exclamation such as `Great news!` announces what is not there.

/// The most words of an exclamation that tells nothing by itself.
const WORDS_MAX: usize = 3;

/// True for a sentence that means nothing without the one beside it.
pub(super) fn is_ruin(sentence: &str) -> bool {
    let sentence = sentence.trim();
    let words = sentence.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    words <= WORDS_MAX && (sentence.ends_with(['!', ':']) || words == 0)
}

#[test]
fn an_exclamation_alone_is_a_ruin() {
    for (sentence, ruin) in [
        ("Great news!", true),
        ("Fatto!", true),
        ("✅", true),
        ("C'est parfait !", true),
        ("Thank you, Sarah.", false),
        ("How can I help?", false),
        ("ADAM is a robot that makes tea!", false),
    ] {
        assert_eq!(is_ruin(sentence), ruin, "{sentence}");
    }
}
