//! The words that limit a day to some of its hours: `after 3pm`, `2-4pm`, `3pm or later`, `after 2pm and before 5pm`.

/// A limit by times, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    From(String),
    Until(String),
    Between(String, String),
    /// Bare hours of the 24-hour clock, which may be a date as well.
    Hours(u32, u32),
}

/// Words before the first time of a day, and before its last time.
const FROM: &[&str] = &[
    "any time after ",
    "anytime after ",
    "not before ",
    "not until ",
    "no earlier than ",
    "not earlier than ",
    "starting at ",
    "starting from ",
    "after ",
    "from ",
    "since ",
];
const UNTIL: &[&str] =
    &["any time before ", "anytime before ", "not after ", "before ", "until ", "till ", "til ", "by "];
const BETWEEN: &[&str] = &["between ", "from "];
/// Words behind a first time.
const ONWARDS: &[&str] =
    &[" or later", " and later", " or after", " and after", " and onwards", " onwards", " onward", " at the earliest"];
/// What joins two times, and what joins two limits.
const AND: &[&str] = &[" and ", " to ", " until ", " till ", " til ", " - ", "-"];
const AND_ALSO: &[&str] = &[" and ", " but ", ", ", " "];
/// The ends of a second time that hold for the first one as well: `2-4pm` are both of the afternoon.
const SHARED_ENDS: &[&str] =
    &["am", "a.m.", "a.m", "pm", "p.m.", "p.m", " in the morning", " in the afternoon", " in the evening"];
/// The hours that only a clock of 24 hours has, and the first of those that people write on it beside one of them.
const ONLY_OF_24: std::ops::RangeInclusive<u32> = 13..=23;
const MORNING_FROM: u32 = 7;

/// Every way in which a text may be a day with limits: the day in words, and the limits that it may have.
pub(super) fn cuts(text: &str) -> Vec<(&str, Vec<Vec<Limit>>)> {
    let spaces = text.match_indices(' ').map(|(at, _)| (text[..at].trim(), text[at + 1..].trim()));
    let both = spaces.flat_map(|(left, right)| {
        let left = left.trim_end_matches(',').trim();
        [(left, limits(right)), (right.strip_prefix("on ").unwrap_or(right), limits(left))]
    });
    both.filter(|(_, limits)| !limits.is_empty()).collect()
}

/// The limits that a text may be, one or two that both hold.
fn limits(text: &str) -> Vec<Vec<Limit>> {
    let both = splits(text, AND_ALSO).filter_map(|(one, other)| Some(vec![one_sided(one)?, one_sided(other)?]));
    one_sided(text).map(|limit| vec![limit]).into_iter().chain(both).chain(between(text)).collect()
}

/// A limit on one side.
fn one_sided(text: &str) -> Option<Limit> {
    let after = |words: &[&str]| words.iter().find_map(|word| text.strip_prefix(word));
    let from = after(FROM).map(|time| onwards(time).or_else(|| time.strip_suffix(" on")).unwrap_or(time));
    let from = from.or_else(|| onwards(text).map(|time| time.strip_prefix("at ").unwrap_or(time)));
    let from = from.map(|time| Limit::From(time.trim().to_owned()));
    from.or_else(|| after(UNTIL).map(|time| Limit::Until(time.trim().to_owned())))
}

fn onwards(text: &str) -> Option<&str> {
    ONWARDS.iter().find_map(|word| text.strip_suffix(word))
}

/// Two times: each way to complete the first by the end of the second.
fn between(text: &str) -> impl Iterator<Item = Vec<Limit>> {
    let times = BETWEEN.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    splits(times, AND).flat_map(|(first, last)| {
        let (first, last) = (first.trim(), last.trim());
        let shared = SHARED_ENDS.iter().find(|end| last.ends_with(**end) || last.contains(&format!("{end} ")));
        let completed = shared.map(|end| format!("{first}{end}"));
        let firsts = completed.into_iter().chain([first.to_owned()]);
        let limits = firsts.map(move |first| Limit::Between(first, last.to_owned()));
        hours(first, last).into_iter().chain(limits).map(|limit| vec![limit])
    })
}

/// Hours of the 24-hour clock without their minutes: `14-16`, `9-17`. A morning hour alone may be of the evening.
fn hours(first: &str, last: &str) -> Option<Limit> {
    let hour = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let (from, until) = (hour(first)?, hour(last)?);
    let is_clear = ONLY_OF_24.contains(&until) && (MORNING_FROM..until).contains(&from);
    is_clear.then_some(Limit::Hours(from, until))
}

/// The dates that a day with bare hours may be as well, such as `Monday 12/14` and `Monday 14` for `Monday 14-16`.
pub(super) fn dates(day: &str, limits: &[Limit]) -> Vec<String> {
    match limits {
        [Limit::Hours(first, last)] => vec![format!("{day} {first}/{last}"), format!("{day} {first}")],
        _ => Vec::new(),
    }
}

/// The parts before and after each of the words.
fn splits<'a>(text: &'a str, words: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let all = words.iter().flat_map(|word| text.match_indices(word).map(|(at, _)| (at, word.len())));
    all.map(|(at, length)| (text[..at].trim_end_matches(','), &text[at + length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_words_before_or_behind_times() {
        let (from, until) = (|time: &str| Limit::From(time.into()), |time: &str| Limit::Until(time.into()));
        let between = |first: &str, last: &str| Limit::Between(first.into(), last.into());
        for (text, expected) in [
            ("after 3pm", vec![from("3pm")]),
            ("from 3pm onwards", vec![from("3pm")]),
            ("3pm or later", vec![from("3pm")]),
            ("not before 14:00", vec![from("14:00")]),
            ("before noon", vec![until("noon")]),
            ("2-4pm", vec![between("2pm", "4pm")]),
            ("between 2 and 4 p.m.", vec![between("2p.m.", "4 p.m.")]),
            ("2-4pm pst", vec![between("2pm", "4pm pst")]),
            ("14-16", vec![Limit::Hours(14, 16)]),
            ("9-17", vec![Limit::Hours(9, 17)]),
            ("after 3pm and before 5pm", vec![from("3pm"), until("5pm")]),
            ("before 5pm, after 3pm", vec![until("5pm"), from("3pm")]),
        ] {
            assert!(limits(text).contains(&expected), "{text}: {:?}", limits(text));
        }
        for text in ["2-16", "16-14", "9-11", "+9-17", "13-24"] {
            let clear = limits(text).into_iter().flatten().any(|limit| matches!(limit, Limit::Hours(..)));
            assert!(!clear, "{text}: {:?}", limits(text));
        }
        for text in ["afternoon", "3pm", ""] {
            assert_eq!(limits(text), Vec::<Vec<Limit>>::new(), "{text}");
        }
    }
}
