//! The parts of what a person or a model searches for: an address, an id, a phone number, and the words around them.

use std::collections::BTreeSet;

use domain::email::{Email, InvalidEmail};
use domain::email_in_text;
use domain::id::RecordId;
use domain::invisible;
use domain::phone::in_text::{self, PhoneInText};
use domain::phone::{InvalidPhone, Phone};
use domain::text_cleaning;

/// Words right before an id.
const ID_WORDS: [&str; 9] = ["id", "vid", "cid", "hs_object_id", "contact_id", "cus_cid", "contactid", "record", "ids"];
/// The parts of the addresses of HubSpot's pages of contacts before the id.
const PAGES: [&str; 2] = ["/record/0-1/", "/contact/"];
/// The fewest digits that may be an id without a word that says so; shorter numbers are part of a name or an address.
const ID_DIGITS_MIN: usize = 9;
/// The fewest digits of a text that is meant as a phone number, although it cannot be read.
const MEANT_DIGITS_MIN: usize = 5;
/// Marks at the ends of a word that belong to the sentence around it, or turn a name: `Mark, Sarah`.
const PUNCTUATION: [char; 16] = [',', ';', ':', '!', '?', '"', '“', '”', '„', '(', ')', '<', '>', '[', ']', '|'];
/// Characters that are written for an apostrophe, and for a hyphen.
const HYPHENS: [char; 3] = ['\u{2010}', '\u{2011}', '–'];
/// Words of a request or a label, which are in nobody's name.
const FILLERS: &str = "\
    a about address all am and any anybody anyone are at back by call called can caller cell client contact contacts \
     customer customers details do dr e-mail email find for from get has have hello her here hi his i i'm id info \
     is it it's its look looking mail me miss mobile mr mrs ms my name named no number number's of on or person phone please reach \
     record search she show tel telephone text thank thanks the their this to up us who whose with you your";

/// What a query names, by which contacts are looked up; the words tell several of them apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// An e-mail address.
    pub email: Option<Email>,
    /// A contact's id. Digits can be an id, a phone number or both.
    pub id: Option<RecordId>,
    /// A phone number.
    pub phone: Option<Phone>,
    /// The other words, without those of the request around them.
    pub words: Vec<String>,
}

impl Query {
    /// Reads a query; the error says why an address or a number that is meant cannot be read.
    pub fn read(text: &str) -> Result<Query, String> {
        if let Some(sign) = other_at_sign(text) {
            return Err(format!("`{sign}` cannot be read in an e-mail address: send it with `@`"));
        }
        let email = email_in_text::read(text).map_err(|unclear| problem_of_address(text, &unclear))?;
        let rest = if email.is_some() { without_addresses(text) } else { text.to_owned() };
        let (id, rest) = labelled_id(&rest);
        let is_known = email.is_some() || id.is_some();
        let digits = if id.is_none() { bare_id(&rest) } else { None };
        let (phone, rest) = match phone(&rest) {
            Ok(Some(PhoneInText { phone, words })) => (Some(phone), words),
            Err(unclear) if !is_known && digits.is_none() => return Err(unclear.to_string()),
            _ => (None, rest),
        };
        let mut words = plain_words(&rest);
        words.retain(|word| digits.as_ref().is_none_or(|id| id.as_str() != word));
        Ok(Query { email, id: id.or(digits), phone, words })
    }

    /// True if it names a contact by something that a contact has for itself.
    pub fn has_key(&self) -> bool {
        self.email.is_some() || self.id.is_some() || self.phone.is_some()
    }
}

/// What stands for `@` in an address that a form encoded, or that is hidden from robots.
fn other_at_sign(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    ["%40", "(at)", "[at]", "{at}", "&#64;"].into_iter().find(|sign| {
        text.split_once(sign).is_some_and(|(before, after)| !before.trim().is_empty() && after.contains('.'))
    })
}

/// The texts to search for, each if those before it find nobody: without the marks between words, and without the words
/// of the request around a name; each with either apostrophe, and in the width in which it was typed.
pub fn texts(query: &str) -> Vec<String> {
    let cleaned = text_cleaning::search_words(query);
    let bare = words(&cleaned).join(" ");
    let plain = plain_words(&cleaned).join(" ");
    let typed = words(&text_cleaning::composed(query)).join(" ");
    let typed = Some(typed).filter(|typed| text_cleaning::search_words(typed) != *typed);
    let texts = [bare, plain].into_iter().chain(typed);
    let mut seen = BTreeSet::new();
    let texts = texts.flat_map(|text| with_apostrophes(&text)).filter(|text| !text.is_empty());
    let texts: Vec<_> = texts.filter(|text| seen.insert(text.clone())).collect();
    if texts.is_empty() { vec![cleaned] } else { texts }
}

