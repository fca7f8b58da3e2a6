//! The company that a customer says is theirs. Pure; a name begins with a capital letter or a digit, and ends with the words.

/// Words behind which the name of the customer's company stands, in the languages of the fixed texts.
const BEFORE: &[&str] = &[
    "i work for",
    "i work at",
    "on behalf of",
    "my company is",
    "our company is",
    "my company is called",
    "our company is called",
    "the company is called",
    "company:",
    "ich arbeite bei",
    "ich arbeite für",
    "im namen der",
    "im namen von",
    "meine firma ist",
    "unsere firma ist",
    "meine firma heißt",
    "unsere firma heißt",
    "firma:",
    "jeg arbejder hos",
    "jeg arbejder for",
    "på vegne af",
    "min virksomhed hedder",
    "vores virksomhed hedder",
    "mit firma hedder",
    "vores firma hedder",
    "virksomhed:",
    "je travaille chez",
    "je travaille pour",
    "mon entreprise s'appelle",
    "notre entreprise s'appelle",
    "notre société s'appelle",
    "entreprise :",
    "entreprise:",
    "société :",
    "société:",
    "lavoro per",
    "lavoro presso",
    "la mia azienda si chiama",
    "la nostra azienda si chiama",
    "azienda:",
];
/// Small words within a name.
const WITHIN: &[&str] = &["of", "and", "&", "the", "for", "und", "der", "von", "og", "af", "de", "et", "la", "e", "di"];
/// Articles before a name.
const ARTICLES: &[&str] = &["the", "der", "die", "das", "la", "le", "il", "l'"];
/// The most words and characters of a name.
const WORDS_MAX: usize = 7;
const CHARACTERS_MAX: usize = 80;

/// The company that a text names as the customer's.
pub fn of(text: &str) -> Option<String> {
    text.replace('’', "'").lines().find_map(of_line)
}

fn of_line(line: &str) -> Option<String> {
    let small = line.to_lowercase();
    // Letters whose small form has another length would shift the places.
    let line = if small.len() == line.len() { line } else { return None };
    let behind = |words: &&str| {
        let at = small.match_indices(*words).map(|(at, _)| at).find(|at| is_word(&small, *at, at + words.len()))?;
        Some(at + words.len())
    };
    // The longest words win: `my company is called` over `my company is`.
    let start = BEFORE.iter().filter_map(behind).max()?;
    name(line.get(start..)?)
}

fn is_word(text: &str, start: usize, end: usize) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !is_letter(text[..start].chars().next_back()) && !is_letter(text[end..].chars().next())
}

/// The words of a name, up to what is none.
fn name(text: &str) -> Option<String> {
    let mut words: Vec<&str> = vec![];
    for word in text.split_whitespace() {
        if words.is_empty() && ARTICLES.contains(&word.to_lowercase().as_str()) {
            continue;
        }
        let bare = word.trim_matches([',', '.', '!', '?', ';', ':', '"', '\'', '(', ')', '“', '”', '„', '«', '»']);
        let is_name = bare.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        if !is_name && (words.is_empty() || !WITHIN.contains(&bare)) {
            break;
        }
        let dotted = word.ends_with('.') && bare.contains('.');
        words.push(if dotted { word } else { bare });
        if words.len() == WORDS_MAX || (!dotted && word.ends_with([',', '.', '!', '?', ';', '"', ')', '”'])) {
            break;
        }
    }
    while words.last().is_some_and(|last| WITHIN.contains(last)) {
        words.pop();
    }
    let name = words.join(" ");
    (!name.is_empty() && name.chars().count() <= CHARACTERS_MAX).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_is_read_as_it_is_said() {
        for (text, expected) in [
            ("Hi, I work for Acme Robotics and need help", Some("Acme Robotics")),
            ("I work at the Bank of Ireland.", Some("Bank of Ireland")),
            ("My company is called Müller & Söhne GmbH, in Bonn", Some("Müller & Söhne GmbH")),
            ("our company is 3M", Some("3M")),
            ("Company: Rossi S.r.l.", Some("Rossi S.r.l.")),
            ("I am writing on behalf of \"Blue Sky\"", Some("Blue Sky")),
            ("Ich arbeite bei der Stadtwerke Köln als Technikerin", Some("Stadtwerke Köln")),
            ("Jeg arbejder hos Grundfos A/S", Some("Grundfos A/S")),
            ("Notre entreprise s’appelle Dupont et Fils", Some("Dupont et Fils")),
            ("Hello\nLavoro per Fiat\nGrazie", Some("Fiat")),
            ("I work for a small shop", None),
            ("I work for", None),
            ("Is my company insured?", None),
            ("I am from Germany", None),
            ("My accompany is Acme", None),
            ("", None),
        ] {
            assert_eq!(of(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_long_text_is_no_name() {
        assert_eq!(of(&format!("I work for {}", "A".repeat(100))), None);
    }
}
