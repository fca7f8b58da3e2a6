//! Questions about the one who answers, and calls for help: who it is, whether it is a machine, what it can do. And questions
//! how something is done, which report nothing and ask for nothing to be done.

use super::answers::longest;
use super::words::{COURTESIES, folded, folded_beginning, folded_if_short};

#[rustfmt::skip]
/// The questions, in every language of the fixed texts.
const ABOUT_DESK: &[&str] = &[
    "are you a robot", "are you a bot", "are you a machine", "are you a computer", "are you an ai", "are you ai", "are you human", "are you a human",
    "are you a person", "are you a real person", "are you real", "is this a bot", "is this a robot", "is this a machine", "is this automatic",
    "am i talking to a robot", "am i talking to a bot", "am i talking to a machine", "am i talking to a human", "am i speaking to a robot",
    "who are you", "what are you", "who am i talking to", "who is this", "what can you do", "what do you do", "what can you help me with",
    "what can you do for me", "how can you help", "how can you help me", "what can i ask", "what can i ask you", "help", "help me", "can you help",
    "can you help me", "i need help", "i need some help", "/help",
    "er du en robot", "er du en bot", "er du en maskine", "er du et menneske", "er du en person", "er det en robot", "hvem er du", "hvad er du",
    "hvem taler jeg med", "hvad kan du", "hvad kan du gøre", "hvad kan du hjælpe med", "hvad kan i hjælpe med", "kan du hjælpe", "kan du hjælpe mig",
    "hjælp", "hjælp mig", "jeg har brug for hjælp",
    "es-tu un robot", "êtes-vous un robot", "tu es un robot", "vous êtes un robot", "es-tu humain", "êtes-vous humain", "es-tu une machine",
    "êtes-vous une machine", "êtes-vous une personne", "qui es-tu", "qui êtes-vous", "tu es qui", "vous êtes qui", "que sais-tu faire",
    "que savez-vous faire", "que peux-tu faire", "que pouvez-vous faire", "que pouvez-vous faire pour moi", "aide", "aidez-moi", "aide-moi",
    "pouvez-vous m'aider", "peux-tu m'aider", "j'ai besoin d'aide", "à l'aide",
    "sei un robot", "è un robot", "lei è un robot", "sei un bot", "sei umano", "sei una macchina", "sei una persona", "chi sei", "chi è lei", "con chi parlo",
    "cosa sai fare", "che cosa sai fare", "cosa puoi fare", "cosa può fare", "che cosa può fare per me", "aiuto", "aiutami", "mi aiuti", "può aiutarmi", "puoi aiutarmi",
    "ho bisogno di aiuto",
    "bist du ein roboter", "sind sie ein roboter", "bist du ein bot", "sind sie ein bot", "bist du eine maschine", "bist du ein mensch",
    "sind sie ein mensch", "sind sie eine maschine", "bist du echt", "wer bist du", "wer sind sie", "was bist du", "mit wem spreche ich", "was kannst du", "was können sie",
    "was kannst du tun", "was können sie tun", "was können sie für mich tun", "hilfe", "hilf mir", "helfen sie mir", "können sie mir helfen",
    "kannst du mir helfen", "ich brauche hilfe",
];
/// Words before a question.
const OPENERS: &[&str] =
    &["and", "so", "but", "ok", "okay", "hey", "og", "men", "et", "mais", "e", "ma", "und", "aber", "also"];
#[rustfmt::skip]
/// Beginnings of questions how something is done.
const HOW_TO: &[&str] = &[
    "how do i", "how do we", "how do you", "how can i", "how can we", "how should i", "how would i", "how to", "how is", "how does one",
    "what is the best way to", "hvordan", "hvorledes", "comment", "come", "in che modo", "wie",
];

#[rustfmt::skip]
/// Beginnings of messages that want to see something.
const TO_SEE: &[&str] = &[
    "list", "list all", "show", "show me", "vis", "vis mig", "liste", "montre", "montrez", "montre-moi", "montrez-moi", "affiche", "affichez", "elenca",
    "elencami", "mostra", "mostrami", "mostri", "zeig", "zeige", "zeigen sie", "zeig mir",
];

