//! Updates an index: parses and indexes the documents that changed, and removes those that are gone.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::{
    chunk,
    error::Error,
    format::parsed::ParsedDocument,
    index::{
        Index,
        catalog::{Catalog, DocumentRecord},
        store::{self, Store},
        writer::Writer,
    },
    language,
    listing::DocumentFile,
    reading,
    report::{Report, SourceReport},
    scan::SourceScan,
    sections::{self, HEADING_CHARS_MAX},
    settings::Settings,
    text,
};

/// Updates the index in `store` to the scanned sources, and opens it.
///
/// # Errors
/// `LockFailure` while another process writes to the same index, on file systems without locks.
pub(crate) fn update(store: Store, scans: Vec<SourceScan>, settings: &Settings) -> Result<(Index, Report), Error> {
    let report = Report { notes: store.note.into_iter().collect(), ..Report::default() };
    let _lock = store.lock;
    let (index, old, new) = (store.index, store.catalog, Catalog::default());
    let updated = Update { index, settings, old, new, writer: None, report }.run(scans)?;
    if let Some(folder) = store.folder {
        let failed = |cause| Error::Folder { folder: folder.display().to_string(), cause };
        store::make_private(&folder).map_err(failed)?;
    }
    Ok(updated)
}

/// The state of a document compared with the existing index.
enum Change {
    Unchanged(DocumentRecord),
    /// The parsed document and the hash of its bytes.
    Changed(ParsedDocument, String),
}

/// One update of an index.
struct Update<'a> {
    index: tantivy::Index,
    settings: &'a Settings,
    /// The catalog before the update.
    old: Catalog,
    /// The catalog after the update.
    new: Catalog,
    /// Opened by the first change, as most updates have none.
    writer: Option<Writer>,
    report: Report,
}

impl Update<'_> {
    fn run(mut self, scans: Vec<SourceScan>) -> Result<(Index, Report), Error> {
        for scan in scans {
            let mut report = scan.report;
            for file in &scan.files {
                self.update_document(file, &mut report)?;
            }
            for uri in scan.retained {
                if let Some(record) = self.old.documents.get(&uri).cloned() {
                    report.unchanged += 1;
                    self.add_record(&uri, record, &mut report);
                }
            }
            self.new.sites.extend(scan.site);
            self.report.sources.push(report);
        }
        self.remove_gone()?;
        if self.new != self.old {
            self.writer()?;
        }
        if let Some(writer) = self.writer {
            writer.commit(&self.new)?;
        }
        Ok((Index::open(&self.index, self.new)?, self.report))
    }

    /// Indexes one document unless it is unchanged. A document that cannot be read is reported.
    fn update_document(&mut self, file: &DocumentFile, report: &mut SourceReport) -> Result<(), Error> {
        match self.read(file) {
            Ok(Change::Unchanged(record)) => {
                report.unchanged += 1;
                self.add_record(&file.uri, record, report);
            }
            Ok(Change::Changed(parsed, hash)) => self.index(file, parsed, hash, report)?,
            Err(reason) => report.add_failure(&file.source, reason),
        }
        Ok(())
    }

    /// Reads a document and parses it if it has changed.
    ///
    /// # Errors
    /// The reason why the document is left out.
    fn read(&self, file: &DocumentFile) -> Result<Change, String> {
        if self.new.documents.len() >= self.settings.documents_max {
            return Err(format!("left out: the limit is {} documents", self.settings.documents_max));
        }
        let bytes = file.content.read(self.settings.document_bytes_max).map_err(|cause| cause.to_string())?;
        let hash = sha256_hex(&bytes);
        if let Some(record) = self.old.documents.get(&file.uri).filter(|record| record.hash == hash) {
            return Ok(Change::Unchanged(record.clone()));
        }
        let parsed = reading::parse(file.format, &bytes, self.settings.runner.as_deref());
        let parsed = parsed.map_err(|cause| cause.to_string())?;
        if parsed.markdown.trim().is_empty() {
            Err("holds no text".to_owned())
        } else {
            Ok(Change::Changed(parsed, hash))
        }
    }

    fn index(
        &mut self,
        file: &DocumentFile,
        parsed: ParsedDocument,
        hash: String,
        report: &mut SourceReport,
    ) -> Result<(), Error> {
        let title = title(&parsed, &file.source);
        let chunks = chunk::chunks(&title, &parsed.markdown);
        if chunks.len() == chunk::PASSAGES_MAX {
            report.add_failure(&file.source, format_args!("cut after {} passages", chunk::PASSAGES_MAX));
        }
        let language = language::detect(&parsed.markdown);
        let record = DocumentRecord { title, source: file.source.clone(), hash, language, passages: chunks.len() };
        self.writer()?.put(&file.uri, &record, &parsed.markdown, &chunks)?;
        self.add_record(&file.uri, record, report);
        Ok(())
    }

    fn add_record(&mut self, uri: &str, record: DocumentRecord, report: &mut SourceReport) {
        report.documents += 1;
        report.passages += record.passages;
        self.new.documents.insert(uri.to_owned(), record);
    }

    /// Removes the documents of the old catalog that are not in the new one.
    fn remove_gone(&mut self) -> Result<(), Error> {
        let now: BTreeSet<&String> = self.new.documents.keys().collect();
        let gone: Vec<String> = self.old.documents.keys().filter(|uri| !now.contains(uri)).cloned().collect();
        for uri in gone {
            self.writer()?.remove(&uri);
        }
        Ok(())
    }

    fn writer(&mut self) -> Result<&Writer, Error> {
        if self.writer.is_none() {
            self.writer = Some(Writer::open(&self.index)?);
        }
        Ok(self.writer.as_ref().expect("it was opened a line above"))
    }
}

/// Returns the document's own title, or its first heading, or its file name without the extension.
fn title(parsed: &ParsedDocument, source: &str) -> String {
    let own = parsed.title.as_deref().map(one_line).filter(|title| !title.is_empty());
    own.or_else(|| sections::first_heading(&parsed.markdown)).unwrap_or_else(|| {
        let name = source.rsplit('/').next().unwrap_or(source);
        one_line(&name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace(['-', '_'], " "))
    })
}

/// Puts a title on one line and truncates it: it is sent with every passage.
fn one_line(title: &str) -> String {
    let words = title.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    text::truncate(&words.collect::<Vec<_>>().join(" "), HEADING_CHARS_MAX).to_owned()
}

fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
