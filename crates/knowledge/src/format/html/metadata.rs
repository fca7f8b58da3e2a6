//! The statements of a page about itself to crawlers.

use html5ever::Attribute;

use super::elements::attribute;
use crate::format::parsed::ParsedDocument;

/// The product token by which sites name this crawler (RFC 9309, section 2.2.1).
pub(crate) const USER_AGENT: &str = "frontdesk";

/// The rules that have a value behind a colon.
const RULES_WITH_VALUES: [&str; 4] = ["max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"];

/// Keeps the rules of a `meta` element for crawlers, and the address that it leads to.
pub(super) fn remember_meta(document: &mut ParsedDocument, attributes: &[Attribute]) {
    let has = |key: &str, value: &str| {
        attribute(attributes, key).is_some_and(|given| given.trim().eq_ignore_ascii_case(value))
    };
    let content = attribute(attributes, "content").unwrap_or_default();
    if has("name", "robots") || has("name", USER_AGENT) {
        document.is_noindex |= forbids_index(content);
        document.is_nofollow |= forbids_follow(content);
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
    asks_for(rules, "noindex")
}

/// Returns true if rules for crawlers ask that the links of a page are not followed.
pub(crate) fn forbids_follow(rules: &str) -> bool {
    asks_for(rules, "nofollow")
}

fn asks_for(rules: &str, wanted: &str) -> bool {
    // Rules behind the name of a crawler are for it alone: `otherbot: nofollow, noindex`.
    let mut is_ours = true;
    rules.split(',').any(|part| {
        let named = part.split_once(':').map(|(name, rule)| (name.trim().to_ascii_lowercase(), rule));
        let named = named.filter(|(name, _)| !RULES_WITH_VALUES.contains(&name.as_str()));
        let rule = named.map_or(part, |(name, rule)| {
            is_ours = name == USER_AGENT;
            rule
        });
        let rule = rule.trim();
        is_ours && (rule.eq_ignore_ascii_case(wanted) || rule.eq_ignore_ascii_case("none"))
    })
}

/// Returns the address of `0; url=/other`.
fn refresh_target(content: &str) -> Option<String> {
    let (_, target) = content.split_once([';', ','])?;
    let (name, address) = target.split_once('=')?;
    let address = address.trim().trim_matches(['"', '\'']);
    (name.trim().eq_ignore_ascii_case("url") && !address.is_empty()).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_for_other_crawlers_are_not_for_us() {
        let cases = [
            ("noindex", true),
            ("nofollow, NoIndex", true),
            ("none", true),
            ("all", false),
            ("frontdesk: noindex", true),
            ("otherbot: noindex", false),
            ("otherbot: nofollow, noindex", false),
            ("otherbot: nofollow, frontdesk: noindex", true),
            ("max-snippet: 5, noindex", true),
        ];
        for (rules, expected) in cases {
            assert_eq!(forbids_index(rules), expected, "{rules}");
        }
        assert!(forbids_follow("noindex, NoFollow") && forbids_follow("none") && !forbids_follow("noindex"));
    }
}
