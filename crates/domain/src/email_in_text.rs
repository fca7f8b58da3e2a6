//! The address within a line of a letter or a list of contacts: `Sarah Mark <sarah@gmail.com>`, `Email: sarah@gmail.com.`

use super::email::{Email, InvalidEmail};
use super::invisible;

/// Marks at the ends of a word that belong to the sentence around it.
const PUNCTUATION: [char; 7] = ['.', ',', ';', ':', '!', '?', '*'];
/// Marks that stand between an address and what surrounds it.
const BORDERS: [char; 8] = ['<', '>', '(', ')', '[', ']', '"', '|'];

const LINK: &str = "mailto:";

/// The most addresses that are listed.
const ADDRESSES_MAX: usize = 10;

/// Reads the one address of a text, whatever words stand around it; `None` if there is none.
pub fn read(text: &str) -> Result<Option<Email>, InvalidEmail> {
    match text.parse() {
        Err(InvalidEmail::OtherForm) => among_words(text),
        read => read.map(Some),
    }
}

/// Lists the addresses of a text, each once, in their order.
pub fn all(text: &str) -> Vec<Email> {
    let words = text.split(|c: char| c.is_whitespace() || BORDERS.contains(&c));
    let mut all: Vec<Email> = vec![];
    for email in words.filter(|word| has_name(word)).filter_map(|word| address(word).ok()) {
        if all.len() < ADDRESSES_MAX && !all.contains(&email) {
            all.push(email);
        }
    }
    all
}

fn among_words(text: &str) -> Result<Option<Email>, InvalidEmail> {
    let words = text.split(|c: char| c.is_whitespace() || BORDERS.contains(&c));
    let mut found: Option<Email> = None;
    for word in words.filter(|word| has_name(word)) {
        let email = address(word)?;
        if found.as_ref().is_some_and(|other| *other != email) {
            return Err(InvalidEmail::OtherForm);
        }
        found = Some(email);
    }
    Ok(found)
}

/// True for a word with something before an `@`: a domain alone, such as `@gmail.com`, is no address.
fn has_name(word: &str) -> bool {
    invisible::trim(word).find(['@', '＠']).is_some_and(|at| at > 0)
}

/// The address of a word, without the punctuation at its ends and a label before it.
fn address(word: &str) -> Result<Email, InvalidEmail> {
    let bare = invisible::trim(word).trim_matches(PUNCTUATION);
    // The part before the sign is that of a page's address.
    if bare.contains("://") && !bare.get(..LINK.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(LINK)) {
        return Err(InvalidEmail::OtherForm);
    }
    let unlabelled = || bare.rsplit_once(':').and_then(|(_, address)| address.parse().ok());
    bare.parse().or_else(|invalid| unlabelled().ok_or(invalid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_taken_out_of_what_surrounds_it() {
        for text in [
            "Sarah Mark <sarah@gmail.com>",
            "\"Mark, Sarah\" <Sarah@gmail.com>",
            "sarah@gmail.com.",
            "sarah@gmail.com,",
            "sarah@gmail.com;",
            "Sarah (sarah@gmail.com)",
            "Email: sarah@gmail.com",
            "E-mail:sarah@gmail.com",
            "[sarah@gmail.com](mailto:sarah@gmail.com)",
            "her address is 'sarah@gmail.com'!",
        ] {
            assert_eq!(read(text), Ok(Some("sarah@gmail.com".parse().unwrap())), "{text}");
        }
    }

    #[test]
    fn all_addresses_of_a_text_are_listed_once() {
        let listed = |text: &str| all(text).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(listed("a@b.com or <c@d.com>, no: A@b.com."), ["a@b.com", "c@d.com"]);
        assert_eq!(listed("neither sarah@@gmail.com nor @gmail.com"), [""; 0]);
    }

    #[test]
    fn what_is_no_address_and_what_is_two_is_refused() {
        for text in [
            "sarah@@gmail.com",
            "Sarah <sarah@gmail>",
            "a@b.com or c@d.com",
            "sarah@gmail,com",
            "sarah@",
            "http://sarah@gmail.com",
            "https://sarah:pw@gmail.com/",
            "ftp://sarah@gmail.com",
        ] {
            assert_eq!(read(text), Err(InvalidEmail::OtherForm), "{text}");
        }
        for text in ["Sarah Mark", "@gmail.com", "Sarah @ work"] {
            assert_eq!(read(text), Ok(None), "{text}");
        }
    }
}
