//! Words that are no names, and the pieces of a message.

use crate::chat::language::folded;

/// Words that begin with a capital letter at the start of a sentence and are no names.
const NO_NAMES: &[&str] = &[
    "hello",
    "hi",
    "hey",
    "yes",
    "no",
    "ok",
    "please",
    "thanks",
    "the",
    "a",
    "my",
    "i",
    "it",
    "who",
    "what",
    "find",
    "search",
    "look",
    "add",
    "create",
    "change",
    "update",
    "correct",
    "set",
    "opret",
    "tilføj",
    "find",
    "søg",
    "ret",
    "ændr",
    "opdater",
    "hvem",
    "hej",
    "ja",
    "nej",
    "trouve",
    "cherche",
    "ajoute",
    "crée",
    "créer",
    "change",
    "corrige",
    "qui",
    "bonjour",
    "oui",
    "non",
    "trova",
    "cerca",
    "aggiungi",
    "crea",
    "cambia",
    "correggi",
    "chi",
    "ciao",
    "sì",
    "finde",
    "suche",
    "lege",
    "füge",
    "ändere",
    "korrigiere",
    "wer",
    "hallo",
    "nein",
    "den",
    "die",
    "das",
    "der",
    "il",
    "la",
    "le",
    "sa",
    "son",
    "his",
    "her",
    "their",
    "robot",
    "hubspot",
    "is",
    "can",
    "could",
    "contact",
    "kontakt",
    "contatto",
    "nummer",
    "numero",
    "numéro",
    "telefon",
    "phone",
    "e-mail",
    "email",
    "firma",
    "company",
    "for",
    "i'm",
    "it's",
    "am",
    "here",
    "there",
    "this",
    "jeg",
    "mig",
    "er",
    "je",
    "j'ai",
    "c'est",
    "ici",
    "suis",
    "moi",
    "sono",
    "io",
    "qui",
    "ich",
    "bin",
    "hier",
    "ist",
    "mein",
    "min",
    "mon",
    "mia",
    "don't",
    "do",
    "please",
    "salut",
    "goddag",
    "buongiorno",
    "guten",
];

/// True for a word that is no part of a name.
pub(super) fn is_no_name(word: &str) -> bool {
    NO_NAMES.contains(&folded(word).as_str())
}

/// The message with every apostrophe the same.
pub(super) fn plain(message: &str) -> String {
    message.replace(['’', '‘', '`', '´', 'ʼ'], "'")
}

/// A word of a text, or a colon.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    /// As it is written.
    pub(super) raw: &'a str,
    /// In lower case, without punctuation around it; `:` for a colon or an equals sign.
    pub(super) lower: String,
    /// The place in the text behind it.
    pub(super) end: usize,
}

/// The words of a text with the colons between them; places are those of the text itself, whatever its letters are in
/// lower case.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut all = vec![];
    let mut begin = None;
    let mut put = |from: usize, to: usize| {
        let raw = text.get(from..to).unwrap_or_default();
        let lower = if [":", "="].contains(&raw) { ":".to_owned() } else { folded(raw) };
        all.push(Piece { raw, lower, end: to });
    };
    for (at, c) in text.char_indices() {
        let is_colon = c == ':' || c == '=';
        if c.is_whitespace() || is_colon {
            begin.take().into_iter().for_each(|from| put(from, at));
        } else if begin.is_none() {
            begin = Some(at);
        }
        if is_colon {
            put(at, at + c.len_utf8());
        }
    }
    begin.into_iter().for_each(|from| put(from, text.len()));
    all
}

/// The number of words of the longest phrase that begins at a piece.
pub(super) fn longest_at(pieces: &[Piece<'_>], at: usize, phrases: &[&str]) -> Option<usize> {
    let fits = |phrase: &&&str| {
        let mut rest = pieces.get(at..).unwrap_or_default().iter();
        phrase.split(' ').all(|word| rest.next().is_some_and(|piece| piece.lower == word))
    };
    phrases.iter().filter(fits).map(|phrase| phrase.split(' ').count()).max()
}
