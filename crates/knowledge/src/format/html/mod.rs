//! Parses web pages: their text as a reader sees it, their title and their links.
//!
//! The page is read tag by tag and no tree is built, so that time and memory are linear in its size: the tree of a browser
//! repeats open formatting elements in each paragraph.

mod attributes;
mod convert;
mod effect;
pub(super) mod elements;
pub(crate) mod metadata;
mod selector;
mod style;
mod style_sheet;

use convert::Converter;
use html5ever::{
    buffer_queue::BufferQueue,
    tokenizer::{Tokenizer, TokenizerOpts},
};

use super::parsed::{ParseError, ParsedDocument};

/// The most attributes of one tag, see [`attributes`].
const ATTRIBUTES_MAX: usize = 1_000;

/// Parses a decoded page.
pub(super) fn parse(html: &str) -> Result<ParsedDocument, ParseError> {
    if attributes::most_of_one_tag(html) > ATTRIBUTES_MAX {
        return Err(ParseError::TooManyAttributes(ATTRIBUTES_MAX));
    }
    let (document, late_styles) = read(html, Converter::default()).into_document();
    // A style sheet strikes the text before it, too.
    let read_again = |styles| read(html, Converter::with_styles(styles)).into_document().0;
    Ok(late_styles.map_or(document, read_again))
}

fn read(html: &str, converter: Converter) -> Converter {
    let tokenizer = Tokenizer::new(converter, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    // Scripts are not run, so that nothing interrupts the reading.
    let _done = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink
}

#[cfg(test)]
mod tests;
