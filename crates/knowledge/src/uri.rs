//! The `doc://{source}/{path}` URIs of documents, which stay the same at every start.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The scheme with its separator.
const SCHEME: &str = "doc://";

/// All characters but the unreserved ones (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Assigns a unique label to each source.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    taken: HashSet<String>,
}

impl Labels {
    /// Returns `name`, or `name~2`, `name~3` and so on if an earlier source has that label.
    pub(crate) fn assign(&mut self, name: &str) -> String {
        let name = if name.is_empty() { "documents" } else { name };
        let numbered = |n: usize| if n == 1 { name.to_owned() } else { format!("{name}~{n}") };
        // One of the first `taken.len() + 1` numbers is free, so that the default is never used.
        let free = (1..).map(numbered).find(|label| !self.taken.contains(label)).unwrap_or_default();
        self.taken.insert(free.clone());
        free
    }
}

/// Builds the URI of the document at `path`, with parts joined by `/`, in the source with the given label.
pub(crate) fn build(label: &str, path: &str) -> String {
    let parts = std::iter::once(label).chain(path.split('/').filter(|part| !part.is_empty()));
    let encoded: Vec<String> = parts.map(|part| utf8_percent_encode(part, ENCODED).to_string()).collect();
    format!("{SCHEME}{}", encoded.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_characters_are_encoded() {
        assert_eq!(build("richtech", "products/ADAM robot.md"), "doc://richtech/products/ADAM%20robot.md");
        assert_eq!(build("a/b", "x?y#z"), "doc://a%2Fb/x%3Fy%23z");
        assert_eq!(build("site", ""), "doc://site");
    }

    #[test]
    fn sources_of_the_same_name_get_different_labels() {
        let mut labels = Labels::default();
        let given = ["docs", "docs", "other", "docs", ""].map(|name| labels.assign(name));
        assert_eq!(given, ["docs", "docs~2", "other", "docs~3", "documents"]);
    }
}
