//! The name and the company within one entry of a list: what stands around them is no part of them, and of an address line
//! neither is taken.

use super::words::is_no_name;

/// Words between the parts of a surname.
const PARTICLES: &[&str] = &[
    "von", "van", "vom", "zu", "zum", "zur", "der", "den", "de", "du", "des", "del", "della", "di", "da", "dos", "la",
    "le", "af", "ter", "ten", "y", "e", "bin",
];
/// Words between the parts of a company.
const OF_COMPANIES: &[&str] = &["&", "+", "und", "and", "og", "et", "e", "of"];
#[rustfmt::skip]
/// Titles, and words for a customer: they stand before a name.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "madam", "hr", "fru", "frk", "herr", "herrn", "frau", "ing", "dipl", "m", "mme", "mlle", "monsieur",
    "madame", "maître", "sig", "signor", "signora", "dott", "dottore", "dottoressa", "new", "customer", "client", "kunde", "kundin", "neuer", "neue", "ny", "nouveau",
    "nouvelle", "cliente", "nuovo", "nuova", "complaint", "about",
];
/// The digits up to which a number is that of a house, and not of a telephone.
const HOUSE_DIGITS_MAX: usize = 5;

/// True for a line of an address, as in `12 Baker Street`: a number stands beside words with capital letters.
pub(super) fn is_address(entry: &str) -> bool {
    let words: Vec<&str> = entry.split_whitespace().collect();
    let digits = entry.chars().filter(char::is_ascii_digit).count();
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let is_beside = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|word| is_capital(word));
        before || words.get(at + 1).is_some_and(|word| is_capital(word))
    };
    !entry.contains('@')
        && (1..=HOUSE_DIGITS_MAX).contains(&digits)
        && (0..words.len()).any(|at| is_number(words[at]) && is_beside(at))
}

/// The words of the name in an entry: those with capital letters and the particles between them, without titles and what stands
/// before a colon.
pub(super) fn name_in(entry: &str) -> Vec<String> {
    let entry = entry.rsplit(':').next().unwrap_or_default();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'').to_owned();
    let words: Vec<String> = entry.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect();
    let is_before = |word: &String| {
        !is_capital(word) || is_no_name(word) || TITLES.contains(&word.trim_end_matches('.').to_lowercase().as_str())
    };
    let mut run: Vec<String> = words
        .into_iter()
        .skip_while(is_before)
        .take_while(|word| is_capital(word) || PARTICLES.contains(&word.as_str()))
        .collect();
    let end = run.iter().rposition(|word| is_capital(word)).map_or(0, |last| last + 1);
    run.truncate(end);
    run
}

/// The company at the end of an entry that ends in a legal form: the words with capital letters before it.
pub(super) fn company_in(entry: &str) -> Option<String> {
    let words: Vec<&str> = entry.split_whitespace().collect();
    let (form, before) = words.split_last()?;
    let joins = |word: &str| OF_COMPANIES.contains(&word) || PARTICLES.contains(&word);
    let mut from = before.len();
    while from > 0 && (is_capital(before[from - 1]) || joins(before[from - 1])) {
        from -= 1;
    }
    let name: Vec<&str> = before[from..].iter().copied().skip_while(|word| joins(word)).collect();
    (!name.is_empty()).then(|| [&name[..], &[*form]].concat().join(" "))
}

/// True for a word that begins with a capital letter, also behind `d'` and the like.
pub(super) fn is_capital(word: &str) -> bool {
    let behind = word.split_once('\'').filter(|(article, _)| article.chars().count() == 1).map(|(_, name)| name);
    let begins = |text: &str| text.chars().next().is_some_and(char::is_uppercase);
    begins(word) || behind.is_some_and(begins)
}

#[test]
fn an_entry_has_a_name_a_company_or_an_address() {
    for (entry, name) in [
        ("neuer Kunde: Herr Dr. Hans-Peter von der Heide", "Hans-Peter von der Heide"),
        ("nouveau client Marie-Claire d'Aubigné", "Marie-Claire d'Aubigné"),
        ("I am Bob Miller", "Bob Miller"),
        ("Ada Byron", "Ada Byron"),
        ("new customer: anna müller", ""),
    ] {
        assert_eq!(name_in(entry).join(" ").trim_start_matches("I "), name, "{entry}");
    }
    for (entry, company) in [
        ("ich heiße jetzt Sarah Schmidt-Müller und arbeite bei Tee GmbH", Some("Tee GmbH")),
        ("chez Bistro SARL", Some("Bistro SARL")),
        ("Müller & Co. KG", Some("Müller & Co. KG")),
        ("Pizza di Roma Srl", Some("Pizza di Roma Srl")),
        ("wir sind eine GmbH", None),
    ] {
        assert_eq!(company_in(entry).as_deref(), company, "{entry}");
    }
    for (entry, address) in [
        ("I moved to 12 Baker Street", true),
        ("Hauptstraße 12", true),
        ("Ada Byron +1 702 555 0143", false),
        ("I need 3 robots", false),
        ("Ada Byron", false),
    ] {
        assert_eq!(is_address(entry), address, "{entry}");
    }
}
