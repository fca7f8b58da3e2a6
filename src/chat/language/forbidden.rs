//! Deeds that a message forbids: `don't close my ticket`, `bitte nicht absagen`. Each language forbids by a form of the verb;
//! what is forbidden are the verbs of a desk, by their stems, so that a report of what does not work is none.

use domain::language::Language;

/// The most words between a deed and the word that forbids it.
const BETWEEN_MAX: usize = 6;

#[rustfmt::skip]
const ENGLISH: &[&str] = &[
    "book", "open", "close", "delete", "remove", "change", "update", "create", "add", "cancel", "reopen", "move", "save", "schedule", "reschedule", "correct",
    "edit", "send", "make", "register", "call", "pass", "contact", "phone", "ring", "erase", "forward", "transfer", "postpone", "log", "file",
];
#[rustfmt::skip]
const ENGLISH_BEFORE: &[&str] = &["do not", "don't", "never", "you must not", "you may not", "you shouldn't", "you should not", "please don't", "please do not"];

/// Imperatives; the infinitive has an e behind.
#[rustfmt::skip]
const DANISH: &[&str] = &[
    "luk", "slet", "ret", "ændr", "opret", "annuller", "book", "aflys", "ring", "flyt", "kontakt", "send", "gem", "åbn", "genåbn", "tilføj", "fjern", "skriv",
    "udskyd", "registrer", "videresend",
];
const DANISH_BEFORE: &[&str] =
    &["lad være med at", "undlad at", "du skal ikke", "du må ikke", "i skal ikke", "i må ikke", "undgå at"];

#[rustfmt::skip]
const FRENCH: &[&str] = &[
    "ferm", "supprim", "chang", "modifi", "cré", "réserv", "annul", "ouvr", "rouvr", "effac", "appel", "rappel", "contact", "envoy", "déplac", "report",
    "enregistr", "téléphon", "transmet", "ajout", "corrig", "clôtur", "décal",
];
const FRENCH_ENDINGS: &[&str] = &["er", "ez", "e", "es", "s", "ir", "re", "tre", "tez", "lez", "le", "ler"];
const FRENCH_BETWEEN: &[&str] = &["me", "le", "la", "les", "lui", "nous", "pas", "plus", "jamais", "surtout"];
const FRENCH_DENIALS: &[&str] = &["pas", "plus", "jamais", "rien"];

/// Verbs in -are, and those in -ere and -ire: the endings by which one asks differ.
#[rustfmt::skip]
const ITALIAN_ARE: &[&str] = &[
    "cancell", "elimin", "cambi", "modific", "cre", "prenot", "annull", "spost", "chiam", "richiam", "telefon", "contatt", "salv", "invi", "fiss", "rimand",
    "aggiorn", "inoltr", "mand", "registr",
];
const ITALIAN_ARE_ENDINGS: &[&str] = &["are", "i", "ate", "iate", "hi", "hiate"];
const ITALIAN_ERE: &[&str] =
    &["chiud", "apr", "riapr", "disdic", "disd", "scriv", "mett", "aggiung", "corregg", "trasmett"];
const ITALIAN_ERE_ENDINGS: &[&str] = &["ere", "ire", "a", "ete", "ite"];
const ITALIAN_PRONOUNS: &[&str] = &["mi", "ci", "lo", "la", "li", "le", "gli", "lui"];

#[rustfmt::skip]
const GERMAN: &[&str] = &[
    "absag", "abgesagt", "abzusag", "stornier", "annullier", "lösch", "änder", "schließ", "schliess", "erstell", "buch", "eröffn", "öffne", "verschieb", "verleg", "anruf",
    "anzuruf", "angerufen", "kontaktier", "speicher", "schick", "send", "reservier", "korrigier", "aktualisier", "anleg", "weiterleit", "weitergeb", "zurückruf", "eintrag",
];
/// Verbs whose other part stands at the end.
const GERMAN_PARTED: &[&str] =
    &["sag", "sage", "sagen", "ruf", "rufe", "rufen", "leg", "leite", "leiten", "gib", "geben", "trag", "tragen"];
