//! Brings an index up to date with its sources: reads what changed, leaves the rest, takes out what is gone.

use std::collections::BTreeSet;

use super::{
    Error, chunk,
    format::Draft,
    gather::Gathered,
    index::{
        Index,
        catalog::{Catalog, Kept},
        store::Store,
        writer::Writer,
    },
    language,
    load::Listed,
    outline::{self, HEADING_CHARS_MAX},
    report::{Report, SourceReport},
    settings::Settings,
};
use sha2::{Digest, Sha256};

/// The index of what was gathered.
///
/// # Errors
/// `LockFailure` while another process writes to the same index, where files cannot be locked.
pub(super) fn update(store: Store, gathered: Vec<Gathered>, settings: &Settings) -> Result<(Index, Report), Error> {
    let report = Report { notes: store.note.into_iter().collect(), ..Report::default() };
    let _held = store.lock;
    let (index, old, new) = (store.index, store.catalog, Catalog::default());
    Update { index, settings, old, new, writer: None, report }.run(gathered)
}

/// A document that can be read.
enum Found {
    Unchanged(Kept),
    /// With the fingerprint of its bytes.
    Changed(Draft, String),
}

/// One run through all sources.
struct Update<'a> {
    index: tantivy::Index,
    settings: &'a Settings,
    /// What was there before.
    old: Catalog,
    /// What is there after.
    new: Catalog,
    /// Opened by the first change: most starts have none.
    writer: Option<Writer>,
    report: Report,
}

impl Update<'_> {
    fn run(mut self, gathered: Vec<Gathered>) -> Result<(Index, Report), Error> {
        for source in gathered {
            let mut report = source.report;
            for listed in &source.listed {
                self.take(listed, &mut report)?;
            }
            for uri in source.kept {
                if let Some(kept) = self.old.entries.get(&uri).cloned() {
                    report.unchanged += 1;
                    self.keep(&uri, kept, &mut report);
                }
            }
            self.new.sites.extend(source.site);
            self.report.sources.push(report);
        }
        self.remove_gone()?;
        if self.new != self.old {
            self.writer()?;
        }
        if let Some(writer) = self.writer {
            writer.finish(&self.new)?;
        }
        Ok((Index::open(&self.index, self.new)?, self.report))
    }

    /// Put one document into the index, unless it is there as it is.
    fn take(&mut self, listed: &Listed, report: &mut SourceReport) -> Result<(), Error> {
        match self.look(listed) {
            Ok(Found::Unchanged(kept)) => {
                report.unchanged += 1;
                self.keep(&listed.uri, kept, report);
            }
            Ok(Found::Changed(draft, hash)) => self.put(listed, draft, hash, report)?,
            Err(why) => report.fail(&listed.shown, why),
        }
        Ok(())
    }

    /// What is there to index, or why the document has to be left out.
    fn look(&self, listed: &Listed) -> Result<Found, String> {
        if self.new.entries.len() >= self.settings.documents_max {
            return Err(format!("left out: the limit is {} documents", self.settings.documents_max));
        }
        let bytes = listed.content.read(self.settings.document_bytes_max).map_err(|cause| cause.to_string())?;
        let hash = fingerprint(&bytes);
        if let Some(kept) = self.old.entries.get(&listed.uri).filter(|kept| kept.hash == hash) {
            return Ok(Found::Unchanged(kept.clone()));
        }
        let draft = listed.format.read(&bytes).map_err(|cause| cause.to_string())?;
        if draft.markdown.trim().is_empty() { Err("holds no text".to_owned()) } else { Ok(Found::Changed(draft, hash)) }
    }

    fn put(&mut self, listed: &Listed, draft: Draft, hash: String, report: &mut SourceReport) -> Result<(), Error> {
        let title = title(&draft, &listed.shown);
        let pieces = chunk::pieces(&title, &draft.markdown);
        if pieces.len() == chunk::PASSAGES_MAX {
            report.fail(&listed.shown, format_args!("cut after {} passages", chunk::PASSAGES_MAX));
        }
        let language = language::detect(&draft.markdown);
        let kept = Kept { title, source: listed.shown.clone(), hash, language, passages: pieces.len() };
        self.writer()?.put(&listed.uri, &kept, &draft.markdown, &pieces)?;
        self.keep(&listed.uri, kept, report);
        Ok(())
    }

    fn keep(&mut self, uri: &str, kept: Kept, report: &mut SourceReport) {
        report.documents += 1;
        report.passages += kept.passages;
        self.new.entries.insert(uri.to_owned(), kept);
    }

    fn remove_gone(&mut self) -> Result<(), Error> {
        let now: BTreeSet<&String> = self.new.entries.keys().collect();
        let gone: Vec<String> = self.old.entries.keys().filter(|uri| !now.contains(uri)).cloned().collect();
        for uri in gone {
            self.writer()?.remove(&uri);
        }
        Ok(())
    }

    fn writer(&mut self) -> Result<&Writer, Error> {
        if self.writer.is_none() {
            self.writer = Some(Writer::new(&self.index)?);
        }
        Ok(self.writer.as_ref().expect("it was made a line above"))
    }
}

/// What the document calls itself, or its first heading, or its file's name. Every passage is sent with it.
fn title(draft: &Draft, shown: &str) -> String {
    let own = draft.title.as_deref().map(one_line).filter(|title| !title.is_empty());
    own.or_else(|| outline::first_heading(&draft.markdown)).unwrap_or_else(|| {
        let name = shown.rsplit('/').next().unwrap_or(shown);
        one_line(&name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace(['-', '_'], " "))
    })
}

/// As long as a heading can be, on one line.
fn one_line(title: &str) -> String {
    let words = title.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    super::cut(&words.collect::<Vec<_>>().join(" "), HEADING_CHARS_MAX).to_owned()
}

fn fingerprint(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
