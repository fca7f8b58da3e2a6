//! The order in which the blocks of a page are read: Breuel's rules ("High Performance Document Layout Analysis", 2003).

use super::{blocks::Block, matrix::Area};

/// The most blocks of a page that are put in order by the rules, which compare each with all others. More are read from
/// the top down.
const BLOCKS_MAX: usize = 150;

/// The share of the height of a page in which its header lines stand at the top, and its footer lines at the bottom.
const EDGE: f64 = 0.07;

/// The parts of a sheet from the top down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Header,
    Body,
    Footer,
}

/// Puts the blocks of a sheet in the order in which they are read: its header lines, its text, and its footer lines.
pub(super) fn of_sheet(blocks: Vec<Block>, sheet: Area) -> Vec<Block> {
    let edge = (sheet.top - sheet.bottom) * EDGE;
    let part = |block: &Block| match block.area {
        area if area.bottom > sheet.top - edge => Part::Header,
        area if area.top < sheet.bottom + edge => Part::Footer,
        _ => Part::Body,
    };
    let parts = [Part::Header, Part::Body, Part::Footer];
    let of_part = |wanted: Part| blocks.iter().filter(|block| part(block) == wanted).cloned().collect();
    parts.map(|wanted| ordered(of_part(wanted))).concat()
}

/// Puts blocks in the order in which they are read.
pub(super) fn ordered(mut blocks: Vec<Block>) -> Vec<Block> {
    blocks.sort_by(|a, b| b.area.top.total_cmp(&a.area.top).then(a.area.left.total_cmp(&b.area.left)));
    if blocks.len() > BLOCKS_MAX {
        return blocks;
    }
    let mut order = Vec::with_capacity(blocks.len());
    let mut is_visited = vec![false; blocks.len()];
    for block in 0..blocks.len() {
        visit(block, &blocks, &mut is_visited, &mut order);
    }
    let mut blocks: Vec<Option<Block>> = blocks.into_iter().map(Some).collect();
    order.into_iter().filter_map(|block| blocks[block].take()).collect()
}

/// Adds a block behind all that are read before it.
fn visit(block: usize, blocks: &[Block], is_visited: &mut [bool], order: &mut Vec<usize>) {
    if std::mem::replace(&mut is_visited[block], true) {
        return;
    }
    for other in 0..blocks.len() {
        if !is_visited[other] && is_before(&blocks[other], &blocks[block], blocks) {
            visit(other, blocks, is_visited, order);
        }
    }
    order.push(block);
}

/// Returns true if `a` is read before `b`: it stands above it, or to its left with no block between that goes over both. If
/// it stands lower, it must be part of a column beside `b`: a heading in the middle of a page is no column.
fn is_before(a: &Block, b: &Block, blocks: &[Block]) -> bool {
    if is_over_each_other(a, b) {
        return a.area.top > b.area.top;
    }
    let (upper, lower) = if a.area.top >= b.area.top { (a, b) } else { (b, a) };
    let is_between = |c: &Block| {
        c.area.top <= upper.area.bottom
            && c.area.bottom >= lower.area.top
            && is_over_each_other(c, a)
            && is_over_each_other(c, b)
    };
    let is_in_column_beside =
        |c: &Block| c.area.top > b.area.bottom && c.area.right <= b.area.left && is_over_each_other(c, a);
    a.area.right <= b.area.left && !blocks.iter().any(is_between) && blocks.iter().any(is_in_column_beside)
}

/// Returns true if two blocks have a part of the width of the page in common.
fn is_over_each_other(a: &Block, b: &Block) -> bool {
    a.area.left < b.area.right && b.area.left < a.area.right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::pdf::blocks::Content;

    fn block(name: &str, left: f64, right: f64, top: f64, bottom: f64) -> Block {
        let area = Area { left, bottom, right, top };
        Block { area, size: 10.0, content: Content::Lines(vec![name.to_owned()]) }
    }

    #[test]
    fn columns_are_read_one_after_the_other_between_the_lines_over_both() {
        let blocks = vec![
            block("right 1", 110.0, 200.0, 700.0, 600.0),
            block("left 1", 0.0, 90.0, 690.0, 600.0),
            block("title", 0.0, 200.0, 750.0, 720.0),
            block("heading", 0.0, 200.0, 590.0, 580.0),
            block("right 2", 110.0, 200.0, 570.0, 500.0),
            block("left 2a", 0.0, 90.0, 570.0, 550.0),
            block("left 2b", 0.0, 90.0, 540.0, 500.0),
        ];
        assert_eq!(names(ordered(blocks)), ["title", "left 1", "right 1", "heading", "left 2a", "left 2b", "right 2"]);
    }

    fn names(blocks: Vec<Block>) -> Vec<String> {
        let name = |block: Block| match block.content {
            Content::Lines(lines) => lines.concat(),
            Content::Table(_) => String::new(),
        };
        blocks.into_iter().map(name).collect()
    }

    #[test]
    fn a_title_in_the_middle_and_the_edges_of_a_page_are_no_columns() {
        let blocks = vec![
            block("title", 80.0, 120.0, 750.0, 730.0),
            block("abstract", 50.0, 150.0, 720.0, 660.0),
            block("heading", 0.0, 40.0, 640.0, 630.0),
            block("text", 0.0, 200.0, 620.0, 500.0),
        ];
        assert_eq!(names(ordered(blocks)), ["title", "abstract", "heading", "text"]);
        let page = vec![
            block("name", 0.0, 40.0, 790.0, 780.0),
            block("date", 150.0, 200.0, 790.0, 780.0),
            block("left", 0.0, 90.0, 700.0, 100.0),
            block("right", 110.0, 200.0, 700.0, 100.0),
            block("imprint", 0.0, 60.0, 30.0, 20.0),
        ];
        let sheet = Area { left: 0.0, bottom: 0.0, right: 200.0, top: 800.0 };
        assert_eq!(names(of_sheet(page, sheet)), ["name", "date", "left", "right", "imprint"]);
    }
}
