//! Words that customers and documents use for the same thing. English only, and only what any company is asked about;
//! what a company calls its own products is in its documents.

/// What people say without naming what they ask for, and the words that name it.
const PHRASES: &[(&str, &str)] = &[
    ("how much", "price cost"),
    ("how long", "time"),
    ("how soon", "time"),
    ("how fast", "time"),
    ("where are you", "address office location"),
    ("where is your", "address office location"),
    ("money back", "refund"),
    ("set up", "install"),
    ("get rid of", "cancel remove"),
];

/// Words of one line stand for each other.
const GROUPS: &[&str] = &[
    "price cost pricing fee charge quote expensive cheap",
    "buy purchase order",
    "rent rental lease hire",
    "deliver delivery ship shipping shipment arrive",
    "repair fix broken defect defective fault faulty",
    "trouble problem issue error",
    "refund reimburse return",
    "warranty guarantee",
    "phone telephone call",
    "install installation setup",
    "cancel cancellation terminate",
    "hours open opening closed",
    "pay payment invoice bill",
    "clean cleaning wash wipe",
    "job career vacancy",
    "manual guide instructions",
];

/// What else the documents may say for what is asked, each word once, none that is asked already.
pub(super) fn of(asked: &str) -> Vec<&'static str> {
    let asked = asked.to_lowercase();
    let words: Vec<&str> = asked.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let spaced = format!(" {} ", words.join(" "));
    let said = PHRASES.iter().filter(|(phrase, _)| spaced.contains(&format!(" {phrase} "))).map(|(_, named)| *named);
    let meant = GROUPS.iter().copied().filter(|group| group.split(' ').any(|word| words.contains(&word)));
    let mut found: Vec<&str> = said.chain(meant).flat_map(|line| line.split(' ')).collect();
    found.retain(|word| !words.contains(word));
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_and_documents_mean_the_same() {
        assert_eq!(of("How much is the ADAM?"), ["cost", "price"]);
        assert_eq!(of("Is there a warranty?"), ["guarantee"]);
        assert_eq!(of("Showhow muchly ADAM"), [""; 0]);
    }
}
