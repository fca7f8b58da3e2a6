//! Updates an index: parses and indexes the documents that changed, and removes those that are gone.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::ErrorKind,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

use crate::{
    chunk,
    error::Error,
    format::{
        Format,
        parsed::{ParseError, ParsedDocument},
    },
    index::{
        Index,
        catalog::{Catalog, DocumentRecord},
        store::{self, Store},
        writer::Writer,
    },
    language,
    listing::{DocumentFile, Loaded, ParsedPage},
    progress::Progress,
    reading,
    report::{FailureKind, Report, SourceReport},
    scan::SourceScan,
    sections::{self, HEADING_CHARS_MAX},
    settings::Settings,
    text,
};

/// The time after which documents that are ready answer while others are being read. It doubles each time, as each time
/// costs a commit.
const PUBLISH_INTERVAL: Duration = Duration::from_secs(2);

/// Updates the index in `store` to the scanned sources, and opens it. Meanwhile `progress` gets what is ready.
///
/// # Errors
/// `LockFailure` while another process writes to the same index, on file systems without locks.
pub(crate) fn update(
    store: Store,
    scans: Vec<SourceScan>,
    settings: &Settings,
    progress: &Progress,
) -> Result<(Index, Report), Error> {
    let report = Report { notes: store.note.into_iter().collect(), ..Report::default() };
    let _lock = store.lock;
    let (index, old, new) = (store.index, store.catalog, Catalog::default());
    let publishing = Publishing { progress, last: Instant::now(), interval: PUBLISH_INTERVAL, is_due: false };
    let updated = Update { index, settings, old, new, writer: None, report, publishing }.run(scans)?;
    if let Some(folder) = store.folder {
        let failed = |cause| Error::Folder { folder: folder.display().to_string(), cause };
        store::make_private(&folder).map_err(failed)?;
    }
    Ok(updated)
}

/// The state of a document compared with the existing index.
enum Change<'a> {
    Unchanged(DocumentRecord),
    /// The bytes of the document and their hash.
    Changed(Cow<'a, [u8]>, String),
    /// A page that is parsed, and the hash of its bytes.
    Parsed(&'a ParsedPage, String),
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
    publishing: Publishing<'a>,
}

/// The publishing of documents that are ready before others are read.
struct Publishing<'a> {
    progress: &'a Progress,
    last: Instant,
    interval: Duration,
    /// True if there is something that was not published.
    is_due: bool,
}

impl Publishing<'_> {
    fn time_left(&self) -> Duration {
        self.interval.saturating_sub(self.last.elapsed())
    }
}

