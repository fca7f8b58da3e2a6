//! The language of a visitor, and the few words that mean the same in every conversation.

use whatlang::{Detector, Lang};

/// The letters from which a text is long enough for statistics.
const LETTERS_MIN: usize = 20;
/// The different words from which on they tell anything.
const WORDS_MIN: usize = 4;
/// The most words of a message that only asks for a person.
const REQUEST_WORDS_MAX: usize = 12;
/// The most words beside a yes, and beside a no: `cancel my demo please` is more than a no.
const YES_WORDS_MAX: usize = 4;
const NO_WORDS_MAX: usize = 2;
/// The most words beside thanks and goodbyes.
const COURTESY_WORDS_MAX: usize = 1;

/// A language of the fixed texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// English, also for visitors who write another language.
    #[default]
    English,
    /// Danish.
    Danish,
    /// French.
    French,
    /// Italian.
    Italian,
    /// German.
    German,
}

impl Language {
    /// All languages.
    pub const ALL: [Language; 5] =
        [Language::English, Language::Danish, Language::French, Language::Italian, Language::German];

    /// The code of ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Danish => "da",
            Language::French => "fr",
            Language::Italian => "it",
            Language::German => "de",
        }
    }

    fn words(self) -> &'static Words {
        match self {
            Language::English => &ENGLISH,
            Language::Danish => &DANISH,
            Language::French => &FRENCH,
            Language::Italian => &ITALIAN,
            Language::German => &GERMAN,
        }
    }
}

/// The words of one language by which it is known, and what a few of them mean.
struct Words {
    /// Words that stand in many sentences of this language and in few of the others.
    usual: &'static [&'static str],
    yes: &'static [&'static str],
    no: &'static [&'static str],
    person: &'static [&'static str],
    restart: &'static [&'static str],
    back: &'static [&'static str],
    thanks: &'static [&'static str],
}

static ENGLISH: Words = Words {
    usual: &[
        "the", "is", "my", "you", "i", "want", "would", "like", "to", "with", "how", "what", "please", "have", "and",
        "it", "hello", "hi", "thanks", "your", "are", "can", "of", "not", "need", "where", "when", "does", "much",
        "i'd", "i'm", "there", "this", "that", "yes", "tomorrow", "today",
    ],
    yes: &[
        "yes",
        "yeah",
        "yep",
        "yup",
        "sure",
        "ok",
        "okay",
        "right",
        "correct",
        "please do",
        "go ahead",
        "do it",
        "exactly",
        "of course",
        "fine",
        "agreed",
        "perfect",
        "that works",
        "y",
        "book it",
        "sounds good",
        "that's right",
        "confirm",
    ],
    no: &[
        "no",
        "nope",
        "nah",
        "not that",
        "don't",
        "do not",
        "never mind",
        "nevermind",
        "cancel",
        "stop",
        "n",
        "wrong",
        "not now",
        "no thanks",
        "no thank you",
        "forget it",
        "leave it",
    ],
    person: &[
        "a person",
        "a human",
        "human being",
        "real person",
        "real human",
        "someone real",
        "somebody real",
        "an agent",
        "live agent",
        "a colleague",
        "representative please",
        "speak to someone",
        "talk to someone",
        "talk to somebody",
        "speak to somebody",
        "speak with someone",
        "talk to a",
        "speak to a",
        "speak with a",
        "customer service",
        "operator",
        "/person",
        "not a bot",
        "call me",
        "call me back",
        "callback",
        "your manager",
        "the manager",
    ],
    restart: &["start over", "restart", "start again", "from the beginning", "reset", "/restart", "new conversation"],
    back: &["back", "go back", "previous", "undo", "one step back"],
    thanks: &[
        "thanks",
        "thank you",
        "bye",
        "goodbye",
        "that is all",
        "that's all",
        "that was all",
        "nothing else",
        "cheers",
        "thank you very much",
        "thanks a lot",
        "see you",
        "great",
        "perfect thanks",
        "no that's all",
        "nothing more",
    ],
};