const GERMAN_PARTS: &[&str] = &["ab", "an", "weiter", "zurück", "ein"];
const GERMAN_DENIALS: &[&str] = &["nicht", "kein", "keine", "keinen", "keinesfalls", "niemals", "nie"];
/// Subjects and their verbs: somebody tells what is so.
#[rustfmt::skip]
const GERMAN_TELLING: &[&str] = &[
    "ich", "wir", "er", "man", "kann", "können", "lässt", "geht", "ist", "hat", "habe", "wird", "wurde", "will", "konnte", "warum", "wieso", "funktioniert", "vergessen",
];

/// True for a clause in lower case, without courtesies before it, that forbids a deed.
pub(super) fn is_forbidden(words: &[&str]) -> bool {
    !words.is_empty()
        && (english(words)
            || danish(words)
            || french(words)
            || italian(words)
            || german(words)
            || is_forbidden_passive(words))
}

/// True if the words name a deed of a desk, in whatever form of the verb.
pub(super) fn names_deed(words: &[&str], language: Language) -> bool {
    let begins = |stems: &[&str]| words.iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)));
    match language {
        Language::English => words.iter().any(|word| ENGLISH.contains(word)),
        Language::Danish => words.iter().any(|word| is_danish_deed(word)),
        Language::French => begins(FRENCH),
        Language::Italian => begins(ITALIAN_ARE) || begins(ITALIAN_ERE),
        Language::German => {
            let is_parted = |words: &[&str]| {
                GERMAN_PARTED.contains(&words[0]) && words.iter().any(|word| GERMAN_PARTS.contains(word))
            };
            begins(GERMAN) || (0..words.len()).any(|at| is_parted(&words[at..]))
        }
    }
}

/// The passive that forbids, by language: the verbs that do, the denials, the words before the participle, and its endings.
struct Passive {
    modals: &'static [&'static str],
    denials: &'static [&'static str],
    before: &'static [&'static str],
    is_participle: fn(&str) -> bool,
}

#[rustfmt::skip]
/// `must not be closed`, `må ikke lukkes`, `ne doit pas être annulé`, `non deve essere chiuso`, `soll nicht geschlossen werden`.
const PASSIVES: &[Passive] = &[
    Passive { modals: &["must", "should", "shall", "may", "mustn't", "shouldn't"], denials: &["not", "never", "mustn't", "shouldn't"], before: &["be"], is_participle: is_english_participle },
    Passive { modals: &["må", "skal", "bør"], denials: &["ikke", "aldrig"], before: &["blive", "ikke", "aldrig"], is_participle: is_danish_participle },
    Passive { modals: &["doit", "doivent", "devrait", "devraient", "faut"], denials: &["pas", "jamais", "plus"], before: &["être"], is_participle: is_french_participle },
    Passive { modals: &["deve", "devono", "va", "vanno", "dovrebbe"], denials: &["non"], before: &["essere", "va", "vanno"], is_participle: is_italian_participle },
    Passive { modals: &["soll", "sollen", "darf", "dürfen", "sollte", "sollten"], denials: GERMAN_DENIALS, before: &[], is_participle: is_german_participle },
];

fn is_forbidden_passive(words: &[&str]) -> bool {
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    PASSIVES.iter().any(|passive| {
        let fits = |at: usize| {
            // German puts its `werden` behind.
            let placed = match passive.before {
                [] => words.get(at + 1) == Some(&"werden"),
                before => at > 0 && before.contains(&words[at - 1]),
            };
            placed && (passive.is_participle)(words[at])
        };
        has(passive.modals) && has(passive.denials) && (0..words.len()).any(fits)
    })
}

fn is_english_participle(word: &str) -> bool {
    const STRONG: &[&str] = &["made", "sent"];
    let stem = word.strip_suffix("ed").unwrap_or(word);
    let is_deed = |verb: &str| ENGLISH.contains(&verb);
    // `closed`, `cancelled`, `modified`
    let doubled = stem.char_indices().next_back().map_or(stem, |(at, _)| &stem[..at]);
    STRONG.contains(&word) || (stem != word && (is_deed(stem) || is_deed(&format!("{stem}e")) || is_deed(doubled)))
}

