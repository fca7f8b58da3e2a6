//! The number formats of an XLSX file, by the style of a cell.

use std::collections::HashMap;

use quick_xml::{Reader, events::Event};

use crate::format::package::attribute;

/// Returns the code of the number format of each style.
pub(super) fn read(xml: &str) -> Vec<String> {
    let (mut codes, mut styles, mut in_cell_styles): (HashMap<u32, String>, Vec<u32>, bool) = Default::default();
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) | Event::Empty(element) => {
                let number = || attribute(&element, "numFmtId").and_then(|id| id.parse::<u32>().ok()).unwrap_or(0);
                match element.local_name().as_ref() {
                    "numFmt" => {
                        codes.insert(number(), attribute(&element, "formatCode").unwrap_or_default());
                    }
                    "cellXfs" => in_cell_styles = true,
                    "xf" if in_cell_styles => styles.push(number()),
                    _ => {}
                }
            }
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => in_cell_styles = false,
            Event::Eof => break,
            _ => {}
        }
    }
    styles.iter().map(|id| codes.get(id).cloned().unwrap_or_else(|| built_in(*id).to_owned())).collect()
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
