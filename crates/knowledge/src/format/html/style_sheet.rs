//! The rules of a page's own style sheets that strike text out, such as old prices, in the order of the cascade (CSS Cascading
//! and Inheritance, 6.1). Text that a sheet hides is text: it is the closed part of an accordion or a tab more often than a
//! secret.

use std::{cell::Cell, collections::HashMap};

use super::{
    selector::{ANCESTORS_MAX, Element, Selector, Specificity},
    style::{self, Strike},
};

/// The most rules that are remembered, and the most of them about one name.
const RULES_MAX: usize = 2_000;
const RULES_OF_KEY_MAX: usize = 64;

/// The deepest nesting of blocks with a condition around rules.
const DEPTH_MAX: usize = 8;

/// The most rules that the elements of a page are compared with. Later ones follow their own styles alone.
const COMPARISONS_MAX: usize = 2_000_000;

/// The classes by which style sheets of frameworks strike text out, those of Tailwind and of Bootstrap, and true if no other
/// rule takes it back.
const STRUCK_CLASSES: [(&str, bool); 2] = [("line-through", false), ("text-decoration-line-through", true)];

/// The rules about lines through text, by the name in their selector that an element is told by first.
#[derive(Debug, Default)]
pub(super) struct StyleSheet {
    rules: HashMap<String, Vec<Rule>>,
    count: usize,
    /// True if some rule strikes text out.
    has_strikes: bool,
    /// The text of a `style` element that is open.
    open: Option<String>,
    /// True if all `style` elements of the page were read before it.
    is_whole: bool,
    comparisons: Cell<usize>,
}

#[derive(Debug)]
struct Rule {
    selector: Selector,
    weight: Weight,
    is_struck: bool,
}

/// The weight of a declaration among others: the largest one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    is_important: bool,
    is_own_style: bool,
    /// Layers are weaker than what stands outside of them, but stronger if they are important.
    is_over_layers: bool,
    specificity: Specificity,
    order: usize,
}

impl StyleSheet {
    /// Begins a `style` element for these media.
    pub(super) fn open(&mut self, media: Option<&str>) {
        self.open = (!self.is_whole && media.is_none_or(is_shown)).then(String::new);
    }

    /// Adds to the text of the `style` element that is open, or returns false if none is.
    pub(super) fn push(&mut self, css: &str) -> bool {
        self.open.as_mut().map(|open| open.push_str(css)).is_some()
    }

    /// Ends a `style` element. Rules for other media or for states are left out. Returns true if it has a rule that counts.
    pub(super) fn close(&mut self) -> bool {
        let before = self.count;
        if let Some(css) = self.open.take() {
            self.add_rules(&plain(&css), Surroundings::default());
        }
        self.count > before && self.has_strikes
    }

    /// Returns the sheet of a page that is read again.
    pub(super) fn whole(self) -> StyleSheet {
        StyleSheet { is_whole: true, comparisons: Cell::default(), ..self }
    }

    fn add_rules(&mut self, css: &str, around: Surroundings) {
        let mut rest = css;
        while let Some((before, after)) = rest.split_once('{') {
            let selectors = before.rsplit_once([';', '}']).map_or(before, |(_, last)| last).trim();
            let (block, behind) = block(after);
            match selectors.strip_prefix('@') {
                Some(condition) if holds(condition) && around.depth < DEPTH_MAX => {
                    let is_in_layer = around.is_in_layer || condition.starts_with("layer");
                    self.add_rules(block, Surroundings { is_in_layer, depth: around.depth + 1 });
                }
                Some(_) => {}
                None => {
                    if let Some(strike) = style::strike(&own_declarations(block)) {
                        selectors.split(',').for_each(|selector| self.add(selector, strike, around.is_in_layer));
                    }
                }
            }
            rest = behind;
        }
    }

    fn add(&mut self, selector: &str, Strike { is_struck, is_important }: Strike, is_in_layer: bool) {
        let Some(selector) = Selector::of(selector).filter(|_| self.count < RULES_MAX) else { return };
        let weight = Weight {
            is_important,
            is_own_style: false,
            is_over_layers: is_in_layer == is_important,
            specificity: selector.specificity(),
            order: self.count,
        };
        let rules = self.rules.entry(selector.key()).or_default();
        rules.retain(|rule| rule.selector != selector || rule.weight > weight);
        if rules.len() < RULES_OF_KEY_MAX {
            rules.push(Rule { selector, weight, is_struck });
            self.count += 1;
            self.has_strikes |= is_struck;
        }
    }