fn is_danish_participle(word: &str) -> bool {
    word.len() > 4
        && DANISH.iter().any(|stem| word.starts_with(stem))
        && ["es", "et", "t"].iter().any(|end| word.ends_with(end))
}

fn is_french_participle(word: &str) -> bool {
    const ENDINGS: &[&str] = &["é", "ée", "és", "ées", "ert", "erte", "erts", "ertes", "is", "ise"];
    FRENCH.iter().any(|stem| word.starts_with(stem)) && ENDINGS.iter().any(|end| word.ends_with(end))
}

fn is_italian_participle(word: &str) -> bool {
    const STRONG: &[&str] =
        &["chius", "apert", "riapert", "disdett", "scritt", "mess", "aggiunt", "corrett", "trasmess"];
    let stem = word.strip_suffix(['o', 'a', 'i', 'e']).unwrap_or(word);
    let weak = stem.strip_suffix("at").is_some_and(|verb| ITALIAN_ARE.contains(&verb));
    stem != word && (weak || STRONG.contains(&stem))
}

fn is_german_participle(word: &str) -> bool {
    const STRONG: &[&str] =
        &["geschlossen", "verschoben", "gesendet", "eingetragen", "weitergegeben", "weitergeleitet", "angelegt"];
    // `gelöscht`, `abgesagt`, `zurückgerufen`, `storniert`
    let bare = word.strip_prefix("ge").unwrap_or(word);
    let ends = word.ends_with('t') || word.ends_with("en");
    STRONG.contains(&word) || (ends && GERMAN.iter().any(|stem| bare.starts_with(stem) || word.starts_with(stem)))
}

/// True for a Danish deed as an imperative or an infinitive.
fn is_danish_deed(word: &str) -> bool {
    DANISH.iter().any(|stem| word.strip_prefix(stem).is_some_and(|end| ["", "e", "te", "ke", "me"].contains(&end)))
}

/// The words behind one of these phrases.
fn behind<'a, 'w>(words: &'a [&'w str], phrases: &[&str]) -> Option<&'a [&'w str]> {
    phrases.iter().find_map(|phrase| {
        let length = phrase.split(' ').count();
        (words.len() > length && phrase.split(' ').eq(words[..length].iter().copied())).then(|| &words[length..])
    })
}

fn english(words: &[&str]) -> bool {
    behind(words, ENGLISH_BEFORE).is_some_and(|rest| ENGLISH.contains(&rest[0]))
}

fn danish(words: &[&str]) -> bool {
    let asked = behind(words, DANISH_BEFORE).is_some_and(|rest| is_danish_deed(rest[0]));
    asked || (DANISH.contains(&words[0]) && words.iter().skip(1).take(BETWEEN_MAX).any(|word| *word == "ikke"))
}

fn french(words: &[&str]) -> bool {
    let is_deed =
        |word: &str| FRENCH.iter().any(|stem| word.strip_prefix(stem).is_some_and(|end| FRENCH_ENDINGS.contains(&end)));
    // In speech the `ne` is dropped.
    if words.len() > 1 && is_deed(words[0]) && words[1] == "pas" {
        return true;
    }
    let denied: Vec<&str> = match words[0] {
        "ne" => words[1..].to_vec(),
        first => match first.strip_prefix("n'") {
            Some(verb) => [verb].into_iter().chain(words[1..].iter().copied()).collect(),
            None => return false,
        },
    };
    let at = denied.iter().take_while(|word| FRENCH_BETWEEN.contains(word)).count();
    let Some(verb) = denied.get(at) else { return false };
    let verb = verb.strip_prefix("m'").or_else(|| verb.strip_prefix("l'")).unwrap_or(verb);
    is_deed(verb) && denied.iter().any(|word| FRENCH_DENIALS.contains(word))
}

