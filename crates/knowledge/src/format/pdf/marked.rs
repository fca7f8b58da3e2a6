//! Marked parts of a page's content: layers that are turned off, and text that stands for what is drawn
//! (ISO 32000-1, 8.11 and 14.9.4).

use hayro_syntax::{
    object::{Array, Dict, Name, Object, String as PdfString},
    page::Resources,
    xref::XRef,
};

use super::glyph::Glyph;

/// The deepest nesting of marks. Those of deeper ones are not looked at.
const MARKS_MAX: usize = 256;

/// Returns the layers that are off when the file is opened, by the number and generation of their objects.
pub(super) fn hidden_layers(xref: &XRef) -> Vec<(u32, i32)> {
    let root = xref.get::<Dict<'_>>(xref.root_id());
    let Some(layers) = root.and_then(|root| root.get::<Dict<'_>>("OCProperties")) else { return Vec::new() };
    let Some(shown) = layers.get::<Dict<'_>>("D") else { return Vec::new() };
    let mut off = references(&shown, "OFF");
    // All layers may be off but for those that are turned on.
    if shown.get::<Name<'_>>("BaseState").is_some_and(|state| state.as_str() == "OFF") {
        let on = references(&shown, "ON");
        off.extend(references(&layers, "OCGs").into_iter().filter(|layer| !on.contains(layer)));
    }
    off
}

/// Returns the objects that a list names.
fn references(dict: &Dict<'_>, name: &str) -> Vec<(u32, i32)> {
    let list = dict.get::<Array<'_>>(name);
    let named = list.iter().flat_map(|list| list.raw_iter()).filter_map(|item| item.as_obj_ref());
    named.map(|reference| (reference.obj_number, reference.gen_number)).collect()
}

/// One mark that is open.
struct Mark {
    hides: bool,
    /// The text that stands for all that is shown inside.
    text: Option<String>,
    /// The number of glyphs before it.
    start: usize,
}

/// The marks that are open.
pub(super) struct Marks<'l> {
    hidden_layers: &'l [(u32, i32)],
    open: Vec<Mark>,
    overflow: usize,
}

impl<'l> Marks<'l> {
    pub(super) fn new(hidden_layers: &'l [(u32, i32)]) -> Marks<'l> {
        Marks { hidden_layers, open: Vec::new(), overflow: 0 }
    }

    /// Begins a mark with its tag and its properties.
    pub(super) fn begin(&mut self, mark: Option<(&Name<'_>, &Object<'_>)>, resources: &Resources<'_>, glyphs: usize) {
        if self.open.len() >= MARKS_MAX {
            self.overflow += 1;
            return;
        }
        let (hides, text) = match mark {
            Some((tag, Object::Name(name))) if tag.as_str() == "OC" => (self.is_off(&resources.properties, name), None),
            Some((_, Object::Name(name))) => (false, text(resources.properties.get::<Dict<'_>>(name).as_ref())),
            Some((_, Object::Dict(properties))) => (false, text(Some(properties))),
            _ => (false, None),
        };
        self.open.push(Mark { hides, text, start: glyphs });
    }

    /// Ends the innermost mark, and puts the text that stands for its content in place of it.
    pub(super) fn end(&mut self, glyphs: &mut Vec<Glyph>) {
        if self.overflow > 0 {
            self.overflow -= 1;
            return;
        }
        let Some(Mark { text: Some(text), start, .. }) = self.open.pop() else { return };
        let Some(inside) = glyphs.get(start..).filter(|inside| !inside.is_empty()) else { return };
        let mut whole = inside[0].clone();
        whole.text = text.into();
        whole.end = inside[inside.len() - 1].end;
        glyphs.truncate(start);
        glyphs.push(whole);
    }

    /// Returns true if what is shown now lies on a layer that is off.
    pub(super) fn hides(&self) -> bool {
        self.open.iter().any(|mark| mark.hides)
    }

    pub(super) fn hides_object(&self, object: &Dict<'_>) -> bool {
        self.is_off(object, "OC")
    }

    fn is_off(&self, properties: &Dict<'_>, name: impl AsRef<[u8]>) -> bool {
        let is_hidden = |reference: hayro_syntax::object::ObjRef| {
            self.hidden_layers.contains(&(reference.obj_number, reference.gen_number))
        };
        let Some(group) = properties.get::<Dict<'_>>(name.as_ref()) else { return false };
        // Of several layers, one that is on is enough to show what lies on them.
        let layers = references(&group, "OCGs");
        properties.get_ref(name.as_ref()).is_some_and(is_hidden)
            || group.get_ref("OCGs").is_some_and(is_hidden)
            || (!layers.is_empty() && layers.iter().all(|layer| self.hidden_layers.contains(layer)))
    }
}

/// The text that stands for the content of a mark.
fn text(properties: Option<&Dict<'_>>) -> Option<String> {
    let text = properties?.get::<PdfString<'_>>("ActualText")?;
    Some(decoded(text.as_bytes()))
}

/// Reads a text of a file's own words: UTF-16 or UTF-8 with its mark, else an encoding that is near to Latin 1
/// (ISO 32000-2, 7.9.2.2).
pub(super) fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0xEF, 0xBB, 0xBF, ..] => {
            let (encoding, _) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
            encoding.decode_with_bom_removal(bytes).0.into_owned()
        }
        _ => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}
