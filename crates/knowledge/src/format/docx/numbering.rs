//! The numbers that Word writes before the paragraphs of lists and headings (ECMA-376, part 1, 17.9).

use std::collections::{HashMap, HashSet};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use crate::format::package::{attribute, is_on};

/// The levels of a list.
const LEVELS: usize = 9;

/// The most letters of a number in letters or Roman numerals; larger numbers are written in digits.
const LETTERS_MAX: usize = 3;
const ROMAN_MAX: u32 = 3_999;

/// The place of a paragraph in a list: the number of the list and the level in it, each as far as it is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) list: Option<u32>,
    pub(super) level: Option<usize>,
}

impl Place {
    /// Returns this place, and what it leaves open as it is below.
    pub(super) fn over(self, below: Place) -> Place {
        Place { list: self.list.or(below.list), level: self.level.or(below.level) }
    }

    /// Takes a property, if it is one of these.
    pub(super) fn set(&mut self, name: &str, element: &BytesStart<'_>) {
        let value = attribute(element, "val").and_then(|value| value.parse::<u32>().ok());
        match name {
            "numId" => self.list = value,
            "ilvl" => self.level = value.map(|level| (level as usize).min(LEVELS - 1)),
            _ => {}
        }
    }
}

/// The numbers of one level.
#[derive(Clone, Debug)]
struct Level {
    start: u32,
    format: String,
    /// The text of the number, with `%1` for that of the first level.
    text: String,
    in_digits: bool,
    style: Option<String>,
    /// The level, counted from 1, behind which it begins anew; 0 for never, `None` for the one above it.
    restart: Option<usize>,
}

impl Default for Level {
    fn default() -> Self {
        Level {
            start: 1,
            format: "decimal".to_owned(),
            text: String::new(),
            in_digits: false,
            style: None,
            restart: None,
        }
    }
}

/// A list: the definition that it uses, and the levels that it begins anew.
#[derive(Clone, Debug, Default)]
struct List {
    definition: String,
    starts: HashMap<usize, u32>,
}

/// The lists of a document.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    definitions: HashMap<String, Vec<Level>>,
    lists: HashMap<u32, List>,
}

/// Reads the part about numbers.
pub(super) fn read(xml: &str) -> Numbering {
    let mut numbering = Numbering::default();
    let mut open = Open::default();
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) | Event::Empty(element) => open.read(&element, &mut numbering),
            Event::End(element) if element.local_name().as_ref() == "lvlOverride" => open.overrides = false,
            Event::Eof => break,
            _ => {}
        }
    }
    numbering
}

/// The elements that are open.
#[derive(Default)]
struct Open {
    definition: String,
    list: u32,
    level: usize,
    overrides: bool,
}

impl Open {
    fn read(&mut self, element: &BytesStart<'_>, numbering: &mut Numbering) {
        let given = |name: &str| attribute(element, name);
        let number = |name: &str| given(name).and_then(|value| value.parse::<u32>().ok());
        let name = element.local_name();
        match name.as_ref() {
            "abstractNum" => self.definition = given("abstractNumId").unwrap_or_default(),
            "num" => {
                self.list = number("numId").unwrap_or_default();
                numbering.lists.entry(self.list).or_default();
            }
            "abstractNumId" => {
                numbering.lists.entry(self.list).or_default().definition = given("val").unwrap_or_default();
            }
            "lvlOverride" => {
                self.overrides = true;
                self.level = number("ilvl").unwrap_or_default() as usize;
            }
            "startOverride" => {
                let list = numbering.lists.entry(self.list).or_default();
                list.starts.insert(self.level, number("val").unwrap_or(1));
            }
            "lvl" => self.level = number("ilvl").unwrap_or_default() as usize,
            name if !self.overrides && self.level < LEVELS => {
                let levels = numbering.definitions.entry(self.definition.clone()).or_default();
                levels.resize(levels.len().max(self.level + 1), Level::default());
                levels[self.level].set(name, element);
            }
            _ => {}
        }
    }
}

impl Level {
    fn set(&mut self, name: &str, element: &BytesStart<'_>) {
        let value = attribute(element, "val");
        match name {
            "start" => self.start = value.and_then(|value| value.parse().ok()).unwrap_or(1),
            "numFmt" => self.format = value.unwrap_or_default(),
            "lvlText" => self.text = value.unwrap_or_default(),
            "lvlRestart" => self.restart = value.and_then(|value| value.parse().ok()),
            "isLgl" => self.in_digits = is_on(element),
            "pStyle" => self.style = value,
            _ => {}
        }
    }
}

