//! Messages that tell nothing of a matter, although they have words: they answer, put off, pick or ask for a person.

use super::choice_selection;
use crate::chat::language;

/// The most words of a condition that stands alone, as in `if my boss agrees`.
const CONDITION_WORDS_MAX: usize = 4;

/// True for a yes or a no with a reservation, the place of a choice, and a wish for a person.
pub(super) fn holds_off(message: &str) -> bool {
    let rest = language::without_answer(message);
    let is_answer = language::begins_with_answer(message);
    (is_answer && (rest.is_empty() || language::holds_back(&rest)))
        || choice_selection::names_place(message)
        || language::asks_for_person(message)
}

/// True for a condition that stands alone.
pub(super) fn is_condition(message: &str) -> bool {
    message.split_whitespace().count() <= CONDITION_WORDS_MAX && language::begins_with_condition(message)
}

#[test]
fn an_answer_is_told_from_a_text() {
    for message in [
        "yes after lunch",
        "yes once you have told me the price",
        "yes unless it costs money",
        "the second one",
        "under no circumstances",
        "a person",
    ] {
        assert!(holds_off(message), "{message}");
    }
    assert!(is_condition("if my boss agrees"));
    for message in [
        "the arm is stuck",
        "it beeps when I press start",
        "no sound at all",
        "yes and the arm is stuck",
        "when I press start it beeps",
    ] {
        assert!(!holds_off(message) && !is_condition(message), "{message}");
    }
}
