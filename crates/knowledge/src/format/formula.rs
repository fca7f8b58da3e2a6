//! The signs of a formula of Office that are not written as text (ECMA-376, part 1, 22.1): without them `10^5` is 105, and
//! `2(3+4)` is 23+4.

use quick_xml::events::BytesStart;

use super::package::attribute;

/// The deepest nesting of brackets whose signs are written.
const DEPTH_MAX: usize = 64;

/// The brackets that are open in a formula.
#[derive(Debug, Default)]
pub(super) struct Formula {
    open: Vec<Brackets>,
    /// The open brackets beyond [`DEPTH_MAX`].
    overflow: usize,
}

#[derive(Debug)]
struct Brackets {
    before: String,
    behind: String,
    is_written: bool,
}

impl Formula {
    /// Takes the start of an element, and returns the signs before its text.
    pub(super) fn start(&mut self, name: &str, element: &BytesStart<'_>) -> Option<String> {
        match name {
            "den" => return Some("/".to_owned()),
            "sup" => return Some("^".to_owned()),
            "sub" => return Some("_".to_owned()),
            "d" | "rad" if self.open.len() >= DEPTH_MAX => self.overflow += 1,
            "d" => self.push("("),
            "rad" => self.push("√("),
            "begChr" | "endChr" => {
                let sign = attribute(element, "val").unwrap_or_default();
                let brackets = self.open.last_mut()?;
                *(if name == "begChr" { &mut brackets.before } else { &mut brackets.behind }) = sign;
            }
            "e" => {
                let brackets = self.open.last_mut().filter(|brackets| !brackets.is_written)?;
                brackets.is_written = true;
                return Some(brackets.before.clone());
            }
            _ => {}
        }
        None
    }

    /// Takes the end of an element, and returns the sign behind its text.
    pub(super) fn end(&mut self, name: &str) -> Option<String> {
        if !matches!(name, "d" | "rad") {
            return None;
        }
        if self.overflow > 0 {
            self.overflow -= 1;
            return None;
        }
        self.open.pop().filter(|brackets| brackets.is_written).map(|brackets| brackets.behind)
    }

    fn push(&mut self, before: &str) {
        self.open.push(Brackets { before: before.to_owned(), behind: ")".to_owned(), is_written: false });
    }
}
