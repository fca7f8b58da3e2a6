//! Questions for a price, in every language of the fixed texts.

use crate::chat::language::{are_alike, content_words, folded};

/// The words by which documents tell prices; a question does not always have them.
pub(super) const WORDS: &str = "price cost quote";

#[rustfmt::skip]
/// Words that ask for a price.
const ASKED: &[&str] = &[
    "how much is", "how much are", "how much does", "how much do", "what does it cost", "cost", "costs", "price", "prices", "pricing",
    "expensive", "cheap", "cheaper", "coûte", "coûtent", "prix", "costa", "costano", "prezzo", "prezzi", "preis", "teuer", "teurer", "dyr",
    "dyrere", "billigere", "billiger", "koster", "pris", "prisen", "priser", "combien coûte", "combien coûtent", "quel est le prix", "le prix",
    "les prix", "tarif", "quanto costa", "quanto costano", "il prezzo", "i prezzi", "kostet", "kosten", "der preis", "preise",
];

#[rustfmt::skip]
/// Phrases that have such a word and speak of no price, or of one that somebody paid.
const MENTIONED: &[&str] = &[
    "at no cost", "at no extra cost", "at all costs", "at any cost", "free of cost", "cost me", "cost us", "costs me", "costs us",
    "kostet mich", "kostet uns", "koster mig", "koster os", "ai pris", "a pris", "avons pris", "avez pris", "ont pris", "as pris",
    "est pris", "été pris", "bien pris", "à tout prix", "um jeden preis", "for enhver pris", "a tutti i costi", "costa rica", "j'ai pris",
    "j'avais pris", "déjà pris",
];
#[rustfmt::skip]
/// Words by which a sentence without a question mark tells of a price, and asks for none.
const TELLING: &[&str] = &[
    "was", "were", "paid", "pay", "too", "agreed", "war", "waren", "bezahlt", "zu", "vereinbart", "var", "betalte", "betalt", "aftalt",
    "était", "étaient", "payé", "trop", "convenu", "era", "erano", "pagato", "troppo", "concordato",
];
#[rustfmt::skip]
/// Words by which a sentence without a question mark asks.
const ASKING: &[&str] = &[
    "what", "how", "tell", "know", "need", "send", "give", "looking", "was kostet", "wie", "welche", "brauche", "sagen", "hvad", "hvor",
    "sig", "combien", "quel", "quels", "dites", "quanto", "quanti", "quale", "mi dica", "pls", "please", "bitte",
];

/// True for a text that asks for a price in one of its sentences. One that only mentions a price asks for something else.
pub(super) fn is_asked(text: &str) -> bool {
    sentences(text).iter().any(|sentence| {
        let words = MENTIONED.iter().fold(padded(sentence), |words, phrase| words.replace(&padded(phrase), " "));
        let has = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(&padded(phrase)));
        let is_question = sentence.ends_with(['?', '？']) || has(ASKING);
        has(ASKED) && (is_question || !has(TELLING))
    })
}

/// The sentences with the marks that end them.
fn sentences(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for word in text.split_whitespace() {
        if let Some(last) = all.last_mut() {
            *last = format!("{last} {word}");
        }
        if word.ends_with(['.', '!', '?', '？', ';']) {
            all.push(String::new());
        }
    }
    all
}

fn padded(text: &str) -> String {
    format!(" {} ", folded(text))
}

/// True for a text of a document that tells of prices, in the words of documents or of questions.
pub(super) fn is_told(text: &str) -> bool {
    let words = content_words(text);
    holds(text) || WORDS.split(' ').any(|price| words.iter().any(|word| are_alike(word, price)))
}

fn holds(text: &str) -> bool {
    let words = padded(text);
    ASKED.iter().any(|phrase| words.contains(&padded(phrase)))
}

/// A question without the words that ask for a price.
pub(super) fn without(question: &str) -> String {
    let words = format!(" {} ", folded(question).replace(' ', "  "));
    ASKED.iter().fold(words, |words, phrase| words.replace(&format!(" {} ", phrase.replace(' ', "  ")), " "))
}

#[test]
fn a_price_is_asked_for_and_not_only_mentioned() {
    for (text, expected) in [
        ("How much is the Adam?", true),
        ("monthly rental cost for a robot bartender pls", true),
        ("prices for two robots", true),
        ("I need to know what ADAM costs", true),
        ("The last one was too expensive. How much is the Adam?", true),
        ("Was the price of ADAM lower last year?", true),
        ("Was kostet ADAM?", true),
        ("hvad koster jeres robot", true),
        ("Quel est le prix de location ?", true),
        ("avete un listino prezzi dei robot", true),
        // A price that is told, and words that only look like one.
        ("The price was fine, and my robot beeps", false),
        ("I paid the full price. Where is my robot?", false),
        ("The robot was too expensive. Do you repair it?", false),
        ("This delay cost me a customer. Where is my robot?", false),
        ("Do you deliver at no extra cost", false),
        ("Der Preis war vereinbart. Wann kommt der Roboter?", false),
        ("Prisen var aftalt. Hvornår kommer robotten?", false),
        ("J'ai pris rendez-vous hier, puis-je l'annuler ?", false),
        ("Le prix était convenu. Quand arrive le robot ?", false),
        ("Il prezzo era concordato. Quando arriva il robot?", false),
        ("Do you ship to Costa Rica?", false),
        ("", false),
    ] {
        assert_eq!(is_asked(text), expected, "{text}");
    }
}
