//! Rewrites the widths of fonts into the one of their two forms that the parser reads right (ISO 32000-1, 9.7.4.3): it
//! takes a range for one character, and then puts spaces into words. Skia writes ranges, and so do the browsers.

use pdf_extract::{Dictionary, Document, Object, ObjectId};

/// The most characters of a font; its codes have two bytes.
const CHARACTERS_MAX: i64 = 65_536;

/// The most widths that are written out in one file.
const WIDTHS_MAX: usize = 1_000_000;

/// Writes out the ranges in all fonts of a file.
pub(super) fn write_out_ranges(file: &mut Document) {
    let fonts: Vec<ObjectId> = file.objects.iter().filter(|(_, object)| is_font(object)).map(|(id, _)| *id).collect();
    let mut left = WIDTHS_MAX;
    for font in fonts {
        let Some(widths) = widths(file, font) else { continue };
        let written = written_out(&widths, &mut left);
        if let Ok(font) = file.get_object_mut(font).and_then(Object::as_dict_mut) {
            font.set("W", Object::Array(written));
        }
    }
}

fn is_font(object: &Object) -> bool {
    object.as_dict().is_ok_and(|font: &Dictionary| font.has(b"W") && font.has(b"CIDSystemInfo"))
}

/// Returns the widths of a font, with the arrays in it that stand elsewhere in the file.
fn widths(file: &Document, font: ObjectId) -> Option<Vec<Object>> {
    let widths = file.get_object(font).ok()?.as_dict().ok()?.get(b"W").ok()?;
    let (_, widths) = file.dereference(widths).ok()?;
    let resolved =
        |object: &Object| file.dereference(object).map_or_else(|_| object.clone(), |(_, object)| object.clone());
    Some(widths.as_array().ok()?.iter().map(resolved).collect())
}

/// Replaces each range of characters by a list of their widths. What is neither is left out.
fn written_out(widths: &[Object], left: &mut usize) -> Vec<Object> {
    let mut written = Vec::new();
    let mut rest = widths;
    loop {
        match rest {
            [first, Object::Array(list), after @ ..] => {
                written.extend([first.clone(), Object::Array(list.clone())]);
                rest = after;
            }
            [first, last, width, after @ ..] => {
                if let (Ok(first), Ok(last)) = (first.as_i64(), last.as_i64()) {
                    let count =
                        usize::try_from((last - first + 1).clamp(0, CHARACTERS_MAX)).unwrap_or_default().min(*left);
                    *left -= count;
                    written.extend([Object::Integer(first), Object::Array(vec![width.clone(); count])]);
                }
                rest = after;
            }
            _ => return written,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_become_lists() {
        let number = Object::Integer;
        let widths = [number(3), Object::Array(vec![number(250)]), number(10), number(12), number(600), number(5)];
        let written = written_out(&widths, &mut 100);
        let list = |width: i64, count: usize| Object::Array(vec![number(width); count]);
        assert_eq!(written, [number(3), list(250, 1), number(10), list(600, 3)]);
        let endless = [number(0), number(i64::MAX - 1), number(1)];
        assert_eq!(written_out(&endless, &mut 5), [number(0), list(1, 5)]);
    }
}
