//! What a page says of itself to crawlers.

use html5ever::Attribute;

use super::elements::attribute;
use crate::format::parsed::ParsedDocument;

/// Keeps the rules of a `meta` element for crawlers, and the address that it leads to.
pub(super) fn remember_meta(document: &mut ParsedDocument, attributes: &[Attribute]) {
    let has = |key: &str, value: &str| {
        attribute(attributes, key).is_some_and(|given| given.trim().eq_ignore_ascii_case(value))
    };
    let content = attribute(attributes, "content").unwrap_or_default();
    if has("name", "robots") {
        document.is_noindex |= forbids_index(content);
    }
    if has("http-equiv", "refresh") {
        document.links.extend(refresh_target(content));
    }
}

/// Keeps the address that a `link` element names as the page's own.
pub(super) fn remember_link(document: &mut ParsedDocument, attributes: &[Attribute]) {
    let relations = attribute(attributes, "rel").unwrap_or_default();
    if document.canonical.is_none() && relations.split_whitespace().any(|rel| rel.eq_ignore_ascii_case("canonical")) {
        document.canonical = attribute(attributes, "href").map(|href| href.trim().to_owned());
    }
}

/// Returns true if rules for crawlers ask that a page is not indexed.
pub(crate) fn forbids_index(rules: &str) -> bool {
    // A rule may be for one crawler only: `otherbot: noindex`. Such rules are not for us.
    rules
        .split(',')
        .map(str::trim)
        .any(|rule| rule.eq_ignore_ascii_case("noindex") || rule.eq_ignore_ascii_case("none"))
}

/// Returns the address of `0; url=/other`.
fn refresh_target(content: &str) -> Option<String> {
    let (_, target) = content.split_once([';', ','])?;
    let (name, address) = target.split_once('=')?;
    let address = address.trim().trim_matches(['"', '\'']);
    (name.trim().eq_ignore_ascii_case("url") && !address.is_empty()).then(|| address.to_owned())
}
