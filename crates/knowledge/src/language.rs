//! Detects the language of a document, to choose its stemmer and stop words.

use tantivy::tokenizer::Language;
use whatlang::{Detector, Lang};

use crate::text;

/// The characters at the beginning of a document that are examined; more do not change the result.
const SAMPLE_CHARS_MAX: usize = 4_000;

/// The languages that tantivy has a stemmer for, with the detector's names.
const STEMMED: &[(Lang, Language)] = &[
    (Lang::Eng, Language::English),
    (Lang::Deu, Language::German),
    (Lang::Fra, Language::French),
    (Lang::Spa, Language::Spanish),
    (Lang::Ita, Language::Italian),
    (Lang::Por, Language::Portuguese),
    (Lang::Nld, Language::Dutch),
    (Lang::Dan, Language::Danish),
    (Lang::Swe, Language::Swedish),
    (Lang::Nob, Language::Norwegian),
    (Lang::Fin, Language::Finnish),
    (Lang::Hun, Language::Hungarian),
    (Lang::Ron, Language::Romanian),
    (Lang::Tur, Language::Turkish),
    (Lang::Rus, Language::Russian),
    (Lang::Ell, Language::Greek),
    (Lang::Ara, Language::Arabic),
    (Lang::Tam, Language::Tamil),
];

/// Languages that are detected but have no stemmer. Their words are found as they are written.
const UNSTEMMED: &[Lang] =
    &[Lang::Cmn, Lang::Jpn, Lang::Kor, Lang::Tha, Lang::Heb, Lang::Hin, Lang::Pol, Lang::Ces, Lang::Ukr, Lang::Vie];

/// From this many characters on, the detector's best guess is used even if it is unreliable: languages that are easily
/// confused, such as Danish and Norwegian, have similar stems.
const GUESSED_CHARS_MIN: usize = 60;

/// Detects the language of a text. Returns `None` if there is no stemmer for it, and English for a text that is too
/// short.
pub(crate) fn detect(text: &str) -> Option<Language> {
    let known = STEMMED.iter().map(|(lang, _)| *lang).chain(UNSTEMMED.iter().copied()).collect();
    match Detector::with_allowlist(known).detect(text::truncate(text, SAMPLE_CHARS_MAX)) {
        Some(found) if found.is_reliable() || text.chars().count() >= GUESSED_CHARS_MIN => {
            STEMMED.iter().find(|(lang, _)| *lang == found.lang()).map(|(_, to)| *to)
        }
        _ => Some(Language::English),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_a_paragraph_is_detected() {
        let cases = [
            (
                "The robot is delivered within two weeks of the order, and our people set it up for you.",
                Some(Language::English),
            ),
            (
                "Der Roboter wird innerhalb von zwei Wochen nach der Bestellung geliefert und eingerichtet.",
                Some(Language::German),
            ),
            (
                "Le robot est livré dans les deux semaines qui suivent la commande, installation comprise.",
                Some(Language::French),
            ),
            (
                "Robotten leveres inden for to uger efter bestillingen, og vores folk sætter den op hos dig. Den koster ikke noget at prøve.",
                Some(Language::Danish),
            ),
            ("机器人将在订购后两周内交付，我们的员工会为您安装。", None),
            ("ADAM 3", Some(Language::English)),
            ("", Some(Language::English)),
        ];
        for (text, language) in cases {
            assert_eq!(detect(text), language, "{text}");
        }
    }
}
