//! The clauses of a text in which customers state something of their own. Pure.
//!
//! A clause that asks, denies, supposes, tells of the past or speaks of somebody else states nothing of the customer's own, and
//! words in quotation marks are somebody's. What is in doubt counts as not stated: a wrong value on a contact is worse than none.

/// The beginnings of questions that need no mark.
const ASKING: &[&str] = &[
    "is", "are", "do", "does", "did", "can", "could", "should", "would", "will", "what", "which", "how", "why", "when",
    "where", "who", "whose", "ist", "sind", "kann", "können", "was", "wie", "welche", "welcher", "welches", "warum",
    "wer", "wessen", "darf", "soll", "er", "har", "kan", "hvad", "hvor", "hvilken", "est", "est-ce", "quel", "quelle",
    "combien", "puis", "puis-je", "qual", "quale", "quanto",
];
/// Words of denial.
const DENYING: &[&str] = &[
    "not", "no", "never", "cannot", "without", "neither", "nor", "t", "nicht", "kein", "keine", "keinen", "keinem",
    "keiner", "nie", "niemals", "ohne", "ikke", "ingen", "intet", "aldrig", "uden", "n", "ne", "pas", "jamais",
    "aucun", "aucune", "sans", "non", "mai", "nessun", "nessuna", "nessuno", "senza",
];
/// Words of what is over.
const PAST: &[&str] = &[
    "was",
    "were",
    "had",
    "used",
    "former",
    "formerly",
    "war",
    "waren",
    "hatte",
    "hatten",
    "früher",
    "var",
    "havde",
    "tidligere",
    "était",
    "avait",
    "avions",
    "era",
    "aveva",
    "avevamo",
];
/// Words of what is only supposed, wherever they stand in a sentence.
const SUPPOSING: &[&str] = &[
    "if",
    "unless",
    "suppose",
    "supposing",
    "imagine",
    "would",
    "wenn",
    "falls",
    "angenommen",
    "wäre",
    "würde",
    "würden",
    "hätte",
    "hätten",
    "hvis",
    "ville",
    "serait",
    "aurait",
    "sarebbe",
    "fosse",
    "avessi",
    "avessimo",
];
/// Words that suppose at the beginning of a clause, and mean something else behind it.
const SUPPOSING_FIRST: &[&str] = &["si", "se", "s"];
/// Words before a statement that make it somebody else's, or something that was said or thought.
const OTHERS: &[&str] = &[
    "you",
    "your",
    "yours",
    "he",
    "his",
    "she",
    "they",
    "their",
    "them",
    "said",
    "says",
    "say",
    "told",
    "tells",
    "think",
    "thinks",
    "thought",
    "claims",
    "heard",
    "according",
    "competitor",
    "competitors",
    "compete",
    "sie",
    "ihr",
    "ihre",
    "euer",
    "eure",
    "dein",
    "deine",
    "sagt",
    "sagte",
    "sagen",
    "meint",
    "glaube",
    "glaubt",
    "denkt",
    "laut",
    "angeblich",
    "dass",
    "ob",
    "han",
    "hun",
    "din",
    "dit",
    "dine",
    "deres",
    "jeres",
    "siger",
    "sagde",
    "tror",
    "ifølge",
    "mener",
    "elle",
    "ils",
    "elles",
    "vous",
    "votre",
    "vos",
    "ton",
    "leur",
    "leurs",
    "disait",
    "pense",
    "croit",
    "selon",
    "concurrent",
    "vostro",
    "vostra",
    "tuo",
    "suo",
    "sua",
    "loro",
    "lui",
    "lei",
    "dice",
    "detto",
    "pensa",
    "secondo",
    "whether",
];
/// Abbreviations, whose point ends no sentence.
const SHORT: &[&str] =
    &["ca", "approx", "max", "min", "kr", "mio", "dr", "st", "co", "nr", "inc", "mr", "mrs", "ms", "bl", "z.b", "evtl"];
/// The fewest words in quotation marks that are somebody's statement, and no name.
const QUOTED_WORDS_MIN: usize = 4;

/// A clause with what its sentence says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// The text, with one space for each gap.
    pub(super) text: String,
    is_asked: bool,
    is_supposed: bool,
}

