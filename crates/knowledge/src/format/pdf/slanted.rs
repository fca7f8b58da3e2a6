//! Reads text whose lines run over a page aslant, such as stamps and the names below the bars of a chart, in the order in
//! which it is drawn.

use super::{
    blocks::{Block, Content},
    glyph::Glyph,
    matrix::Area,
};

/// The largest difference of the directions of two letters of one line.
const TURN_MAX: f64 = 0.05;

/// The space from which on a letter begins a word, the widest one on a line, and the largest distance from the line, in
/// sizes.
const SPACE: f64 = 0.15;
const GAP_MAX: f64 = 1.1;
const HEIGHT: f64 = 0.3;

/// Returns the lines, each as a block.
pub(super) fn blocks(glyphs: &[Glyph]) -> Vec<Block> {
    let mut lines: Vec<(Block, &Glyph)> = Vec::new();
    let shown = glyphs.iter().filter(|glyph| !glyph.is_hidden && glyph.is_slanted());
    for glyph in shown {
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
