//! What is painted over text, such as the bars over the secrets of a paper: nobody sees the text below it.

use hayro_syntax::object::{Dict, Name, Object};

use super::{glyph::Glyph, matrix::Area};

/// The most areas of one page that are remembered, and the most comparisons of them with letters.
const AREAS_MAX: usize = 2_000;
const COMPARISONS_MAX: usize = 50_000_000;

/// The largest share of a page that is a bar over text. What is painted over more is the ground of something else.
const SHARE_MAX: f64 = 0.5;

/// The heights over its baseline between which a letter is covered as a whole, in sizes.
const COVERED: [f64; 2] = [0.1, 0.5];

/// The areas that were painted, each with the number of letters that were shown before it.
#[derive(Debug, Default)]
pub(super) struct Covers(Vec<(Area, usize)>);

impl Covers {
    pub(super) fn paint(&mut self, area: Area, letters: usize) {
        if letters > 0 && self.0.len() < AREAS_MAX {
            self.0.push((area, letters));
        }
    }

    /// Takes notice that a text stands for the last letters, so that there are no more than these.
    pub(super) fn shorten(&mut self, letters: usize) {
        self.0.iter_mut().rev().take_while(|(_, before)| *before > letters).for_each(|(_, before)| *before = letters);
    }

    /// Hides the letters below what was painted. Those that leave no mark are told by the picture that they lie on.
    pub(super) fn hide(&self, glyphs: &mut [Glyph], sheet: Area) {
        let bars: Vec<&(Area, usize)> =
            self.0.iter().filter(|(area, _)| area.size() < SHARE_MAX * sheet.size()).collect();
        if bars.len().saturating_mul(glyphs.len()) > COMPARISONS_MAX {
            return;
        }
        for (at, glyph) in glyphs.iter_mut().enumerate().filter(|(_, glyph)| !glyph.is_invisible && !is_box(glyph)) {
            let places = COVERED.map(|height| glyph.middle(height));
            let lies_below =
                |(area, before): &&(Area, usize)| at < *before && places.iter().all(|place| area.contains(*place));
            if bars.iter().any(lies_below) {
                (glyph.is_hidden, glyph.is_struck) = (true, true);
            }
        }
    }
}

/// Returns true for the printed box of a form, over which a program paints the one that is ticked. Fonts of signs often have no
/// names for them.
fn is_box(glyph: &Glyph) -> bool {
    glyph
        .text
        .chars()
        .all(|c| matches!(c, '\u{25A0}'..='\u{25FF}' | '\u{2610}'..='\u{2612}' | '\u{E000}'..='\u{F8FF}' | '\u{FFFD}'))
}

/// The reasons for which what lies below can be seen through what is painted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Glass {
    is_faint: bool,
    is_blended: bool,
    is_masked: bool,
    /// True if all around it is seen through.
    is_of_group: bool,
}

impl Glass {
    /// Takes the parts of a state of drawing that tell about it (ISO 32000-1, 8.4.5).
    pub(super) fn set(&mut self, state: &Dict<'_>) {
        if let Some(opacity) = state.get::<f32>("ca") {
            self.is_faint = opacity < 1.0;
        }
        if let Some(mode) = state.get::<Object<'_>>("BM") {
            self.is_blended = !is_named(&mode, &["Normal", "Compatible"]);
        }
        if let Some(mask) = state.get::<Object<'_>>("SMask") {
            self.is_masked = !is_named(&mask, &["None"]);
        }
    }

    /// Returns the glass for what is drawn as a whole with this one.
    pub(super) fn of_group(self) -> Glass {
        Glass { is_of_group: self.is_seen_through(), ..self }
    }

    /// Returns the glass of notes on a page, which never hide what they are about.
    pub(super) fn of_notes() -> Glass {
        Glass { is_of_group: true, ..Glass::default() }
    }

    pub(super) fn is_seen_through(self) -> bool {
        self.is_faint || self.is_blended || self.is_masked || self.is_of_group
    }
}

fn is_named(object: &Object<'_>, names: &[&str]) -> bool {
    matches!(object, Object::Name(name) if names.contains(&Name::as_str(name)))
}
