//! The `doc://` links: `doc://{source}/{path}`, one for each document, the same at every start.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub(super) const SCHEME: &str = "doc://";

/// What RFC 3986 leaves as it is in any part of an address.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Gives each source a label of its own, in the order they are given.
#[derive(Debug, Default)]
pub(super) struct Labels {
    taken: HashSet<String>,
}

impl Labels {
    /// `wanted`, or `wanted~2` and so on if an earlier source has that.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let wanted = if wanted.is_empty() { "documents" } else { wanted };
        let numbered = |n: usize| if n == 1 { wanted.to_owned() } else { format!("{wanted}~{n}") };
        // One of the first `taken + 1` numbers is free.
        let free = (1..).map(numbered).find(|label| !self.taken.contains(label)).unwrap_or_default();
        self.taken.insert(free.clone());
        free
    }
}

/// The link of the document at `path`, its parts joined by `/`, in the source called `label`.
pub(super) fn of(label: &str, path: &str) -> String {
    let parts = std::iter::once(label).chain(path.split('/').filter(|part| !part.is_empty()));
    let encoded: Vec<String> = parts.map(|part| utf8_percent_encode(part, ENCODED).to_string()).collect();
    format!("{SCHEME}{}", encoded.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_hold_no_character_that_needs_care() {
        assert_eq!(of("richtech", "products/ADAM robot.md"), "doc://richtech/products/ADAM%20robot.md");
        assert_eq!(of("a/b", "x?y#z"), "doc://a%2Fb/x%3Fy%23z");
        assert_eq!(of("site", ""), "doc://site");
    }

    #[test]
    fn two_folders_of_one_name_stay_apart() {
        let mut labels = Labels::default();
        let given = ["docs", "docs", "other", "docs", ""].map(|wanted| labels.take(wanted));
        assert_eq!(given, ["docs", "docs~2", "other", "docs~3", "documents"]);
    }
}
