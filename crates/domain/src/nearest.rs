//! The most similar of many names, for errors that suggest what was meant.
//!
//! Comparing two texts takes time by the product of their lengths, and the text that is compared comes from outside. So
//! only the beginnings of both are compared, and each name is scored once.

/// The longest beginning of a text that is compared; most names are shorter.
pub const COMPARED_CHARACTERS_MAX: usize = 48;

/// The beginning of a text as it is compared with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted(String);

impl Wanted {
    /// The beginning of `text`. Give it and the names in one form, such as lower case.
    pub fn new(text: &str) -> Wanted {
        Wanted(beginning(text).to_owned())
    }

    /// Returns the beginning that is compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The typing errors between the beginnings: letters that are missing, too many, wrong, or swapped with the next one
    /// (optimal string alignment).
    pub fn typing_errors(&self, name: &str) -> usize {
        strsim::osa_distance(&self.0, beginning(name))
    }

    /// The similarity to `name`, from 0 to 1 (Jaro-Winkler).
    pub fn likeness(&self, name: &str) -> f64 {
        strsim::jaro_winkler(&self.0, beginning(name))
    }
}

/// The items in the order of their scores, the highest first and equal ones as they stood. Each is scored once.
pub fn ranked<T>(items: impl IntoIterator<Item = T>, mut score: impl FnMut(&T) -> f64) -> Vec<(f64, T)> {
    let mut scored: Vec<_> = items.into_iter().map(|item| (score(&item), item)).collect();
    scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    scored
}

/// The beginning of the text, up to the longest that is compared.
fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(COMPARED_CHARACTERS_MAX).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_beginnings_are_compared() {
        let long = "æ".repeat(65_536);
        let wanted = Wanted::new(&long);
        assert_eq!(wanted.as_str().chars().count(), COMPARED_CHARACTERS_MAX);
        assert_eq!(wanted.likeness(&"æ".repeat(COMPARED_CHARACTERS_MAX + 1)), 1.0);
        assert_eq!(Wanted::new("Danmark").likeness(""), 0.0);
    }

    #[test]
    fn each_item_is_scored_once_and_equal_ones_keep_their_order() {
        let options: Vec<usize> = (0..500).collect();
        let mut scored = vec![0; options.len()];
        let ranked = ranked(options, |option| {
            scored[*option] += 1;
            (option % 3) as f64
        });
        assert!(scored.iter().all(|times| *times == 1));
        let order: Vec<_> = ranked.iter().take(3).map(|(score, option)| (*score, *option)).collect();
        assert_eq!(order, [(2.0, 2), (2.0, 5), (2.0, 8)]);
    }
}