static DANISH: Words = Words {
    usual: &[
        "jeg", "er", "og", "det", "vil", "gerne", "ikke", "har", "min", "mit", "mine", "til", "hvad", "hvordan", "hej",
        "tak", "kan", "på", "af", "en", "et", "med", "du", "mig", "hvor", "koster", "hvornår", "goddag", "ja", "nej",
        "venligst", "også", "fra", "i dag", "morgen", "i morgen", "møde", "sag",
    ],
    yes: &[
        "ja",
        "jo",
        "ja tak",
        "gerne",
        "okay",
        "ok",
        "selvfølgelig",
        "præcis",
        "det er rigtigt",
        "fint",
        "gør det",
        "jep",
    ],
    no: &["nej", "nej tak", "ikke", "glem det", "annuller", "stop", "lad være", "forkert"],
    person: &[
        "en person",
        "et menneske",
        "en medarbejder",
        "en kollega",
        "tale med",
        "snakke med",
        "kundeservice",
        "ring til mig",
        "ring mig op",
        "en rigtig person",
        "en konsulent",
    ],
    restart: &["start forfra", "forfra", "begynd forfra", "start igen"],
    back: &["tilbage", "gå tilbage"],
    thanks: &["tak", "mange tak", "farvel", "hej hej", "det var alt", "ikke mere", "tak for hjælpen", "vi ses"],
};

static FRENCH: Words = Words {
    usual: &[
        "je",
        "le",
        "la",
        "les",
        "est",
        "un",
        "une",
        "et",
        "vous",
        "mon",
        "ma",
        "mes",
        "voudrais",
        "bonjour",
        "merci",
        "avec",
        "pour",
        "quel",
        "quelle",
        "comment",
        "combien",
        "où",
        "quand",
        "pas",
        "ne",
        "de",
        "du",
        "des",
        "nous",
        "sur",
        "oui",
        "non",
        "j'ai",
        "c'est",
        "coûte",
        "demain",
        "aujourd'hui",
        "votre",
        "rendez-vous",
        "salut",
        "suis",
        "que",
    ],
    yes: &[
        "oui",
        "ouais",
        "d'accord",
        "bien sûr",
        "ok",
        "exact",
        "exactement",
        "parfait",
        "c'est ça",
        "volontiers",
        "allez-y",
    ],
    no: &["non", "non merci", "pas ça", "annuler", "annulez", "laissez tomber", "stop", "arrêtez", "faux"],
    person: &[
        "une personne",
        "un humain",
        "un conseiller",
        "une conseillère",
        "un agent",
        "un collègue",
        "quelqu'un",
        "parler à",
        "parler avec",
        "service client",
        "rappelez-moi",
        "appelez-moi",
        "une vraie personne",
    ],
    restart: &["recommencer", "recommençons", "repartir de zéro", "depuis le début"],
    back: &["retour", "revenir", "précédent", "en arrière"],
    thanks: &["merci", "merci beaucoup", "au revoir", "c'est tout", "rien d'autre", "à bientôt", "bonne journée"],
};

static ITALIAN: Words = Words {
    usual: &[
        "il",
        "lo",
        "gli",
        "è",
        "un",
        "una",
        "e",
        "vorrei",
        "ciao",
        "buongiorno",
        "grazie",
        "con",
        "per",
        "quanto",
        "come",
        "dove",
        "quando",
        "non",
        "mio",
        "mia",
        "miei",
        "mie",
        "di",
        "che",
        "ho",
        "sono",
        "del",
        "della",
        "costa",
        "oggi",
        "domani",
        "sì",
        "si",
        "vostro",
        "vostra",
        "appuntamento",
        "salve",
        "mi",
        "posso",
        "nel",
        "alla",
    ],
    yes: &[
        "sì",
        "si",
        "certo",
        "va bene",
        "ok",
        "esatto",
        "esattamente",
        "perfetto",
        "d'accordo",
        "volentieri",
        "giusto",
    ],
    no: &["no", "no grazie", "non quello", "annulla", "annullare", "lascia stare", "lasci stare", "stop", "sbagliato"],
    person: &[
        "una persona",
        "un umano",
        "un operatore",
        "un'operatrice",
        "un collega",
        "un consulente",
        "parlare con",
        "qualcuno",
        "servizio clienti",
        "assistenza clienti",
        "chiamatemi",
        "richiamatemi",
        "mi richiami",
        "una persona vera",
    ],
    restart: &["ricominciare", "ricomincia", "da capo", "dall'inizio"],
    back: &["indietro", "torna indietro", "precedente"],
    thanks: &["grazie", "grazie mille", "molte grazie", "arrivederci", "è tutto", "nient'altro", "a presto"],
};

