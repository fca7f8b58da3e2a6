//! Words by which a search names somebody, apart from those that a great many addresses have in common.

/// The ends of addresses, and the services at which people have private ones.
const COMMON: [&str; 36] = [
    "www",
    "http",
    "https",
    "mailto",
    "com",
    "net",
    "org",
    "info",
    "biz",
    "edu",
    "co",
    "io",
    "eu",
    "uk",
    "us",
    "de",
    "dk",
    "fr",
    "it",
    "es",
    "nl",
    "se",
    "no",
    "ch",
    "at",
    "gmail",
    "googlemail",
    "hotmail",
    "outlook",
    "yahoo",
    "icloud",
    "live",
    "aol",
    "gmx",
    "proton",
    "protonmail",
];

/// True if one of the words can tell people apart.
pub fn any_in(query: &str) -> bool {
    let words = query.split(|c: char| c.is_whitespace() || c.is_ascii() && !c.is_ascii_alphanumeric());
    // One sign of a script with many, or a picture, can be a name.
    let is_word = |word: &&str| word.chars().count() > 1 || !word.is_ascii();
    words.filter(is_word).any(|word| !COMMON.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_addresses_name_nobody() {
        for broad in ["com", ".com", "gmail.com", "@gmail.com", "www.", "*", "a", ". .", "Outlook.com"] {
            assert!(!any_in(broad), "{broad}");
        }
        for named in ["acme.com", "Sarah", "Mark, S.", "愛子", "👍", "sarah@gmail.com", "12345"] {
            assert!(any_in(named), "{named}");
        }
    }
}
