//! E-mail addresses in lower case, as HubSpot stores them, equal in every spelling.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::{cmp::Ordering, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use unicode_normalization::UnicodeNormalization;

use crate::invisible::{self, Invisible};
use crate::text_cleaning::{KEY_FORMAT, TYPED_APOSTROPHES};

/// The longest address that can be delivered to (RFC 3696, erratum 1690).
const EMAIL_LENGTH_MAX: usize = 254;
/// The longest text that is read: an address with room for what stands around it.
const TEXT_CHARACTERS_MAX: usize = 500;
/// The longest text that is read as an address: international ones are longer than their ASCII form.
const TEXT_BYTES_MAX: usize = 2_000;
/// The longest text that is read, with what stands around the address.
const AROUND_BYTES_MAX: usize = 2 * TEXT_BYTES_MAX;
/// Characters that would make it a list or a display name, and the one in place of a character that was lost.
const UNFIT: &str = "<>,;:\\\"()[]\u{fffd}";
/// Marks that people and programs put around an address.
const WRAPPINGS: [(char, char); 8] =
    [('<', '>'), ('(', ')'), ('[', ']'), ('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’')];
/// Marks that stay within an address only by mistake, although a mailbox may have them inside.
const QUOTES: [char; 6] = ['\'', '`', '‘', '’', '“', '”'];
/// Marks of a sentence or a list that are copied with an address.
const PUNCTUATION: [char; 6] = ['.', ',', ';', ':', '!', '?'];
const LINK: &str = "mailto:";
/// Labels before an address, as in the head of a letter.
const LABELS: [&str; 9] = ["email", "e-mail", "mail", "address", "e-mail address", "email address", "to", "from", "cc"];
/// The beginning of a label of an international domain in ASCII (RFC 5890).
const ASCII_LABEL: &str = "xn--";
/// The full-width letters, digits and signs of East Asian keyboards, and their distance from ASCII.
const FULL_WIDTH: std::ops::RangeInclusive<char> = '\u{ff01}'..='\u{ff5e}';
const FULL_WIDTH_OFFSET: u32 = 0xfee0;

/// A plausible e-mail address in lower case.
///
/// It has one `@`, a domain with a dot, no white space and none of the characters that would make it a list or a
/// display name. Two spellings of one international address (composed or not, with the domain in Unicode or in ASCII)
/// are equal. `Debug` prints no part of it, because an address is personal data.
#[derive(Clone)]
pub struct Email {
    written: String,
    /// The composed local part with the domain in ASCII, which every spelling leads to.
    key: String,
}

/// The error for a text that is not an e-mail address. It does not repeat the text, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// The text has another form.
    #[error("that is not an e-mail address: it must look like `sarah@gmail.com`")]
    OtherForm,
    /// The text has a character within it that nobody sees, which would make it another address.
    #[error("the e-mail address has an invisible character inside, {0}: send it without that character")]
    Invisible(Invisible),
    /// A letter of another alphabet stands among Latin ones, which it looks like.
    #[error(
        "the e-mail address has a letter of another alphabet among Latin ones, U+{:04X}: send it with the letter that is meant",
        u32::from(*.0)
    )]
    OtherAlphabet(char),
}

impl Email {
    /// Reads an address of HubSpot's and keeps its spelling, even a decomposed one, by which HubSpot finds it.
    pub fn of_record(text: &str) -> Result<Email, InvalidEmail> {
        let email: Email = text.parse()?;
        Ok(Email { written: invisible::trim(text).to_lowercase(), ..email })
    }

    /// Returns the address in lower case, in the caller's spelling, composed.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Returns the spellings in which the address may be stored, each once. An address in ASCII has one, unless it has an
    /// apostrophe.
    pub fn spellings(&self) -> Vec<String> {
        let Some((name, domain)) = self.key.rsplit_once('@') else { return vec![self.written.clone()] };
        let (unicode, _) = idna::domain_to_unicode(domain);
        let composed = [domain, unicode.as_str()].map(|domain| format!("{name}@{domain}"));
        let decomposed = composed.iter().map(|address| address.nfd().collect());
        let typed = composed.iter().map(|address| address.replace('\'', "’"));
        let all: BTreeSet<String> =
            decomposed.chain(typed).chain(composed.clone()).chain([self.written.clone()]).collect();
        all.into_iter().collect()
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(raw: &str) -> Result<Email, InvalidEmail> {
        if raw.len() > AROUND_BYTES_MAX {
            return Err(InvalidEmail::OtherForm);
        }
        let bare = unwrapped(raw);
        if bare.len() > TEXT_BYTES_MAX {
            return Err(InvalidEmail::OtherForm);
        }
        let written: String = bare.chars().map(narrow).nfc().collect::<String>().to_lowercase().nfc().collect();
        let plain = |text: &str| !text.chars().any(|c| c.is_whitespace() || c.is_control() || UNFIT.contains(c));
        let (name, domain) = written.rsplit_once('@').filter(|_| plain(&written)).ok_or(InvalidEmail::OtherForm)?;
        if let Some(invisible) = Invisible::first_in(&written) {
            return Err(InvalidEmail::Invisible(invisible));
        }
        if let Some(letter) = other_alphabet(&written) {
            return Err(InvalidEmail::OtherAlphabet(letter));
        }
        let domain = ascii(domain).ok_or(InvalidEmail::OtherForm)?;
        let key = format!("{name}@{domain}");
        let is_mailbox =
            !name.is_empty() && !name.contains('@') && !name.starts_with(['.', '/']) && !name.starts_with(QUOTES);
        let whole = is_mailbox && key.len() <= EMAIL_LENGTH_MAX;
        let hosted = domain.contains('.') && domain.split('.').all(is_label);
        match plain(&domain) && whole && hosted {
            true => Ok(Email { written, key }),
            false => Err(InvalidEmail::OtherForm),
        }
    }
}

/// The first Greek or Cyrillic letter in a word that has Latin ones too.
fn other_alphabet(address: &str) -> Option<char> {
    let of_others = |c: &char| c.is_alphabetic() && ('\u{370}'..='\u{52f}').contains(c);
    let words = address.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| word.contains(|c: char| c.is_ascii_alphabetic())).find_map(|word| word.chars().find(of_others))
}