/// The text as names are stored that were typed on a keyboard, and on a phone.
fn with_apostrophes(text: &str) -> Vec<String> {
    let plain = with_plain_marks(text);
    let typed = plain.contains('\'').then(|| plain.replace('\'', "’"));
    [plain].into_iter().chain(typed).collect()
}

/// The text with the marks of a keyboard in place of those that phones and text processors write, as in `O’Connor`.
pub fn with_plain_marks(text: &str) -> String {
    text_cleaning::with_plain_apostrophes(text).replace(HYPHENS, "-")
}

fn without_addresses(text: &str) -> String {
    text.split_whitespace().filter(|word| !word.contains(['@', '＠'])).collect::<Vec<_>>().join(" ")
}

fn problem_of_address(text: &str, unclear: &InvalidEmail) -> String {
    let parts = text.split(|c: char| c.is_whitespace() || PUNCTUATION.contains(&c));
    match parts.filter(|part| part.parse::<Email>().is_ok()).count() {
        0 | 1 => unclear.to_string(),
        _ => "it is more than one e-mail address: send one".to_owned(),
    }
}

/// The number, alone or among words. What is meant as a number and is none is an error; words are not.
fn phone(text: &str) -> Result<Option<PhoneInText>, InvalidPhone> {
    match (Phone::parse(text), in_text::read(text)) {
        (Ok(phone), _) => Ok(Some(PhoneInText { phone, words: String::new() })),
        (_, Ok(Some(found))) => Ok(Some(found)),
        (Err(InvalidPhone::OtherText), Ok(None)) => Ok(None),
        // `Home Depot`, `M. Holm`, `H2 Hotel`: the words of labels are names too.
        (Err(_), Ok(None)) if !is_marked(text) => Ok(None),
        (Err(unclear), Ok(None)) | (_, Err(unclear)) => Err(unclear),
    }
}

/// True for a text that can hardly be but a number, whatever it has instead of digits.
fn is_marked(text: &str) -> bool {
    text.contains(['+', '＋', ':']) || text.chars().filter(|c| c.is_numeric()).count() >= MEANT_DIGITS_MIN
}

/// The id behind a word that says so or in the address of a contact's page, and the text without it.
fn labelled_id(text: &str) -> (Option<RecordId>, String) {
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let digits = |token: &str| invisible::trim(token).trim_matches(PUNCTUATION).trim_matches(['.', '#']).parse().ok();
    for (at, token) in tokens.iter().enumerate() {
        let (label, value) = token.split_once([':', '=']).unwrap_or((token, ""));
        let before = |at: usize| tokens[at].trim_matches(PUNCTUATION).trim_end_matches(['.', '=', '#']).to_lowercase();
        let is_label = |word: &str| ID_WORDS.contains(&word);
        let id = page_id(token)
            .or_else(|| token.starts_with('#').then(|| digits(token)).flatten())
            .or_else(|| digits(value).filter(|_| is_label(&label.to_lowercase())))
            .or_else(|| digits(token).filter(|_| at > 0 && is_label(&before(at - 1))));
        if let Some(id) = id {
            let rest = tokens.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, token)| *token);
            return (Some(id), rest.collect::<Vec<_>>().join(" "));
        }
    }
    (None, text.to_owned())
}

