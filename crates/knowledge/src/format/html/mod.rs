//! Parses web pages: their text as a reader sees it, their title and their links.
//!
//! The page is read tag by tag and no tree is built, so that time and memory are linear in its size: the tree of a browser
//! repeats open formatting elements in each paragraph.

mod attributes;
mod convert;
pub(super) mod elements;
pub(crate) mod metadata;
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
    let tokenizer = Tokenizer::new(Converter::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    // Scripts are not run, so that nothing interrupts the reading.
    let _done = tokenizer.feed(&input);
    tokenizer.end();
    Ok(tokenizer.sink.into_document())
}

#[cfg(test)]
mod tests;
