//! The name of an intent as a visitor reads it. Names of graphs are written for their authors: `User has questions about the
//! product` is offered as `Questions about the product`.

/// The longest name that is shown as it is.
const NAME_CHARACTERS_MAX: usize = 60;
/// Words for the visitor with which a name begins.
const WHO: &[&str] = &["the user", "user", "users", "the customer", "customer", "the visitor", "visitor"];
/// Words for a wish behind them.
const WISHES: &[&str] = &[
    "would like to",
    "would like",
    "wants to",
    "want to",
    "wants",
    "want",
    "needs to",
    "need to",
    "needs",
    "need",
    "asks for",
    "ask for",
    "asks about",
    "ask about",
    "asks",
    "has",
    "have",
    "is looking for",
];

/// The name without the words that speak of the visitor; of a long one the first alternative, and never too long.
pub(super) fn shortened(name: &str) -> String {
    let is_long = name.chars().count() > NAME_CHARACTERS_MAX;
    let first = name.split('/').next().filter(|_| is_long).unwrap_or(name).trim();
    let wish = without_one_of(first, WHO).and_then(|rest| without_one_of(rest, WISHES));
    let Some(short) = wish.or((first.len() < name.trim().len()).then_some(first)) else { return cut(name.trim()) };
    let mut letters = short.chars();
    let capital = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    cut(&(capital + letters.as_str()))
}

/// The text behind one of these phrases, if it begins with one and something follows.
fn without_one_of<'a>(text: &'a str, phrases: &[&str]) -> Option<&'a str> {
    let behind = |phrase: &&str| {
        let (head, rest) = text.split_at_checked(phrase.len())?;
        let rest = rest.strip_prefix(' ').map(str::trim).filter(|rest| !rest.is_empty())?;
        head.eq_ignore_ascii_case(phrase).then_some(rest)
    };
    phrases.iter().find_map(behind)
}

fn cut(text: &str) -> String {
    if text.chars().count() <= NAME_CHARACTERS_MAX {
        return text.to_owned();
    }
    let short: String = text.chars().take(NAME_CHARACTERS_MAX - 1).collect();
    let whole = short.rsplit_once(' ').map_or(short.as_str(), |(words, _)| words);
    format!("{whole}…")
}

#[test]
fn a_name_is_told_without_its_author_s_words() {
    for (name, label) in [
        ("User has questions about the product", "Questions about the product"),
        ("User need technical support/User need repair service / User need exchange service", "Technical support"),
        ("User want to schedule a meeting with the representative", "Schedule a meeting with the representative"),
        ("Report a problem", "Report a problem"),
        ("My ticket", "My ticket"),
        ("prices / delivery", "prices / delivery"),
        ("user", "user"),
        ("Users", "Users"),
        (
            "A wish that somebody wrote down in very many words that nobody reads to their end",
            "A wish that somebody wrote down in very many words that…",
        ),
    ] {
        assert_eq!(shortened(name), label, "{name}");
    }
}
