//! Short messages that answer a question or guide the conversation: nothing may stand beside them that says more.

use super::answer_words::{BESIDE_NO, BESIDE_YES, DEEDS, NAMING, NO_SIGNS, OF_DESK, RELUCTANT, YES_SIGNS};
use super::words::{COURTESIES, LanguageWords, folded, folded_beginning, folded_if_short, phrases, words_of};
use domain::language::Language;

/// The most words beside thanks and goodbyes.
const COURTESY_WORDS_MAX: usize = 1;

/// True for a message that says yes and nothing else than a courtesy. A question, a doubt or a condition is no yes.
pub fn agrees(text: &str) -> bool {
    let is_yes = is_only(text, |of| of.yes, &[DEEDS, BESIDE_YES].concat()) && !is_reluctant(text);
    !asks(text) && (is_yes || is_only_signs(text, YES_SIGNS))
}

fn is_reluctant(text: &str) -> bool {
    let words = format!(" {} ", folded(text));
    RELUCTANT.iter().any(|phrase| words.contains(&format!(" {phrase} ")))
}

/// True for a message that says no and nothing else than a courtesy.
pub fn declines(text: &str) -> bool {
    !asks(text) && (is_only(text, |of| of.no, &[DEEDS, BESIDE_NO].concat()) || is_only_signs(text, NO_SIGNS))
}

/// True for a message that asks to begin again.
pub fn starts_over(text: &str) -> bool {
    is_only(text, |of| of.restart, &[])
}

/// True for a message that asks for the question before.
pub fn goes_back(text: &str) -> bool {
    !asks(text) && is_only(text, |of| of.back, &[])
}

/// True for a message that asks to undo what was just done, and says no more.
pub fn cancels(text: &str) -> bool {
    is_only(text, |of| of.cancels, &[])
}

/// True for a message that neither agrees nor declines: `not sure`, `yes, no wait`.
pub fn doubts(text: &str) -> bool {
    let wanted: Vec<&str> = phrases(|of| of.doubts).chain(RELUCTANT.iter().copied()).collect();
    let others: Vec<&str> = phrases(|of| of.yes).chain(phrases(|of| of.no)).chain(COURTESIES.iter().copied()).collect();
    let Some(words) = folded_if_short(&text.replace("...", " ").replace('…', " ")) else { return false };
    let mut rest: Vec<&str> = words.split_whitespace().collect();
    let (mut doubts, mut answers) = (false, 0);
    while !rest.is_empty() {
        let (doubt, other) = (longest(&rest, &wanted), longest(&rest, &others));
        let length = doubt.max(other);
        if length == 0 {
            return false;
        }
        doubts |= doubt == length;
        answers += usize::from(other == length);
        rest.drain(..length);
    }
    doubts || answers > 0 && !agrees(text) && !declines(text)
}

/// True for a message about the one who asks, such as an insult: it tells nothing of a matter.
pub fn is_about_desk(text: &str) -> bool {
    let words = folded_beginning(text) + " ";
    OF_DESK.iter().any(|phrase| words.starts_with(&format!("{phrase} ")))
}

/// The language that a message asks for, and whether it asks for nothing else.
pub fn requested_language(text: &str) -> Option<(Language, bool)> {
    let of = |language: Language| words_of(language).name;
    let asked = |language: &Language| is_only_of(text, of(*language), NAMING);
    if let Some(language) = Language::ALL.into_iter().find(asked) {
        return Some((language, true));
    }
    let words = format!(" {} ", folded(text));
    // A name alone within a sentence may be a lesson or a person's.
    let named = |language: &Language| {
        of(*language).iter().any(|phrase| phrase.contains(' ') && words.contains(&format!(" {phrase} ")))
    };
    Language::ALL.into_iter().find(named).map(|language| (language, false))
}

/// True for a message that is thanks or a goodbye and nothing else.
pub fn says_goodbye(text: &str) -> bool {
    let Some(words) = folded_if_short(text) else { return false };
    let words = format!(" {words} ");
    let mut thanks: Vec<&str> = phrases(|of| of.thanks).collect();
    thanks.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    let rest = thanks.iter().fold(words.clone(), |rest, phrase| rest.replace(&format!(" {phrase} "), "  "));
    rest != words && rest.split_whitespace().count() <= COURTESY_WORDS_MAX
}

/// True for a message that only praises, such as `Great!`: it may agree to a proposal, and picks none of several things.
pub fn praises(text: &str) -> bool {
    is_only(text, |of| of.praises, &[])
}

