//! The elements of web pages, by what they mean for the text.

use html5ever::Attribute;

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

/// Returns true if a browser does not show the element. `hidden=until-found` is shown when somebody looks for it.
pub(super) fn is_hidden(name: &str, attributes: &[Attribute]) -> bool {
    let hidden = attribute(attributes, "hidden").is_some_and(|value| !value.trim().eq_ignore_ascii_case("until-found"));
    let closed_dialog = name == "dialog" && attribute(attributes, "open").is_none();
    hidden || closed_dialog || attribute(attributes, "style").is_some_and(is_hiding_style)
}

fn is_hiding_style(style: &str) -> bool {
    let is_hiding = declarations(style).any(|(property, value)| match property.as_str() {
        "display" => value == "none",
        "visibility" => matches!(value.as_str(), "hidden" | "collapse"),
        "font-size" => length(&value) == Some(0.0),
        _ => false,
    });
    is_hiding || struck_by_style(style) == Some(true)
}

/// Returns true if a style strikes text out, false if it does not, and `None` if it leaves that to others.
pub(super) fn struck_by_style(style: &str) -> Option<bool> {
    let is_line = |property: &str| matches!(property, "text-decoration" | "text-decoration-line");
    let lines = declarations(style).filter(|(property, _)| is_line(property));
    lines.last().map(|(_, value)| value.contains("line-through"))
}

/// Iterates over the properties and values of a style in small letters.
fn declarations(style: &str) -> impl Iterator<Item = (String, String)> {
    style.split(';').filter_map(|declaration| {
        let (property, value) = declaration.split_once(':')?;
        let value = value.to_ascii_lowercase();
        let value = value.trim().trim_end_matches("!important").trim();
        Some((property.trim().to_ascii_lowercase(), value.to_owned()))
    })
}

/// Returns the number of a length or percentage, whatever its unit.
fn length(value: &str) -> Option<f64> {
    value.trim_end_matches(|c: char| c.is_alphabetic() || c == '%').parse().ok()
}

/// The height of text on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alignment {
    Raised,
    Lowered,
}

/// Returns the height that the style of an inline element sets.
pub(super) fn alignment(attributes: &[Attribute]) -> Option<Alignment> {
    let (_, value) = declarations(attribute(attributes, "style")?).find(|(name, _)| name == "vertical-align")?;
    match value.as_str() {
        "super" => Some(Alignment::Raised),
        "sub" => Some(Alignment::Lowered),
        value => match length(value)? {
            0.0 => None,
            length if length > 0.0 => Some(Alignment::Raised),
            _ => Some(Alignment::Lowered),
        },
    }
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