fn page_id(address: &str) -> Option<RecordId> {
    let after = PAGES.iter().find_map(|page| Some(address.split_once(page)?.1))?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Digits that may be an id: the whole text, or one long number among words.
fn bare_id(text: &str) -> Option<RecordId> {
    if let Ok(id) = invisible::trim(text).parse() {
        return Some(id);
    }
    let bare = |token| invisible::trim(token).trim_matches(PUNCTUATION).trim_end_matches('.');
    let mut numbers = text.split_whitespace().map(bare).filter(|token| token.bytes().all(|b| b.is_ascii_digit()));
    let number = numbers.find(|token| token.len() >= ID_DIGITS_MIN)?;
    number.parse().ok()
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'));
    let bare = parts.map(|word| word.trim_matches(PUNCTUATION).trim_end_matches('.'));
    bare.filter(|word| word.contains(|c: char| c.is_alphanumeric() || c == '*')).map(str::to_owned).collect()
}

fn plain_words(text: &str) -> Vec<String> {
    let is_filler = |word: &str| FILLERS.split(' ').any(|filler| filler == with_plain_marks(&word.to_lowercase()));
    words(&text_cleaning::search_words(text)).into_iter().filter(|word| !is_filler(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> String {
        let query = Query::read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let email = query.email.map(|email| email.as_str().to_owned());
        let phone = query.phone.map(|phone| phone.last_digits().to_owned());
        let id = query.id.map(|id| format!("id {id}"));
        let words = Some(query.words.join(" ")).filter(|words| !words.is_empty());
        [email, id, phone, words].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_query_is_read_in_its_parts() {
        for (text, expected) in [
            ("Sarah@gmail.com", "sarah@gmail.com"),
            ("Sarah Mark <sarah@gmail.com>", "sarah@gmail.com, Sarah Mark"),
            ("her email is sarah@gmail.com or 702 555 0143", "sarah@gmail.com, 5550143"),
            ("sarah@gmail.com 84246479604", "sarah@gmail.com, id 84246479604, 6479604"),
            ("84246479604", "id 84246479604, 6479604"),
            ("84246479604\u{200b}", "id 84246479604, 6479604"),
            ("+1 (702) 555-0143", "5550143"),
            ("501", "id 501"),
            ("id 12345", "id 12345"),
            ("contact id: 12345", "id 12345"),
            ("#12345", "id 12345"),
            ("contact #84246479604.", "id 84246479604"),
            ("https://wa.me/17025550143 Sarah", "5550143, Sarah"),
            ("O’Neil, Mary Ann", "O’Neil Mary Ann"),
            ("Home Depot", "Home Depot"),
            ("M. Holm", "M Holm"),
            ("H2 Hotel", "H2 Hotel"),
            ("Mrs. Sarah Mark", "Sarah Mark"),
            ("id=84246479604", "id 84246479604"),
            ("contact 84246479604", "id 84246479604, 6479604"),
            ("https://app.hubspot.com/contacts/1/record/0-1/84246479604", "id 84246479604"),
            ("https://app.hubspot.com/contacts/1/contact/501/?x=1", "id 501"),
            ("my number is 702 555 0143", "5550143"),
            ("call me at (702) 555-0143 please", "5550143"),
            ("7025550143 Sarah", "id 7025550143, 5550143, Sarah"),
            ("Sarah 702-555-0143", "5550143, Sarah"),
            ("tel. +45 20 12 34 56", "0123456"),
            ("MARK, Sarah", "MARK Sarah"),
            ("4 Seasons", "4 Seasons"),
            ("1-800-FLOWERS", "1-800-FLOWERS"),
            ("@gmail.com", "@gmail.com"),
            ("Sarah @\u{200b} work", "Sarah work"),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_meant_as_an_address_or_a_number_and_cannot_be_read_is_no_words() {
        for (query, part) in [
            ("sa\u{200b}rah@gmail.com", "U+200B ZERO WIDTH SPACE"),
            ("sarah@@gmail.com", "not an e-mail address"),
            ("+1 702 CALL NOW", "`C` cannot be read"),
            ("702 555 O143", "`O` cannot be read"),
            ("702 555 0143 or 702 555 0144", "more than one phone number"),
            ("call 702 555 0143, else 702 555 0144", "more than one phone number"),
            ("+45 12", "fewer than 5 digits"),
            ("sarah@gmail.com and tom@gmail.com", "more than one e-mail address"),
            ("tel:unknown", "`u` cannot be read"),
        ] {
            let problem = Query::read(query).unwrap_err();
            assert!(problem.contains(part), "{query}: {problem}");
        }
    }

    #[test]
    fn names_are_searched_for_without_the_words_around_them() {
        for (query, expected) in [
            ("Mark, Sarah", &["Mark Sarah"][..]),
            ("\"Sarah Mark\"", &["Sarah Mark"]),
            ("my name is Sarah Mark.", &["my name is Sarah Mark", "Sarah Mark"]),
            ("Sarah\u{200b} Mark", &["Sarah Mark"]),
            ("who", &["who"]),
            ("*@gmail.com", &["*@gmail.com"]),
            (
                "my name is Liam O´Connor",
                &["my name is Liam O'Connor", "my name is Liam O’Connor", "Liam O'Connor", "Liam O’Connor"],
            ),
            ("Anne–Marie", &["Anne-Marie"]),
            ("👍", &["👍"]),
            ("Ｓａｒａｈ　Mark", &["Sarah Mark", "Ｓａｒａｈ Mark"]),
            ("ＪＯＳＥ", &["JOSE", "ＪＯＳＥ"]),
            ("Liam O’Connor", &["Liam O'Connor", "Liam O’Connor"]),
            ("Liam O'Connor", &["Liam O'Connor", "Liam O’Connor"]),
            (
                "who is Liam OʼConnor",
                &["who is Liam O'Connor", "who is Liam O’Connor", "Liam O'Connor", "Liam O’Connor"],
            ),
        ] {
            assert_eq!(texts(query), expected, "{query}");
        }
    }
}