/// The numbers that were last given, by the definition of their list.
#[derive(Debug)]
pub(super) struct Counters<'a> {
    numbering: &'a Numbering,
    counts: HashMap<&'a str, [Option<u32>; LEVELS]>,
    /// The levels of lists that begin anew and have done so.
    begun: HashSet<(u32, usize)>,
}

impl<'a> Counters<'a> {
    pub(super) fn new(numbering: &'a Numbering) -> Self {
        Counters { numbering, counts: HashMap::new(), begun: HashSet::new() }
    }

    /// Returns the next number of a list, with a style that may tell its level: an empty text for a bullet, `None` for no list.
    pub(super) fn next(&mut self, place: Place, style: Option<&str>) -> Option<String> {
        let id = place.list?;
        let list = self.numbering.lists.get(&id)?;
        let levels = self.numbering.definitions.get(&list.definition)?;
        let of_style = || levels.iter().position(|level| level.style.is_some() && level.style.as_deref() == style);
        let at = place.level.or_else(of_style).unwrap_or(0);
        let level = levels.get(at)?;
        let counts = self.counts.entry(list.definition.as_str()).or_default();
        let anew = list.starts.get(&at).filter(|_| self.begun.insert((id, at)));
        counts[at] = Some(match (anew, counts[at]) {
            (Some(start), _) => *start,
            (None, Some(last)) => last.saturating_add(1),
            (None, None) => level.start,
        });
        for (deeper, count) in counts.iter_mut().enumerate().skip(at + 1) {
            // Clauses may count through all chapters.
            if levels.get(deeper).and_then(|level| level.restart).is_none_or(|restart| at < restart) {
                *count = None;
            }
        }
        for (above, count) in counts[..at].iter_mut().enumerate() {
            count.get_or_insert(levels[above].start);
        }
        Some(label(levels, level, counts))
    }
}

/// Returns the text of a number, or an empty one for a bullet.
fn label(levels: &[Level], level: &Level, counts: &[Option<u32>; LEVELS]) -> String {
    if matches!(level.format.as_str(), "bullet" | "none") {
        return String::new();
    }
    let mut label = level.text.clone();
    for (at, (count, of_level)) in counts.iter().zip(levels).enumerate() {
        let format = if level.in_digits { "decimal" } else { of_level.format.as_str() };
        let shown = count.map(|count| written(count, format)).unwrap_or_default();
        label = label.replace(&format!("%{}", at + 1), &shown);
    }
    label.trim().to_owned()
}

fn written(count: u32, format: &str) -> String {
    let shown = match format {
        "lowerLetter" => letters(count).map(|letters| letters.to_lowercase()),
        "upperLetter" => letters(count),
        "lowerRoman" => roman(count).map(|numeral| numeral.to_lowercase()),
        "upperRoman" => roman(count),
        "decimalZero" => Some(format!("{count:02}")),
        _ => None,
    };
    shown.unwrap_or_else(|| count.to_string())
}

/// Returns `A` to `Z`, then `AA`, `BB` and so on, as Word counts.
fn letters(count: u32) -> Option<String> {
    let (at, times) = (count.checked_sub(1)? % 26, (count - 1) / 26 + 1);
    let letter = char::from(b'A' + u8::try_from(at).ok()?);
    (times as usize <= LETTERS_MAX).then(|| letter.to_string().repeat(times as usize))
}

fn roman(mut count: u32) -> Option<String> {
    const NUMERALS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..=ROMAN_MAX).contains(&count) {
        return None;
    }
    let mut numeral = String::new();
    for (value, sign) in NUMERALS {
        numeral.push_str(&sign.repeat((count / value) as usize));
        count %= value;
    }
    Some(numeral)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_word_does() {
        let cases = [
            (1, "lowerLetter", "a"),
            (27, "upperLetter", "AA"),
            (28, "lowerLetter", "bb"),
            (1994, "upperRoman", "MCMXCIV"),
            (4, "lowerRoman", "iv"),
            (7, "decimalZero", "07"),
            (0, "upperRoman", "0"),
            (90, "upperLetter", "90"),
            (12, "ordinal", "12"),
        ];
        for (count, format, expected) in cases {
            assert_eq!(written(count, format), expected, "{count} {format}");
        }
    }
}
