//! Phone numbers that compare equal in every spelling: `+1 (702) 555-0143`, `702.555.0143`, `tel:+17025550143`.
//!
//! Often nobody tells the country of a number: accounts hold `702 555 0143` beside `+1 702 555 0143`, and both are the
//! same person's. So a number without a country code is compared by its ending, as HubSpot's own index does, and the
//! lengths of country codes are all that is needed of a numbering plan. Two numbers with a country code must be equal. The crate `phonenumber` 0.3.10 (libphonenumber in Rust) was weighed: without a
//! country it reads neither `(702) 555-0143` nor `0017025550143`, nor digits of other scripts, no-break spaces, `sms:` or
//! `wa.me`; it has no comparison; it adds a dozen crates and 3 MB to the binary, and 0.2 seconds to the
//! first number.

mod extension;
mod folded;
pub mod in_text;
mod label;
mod link;
mod prefix;

use extension::Tail;
use prefix::Prefix;

/// Shorter numbers are extensions or service numbers, which many people share.
const DIGITS_MIN: usize = 5;
/// The longest number (15 digits, ITU-T E.164) with an international prefix before it.
const DIGITS_MAX: usize = 18;
/// The shortest ending that identifies a number without its country code.
const LOCAL_DIGITS_MIN: usize = 7;
/// The shortest number without its country code that is the same as one where nothing marks the country code.
const UNMARKED_DIGITS_MIN: usize = 9;
/// The longest text that is read; a longer one is no phone number.
const CHARACTERS_MAX: usize = 500;

/// The digits of a phone number without its extension, and the prefix that stood before them.
///
/// `Debug` prints no part of it, because a number is personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    digits: String,
    prefix: Prefix,
    /// There is no country code, and it is likely that of North America.
    is_american: bool,
}

/// The reason why a text is not read as a phone number. It does not repeat the text, which may be personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhone {
    /// The text is something else, such as a name.
    #[error("that is no phone number")]
    OtherText,
    /// It has fewer digits than a number that belongs to one person.
    #[error("it has fewer than {DIGITS_MIN} digits: send the whole phone number")]
    TooShort,
    /// It has more digits than any number.
    #[error("it has more than {DIGITS_MAX} digits: send one phone number")]
    TooLong,
    /// It is more than one number.
    #[error("it is more than one phone number: send one")]
    Several,
    /// It has a country code whose numbers have another length.
    #[error(
        "a number with the country code 1 has 10 digits behind it, and this one has more or fewer: ask for it again"
    )]
    WrongLength,
    /// A character that is neither a digit nor a sign between digits.
    #[error("`{0}` cannot be read in a phone number: send its digits")]
    Unreadable(char),
}

impl Phone {
    /// Reads a phone number: as it is typed in any script, as a link, with a label before it or an extension behind it.
    pub fn parse(raw: &str) -> Result<Phone, InvalidPhone> {
        let read = Read::of(raw)?;
        let (prefix, known) = prefix::split(&read.digits, read.has_plus);
        match known.len() {
            0..DIGITS_MIN if read.is_marked => Err(InvalidPhone::TooShort),
            0..DIGITS_MIN => Err(InvalidPhone::OtherText),
            _ if prefix == Prefix::International && prefix::is_impossible(known) => Err(InvalidPhone::WrongLength),
            _ => {
                let is_american = prefix == Prefix::None && prefix::is_american(known, &read.groups);
                let digits = match prefix {
                    Prefix::International => prefix::from_abroad(known),
                    Prefix::Trunk | Prefix::None => known.to_owned(),
                };
                Ok(Phone { digits, prefix, is_american })
            }
        }
    }

    /// Returns `true` if `other` is the same number, with or without the country code.
    pub fn is_same(&self, other: &str) -> bool {
        Phone::parse(other).is_ok_and(|other| self.is_number(&other))
    }

    /// True if the numbers are the same in one of the readings of each.
    fn is_number(&self, other: &Phone) -> bool {
        let others = other.readings();
        self.readings().iter().any(|one| others.iter().any(|other| !one.is_other(other)))
    }

    /// The number as it was written, and with the country codes of those countries in which it is dialled so.
    fn readings(&self) -> Vec<Phone> {
        let of_country = |digits| Phone { digits, prefix: Prefix::International, is_american: false };
        let more = prefix::readings(&self.digits, self.prefix).into_iter().map(of_country);
        [self.clone()].into_iter().chain(more).collect()
    }

