//! Days of a month in words, as in `l'otto dicembre` and `am dritten Dezember`.

use crate::chat::language::Language;

#[rustfmt::skip]
const DANISH: &[&str] = &[
    "første", "anden", "tredje", "fjerde", "femte", "sjette", "syvende", "ottende", "niende", "tiende", "ellevte", "tolvte", "trettende", "fjortende", "femtende", "sekstende", "syttende", "attende",
    "nittende", "tyvende", "enogtyvende", "toogtyvende", "treogtyvende", "fireogtyvende", "femogtyvende", "seksogtyvende", "syvogtyvende", "otteogtyvende", "niogtyvende", "tredivte", "enogtredivte",
];
#[rustfmt::skip]
const FRENCH: &[&str] = &[
    "premier", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf", "vingt",
    "vingt-et-un", "vingt-deux", "vingt-trois", "vingt-quatre", "vingt-cinq", "vingt-six", "vingt-sept", "vingt-huit", "vingt-neuf", "trente", "trente-et-un",
];
#[rustfmt::skip]
const ITALIAN: &[&str] = &[
    "primo", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici", "tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove",
    "venti", "ventuno", "ventidue", "ventitré", "ventiquattro", "venticinque", "ventisei", "ventisette", "ventotto", "ventinove", "trenta", "trentuno",
];
#[rustfmt::skip]
/// Without their endings: `ersten`, `erster`, `erste`.
const GERMAN: &[&str] = &[
    "erst", "zweit", "dritt", "viert", "fünft", "sechst", "siebt", "acht", "neunt", "zehnt", "elft", "zwölft", "dreizehnt", "vierzehnt", "fünfzehnt", "sechzehnt", "siebzehnt", "achtzehnt", "neunzehnt",
    "zwanzigst", "einundzwanzigst", "zweiundzwanzigst", "dreiundzwanzigst", "vierundzwanzigst", "fünfundzwanzigst", "sechsundzwanzigst", "siebenundzwanzigst", "achtundzwanzigst", "neunundzwanzigst",
    "dreißigst", "einunddreißigst",
];
const GERMAN_ENDINGS: &[&str] = &["en", "er", "e"];

/// The day of a month that a word names. In English the grammar of dates reads it.
pub(super) fn of_word(word: &str, language: Language) -> Option<usize> {
    let place = |words: &[&str], word: &str| words.iter().position(|known| *known == word).map(|at| at + 1);
    match language {
        Language::English => None,
        Language::Danish => place(DANISH, word),
        Language::French => place(FRENCH, word),
        Language::Italian => place(ITALIAN, word),
        Language::German => GERMAN_ENDINGS.iter().find_map(|ending| place(GERMAN, word.strip_suffix(ending)?)),
    }
}
