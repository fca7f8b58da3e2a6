//! The unkindness of simulated customers: five manners that change with the seed, typing errors, silence and messages sent
//! twice. The model is asked for the manner; the rest is done by code, so that a seed gives it again.

use fastrand::Rng;

/// One message in so many is silence or is sent twice.
const ODD_TURN_IN: u32 = 8;
/// One message in so many has a typing error.
const TYPING_ERROR_IN: u32 = 3;
/// Fewest letters of a word that gets a spelling error.
const WORD_LETTERS_MIN: usize = 5;

/// Style of a simulated customer's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerStyle {
    /// Says as little as can be.
    Terse,
    /// Wants it done at once.
    Impatient,
    /// Does not follow.
    Confused,
    /// Changes their mind once.
    ChangesMind,
    /// Mixes up two facts at first.
    Mistaken,
}

impl CustomerStyle {
    /// All manners, in the order in which seeds go through them.
    pub const ALL: [CustomerStyle; 5] = [
        CustomerStyle::Terse,
        CustomerStyle::Impatient,
        CustomerStyle::Confused,
        CustomerStyle::ChangesMind,
        CustomerStyle::Mistaken,
    ];

    /// The manner of a seed.
    pub fn of(seed: u64) -> CustomerStyle {
        let at = seed % CustomerStyle::ALL.len() as u64;
        CustomerStyle::ALL[usize::try_from(at).unwrap_or_default()]
    }

    /// The instruction for a model.
    pub fn instruction(self) -> &'static str {
        match self {
            CustomerStyle::Terse => "You are terse: a few words at a time, and you answer only what is asked.",
            CustomerStyle::Impatient => {
                "You are impatient: you want it done at once, and complain about a second question."
            }
            CustomerStyle::Confused => {
                "You are easily confused: once you ask what a question means before you answer it."
            }
            CustomerStyle::ChangesMind => {
                "You change your mind once on something that you have said, within what you want."
            }
            CustomerStyle::Mistaken => {
                "You mix up two of the things that you know at first, and correct it when it is read back to you."
            }
        }
    }
}

/// What becomes of a message on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// It is sent.
    Once,
    /// It is sent, and then sent again.
    Twice,
    /// Nothing is sent before it.
    AfterSilence,
}

/// Decides how a message is sent.
pub fn sending(rng: &mut Rng) -> Sending {
    match rng.u32(..2 * ODD_TURN_IN) {
        0 => Sending::Twice,
        1 => Sending::AfterSilence,
        _ => Sending::Once,
    }
}

/// Perhaps swaps two letters within a word that holds no fact.
pub fn typed(text: &str, rng: &mut Rng) -> String {
    let is_plain = |word: &&str| word.chars().all(char::is_alphabetic) && word.chars().count() >= WORD_LETTERS_MIN;
    let words: Vec<&str> = text.split(' ').collect();
    // The first letter may be that of a name, which a reader needs to know whom it means.
    let open: Vec<usize> = (0..words.len()).filter(|at| is_plain(&words[*at]) && !begins_upper(words[*at])).collect();
    if open.is_empty() || rng.u32(..TYPING_ERROR_IN) != 0 {
        return text.to_owned();
    }
    let chosen = open[rng.usize(..open.len())];
    let with_error =
        |(at, word): (usize, &&str)| if at == chosen { swapped(word, rng.usize(..)) } else { (*word).to_owned() };
    words.iter().enumerate().map(with_error).collect::<Vec<_>>().join(" ")
}

fn begins_upper(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

fn swapped(word: &str, at: usize) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let first = 1 + at % (letters.len() - 2);
    letters.swap(first, first + 1);
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_behaviour_again() {
        let typed_by =
            |seed| typed("can somebody please repair the tray of sarah@gmail.com", &mut Rng::with_seed(seed));
        let all: Vec<String> = (0..40).map(typed_by).collect();
        assert_eq!(all, (0..40).map(typed_by).collect::<Vec<_>>());
        let wrong = all.iter().filter(|text| !text.contains("somebody please repair")).count();
        assert!((5..25).contains(&wrong), "{wrong} of 40 with an error");
        assert!(all.iter().all(|text| text.contains("sarah@gmail.com")), "a fact is never misspelt");
    }

    #[test]
    fn one_message_in_eight_is_odd_and_the_manners_take_turns() {
        let mut rng = Rng::with_seed(7);
        let odd = (0..800).filter(|_| sending(&mut rng) != Sending::Once).count();
        assert!((60..140).contains(&odd), "{odd} of 800");
        assert_eq!((0..5).map(CustomerStyle::of).collect::<Vec<_>>(), CustomerStyle::ALL);
    }
}
