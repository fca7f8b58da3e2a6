//! Amounts as people write them. Pure.

/// Signs and names of currencies.
const CURRENCIES: &[&str] = &[
    "€", "$", "£", "eur", "euro", "euros", "usd", "dollar", "dollars", "gbp", "pounds", "chf", "franken", "dkk", "kr",
    "kr.", "kroner",
];
/// Words behind a number that multiply it.
const MULTIPLES: &[(&str, u64)] = &[
    ("k", 1_000),
    ("thousand", 1_000),
    ("tausend", 1_000),
    ("tusind", 1_000),
    ("mille", 1_000),
    ("mila", 1_000),
    ("m", 1_000_000),
    ("mio", 1_000_000),
    ("million", 1_000_000),
    ("millionen", 1_000_000),
    ("millioner", 1_000_000),
    ("millions", 1_000_000),
    ("milioni", 1_000_000),
];
/// The largest amount that is believed.
const AMOUNT_MAX: u64 = 1_000_000_000_000;

/// An amount among tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    /// The value in whole units.
    pub(super) value: u64,
    /// Something beside it says that it is money.
    pub(super) is_money: bool,
    /// The place of its first token, a currency before it included.
    pub(super) start: usize,
    /// The place behind its last token.
    pub(super) end: usize,
}

/// Words and numbers in small letters; letters and signs that touch a number stand apart.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    for word in text.to_lowercase().split([' ', '\t', '\u{a0}', '\u{202f}', ':', '(', ')', '"', '“', '”', '~']) {
        let mut part = String::new();
        for c in word.chars() {
            let is_number = |c: char| c.is_ascii_digit();
            let apart = match part.chars().last() {
                Some(last) if is_number(last) => !(is_number(c) || ".,'’".contains(c)),
                Some(last) if ".,'’".contains(last) => !is_number(c),
                Some(_) => is_number(c),
                None => false,
            };
            if apart {
                all.push(std::mem::take(&mut part));
            }
            part.push(c);
        }
        all.push(part);
    }
    let marks = ['.', ',', '-', '–', '\'', '’', '!', '?', ';'];
    let trimmed = all.iter().map(|token| token.trim_matches(marks)).map(str::to_owned);
    joined(trimmed.filter(|token| !token.is_empty()).collect())
}

/// Numbers whose groups stand apart, such as `12 000`, as one.
fn joined(tokens: Vec<String>) -> Vec<String> {
    let is_digits = |text: &str, length: usize| text.len() <= length && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut all: Vec<(String, bool)> = vec![];
    for token in tokens {
        match all.last_mut() {
            Some((last, is_open)) if *is_open && token.len() == 3 && is_digits(&token, 3) => last.push_str(&token),
            _ => {
                let is_open = is_digits(&token, 3);
                all.push((token, is_open));
            }
        }
    }
    all.into_iter().map(|(token, _)| token).collect()
}

/// The amounts among tokens, in their order.
pub(super) fn all(tokens: &[String]) -> Vec<Amount> {
    let is_currency = |place: Option<usize>| {
        place.and_then(|place| tokens.get(place)).is_some_and(|token| CURRENCIES.contains(&token.as_str()))
    };
    let amount = |(place, token): (usize, &String)| {
        let (whole, hundredths) = number(token)?;
        let behind = tokens.get(place + 1).and_then(|next| MULTIPLES.iter().find(|(name, _)| name == next));
        let factor = behind.map_or(1, |(_, factor)| *factor);
        let value = whole.checked_mul(factor)?.checked_add(hundredths * factor / 100)?;
        let after = place + 1 + usize::from(behind.is_some());
        let (is_before, is_behind) = (is_currency(place.checked_sub(1)), is_currency(Some(after)));
        let (start, end) = (place - usize::from(is_before), after + usize::from(is_behind));
        let is_money = behind.is_some() || is_before || is_behind;
        (1..=AMOUNT_MAX).contains(&value).then_some(Amount { value, is_money, start, end })
    };
    tokens.iter().enumerate().filter_map(amount).collect()
}

/// The whole part and the hundredths of a number, with points, commas or apostrophes between its groups.
fn number(token: &str) -> Option<(u64, u64)> {
    if !token.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut parts: Vec<&str> = token.split(['.', ',', '\'', '’']).collect();
    let is_group = |part: &&str| part.len() == 3;
    let last = parts.pop()?;
    let (groups, hundredths) = match (&parts[..], last.len()) {
        ([], _) => (vec![last], 0),
        (_, 3) => ([parts, vec![last]].concat(), 0),
        (_, 1) => (parts, last.parse::<u64>().ok()? * 10),
        (_, 2) => (parts, last.parse::<u64>().ok()?),
        _ => return None,
    };
    let are_groups = groups.iter().skip(1).all(is_group) && (groups.len() == 1 || groups[0].len() <= 3);
    are_groups.then(|| groups.concat().parse().ok()).flatten().map(|whole| (whole, hundredths))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_spelling() {
        for (text, value, is_money) in [
            ("5,000 EUR", 5_000, true),
            ("€ 12.500,00", 12_500, true),
            ("$25k", 25_000, true),
            ("1.5 million", 1_500_000, true),
            ("40'000", 40_000, false),
            ("12 000 €", 12_000, true),
        ] {
            let [one] = all(&tokens(text))[..] else { panic!("{text}") };
            assert_eq!((one.value, one.is_money), (value, is_money), "{text}");
        }
        assert_eq!(all(&tokens("99999999999999999999 or 0")), []);
    }
}
