//! How well questions find their answers: customers' questions over a made-up company's documents, with the section
//! that answers each. The questions were written as customers ask, before the ranking was measured on them.

use std::path::Path;

use frontdesk::knowledge::Library;
use frontdesk::knowledge::document::Passage;
use frontdesk::knowledge::settings::Settings;
use frontdesk::knowledge::source::Source;

const QUESTIONS: &str = include_str!("knowledge/questions.tsv");

/// What the original gives its model, and so what a tool call answers with unless it asks for more.
const LIMIT: usize = 4;

struct Question {
    asked: &'static str,
    source: &'static str,
    heading: &'static str,
}

fn questions() -> Vec<Question> {
    let read = |line: &'static str| {
        let mut columns = line.split('\t');
        let mut next = || columns.next().unwrap();
        Question { asked: next(), source: next(), heading: next() }
    };
    QUESTIONS.lines().map(read).collect()
}

fn answers(question: &Question, passage: &Passage) -> bool {
    passage.source == question.source && passage.heading_path.last().is_some_and(|heading| heading == question.heading)
}

#[tokio::test]
async fn nine_of_ten_questions_find_their_answer_among_four_passages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/knowledge/documents");
    let (library, report) = Library::open(vec![Source::Path(folder)], Settings::default(), None).await.unwrap();
    let questions = questions();
    assert!(questions.len() >= 60 && report.passages() >= 200 && report.failures().count() == 0);

    let (mut ranks, mut missed) = (Vec::new(), Vec::new());
    for question in &questions {
        let passages = library.search(question.asked, LIMIT).await.unwrap();
        match passages.iter().position(|passage| answers(question, passage)) {
            Some(rank) => ranks.push(rank),
            None => missed.push(format!("{} [{}: {}]", question.asked, question.source, question.heading)),
        }
    }
    let share = |found: usize| found as f64 / questions.len() as f64;
    let first = share(ranks.iter().filter(|rank| **rank == 0).count());
    eprintln!("{} questions, {} passages", questions.len(), report.passages());
    eprintln!("recall at 4: {:.3}, at 1: {first:.3}; missed:\n  {}", share(ranks.len()), missed.join("\n  "));
    assert!(share(ranks.len()) >= 0.9, "missed:\n  {}", missed.join("\n  "));
}

#[tokio::test]
async fn every_question_names_a_section_that_exists() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/knowledge/documents");
    for question in questions() {
        let text = std::fs::read_to_string(folder.join(question.source)).unwrap();
        assert!(text.contains(&format!("\n## {}\n", question.heading)), "{}", question.asked);
    }
}
