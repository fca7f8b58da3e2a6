//! The places where two texts differ, written for the person who agrees to the change.
//!
//! All that changes is shown, and only what stays may be left out: nobody agrees to what they cannot read.
//!
//! Texts are compared word by word: equal beginnings and ends are left out, then the words that stand once in both texts
//! hold the rest together (patience diff). This takes time by the length of the texts, whatever they contain.

use std::collections::HashMap;
use std::ops::Range;

use icu_segmenter::GraphemeClusterSegmenter;

use crate::tool::question::quoted;

/// Texts of at most this many characters are shown whole.
const WHOLE_CHARACTERS_MAX: usize = 200;
/// Places of more characters are compared letter by letter.
const WORDS_CHARACTERS_MAX: usize = 400;
/// The characters that are shown before and after a place.
const CONTEXT_CHARACTERS: usize = 40;
/// Places with at most this many words and spaces between them are shown as one.
const JOINED_TOKENS_MAX: usize = 6;
/// Most nested comparisons of the text between equal words.
const ROUNDS_MAX: u32 = 16;
/// Letters from here on (Chinese, Japanese, Korean) are words of their own.
const SINGLE_LETTERS_FROM: char = '\u{2e80}';

/// Two texts as `before` and `after` of one change; an empty text is "nothing". Of long texts the places where they
/// differ are shown, if that is shorter than both texts.
pub fn shown(before: &str, after: &str) -> String {
    let is_short = |text: &str| text.chars().nth(WHOLE_CHARACTERS_MAX).is_none();
    let both = || format!("{} becomes {}{}", whole(before), whole(after), unseen(before, after));
    match is_short(before) && is_short(after) || before.is_empty() || after.is_empty() {
        true => both(),
        false => Some(long(before, after)).filter(|said| said.len() < before.len() + after.len()).unwrap_or_else(both),
    }
}

/// One text in quotes.
pub fn whole(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { quoted(text) }
}

/// A note about texts that look alike and are not.
fn unseen(before: &str, after: &str) -> &'static str {
    match before != after && quoted(before) == quoted(after) {
        true => " (they differ in characters that cannot be seen)",
        false => "",
    }
}

/// A stretch of each text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct DiffSpan {
    before: Range<usize>,
    after: Range<usize>,
}

fn long(before: &str, after: &str) -> String {
    let places = places(before, after);
    if let [only] = &*places {
        return at_place(before, after, only);
    }
    let each = places.iter().map(|place| format!("\n  - {}", at_place(before, after, place)));
    format!("in {} places:{}", places.len(), each.collect::<String>())
}

/// Both sides of a place, with the text around it.
fn at_place(before: &str, after: &str, place: &DiffSpan) -> String {
    let start = last(&before[..place.before.start], CONTEXT_CHARACTERS);
    let end = first(&before[place.before.end..], CONTEXT_CHARACTERS);
    let [goes_before, goes_on] = [start.len() < place.before.start, place.before.end + end.len() < before.len()]
        .map(|cut| if cut { "…" } else { "" });
    let side = |text: &str| [goes_before, &quoted(&[start, text, end].concat()), goes_on].concat();
    let (removed, added) = (&before[place.before.clone()], &after[place.after.clone()]);
    format!("{} becomes {}{}", side(removed), side(added), unseen(removed, added))
}

/// The starts of the characters, as people count them.
fn boundaries(text: &str) -> Vec<usize> {
    let mut all: Vec<_> = GraphemeClusterSegmenter::new().segment_str(text).collect();
    all.pop();
    all
}

fn first(text: &str, characters_max: usize) -> &str {
    boundaries(text).get(characters_max).map_or(text, |end| &text[..*end])
}

fn last(text: &str, characters_max: usize) -> &str {
    let all = boundaries(text);
    let start = all.len().checked_sub(characters_max).and_then(|at| all.get(at));
    start.map_or(if characters_max == 0 { "" } else { text }, |start| &text[*start..])
}

fn places(before: &str, after: &str) -> Vec<DiffSpan> {
    let (a, b) = (tokens(before), tokens(after));
    let mut gaps = vec![];
    compare(Stretch { a: &a, b: &b, at: (0, 0) }, ROUNDS_MAX, &mut gaps);
    let gaps = joined(gaps);
    let bytes = |tokens: &[&str]| tokens.iter().map(|token| token.len()).sum::<usize>();
    let range = |tokens: &[&str], range: &Range<usize>| {
        let start = bytes(&tokens[..range.start]);
        start..start + bytes(&tokens[range.clone()])
    };
    gaps.iter().map(|(of_a, of_b)| tightened(before, after, range(&a, of_a), range(&b, of_b))).collect()
}

