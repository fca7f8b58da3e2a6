//! The questions in a message: each is searched for by itself, since the passages for one would crowd out those for the other.

/// The most questions of a message that are searched for.
const QUESTIONS_MAX: usize = 3;
/// The fewest letters of a name.
const NAME_MIN: usize = 3;
/// The fewest characters of a question.
const QUESTION_MIN: usize = 6;

/// Words that join two questions.
const JOINING: &[&str] = &["and", "og", "und", "et", "e", "y", "also", "plus"];
/// Words with which a question begins.
const ASKING: &[&str] = &[
    "how", "what", "when", "where", "which", "who", "why", "is", "are", "do", "does", "can", "could", "will", "would",
    "hvad", "hvor", "hvordan", "hvornår", "hvilke", "hvilken", "kan", "har", "was", "wie", "wann", "wo", "welche",
    "welcher", "wer", "kann", "können", "gibt", "ist", "sind", "comment", "combien", "quand", "où", "quel", "quelle",
    "quels", "est-ce", "peut", "quanto", "quando", "come", "dove", "quale", "quali", "cosa", "può", "cuánto", "cuándo",
    "cómo", "dónde", "qué",
];

/// The questions of a message in their order, at most three, each with the names that those before it have; the
/// whole message, trimmed, if it asks one thing or none.
pub fn of(text: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    for sentence in text.split_inclusive(['?', '!', '.', ';', '\n']) {
        all.extend(joined(sentence));
    }
    let asks = |part: &String| part.ends_with('?') || begins_question(part.split_whitespace().next());
    let mut asked: Vec<String> = all.into_iter().filter(asks).filter(|part| part.len() >= QUESTION_MIN).collect();
    asked.dedup();
    asked.truncate(QUESTIONS_MAX);
    if asked.len() > 1 { with_names(asked) } else { vec![text.trim().to_owned()] }
}

/// The questions, each with the names of those before it: `when could you deliver it` is about the product that was named.
fn with_names(questions: Vec<String>) -> Vec<String> {
    let mut known: Vec<String> = vec![];
    let mut all = vec![];
    for question in questions {
        let own = names(&question);
        let missing = known.iter().filter(|name| !own.contains(name)).map(|name| format!(" {name}"));
        all.push(missing.fold(question, |question, name| question + &name));
        known.extend(own.into_iter().filter(|name| !known.contains(name)).collect::<Vec<_>>());
    }
    all
}

/// The words of a question that are written as names are, without its first one.
fn names(question: &str) -> Vec<String> {
    let words = question.split_whitespace().skip(1).map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let is_name = |word: &&str| word.chars().count() >= NAME_MIN && word.starts_with(char::is_uppercase);
    words.filter(is_name).map(str::to_owned).collect()
}

/// The parts of a sentence that are joined by "and how" and the like.
fn joined(sentence: &str) -> Vec<String> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let mut parts: Vec<Vec<&str>> = vec![vec![]];
    for (at, word) in words.iter().enumerate() {
        let joins = JOINING.contains(&plain(word).as_str()) && begins_question(words.get(at + 1).copied());
        match parts.last_mut() {
            _ if joins => parts.push(vec![]),
            Some(part) => part.push(word),
            None => {}
        }
    }
    let ends = if sentence.trim_end().ends_with('?') { "?" } else { "" };
    let whole = |part: &Vec<&str>| part.join(" ").trim_end_matches(['?', ',']).to_owned() + ends;
    parts.iter().filter(|part| !part.is_empty()).map(whole).collect()
}

fn begins_question(word: Option<&str>) -> bool {
    word.is_some_and(|word| ASKING.contains(&plain(word).as_str()))
}

fn plain(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_questions_in_one_message_are_two() {
        for (text, expected) in [
            (
                "How much is the Matradee and when could you deliver to Austria?",
                &["How much is the Matradee?", "when could you deliver to Austria? Matradee"][..],
            ),
            ("What does ADAM cost? And is it in stock?", &["What does ADAM cost?", "is it in stock? ADAM"]),
            ("Hvad koster ADAM, og hvornår kan I levere?", &["Hvad koster ADAM?", "hvornår kan I levere? ADAM"]),
            ("Hi. How heavy is it?", &["Hi. How heavy is it?"]),
            ("Was kostet ADAM und der DUST-E?", &["Was kostet ADAM und der DUST-E?"]),
            ("I want to know more about ADAM", &["I want to know more about ADAM"]),
            ("", &[""]),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
