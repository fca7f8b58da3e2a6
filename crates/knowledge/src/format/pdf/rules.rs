//! The lines that a page draws: those of tables, and those that strike text out.

use super::{
    glyph::{Direction, Glyph},
    matrix::Area,
};

/// The most lines of one page.
const RULES_MAX: usize = 4_000;

/// The thickest line, in points; thicker ones are bars and backgrounds. The shortest one.
const THICKNESS_MAX: f64 = 2.0;
const LENGTH_MIN: f64 = 3.0;

/// The largest distance of two lines that are parts of one, in points.
const DISTANCE_MAX: f64 = 1.0;

/// The heights between which a line strikes a letter out, in sizes of the letter.
const STRIKE_FROM: f64 = 0.15;
const STRIKE_TO: f64 = 0.45;

/// The share of a line that lies over letters, if it strikes them out.
const STRUCK_SHARE_MIN: f64 = 0.7;

/// The least length of a line of a cell beyond the sides of its text, in points.
const BEYOND_MIN: f64 = 0.5;

/// The share of the width of a table that a line of it goes over.
const SHARE_MIN: f64 = 0.8;

/// A level line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rule {
    height: f64,
    left: f64,
    right: f64,
}

/// An upright line.
#[derive(Clone, Copy, Debug)]
struct Upright {
    x: f64,
    bottom: f64,
    top: f64,
}

/// A level or an upright line: its height or its distance from the left, and its ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) at: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// The level lines of a page, from the top down, and the upright ones, from left to right.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>, Vec<Upright>);

impl Rules {
    /// Adds a line or a thin rectangle, if it is level or upright.
    pub(super) fn add(&mut self, area: Area) {
        let Area { left, bottom, right, top } = area;
        if top - bottom <= THICKNESS_MAX && right - left >= LENGTH_MIN && self.0.len() < RULES_MAX {
            self.0.push(Rule { height: f64::midpoint(top, bottom), left, right });
        }
        if right - left <= THICKNESS_MAX && top - bottom >= LENGTH_MIN && self.1.len() < RULES_MAX {
            self.1.push(Upright { x: f64::midpoint(left, right), bottom, top });
        }
    }

    /// Puts the lines in order, and joins those that are parts of one.
    pub(super) fn joined(mut self) -> Rules {
        self.1.retain(|line| line.x.is_finite());
        self.1.sort_by(|a, b| a.x.total_cmp(&b.x));
        self.0.retain(|rule| rule.height.is_finite() && rule.left.is_finite() && rule.right.is_finite());
        self.0.sort_by(|a, b| b.height.total_cmp(&a.height).then(a.left.total_cmp(&b.left)));
        let mut level: Vec<Rule> = Vec::new();
        for rule in self.0 {
            // Lines of one height may differ by as much as they are thick.
            let height = level.last().map(|last| last.height).filter(|height| height - rule.height < DISTANCE_MAX);
            level.push(Rule { height: height.unwrap_or(rule.height), ..rule });
        }
        level.sort_by(|a, b| b.height.total_cmp(&a.height).then(a.left.total_cmp(&b.left)));
        let mut joined: Vec<Rule> = Vec::new();
        for rule in level {
            let continues = |last: &&mut Rule| last.height == rule.height && rule.left - last.right < DISTANCE_MAX;
            match joined.last_mut().filter(continues) {
                Some(last) => last.right = last.right.max(rule.right),
                None => joined.push(rule),
            }
        }
        Rules(joined, self.1)
    }

    /// Returns the places of the letters that are struck out: those that a line goes through which is about as long as they
    /// are together. Longer ones are those of tables and drawings.
    pub(super) fn struck(&self, glyphs: &[Glyph]) -> Vec<usize> {
        let mut crossed: Vec<(usize, usize)> = Vec::new();
        let mut covered = vec![0.0; self.0.len()];
        for (at, glyph) in glyphs.iter().enumerate().filter(|(_, glyph)| glyph.direction == Direction::Right) {
            let middle = f64::midpoint(glyph.start.0, glyph.end.0);
            if let Some(rule) = self.crossing((middle, glyph.start.1), glyph.size) {
                covered[rule] += (glyph.end.0 - glyph.start.0).abs();
                crossed.push((at, rule));
            }
        }
        // A line through dashes alone is a longer dash.
        let is_text = |c: char| c.is_alphanumeric() || matches!(c, '$' | '€' | '£' | '.' | ',');
        let mut crosses_text = vec![false; self.0.len()];
        for (at, rule) in &crossed {
            crosses_text[*rule] |= glyphs[*at].text.chars().any(is_text);
        }
        let is_long = |rule: usize| covered[rule] >= STRUCK_SHARE_MIN * (self.0[rule].right - self.0[rule].left);
        let is_strike = |rule: usize| crosses_text[rule] && is_long(rule);
        crossed.into_iter().filter(|(_, rule)| is_strike(*rule)).map(|(at, _)| at).collect()
    }