/// Leaves equal beginnings and ends out of a long place, letter by letter.
fn tightened(before: &str, after: &str, of_a: Range<usize>, of_b: Range<usize>) -> DiffSpan {
    if of_a.len().max(of_b.len()) <= WORDS_CHARACTERS_MAX {
        return DiffSpan { before: of_a, after: of_b };
    }
    let characters = |text: &str| -> Vec<String> {
        let starts = boundaries(text);
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        starts.iter().zip(ends).map(|(start, end)| text[*start..end].to_owned()).collect()
    };
    let (a, b) = (characters(&before[of_a.clone()]), characters(&after[of_b.clone()]));
    let (start, end) = common(&a, &b);
    let bytes = |characters: &[String]| characters.iter().map(String::len).sum::<usize>();
    let (start_bytes, end_bytes) = (bytes(&a[..start]), bytes(&a[a.len() - end..]));
    DiffSpan {
        before: of_a.start + start_bytes..of_a.end - end_bytes,
        after: of_b.start + start_bytes..of_b.end - end_bytes,
    }
}

/// Words, and everything else one character at a time.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = vec![];
    let mut word_start = None;
    let starts = boundaries(text);
    for (at, start) in starts.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(text.len());
        let is_letter = |c: char| c.is_alphanumeric() && c < SINGLE_LETTERS_FROM;
        if text[*start..].chars().next().is_some_and(is_letter) {
            word_start.get_or_insert(*start);
            continue;
        }
        tokens.extend(word_start.take().map(|word| &text[word..*start]));
        tokens.push(&text[*start..end]);
    }
    tokens.extend(word_start.map(|word| &text[word..]));
    tokens
}

/// The tokens of both texts that are still to be compared, and the numbers of the first ones.
#[derive(Clone, Copy)]
struct Stretch<'a> {
    a: &'a [&'a str],
    b: &'a [&'a str],
    at: (usize, usize),
}

impl<'a> Stretch<'a> {
    fn part(&self, a: Range<usize>, b: Range<usize>) -> Stretch<'a> {
        Stretch { at: (self.at.0 + a.start, self.at.1 + b.start), a: &self.a[a], b: &self.b[b] }
    }

    fn gap(&self) -> (Range<usize>, Range<usize>) {
        (self.at.0..self.at.0 + self.a.len(), self.at.1..self.at.1 + self.b.len())
    }
}

/// Adds the numbers of the tokens that differ, in their order.
fn compare(whole: Stretch<'_>, rounds: u32, gaps: &mut Vec<(Range<usize>, Range<usize>)>) {
    let (start, end) = common(whole.a, whole.b);
    let rest = whole.part(start..whole.a.len() - end, start..whole.b.len() - end);
    if rest.a.is_empty() && rest.b.is_empty() {
        return;
    }
    let anchors = if rounds == 0 { vec![] } else { anchors(rest.a, rest.b) };
    if anchors.is_empty() {
        gaps.push(rest.gap());
        return;
    }
    let (mut a, mut b) = (0, 0);
    for (in_a, in_b) in anchors {
        compare(rest.part(a..in_a, b..in_b), rounds - 1, gaps);
        (a, b) = (in_a + 1, in_b + 1);
    }
    compare(rest.part(a..rest.a.len(), b..rest.b.len()), rounds - 1, gaps);
}

/// The lengths of the equal beginning and of the equal end, which do not overlap.
fn common<T: PartialEq>(a: &[T], b: &[T]) -> (usize, usize) {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    (start, end)
}

/// The tokens that stand once in each text, as far as their order is the same in both.
fn anchors(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    let (in_a, in_b) = (once(a), once(b));
    let pair = |token: &&str| Some(((*in_a.get(token)?)?, (*in_b.get(token)?)?));
    longest_increasing(&a.iter().filter_map(pair).collect::<Vec<_>>())
}

/// The place of each token; `None` for one that stands in several.
fn once<'a>(tokens: &[&'a str]) -> HashMap<&'a str, Option<usize>> {
    let mut places = HashMap::new();
    for (at, token) in tokens.iter().enumerate() {
        places.entry(*token).and_modify(|place| *place = None).or_insert(Some(at));
    }
    places
}

/// The longest part of the pairs, which stand in the order of their first numbers, in which the second ones grow too.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = vec![]; // The pair with the smallest second number that ends a part of each length.
    let mut previous = vec![None; pairs.len()];
    for (at, (_, second)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < *second);
        previous[at] = length.checked_sub(1).map(|before| ends[before]);
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let chain = std::iter::successors(ends.last().copied(), |at| previous[*at]);
    let mut longest: Vec<_> = chain.map(|at| pairs[at]).collect();
    longest.reverse();
    longest
}

