//! The language of a text: its usual words decide, then statistics.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use whatlang::{Detector, Lang};

use super::answers::requested_language;
use super::vocabulary::Vocabulary;
use super::words::{first_words, folded, words_of};
use domain::language::Language;

/// The words of a text by which its language is told: the rest is of the same.
const WORDS_READ: usize = 120;
/// The letters from which a text is long enough for statistics.
const LETTERS_MIN: usize = 20;
/// The different words from which on they tell anything.
const WORDS_MIN: usize = 4;
/// The words from which on the likeliest language is taken where nothing else tells one.
const LIKELY_WORDS_MIN: usize = 2;
/// The letters and words from which on they can change a language that was told before.
const SWITCH_LETTERS_MIN: usize = 40;
const SWITCH_WORDS_MIN: usize = 7;
/// The usual words that change it.
const SWITCH_HITS_MIN: usize = 2;
/// Of so many words at least one is of a phrase that tells the language.
const PHRASE_WORDS_OF: usize = 4;
/// The longest word in capitals that is a short form: `EST` is a time zone.
const SHORT_FORM_MAX: usize = 5;
/// Minutes for short, which Danish has for `my`, and what stands before them.
const MINUTES: &str = "min";
const BEFORE_MINUTES: &[&str] = &["a", "few", "some", "one", "couple", "de", "di"];
/// Usual words that names of streets and companies have too; alone they tell no language.
const IN_NAMES: &[&str] = &[
    "de", "la", "le", "les", "du", "des", "di", "del", "della", "lo", "il", "gli", "der", "die", "das", "von", "un",
    "e", "et", "the", "of", "and",
];

/// The language of a text; `None` if it is too short or mixed to tell.
pub fn of(text: &str) -> Option<Language> {
    let words = spoken(text);
    by_words(&words, score).map(|(language, _)| language).or_else(|| by_statistics(text, LETTERS_MIN, WORDS_MIN))
}

/// The language in which a conversation goes on. Once one is settled, a single word or a name changes it no more. Before, the
/// words of the graph's samples tell it too.
pub fn next(settled: Option<Language>, text: &str, vocabulary: &Vocabulary) -> Option<Language> {
    if let Some((asked, _)) = requested_language(text).filter(|(_, only)| *only) {
        return Some(asked);
    }
    let words = spoken(text);
    let Some(current) = settled else {
        // A name may be a word of another language: `Jo` is a Danish yes.
        let phrases = || by_words(&words, phrases_said).filter(|(_, hits)| hits * PHRASE_WORDS_OF >= words.len());
        let own = |words: &[String], language| {
            score(words, language) + phrases_said(words, language) + vocabulary.hits(&words.join(" "), language)
        };
        let first = of(text).or_else(|| phrases().map(|(language, _)| language));
        return first.or_else(|| by_words(&words, own).map(|(language, _)| language)).or_else(|| likeliest(text));
    };
    let said = |words: &[String], language| score(words, language).max(phrases_said(words, language));
    let switched = by_words(&words, said).filter(|(language, hits)| {
        *language != current
            && *hits >= SWITCH_HITS_MIN
            && (phrases_said(&words, *language) >= SWITCH_HITS_MIN || is_said(&words, *language))
    });
    let by_statistics = || {
        let found = by_statistics(text, SWITCH_LETTERS_MIN, SWITCH_WORDS_MIN)?;
        (score(&words, found) >= score(&words, current)).then_some(found)
    };
    let of_current = said(&words, current);
    match switched {
        Some((language, hits)) if hits > of_current => Some(language),
        _ => by_statistics().or(Some(current)),
    }
}

/// The language that statistics tell surely of a short text with a few words, none of which is a name.
fn likeliest(text: &str) -> Option<Language> {
    let calm = text
        .split_whitespace()
        .take(WORDS_READ)
        .filter(|word| word.chars().all(|c| c.is_lowercase() || !c.is_alphanumeric()));
    let calm = calm.collect::<Vec<_>>();
    let text = (calm.len() >= LIKELY_WORDS_MIN).then(|| calm.join(" "))?;
    detector().detect(&text).filter(whatlang::Info::is_reliable).map(|found| language_of(found.lang()))
}

/// True for a text that surely is of the language, by at least two of its usual words.
pub fn is_surely(text: &str, language: Language) -> bool {
    let found = by_words(&spoken(text), score);
    found.is_some_and(|(best, hits)| best == language && hits >= SWITCH_HITS_MIN)
}

/// The language with the most hits, if no other has as many.
fn by_words(words: &[String], hits: impl Fn(&[String], Language) -> usize) -> Option<(Language, usize)> {
    let mut scores = Language::ALL.map(|language| (hits(words, language), language));
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let [(best, language), (second, _), ..] = scores;
    (best > second).then_some((language, best))
}

