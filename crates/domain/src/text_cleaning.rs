//! Texts of others without the characters that nobody sees and that change what a reader sees.
//!
//! Control characters, marks of direction, tags, zero-width, private and unassigned characters can carry words to a model that no
//! person sees, reorder what a person reads, or drive a terminal. What scripts and emoji need stays: joiners and
//! variation selectors where Unicode gives them a meaning, tabs and line breaks.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use icu_properties::CodePointSetData;
use icu_properties::props::{Emoji, EmojiModifier, ExtendedPictographic, UnifiedIdeograph};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::invisible::{self, BRAILLE_BLANK, HIEROGLYPH_MARKS, KHITAN_FILLER, is_invisible};

const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';
const KEYCAP: char = '\u{20e3}';
/// The flag that the tags of a region follow.
const BLACK_FLAG: char = '\u{1f3f4}';
/// The flags that are written with tags: England, Scotland and Wales (Unicode, emoji-sequences.txt).
const TAGGED_FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];
/// The distance of a tag from its ASCII letter, and the tag that ends a sequence.
const TAG_OFFSET: u32 = 0xe0000;
const TAG_END: char = '\u{e007f}';

/// The blocks of scripts whose words are written with joiners: Arabic, Syriac and N'Ko, those of India, Tibet, Burma,
/// Cambodia, Mongolia and Java (Unicode core specification, 23.2).
const JOINED_SCRIPTS: [RangeInclusive<char>; 14] = [
    '\u{600}'..='\u{74f}',
    '\u{750}'..='\u{77f}',
    '\u{7c0}'..='\u{7ff}',
    '\u{840}'..='\u{8ff}',
    '\u{900}'..='\u{dff}',
    '\u{f00}'..='\u{fff}',
    '\u{1000}'..='\u{109f}',
    '\u{1780}'..='\u{17ff}',
    '\u{1800}'..='\u{18af}',
    '\u{1b00}'..='\u{1b7f}',
    '\u{a8e0}'..='\u{a9ff}',
    '\u{aa60}'..='\u{aa7f}',
    '\u{fb50}'..='\u{fdff}',
    '\u{11000}'..='\u{1137f}',
];
/// The blocks of hieroglyphs, with the marks that set them beside each other.
const HIEROGLYPHS: [RangeInclusive<char>; 2] = ['\u{13000}'..='\u{1345f}', '\u{13460}'..='\u{143ff}'];
const KHITAN: RangeInclusive<char> = '\u{18b00}'..='\u{18cff}';
/// The letters of the scripts that most texts are written in. None of them is hidden, and they need not be looked up.
const SHOWN: [RangeInclusive<char>; 6] = [
    '\u{ae}'..='\u{2ff}',
    '\u{370}'..='\u{5ff}',
    '\u{1e00}'..='\u{1fff}',
    '\u{3041}'..='\u{312f}',
    '\u{4e00}'..='\u{9fff}',
    '\u{ac00}'..='\u{d7a3}',
];
const MONGOLIAN: RangeInclusive<char> = '\u{1820}'..='\u{18aa}';

/// The patterns of Braille with dots.
const BRAILLE: RangeInclusive<char> = '\u{2801}'..='\u{28ff}';

/// The block of half-width and full-width forms, and the space of that width.
const WIDTHS: RangeInclusive<char> = '\u{ff01}'..='\u{ffee}';
const IDEOGRAPHIC_SPACE: char = '\u{3000}';
/// Apostrophes that phones and word processors put in the place of the one on the keyboard.
pub const TYPED_APOSTROPHES: [char; 6] = ['’', '‘', 'ʼ', '′', '´', '`'];

/// The `format` in the schema of a text that is not cleaned, because its reader tells of hidden characters in it: ids,
/// addresses, and words that may be one.
pub const KEY_FORMAT: &str = "key";

/// A text without hidden characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned<'a> {
    /// The text; borrowed if nothing was to be removed.
    pub text: Cow<'a, str>,
    /// The number of characters that were removed, or replaced by a line break.
    pub removed: usize,
}