/// True for a message that only asks who answers or what can be done here.
pub fn asks_about_desk(text: &str) -> bool {
    let Some(words) = folded_if_short(text) else { return false };
    let mut rest: Vec<&str> = words.split_whitespace().collect();
    let beside: Vec<&str> = COURTESIES.iter().chain(OPENERS).copied().collect();
    let mut is_asked = false;
    while !rest.is_empty() {
        let (asked, other) = (longest(&rest, ABOUT_DESK), longest(&rest, &beside));
        let length = asked.max(other);
        if length == 0 {
            return false;
        }
        is_asked |= asked == length;
        rest.drain(..length);
    }
    is_asked
}

/// True for a message that begins by asking how something is done.
pub fn asks_how(text: &str) -> bool {
    begins_with(text, HOW_TO)
}

/// True for a message that begins by asking to see something.
pub fn asks_to_see(text: &str) -> bool {
    begins_with(text, TO_SEE)
}

#[rustfmt::skip]
/// Words for the company, and for the one who asks.
const COMPANY: &[&str] = &[
    "you", "your", "you're", "sie", "ihr", "ihre", "ihrer", "ihren", "ihrem", "euer", "eure", "jeres", "jer", "i", "vous", "votre", "vos", "voi", "vostro", "vostra", "vostri", "vostre",
];
#[rustfmt::skip]
const ASKER: &[&str] = &[
    "me", "my", "mine", "i'm", "i've", "we", "us", "our", "am", "mich", "mir", "mein", "meine", "meinen", "meiner", "meinem", "ich", "wir", "uns", "unser", "unsere", "jeg", "mig", "min",
    "mit", "mine", "vi", "os", "vores", "je", "j'ai", "me", "m'", "moi", "mon", "ma", "mes", "nous", "notre", "nos", "io", "mi", "me", "mio", "mia", "miei", "mie", "noi", "ci", "nostro",
    "nostra", "ho",
];
/// Words with which such a question begins.
const ASKING: &[&str] = &[
    "where", "what", "who", "which", "is", "are", "do", "wo", "was", "wer", "welche", "hvor", "hvad", "hvem", "où",
    "quel", "quelle", "qui", "dove", "cosa", "chi", "quale",
];

/// True for a question about the company that speaks of nobody else: `where is your office`.
pub fn asks_about_company(text: &str) -> bool {
    let words = folded(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    let asks = text.contains('?') || words.first().is_some_and(|word| ASKING.contains(word));
    // The English `I` is the Danish `you`.
    let is_english = words.iter().any(|word| ["you", "your", "the", "where", "what", "do"].contains(word));
    // `ai-je` is two words.
    let of_asker = |word: &&&str| word.split('-').any(|part| ASKER.contains(&part)) || (is_english && **word == "i");
    asks && words.iter().any(|word| COMPANY.contains(word)) && !words.iter().any(|word| of_asker(&word))
}

fn begins_with(text: &str, phrases: &[&str]) -> bool {
    let words = folded_beginning(text);
    let mut rest: Vec<&str> = words.split_whitespace().collect();
    let beside: Vec<&str> = COURTESIES.iter().chain(OPENERS).copied().collect();
    while let Some(length) = Some(longest(&rest, &beside)).filter(|length| *length > 0) {
        rest.drain(..length);
    }
    longest(&rest, phrases) > 0
}

#[test]
fn questions_about_the_desk_are_known_in_every_language() {
    for text in [
        "are you a robot?",
        "Who are you",
        "what can you do",
        "help",
        "Help, please",
        "hi, can you help me?",
        "er du en robot",
        "hjælp",
        "es-tu un robot ?",
        "qui es-tu",
        "aide",
        "sei un robot?",
        "aiuto",
        "bist du ein Roboter?",
        "hilfe",
        "Hallo, wer sind Sie?",
    ] {
        assert!(asks_about_desk(text), "{text}");
    }
    for text in [
        "help me install it",
        "my robot is broken",
        "who is Sarah Mark?",
        "is this a robot for bars?",
        "pouvez-vous m'aider à l'installer",
        "hi",
        "ok",
        "",
        "was können sie liefern",
    ] {
        assert!(!asks_about_desk(text), "{text}");
    }
    for text in [
        "how do i charge the battery",
        "Comment charger la batterie",
        "come carico la batteria",
        "Wie lade ich den Akku?",
        "hi, how do I reset it",
    ] {
        assert!(asks_how(text), "{text}");
    }
    for text in
        ["it shows how to do it", "welcome", "the battery does not charge", "how much is it", "how long does it take"]
    {
        assert!(!asks_how(text), "{text}");
    }
}
