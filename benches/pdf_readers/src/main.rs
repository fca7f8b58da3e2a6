//! Prints the text of PDF files as another reader gives it: `pdf-readers READER FILE...`. `.ci/pdf-corpus` compares them.

use std::{
    error::Error,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
};

type Read = fn(&str) -> Result<String, Box<dyn Error>>;

const READERS: [(&str, Read); 2] = [("pdf-extract", pdf_extract), ("lopdf", lopdf)];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let (_, read) = READERS.iter().find(|(known, _)| *known == name).ok_or("name a reader first")?;
    for file in arguments {
        match catch_unwind(AssertUnwindSafe(|| read(&file))) {
            Ok(Ok(text)) => writeln!(std::io::stdout(), "\u{c}{file}\n{text}")?,
            Ok(Err(why)) => writeln!(std::io::stderr(), "{file}: {why}")?,
            Err(_) => writeln!(std::io::stderr(), "{file}: it panicked")?,
        }
    }
    Ok(())
}

fn pdf_extract(file: &str) -> Result<String, Box<dyn Error>> {
    Ok(pdf_extract::extract_text(file)?)
}

fn lopdf(file: &str) -> Result<String, Box<dyn Error>> {
    let document = lopdf::Document::load(file)?;
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    Ok(document.extract_text(&pages)?)
}
