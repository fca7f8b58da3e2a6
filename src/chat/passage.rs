//! A passage of a document as a visitor is told it.

mod price;
mod score;
mod topics;

use serde_json::{Map, Value, json};

use self::score::{Choice, Fit, PassageWords, Strictness, WeighedQuestion};
use super::language::{Language, folded};
use super::texts::with_values;

/// The tool that finds passages.
pub const SEARCH_TOOL: &str = "search_documents";
/// The passages that are asked for: by them it is known how rare a word is, and the best one is told.
const PASSAGES: usize = 20;
/// The most passages that are told, where a question names several things that no passage has together.
const TOLD_MAX: usize = 3;

/// The arguments of a search for the answer to a question.
pub fn search(question: &str) -> Map<String, Value> {
    let price = if price::is_asked(question) { price::WORDS } else { "" };
    let query = [question, price, &topics::words_for_search(question)];
    let query = query.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Map::from_iter([("query".to_owned(), json!(query)), ("limit".to_owned(), json!(PASSAGES))])
}

/// The certainty that a message asks for what documents tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionCertainty {
    /// The visitor has asked about products, or for whatever the documents are for.
    Surely,
    /// Nothing else is known of the message, or another matter is at hand.
    Perhaps,
}

/// The best passage with its document, if it answers the question; of several things that no passage has together, the best
/// of each.
pub fn told(answer: &Value, question: &str, asked: QuestionCertainty, language: Language) -> Option<String> {
    let passages: Vec<&Value> = answer["passages"].as_array().into_iter().flatten().take(PASSAGES).collect();
    let chosen = chosen(&passages, documents(answer), question, asked, language);
    let told: Vec<String> = chosen.into_iter().filter_map(|choice| choice.told(&passages, language)).collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

impl Choice {
    /// The passage as it is told: what is only near to the question is said to be no more.
    fn told(self, passages: &[&Value], language: Language) -> Option<String> {
        let quoted = quoted(passages.get(self.at)?, language)?;
        Some(match self.fit {
            Fit::Answers => quoted,
            Fit::IsNear => with_values::NEAR_PASSAGE.with(language, &[("passage", &quoted)]),
        })
    }
}

fn documents(answer: &Value) -> usize {
    answer["documents"].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default()
}

fn quoted(passage: &Value, language: Language) -> Option<String> {
    let text = passage["document_text"].as_str()?.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = passage["title"].as_str().unwrap_or_default();
    // The passage is told whether or not its document has a title.
    let told = with_values::PASSAGE.with(language, &[("text", &text), ("title", title)]);
    Some(if title.trim().is_empty() { text } else { told })
}

/// The passages that are told.
fn chosen(
    passages: &[&Value],
    documents: usize,
    question: &str,
    asked: QuestionCertainty,
    language: Language,
) -> Vec<Choice> {
    // What is told not to be so asks nothing.
    if asked == QuestionCertainty::Perhaps && !question.contains(['?', '？']) && denies(question) {
        return vec![];
    }
    let strictness = match asked {
        QuestionCertainty::Surely => Strictness::Surely,
        QuestionCertainty::Perhaps => Strictness::Perhaps,
    };
    let words = PassageWords::of_all(passages);
    let weighed = WeighedQuestion::of(question, passages, &words, documents, language);
    let names = weighed.names();
    if names.len() < 2 {
        return weighed.best(&words, strictness, false).into_iter().collect();
    }
    if let Some(whole) = weighed.best(&words, strictness, true) {
        return vec![whole];
    }
    let mut each: Vec<Choice> = vec![];
    for name in names {
        let best = weighed.about_only(name).best(&words, strictness, false);
        each.extend(best.filter(|choice| !each.iter().any(|known| known.at == choice.at)));
    }
    each.truncate(TOLD_MAX);
    each
}

/// Words that deny.
const DENIALS: &[&str] =
    &["not", "never", "no", "ikke", "aldrig", "pas", "jamais", "non", "mai", "nicht", "nie", "kein", "keine"];

fn denies(text: &str) -> bool {
    folded(text).split(' ').any(|word| DENIALS.contains(&word) || word.ends_with("n't"))
}

#[test]
fn a_passage_answers_what_it_has_the_words_of() {
    use serde_json::json;
    let adam = json!({"title": "The ADAM robot", "headings": ["How soon ADAM arrives"], "document_text": "The standard ADAM is delivered in two weeks."});
    let cost = json!({"title": "The ADAM robot", "headings": ["What ADAM costs"], "document_text": "How much ADAM costs depends on its configuration."});
    let tea = json!({"title": "ClouTea", "headings": [], "document_text": "ClouTea is the world's first robot milk tea shop. It is in Las Vegas."});
    let delivery = json!({"title": "Delivery times", "headings": ["Delivery robots"], "document_text": "Delivery robots (Matradee and Richie) are delivered in one month."});
    let support = json!({"title": "Technical support", "headings": ["What to tell"], "document_text": "The ticket says which robot it is about. It is opened for the customer's e-mail address."});
    for (passage, question, asked, answers) in [
        (&tea, "hi there", QuestionCertainty::Perhaps, false),
        (&delivery, "x", QuestionCertainty::Perhaps, false),
        (&delivery, "'; DROP TABLE x; --", QuestionCertainty::Perhaps, false),
        (&tea, "who won the world cup", QuestionCertainty::Perhaps, false),
        (&tea, "will it rain in Vegas tomorrow", QuestionCertainty::Perhaps, false),
        (&adam, "is there a smaller version of adam", QuestionCertainty::Perhaps, false),
        (&adam, "i can't make it tomorrow", QuestionCertainty::Perhaps, false),
        (&tea, "when am i seeing veronica", QuestionCertainty::Perhaps, false),
        (&support, "are you open on christmas", QuestionCertainty::Perhaps, false),
        (&delivery, "robot not delivered yet, where is it", QuestionCertainty::Perhaps, false),
        (&delivery, "my delivery of rolls did not come", QuestionCertainty::Perhaps, false),
        (&delivery, "i want to buy 2 matradees", QuestionCertainty::Perhaps, false),
        (&tea, "", QuestionCertainty::Surely, false),
        (&delivery, "Where do you have an office in Europe", QuestionCertainty::Surely, false),
        (&adam, "when is the adam delivered?", QuestionCertainty::Perhaps, true),
        (&delivery, "matradee?", QuestionCertainty::Perhaps, true),
        (&tea, "where is ClouTea", QuestionCertainty::Perhaps, true),
        (&cost, "How much is the Adam?", QuestionCertainty::Perhaps, true),
        (&cost, "Is that not dangerous? And how much is the Adam?", QuestionCertainty::Perhaps, true),
        (&cost, "I want to know more about your product: Adam", QuestionCertainty::Surely, true),
    ] {
        assert_eq!(!chosen(&[passage], 7, question, asked, Language::English).is_empty(), answers, "{question}");
    }
    for (question, language) in [
        ("Hvad koster Adam?", Language::Danish),
        ("Combien coûte Adam ?", Language::French),
        ("Quanto costa Adam?", Language::Italian),
    ] {
        assert!(!chosen(&[&cost], 7, question, QuestionCertainty::Perhaps, language).is_empty(), "{question}");
    }
}

#[test]
fn a_price_is_looked_for_by_its_name() {
    for (question, query) in [
        ("Hvad koster ADAM?", "Hvad koster ADAM? price cost quote"),
        ("how much is the Matradee?", "how much is the Matradee? price cost quote"),
        ("How long does delivery take?", "How long does delivery take?"),
    ] {
        assert_eq!(search(question)["query"], query);
    }
}