    /// Returns true if the text of an element with this style of its own is struck, within others, the nearest first.
    pub(super) fn strikes<'a>(
        &self,
        element: Element<'a>,
        own_style: &str,
        around: impl Iterator<Item = Element<'a>> + Clone,
    ) -> bool {
        let own = style::strike(own_style).map(|strike| (Weight::of_own_style(strike.is_important), strike.is_struck));
        let of_frameworks = self.of_frameworks(element);
        let may_be_struck = self.has_strikes || own.is_some() || of_frameworks.is_some();
        let of_sheets = may_be_struck.then(|| self.of_sheets(element, around)).flatten();
        [own, of_frameworks, of_sheets].into_iter().flatten().max().is_some_and(|(_, is_struck)| is_struck)
    }

    /// Returns the rule of a framework's style sheet, which is in a file of its own, for one of the element's classes.
    fn of_frameworks(&self, element: Element<'_>) -> Option<(Weight, bool)> {
        let own = |class: &str| self.rules.get(&format!(".{class}"));
        let is_own =
            |class: &str| own(class).is_some_and(|rules| rules.iter().any(|rule| rule.selector.is_one_class()));
        let (class, is_important) =
            STRUCK_CLASSES.into_iter().find(|(name, _)| element.classes().any(|class| class == *name))?;
        (!is_own(class)).then(|| (Weight::of_framework(is_important), true))
    }

    fn of_sheets<'a>(
        &self,
        element: Element<'a>,
        around: impl Iterator<Item = Element<'a>> + Clone,
    ) -> Option<(Weight, bool)> {
        let around = around.take(ANCESTORS_MAX);
        let classes = element.classes().map(|class| format!(".{class}"));
        let keys = classes.chain([format!("#{}", element.id), element.name.to_owned(), String::new()]);
        let rules = keys.filter_map(|key| self.rules.get(&key)).flatten();
        let left = COMPARISONS_MAX.saturating_sub(self.comparisons.get());
        let counted = rules.take(left).inspect(|_| self.comparisons.set(self.comparisons.get() + 1));
        let matching = counted.filter(|rule| rule.selector.matches(element, around.clone()));
        matching.map(|rule| (rule.weight, rule.is_struck)).max()
    }
}

/// The blocks around a rule.
#[derive(Clone, Copy, Default)]
struct Surroundings {
    is_in_layer: bool,
    depth: usize,
}

impl Weight {
    fn of_own_style(is_important: bool) -> Weight {
        Weight { is_important, is_own_style: true, is_over_layers: true, specificity: [0; 3], order: 0 }
    }

    /// The author of a page who gives an element such a class wants its effect, whatever other classes say.
    fn of_framework(is_important: bool) -> Weight {
        let is_over_layers = !is_important;
        Weight { is_important, is_own_style: false, is_over_layers, specificity: [0, 1, 0], order: usize::MAX }
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

/// Takes out comments, the marks of comments of HTML, and what stands in quotes, where signs have no meaning.
fn plain(css: &str) -> String {
    let css = css.replace("<!--", "").replace("-->", "");
    let (mut plain, mut rest) = (String::with_capacity(css.len()), css.as_str());
    while let Some(at) = rest.find(['/', '"', '\'']) {
        plain.push_str(&rest[..at]);
        let (sign, after) = rest[at..].split_at(1);
        rest = match (sign, after.strip_prefix('*')) {
            ("/", Some(comment)) => comment.split_once("*/").map_or("", |(_, after)| after),
            ("/", None) => {
                plain.push_str(sign);
                after
            }
            _ => behind_string(after, sign),
        };
    }
    plain + rest
}

/// Returns what stands behind a text that ends with this quote, or with its line.
fn behind_string<'a>(css: &'a str, quote: &str) -> &'a str {
    let mut is_escaped = false;
    for (at, c) in css.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\n' => return &css[at..],
            c if quote.starts_with(c) => return &css[at + 1..],
            _ => {}
        }
    }
    ""
}

/// Returns the inside of a block whose `{` stands before `css`, and what stands behind it.
fn block(css: &str) -> (&str, &str) {
    let mut depth = 1_usize;
    for (at, byte) in css.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (&css[..at], &css[at + 1..]);
        }
    }
    (css, "")
}

