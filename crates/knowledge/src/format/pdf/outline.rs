//! The outline that a page draws before it fills it or cuts by it, as far as it is made of rectangles.

use super::matrix::Area;

/// The most points and rectangles of an outline that are remembered.
const PARTS_MAX: usize = 256;

/// The largest difference of two sides that are meant to be one, in points.
const DIFFERENCE_MAX: f64 = 0.01;

/// The path that is drawn: its points, and the rectangles and straight lines in it.
#[derive(Debug, Default)]
pub(super) struct Outline {
    points: Vec<(f64, f64)>,
    rectangles: Vec<Area>,
    lines: Vec<Area>,
    is_curved: bool,
}

/// A part of an outline: the area around it, and true if it fills that area.
pub(super) type Part = (Area, bool);

impl Outline {
    pub(super) fn add_point(&mut self, point: (f64, f64)) {
        if self.points.len() < PARTS_MAX {
            self.points.push(point);
        }
    }

    /// Adds a straight line from the last point.
    pub(super) fn add_line(&mut self, to: (f64, f64)) {
        let line = self.points.last().and_then(|from| Area::around([*from, to]));
        self.lines.extend(line.filter(|_| self.lines.len() < PARTS_MAX));
        self.add_point(to);
    }

    /// Returns the straight lines, and the sides of rectangles.
    pub(super) fn lines(&self) -> impl Iterator<Item = Area> {
        let sides = self.rectangles.iter().flat_map(|area| {
            let Area { left, bottom, right, top } = *area;
            [
                Area { top: bottom, ..*area },
                Area { bottom: top, ..*area },
                Area { left, bottom, right: left, top },
                Area { left: right, ..*area },
            ]
        });
        self.lines.iter().copied().chain(sides)
    }

    pub(super) fn add_curve(&mut self, points: impl IntoIterator<Item = (f64, f64)>) {
        self.is_curved = true;
        points.into_iter().for_each(|point| self.add_point(point));
    }

    pub(super) fn add_rectangle(&mut self, area: Area) {
        if self.rectangles.len() < PARTS_MAX {
            self.rectangles.push(area);
        }
    }

    /// Returns the parts that are known, in no order.
    pub(super) fn parts(&self) -> Vec<Part> {
        let lines = Area::around(self.points.iter().copied()).map(|area| (area, self.is_rectangle()));
        self.rectangles.iter().map(|area| (*area, true)).chain(lines).collect()
    }

    /// Returns true if the lines go along the sides of one rectangle.
    fn is_rectangle(&self) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() < DIFFERENCE_MAX;
        let is_along = |pair: &[(f64, f64)]| near(pair[0].0, pair[1].0) || near(pair[0].1, pair[1].1);
        let is_closed = self.points.len() == 4 || near_points(self.points.first(), self.points.last());
        (4..=5).contains(&self.points.len()) && !self.is_curved && is_closed && self.points.windows(2).all(is_along)
    }
}

fn near_points(a: Option<&(f64, f64)>, b: Option<&(f64, f64)>) -> bool {
    a.zip(b).is_some_and(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1) < DIFFERENCE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_along_the_sides_are_a_rectangle() {
        let outline = |points: &[(f64, f64)]| {
            let mut outline = Outline::default();
            points.iter().for_each(|point| outline.add_point(*point));
            outline
        };
        let square = [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (0.0, 0.0)];
        let area = Area { left: 0.0, bottom: 0.0, right: 9.0, top: 9.0 };
        assert_eq!(outline(&square).parts(), [(area, true)]);
        assert_eq!(outline(&square[..4]).parts(), [(area, true)]);
        assert_eq!(outline(&[(0.0, 4.0), (4.0, 9.0), (9.0, 4.0), (4.0, 0.0)]).parts(), [(area, false)]);
        let mut curved = outline(&square);
        curved.add_curve([]);
        assert_eq!(curved.parts(), [(area, false)]);
    }
}
