//! Sentences of other languages than those of the chat: their claims cannot be told, so that nobody can vouch for them.

use whatlang::Lang;

use super::words::{folded, words_of};
use domain::language::Language;

/// The languages of the chat, as statistics name them.
const OWN: [Lang; 5] = [Lang::Eng, Lang::Dan, Lang::Fra, Lang::Ita, Lang::Deu];
/// The words from which on statistics may tell that a sentence is of another language.
const WORDS_MIN: usize = 5;
/// Of so many words at least one is a small word of its language.
const SMALL_WORDS_OF: usize = 4;
/// The small words of another language from which on it is that language: a name may have one.
const OTHERS_MIN: usize = 2;
/// The letters of the five languages beside those from a to z.
const LETTERS: &str = "æøåäöüßéèêëàâîïôûùÿçœìò";

#[rustfmt::skip]
/// Small words of the five languages beside their usual ones.
const SMALL: &[(Language, &[&str])] = &[
    (Language::English, &["a", "in", "by", "as", "so", "but", "no", "his", "her", "its", "their", "then", "than", "here", "could", "should", "may", "up",
        "out", "now", "once", "were", "had", "i've", "you're", "that's", "let", "could", "one", "shall", "see", "good", "sorry", "ok"]),
    (Language::Danish, &["i", "at", "som", "men", "eller", "så", "nu", "for", "ved", "var", "blev", "bliver", "må", "fik", "hun", "han", "de", "dem",
        "denne", "dette", "her", "kun", "end", "mere", "dig", "jer", "beklager"]),
    (Language::French, &["en", "l'", "d'", "sera", "plus", "aux", "ses", "son", "sa", "leur", "mais", "donc", "ici", "elle", "ils", "sans", "y", "a",
        "bien", "lui", "désolé", "désolée"]),
    (Language::Italian, &["la", "le", "i", "in", "da", "al", "a", "o", "ma", "se", "sua", "suo", "suoi", "sue", "lei", "stato", "stata", "questo", "era",
        "ed", "ne", "vi", "ti", "li", "dei", "delle", "due", "tutto", "ora", "mi", "dispiace"]),
    (Language::German, &["in", "an", "am", "im", "um", "aus", "bei", "nach", "vor", "aber", "oder", "als", "dann", "so", "hier", "diese", "dieser",
        "dieses", "ihrem", "ihren", "ihrer", "ihnen", "soll", "war", "wenn", "leider", "gut", "bis", "ab"]),
];
#[rustfmt::skip]
/// Small words of languages that are near to them, by language: Spanish, Portuguese, Dutch, Swedish and Norwegian, Catalan,
/// Romanian, Polish, Finnish.
const OTHERS: &[&[&str]] = &[
    &["el", "los", "las", "su", "sus", "usted", "ha", "he", "sido", "fue", "para", "por", "con", "que", "en", "y", "una", "un", "del", "le", "les", "lo",
      "se", "ya", "muy", "como", "pero", "hoy", "hay", "es", "al", "puede", "puedo", "gracias", "hola", "mi", "esta", "de", "la", "ser", "han", "hemos",
      "tiene", "queda", "quedan"],
    &["o", "os", "as", "sua", "seu", "seus", "foi", "para", "por", "com", "que", "em", "e", "uma", "um", "do", "da", "dos", "no", "na", "você", "se", "mas",
      "hoje", "como", "de", "ao", "pode", "obrigado", "ser", "tem", "sido"],
    &["de", "het", "een", "uw", "u", "jouw", "je", "jij", "is", "wordt", "werd", "van", "voor", "met", "op", "en", "aan", "niet", "ook", "maar", "wij", "we",
      "heb", "hebben", "heeft", "kan", "zal", "zijn", "naar", "bij", "door", "om", "morgen", "vandaag", "ik", "er", "dat", "uur", "gemaakt"],
    &["ditt", "din", "dina", "är", "och", "jag", "har", "för", "med", "till", "på", "av", "att", "det", "den", "en", "ett", "vi", "inte", "som", "kommer",
      "blir", "nu", "imorgon", "idag", "kan", "från", "hos", "ikke", "jeg", "deg", "oss", "hei", "møtet", "avtalen", "blitt"],
    &["el", "els", "les", "la", "seva", "seu", "ha", "estat", "per", "amb", "que", "i", "un", "una", "del", "demà", "vostè", "hem", "és", "no"],
    &["a", "fost", "este", "și", "pentru", "cu", "la", "un", "o", "dumneavoastră", "va", "am", "de", "mâine", "nu", "în", "pe", "se", "v-am"],
    &["i", "w", "na", "z", "do", "jest", "są", "nie", "się", "twoje", "twój", "został", "została", "zostało", "dla", "po", "od", "to", "jutro", "pan", "pani"],
    &["on", "ja", "ei", "se", "että", "sinun", "teidän", "olen", "olemme", "kanssa", "huomenna", "tänään", "varattu"],
];