/// The words of a text, without addresses and short forms.
fn spoken(text: &str) -> Vec<String> {
    let text = &first_words(text, WORDS_READ);
    let is_calm = text.chars().any(char::is_lowercase) || text.split_whitespace().count() < WORDS_MIN;
    let is_short_form = |word: &str| {
        let letters = word.chars().filter(|c| c.is_alphabetic());
        is_calm && (2..=SHORT_FORM_MAX).contains(&letters.clone().count()) && letters.clone().all(char::is_uppercase)
    };
    let words = text.split_whitespace().filter(|word| !word.contains('@') && !is_short_form(word));
    let words: Vec<String> =
        folded(&words.collect::<Vec<_>>().join(" ")).split_whitespace().map(str::to_owned).collect();
    let is_length = |at: usize| {
        let before = at.checked_sub(1).map_or("", |before| words[before].as_str());
        words[at] == MINUTES && (BEFORE_MINUTES.contains(&before) || before.starts_with(|c: char| c.is_ascii_digit()))
    };
    (0..words.len()).filter(|at| !is_length(*at)).map(|at| words[at].clone()).collect()
}

/// The different usual words of the language in the text.
fn score(words: &[String], language: Language) -> usize {
    let usual = &USUAL_WORDS[&language];
    let said: BTreeSet<&str> = words.iter().map(String::as_str).filter(|word| usual.words.contains(word)).collect();
    let padded = format!(" {} ", words.join(" "));
    said.len() + usual.phrases.iter().filter(|phrase| padded.contains(phrase.as_str())).count()
}

/// The usual words of a language.
struct UsualWords {
    words: HashSet<&'static str>,
    /// Those of several words, with a space at both ends.
    phrases: Vec<String>,
}

/// The usual words of each language, found at once: every sample of a graph is looked through for them.
static USUAL_WORDS: LazyLock<HashMap<Language, UsualWords>> = LazyLock::new(|| {
    let usual = |language: Language| {
        let (phrases, words): (Vec<&str>, Vec<&str>) =
            words_of(language).usual.iter().partition(|word| word.contains(' '));
        UsualWords {
            words: words.into_iter().collect(),
            phrases: phrases.iter().map(|phrase| format!(" {phrase} ")).collect(),
        }
    };
    Language::ALL.into_iter().map(|language| (language, usual(language))).collect()
});

/// True if a usual word was said that no name has.
fn is_said(words: &[String], language: Language) -> bool {
    words.iter().any(|word| words_of(language).usual.contains(&word.as_str()) && !IN_NAMES.contains(&word.as_str()))
}

/// The words of the phrases that only this language has, such as a request for a person.
fn phrases_said(words: &[String], language: Language) -> usize {
    let padded = format!(" {} ", words.join(" "));
    let own = OWN_PHRASES.iter().filter(|(of, _)| *of == language).flat_map(|(_, phrases)| phrases);
    let said = own.filter(|phrase| padded.contains(phrase.as_str()));
    said.flat_map(|phrase| phrase.split_whitespace()).collect::<BTreeSet<_>>().len()
}

/// The phrases that only one language has, with a space at both ends.
static OWN_PHRASES: LazyLock<Vec<(Language, Vec<String>)>> = LazyLock::new(|| {
    let all = |language: Language| {
        let words = words_of(language);
        [words.person, words.request, words.yes, words.no, words.thanks].into_iter().flatten().copied()
    };
    let own = |language: Language| {
        let others = Language::ALL.into_iter().filter(|other| *other != language);
        let others: BTreeSet<&str> = others.flat_map(all).collect();
        let own = all(language).filter(|phrase| !others.contains(phrase));
        (language, own.map(|phrase| format!(" {phrase} ")).collect())
    };
    Language::ALL.into_iter().map(own).collect()
});

fn by_statistics(text: &str, letters_min: usize, words_min: usize) -> Option<Language> {
    let text =
        text.split_whitespace().take(WORDS_READ).filter(|word| !word.contains('@')).collect::<Vec<_>>().join(" ");
    let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    if text.chars().filter(|c| c.is_alphabetic()).count() < letters_min || words.len() < words_min {
        return None;
    }
    let found = detector().detect(&text).filter(whatlang::Info::is_reliable)?;
    Some(language_of(found.lang()))
}

fn detector() -> Detector {
    Detector::with_allowlist(vec![Lang::Eng, Lang::Dan, Lang::Fra, Lang::Ita, Lang::Deu])
}