impl Clause {
    /// True if the clause states something of the customer's own, between these words before and behind it.
    pub(super) fn is_own(&self, before: &[String], behind: &[String]) -> bool {
        let is = |words: &[&str], word: &String| words.contains(&word.as_str());
        let first = before.first();
        let is_asking = self.is_asked || first.is_some_and(|word| is(ASKING, word));
        let is_others =
            before.iter().any(|word| is(OTHERS, word)) || first.is_some_and(|word| is(SUPPOSING_FIRST, word));
        let is_undone = |word: &String| is(DENYING, word) || is(PAST, word);
        !is_asking && !self.is_supposed && !is_others && !before.iter().chain(behind).any(is_undone)
    }
}

/// The clauses of a text, without what it quotes.
pub(super) fn all(text: &str) -> Vec<Clause> {
    let text = text.replace('’', "'").replace(['\u{a0}', '\u{202f}'], " ");
    let own = text.lines().filter(|line| !line.trim_start().starts_with('>'));
    own.flat_map(|line| sentences(&unquoted(line)))
        .flat_map(|(sentence, is_asked)| clauses(&sentence, is_asked))
        .collect()
}

/// The words of a text in small letters.
pub(super) fn words(text: &str) -> Vec<String> {
    let apart = text.split(|c: char| !c.is_alphanumeric());
    apart.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// True for a word whose point ends no sentence.
pub(super) fn is_short(word: &str) -> bool {
    let word = word.trim_end_matches('.').to_lowercase();
    let is_of_letters = !word.contains(|c: char| c.is_ascii_digit());
    SHORT.contains(&word.as_str()) || (is_of_letters && (word.chars().count() == 1 || word.contains('.')))
}

/// A line without the statements that stand in quotation marks. A short quotation without a number is a name.
fn unquoted(line: &str) -> String {
    let is_mark = |c: char| matches!(c, '"' | '“' | '”' | '„' | '«' | '»');
    let parts: Vec<&str> = line.split(is_mark).collect();
    let is_inner = |place: usize| place % 2 == 1 && place + 1 < parts.len();
    let is_statement = |part: &str| {
        let count = words(part).len();
        count >= QUOTED_WORDS_MIN || (count >= 2 && part.contains(|c: char| c.is_ascii_digit()))
    };
    let kept = parts.iter().enumerate().filter(|(place, part)| !is_inner(*place) || !is_statement(part));
    kept.map(|(_, part)| *part).collect::<Vec<_>>().join(" ")
}

/// The sentences of a line; `true` for one that ends with a question mark.
fn sentences(line: &str) -> Vec<(String, bool)> {
    let (mut all, mut sentence) = (vec![], vec![]);
    for word in line.split_whitespace() {
        sentence.push(word);
        let is_asked = word.ends_with(['?', '？']);
        if is_asked || word.ends_with(['!', ';']) || (word.ends_with('.') && !is_short(word)) {
            all.push((std::mem::take(&mut sentence).join(" "), is_asked));
        }
    }
    all.push((sentence.join(" "), false));
    all.retain(|(sentence, _)| !sentence.is_empty());
    all
}

/// The clauses of a sentence. A question mark makes a question of the last one.
fn clauses(sentence: &str, is_asked: bool) -> Vec<Clause> {
    let is_supposed = words(sentence).iter().any(|word| SUPPOSING.contains(&word.as_str()));
    let parts: Vec<&str> =
        sentence.split(", ").flat_map(|part| part.split(" – ")).flat_map(|part| part.split(" - ")).collect();
    let last = parts.len() - 1;
    let clause = |(place, part): (usize, &&str)| Clause {
        text: part.trim().to_owned(),
        is_asked: is_asked && place == last,
        is_supposed,
    };
    parts.iter().enumerate().map(clause).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_clause_by_clause_without_quotations() {
        let text = "Hi, it costs ca. 5 EUR. Is it new?\n> quoted\nHe wrote \"our budget is 5000\" to \"Blue Sky\"";
        let read: Vec<(String, bool)> = all(text).into_iter().map(|one| (one.text, one.is_asked)).collect();
        let expected =
            [("Hi", false), ("it costs ca. 5 EUR.", false), ("Is it new?", true), ("He wrote to Blue Sky", false)];
        assert_eq!(read, expected.map(|(text, asked)| (text.to_owned(), asked)));
    }
}
