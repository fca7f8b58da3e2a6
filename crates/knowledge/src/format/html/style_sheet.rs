//! The rules of a page's own style sheets that strike text out, such as old prices. Text that a sheet hides is text: it is
//! the closed part of an accordion or a tab more often than a secret.

use std::collections::HashMap;

use html5ever::Attribute;

use super::elements::{attribute, struck_by_style};

/// The most selectors that are remembered.
const SELECTORS_MAX: usize = 2_000;

/// The classes by which style sheets of frameworks strike text out: those of Tailwind and of Bootstrap.
const STRUCK_CLASSES: [&str; 2] = ["line-through", "text-decoration-line-through"];

/// The selectors with a rule about struck text: of an element, a class or an id, or of an element with a class. Each has the
/// place of its last rule, and true if that strikes text out.
#[derive(Debug, Default)]
pub(super) struct StyleSheet {
    selectors: HashMap<String, (usize, bool)>,
    rules: usize,
    /// The text of a `style` element that is open.
    open: Option<String>,
}

impl StyleSheet {
    /// Begins a `style` element for these media.
    pub(super) fn open(&mut self, media: Option<&str>) {
        self.open = media.is_none_or(is_shown).then(String::new);
    }

    /// Adds to the text of the `style` element that is open.
    pub(super) fn push(&mut self, css: &str) {
        self.open.iter_mut().for_each(|open| open.push_str(css));
    }

    /// Ends a `style` element. Rules for other media or for states, and selectors of more than one element are left out.
    pub(super) fn close(&mut self) {
        if let Some(css) = self.open.take() {
            self.add_rules(&without_comments(&css));
        }
    }

    fn add_rules(&mut self, css: &str) {
        let mut rest = css;
        while let Some((selectors, block)) = rest.split_once('{') {
            let selectors = selectors.rsplit_once([';', '}']).map_or(selectors, |(_, last)| last).trim();
            if let Some(condition) = selectors.strip_prefix('@') {
                // The rules inside of a block that holds are read like others. Its end is then the end of a rule before.
                rest = if holds(condition) { block } else { behind_block(block) };
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
        let is_known = self.selectors.contains_key(selector);
        if selector.chars().all(is_simple) && !selector.is_empty() && (is_known || self.selectors.len() < SELECTORS_MAX)
        {
            self.rules += 1;
            self.selectors.insert(selector.to_owned(), (self.rules, is_struck));
        }
    }

    /// Returns true if the text of an element is struck: the most special rule decides, and the last of several.
    pub(super) fn strikes(&self, name: &str, attributes: &[Attribute]) -> bool {
        if let Some(is_struck) = attribute(attributes, "style").and_then(struck_by_style) {
            return is_struck;
        }
        let classes = || attribute(attributes, "class").unwrap_or_default().split_ascii_whitespace();
        let of_classes = |prefix: &str| classes().filter_map(|class| self.rule(&format!("{prefix}.{class}"))).max();
        let of_frameworks = || classes().any(|class| STRUCK_CLASSES.contains(&class)).then_some((0, true));
        let id = attribute(attributes, "id").unwrap_or_default();
        let rule = self.rule(&format!("#{id}")).or_else(|| of_classes(name)).or_else(|| of_classes(""));
        rule.or_else(of_frameworks).or_else(|| self.rule(name)).is_some_and(|(_, is_struck)| is_struck)
    }

    fn rule(&self, selector: &str) -> Option<(usize, bool)> {
        self.selectors.get(selector).copied()
    }
}

/// Returns true if the rules of a block with this condition are those of a page on a screen, whatever its size.
fn holds(condition: &str) -> bool {
    let (name, rest) = condition.split_once(|c: char| c.is_whitespace()).unwrap_or((condition, ""));
    match name.to_ascii_lowercase().as_str() {
        "media" => is_shown(rest),
        "layer" => true,
        _ => false,
    }
}

/// Returns true if some of these media is a screen of any kind and size.
fn is_shown(media: &str) -> bool {
    let is_any = |medium: &str| matches!(medium.trim(), "" | "all" | "screen" | "only screen" | "not print");
    media.to_ascii_lowercase().split(',').any(is_any)
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

    fn add(sheet: &mut StyleSheet, css: &str, media: Option<&str>) {
        sheet.open(media);
        sheet.push(css);
        sheet.close();
    }

    fn struck(sheet: &StyleSheet) -> Vec<&str> {
        let mut struck: Vec<&str> =
            sheet.selectors.iter().filter(|(_, rule)| rule.1).map(|(selector, _)| selector.as_str()).collect();
        struck.sort_unstable();
        struck
    }

    #[test]
    fn rules_of_one_element_strike_and_later_ones_take_it_back() {
        let mut sheet = StyleSheet::default();
        add(
            &mut sheet,
            "@charset 'utf-8'; /* .a{} */ .old, span.was { color: red; text-decoration: line-through }\
             @media print { .shown { text-decoration: line-through } } .a .b, a:hover { text-decoration: line-through }\
             #first{text-decoration-line:line-through}.back{text-decoration:line-through} .back { text-decoration: none }",
            None,
        );
        assert_eq!(struck(&sheet), ["#first", ".old", "span.was"]);
        add(&mut sheet, ".open { text-decoration: line-through", None);
        assert!(struck(&sheet).contains(&".open"));
    }

    #[test]
    fn rules_for_screens_hold_and_those_for_paper_or_some_screens_do_not() {
        let rule = "{text-decoration:line-through}";
        let mut sheet = StyleSheet::default();
        for (selector, media) in [(".a", "print"), (".b", "screen"), (".c", "print, ALL"), (".d", "(max-width: 9em)")] {
            add(&mut sheet, &format!("{selector}{rule}"), Some(media));
        }
        add(
            &mut sheet,
            &format!(
                "@media screen {{ .e{rule} .f{rule} }} @layer base {{ .g{rule} }} @media print {{ .h{rule} }} .i{rule}"
            ),
            None,
        );
        assert_eq!(struck(&sheet), [".b", ".c", ".e", ".f", ".g", ".i"]);
    }
}
