//! The words by which a name is a company's, whatever it is called: its legal form, in the countries whose languages are spoken.

#[rustfmt::skip]
/// Legal forms without dots, by country.
const FORMS: &[&[&str]] = &[
    // Germany, Austria, Switzerland
    &["gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "ug", "gbr", "ek", "eg", "ev", "se"],
    // Denmark
    &["aps", "a/s", "i/s", "k/s", "p/s", "ivs", "amba"],
    // France, Belgium, Luxembourg
    &["sa", "sas", "sasu", "sarl", "eurl", "snc", "sci", "scop", "sprl"],
    // Italy
    &["srl", "srls", "spa", "sapa", "scarl", "scrl", "ss"],
    // Great Britain, Ireland, America
    &["ltd", "limited", "llc", "llp", "lp", "plc", "inc", "incorporated", "corp", "corporation", "co", "company", "pty"],
    // Their neighbours
    &["bv", "nv", "ab", "oy", "oyj", "as", "asa", "sl", "lda"],
];

/// True for words of which the last is a legal form. Short ones are words too, and need capital letters.
pub(super) fn ends_with_one(entry: &str) -> bool {
    const SHORT_LETTERS_MAX: usize = 3;
    let mut words = entry.split_whitespace().rev();
    let last = words.next().unwrap_or_default().trim_end_matches([',', ';', '!']);
    let plain: String = last.chars().filter(|c| *c != '.').collect();
    let is_form = FORMS.iter().any(|forms| forms.contains(&plain.to_lowercase().as_str()));
    let is_written_so =
        plain.chars().count() > SHORT_LETTERS_MAX || plain.starts_with(char::is_uppercase) || last.contains('.');
    is_form && is_written_so && words.next().is_some()
}

#[test]
fn a_company_is_known_by_its_legal_form() {
    for company in ["Meier GmbH", "Hansen ApS", "Dupont SA", "Rossi S.r.l.", "Acme Inc.", "Nord A/S", "Müller & Co. KG"]
    {
        assert!(ends_with_one(company), "{company}");
    }
    for other in ["Max Meier", "GmbH", "one of the co", "c'est sa", "it is as", "Anna Sala"] {
        assert!(!ends_with_one(other), "{other}");
    }
}
