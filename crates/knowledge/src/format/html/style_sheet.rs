//! The rules of a page's own style sheets that strike text out, such as old prices. Text that a sheet hides is text: it is
//! the closed part of an accordion or a tab more often than a secret.

use std::collections::HashSet;

use html5ever::Attribute;

use super::elements::{attribute, struck_by_style};

/// The most selectors that are remembered.
const SELECTORS_MAX: usize = 2_000;

/// The classes by which style sheets of frameworks strike text out: those of Tailwind and of Bootstrap.
const STRUCK_CLASSES: [&str; 2] = ["line-through", "text-decoration-line-through"];

/// The selectors whose elements are struck: of an element, a class or an id, or of an element with a class.
#[derive(Debug, Default)]
pub(super) struct StyleSheet(HashSet<String>);

impl StyleSheet {
    /// Adds the rules of a `style` element. Rules for some media or states, and selectors of more than one element are left
    /// out.
    pub(super) fn add(&mut self, css: &str) {
        let css = without_comments(css);
        let mut rest = css.as_str();
        while let Some((selectors, block)) = rest.split_once('{') {
            let selectors = selectors.rsplit_once(';').map_or(selectors, |(_, last)| last).trim();
            if selectors.starts_with('@') {
                rest = behind_block(block);
                continue;
            }
            let (style, after) = block.split_once('}').unwrap_or((block, ""));
            if let Some(is_struck) = struck_by_style(style) {
                selectors.split(',').for_each(|selector| self.set(selector.trim(), is_struck));
            }
            rest = after;
        }
    }

    fn set(&mut self, selector: &str, is_struck: bool) {
        let is_simple = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '#');
        if !selector.chars().all(is_simple) || selector.is_empty() {
            return;
        }
        if !is_struck {
            self.0.remove(selector);
        } else if self.0.len() < SELECTORS_MAX {
            self.0.insert(selector.to_owned());
        }
    }

    /// Returns true if the text of an element is struck.
    pub(super) fn strikes(&self, name: &str, attributes: &[Attribute]) -> bool {
        let classes = attribute(attributes, "class").unwrap_or_default().split_ascii_whitespace();
        let is_struck_class = |class: &str| {
            STRUCK_CLASSES.contains(&class) || self.has(&format!(".{class}")) || self.has(&format!("{name}.{class}"))
        };
        let id = attribute(attributes, "id").unwrap_or_default();
        classes.into_iter().any(is_struck_class) || self.has(name) || self.has(&format!("#{id}"))
    }

    fn has(&self, selector: &str) -> bool {
        !self.0.is_empty() && self.0.contains(selector)
    }
}

fn without_comments(css: &str) -> String {
    let mut parts = css.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("*/").map_or("", |(_, after)| after))
}

/// Returns what stands behind the block whose `{` stands before `css`.
fn behind_block(css: &str) -> &str {
    let mut depth = 1_usize;
    for (at, byte) in css.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &css[at + 1..];
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_one_element_strike_and_later_ones_take_it_back() {
        let mut sheet = StyleSheet::default();
        sheet.add(
            "@charset 'utf-8'; /* .a{} */ .old, span.was { color: red; text-decoration: line-through }\
             @media print { .shown { text-decoration: line-through } } .a .b, a:hover { text-decoration: line-through }\
             #first{text-decoration-line:line-through}.back{text-decoration:line-through} .back { text-decoration: none }",
        );
        let mut struck: Vec<&String> = sheet.0.iter().collect();
        struck.sort();
        assert_eq!(struck, ["#first", ".old", "span.was"]);
        sheet.add(".open { text-decoration: line-through");
        assert!(sheet.has(".open"));
    }
}
