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
    /// True if a line strikes it out, or a bar lies over it. Then it is hidden, and the space it takes is no gap.
    pub(super) is_struck: bool,
    /// True if it leaves no mark on the page: it can be seen if a picture shows what it says.
    pub(super) is_invisible: bool,
}

/// The part of a sign before the place where it begins, as a share of the size: the dots of TeX lie around that place.
const SIGN_MARGIN: f64 = 0.1;

/// The least slope of text that runs neither along the sides of the page nor beside them by mistake of its program.
const SLOPE_MIN: f64 = 0.1;

impl Glyph {
    /// Returns true if a place lies on this sign, such as that of a number on a dot.
    pub(super) fn covers(&self, (x, y): (f64, f64)) -> bool {
        let left = self.start.0.min(self.end.0) - SIGN_MARGIN * self.size;
        (left..=self.start.0.max(self.end.0)).contains(&x) && (y - self.start.1).abs() < self.size
    }

    /// Returns the place in the middle of its baseline, or so many sizes above it.
    pub(super) fn middle(&self, height: f64) -> (f64, f64) {
        let ((x, y), up) = (self.forward(), height * self.size);
        let (start, end) = (self.start, self.end);
        (f64::midpoint(start.0, end.0) - y * up, f64::midpoint(start.1, end.1) + x * up)
    }

    /// Returns true if its line runs over the page aslant, like a stamp.
    pub(super) fn is_slanted(&self) -> bool {
        let (x, y) = self.forward();
        x.abs().min(y.abs()) > SLOPE_MIN
    }

    /// Returns the direction of its line, of length 1, or 0 if it has no width.
    pub(super) fn forward(&self) -> (f64, f64) {
        let (x, y) = (self.end.0 - self.start.0, self.end.1 - self.start.1);
        let length = x.hypot(y);
        if length > 0.0 { (x / length, y / length) } else { (0.0, 0.0) }
    }
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