/// Removes what nobody sees from a text. A separator of lines or paragraphs becomes a line break, and so does `\r\n`,
/// which is not counted.
pub fn clean(text: &str) -> Cleaned<'_> {
    if text.chars().all(is_plain) {
        return Cleaned { text: text.into(), removed: 0 };
    }
    let characters: Vec<char> = text.chars().collect();
    let (mut kept, mut removed, mut at) = (String::with_capacity(text.len()), 0, 0);
    while let Some(c) = characters.get(at) {
        let rest = &characters[at + 1..];
        let flag = if kept.ends_with(BLACK_FLAG) { tagged_flag(&characters[at..]) } else { 0 };
        match treatment(*c, kept.chars().next_back(), rest.first().copied()) {
            _ if flag > 0 => {
                kept.extend(&characters[at..at + flag]);
                at += flag;
                continue;
            }
            Treatment::Keep => kept.push(*c),
            Treatment::Skip => {}
            Treatment::BreakLine => {
                kept.push('\n');
                removed += 1;
            }
            Treatment::Remove => removed += 1,
        }
        at += 1;
    }
    Cleaned { text: kept.into(), removed }
}

/// The text on one line: as [`clean`], with a space in place of each line break and tab.
pub fn on_one_line(text: &str) -> Cow<'_, str> {
    let cleaned = clean(text).text;
    match cleaned.contains(['\n', '\t']) {
        true => cleaned.replace(['\n', '\t'], " ").into(),
        false => cleaned,
    }
}

/// A name as it is kept: trimmed, without hidden characters, and composed (Unicode NFC).
pub fn composed(text: &str) -> String {
    let composed: String = invisible::trim(text).nfc().collect();
    clean(&composed).text.into_owned()
}

/// Words as they are searched for: as [`composed`], with the full-width and half-width forms of East Asian keyboards as
/// their usual ones.
pub fn search_words(text: &str) -> String {
    let usual: String = text.chars().flat_map(usual_width).collect();
    composed(&usual)
}

/// The text with plain apostrophes in place of those that phones and word processors put there.
pub fn with_plain_apostrophes(text: &str) -> String {
    text.replace(TYPED_APOSTROPHES, "'")
}

/// The usual form of a character of another width; any other as it is.
fn usual_width(c: char) -> impl Iterator<Item = char> {
    let (of_width, other) = match WIDTHS.contains(&c) || c == IDEOGRAPHIC_SPACE {
        true => (Some(c), None),
        false => (None, Some(c)),
    };
    of_width.into_iter().nfkc().chain(other)
}

/// True for a character after which a new line begins.
pub fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// True for a character that stays wherever it stands.
fn is_plain(c: char) -> bool {
    match c {
        '\t' | '\n' | ' '..='~' => true,
        _ => SHOWN.iter().any(|block| block.contains(&c)) || !is_hidden(c),
    }
}

/// True for a character that stays only where a script or an emoji needs it.
fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n')) || matches!(c, '\u{2028}' | '\u{2029}') || is_invisible(c)
}

enum Treatment {
    Keep,
    Skip,
    BreakLine,
    Remove,
}

/// Decides about a character by the last one that was kept and the one that follows.
fn treatment(c: char, before: Option<char>, after: Option<char>) -> Treatment {
    match c {
        '\r' if after == Some('\n') => Treatment::Skip,
        '\t' | '\n' => Treatment::Keep,
        c if is_line_break(c) => Treatment::BreakLine,
        c if !is_hidden(c) || before.is_some_and(|before| is_needed(c, before, after)) => Treatment::Keep,
        _ => Treatment::Remove,
    }
}

/// True for a joiner or a variation selector that has a meaning where it stands.
fn is_needed(c: char, before: char, after: Option<char>) -> bool {
    match c {
        ZERO_WIDTH_NON_JOINER => is_joined(before) && after.is_some_and(is_joined),
        // At the end of a word it gives the letter before it another form.
        ZERO_WIDTH_JOINER => is_joined(before) || (ends_emoji(before) && after.is_some_and(is_pictograph)),
        '\u{fe0e}' | '\u{fe0f}' if before.is_ascii() => is_emoji(before) && after == Some(KEYCAP),
        '\u{fe0e}' | '\u{fe0f}' if is_emoji(before) => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            CodePointSetData::new::<UnifiedIdeograph>().contains(before)
        }
        '\u{180b}'..='\u{180d}' | '\u{180f}' => MONGOLIAN.contains(&before),
        KHITAN_FILLER => KHITAN.contains(&before),
        c if HIEROGLYPH_MARKS.contains(&c) => HIEROGLYPHS.iter().any(|block| block.contains(&before)),
        BRAILLE_BLANK => BRAILLE.contains(&before) && after.is_some_and(|after| BRAILLE.contains(&after)),
        _ => false,
    }
}

