//! The notes, marks and fields that lie on a page (ISO 32000-1, 12.5).

use hayro_syntax::object::{Dict, Name, Object, Rect, Stream};

use super::matrix::{Area, Matrix};

/// The flags of an annotation that is not shown: hidden, and not to be viewed (ISO 32000-1, 12.5.3).
const HIDDEN_FLAGS: i32 = 1 << 1 | 1 << 5;

/// Returns the appearance of an annotation that is shown, and its place on the page.
pub(super) fn shown<'a>(annotation: &Dict<'a>) -> Option<(Stream<'a>, Matrix)> {
    let flags = annotation.get::<i32>("F").unwrap_or(0);
    let kind = annotation.get::<Name<'_>>("Subtype");
    if flags & HIDDEN_FLAGS != 0 || kind.is_some_and(|kind| kind.as_str() == "Popup") {
        return None;
    }
    let form = appearance(annotation)?;
    let (to, from) = (annotation.get::<Rect>("Rect")?, form.dict().get::<Rect>("BBox")?);
    let own = form.dict().get::<[f64; 6]>("Matrix").map_or(Matrix::IDENTITY, Matrix);
    let from = Area { left: from.x0, bottom: from.y0, right: from.x1, top: from.y1 }.moved(own);
    let scale = |to: f64, from: f64| if from == 0.0 { 1.0 } else { to / from };
    let x = scale(to.width(), from.right - from.left);
    let y = scale(to.height(), from.top - from.bottom);
    Some((form, Matrix([x, 0.0, 0.0, y, to.x0 - from.left * x, to.y0 - from.bottom * y])))
}

fn appearance<'a>(annotation: &Dict<'a>) -> Option<Stream<'a>> {
    let appearances = annotation.get::<Dict<'a>>("AP")?;
    match appearances.get::<Object<'a>>("N")? {
        Object::Stream(stream) => Some(stream),
        Object::Dict(states) => states.get::<Stream<'a>>(annotation.get::<Name<'a>>("AS")?),
        _ => None,
    }
}