/// Returns the declarations of a rule without the rules inside of it.
fn own_declarations(inside: &str) -> String {
    let (mut own, mut rest) = (String::new(), inside);
    while let Some((before, after)) = rest.split_once('{') {
        own.push_str(before.rsplit_once(';').map_or("", |(declarations, _)| declarations));
        own.push(';');
        rest = block(after).1;
    }
    own + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(sheet: &mut StyleSheet, css: &str, media: Option<&str>) {
        sheet.open(media);
        sheet.push(css);
        sheet.close();
    }

    fn sheet(css: &str) -> StyleSheet {
        let mut sheet = StyleSheet::default();
        add(&mut sheet, css, None);
        sheet
    }

    /// Returns the classes of this alphabet that are struck.
    fn struck(sheet: &StyleSheet) -> String {
        let is_struck = |class: &char| sheet.strikes(element("i", "", &class.to_string()), "", [].into_iter());
        ('a'..='z').filter(is_struck).collect()
    }

    fn element<'a>(name: &'a str, id: &'a str, class: &'a str) -> Element<'a> {
        Element { name, id, class }
    }

    const LINE: &str = "{text-decoration:line-through}";
    const NONE: &str = "{ color: red; text-decoration: none }";

    #[test]
    fn the_heaviest_rule_decides() {
        let cases = [
            (format!(".old{LINE} .old{NONE}"), "", false),
            (format!(".old{NONE} .old{LINE}"), "", true),
            (format!("b.old{LINE} .old{NONE}"), "", true),
            (format!("#was{NONE} b.old.price{LINE}"), "", false),
            (format!(".old.price{LINE} .old{NONE} .price{NONE}"), "", true),
            (format!(".old{LINE} b{NONE} *{NONE}"), "", true),
            (".old{text-decoration:line-through!important} #was{text-decoration:none}".to_owned(), "", true),
            (format!(".old{LINE}"), "text-decoration:none", false),
            (".old{text-decoration:line-through !important}".to_owned(), "text-decoration:none", true),
            (".old{text-decoration:line-through !important}".to_owned(), "text-decoration:none!important", false),
            (format!("#was{NONE}"), "text-decoration: line-through", true),
            (format!(".card .old{LINE} .old{NONE}"), "", true),
            (format!(".cart .old{LINE}"), "", false),
            (format!("@layer a{{ #was{LINE} }} .old{NONE}"), "", false),
            (format!("@layer a{{ .old{LINE} }} .old{{color:red}}"), "", true),
            (
                "@layer a{.old{text-decoration:line-through!important}} #was{text-decoration:none!important}"
                    .to_owned(),
                "",
                true,
            ),
        ];
        let around = [element("p", "", "card")];
        for (css, own, expected) in cases {
            let found = sheet(&css).strikes(element("b", "was", "old price"), own, around.into_iter());
            assert_eq!(found, expected, "{css} {own}");
        }
    }

    #[test]
    fn classes_of_frameworks_strike_unless_something_more_special_says_otherwise() {
        for (css, class, own, expected) in [
            (format!(".price{NONE}"), "price line-through", "", true),
            (format!(".price{NONE}"), "line-through price", "", true),
            (format!(".line-through{NONE}"), "line-through", "", false),
            (format!(".card .line-through{NONE}"), "line-through", "", true),
            (format!("b.price{NONE}"), "price line-through", "", false),
            (format!("b.price{NONE}"), "price text-decoration-line-through", "", true),
            (String::new(), "line-through", "text-decoration: none", false),
            (String::new(), "text-decoration-line-through", "text-decoration: none", true),
            (String::new(), "md:line-through", "", false),
        ] {
            let found = sheet(&css).strikes(element("b", "", class), own, [].into_iter());
            assert_eq!(found, expected, "{css} {class} {own}");
        }
    }

    #[test]
    fn rules_are_found_between_comments_texts_and_rules_of_other_kinds() {
        let css = format!(
            "@charset 'utf-8'; /* .a{{}} */ <!-- .a, span.was {{ color: red; text-decoration: line-through }} --> .b:hover{LINE}\
             .z::before{{ content: \"}} .y{{\" }} .c{{ content:'\\'{{'; text-decoration:line-through }} @media print {{ .d{LINE} }}\
             .e{{ .f {{ color: red; }} text-decoration: line-through; &:hover{NONE} }} .f{{ .e{LINE} color: red }}\
             }} .g{LINE} .h{LINE} .h{NONE} .i {{ background: url(a//b.png); text-decoration: line-through"
        );
        assert_eq!(struck(&sheet(&css)), "acegi");
    }

    #[test]
    fn rules_for_screens_hold_and_those_for_paper_or_some_screens_do_not() {
        let mut sheet = StyleSheet::default();
        for (selector, media) in [(".a", "print"), (".b", "screen"), (".c", "print, ALL"), (".d", "(max-width: 9em)")] {
            add(&mut sheet, &format!("{selector}{LINE}"), Some(media));
        }
        add(
            &mut sheet,
            &format!(
                "@media screen {{ .e{LINE} .f{LINE} }} @layer base {{ .g{LINE} }} @media print {{ .h{LINE} }} .i{LINE}"
            ),
            None,
        );
        assert_eq!(struck(&sheet), "bcefgi");
    }

    #[test]
    fn nested_blocks_and_many_rules_are_read_once() {
        let deep = "@media screen{".repeat(50_000) + ".a" + LINE;
        assert_eq!(struck(&sheet(&deep)), "");
        let many: String = (0..20_000).map(|n| format!(".b{n} .a{LINE}")).collect();
        let sheet = sheet(&many);
        assert!(sheet.count <= RULES_MAX && sheet.rules[".a"].len() <= RULES_OF_KEY_MAX);
    }
}