static GERMAN: Words = Words {
    usual: &[
        "ich", "der", "die", "das", "ist", "und", "nicht", "mein", "meine", "meinen", "möchte", "hallo", "guten",
        "danke", "mit", "für", "wie", "was", "wo", "wann", "ein", "eine", "einen", "kostet", "bitte", "sie", "ihr",
        "ihre", "haben", "habe", "zu", "zum", "auf", "heute", "morgen", "ja", "nein", "kann", "es", "von", "termin",
        "würde", "gerne",
    ],
    yes: &[
        "ja",
        "jawohl",
        "jep",
        "gerne",
        "okay",
        "ok",
        "richtig",
        "genau",
        "natürlich",
        "passt",
        "in ordnung",
        "einverstanden",
    ],
    no: &[
        "nein",
        "nee",
        "nein danke",
        "nicht das",
        "abbrechen",
        "abbruch",
        "lassen wir das",
        "vergiss es",
        "stopp",
        "falsch",
    ],
    person: &[
        "eine person",
        "ein mensch",
        "einen menschen",
        "einem menschen",
        "ein mitarbeiter",
        "einen mitarbeiter",
        "einem mitarbeiter",
        "einer mitarbeiterin",
        "eine mitarbeiterin",
        "einen kollegen",
        "einem kollegen",
        "jemandem",
        "jemanden",
        "kundendienst",
        "kundenservice",
        "rufen sie mich",
        "ruft mich",
        "rückruf",
        "echte person",
        "echten menschen",
    ],
    restart: &["von vorne", "von vorn", "neu anfangen", "neustart", "nochmal von vorne"],
    back: &["zurück", "einen schritt zurück"],
    thanks: &[
        "danke",
        "vielen dank",
        "tschüss",
        "auf wiedersehen",
        "das war alles",
        "das ist alles",
        "sonst nichts",
        "besten dank",
    ],
};

/// The language of a text; `None` if it is too short or mixed to tell.
pub fn of(text: &str) -> Option<Language> {
    let words = folded(text);
    let mut scores = Language::ALL.map(|language| (score(&words, language), language));
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let [(best, language), (second, _), ..] = scores;
    if best > second {
        return Some(language);
    }
    by_statistics(text)
}

/// The usual words of the language in the text.
fn score(words: &str, language: Language) -> usize {
    let padded = format!(" {words} ");
    let usual = language.words().usual.iter();
    usual.map(|word| padded.matches(&format!(" {word} ")).count()).sum()
}

fn by_statistics(text: &str) -> Option<Language> {
    let words: std::collections::BTreeSet<&str> = text.split_whitespace().collect();
    if text.chars().filter(|c| c.is_alphabetic()).count() < LETTERS_MIN || words.len() < WORDS_MIN {
        return None;
    }
    let allowed = vec![Lang::Eng, Lang::Dan, Lang::Fra, Lang::Ita, Lang::Deu];
    let found = Detector::with_allowlist(allowed).detect(text).filter(whatlang::Info::is_reliable)?;
    match found.lang() {
        Lang::Dan => Some(Language::Danish),
        Lang::Fra => Some(Language::French),
        Lang::Ita => Some(Language::Italian),
        Lang::Deu => Some(Language::German),
        _ => Some(Language::English),
    }
}

/// True for a message that asks for a person and for little else.
pub fn asks_for_person(text: &str) -> bool {
    let words = folded(text);
    words.split(' ').count() <= REQUEST_WORDS_MAX && any(|of| of.person, |phrase| holds(&words, phrase))
}

