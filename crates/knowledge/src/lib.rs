//! Search over a company's own documents: files, folders and web sites are read, cut into passages, indexed, and found
//! by the words of a question.
//!
//! # The way of a document
//!
//! 1. A [`source::Source`] names it: a file, a folder, a web site, or bytes in memory. `scan` lists what the sources
//!    hold now; `crawl` reads web sites and obeys their `robots.txt`.
//! 2. `format` parses Markdown, plain text, HTML, PDF, DOCX, PPTX, XLSX and CSV files, and turns each into Markdown. A host
//!    can let [`reading`] do this apart from its own process.
//! 3. `sections` and `chunk` cut the Markdown into passages of about 200 tokens, below their headings.
//! 4. `analysis` turns text into stemmed terms in the document's language, and `index` stores them with tantivy. An
//!    index in a folder is updated: only documents whose bytes changed are parsed again.
//! 5. [`Library::search`] expands the terms of a query (synonyms, variants, compounds, spelling correction), ranks the
//!    passages with BM25F, and fuses that ranking with one by embeddings where an endpoint for them is set.
//!
//! [`documents::Documents`] keeps one [`Library`] for a whole server, opens it when it is first needed, and refreshes
//! it once a day.
//!
//! # Example
//!
//! ```
//! use knowledge::{Library, settings::Settings, source::Source};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), knowledge::Error> {
//! let sources = vec![
//!     Source::text("delivery", "# Delivery\nRobots are delivered within two weeks."),
//!     Source::text("rental", "# Rental\nEvery robot can be rented by the month."),
//! ];
//! // No HTTP client is given, so no web site can be read.
//! let (library, report) = Library::open(sources, Settings::default(), None).await?;
//! assert_eq!(report.documents(), 2);
//!
//! let passages = library.search("How soon does it arrive?", 1).await?;
//! assert_eq!(passages[0].text, "Robots are delivered within two weeks.");
//! assert_eq!(passages[0].uri, "doc://delivery/delivery.md");
//! # Ok(())
//! # }
//! ```
//!
//! # Limits and trust
//!
//! Every size has a limit in [`settings::Settings`]. A source that cannot be read is listed in the
//! [`report::Report`], and the other sources are still searched. The text of a document is untrusted data: it is
//! returned in fields of its own and is never part of a message or an instruction of this crate.

pub mod document;
pub mod documents;
pub mod embed;
pub mod reading;
pub mod report;
pub mod settings;
pub mod source;

mod analysis;
mod chunk;
mod crawl;
mod error;
mod format;
mod fusion;
mod index;
mod indexing;
mod language;
mod library;
mod listing;
mod progress;
mod scan;
mod sections;
mod text;
mod tokens;
mod uri;
mod vector_index;

pub use error::Error;
pub use library::Library;
