//! Parses DOCX files (ECMA-376, part 1, "WordprocessingML"): the body with its notes, and the headers and footers.

mod body;
mod notes;
mod numbering;
mod styles;

use std::collections::HashMap;

use notes::Notes;

use super::{
    blocks::Blocks,
    package::{self, Package, Relation},
    parsed::{ParseError, ParsedDocument},
};

pub(super) fn parse(bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
    let mut package = Package::open(bytes)?;
    let main = package.main_part()?;
    let relations = relations(&mut package, &main);
    let part_of =
        |kind: &str| relations.values().find(|relation| relation.kind == kind).map(|found| found.target.clone());
    let styles = part_of("styles").and_then(|name| package.part(&name).ok()).map(|xml| styles::read(&xml));
    let styles = styles.unwrap_or_default();
    let numbering = part_of("numbering").and_then(|name| package.part(&name).ok()).map(|xml| numbering::read(&xml));
    let numbering = numbering.unwrap_or_default();
    let mut notes = Notes::default();
    let mut hidden_chars = 0;
    for (kind, element) in [("footnotes", "footnote"), ("endnotes", "endnote")] {
        let Some(xml) = part_of(kind).and_then(|name| package.part(&name).ok()) else { continue };
        for (id, content) in notes::split(&xml, element) {
            let note = body::read(content, &styles, &numbering, &Notes::default())?;
            hidden_chars += note.hidden_chars;
            notes.insert(&format!("{element}Reference"), &id, note.markdown);
        }
    }
    let body = body::read(&package.part(&main)?, &styles, &numbering, &notes)?;
    let mut texts: Vec<String> = Vec::new();
    let mut add = |texts: &mut Vec<String>, names: Vec<String>| -> Result<(), ParseError> {
        for name in names {
            let Ok(xml) = package.part(&name) else { continue };
            let read = body::read(&xml, &styles, &numbering, &Notes::default())?;
            hidden_chars += read.hidden_chars;
            if !texts.contains(&read.markdown) {
                texts.push(read.markdown);
            }
        }
        Ok(())
    };
    add(&mut texts, names(&relations, "header"))?;
    texts.push(body.markdown);
    add(&mut texts, names(&relations, "footer"))?;
    let mut blocks = Blocks::default();
    texts.iter().for_each(|text| blocks.block(text));
    let title = package::core_title(&mut package);
    let hidden_chars = hidden_chars + body.hidden_chars;
    Ok(ParsedDocument { title, markdown: blocks.into_markdown(), hidden_chars, ..ParsedDocument::default() })
}

/// Returns the names of the parts of a kind, in their order.
fn names(relations: &HashMap<String, Relation>, kind: &str) -> Vec<String> {
    let parts = relations.values().filter(|part| part.kind == kind).map(|part| part.target.clone());
    let mut names: Vec<String> = parts.collect();
    names.sort();
    names
}

/// Returns the relations of the main part. Files of some programs have none, and the usual names of the parts.
fn relations(package: &mut Package<'_>, main: &str) -> HashMap<String, Relation> {
    let relations = package.relations(main);
    if !relations.is_empty() {
        return relations;
    }
    let usual =
        USUAL_PARTS.iter().map(|(kind, target)| (*target, Relation { kind: (*kind).into(), target: (*target).into() }));
    usual.map(|(id, relation)| (id.to_owned(), relation)).collect()
}

const USUAL_PARTS: [(&str, &str); 8] = [
    ("styles", "word/styles.xml"),
    ("numbering", "word/numbering.xml"),
    ("footnotes", "word/footnotes.xml"),
    ("endnotes", "word/endnotes.xml"),
    ("header", "word/header1.xml"),
    ("header", "word/header2.xml"),
    ("footer", "word/footer1.xml"),
    ("footer", "word/footer2.xml"),
];

#[cfg(test)]
mod tests;
