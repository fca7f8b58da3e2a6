//! The background that text is shown on, so that text in its colour, which nobody sees, is left out.

use super::matrix::Area;

/// The largest difference of each part of two colours that nobody sees, between 0 and 1.
const DIFFERENCE_SEEN: f64 = 0.06;

/// The most areas that are remembered of one page. Later ones make the background unknown.
const AREAS_MAX: usize = 2_000;

/// The places along each side of a page at which images are looked for.
const SAMPLES: usize = 24;

/// A colour, as its red, green and blue between 0 and 1; `None` if it is a pattern or of an unknown space.
pub(super) type Colour = Option<[f64; 3]>;

pub(super) const BLACK: Colour = Some([0.0; 3]);
const WHITE: Colour = Some([1.0; 3]);

/// Something that was painted.
#[derive(Clone, Copy, Debug)]
struct Painted {
    area: Area,
    colour: Colour,
    is_image: bool,
}

/// The areas that were painted on a page, in their order.
#[derive(Debug, Default)]
pub(super) struct Background {
    painted: Vec<Painted>,
    is_full: bool,
}

impl Background {
    /// Paints an area. Its shape may be another one than a rectangle: then its colour is unknown.
    pub(super) fn paint(&mut self, area: Area, colour: Colour) {
        self.add(Painted { area, colour, is_image: false });
    }

    pub(super) fn paint_image(&mut self, area: Area) {
        self.add(Painted { area, colour: None, is_image: true });
    }

    fn add(&mut self, painted: Painted) {
        self.is_full |= self.painted.len() >= AREAS_MAX;
        if !self.is_full {
            self.painted.push(painted);
        }
    }

    /// Returns true if text of this colour can be seen at a place.
    pub(super) fn shows(&self, place: (f64, f64), colour: Colour) -> bool {
        let below = self.painted.iter().rev().find(|painted| painted.area.contains(place));
        let below = below.map_or(WHITE, |painted| painted.colour);
        match (colour, below) {
            _ if self.is_full => true,
            (Some(text), Some(below)) => text.iter().zip(below).any(|(a, b)| (a - b).abs() > DIFFERENCE_SEEN),
            _ => true,
        }
    }

    /// Returns true if there is an image at a place, of which invisible text says what it shows.
    pub(super) fn has_image(&self, place: (f64, f64)) -> bool {
        self.is_full || self.painted.iter().any(|painted| painted.is_image && painted.area.contains(place))
    }

    /// Returns the share of a sheet that images cover, which may be strips of one picture.
    pub(super) fn pictured_share(&self, sheet: Area) -> f64 {
        let steps =
            |from: f64, to: f64| (0..SAMPLES).map(move |at| from + (to - from) * (at as f64 + 0.5) / SAMPLES as f64);
        let mut images: Vec<Area> =
            self.painted.iter().filter(|painted| painted.is_image).map(|image| image.area).collect();
        // Large ones first, so that a point is mostly found in the first.
        images.sort_by(|a, b| b.size().total_cmp(&a.size()));
        let places = steps(sheet.left, sheet.right).flat_map(|x| steps(sheet.bottom, sheet.top).map(move |y| (x, y)));
        let covered = places.filter(|place| images.iter().any(|image| image.contains(*place))).count();
        covered as f64 / (SAMPLES * SAMPLES) as f64
    }
}

/// Returns the colour of these parts by their number: gray, red-green-blue or cyan-magenta-yellow-black.
pub(super) fn colour(parts: &[f64]) -> Colour {
    match parts {
        [gray] => Some([*gray; 3]),
        [red, green, blue] => Some([*red, *green, *blue]),
        [cyan, magenta, yellow, black] => {
            Some([cyan, magenta, yellow].map(|ink| (1.0 - ink.clamp(0.0, 1.0)) * (1.0 - black.clamp(0.0, 1.0))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_the_colour_of_its_background_is_not_seen() {
        let mut background = Background::default();
        let area = |right| Area { left: 0.0, bottom: 0.0, right, top: 10.0 };
        assert!(background.shows((5.0, 5.0), BLACK) && !background.shows((5.0, 5.0), colour(&[0.98, 1.0, 0.99])));
        background.paint(area(10.0), colour(&[0.0, 0.0, 0.5]));
        assert!(background.shows((5.0, 5.0), WHITE) && !background.shows((15.0, 5.0), WHITE));
        assert!(!background.shows((5.0, 5.0), colour(&[1.0, 1.0, 0.0, 0.5])), "the same blue");
        background.paint_image(area(20.0));
        assert!(background.shows((15.0, 5.0), WHITE) && background.has_image((15.0, 5.0)));
        assert!(!background.has_image((25.0, 5.0)));
    }

    #[test]
    fn strips_of_a_picture_cover_a_page_together() {
        let mut background = Background::default();
        let strip = |bottom: f64| Area { left: 0.0, bottom, right: 100.0, top: bottom + 25.0 };
        let sheet = Area { left: 0.0, bottom: 0.0, right: 100.0, top: 100.0 };
        for (bottom, share) in [(0.0, 0.25), (0.0, 0.25), (25.0, 0.5), (75.0, 0.75)] {
            background.paint_image(strip(bottom));
            assert!((background.pictured_share(sheet) - share).abs() < 0.01, "{bottom}");
        }
    }
}
