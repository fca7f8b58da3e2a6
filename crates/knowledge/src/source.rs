//! Where documents come from: a file, a folder, a web site, or text that is given.

use std::{borrow::Cow, fmt, path::PathBuf, str::FromStr};

use url::Url;

/// How many pages of a site are read when nobody says: the page itself.
const PAGES_DEFAULT: usize = 1;

/// One entry of `--docs`, or of a graph's `rag_docs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file, or a folder with everything in it.
    Path(PathBuf),
    /// A page, and up to `pages_max` pages of the same site that it leads to, itself counted.
    Site { start: Url, pages_max: usize },
    /// Files held in memory: the shipped documents, or the text of a `rag_docs` entry.
    Given { name: String, files: Vec<GivenFile> },
}

/// A file whose content is already here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenFile {
    /// Its path below the source, parts joined by `/`; the ending says the format.
    pub path: String,
    pub bytes: Cow<'static, [u8]>,
}

impl Source {
    /// A site read up to `pages_max` pages.
    pub fn site(start: Url, pages_max: Option<usize>) -> Source {
        Source::Site { start, pages_max: pages_max.unwrap_or(PAGES_DEFAULT).max(1) }
    }

    /// One text that stands in the settings themselves.
    pub fn text(name: &str, text: &str) -> Source {
        let file = GivenFile { path: format!("{name}.md"), bytes: Cow::Owned(text.as_bytes().to_vec()) };
        Source::Given { name: name.to_owned(), files: vec![file] }
    }
}

/// Reads what `--docs` takes: a web address, or else a path.
impl FromStr for Source {
    type Err = NotASource;

    fn from_str(raw: &str) -> Result<Source, NotASource> {
        match raw.split_once("://") {
            None if raw.trim().is_empty() => Err(NotASource::Empty),
            None => Ok(Source::Path(PathBuf::from(raw))),
            Some(("http" | "https", _)) => {
                let start = Url::parse(raw).map_err(|cause| NotASource::Address(raw.to_owned(), cause))?;
                Ok(Source::site(start, None))
            }
            Some((scheme, _)) => Err(NotASource::Scheme(scheme.to_owned())),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Path(path) => write!(f, "{}", path.display()),
            Source::Site { start, .. } => write!(f, "{start}"),
            Source::Given { name, .. } => f.write_str(name),
        }
    }
}

/// Why a text names no source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASource {
    #[error("a source of documents is a path or a web address, and this is empty")]
    Empty,
    #[error("`{0}` is not a web address: {1}")]
    Address(String, url::ParseError),
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
            assert!(matches!(raw.parse::<Source>(), Err(NotASource::Scheme(_))), "{raw}");
        }
        assert_eq!(" ".parse::<Source>(), Err(NotASource::Empty));
        assert!(matches!("https://".parse::<Source>(), Err(NotASource::Address(..))));
    }
}