fn language_of(lang: Lang) -> Language {
    match lang {
        Lang::Dan => Language::Danish,
        Lang::Fra => Language::French,
        Lang::Ita => Language::Italian,
        Lang::Deu => Language::German,
        _ => Language::English,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_told_from_few_words() {
        for (text, language) in [
            ("I want to know more about your product: Adam", Language::English),
            ("Jeg vil gerne vide mere om jeres robot", Language::Danish),
            ("Je voudrais un rendez-vous", Language::French),
            ("Vorrei fissare un appuntamento", Language::Italian),
            ("Ich möchte einen Termin", Language::German),
            ("Hvad koster den?", Language::Danish),
            ("Combien coûte le robot ?", Language::French),
            ("Quanto costa?", Language::Italian),
            ("Was kostet das?", Language::German),
            ("The invoice for September seems wrong", Language::English),
            ("Il fait un bruit étrange", Language::French),
        ] {
            assert_eq!(of(text), Some(language), "{text}");
        }
        for text in ["", "ADAM", "sarah@gmail.com", "2", "ok", "EST", "15 min"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    /// Short messages of people who had not seen the words, beside a graph's samples.
    #[test]
    fn short_first_messages_are_of_their_language() {
        use Language::{Danish, English, French, German, Italian};
        let graph = include_str!("../../../taskgraphs/frontdesk.json");
        let graph: serde_json::Value = serde_json::from_str(graph).unwrap();
        let edges = graph["edges"].as_array().into_iter().flatten();
        let lists = edges.flat_map(|edge| {
            ["sample_utterances", "telling_utterances"]
                .map(|list| edge[2]["attribute"][list].as_array().into_iter().flatten())
        });
        let vocabulary = Vocabulary::of(
            lists.flatten().filter_map(serde_json::Value::as_str).filter_map(|text| Some((text, of(text)?))),
        );
        let wrong = |(text, language): &&(&str, Language)| next(None, text, &vocabulary) != Some(*language);
        let all = [
            ("changez mon numéro en +33 1 23 45 67 89", French),
            ("quelqu'un peut m'appeler au +33 1 23 45 67 89", French),
            ("pouvez-vous m'aider à l'installer", French),
            ("es-tu un robot", French),
            ("tu es inutile", French),
            ("laisse tomber", French),
            ("potete aiutarmi a installarlo", Italian),
            ("non aprite un ticket, ditemi solo il prezzo", Italian),
            ("quanto dura la garanzia", Italian),
            ("dove pago la fattura", Italian),
            ("aiuto", Italian),
            ("vi er blevet opkrævet to gange", Danish),
            ("vis alle jeres kunder", Danish),
            ("hjælp", Danish),
            ("wifi virker aldrig", Danish),
            ("mein ticket 4711 schließen", German),
            ("bist du ein roboter", German),
            ("hilfe", German),
            ("er riecht verbrannt", German),
            ("wlan geht nie", German),
            ("my robot broke", English),
            ("refund now", English),
        ];
        let wrong: Vec<_> = all.iter().filter(wrong).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn a_language_is_kept_until_another_is_spoken() {
        use Language::{Danish, English, French, German, Italian};
        for (settled, text, language) in [
            (German, "Er piept nur", German),
            (German, "Mittwoch, mon conseiller", German),
            (English, "EST", English),
            (English, "10 am EST, please", English),
            (English, "a@b.co a@b.co c@d.co e@f.co", English),
            (English, "company,company,company,company", English),
            (English, "12 Rue de la Paix", English),
            (English, "Le Comptoir de la Robotique", English),
            (English, "I would like a rendez-vous", English),
            (English, "rappelez-moi", English),
            (English, "Puis-je parler à un conseiller ?", French),
            (English, "Jeg vil gerne have et møde", Danish),
            (English, "Oui merci", French),
            (German, "I want to talk about my robot", English),
            (French, "Vorrei fissare un appuntamento", Italian),
            (Italian, "ok", Italian),
            (Danish, "Sarah Mark", Danish),
            (French, "please speak English", English),
            (English, "Parli italiano, per favore", Italian),
            (English, "Robotten kører hele tiden ind i væggen ved siden af køkkenet", Danish),
        ] {
            assert_eq!(next(Some(settled), text, &Vocabulary::default()), Some(language), "{text}");
        }
        for (text, language) in [
            ("rappelez-moi", Some(French)),
            ("Richiamatemi", Some(Italian)),
            ("ok", None),
            ("", None),
            ("hi", Some(English)),
            ("Voglio prenotare un incontro", Some(Italian)),
            ("Crea un contatto Mario Rossi", Some(Italian)),
            ("Crée un contact Jean Dupont", Some(French)),
        ] {
            assert_eq!(next(None, text, &Vocabulary::default()), language, "{text}");
        }
    }
}