impl Update<'_> {
    fn run(mut self, scans: Vec<SourceScan>) -> Result<(Index, Report), Error> {
        self.publishing.progress.begin(scans.iter().map(|scan| scan.files.len()).sum());
        self.publishing.is_due = !self.old.documents.is_empty();
        if self.publishing.is_due {
            self.publish(&SourceReport::default())?;
        }
        for scan in scans {
            let mut report = scan.report;
            for file in &scan.files {
                self.update_document(file, &mut report)?;
                self.publishing.progress.count_document();
                if self.publishing.time_left().is_zero() {
                    self.publish(&report)?;
                }
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
        if let Some(mut writer) = self.writer {
            writer.commit(&self.new)?;
            writer.finish()?;
        }
        Ok((Index::open(&self.index, self.new)?, self.report))
    }

    /// Commits what is ready, and gives it to those who wait. Documents that are not yet read again answer as they were.
    /// After a crash, the next reading goes on from here.
    fn publish(&mut self, source: &SourceReport) -> Result<(), Error> {
        self.publishing.last = Instant::now();
        if !std::mem::take(&mut self.publishing.is_due) {
            return Ok(());
        }
        let mut ready = self.old.clone();
        ready.documents.extend(self.new.documents.iter().map(|(uri, record)| (uri.clone(), record.clone())));
        ready.sites.extend(self.new.sites.iter().map(|(start, record)| (start.clone(), record.clone())));
        if let Some(writer) = self.writer.as_mut() {
            writer.commit(&ready)?;
        }
        let mut report = self.report.clone();
        report.sources.push(source.clone());
        self.publishing.progress.publish(Index::open(&self.index, ready)?, report);
        self.publishing.interval *= 2;
        self.publishing.last = Instant::now();
        Ok(())
    }

    /// Indexes one document unless it is unchanged. A document that cannot be read is reported.
    fn update_document(&mut self, file: &DocumentFile, report: &mut SourceReport) -> Result<(), Error> {
        match self.read(file) {
            Ok(Change::Unchanged(record)) => {
                report.unchanged += 1;
                self.add_record(&file.uri, record, report);
            }
            Ok(Change::Changed(bytes, hash)) => {
                let parsed = self.parse(file.format, &bytes, report)?;
                self.add_parsed(file, &parsed, hash, report)?;
            }
            Ok(Change::Parsed(page, hash)) => self.add_parsed(file, &page.result, hash, report)?,
            Err((reason, kind)) => report.add_failure(&file.source, reason, kind),
        }
        Ok(())
    }

    fn add_parsed(
        &mut self,
        file: &DocumentFile,
        parsed: &Result<ParsedDocument, ParseError>,
        hash: String,
        report: &mut SourceReport,
    ) -> Result<(), Error> {
        match parsed {
            Ok(parsed) if parsed.markdown.trim().is_empty() => {
                // A file of an Office program without text holds pictures.
                let kind = if file.format.is_text() { FailureKind::Unavailable } else { FailureKind::Scan };
                report.add_failure(&file.source, "holds no text", kind);
            }
            Ok(parsed) => self.index(file, parsed, hash, report)?,
            Err(cause) => report.add_failure(&file.source, cause, cause.kind()),
        }
        Ok(())
    }

    /// Parses a document in a thread of its own, and meanwhile publishes those that are ready.
    fn parse(
        &mut self,
        format: Format,
        bytes: &[u8],
        report: &SourceReport,
    ) -> Result<Result<ParsedDocument, ParseError>, Error> {
        let runner = self.settings.runner.clone();
        let (done, waiting) = mpsc::channel();
        thread::scope(|scope| {
            // If publishing fails, nobody takes the document any more.
            scope.spawn(move || drop(done.send(reading::parse(format, bytes, runner.as_deref()))));
            loop {
                match waiting.recv_timeout(self.publishing.time_left()) {
                    Ok(parsed) => return Ok(parsed),
                    Err(RecvTimeoutError::Timeout) => self.publish(report)?,
                    Err(RecvTimeoutError::Disconnected) => return Ok(Err(ParseError::Panicked)),
                }
            }
        })
    }

    /// Reads the bytes of a document, and tells whether they have changed.
    ///
    /// # Errors
    /// The reason why the document is left out.
    fn read<'f>(&self, file: &'f DocumentFile) -> Result<Change<'f>, (String, FailureKind)> {
        if self.new.documents.len() >= self.settings.documents_max {
            let why = format!("left out: the limit is {} documents", self.settings.documents_max);
            return Err((why, FailureKind::Limit));
        }
        let loaded = file.content.load(self.settings.document_bytes_max).map_err(|cause| match cause.kind() {
            ErrorKind::FileTooLarge => (cause.to_string(), FailureKind::Limit),
            _ => (cause.to_string(), FailureKind::Unavailable),
        })?;
        let hash = match &loaded {
            Loaded::Bytes(bytes) => text::hex(&Sha256::digest(bytes)),
            Loaded::Parsed(page) => text::hex(&page.digest),
        };
        if let Some(record) = self.old.documents.get(&file.uri).filter(|record| record.hash == hash) {
            return Ok(Change::Unchanged(record.clone()));
        }
        Ok(match loaded {
            Loaded::Bytes(bytes) => Change::Changed(bytes, hash),
            Loaded::Parsed(page) => Change::Parsed(page, hash),
        })
    }

    fn index(
        &mut self,
        file: &DocumentFile,
        parsed: &ParsedDocument,
        hash: String,
        report: &mut SourceReport,
    ) -> Result<(), Error> {
        let title = title(parsed, &file.source);
        let chunks = chunk::chunks(&title, &parsed.markdown);
        if chunks.len() == chunk::PASSAGES_MAX {
            let why = format_args!("cut after {} passages", chunk::PASSAGES_MAX);
            report.add_failure(&file.source, why, FailureKind::Limit);
        } else if parsed.is_cut {
            report.add_failure(&file.source, "cut: its text is far larger than the file", FailureKind::Limit);
        }
        if parsed.pictured_pages > 0 {
            let why = format_args!("read without {} of its pages, which hold only pictures", parsed.pictured_pages);
            report.add_failure(&file.source, why, FailureKind::Scan);
        }
        if parsed.lost_chars > 0 {
            let why = format_args!("read with {} gaps, where the file gives its letters no meaning", parsed.lost_chars);
            report.add_failure(&file.source, why, FailureKind::Scan);
        }
        report.hidden_chars += parsed.hidden_chars;
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
        self.publishing.is_due = true;
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

    fn writer(&mut self) -> Result<&mut Writer, Error> {
        if self.writer.is_none() {
            self.writer = Some(Writer::open(&self.index)?);
        }
        Ok(self.writer.as_mut().expect("it was opened a line above"))
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
