//! Which language a document is in, among those whose words can be stemmed.

use tantivy::tokenizer::Language;
use whatlang::{Detector, Lang};

/// How much of a document is looked at: more does not change the answer.
const SAMPLE_CHARS_MAX: usize = 4_000;

/// The languages tantivy has stemmers for, by the detector's names.
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

/// Languages in scripts of their own that nothing stems. Their words are found as they are written.
const UNSTEMMED: &[Lang] =
    &[Lang::Cmn, Lang::Jpn, Lang::Kor, Lang::Tha, Lang::Heb, Lang::Hin, Lang::Pol, Lang::Ces, Lang::Ukr, Lang::Vie];

/// From this many characters on, the best guess is taken even where close relatives (Danish and Norwegian) make it
/// unsure: their stems are much alike.
const GUESSED_CHARS_MIN: usize = 60;

/// The language of `text` if its words can be stemmed. A text too short to tell counts as English.
pub(super) fn detect(text: &str) -> Option<Language> {
    let known = STEMMED.iter().map(|(lang, _)| *lang).chain(UNSTEMMED.iter().copied()).collect();
    match Detector::with_allowlist(known).detect(super::cut(text, SAMPLE_CHARS_MAX)) {
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
    fn a_paragraph_tells_its_language() {
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
