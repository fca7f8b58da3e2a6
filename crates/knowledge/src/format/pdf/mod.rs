//! Reads PDF files with text as their readers see it. Scanned pages are pictures and give no text.
//!
//! `content` follows what a page draws with the fonts of the file (`fonts`), and notes each glyph at its place. What nobody
//! sees is left out (`background`, `covers`, `marked`). Then `words`, `lines`, `tables` and `blocks` put the glyphs together
//! by their places, `order` finds the order of reading, and `page` writes Markdown. `columns`, `boxes` and `slanted` know what
//! stands aside.

mod annotation;
mod background;
mod blocks;
mod boxes;
mod colour_space;
mod columns;
mod content;
mod covers;
mod fold;
mod fonts;
mod glyph;
mod grid;
mod lattice;
mod lines;
mod marked;
mod matrix;
mod order;
mod outline;
mod page;
mod quality;
mod rules;
mod scans;
mod slanted;
mod tables;
mod words;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use self::{fonts::Fonts, quality::Counts, scans::Scans};
use super::parsed::{ParseError, ParsedDocument};

/// Reads a file.
///
/// # Errors
/// If it is damaged, has a password, or holds no text that can be read.
pub(super) fn parse(bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
    // Many files may be read by everybody, and have a password for changes only.
    let file = Pdf::new(bytes.to_vec()).map_err(failure)?;
    let (fonts, hidden_layers) = (Fonts::new(), marked::hidden_layers(file.xref()));
    let (mut counts, mut scans, mut blocks, mut hidden_chars) = (Counts::default(), Scans::default(), Vec::new(), 0);
    for page in file.pages().iter() {
        let content = content::read(page, &fonts, &hidden_layers);
        let hidden = content.glyphs.iter().filter(|glyph| glyph.is_hidden);
        hidden_chars += hidden.flat_map(|glyph| glyph.text.chars()).filter(|c| !c.is_whitespace()).count();
        let of_page = page::blocks(&content);
        let text: String = of_page.iter().map(|block| block.plain() + "\n").collect();
        scans.add_page(&text, &content);
        counts.add_text(&fold::folded(&text));
        blocks.extend(of_page);
    }
    let (mut markdown, usual_size) = (String::new(), page::usual_size(&blocks));
    blocks.iter().for_each(|block| page::write(&mut markdown, block, usual_size));
    if let Some(error) = counts.refusal(&markdown) {
        return Err(error);
    }
    if scans.is_scan() {
        return Err(ParseError::Scanned);
    }
    let pictured_pages = scans.count();
    let lost_chars = markdown.matches(char::REPLACEMENT_CHARACTER).count();
    Ok(ParsedDocument { markdown, hidden_chars, pictured_pages, lost_chars, ..ParsedDocument::default() })
}

fn failure(cause: LoadPdfError) -> ParseError {
    match cause {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => ParseError::Encrypted,
        LoadPdfError::Decryption(_) => ParseError::Malformed("its encryption is unknown".to_owned()),
        LoadPdfError::Invalid => ParseError::Malformed("it is no PDF file".to_owned()),
    }
}

#[cfg(test)]
mod tests;
