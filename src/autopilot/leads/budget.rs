//! The budget that customers name as their own. Pure; of several amounts none is guessed, and a price is no budget.

use super::amount::{self, Amount};
use super::clause::{self, Clause};

/// Names of a budget.
const NOUNS: &[&str] = &["budget", "budgetrahmen", "budgetramme", "bilancio"];
/// Words that make it the customer's, directly before its name or before one of [`BETWEEN`].
const OWN: &[&[&str]] = &[
    &["my"],
    &["our"],
    &["i", "have", "a"],
    &["we", "have", "a"],
    &["i", "ve", "a"],
    &["we", "ve", "a"],
    &["i", "ve", "got", "a"],
    &["we", "ve", "got", "a"],
    &["mein"],
    &["unser"],
    &["ich", "habe", "ein"],
    &["wir", "haben", "ein"],
    &["mit"],
    &["vores"],
    &["jeg", "har", "et"],
    &["vi", "har", "et"],
    &["mon"],
    &["notre"],
    &["j", "ai", "un"],
    &["nous", "avons", "un"],
    &["on", "a", "un"],
    &["mio"],
    &["nostro"],
    &["ho", "un"],
    &["abbiamo", "un"],
];
/// Words between an owner and the name.
const BETWEEN: &[&str] = &[
    "total",
    "annual",
    "yearly",
    "overall",
    "maximum",
    "current",
    "planned",
    "project",
    "gesamtes",
    "maximales",
    "aktuelles",
    "jährliches",
    "geplantes",
    "samlede",
    "samlet",
    "årlige",
    "maksimale",
    "nuværende",
];
/// Words that may begin a clause whose first word then is the name of a budget, such as `No, the budget is …`.
const OPENING: &[&str] = &[
    "and", "but", "so", "no", "yes", "now", "the", "das", "und", "aber", "also", "og", "men", "le", "et", "mais", "il",
    "e", "ma",
];
/// The name of a budget that needs no owner at the beginning of a clause.
const BARE: &[&str] = &["budget", "budgettet", "budgetrahmen"];
/// What customers say who can spend something, before the amount, and behind it where the language has a verb there.
const SPENDING: &[(&[&str], &[&str])] = &[
    (&["i", "can", "spend"], &[]),
    (&["we", "can", "spend"], &[]),
    (&["i", "want", "to", "spend"], &[]),
    (&["we", "want", "to", "spend"], &[]),
    (&["i", "can", "afford"], &[]),
    (&["we", "can", "afford"], &[]),
    (&["we", "plan", "to", "spend"], &[]),
    (&["ich", "kann"], &["ausgeben"]),
    (&["wir", "können"], &["ausgeben"]),
    (&["ich", "möchte"], &["ausgeben"]),
    (&["wir", "möchten"], &["ausgeben"]),
    (&["ich", "will"], &["ausgeben"]),
    (&["wir", "wollen"], &["ausgeben"]),
    (&["jeg", "kan", "bruge"], &[]),
    (&["vi", "kan", "bruge"], &[]),
    (&["jeg", "vil", "bruge"], &[]),
    (&["vi", "vil", "bruge"], &[]),
    (&["je", "peux", "dépenser"], &[]),
    (&["nous", "pouvons", "dépenser"], &[]),
    (&["on", "peut", "dépenser"], &[]),
    (&["posso", "spendere"], &[]),
    (&["possiamo", "spendere"], &[]),
];
/// Words that may stand between a budget and its amount.
const LINKS: &[&str] = &[
    "is",
    "s",
    "of",
    "about",
    "around",
    "approximately",
    "approx",
    "roughly",
    "only",
    "just",
    "exactly",
    "up",
    "to",
    "max",
    "maximum",
    "at",
    "most",
    "now",
    "currently",
    "total",
    "limited",
    "ist",
    "liegt",
    "beträgt",
    "von",
    "bei",
    "etwa",
    "ungefähr",
    "rund",
    "circa",
    "ca",
    "nur",
    "genau",
    "bis",
    "zu",
    "maximal",
    "höchstens",
    "derzeit",
    "insgesamt",
    "er",
    "på",
    "cirka",
    "omkring",
    "kun",
    "op",
    "til",
    "højst",
    "maks",
    "nu",
    "est",
    "de",
    "d",
    "environ",
    "seulement",
    "jusqu",
    "à",
    "actuellement",
    "annuel",
    "è",
    "di",
    "solo",
    "massimo",
    "fino",
    "a",
    "attualmente",
    "annuale",
    "totale",
];
/// Words behind a budget that say what it is for, up to the next of [`LINKS`].
const FOR: &[&str] = &["for", "für", "til", "pour", "per", "in"];
const FOR_WORDS_MAX: usize = 4;
/// Words behind an amount that make another one of it.
const CHANGING: &[&str] = &[
    "more", "less", "higher", "lower", "too", "over", "under", "above", "below", "short", "off", "or", "to", "per",
    "each", "monthly", "mehr", "weniger", "höher", "zu", "oder", "bis", "pro", "mere", "mindre", "eller", "til", "pr",
    "plus", "moins", "ou", "par", "più", "meno", "o", "al",
];
/// Words that may follow an amount of which nothing says that it is money.
const FOLLOWING: &[&str] = &["and", "but", "so", "und", "aber", "og", "men", "et", "mais", "e", "ma"];

