//! The places where two texts differ, written for the person who agrees to the change.
//!
//! Texts are compared word by word: equal beginnings and ends are left out, then the words that stand once in both texts
//! hold the rest together (patience diff). This takes time by the length of the texts, whatever they contain.

use std::collections::HashMap;
use std::ops::Range;

use icu_segmenter::GraphemeClusterSegmenter;

use crate::tool::question::quoted;

/// Texts of at most this many characters are shown whole.
const WHOLE_CHARACTERS_MAX: usize = 200;
/// The characters that are shown of one side of a place: its beginning, and its end.
const SIDE_CHARACTERS: (usize, usize) = (300, 100);
/// The characters that are shown before and after a place.
const CONTEXT_CHARACTERS: usize = 40;
/// Places with at most this many words and spaces between them are shown as one.
const JOINED_TOKENS_MAX: usize = 6;
/// Rounds in which the rest between equal words is compared again.
const ROUNDS_MAX: u32 = 16;
/// Letters from here on (Chinese, Japanese, Korean) are words of their own.
const SINGLE_LETTERS_FROM: char = '\u{2e80}';

/// Two texts as `before` and `after` of one change; an empty text is "nothing". At most `places_max` places of long texts
/// are shown; the others are counted.
pub fn shown(before: &str, after: &str, places_max: usize) -> String {
    let is_short = |text: &str| text.chars().nth(WHOLE_CHARACTERS_MAX).is_none();
    let said = match is_short(before) && is_short(after) || before.is_empty() || after.is_empty() {
        true => format!("{} becomes {}", whole(before), whole(after)),
        false => long(before, after, places_max),
    };
    match before != after && whole(before) == whole(after) && is_short(before) {
        true => said + " (they differ in characters that cannot be seen)",
        false => said,
    }
}

/// One text in quotes: whole, or its beginning and its end with the number of characters between them.
pub fn whole(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { side("", text, "") }
}

/// A stretch of each text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    before: Range<usize>,
    after: Range<usize>,
}

fn long(before: &str, after: &str, places_max: usize) -> String {
    let places = places(before, after);
    let mut said = match places.len() {
        1 => String::new(),
        count => format!("in {count} places:"),
    };
    for place in places.iter().take(places_max) {
        said += if places.len() == 1 { "" } else { "\n  - " };
        said += &at_place(before, after, place);
    }
    match places.len().saturating_sub(places_max) {
        0 => said,
        1 => said + "\n  - and in 1 more place, which is not shown",
        more => said + &format!("\n  - and in {more} more places, which are not shown"),
    }
}

/// Both sides of a place, with the text around it.
fn at_place(before: &str, after: &str, place: &Place) -> String {
    let start = last(&before[..place.before.start], CONTEXT_CHARACTERS);
    let end = first(&before[place.before.end..], CONTEXT_CHARACTERS);
    let [goes_before, goes_on] = [start.len() < place.before.start, place.before.end + end.len() < before.len()]
        .map(|cut| if cut { "…" } else { "" });
    let side = |text: &str| [goes_before, &side(start, text, end), goes_on].concat();
    let (removed, added) = (&before[place.before.clone()], &after[place.after.clone()]);
    let alike = quoted(removed) == quoted(added);
    let note = if alike { " (they differ in characters that cannot be seen)" } else { "" };
    format!("{} becomes {}{note}", side(removed), side(added))
}

/// The text of one side in quotes, with its context; the middle of a long one is left out.
fn side(start: &str, text: &str, end: &str) -> String {
    let (head_max, tail_max) = SIDE_CHARACTERS;
    let length = boundaries(text).len();
    if length <= head_max + tail_max {
        return quoted(&[start, text, end].concat());
    }
    let (head, tail) = (first(text, head_max), last(text, tail_max));
    let more = length - head_max - tail_max;
    format!("{} (and {more} characters more) {}", quoted(&[start, head].concat()), quoted(&[tail, end].concat()))
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

fn places(before: &str, after: &str) -> Vec<Place> {
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

/// Leaves equal beginnings and ends out of a place whose words are too long to be shown.
fn tightened(before: &str, after: &str, of_a: Range<usize>, of_b: Range<usize>) -> Place {
    let (head_max, tail_max) = SIDE_CHARACTERS;
    if of_a.len().max(of_b.len()) <= head_max + tail_max {
        return Place { before: of_a, after: of_b };
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
    Place {
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
            assert_eq!(shown(before, after, 10), expected);
        }
    }

    #[test]
    fn long_texts_are_shown_where_they_differ() {
        let text = SENTENCE.repeat(50);
        let refund = format!("{text}I authorise a refund of $100,000.");
        assert_eq!(
            shown(&text, &refund, 10),
            r#"…"Please call me back about the delivery. " becomes …"Please call me back about the delivery. I authorise a refund of $100,000.""#
        );
        let twice = |first: &str, second: &str| format!("{first} one. {text} two. {second}");
        let said = shown(&twice("Adam", "Oslo"), &twice("Eve", "Rome"), 10);
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.len(), 3, "{said}");
        assert_eq!(lines[0], "in 2 places:");
        assert!(
            lines[1].starts_with(r#"  - "Adam one. Please"#) && lines[1].contains(r#"becomes "Eve one. Please"#),
            "{said}"
        );
        assert!(lines[2].contains(r#"two. Oslo" becomes"#) && lines[2].ends_with(r#"two. Rome""#), "{said}");
        let said = shown(&twice("Adam", "Oslo"), &twice("Eve", "Rome"), 1);
        assert!(said.ends_with("and in 1 more place, which is not shown") && !said.contains("Rome"), "{said}");
    }

    #[test]
    fn the_middle_of_a_long_place_is_counted() {
        let (before, after) = ("a".repeat(1_000), "b".repeat(2_000));
        let said = shown(&before, &after, 10);
        assert!(said.contains("(and 600 characters more)") && said.contains("(and 1600 characters more)"), "{said}");
        let said = shown("", &after, 10);
        assert!(said.starts_with("nothing becomes \"bbb") && said.contains("(and 1600 characters more)"), "{said}");
        // One letter of a word without end is found.
        let said = shown(&before, &format!("{}x{}", &before[..500], &before[501..]), 10);
        assert!(said.contains(&format!("{}x{}", "a".repeat(40), "a".repeat(40))), "{said}");
    }

    #[test]
    fn characters_of_several_code_points_stay_whole() {
        let family = "👩‍👩‍👧‍👦";
        let (before, after) = (family.repeat(300), format!("{}🇩🇰{}", family.repeat(200), family.repeat(100)));
        let said = shown(&before, &after, 10);
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
            let said = shown(&before, &after, 10);
            assert!(said.len() < 20_000, "{}", said.len());
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
