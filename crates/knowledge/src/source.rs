//! The sources of documents: files, folders, web sites, and files in memory.

use std::{borrow::Cow, fmt, path::PathBuf, str::FromStr};

use url::Url;

/// The number of pages that are read of a web site by default: only the page itself.
const SITE_PAGES_DEFAULT: usize = 1;

/// A place that documents are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file, or a folder with all its subfolders.
    Path(PathBuf),
    /// A web site.
    Site {
        /// The page to begin with. Links to other sites are not followed.
        start: Url,
        /// The most pages to read, including the first.
        pages_max: usize,
    },
    /// Files that are already in memory, for example text from a configuration file.
    InMemory {
        /// The first part of the documents' URIs.
        name: String,
        /// The files, in any order.
        files: Vec<InMemoryFile>,
    },
}

/// A file whose bytes are in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InMemoryFile {
    /// The path below the source, with parts joined by `/`. The extension decides the format.
    pub path: String,
    /// The bytes of the file.
    pub bytes: Cow<'static, [u8]>,
}

impl Source {
    /// Creates a web site of which up to `pages_max` pages are read; by default only `start` itself.
    pub fn site(start: Url, pages_max: Option<usize>) -> Source {
        Source::Site { start, pages_max: pages_max.unwrap_or(SITE_PAGES_DEFAULT).max(1) }
    }

    /// Creates a source with one Markdown document `{name}.md`.
    pub fn text(name: &str, text: &str) -> Source {
        let file = InMemoryFile { path: format!("{name}.md"), bytes: Cow::Owned(text.as_bytes().to_vec()) };
        Source::InMemory { name: name.to_owned(), files: vec![file] }
    }
}

/// Parses an `http` or `https` address as a web site, and any text without `://` as a path.
impl FromStr for Source {
    type Err = ParseSourceError;

    fn from_str(raw: &str) -> Result<Source, ParseSourceError> {
        match raw.split_once("://") {
            None if raw.trim().is_empty() => Err(ParseSourceError::Empty),
            None => Ok(Source::Path(PathBuf::from(raw))),
            Some(("http" | "https", _)) => {
                let start = Url::parse(raw).map_err(|cause| ParseSourceError::Address(raw.to_owned(), cause))?;
                Ok(Source::site(start, None))
            }
            Some((scheme, _)) => Err(ParseSourceError::Scheme(scheme.to_owned())),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Path(path) => write!(f, "{}", path.display()),
            Source::Site { start, .. } => write!(f, "{start}"),
            Source::InMemory { name, .. } => f.write_str(name),
        }
    }
}

/// The reason why a text is not a source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseSourceError {
    /// The text is empty.
    #[error("a source of documents is a path or a web address, and this is empty")]
    Empty,
    /// The text begins like a web address but is not a valid one.
    #[error("`{0}` is not a web address: {1}")]
    Address(String, url::ParseError),
    /// The text has a scheme other than `http` and `https`.
    #[error("`{0}` is not a scheme that documents are read from: use `http`, `https` or a path")]
    Scheme(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_sites_and_the_rest_is_a_path() {
        let site = "https://www.richtechrobotics.com/".parse::<Source>().unwrap();
        assert!(matches!(&site, Source::Site { pages_max: 1, .. }), "{site:?}");
        assert_eq!("docs/manual.pdf".parse(), Ok(Source::Path(PathBuf::from("docs/manual.pdf"))));
        assert_eq!(r"C:\docs".parse(), Ok(Source::Path(PathBuf::from(r"C:\docs"))));
    }

    #[test]
    fn other_schemes_are_refused() {
        for raw in ["file:///etc/passwd", "ftp://example.com/a", "gopher://a"] {
            assert!(matches!(raw.parse::<Source>(), Err(ParseSourceError::Scheme(_))), "{raw}");
        }
        assert_eq!(" ".parse::<Source>(), Err(ParseSourceError::Empty));
        assert!(matches!("https://".parse::<Source>(), Err(ParseSourceError::Address(..))));
    }
}
