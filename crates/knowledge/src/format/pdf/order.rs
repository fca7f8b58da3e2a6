//! The order in which the blocks of a page are read: Breuel's rules ("High Performance Document Layout Analysis", 2003).

use super::blocks::Block;

/// The most blocks of a page that are put in order by the rules, which compare each with all others. More are read from
/// the top down.
const BLOCKS_MAX: usize = 150;

/// Puts the blocks of a page in the order in which they are read.
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

/// Returns true if `a` is read before `b`: it stands above it, or to its left with no block between that goes over both.
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
    a.area.right <= b.area.left && !blocks.iter().any(is_between)
}

/// Returns true if two blocks have a part of the width of the page in common.
fn is_over_each_other(a: &Block, b: &Block) -> bool {
    a.area.left < b.area.right && b.area.left < a.area.right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::pdf::{blocks::Content, matrix::Area};

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
        let names: Vec<String> = ordered(blocks)
            .into_iter()
            .map(|block| match block.content {
                Content::Lines(lines) => lines.concat(),
                Content::Table(_) => String::new(),
            })
            .collect();
        assert_eq!(names, ["title", "left 1", "right 1", "heading", "left 2a", "left 2b", "right 2"]);
    }
}
