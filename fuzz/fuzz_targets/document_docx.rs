//! Any bytes are read as a DOCX file or refused: without a panic, and without text that is far larger than they are.
//!
//! Run with `cargo +nightly fuzz run document_docx`.

#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// The most bytes of text for each byte of a document, and those that a small one may have beyond that.
const TEXT_PER_BYTE_MAX: usize = 4;
const TEXT_BYTES_FREE: usize = 1_000_000;

/// Packs the bytes as the main part of a file, unless they are an archive: changed archives are refused by their checksums.
fn packed(data: &[u8]) -> Vec<u8> {
    if data.starts_with(b"PK") {
        return data.to_vec();
    }
    let relations =
        b"<Relationships><Relationship Id='r' Type='x/officeDocument' Target='word/document.xml'/></Relationships>";
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [("_rels/.rels", relations.as_slice()), ("word/document.xml", data)] {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(name, stored).expect("memory takes all");
        archive.write_all(part).expect("memory takes all");
    }
    archive.finish().expect("memory takes all").into_inner()
}

fuzz_target!(|data: &[u8]| {
    let file = packed(data);
    match knowledge::reading::text("a.docx", &file) {
        Ok(text) => assert!(text.len() <= TEXT_PER_BYTE_MAX * file.len() + TEXT_BYTES_FREE),
        // The reader catches its own panics.
        Err(why) => assert_ne!(why, "its parser failed"),
    }
});