/// True for a message that begins with a yes, a no or a doubt, whatever follows.
pub fn begins_with_answer(text: &str) -> bool {
    let words = folded_beginning(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    let answers = phrases(|of| of.yes).chain(phrases(|of| of.no)).chain(phrases(|of| of.doubts));
    longest(&words, &answers.collect::<Vec<_>>()) > 0
}

/// The words behind the yes, the no or the doubt with which a message begins.
pub fn without_answer(text: &str) -> String {
    let words = folded(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    let answers = phrases(|of| of.yes).chain(phrases(|of| of.no)).chain(phrases(|of| of.doubts));
    words[longest(&words, &answers.collect::<Vec<_>>())..].join(" ")
}

/// True for a message that ends a matter politely and says nothing else.
pub fn is_courteous(text: &str) -> bool {
    let is_one = |clause: &str| says_goodbye(clause) || praises(clause);
    let mut clauses = text.split([',', '.', '!', ';', '\n']).filter(|clause| clause.chars().any(char::is_alphanumeric));
    is_one(text) || (clauses.clone().count() > 1 && clauses.all(is_one))
}

/// True for a message that is a greeting and nothing else.
pub fn greets(text: &str) -> bool {
    is_only(text, |of| of.greetings, &[])
}

/// True for a message that begins by going against what was asked, such as `No, wait`.
pub fn contradicts(text: &str) -> bool {
    let words = folded_beginning(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    longest(&words, &phrases(|of| of.contradictions).collect::<Vec<_>>()) > 0
}

/// True for a message of these signs alone.
fn is_only_signs(text: &str, signs: &[char]) -> bool {
    let is_beside = |c: char| c.is_whitespace() || matches!(c, '!' | '.' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    text.chars().any(|c| signs.contains(&c)) && text.chars().all(|c| signs.contains(&c) || is_beside(c))
}

fn asks(text: &str) -> bool {
    text.contains(['?', '？', '¿'])
}

/// True if the text consists of these phrases, at least one, and of courtesies and what may stand beside them.
pub(super) fn is_only(text: &str, of: fn(&'static LanguageWords) -> &'static [&'static str], beside: &[&str]) -> bool {
    is_only_of(text, &phrases(of).collect::<Vec<_>>(), beside)
}

fn is_only_of(text: &str, wanted: &[&str], beside: &[&str]) -> bool {
    let Some(words) = folded_if_short(text) else { return false };
    let allowed: Vec<&str> = COURTESIES.iter().chain(beside).copied().collect();
    let mut rest: Vec<&str> = words.split_whitespace().collect();
    let mut is_said = false;
    while !rest.is_empty() {
        // The longest is taken: a courtesy may begin like an answer.
        let (wants, allows) = (longest(&rest, wanted), longest(&rest, &allowed));
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
    let Some(first) = words.first() else { return 0 };
    let begins = |phrase: &&str| {
        let count = phrase.split(' ').count();
        (words.len() >= count && phrase.split(' ').eq(words[..count].iter().copied())).then_some(count)
    };
    // Nearly every phrase begins with another word: a long message is held against thousands.
    phrases.iter().filter(|phrase| phrase.starts_with(first)).filter_map(begins).max().unwrap_or_default()
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
            "yes please and thank you",
            "si",
            "sure thing",
            "yep, cheers",
            "I'd say yes",
            "no problem, go ahead",
            "sure, why not",
            "go for it",
            "👍",
            "👍🏽",
            "klar",
            "perfekt",
            "meinetwegen",
            "kør på",
            "va bene così",
            "assolutamente sì",
            "pourquoi pas",
            "correct",
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
            "absolutely not",
            "of course not",
            "don't bother",
            "dont",
            "no, it's fine, leave it",
            "I said no",
            "bestemt ikke",
            "selvfølgelig ikke",
            "gør det ikke",
            "ellers tak",
            "nej, det er fint, lad den ligge",
            "bien sûr que non",
            "ne le faites pas",
            "pas la peine",
            "non c'est bon",
            "non lo faccia",
            "non importa",
            "certo che no",
            "assolutamente no",
            "no va bene così",
            "auf keinen Fall",
            "bitte nicht",
            "natürlich nicht",
            "nein, passt schon",
            "vergessen Sie's",
            "👎",
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
    fn back_and_the_beginning_are_asked_for_in_every_language() {
        for back in [
            "back",
            "go back, please",
            "tilbage",
            "retour",
            "revenir en arrière",
            "indietro",
            "zurück",
            "geh zurück bitte",
        ] {
            assert!(goes_back(back) && !starts_over(back), "{back}");
        }
        for over in [
            "on recommence",
            "fang nochmal von vorne an",
            "ricominciamo da capo",
            "lad os begynde forfra",
            "start over",
        ] {
            assert!(starts_over(over) && !goes_back(over), "{over}");
        }
        for no in ["call me back", "send it back to me", "the robot drives back", "my back hurts", "zurücksetzen"] {
            assert!(!goes_back(no) && !starts_over(no), "{no}");
        }
    }

    #[test]
    fn cancelling_and_doubting_are_told_apart_from_answers() {
        assert!(declines("actually no") && cancels("actually cancel that") && contradicts("actually, a demo"));
        for cancel in ["cancel it", "annuller det", "annulez", "annulla", "storniere ihn bitte", "undo that"] {
            assert!(cancels(cancel), "{cancel}");
        }
        assert!(!cancels("cancel the ticket") && !cancels("cancel my demo"));
        for doubt in [
            "na ja",
            "naja",
            "Naja, ok",
            "eh ok",
            "well ok",
            "not sure",
            "yes... no wait",
            "oui non attendez",
            "maybe",
            "vielleicht",
            "måske",
            "forse",
            "peut-être",
        ] {
            assert!(doubts(doubt), "{doubt}");
        }
        for other in ["yes", "no", "pas encore", "ikke endnu", "it beeps", "not sure it works", ""] {
            assert!(!doubts(other), "{other}");
        }
        assert!(
            is_about_desk("you are an idiot") && is_about_desk("Sie sind dumm") && !is_about_desk("your robot beeps")
        );
        assert!(
            declines("pas encore") && declines("nej ikke endnu") && declines("noch nicht") && declines("non ancora")
        );
    }

    #[test]
    fn a_language_is_asked_for_by_its_name() {
        use Language::{English, French, German};
        for (text, language) in [
            ("please speak English", Some((English, true))),
            ("English please", Some((English, true))),
            ("auf Deutsch, bitte", Some((German, true))),
            ("en français s'il vous plaît", Some((French, true))),
            ("Do you have the manual in english?", Some((English, false))),
            ("my English teacher robot is broken", None),
        ] {
            assert_eq!(requested_language(text), language, "{text}");
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
