//! Any bytes are read as a DOCX file or refused: without a panic, and without text that is far larger than they are.
//!
//! Run with `cargo +nightly fuzz run document_docx`.

#![no_main]

use libfuzzer_sys::fuzz_target;

/// The most bytes of text for each byte of a document, and those that a small one may have beyond that.
const TEXT_PER_BYTE_MAX: usize = 4;
const TEXT_BYTES_FREE: usize = 1_000_000;

fuzz_target!(|data: &[u8]| {
    match knowledge::reading::text("a.docx", data) {
        Ok(text) => assert!(text.len() <= TEXT_PER_BYTE_MAX * data.len() + TEXT_BYTES_FREE),
        // The reader catches its own panics.
        Err(why) => assert_ne!(why, "its parser failed"),
    }
});
