//! Transformations of the plane (ISO 32000-1, 8.3.4).

/// Maps `(x, y)` to `(a x + c y + e, b x + d y + f)`, in the order of the numbers of a PDF file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const IDENTITY: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(super) fn translation(x: f64, y: f64) -> Matrix {
        Matrix([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// Returns the transformation that applies `self` first, and then `outer`.
    pub(super) fn then(self, outer: Matrix) -> Matrix {
        let ([a, b, c, d, e, f], [oa, ob, oc, od, oe, of]) = (self.0, outer.0);
        Matrix([
            a * oa + b * oc,
            a * ob + b * od,
            c * oa + d * oc,
            c * ob + d * od,
            e * oa + f * oc + oe,
            e * ob + f * od + of,
        ])
    }

    pub(super) fn point(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// Maps a direction, which has no place.
    pub(super) fn direction(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, ..] = self.0;
        (a * x + c * y, b * x + d * y)
    }

    pub(super) fn is_finite(self) -> bool {
        self.0.iter().all(|number| number.is_finite())
    }
}

/// An area with sides along the axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) bottom: f64,
    pub(super) right: f64,
    pub(super) top: f64,
}

impl Area {
    /// Returns the smallest area around some points.
    pub(super) fn around(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Area> {
        points.into_iter().fold(None, |area: Option<Area>, (x, y)| {
            let Some(area) = area else { return Some(Area { left: x, bottom: y, right: x, top: y }) };
            Some(Area {
                left: area.left.min(x),
                bottom: area.bottom.min(y),
                right: area.right.max(x),
                top: area.top.max(y),
            })
        })
    }

    /// Returns the area around a rectangle that a transformation has moved.
    pub(super) fn moved(self, by: Matrix) -> Area {
        let corners =
            [(self.left, self.bottom), (self.right, self.bottom), (self.left, self.top), (self.right, self.top)];
        Area::around(corners.map(|(x, y)| by.point(x, y))).unwrap_or(self)
    }

    /// Returns the part of the area that lies in another one.
    pub(super) fn cut(self, other: Area) -> Area {
        Area {
            left: self.left.max(other.left),
            bottom: self.bottom.max(other.bottom),
            right: self.right.min(other.right),
            top: self.top.min(other.top),
        }
    }

    /// Returns the number of square points, or 0 if the sides are the wrong way round.
    pub(super) fn size(self) -> f64 {
        (self.right - self.left).max(0.0) * (self.top - self.bottom).max(0.0)
    }

    pub(super) fn contains(self, (x, y): (f64, f64)) -> bool {
        (self.left..=self.right).contains(&x) && (self.bottom..=self.top).contains(&y)
    }
}
