//! The styles of the cells of an XLSX file, as far as they change the text: number formats, and fonts that strike it.

use std::collections::HashMap;

use quick_xml::{Reader, events::Event};

use crate::format::package::{attribute, is_on};

/// The style of a cell.
#[derive(Debug)]
pub(super) struct CellStyle {
    /// The code of its number format.
    pub(super) code: String,
    pub(super) is_struck: bool,
}

/// The numbers that a style refers to its parts by.
struct Reference {
    format: u32,
    font: usize,
}

/// Returns the styles of cells, in their order.
pub(super) fn read(xml: &str) -> Vec<CellStyle> {
    let (mut codes, mut styles): (HashMap<u32, String>, Vec<Reference>) = Default::default();
    let (mut fonts, mut in_fonts, mut in_cell_styles) = (Vec::new(), false, false);
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) | Event::Empty(element) => {
                let given = |name: &str| attribute(&element, name).and_then(|id| id.parse::<u32>().ok()).unwrap_or(0);
                match element.local_name().as_ref() {
                    "numFmt" => {
                        codes.insert(given("numFmtId"), attribute(&element, "formatCode").unwrap_or_default());
                    }
                    "fonts" => in_fonts = true,
                    "font" if in_fonts => fonts.push(false),
                    "strike" if in_fonts => fonts.last_mut().into_iter().for_each(|font| *font = is_on(&element)),
                    "cellXfs" => in_cell_styles = true,
                    "xf" if in_cell_styles => {
                        styles.push(Reference { format: given("numFmtId"), font: given("fontId") as usize });
                    }
                    _ => {}
                }
            }
            Event::End(element) => match element.local_name().as_ref() {
                "fonts" => in_fonts = false,
                "cellXfs" => in_cell_styles = false,
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    let code = |id: u32| codes.get(&id).cloned().unwrap_or_else(|| built_in(id).to_owned());
    let is_struck = |font: usize| fonts.get(font).copied().unwrap_or_default();
    styles.iter().map(|style| CellStyle { code: code(style.format), is_struck: is_struck(style.font) }).collect()
}

/// The formats that have no code in the file (ECMA-376, part 1, 18.8.30).
fn built_in(id: u32) -> &'static str {
    match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5..=8 => "$#,##0.00",
        9 => "0%",
        10 => "0.00%",
        14..=17 => "yyyy-mm-dd",
        18..=21 => "h:mm:ss",
        22 => "yyyy-mm-dd h:mm",
        37 | 38 => "#,##0;(#,##0)",
        39 | 40 => "#,##0.00;(#,##0.00)",
        41 | 42 => "#,##0",
        43 | 44 => "#,##0.00",
        45..=47 => "h:mm:ss",
        49 => "@",
        _ => "General",
    }
}
