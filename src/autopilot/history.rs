//! The part of a conversation that a brain is shown. Pure.

use super::entry::{ThreadEntry, Who};
use crate::chat::brain::Reply;
use crate::chat::conversation::Author;
use crate::chat::language::{self, Language, Vocabulary};

/// The messages of the matter at hand before those that wait for an answer.
pub fn before(entries: &[ThreadEntry], matter: usize, pending: &[usize]) -> Vec<(Author, String)> {
    let end = pending.first().copied().unwrap_or(entries.len());
    let said = entries.get(matter..end).unwrap_or_default().iter().filter_map(|entry| {
        let author = if entry.who == Who::Customer { Author::Visitor } else { Author::Desk };
        Some((author, entry.words()?.with_files()))
    });
    said.filter(|(_, text)| !text.is_empty()).collect()
}

/// The messages that wait for an answer, as one.
pub fn asked(entries: &[ThreadEntry], pending: &[usize]) -> String {
    let all = pending.iter().filter_map(|place| Some(entries.get(*place)?.words()?.with_files()));
    all.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The language that the customer has written in the matter at hand, if their words tell one.
pub fn language(entries: &[ThreadEntry], matter: usize) -> Option<Language> {
    let since = entries.get(matter..).unwrap_or_default();
    // Without the words of a graph's samples: short messages tell no language here, and the usual one is taken.
    let vocabulary = Vocabulary::default();
    let words = since.iter().filter_map(ThreadEntry::customers_words);
    words.fold(None, |spoken, words| language::next(spoken, &words.text, &vocabulary))
}

/// A reply as plain text, with numbers before what can be picked.
pub fn plain(reply: &Reply) -> String {
    let numbered = reply.choices.iter().zip(1..).map(|(choice, number)| format!("{number}. {choice}"));
    let text = Some(reply.text.trim().to_owned()).filter(|text| !text.is_empty());
    text.into_iter().chain(numbered).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autopilot::entry::{EntryText, What};

    fn said(who: Who, text: &str) -> ThreadEntry {
        let what = What::Said(EntryText { text: text.to_owned(), ..EntryText::default() });
        ThreadEntry { id: text.to_owned(), at_ms: 0, who, what }
    }

    #[test]
    fn a_brain_is_shown_the_matter_and_all_that_waits() {
        let note = ThreadEntry { what: What::Note("internal".into()), ..said(Who::Person, "n") };
        let entries = [
            said(Who::Customer, "old"),
            said(Who::Customer, "Hello"),
            said(Who::Ours, "Hi"),
            note,
            said(Who::Customer, "a question"),
            said(Who::Customer, "do you ship?"),
        ];
        let history = before(&entries, 1, &[4, 5]);
        assert_eq!(history, [(Author::Visitor, "Hello".to_owned()), (Author::Desk, "Hi".to_owned())]);
        assert_eq!(asked(&entries, &[4, 5]), "a question\ndo you ship?");
        assert_eq!(before(&entries, 9, &[]), []);
    }

    #[test]
    fn choices_are_numbered() {
        let reply = Reply { choices: vec!["Yes".into(), "No".into()], ..Reply::text("Shall I?") };
        assert_eq!(plain(&reply), "Shall I?\n1. Yes\n2. No");
        assert_eq!(plain(&Reply { text: String::new(), ..reply }), "1. Yes\n2. No");
    }
}