/// True for a message that says yes and little more.
pub fn agrees(text: &str) -> bool {
    answers(text, |of| of.yes, YES_WORDS_MAX) && !answers(text, |of| of.no, NO_WORDS_MAX)
}

/// True for a message that says no and nothing that is more than a courtesy.
pub fn declines(text: &str) -> bool {
    answers(text, |of| of.no, NO_WORDS_MAX)
}

/// True for a message that asks to begin again.
pub fn starts_over(text: &str) -> bool {
    answers(text, |of| of.restart, NO_WORDS_MAX)
}

/// True for a message that asks for the question before.
pub fn goes_back(text: &str) -> bool {
    let words = folded(text);
    any(|of| of.back, |phrase| words == phrase)
}

/// True for a message that is thanks or a goodbye and nothing else.
pub fn says_goodbye(text: &str) -> bool {
    let words = format!(" {} ", folded(text));
    let mut phrases: Vec<&str> =
        Language::ALL.into_iter().flat_map(|language| language.words().thanks).copied().collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    let rest = phrases.iter().fold(words.clone(), |rest, phrase| rest.replace(&format!(" {phrase} "), "  "));
    rest != words && rest.split_whitespace().count() <= COURTESY_WORDS_MAX
}

/// True for a message that begins or ends with one of the phrases and has few words beside it.
fn answers(text: &str, phrases: impl Fn(&'static Words) -> &'static [&'static str], more_max: usize) -> bool {
    let words = folded(text);
    let count = words.split(' ').count();
    let fits = |phrase: &str| {
        let more = count.saturating_sub(phrase.split(' ').count());
        let stands =
            words == phrase || words.starts_with(&format!("{phrase} ")) || words.ends_with(&format!(" {phrase}"));
        stands && more <= more_max
    };
    any(phrases, fits)
}

fn any(phrases: impl Fn(&'static Words) -> &'static [&'static str], fits: impl Fn(&str) -> bool) -> bool {
    Language::ALL.into_iter().any(|language| phrases(language.words()).iter().any(|phrase| fits(phrase)))
}

fn holds(words: &str, phrase: &str) -> bool {
    format!(" {words} ").contains(&format!(" {phrase} "))
}

/// The words of a text in lower case, with one space between them and no punctuation at their ends.
pub fn folded(text: &str) -> String {
    let lower = text.to_lowercase().replace(['’', '`', '´'], "'");
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/').to_owned();
    lower.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
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
        ] {
            assert_eq!(of(text), Some(language), "{text}");
        }
        for text in ["", "ADAM", "sarah@gmail.com", "2", "ok"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn short_answers_mean_the_same_everywhere() {
        for yes in
            ["Yes", "yes please", "Ja!", "ja tak", "Oui.", "sì", "d'accord", "D’accord", "ok", "book it", "genau"]
        {
            assert!(agrees(yes) && !declines(yes), "{yes}");
        }
        for no in ["no", "No, thanks", "nej tak", "non merci", "nein danke", "never mind", "annulla", "no, not that"] {
            assert!(declines(no) && !agrees(no), "{no}");
        }
        for neither in
            ["tomorrow at 5", "sarah@gmail.com", "", "I would like to know how much the robot costs, yes that one"]
        {
            assert!(!agrees(neither) && !declines(neither), "{neither}");
        }
        for person in [
            "A person, please",
            "can I talk to a human?",
            "en medarbejder, tak",
            "Je veux parler à quelqu'un",
            "posso parlare con una persona",
            "Ich möchte mit einem Mitarbeiter sprechen",
            "/person",
        ] {
            assert!(asks_for_person(person), "{person}");
        }
        assert!(!asks_for_person("How many people work with the robot?"));
        assert!(starts_over("start over, please") && starts_over("Von vorne") && goes_back("Zurück!"));
        assert!(!says_goodbye("disdire la demo del 12 grazie") && !declines("Cancel my demo please"));
        assert!(says_goodbye("Thanks, bye!") && says_goodbye("Mange tak") && !says_goodbye("Where is my ticket?"));
    }
}