/// True for one part of a domain in ASCII.
fn is_label(label: &str) -> bool {
    let is_inside = !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    is_inside && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The address without what it was copied with: brackets or quotes, a sentence's marks, a label, the name of its owner, a
/// `mailto:` link.
fn unwrapped(text: &str) -> &str {
    let mut rest = text;
    loop {
        let bare = invisible::trim(rest).trim_end_matches(PUNCTUATION);
        let inner = [in_wrapping, in_link, behind_name, behind_label].iter().find_map(|inside| inside(bare));
        match inner.map(invisible::trim) {
            Some(inner) if inner.len() < bare.len() => rest = inner,
            _ => return bare,
        }
    }
}

fn in_wrapping(text: &str) -> Option<&str> {
    let inside =
        |(opening, closing): (char, char)| text.strip_prefix(opening).and_then(|rest| rest.strip_suffix(closing));
    WRAPPINGS.into_iter().find_map(inside).filter(|inner| !inner.contains("]("))
}

/// The address of a link, also as Markdown writes it. A label that is another address leaves it open which is meant.
fn in_link(text: &str) -> Option<&str> {
    if let Some((label, target)) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(')')?.split_once("](")) {
        let address = in_link(target).unwrap_or(target);
        let is_same = !has_sign(label) || invisible::trim(label).eq_ignore_ascii_case(address);
        return is_same.then_some(address);
    }
    let scheme = text.get(..LINK.len()).filter(|start| start.eq_ignore_ascii_case(LINK));
    scheme.map(|_| text[LINK.len()..].trim_start_matches('/').split('?').next().unwrap_or_default())
}

/// The address of `Sarah Mark <sarah@gmail.com>`, `Sarah Mark (sarah@gmail.com)` and `sarah@gmail.com (Sarah Mark)`. Mail
/// programs also write the address in the place of the name.
fn behind_name(text: &str) -> Option<&str> {
    let ends = [('<', '>'), ('(', ')')].into_iter();
    let (name, address) =
        ends.filter_map(|(opening, closing)| text.strip_suffix(closing)?.rsplit_once(opening)).next()?;
    let bare_name = invisible::trim(name).trim_matches(|c| "\"'".contains(c));
    match (has_sign(name), has_sign(address)) {
        (false, true) => Some(address),
        (true, true) => bare_name.eq_ignore_ascii_case(invisible::trim(address)).then_some(address),
        (true, false) if text.ends_with(')') => Some(name),
        _ => None,
    }
}

fn behind_label(text: &str) -> Option<&str> {
    let (label, address) = text.split_once(':')?;
    LABELS.iter().any(|known| label.trim().eq_ignore_ascii_case(known)).then_some(address)
}

fn has_sign(text: &str) -> bool {
    text.contains(['@', '＠'])
}

fn narrow(c: char) -> char {
    if TYPED_APOSTROPHES.contains(&c) {
        return '\'';
    }
    let ascii = || char::from_u32(u32::from(c) - FULL_WIDTH_OFFSET);
    FULL_WIDTH.contains(&c).then(ascii).flatten().unwrap_or(c)
}

/// The domain in ASCII; `None` if it is no domain (UTS #46).
fn ascii(domain: &str) -> Option<Cow<'_, str>> {
    match domain.is_ascii() && !domain.split('.').any(|label| label.starts_with(ASCII_LABEL)) {
        true => Some(domain.into()),
        false => idna::domain_to_ascii(domain).ok().map(Cow::Owned),
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Email) -> bool {
        self.key == other.key
    }
}

impl Eq for Email {}

impl Hash for Email {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl PartialOrd for Email {
    fn partial_cmp(&self, other: &Email) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Email {
    fn cmp(&self, other: &Email) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Email, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Email {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Email".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": KEY_FORMAT, "maxLength": TEXT_CHARACTERS_MAX})
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Masks the address, so that `{:?}` in a log line shows no personal data.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(***)")
    }
}

#[cfg(test)]
mod tests;
