//! The title of a hand-over: what the visitor wants in their own words, as colleagues see it in a list of tickets or tasks. Pure.

use super::brain::HandOver;
use super::conversation::{Author, Conversation};
use super::language;

/// The longest title; a longer line is cut at a word.
const CHARACTERS_MAX: usize = 80;
/// The words that make a line clear: of several clear ones the newest is the title.
const CLEAR_WORDS: usize = 4;
/// The fewest telling words of a line, and of one that asks for a person.
const TELLING_WORDS_MIN: usize = 2;
const PERSON_WORDS_MIN: usize = 3;
/// The fewest words of a line with a single telling one, such as `How much is the Adam?`.
const WORDS_MIN: usize = 3;

/// The title. `reason` is what colleagues are told, with the newest words of the visitor; `earlier` are the messages before.
pub(super) fn of(why: HandOver, reason: &str, earlier: &Conversation) -> String {
    let own = reason.lines().filter(|line| *line != why.for_colleagues());
    let said = earlier.messages().filter(|said| said.author == Author::Visitor).flat_map(|said| said.text.lines());
    let lines = said.chain(own).map(str::trim);
    let clearest = lines.filter_map(|line| Some((clarity(line)?, line))).max_by_key(|(clarity, _)| *clarity);
    clearest.map_or_else(|| why.for_colleagues().to_owned(), |(_, line)| cut(line))
}

impl HandOver {
    /// The reason in a line for colleagues.
    pub fn for_colleagues(self) -> &'static str {
        match self {
            HandOver::Asked | HandOver::Unreachable => "The customer asked for a person in the chat.",
            HandOver::NotUnderstood => "The chat did not understand what the customer wants.",
            HandOver::Refused => "The chat's model refused to answer the customer.",
            HandOver::Limit => "The chat could not finish what the customer wants.",
            HandOver::Failed => "The chat failed while the customer was waiting for an answer.",
        }
    }
}

/// The clarity with which a line tells of a matter; `None` for one that tells of none. Whoever asks for a person has often said
/// before what about.
fn clarity(line: &str) -> Option<(bool, usize)> {
    let words = line.split_whitespace().filter(|word| !is_reach(word)).collect::<Vec<_>>();
    let rest = words.join(" ");
    if language::tells_without_spaces(&rest) {
        return Some((true, CLEAR_WORDS));
    }
    let (telling, for_person) = (language::content_words(&rest).len(), language::asks_for_person(line));
    let tells = match for_person {
        true => telling >= PERSON_WORDS_MIN,
        false => telling >= TELLING_WORDS_MIN || (telling == 1 && words.len() >= WORDS_MIN),
    };
    tells.then_some((!for_person, telling.min(CLEAR_WORDS)))
}

/// True for a word by which somebody is reached.
fn is_reach(word: &str) -> bool {
    word.contains('@') || !word.contains(char::is_alphabetic)
}

fn cut(line: &str) -> String {
    if line.chars().count() <= CHARACTERS_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(CHARACTERS_MAX).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(earlier: &[&str], reason: &str) -> String {
        let mut said = Conversation::default();
        said.add(Author::Desk, "Hello! How can I help you with the robots of our company today?");
        earlier.iter().for_each(|text| said.add(Author::Visitor, text));
        of(HandOver::Asked, &format!("{}\n{reason}", HandOver::Asked.for_colleagues()), &said)
    }

    #[test]
    fn colleagues_read_what_the_visitor_wants() {
        for (earlier, reason, expected) in [
            (&["My robot has lost a wheel"][..], "I want to talk to a person", "My robot has lost a wheel"),
            (&["My robot has lost a wheel", "sarah@gmail.com"], "yes please", "My robot has lost a wheel"),
            (
                &["How much is the Adam?", "My invoice of October is wrong", "hello"],
                "A person",
                "My invoice of October is wrong",
            ),
            (&["How much is the Adam?"], "A person", "How much is the Adam?"),
            (
                &[],
                "Bitte rufen Sie mich wegen der Rechnung vom Oktober an",
                "Bitte rufen Sie mich wegen der Rechnung vom Oktober an",
            ),
            (&["Min robot bipper hele tiden"], "Et menneske", "Min robot bipper hele tiden"),
            (&["我的机器人坏了"], "A person", "我的机器人坏了"),
            (&["Hello", "thank you", "+1 702 555 0143"], "I want a person", HandOver::Asked.for_colleagues()),
            (&["sarah@gmail.com"], "yes", HandOver::Asked.for_colleagues()),
            (&[], "", HandOver::Asked.for_colleagues()),
        ] {
            assert_eq!(title(earlier, reason), expected, "{earlier:?} {reason}");
        }
    }

    #[test]
    fn a_title_is_one_short_line() {
        let long = format!("My robot {}", "beeps all night ".repeat(40));
        let title = title(&[&format!("{long}\nand more"), "x"], "A person");
        assert!(title.chars().count() <= CHARACTERS_MAX + 1 && title.ends_with('…'), "{title}");
        assert!(long.starts_with(title.trim_end_matches('…')), "{title}");
    }
}
