//! Short messages that answer a question or guide the conversation: nothing may stand beside them that says more.

use super::words::{COURTESIES, Words, folded, phrases};

/// The most words beside thanks and goodbyes.
const COURTESY_WORDS_MAX: usize = 1;
/// Things that can be agreed to or declined. They are no answer of their own.
const DEEDS: &[&str] = &[
    "book it",
    "book that",
    "book the meeting",
    "open it",
    "open the ticket",
    "open a ticket",
    "close it",
    "reopen it",
    "send it",
    "add it",
    "add that",
    "pass it on",
    "do it",
    "do that",
    "save it",
];

/// True for a message that says yes and nothing else than a courtesy. A question, a doubt or a condition is no yes.
pub fn agrees(text: &str) -> bool {
    !asks(text) && is_only(text, |of| of.yes, DEEDS)
}

/// True for a message that says no and nothing else than a courtesy.
pub fn declines(text: &str) -> bool {
    !asks(text) && is_only(text, |of| of.no, DEEDS)
}

/// True for a message that asks to begin again.
pub fn starts_over(text: &str) -> bool {
    is_only(text, |of| of.restart, &[])
}

/// True for a message that asks for the question before.
pub fn goes_back(text: &str) -> bool {
    let words = folded(text);
    phrases(|of| of.back).any(|phrase| words == phrase)
}

/// True for a message that is thanks or a goodbye and nothing else.
pub fn says_goodbye(text: &str) -> bool {
    let words = format!(" {} ", folded(text));
    let mut thanks: Vec<&str> = phrases(|of| of.thanks).collect();
    thanks.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    let rest = thanks.iter().fold(words.clone(), |rest, phrase| rest.replace(&format!(" {phrase} "), "  "));
    rest != words && rest.split_whitespace().count() <= COURTESY_WORDS_MAX
}

/// True for a message that only praises, such as `Great!`: it may agree to a proposal, and picks none of several things.
pub fn praises(text: &str) -> bool {
    is_only(text, |of| of.praises, &[])
}

/// True for a message that ends a matter politely and says nothing else.
pub fn is_courteous(text: &str) -> bool {
    says_goodbye(text) || praises(text)
}

/// True for a message that is a greeting and nothing else.
pub fn greets(text: &str) -> bool {
    is_only(text, |of| of.greetings, &[])
}

/// True for a message that begins by going against what was asked, such as `No, wait`.
pub fn contradicts(text: &str) -> bool {
    let words = folded(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    longest(&words, &phrases(|of| of.contradictions).collect::<Vec<_>>()) > 0
}

fn asks(text: &str) -> bool {
    text.contains(['?', '？', '¿'])
}

/// True if the text consists of these phrases, at least one, and of courtesies and what may stand beside them.
fn is_only(text: &str, of: fn(&'static Words) -> &'static [&'static str], beside: &[&str]) -> bool {
    let wanted: Vec<&str> = phrases(of).collect();
    let allowed: Vec<&str> = COURTESIES.iter().chain(beside).copied().collect();
    let words = folded(text);
    let mut rest: Vec<&str> = words.split_whitespace().collect();
    let mut is_said = false;
    while !rest.is_empty() {
        // The longest is taken: a courtesy may begin like an answer.
        let (wants, allows) = (longest(&rest, &wanted), longest(&rest, &allowed));
        let length = wants.max(allows);
        if length == 0 {
            return false;
        }
        is_said = is_said || wants == length;
        rest.drain(..length);
    }
    is_said
}

/// The words of the longest phrase with which the words begin.
pub(super) fn longest(words: &[&str], phrases: &[&str]) -> usize {
    let begins = |phrase: &&str| {
        let count = phrase.split(' ').count();
        (words.len() >= count && phrase.split(' ').eq(words[..count].iter().copied())).then_some(count)
    };
    phrases.iter().filter_map(begins).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_answers_mean_the_same_everywhere() {
        for yes in [
            "Yes",
            "yes please",
            "Ja!",
            "ja tak",
            "Oui.",
            "sì",
            "d'accord",
            "D’accord",
            "ok",
            "book it",
            "genau",
            "Yes, book it",
            "Yes, that's right.",
            "ok thanks",
            "Oui, c'est exact, merci",
            "Ja, das stimmt",
            "Sì, va bene, grazie",
            "yes yes",
            "Ja, det er rigtigt",
            "Gerne",
            "please do",
            "Yes, please go ahead",
            "oui, s'il vous plaît",
            "si",
        ] {
            assert!(agrees(yes) && !declines(yes), "{yes}");
        }
        for no in [
            "no",
            "No, thanks",
            "nej tak",
            "non merci",
            "nein danke",
            "never mind",
            "annulla",
            "no, not that",
            "please don't book it",
            "Nein, lieber nicht",
            "Non, laissez tomber",
            "nej, glem det",
            "no, lasci stare",
            "cancel it",
        ] {
            assert!(declines(no) && !agrees(no), "{no}");
        }
    }

    #[test]
    fn doubts_conditions_and_questions_are_no_answer() {
        for neither in [
            "tomorrow at 5",
            "sarah@gmail.com",
            "",
            "please",
            "I would like to know how much the robot costs, yes that one",
            "I'm not sure",
            "that is not ok",
            "not perfect",
            "are you sure?",
            "sure?",
            "is that right?",
            "ok, wait",
            "y u doing this",
            "pas d'accord",
            "das ist nicht richtig",
            "genau das nicht",
            "what time is it right?",
            "That is not correct",
            "the text is not right",
            "correct the text",
            "ce n'est pas exact",
            "ich bin nicht einverstanden",
            "Is it OK?",
            "yes but at 3 pm",
            "yes but on thursday",
            "ok but 45 minutes",
            "Yes, but in Berlin time",
            "ja, aber um 10 Uhr",
            "si, ma alle 10",
            "oui mais jeudi",
            "ja men kl 10",
            "first let me check",
            "prima devo controllare",
            "yes or no",
            "cancel my appointment",
            "cancel the demo",
            "annuler mon rendez-vous",
            "stop my order",
            "can i cancel",
            "no power",
            "no sound",
            "wrong colour",
            "Screen went wrong",
            "Robot won't stop",
            "Robotten starter ikke",
            "Robotten vil ikke",
            "ikke strøm",
            "non parte",
            "Non si accende",
            "non funziona",
            "no?",
            "open it",
            "det er ikke rigtigt",
            "non è giusto",
            "yes no",
        ] {
            assert!(!agrees(neither) && !declines(neither), "{neither}");
        }
    }

    #[test]
    fn a_conversation_is_guided_by_few_words() {
        assert!(starts_over("start over, please") && starts_over("Von vorne") && goes_back("Zurück!"));
        assert!(!starts_over("reset my robot") && !starts_over("the robot does not restart"));
        assert!(!says_goodbye("disdire la demo del 12 grazie") && !declines("Cancel my demo please"));
        assert!(greets("Hello there!") && greets("Guten Tag") && greets("Hi, good morning") && !greets("Hi, it broke"));
        assert!(contradicts("No, I want a demo") && contradicts("Nej, vent lidt") && !contradicts("No power"));
        assert!(says_goodbye("Thanks, bye!") && says_goodbye("Mange tak") && !says_goodbye("Where is my ticket?"));
    }
}
