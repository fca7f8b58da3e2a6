//! The messages of a conversation, and the window of them that a brain is shown.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// The newest messages that a brain is shown, unless the operator says otherwise.
pub const WINDOW_MESSAGES: usize = 5;
/// The most tokens of them.
pub const WINDOW_TOKENS: usize = 800;
/// The bytes that count as one token: an estimate that suits every model and language well enough to bound a window.
const BYTES_OF_TOKEN: f64 = 3.5;
/// The messages that are kept at all.
const KEPT_MAX: usize = 200;
/// The longest message that is kept whole; a longer one loses its middle.
const MESSAGE_CHARACTERS_MAX: usize = 4_000;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The author.
    pub author: Author,
    /// Plain text.
    pub text: String,
}

/// The author of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Author {
    /// The visitor.
    Visitor,
    /// This desk.
    Desk,
}

/// The messages of a conversation, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Conversation {
    messages: VecDeque<Message>,
}

impl Conversation {
    /// Adds a message at the end.
    pub fn add(&mut self, author: Author, text: &str) {
        if self.messages.len() == KEPT_MAX {
            self.messages.pop_front();
        }
        self.messages.push_back(Message { author, text: shortened(text) });
    }

    /// All messages that are kept.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter()
    }

    /// The newest messages within both limits, oldest first.
    pub fn window(&self, messages_max: usize, tokens_max: usize) -> Vec<Message> {
        let mut left = tokens_max;
        let mut window: Vec<Message> = vec![];
        for message in self.messages.iter().rev().take(messages_max) {
            let cost = tokens_of(&message.text);
            if cost > left {
                break;
            }
            left -= cost;
            window.push(message.clone());
        }
        window.reverse();
        window
    }

    /// The bytes of the texts that are kept.
    pub fn bytes(&self) -> usize {
        self.messages.iter().map(|message| message.text.len()).sum()
    }

    /// Has these messages in place of the others.
    pub fn replace<'a>(&mut self, messages: impl IntoIterator<Item = (Author, &'a str)>) {
        self.clear();
        messages.into_iter().for_each(|(author, text)| self.add(author, text));
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.messages.clear();
    }
}

/// The estimated tokens of a text.
pub fn tokens_of(text: &str) -> usize {
    (text.len() as f64 / BYTES_OF_TOKEN).ceil() as usize
}

/// A text without its middle, if it is longer than the limit.
pub fn shortened(text: &str) -> String {
    let count = text.chars().count();
    if count <= MESSAGE_CHARACTERS_MAX {
        return text.to_owned();
    }
    let half = MESSAGE_CHARACTERS_MAX / 2;
    let first: String = text.chars().take(half).collect();
    let last: String = text.chars().skip(count - half).collect();
    format!("{first}\n[… {} characters left out …]\n{last}", count - 2 * half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(texts: &[&str]) -> Conversation {
        let mut talk = Conversation::default();
        texts.iter().for_each(|text| talk.add(Author::Visitor, text));
        talk
    }

    fn shown(talk: &Conversation, messages_max: usize, tokens_max: usize) -> Vec<String> {
        talk.window(messages_max, tokens_max).into_iter().map(|message| message.text).collect()
    }

    #[test]
    fn the_window_ends_at_the_first_limit_and_keeps_the_order() {
        let talk = talk(&["one", "two", "three", "four"]);
        assert_eq!(shown(&talk, 2, 800), ["three", "four"]);
        assert_eq!(shown(&talk, 9, 3), ["four"]);
        assert_eq!(shown(&talk, 9, 800), ["one", "two", "three", "four"]);
        assert!(shown(&talk, 0, 800).is_empty());
    }

    #[test]
    fn a_long_message_loses_its_middle_and_old_ones_are_forgotten() {
        let long = format!("{}{}", "a".repeat(9_000), "z");
        let kept = &talk(&[&long]).window(1, 9_999)[0].text;
        assert!(kept.starts_with("aaa") && kept.ends_with('z') && kept.contains("5001 characters left out"), "{kept}");
        let many = talk(&["x"; KEPT_MAX + 1]);
        assert_eq!(many.messages().count(), KEPT_MAX);
    }
}