/// True for a letter or a mark of a script whose words are written with joiners.
fn is_joined(c: char) -> bool {
    JOINED_SCRIPTS.iter().any(|block| block.contains(&c)) && (c.is_alphanumeric() || is_combining_mark(c))
}

fn is_emoji(c: char) -> bool {
    CodePointSetData::new::<Emoji>().contains(c)
}

fn is_pictograph(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

/// True for the last character of an emoji that another one can be joined to.
fn ends_emoji(c: char) -> bool {
    c == '\u{fe0f}' || is_pictograph(c) || CodePointSetData::new::<EmojiModifier>().contains(c)
}

/// The number of tags at the start that make a flag of a black flag; 0 if they do not.
fn tagged_flag(tags: &[char]) -> usize {
    let is_tag = |(tag, letter): (&char, char)| u32::from(*tag) == TAG_OFFSET + u32::from(letter);
    let begins = |name: &&&str| {
        tags.len() > name.len() && tags.iter().zip(name.chars()).all(is_tag) && tags[name.len()] == TAG_END
    };
    TAGGED_FLAGS.iter().find(begins).map_or(0, |name| name.len() + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_letter_that_is_not_looked_up_is_hidden() {
        assert!(SHOWN.iter().all(|block| block.clone().all(|c| !is_hidden(c))));
    }

    #[test]
    fn hidden_characters_are_removed_and_counted() {
        for (text, expected, removed) in [
            ("Sarah Mark", "Sarah Mark", 0),
            ("Sarah\u{200b} Ma\u{ad}rk\u{feff}", "Sarah Mark", 3),
            ("a\u{e0001}\u{e0049}\u{e0067}\u{e006e}\u{e007f}b", "ab", 5),
            ("a\u{200e}\u{200f}\u{61c}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}b", "ab", 8),
            ("a\u{2066}\u{2067}\u{2068}\u{2069}\u{2060}\u{2064}\u{206a}\u{180e}\u{3164}\u{34f}b", "ab", 10),
            ("a\u{13430}\u{1343f}b\u{16fe4}\u{1d159}", "ab", 4),
            ("\u{13000}\u{13430}\u{13001}", "\u{13000}\u{13430}\u{13001}", 0),
            ("a\u{fff9}b\u{fffa}c\u{fffb}\u{fdd0}\u{ffff}", "abc", 5),
            ("a\u{fffc}b\u{e000}\u{f8ff}c\u{f0041}\u{100041}\u{2800}\u{2800}d ⠓\u{2800}", "abcd ⠓", 8),
            ("\u{1b}[2J\u{1b}]0;x\u{7}\0\u{7f}\u{9b}31m", "[2J]0;x31m", 6),
            ("one\r\ntwo\tthree\nfour", "one\ntwo\tthree\nfour", 0),
            ("one\rtwo\u{85}three\u{2028}four\u{2029}five\u{b}six\u{c}", "one\ntwo\nthree\nfour\nfive\nsix\n", 6),
            ("", "", 0),
        ] {
            assert_eq!(clean(text), Cleaned { text: expected.into(), removed }, "{text:?}");
        }
    }

    #[test]
    fn scripts_and_emoji_keep_what_they_need() {
        for text in [
            "می\u{200c}خواهم",
            "۱۴۰۰ ه\u{200d}.ش",
            "क्\u{200d}ष क्\u{200c}ष",
            "ന്\u{200d} ക്ഷ",
            "ශ්\u{200d}රී ලංකා",
            "র\u{200d}্যাব",
            "👩\u{200d}💻 👩🏽\u{200d}🚀 👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "❤\u{fe0f}\u{200d}🔥 🏳\u{fe0f}\u{200d}🌈 👁\u{fe0f}\u{200d}🗨\u{fe0f} ☎\u{fe0e}",
            "1\u{fe0f}\u{20e3} #\u{fe0f}\u{20e3} 🇩🇰",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "葛\u{e0100}城 神\u{fe00}",
            "ᠨ\u{180b}",
            "⠓⠊\u{2800}⠽⠕⠥",
            "Łuk 愛子 Zoë Ортіз שלום مرحبا ก้าว 한국 e\u{301} \u{a0}\u{2009}×½™",
        ] {
            assert_eq!(clean(text), Cleaned { text: text.into(), removed: 0 }, "{text:?}");
        }
    }

    #[test]
    fn joiners_and_selectors_elsewhere_are_hidden() {
        for (text, expected) in [
            ("Sar\u{200d}ah", "Sarah"),
            ("Sar\u{200c}ah", "Sarah"),
            ("a\u{fe0f}b\u{e0101}c\u{fe00}", "abc"),
            ("1\u{fe0f}2\u{fe0f}", "12"),
            ("👍\u{200d} ok", "👍 ok"),
            ("❤\u{fe0f}\u{fe0f}\u{fe0f}", "❤\u{fe0f}"),
            ("愛\u{e0100}\u{e0101}\u{e0102}", "愛\u{e0100}"),
            ("می\u{200c} خواهم", "می خواهم"),
            ("क्\u{200d}\u{200d}\u{200d}ष", "क्\u{200d}ष"),
            ("🏴\u{e0067}\u{e0062}\u{e0073}", "🏴"),
            ("🏴\u{e0049}\u{e0067}\u{e006e}\u{e007f}", "🏴"),
            ("\u{200d}\u{fe0f}", ""),
        ] {
            assert_eq!(clean(text).text, expected, "{text:?}");
        }
    }

    #[test]
    fn a_text_on_one_line_has_no_break() {
        for (text, line) in [("a\r\nb\tc", "a b c"), ("a\u{2028}b\u{200b}", "a b"), ("a b", "a b")] {
            assert_eq!(on_one_line(text), line);
        }
    }

    #[test]
    fn searched_words_are_trimmed_composed_and_visible() {
        for (text, words) in [
            ("Sarah\u{200b} Mark", "Sarah Mark"),
            ("\u{feff}Sarah Mark\u{200e}\0 ", "Sarah Mark"),
            ("Sa\u{ad}rah", "Sarah"),
            ("Sar\u{200d}ah", "Sarah"),
            ("Jose\u{301}", "José"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("می\u{200c} خواهم", "می خواهم"),
            ("क्\u{200d}ष", "क्\u{200d}ष"),
            ("\u{200b}", ""),
            ("Ｓａｒａｈ　Ｍａｒｋ", "Sarah Mark"),
            ("ＪＯＳＥ\u{301}", "JOSÉ"),
            ("ﾔﾏﾀﾞ ﾊﾟｵﾛ", "ヤマダ パオロ"),
            ("ﾡￂ", "가"),
            ("＊＠ｇｍａｉｌ．ｃｏｍ", "*@gmail.com"),
            ("½ № ﬁ ²", "½ № ﬁ ²"),
        ] {
            assert_eq!(search_words(text), words, "{text:?}");
        }
        assert_eq!(composed(" Ｓａｒａｈ\u{200b} O’Neil"), "Ｓａｒａｈ O’Neil", "a name is kept as it was written");
        assert_eq!(with_plain_apostrophes("O’Neil ‘Oʼ"), "O'Neil 'O'");
    }

    proptest! {
        #[test]
        fn what_is_clean_stays_as_it_is(text in ".{0,40}", hidden in "[\u{200b}-\u{200f}\u{fe00}-\u{fe0f}\u{e0060}-\u{e007f}👩💻🏴क्مa1\r\n]{0,30}") {
            let text = text + &hidden;
            let once = clean(&text).text.into_owned();
            prop_assert_eq!(clean(&once), Cleaned { text: once.as_str().into(), removed: 0 });
        }
    }
}
