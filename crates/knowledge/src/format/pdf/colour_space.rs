//! The spaces of colours, as far as their colours are known without a profile.

use hayro_syntax::{
    object::{Array, Name, Object, Stream},
    page::Resources,
};

/// Returns the number of parts that a colour of this space has: 1 is gray, 3 red-green-blue, 4 cyan-magenta-yellow-black.
/// `None` for spaces whose numbers mean something else, such as inks, palettes and patterns.
pub(super) fn parts(name: &Name<'_>, resources: &Resources<'_>) -> Option<usize> {
    named(name.as_str()).or_else(|| match resources.get_color_space(name)? {
        Object::Name(name) => named(name.as_str()),
        Object::Array(space) => of_array(&space),
        _ => None,
    })
}

fn named(name: &str) -> Option<usize> {
    match name {
        "DeviceGray" | "G" | "CalGray" => Some(1),
        "DeviceRGB" | "RGB" | "CalRGB" => Some(3),
        "DeviceCMYK" | "CMYK" => Some(4),
        _ => None,
    }
}

fn of_array(space: &Array<'_>) -> Option<usize> {
    let mut items = space.iter::<Object<'_>>();
    let kind = items.next()?.into_name()?;
    if kind.as_str() != "ICCBased" {
        return named(kind.as_str());
    }
    let profile: Stream<'_> = items.next()?.into_stream()?;
    profile
        .dict()
        .get::<u32>("N")
        .and_then(|parts| usize::try_from(parts).ok())
        .filter(|parts| [1, 3, 4].contains(parts))
}