    /// Returns `true` if the numbers are not the same.
    fn is_other(&self, other: &Phone) -> bool {
        let (short, long) = self.by_length(other);
        let national = || prefix::national(&long.digits, short.prefix).is_some_and(|rest| rest == short.digits);
        let is_enough = long.prefix == Prefix::International || short.digits.len() >= UNMARKED_DIGITS_MIN;
        let prefixes = [short.prefix, long.prefix];
        let abroad = prefixes.contains(&Prefix::International) && prefixes.contains(&Prefix::Trunk);
        match short.digits == long.digits {
            // What stands behind a trunk zero has no country code, and so has other digits. A number of North America
            // has another country code than one with equal digits that begin with a country code.
            true => abroad || self.is_of_other_country(other),
            false => short.prefix == Prefix::International || !is_enough || !national(),
        }
    }

    /// Returns `true` if `other` may be the same number: one of them has no country code, and the other ends with it,
    /// even if more than the country code is missing.
    pub fn may_be(&self, other: &str) -> bool {
        let Ok(other) = Phone::parse(other) else { return false };
        let (short, long) = self.by_length(&other);
        let are_whole = [short, long].iter().all(|phone| phone.prefix == Prefix::International);
        let is_end = short.digits.len() >= LOCAL_DIGITS_MIN && long.digits.ends_with(short.digits.as_str());
        let is_equal = short.digits == long.digits;
        // Such a number with a country code is of no country: no plus sign was forgotten in the other.
        let is_impossible = self.is_of_other_country(&other) && !prefix::is_whole(&short.digits);
        (is_equal && !is_impossible) || (!is_equal && !are_whole && is_end) || self.is_number(&other)
    }

    /// True if one has a country code and the other, of equal digits, none but likely that of North America.
    fn is_of_other_country(&self, other: &Phone) -> bool {
        let prefixes = [self.prefix, other.prefix];
        (self.is_american || other.is_american) && prefixes.contains(&Prefix::International)
    }

    fn by_length<'a>(&'a self, other: &'a Phone) -> (&'a Phone, &'a Phone) {
        if self.digits.len() <= other.digits.len() { (self, other) } else { (other, self) }
    }

    /// Returns the last seven digits, which every spelling of the number ends with.
    pub fn last_digits(&self) -> &str {
        &self.digits[self.digits.len().saturating_sub(LOCAL_DIGITS_MIN)..]
    }
}

/// Returns a number as it is stored: the caller's spelling in ASCII, without link and label, the extension as `ext. 5`.
/// What [`Phone::parse`] does not read is not stored: nobody would be found by it.
pub fn stored(raw: &str) -> Result<String, InvalidPhone> {
    let read = Read::of(raw)?;
    match read.digits.len() {
        0..DIGITS_MIN => Err(InvalidPhone::TooShort),
        _ => Phone::parse(raw).map(|_| read.written),
    }
}

/// Returns true for a number without its area code, which may be that of people in every area.
pub fn lacks_area_code(raw: &str) -> bool {
    Phone::parse(raw).is_ok_and(|phone| phone.prefix == Prefix::None && phone.digits.len() < UNMARKED_DIGITS_MIN)
}

/// Masks the number, so that `{:?}` in a log line shows no personal data.
impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(***)")
    }
}

/// A text that was read as a number.
struct Read {
    /// All digits before the extension; at least one.
    digits: String,
    /// The lengths of the groups in which they are written.
    groups: Vec<usize>,
    written: String,
    /// A link, a label or a plus sign says that it is a number.
    is_marked: bool,
    has_plus: bool,
}