/// The budget that a text names, in whole units of its currency.
pub fn of(text: &str) -> Option<u64> {
    clause::all(text).iter().find_map(of_clause)
}

fn of_clause(clause: &Clause) -> Option<u64> {
    let tokens = amount::tokens(&clause.text);
    let amount = one(&amount::all(&tokens))?;
    let (start, end) = named(&tokens, amount).or_else(|| spent(&tokens, amount))?;
    let behind = &tokens[end..];
    let is_changed = behind.first().is_some_and(|next| CHANGING.contains(&next.as_str()));
    let is_bare = !amount.is_money && behind.first().is_some_and(|next| !FOLLOWING.contains(&next.as_str()));
    (!is_changed && !is_bare && clause.is_own(&tokens[..start], behind)).then_some(amount.value)
}

/// The only amount of money, or the only amount.
fn one(all: &[Amount]) -> Option<Amount> {
    let money: Vec<Amount> = all.iter().filter(|amount| amount.is_money).copied().collect();
    match (&money[..], all) {
        ([one], _) | ([], [one]) => Some(*one),
        _ => None,
    }
}

/// The span of a statement that names the amount as the customer's budget.
fn named(tokens: &[String], amount: Amount) -> Option<(usize, usize)> {
    let nouns = (0..amount.start).filter(|place| is_budget(&tokens[*place]));
    let mut statements = nouns.filter_map(|noun| Some((owner(tokens, noun)?, noun + 1)));
    let (start, _) = statements.find(|(_, from)| is_linked(&tokens[*from..amount.start]))?;
    Some((start, amount.end))
}

fn is_budget(token: &str) -> bool {
    NOUNS.contains(&token) || BARE.contains(&token)
}

/// The place at which the words begin that make a budget the customer's.
fn owner(tokens: &[String], noun: usize) -> Option<usize> {
    let between = noun.checked_sub(1).filter(|place| BETWEEN.contains(&tokens[*place].as_str()));
    let end = between.unwrap_or(noun);
    let start_of = |owner: &&[&str]| {
        let start = end.checked_sub(owner.len())?;
        begins(&tokens[start..end], owner).then_some(start)
    };
    let owned = OWN.iter().filter_map(start_of).min();
    let is_bare =
        || BARE.contains(&tokens[noun].as_str()) && tokens[..noun].iter().all(|word| OPENING.contains(&word.as_str()));
    // What opens the clause is no part of the statement that could deny it.
    owned.or_else(|| is_bare().then_some(0))
}

/// The span of a statement that the customer can spend the amount.
fn spent(tokens: &[String], amount: Amount) -> Option<(usize, usize)> {
    let spends = |(before, behind): &(&[&str], &[&str])| {
        let start = (0..amount.start).find(|place| begins(&tokens[*place..], before))?;
        let is_linked = tokens.get(start + before.len()..amount.start).is_some_and(is_linked);
        (is_linked && begins(&tokens[amount.end..], behind)).then_some((start, amount.end + behind.len()))
    };
    amount.is_money.then(|| SPENDING.iter().find_map(spends)).flatten()
}

fn begins(tokens: &[String], words: &[&str]) -> bool {
    tokens.len() >= words.len() && words.iter().zip(tokens).all(|(word, token)| word == token)
}

/// True if nothing stands between that would give the amount another meaning.
fn is_linked(between: &[String]) -> bool {
    let is_link = |word: &String| LINKS.contains(&word.as_str());
    let purpose = between.first().is_some_and(|word| FOR.contains(&word.as_str()));
    let rest = match purpose {
        true => between[1..]
            .iter()
            .position(is_link)
            .filter(|place| *place < FOR_WORDS_MAX)
            .map(|place| &between[place + 1..]),
        false => Some(between),
    };
    rest.is_some_and(|rest| rest.iter().all(is_link))
}

#[cfg(test)]
mod tests;
