//! Two wishes in one message: `my Richie leaks, and I also want a meeting`. The second begins behind a joint, by the words with
//! which somebody says that they want something.

use crate::chat::language::folded;

/// Words that join two wishes.
const JOINTS: &[&str] = &["and", "also", "plus", "og", "samt", "et", "e", "ed", "und", "außerdem", "sowie"];
#[rustfmt::skip]
/// Words with which a wish begins, in every language.
const WISHES: &[&str] = &[
    "i want", "i'd like", "i would like", "i need", "we want", "we'd like", "we would like", "we need", "jeg vil", "jeg ønsker", "jeg skal", "jeg har brug for", "vi vil", "je voudrais", "je veux", "je souhaite",
    "j'aimerais", "nous voudrions", "vorrei", "voglio", "mi serve", "vorremmo", "ich hätte gern", "ich hätte gerne", "ich möchte", "ich brauche", "ich will", "ich bräuchte", "wir möchten", "wir hätten gern",
];
/// Words that may stand between a joint and the wish, or within it.
const ALSO: &[&str] = &["also", "then", "også", "aussi", "anche", "auch", "noch", "too", "så"];
/// The fewest words of what stands before.
const FIRST_WORDS_MIN: usize = 3;

/// The two wishes of a message, in their order. What stands behind the sentence of the second, such as an address, goes with
/// the first.
pub(super) fn parted(message: &str) -> Option<(String, String)> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let joint = (FIRST_WORDS_MIN..words.len())
        .find(|at| JOINTS.contains(&folded(words[*at]).as_str()) && begins_wish(&words[at + 1..]))?;
    let behind = &words[joint + 1..];
    let ends = behind.iter().position(|word| word.ends_with(['.', '!', ';'])).map_or(behind.len(), |at| at + 1);
    let (second, rest) = behind.split_at(ends);
    let first = words[..joint].join(" ");
    let first = first.trim_end_matches([',', ';', '.', '!', ' ']);
    let first = if rest.is_empty() { first.to_owned() } else { format!("{first}. {}", rest.join(" ")) };
    Some((first, second.join(" ")))
}

/// The clauses of a message that may each be a wish, without the words that join them, and the addresses that stand alone; `None`
/// where a clause is too short to be a wish.
pub(super) fn clauses(message: &str) -> Option<(Vec<String>, Vec<&str>)> {
    let (mut all, mut addresses): (Vec<String>, Vec<&str>) = (vec![], vec![]);
    for part in message.split([',', ';', '\n']).flat_map(|part| part.split(". ")).filter(|part| !part.trim().is_empty())
    {
        let words: Vec<&str> = part.split_whitespace().collect();
        let words: Vec<&str> = words.into_iter().skip_while(|word| is_joint(word)).collect();
        match words[..] {
            [address] if address.contains('@') => addresses.push(address),
            _ if words.len() >= FIRST_WORDS_MIN => all.push(words.join(" ")),
            _ => return None,
        }
    }
    (all.len() > 1).then_some((all, addresses))
}

fn is_joint(word: &str) -> bool {
    let word = folded(word);
    JOINTS.contains(&word.as_str()) || ALSO.contains(&word.as_str())
}

fn begins_wish(words: &[&str]) -> bool {
    let plain: Vec<String> =
        words.iter().take(6).map(|word| folded(word)).filter(|word| !ALSO.contains(&word.as_str())).collect();
    let text = format!("{} ", plain.join(" "));
    WISHES.iter().any(|wish| text.starts_with(&format!("{wish} ")))
}

#[test]
fn the_clauses_of_a_message_are_its_wishes() {
    for (message, expected) in [
        (
            "I need to move my appointment, ann@x.example, and what does ADAM cost?",
            Some(vec!["I need to move my appointment", "what does ADAM cost?"]),
        ),
        ("My robot leaks, help", None),
        ("My robot leaks", None),
    ] {
        let expected = expected.map(|all| all.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(clauses(message).map(|(all, _)| all), expected, "{message}");
    }
}

#[test]
fn two_wishes_are_told_apart() {
    for (message, first, second) in [
        (
            "My Richie leaks water, and I also want to book a meeting for next Thursday. sarah@gmail.com",
            "My Richie leaks water. sarah@gmail.com",
            "I also want to book a meeting for next Thursday.",
        ),
        (
            "Meine Bürste ist ab und ich hätte gern eine Vorführung des ADAM",
            "Meine Bürste ist ab",
            "ich hätte gern eine Vorführung des ADAM",
        ),
        ("min robot bipper og jeg vil gerne have et møde", "min robot bipper", "jeg vil gerne have et møde"),
    ] {
        assert_eq!(parted(message), Some((first.to_owned(), second.to_owned())), "{message}");
    }
    for message in ["the arm smokes and it leaks oil", "and I want a meeting", "I want a meeting and a demo"] {
        assert_eq!(parted(message), None, "{message}");
    }
}
