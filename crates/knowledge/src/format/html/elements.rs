//! The elements of web pages, by what they mean for the text.

use html5ever::Attribute;

use super::style;

/// Elements without content (HTML standard, "void elements").
pub(in crate::format) const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements that are left out with all they contain.
pub(in crate::format) const SKIPPED: &[&str] = &[
    "annotation",
    "annotation-xml",
    "audio",
    "canvas",
    "datalist",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "video",
];

/// Elements whose text was struck or taken away by their author.
pub(in crate::format) const STRUCK: &[&str] = &["del", "s", "strike"];

/// Elements that begin and end a block.
pub(in crate::format) const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Elements whose content is text, in which `<` begins no tag.
pub(in crate::format) const RAW: &[&str] =
    &["iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"];

/// Returns the elements that a start tag ends if they are open, and those beyond which none is looked for (HTML standard,
/// "optional tags").
pub(super) fn ended_by(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match name {
        "li" => (&["li"], &["ul", "ol", "menu", "dir", "table"]),
        "dt" | "dd" => (&["dt", "dd"], &["dl", "table"]),
        "td" | "th" => (&["td", "th"], &["table", "tr"]),
        "tr" => (&["tr", "caption"], &["table"]),
        "thead" | "tbody" | "tfoot" => (&["thead", "tbody", "tfoot", "caption"], &["table"]),
        "option" | "rt" | "rp" => (&["option", "rt", "rp"], &["select", "ruby", "table"]),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => (&["p", "h1", "h2", "h3", "h4", "h5", "h6"], SCOPE),
        name if BLOCKS.contains(&name) => (&["p"], SCOPE),
        _ => (&[], &[]),
    }
}

/// Elements beyond which no paragraph is ended.
const SCOPE: &[&str] = &["button", "table", "td", "th", "caption", "object", "html"];

/// Returns the elements beyond which an end tag ends none.
pub(super) fn barriers(name: &str) -> &'static [&'static str] {
    match name {
        "html" | "body" | "table" => &[],
        "td" | "th" | "tr" | "thead" | "tbody" | "tfoot" | "caption" => &["table"],
        _ => &["table", "td", "th", "caption", "html"],
    }
}

/// Returns true if a browser does not show the element, with all that it contains. `hidden=until-found` is shown when
/// somebody looks for it.
pub(super) fn is_hidden(name: &str, attributes: &[Attribute]) -> bool {
    let hidden = attribute(attributes, "hidden").is_some_and(|value| !value.trim().eq_ignore_ascii_case("until-found"));
    let closed_dialog = name == "dialog" && attribute(attributes, "open").is_none();
    hidden || closed_dialog || attribute(attributes, "style").is_some_and(style::is_removed)
}

/// Returns true for navigation: its links are kept, its text is left out.
pub(super) fn is_navigation(name: &str, attributes: &[Attribute]) -> bool {
    name == "nav" || attribute(attributes, "role").is_some_and(|role| role.trim().eq_ignore_ascii_case("navigation"))
}

pub(super) fn attribute<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a str> {
    attributes.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

/// Returns the places that a cell spans within limits, or 1. A `rowspan` of 0 goes to the end of the rows.
pub(super) fn span(attributes: &[Attribute], name: &str, most: usize) -> usize {
    let given = attribute(attributes, name).and_then(|value| value.trim().parse::<usize>().ok());
    match given.unwrap_or(1) {
        0 if name == "rowspan" => most,
        given => given.clamp(1, most),
    }
}