impl Read {
    fn of(raw: &str) -> Result<Read, InvalidPhone> {
        if raw.chars().nth(CHARACTERS_MAX).is_some() {
            return Err(InvalidPhone::OtherText);
        }
        let folded = folded::fold(raw);
        let text = folded.trim_matches(|c: char| " \"'`<>".contains(c) || is_symbol(c));
        let linked = link::number(raw.trim()).or_else(|| link::number(text)).map(|number| folded::fold(&number));
        let (text, is_labelled) = label::strip(linked.as_deref().unwrap_or(text));
        let text = whole(text);
        let has_plus = text.trim_start_matches(['(', ' ']).starts_with('+');
        let is_marked = linked.is_some() || is_labelled || has_plus;
        let (number, tail) = text.split_at(end_of_number(text));
        let number = number.trim_end_matches([' ', '(', '-', '.', '/']);
        let digits = digits(number);
        let unfit = |reason| if is_meant(text, is_marked) { reason } else { InvalidPhone::OtherText };
        if digits.is_empty() || text.contains('@') {
            return Err(unfit(unread(text).map_or(InvalidPhone::OtherText, InvalidPhone::Unreadable)));
        }
        if let Some(unread) = unread(number) {
            return Err(unfit(InvalidPhone::Unreadable(unread)));
        }
        if number.trim_start_matches(['(', ' ']).get(1..).is_some_and(|rest| rest.contains('+')) {
            return Err(unfit(InvalidPhone::Several));
        }
        if is_followed_by_another_end(number) {
            return Err(unfit(InvalidPhone::Several));
        }
        if digits.len() > DIGITS_MAX {
            return Err(unfit(InvalidPhone::TooLong));
        }
        let written = written(number, tail).map_err(unfit)?;
        let groups = number.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|length| *length > 0).collect();
        Ok(Read { digits, groups, written, is_marked, has_plus })
    }
}

/// True for a picture of a telephone and the like.
fn is_symbol(c: char) -> bool {
    !c.is_ascii() && !c.is_alphanumeric()
}

/// True for `702 555 0143 / 0144`, two numbers of which the second is only its end.
fn is_followed_by_another_end(number: &str) -> bool {
    let count = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    number
        .rsplit_once('/')
        .is_some_and(|(first, end)| count(first) >= UNMARKED_DIGITS_MIN && (1..LOCAL_DIGITS_MIN).contains(&count(end)))
}

/// The digits of a number that a spreadsheet wrote with a point, `7025550143.0`.
fn whole(text: &str) -> &str {
    text.strip_suffix(".0").filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())).unwrap_or(text)
}

/// The position of the extension, or of another text behind the digits of a number.
fn end_of_number(text: &str) -> usize {
    let ends = |(at, c): &(usize, char)| {
        (c.is_alphabetic() || matches!(c, ',' | ';' | '#'))
            && text[..*at].bytes().filter(u8::is_ascii_digit).count() >= DIGITS_MIN
    };
    text.char_indices().find(ends).map_or(text.len(), |(at, _)| at)
}

/// The digits, without the trunk zero in brackets, which is only dialled within the country: +44 (0)20 7946 0958. In
/// Italy it is a part of the number.
fn digits(number: &str) -> String {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let code =
        number.split_once("(0)").map_or(String::new(), |(code, _)| digits(code).trim_start_matches('0').to_owned());
    if prefix::keeps_zero(&code) { digits(number) } else { digits(&number.replace("(0)", "")) }
}

fn unread(number: &str) -> Option<char> {
    number.chars().find(|c| !c.is_ascii_digit() && !" +-./()".contains(*c))
}

fn written(number: &str, tail: &str) -> Result<String, InvalidPhone> {
    match (tail.is_empty(), extension::read(tail)) {
        (true, _) | (_, Tail::Nothing) => Ok(number.to_owned()),
        (_, Tail::Extension(extension)) => Ok(format!("{number} ext. {extension}")),
        (_, Tail::Keys) => Ok(format!("{number}{tail}")),
        (_, Tail::Other) => Err(match tail.bytes().filter(u8::is_ascii_digit).count() >= DIGITS_MIN {
            true => InvalidPhone::Several,
            false => unread(tail).map_or(InvalidPhone::Several, InvalidPhone::Unreadable),
        }),
    }
}

/// True for a text that is a number with something unreadable in it, and not words or a code with digits.
fn is_meant(text: &str, is_marked: bool) -> bool {
    let count = |is: fn(&char) -> bool| text.chars().filter(is).count();
    let (digits, letters) = (count(|c| c.is_ascii_digit()), count(|c| c.is_alphabetic()));
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || c == '(');
    !text.contains('@') && (is_marked || (begins && digits >= LOCAL_DIGITS_MIN && digits > letters))
}

#[cfg(test)]
mod tests;
