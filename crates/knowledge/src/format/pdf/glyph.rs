//! A piece of text at its place on a page, as the content of the page shows it.

use std::rc::Rc;

/// The text that one code shows.
#[derive(Clone, Debug)]
pub(super) struct Glyph {
    pub(super) text: Rc<str>,
    /// The begin of its baseline, in points from the lower left corner of the page.
    pub(super) start: (f64, f64),
    /// The end of its baseline.
    pub(super) end: (f64, f64),
    /// The height of its font, in points.
    pub(super) size: f64,
    pub(super) direction: Direction,
    /// True if nobody sees it.
    pub(super) is_hidden: bool,
    /// True if a line strikes it out. Then it is hidden, and the space it takes is no gap.
    pub(super) is_struck: bool,
    /// True if it leaves no mark on the page: it can be seen if a picture shows what it says.
    pub(super) is_invisible: bool,
}

/// The direction in which text runs over a page, seen as its reader turns the page for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    #[default]
    Right,
    Down,
    Left,
    Up,
}

impl Direction {
    /// Returns the direction that is nearest to a vector.
    pub(super) fn of((x, y): (f64, f64)) -> Direction {
        match (x.abs() >= y.abs(), x >= 0.0, y >= 0.0) {
            (true, true, _) => Direction::Right,
            (true, false, _) => Direction::Left,
            (false, _, true) => Direction::Up,
            (false, _, false) => Direction::Down,
        }
    }

    /// Turns a place so that text of this direction runs to the right, and its lines go down.
    pub(super) fn turned(self, (x, y): (f64, f64)) -> (f64, f64) {
        match self {
            Direction::Right => (x, y),
            Direction::Up => (y, -x),
            Direction::Left => (-x, -y),
            Direction::Down => (-y, x),
        }
    }
}