    /// Returns the line that goes through the middle of a letter at this place of its baseline.
    fn crossing(&self, (x, base): (f64, f64), size: f64) -> Option<usize> {
        let below = |height: f64| self.0.partition_point(|rule| rule.height > height);
        let (from, to) = (below(base + STRIKE_TO * size), below(base + STRIKE_FROM * size));
        (from..to).find(|rule| (self.0[*rule].left..=self.0[*rule].right).contains(&x))
    }

    /// Returns the level lines.
    pub(super) fn level(&self) -> Vec<Line> {
        self.0.iter().map(|rule| Line { at: rule.height, from: rule.left, to: rule.right }).collect()
    }

    /// Returns the upright lines, with those that are parts of one joined.
    pub(super) fn upright(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut parts: Vec<Line> =
            self.1.iter().map(|line| Line { at: line.x, from: line.bottom, to: line.top }).collect();
        let mut x = f64::MIN;
        for part in &mut parts {
            if part.at - x >= DISTANCE_MAX {
                x = part.at;
            }
            part.at = x;
        }
        parts.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.from.total_cmp(&b.from)));
        for part in parts {
            match lines.last_mut().filter(|last| last.at == part.at && part.from - last.to < DISTANCE_MAX) {
                Some(last) => last.to = last.to.max(part.to),
                None => lines.push(part),
            }
        }
        lines
    }

    /// Returns true if an upright line stands between two places of a height.
    pub(super) fn divide(&self, left: f64, right: f64, height: f64) -> bool {
        let from = self.1.partition_point(|line| line.x < left);
        let between = self.1[from..].iter().take_while(|line| line.x <= right);
        between.into_iter().any(|line| (line.bottom..=line.top).contains(&height))
    }

    /// Returns the heights of the lines that go over all of a width and beyond its sides: no lines below its text.
    pub(super) fn beyond(&self, left: f64, right: f64) -> Vec<f64> {
        let beyond = self.0.iter().filter(|rule| rule.left < left - BEYOND_MIN && rule.right > right + BEYOND_MIN);
        beyond.map(|rule| rule.height).collect()
    }

    /// Returns the heights of the lines that go over nearly all of a width.
    pub(super) fn over(&self, left: f64, right: f64) -> Vec<f64> {
        let shared = |rule: &Rule| rule.right.min(right) - rule.left.max(left);
        let over = self.0.iter().filter(|rule| shared(rule) >= SHARE_MIN * (right - left));
        over.map(|rule| rule.height).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(lines: &[(f64, f64, f64)]) -> Rules {
        let mut rules = Rules::default();
        for (left, right, height) in lines {
            rules.add(Area { left: *left, bottom: *height, right: *right, top: height + 0.5 });
        }
        rules.joined()
    }

    #[test]
    fn parts_of_a_line_are_one_and_upright_lines_are_none() {
        let rules = rules(&[
            (0.0, 50.0, 100.0),
            (50.5, 100.0, 100.3),
            (0.0, 100.0, 80.0),
            (200.0, 300.0, 80.0),
            (5.0, 6.0, 9.0),
        ]);
        assert_eq!((rules.beyond(2.0, 98.0).len(), rules.beyond(0.0, 100.0).len()), (2, 0));
        assert_eq!(rules.over(2.0, 98.0), [100.55, 80.25]);
        assert_eq!(rules.over(0.0, 300.0), [0.0; 0]);
    }

    #[test]
    fn upright_lines_divide_what_stands_beside_them() {
        let mut rules = Rules::default();
        rules.add(Area { left: 50.0, bottom: 100.0, right: 51.0, top: 120.0 });
        let rules = rules.joined();
        assert!(rules.divide(40.0, 60.0, 110.0));
        assert!(!rules.divide(40.0, 60.0, 90.0) && !rules.divide(52.0, 60.0, 110.0));
    }

    #[test]
    fn a_line_through_the_middle_strikes_and_one_below_does_not() {
        let rules = rules(&[(10.0, 50.0, 103.0)]);
        assert_eq!(rules.crossing((20.0, 100.0), 12.0), Some(0));
        for (x, base) in [(60.0, 100.0), (20.0, 104.5), (20.0, 90.0)] {
            assert_eq!(rules.crossing((x, base), 12.0), None, "{x} {base}");
        }
    }
}
