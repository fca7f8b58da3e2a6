//! The budget that a customer names in their own words. Pure; of several amounts none is guessed.

/// Words beside which an amount is a budget, in the languages of the fixed texts.
const WORDS: &[&str] = &[
    "budget",
    "budgets",
    "spend",
    "afford",
    "ausgeben",
    "budgetrahmen",
    "bruge",
    "budgettet",
    "dépenser",
    "spendere",
    "bilancio",
];
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

/// An amount, and whether something beside it says that it is money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Amount {
    value: u64,
    is_money: bool,
}

/// The budget that a text names, in whole units of its currency.
pub fn of(text: &str) -> Option<u64> {
    text.split(['\n', '!', '?', ';']).flat_map(|line| line.split(". ")).find_map(of_sentence)
}

fn of_sentence(sentence: &str) -> Option<u64> {
    let tokens = tokens(sentence);
    if !tokens.iter().any(|token| WORDS.contains(&token.as_str())) {
        return None;
    }
    let all = amounts(&tokens);
    let money: Vec<u64> = all.iter().filter(|amount| amount.is_money).map(|amount| amount.value).collect();
    let any: Vec<u64> = all.iter().map(|amount| amount.value).collect();
    match (&money[..], &any[..]) {
        ([one], _) | ([], [one]) => Some(*one),
        _ => None,
    }
}

/// Words and numbers in small letters; letters and signs that touch a number stand apart.
fn tokens(sentence: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    for word in sentence.to_lowercase().split([' ', '\t', '\u{a0}', '\u{202f}', ':', '(', ')', '"', '“', '”', '~'])
    {
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
    let trimmed = all.iter().map(|token| token.trim_matches(['.', ',', '-', '–', '\'', '’'])).map(str::to_owned);
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

fn amounts(tokens: &[String]) -> Vec<Amount> {
    let is_currency = |place: Option<usize>| {
        place.and_then(|place| tokens.get(place)).is_some_and(|token| CURRENCIES.contains(&token.as_str()))
    };
    let amount = |(place, token): (usize, &String)| {
        let (whole, tenths) = number(token)?;
        let behind = tokens.get(place + 1).and_then(|next| MULTIPLES.iter().find(|(name, _)| name == next));
        let factor = behind.map_or(1, |(_, factor)| *factor);
        let value = whole.checked_mul(factor)?.checked_add(tenths * factor / 100)?;
        let after = place + 1 + usize::from(behind.is_some());
        let is_money = behind.is_some() || is_currency(place.checked_sub(1)) || is_currency(Some(after));
        (1..=AMOUNT_MAX).contains(&value).then_some(Amount { value, is_money })
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
    fn a_budget_is_read_as_it_is_said() {
        for (text, expected) in [
            ("Our budget is 5000", Some(5_000)),
            ("My budget is 5,000 EUR.", Some(5_000)),
            ("Budget: € 12.500,00", Some(12_500)),
            ("budget:$25k", Some(25_000)),
            ("We can spend up to 1.5 million dollars", Some(1_500_000)),
            ("We have a budget for 3 robots of 40'000 CHF", Some(40_000)),
            ("Wir können 20 tausend Euro ausgeben", Some(20_000)),
            ("Unser Budget liegt bei 12 000 €", Some(12_000)),
            ("Vores budget er 100.000 kr.", Some(100_000)),
            ("Notre budget est de 8000 euros", Some(8_000)),
            ("Il nostro budget è di 9.000 euro", Some(9_000)),
            ("Hello. I need robots. The budget is 700 USD. Thanks", Some(700)),
            // Of several amounts none is guessed, and what is no budget is none.
            ("The budget is between 5000 and 9000", None),
            ("Our budget is 5k or 6k", None),
            ("The robot costs 5000 EUR", None),
            ("Our budget is small", None),
            ("Budget 2027: 5 robots", None),
            ("budget 0", None),
            ("budget 99999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