/// Joins places that stand close to each other: they read better as one.
fn joined(gaps: Vec<(Range<usize>, Range<usize>)>) -> Vec<(Range<usize>, Range<usize>)> {
    let mut all: Vec<(Range<usize>, Range<usize>)> = vec![];
    for (a, b) in gaps {
        match all.last_mut() {
            Some((last_a, last_b)) if a.start - last_a.end <= JOINED_TOKENS_MAX => {
                (last_a.end, last_b.end) = (a.end, b.end);
            }
            _ => all.push((a, b)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SENTENCE: &str = "Please call me back about the delivery. ";

    #[test]
    fn short_texts_are_shown_whole() {
        for (before, after, expected) in [
            ("Oslo", "Rome", r#""Oslo" becomes "Rome""#),
            ("", "Rome", r#"nothing becomes "Rome""#),
            ("Oslo", "", r#""Oslo" becomes nothing"#),
            ("a\nb", "a b", r#""a\nb" becomes "a b""#),
            ("Oslo", "Os\u{202e}lo", r#""Oslo" becomes "Os lo""#),
            ("a\u{202e}", "a\u{202d}", r#""a " becomes "a " (they differ in characters that cannot be seen)"#),
        ] {
            assert_eq!(shown(before, after), expected);
        }
    }

    #[test]
    fn long_texts_are_shown_where_they_differ() {
        let text = SENTENCE.repeat(50);
        let refund = format!("{text}I authorise a refund of $100,000.");
        assert_eq!(
            shown(&text, &refund),
            r#"…"Please call me back about the delivery. " becomes …"Please call me back about the delivery. I authorise a refund of $100,000.""#
        );
        let twice = |first: &str, second: &str| format!("{first} one. {text} two. {second}");
        let said = shown(&twice("Adam", "Oslo"), &twice("Eve", "Rome"));
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.len(), 3, "{said}");
        assert_eq!(lines[0], "in 2 places:");
        assert!(
            lines[1].starts_with(r#"  - "Adam one. Please"#) && lines[1].contains(r#"becomes "Eve one. Please"#),
            "{said}"
        );
        assert!(lines[2].contains(r#"two. Oslo" becomes"#) && lines[2].ends_with(r#"two. Rome""#), "{said}");
    }

    /// However long a place is and wherever it stands in it, and however many places there are.
    #[test]
    fn all_that_changes_is_shown() {
        let padded =
            |start: &str, middle: &str| format!("{start} {} {middle} {} Bye.", "x ".repeat(150), "y ".repeat(150));
        let middle = "I AUTHORISE A REFUND OF $100000";
        let stored = SENTENCE.repeat(50);
        for before in ["", "Hello.", &stored] {
            for (before, after) in [(before, &*padded("Hello.", middle)), (&*padded("Hello.", middle), before)] {
                let said = shown(before, after);
                assert!(said.contains(middle) && !said.contains("more"), "{said}");
            }
        }
        let many = |word: &str| (0..100).map(|n| format!("{} {n} {word}{n} ", SENTENCE.repeat(6))).collect::<String>();
        let said = shown(&many("old"), &many("new"));
        assert!(said.starts_with("in 100 places:"), "{said}");
        assert!((0..100).all(|n| said.contains(&format!("old{n} ")) && said.contains(&format!("new{n} "))), "{said}");
        // Where little stays, both texts are shorter than all places.
        let dense = |word: &str| format!("{word} a b c d e f g h ").repeat(100);
        assert_eq!(
            shown(&dense("old"), &dense("new")),
            format!("{} becomes {}", whole(&dense("old")), whole(&dense("new")))
        );
        // One letter of a word without end is found.
        let before = "a".repeat(1_000);
        let said = shown(&before, &format!("{}x{}", &before[..500], &before[501..]));
        assert!(said.contains(&format!("{}x{}", "a".repeat(40), "a".repeat(40))) && said.len() < 200, "{said}");
    }

    #[test]
    fn characters_of_several_code_points_stay_whole() {
        let family = "👩‍👩‍👧‍👦";
        let (before, after) = (family.repeat(300), format!("{}🇩🇰{}", family.repeat(200), family.repeat(100)));
        let said = shown(&before, &after);
        assert!(said.contains(&format!("{family}🇩🇰{family}")), "{said}");
        assert_eq!(
            said.matches("👩‍👩‍👧‍👦").count() * family.chars().count() + 2,
            said.chars().filter(|c| !c.is_ascii() && *c != '…').count()
        );
    }

    #[test]
    fn the_largest_texts_are_compared_soon() {
        let started = std::time::Instant::now();
        let (before, after) = ("a b c d ".repeat(8_192), "d c b a ".repeat(8_192));
        let numbered = |from: usize| (from..from + 12_000).map(|n| format!("{n} ")).collect::<String>();
        for (before, after) in
            [(before, after), (numbered(0), numbered(6_000)), ("é".repeat(65_536), "e".repeat(65_536))]
        {
            let said = shown(&before, &after);
            assert!(said.len() < before.len() + after.len() + 20, "{}", said.len());
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    proptest! {
        /// Outside of the places both texts are the same, and there is a place if and only if they differ.
        #[test]
        fn the_places_are_the_difference(before in "[ab .\u{e9}愛]{0,60}", after in "[ab .\u{e9}愛]{0,60}") {
            let places = places(&before, &after);
            let (mut a, mut b) = (0, 0);
            for place in &places {
                prop_assert_eq!(&before[a..place.before.start], &after[b..place.after.start]);
                prop_assert_ne!(&before[place.before.clone()], &after[place.after.clone()]);
                (a, b) = (place.before.end, place.after.end);
            }
            prop_assert_eq!(&before[a..], &after[b..]);
            prop_assert_eq!(places.is_empty(), before == after);
        }
    }
}
