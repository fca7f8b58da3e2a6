//! Reads text whose lines run over a page aslant, such as stamps and the names below the bars of a chart, in the order in
//! which it is drawn.

use std::collections::HashMap;

use super::{
    blocks::{Block, Content},
    glyph::Glyph,
    matrix::Area,
    words::SHIFT_OF_DOUBLE,
};

/// The largest difference of the directions of two letters of one line.
const TURN_MAX: f64 = 0.05;

/// The space from which on a letter begins a word, the widest one on a line, and the largest distance from the line, in
/// sizes.
const SPACE: f64 = 0.15;
const GAP_MAX: f64 = 1.1;
const HEIGHT: f64 = 0.3;

/// The most places of one letter that are remembered within a square of its size.
const LETTERS_MAX: usize = 32;

/// Returns the lines, each as a block.
pub(super) fn blocks(glyphs: &[Glyph]) -> Vec<Block> {
    let mut lines: Vec<(Block, &Glyph)> = Vec::new();
    let mut drawn = Drawn::default();
    let shown = glyphs.iter().filter(|glyph| !glyph.is_hidden && glyph.is_slanted());
    for glyph in shown.filter(|glyph| drawn.add(glyph)) {
        match lines.last_mut().and_then(|(block, last)| Some((block, gap(last, glyph)?, last))) {
            Some((block, gap, last)) => {
                push(block, glyph, gap);
                *last = glyph;
            }
            None => lines.push((block(glyph), glyph)),
        }
    }
    lines.into_iter().map(|(block, _)| block).collect()
}

/// The letters that were drawn, by their text and their places in sizes. A text that is drawn again with a small shift, letter
/// by letter or as a whole, only looks bold.
#[derive(Default)]
struct Drawn<'g>(HashMap<Field<'g>, Vec<(f64, f64)>>);

/// A letter, and its place in sizes from the left and from below.
type Field<'g> = (&'g str, i64, i64);

impl<'g> Drawn<'g> {
    /// Adds a letter. Returns false if it stands at nearly the same place already.
    fn add(&mut self, glyph: &'g Glyph) -> bool {
        let ((x, y), width) = (glyph.start, (glyph.end.0 - glyph.start.0).hypot(glyph.end.1 - glyph.start.1));
        let shift_max = (SHIFT_OF_DOUBLE * glyph.size).min(width / 2.0);
        let field = |place: f64| (place / glyph.size.max(1.0)).round() as i64;
        let text = glyph.text.as_ref();
        let around = (-1..=1).flat_map(|right| (-1..=1).map(move |up| (right, up)));
        let beside = |(right, up)| self.0.get(&(text, field(x).saturating_add(right), field(y).saturating_add(up)));
        let is_drawn = around.filter_map(beside).flatten().any(|(left, base)| (x - left).hypot(y - base) < shift_max);
        if !is_drawn {
            let own = self.0.entry((text, field(x), field(y))).or_default();
            own.extend((own.len() < LETTERS_MAX).then_some(glyph.start));
        }
        !is_drawn
    }
}

/// Returns the space between two letters of one line, in sizes, or `None` if they are of two lines.
fn gap(last: &Glyph, next: &Glyph) -> Option<f64> {
    let ((x, y), other, size) = (last.forward(), next.forward(), last.size.max(next.size));
    let (right, up) = ((next.start.0 - last.end.0) / size, (next.start.1 - last.end.1) / size);
    let (along, across) = (right * x + up * y, up * x - right * y);
    let is_turned = (x - other.0).abs().max((y - other.1).abs()) > TURN_MAX;
    (!is_turned && along.abs() < GAP_MAX && across.abs() < HEIGHT).then_some(along)
}

fn block(glyph: &Glyph) -> Block {
    let content = Content::Lines(vec![glyph.text.as_ref().to_owned()]);
    Block { area: area(glyph), size: glyph.size, content }
}

fn push(block: &mut Block, glyph: &Glyph, gap: f64) {
    let (Area { left, bottom, right, top }, added) = (block.area, area(glyph));
    block.area = Area {
        left: left.min(added.left),
        bottom: bottom.min(added.bottom),
        right: right.max(added.right),
        top: top.max(added.top),
    };
    if let Content::Lines(lines) = &mut block.content {
        for line in lines {
            if gap > SPACE && !line.ends_with(' ') {
                line.push(' ');
            }
            line.push_str(&glyph.text);
        }
    }
}

fn area(glyph: &Glyph) -> Area {
    let (start, end) = (glyph.start, glyph.end);
    Area { left: start.0.min(end.0), bottom: start.1.min(end.1), right: start.0.max(end.0), top: start.1.max(end.1) }
}