/// True for a sentence that is of none of the five languages.
pub fn is_foreign(sentence: &str) -> bool {
    if has_foreign_letters(sentence) {
        return true;
    }
    let small: Vec<String> =
        folded(sentence).split(' ').filter(|word| word.contains(char::is_alphabetic)).map(str::to_owned).collect();
    let count = |of: &dyn Fn(&str) -> bool| small.iter().filter(|word| of(word)).count();
    let own =
        Language::ALL.map(|language| count(&|word| is_small(word, language))).into_iter().max().unwrap_or_default();
    let other = OTHERS.iter().map(|words| count(&|word| words.contains(&word))).max().unwrap_or_default();
    // Names and headings have no small words in any language.
    let lower = sentence.split_whitespace().filter(|word| word.starts_with(char::is_lowercase)).count();
    let is_doubtful = lower >= WORDS_MIN && own * SMALL_WORDS_OF < small.len();
    (other > own && other >= OTHERS_MIN)
        || (is_doubtful && whatlang::detect_lang(sentence).is_some_and(|found| !OWN.contains(&found)))
}

fn is_small(word: &str, language: Language) -> bool {
    let more = SMALL.iter().filter(|(of, _)| *of == language).flat_map(|(_, words)| words.iter());
    // `l'appuntamento`, `d'accord`
    let first = word.split_inclusive('\'').next().unwrap_or_default();
    words_of(language).usual.contains(&word) || more.into_iter().any(|known| *known == word || *known == first)
}

/// True for a word in lower case with a letter that none of the languages has: a name may have one.
fn has_foreign_letters(sentence: &str) -> bool {
    let is_own = |c: char| !c.is_alphabetic() || c.is_ascii() || LETTERS.contains(c);
    let words = sentence.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.starts_with(char::is_uppercase)).any(|word| !word.chars().all(is_own))
}

#[test]
fn sentences_of_other_languages_are_told() {
    for text in [
        "He reservado su reunión con Veronica para mañana.",
        "Su cita está confirmada para mañana.",
        "He reservado su reunión.",
        "Su ticket ha sido creado.",
        "Uw afspraak is geboekt.",
        "Ditt möte är bokat.",
        "Twoje spotkanie zostało umówione.",
        "ご予約を承りました。",
        "您的会议已预订。",
        "Sua reunião foi agendada.",
        "Встреча забронирована.",
        "Tapaamisesi on varattu.",
        "Toplantınız ayarlandı.",
        "Claro, he creado un ticket para usted y Veronica le llamara hoy.",
        "Jouw robot wordt morgen gerepareerd door een monteur.",
        "I have b\u{43e}\u{43e}ked it.",
    ] {
        assert!(is_foreign(text), "{text}");
    }
    for text in [
        "Your meeting is booked.",
        "Hello, how can I help you?",
        "ADAM makes coffee and tea.",
        "Ich habe ein offenes Ticket gefunden.",
        "Ho trovato un ticket aperto.",
        "Jeg har fundet en sag: 33397362407.",
        "ADAM viene consegnato in due settimane.",
        "J'ai trouvé un ticket ouvert.",
        "Robotten er let at bruge.",
        "Refunds are decided by a colleague.",
        "Le robot est facile à utiliser.",
        "Quale giorno preferisce?",
        "Hvilken dag passer dig bedst?",
        "Nothing was changed.",
        "À bientôt !",
        "Great choice!",
        "ADAM makes tea.",
        "Thursday 3 December 2026, 11:00, America/New_York, Look at the lobby, Mei Tanaka",
        "Anna van Dijk",
        "Thank you, Señor Muñoz.",
        "Did that help?",
    ] {
        assert!(!is_foreign(text), "{text}");
    }
}