fn italian(words: &[&str]) -> bool {
    let Some(rest) = behind(words, &["non"]) else { return false };
    let at = rest.iter().take_while(|word| ITALIAN_PRONOUNS.contains(word)).count();
    let Some(verb) = rest.get(at) else { return false };
    let is_form = |verb: &str, stems: &[&str], endings: &[&str]| {
        stems.iter().any(|stem| verb.strip_prefix(stem).is_some_and(|end| endings.contains(&end)))
    };
    let is_deed =
        |verb: &str| is_form(verb, ITALIAN_ARE, ITALIAN_ARE_ENDINGS) || is_form(verb, ITALIAN_ERE, ITALIAN_ERE_ENDINGS);
    // `chiamatemi`: a pronoun may stand at the end.
    is_deed(verb) || ITALIAN_PRONOUNS.iter().filter_map(|pronoun| verb.strip_suffix(pronoun)).any(is_deed)
}

fn german(words: &[&str]) -> bool {
    let words: Vec<&str> = words.iter().copied().filter(|word| *word != "bitte").collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    if !words.iter().any(|word| GERMAN_DENIALS.contains(word)) || words.iter().any(|word| GERMAN_TELLING.contains(word))
    {
        return false;
    }
    let is_deed = |word: &&str| GERMAN.iter().any(|stem| word.starts_with(stem)) && !word.ends_with("ung");
    let is_parted = GERMAN_PARTED.contains(first) && GERMAN_PARTS.contains(last);
    // A sentence about a thing begins with the thing.
    let is_asked = is_deed(first) || is_deed(last) || GERMAN_DENIALS.contains(first);
    is_parted || (is_asked && words.iter().any(is_deed))
}

#[test]
fn what_is_forbidden_is_told_from_what_does_not_work() {
    for text in [
        "nicht den termin absagen bitte",
        "meinen termin nicht absagen",
        "sagen sie meinen termin bitte nicht ab",
        "nicht absagen bitte",
        "keinen termin absagen",
        "schließen sie mein ticket bitte nicht",
        "rufen sie mich nicht an",
        "non cancellate il mio appuntamento",
        "non annullate l'appuntamento",
        "non chiudete il ticket",
        "non chiamatemi",
        "non mi chiamate",
        "non aprire un ticket",
        "ring ikke til mig",
        "flyt ikke mit møde",
        "i må ikke slette mine data",
        "ne m'appelez pas",
        "ne me rappelez plus",
        "n'annulez pas mon rendez-vous",
        "annulez pas mon rendez-vous",
        "ne pas annuler",
        "don't call me",
        "never delete my data",
        "do not reschedule it",
        "mein ticket soll nicht geschlossen werden",
        "meine daten dürfen nicht gelöscht werden",
        "der termin darf nicht abgesagt werden",
        "mein termin sollte nicht verschoben werden",
        "mein ticket darf niemals storniert werden",
        "my ticket must not be closed",
        "the appointment should never be cancelled",
        "min sag må ikke lukkes",
        "mine data må ikke slettes",
        "min aftale må ikke blive aflyst",
        "mon ticket ne doit pas être fermé",
        "mes données ne doivent jamais être effacées",
        "il mio ticket non deve essere chiuso",
        "il mio appuntamento non va annullato",
    ] {
        let words: Vec<&str> = text.split(' ').collect();
        assert!(is_forbidden(&words), "{text}");
    }
    for text in [
        "non funziona",
        "non si apre",
        "non apre",
        "non chiude",
        "il robot non chiama",
        "ich kann meinen termin nicht absagen",
        "der roboter lässt sich nicht ändern",
        "mein roboter kann nicht buchen",
        "der roboter bucht nicht",
        "ne s'ouvre pas",
        "il ne ferme pas",
        "ne fonctionne pas",
        "robotten lukker ikke",
        "det virker ikke",
        "don't you sell robots",
        "it does not open",
        "nicht vergessen meinen termin abzusagen",
        "der arm kann nicht geöffnet werden",
        "der deckel wird nicht geschlossen",
        "the lid cannot be opened",
        "it should not be so loud",
        "lugen kan ikke lukkes",
        "der roboter soll nicht nass werden",
        "il robot non va",
        "",
    ] {
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        assert!(!is_forbidden(&words), "{text}");
    }
}
