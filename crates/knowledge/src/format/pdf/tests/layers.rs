//! Text on layers, of which some are off.

use super::{at, page, parse};

/// Reads a page with a text on each of two layers, and one on both.
fn read(shown: &str) -> String {
    let mark = |layer: &str, y: u32, text: &str| format!("/OC /{layer} BDC {} EMC ", at(72, y, 12, text));
    let content = mark("L1", 700, "first") + &mark("L2", 660, "second") + &mark("Both", 620, "both");
    let layers = "6 0 obj\n<< /Type /OCG /Name (A) >>\nendobj\n7 0 obj\n<< /Type /OCG /Name (B) >>\nendobj\n\
        8 0 obj\n<< /Type /OCMD /OCGs [6 0 R 7 0 R] >>\nendobj\nxref";
    let catalog = format!("/Pages 2 0 R /OCProperties << /OCGs [6 0 R 7 0 R] /D << {shown} >> >> >>");
    // The table of places is found anew.
    let file = String::from_utf8(page(&content)).unwrap();
    let file = file
        .replace("/Pages 2 0 R >>", &catalog)
        .replace("/Resources << ", "/Resources << /Properties << /L1 6 0 R /L2 7 0 R /Both 8 0 R >> ")
        .replacen("xref", layers, 1);
    parse(file.as_bytes()).map_or_else(|error| error.to_string(), |read| read.markdown.trim().replace("\n\n", " "))
}

#[test]
fn text_on_layers_that_are_off_is_left_out() {
    for (shown, expected) in [
        ("", "first second both"),
        ("/OFF [7 0 R]", "first both"),
        ("/BaseState /OFF /ON [6 0 R]", "first both"),
        ("/BaseState /ON /OFF [6 0 R]", "second both"),
        ("/OFF [6 0 R 7 0 R]", "it holds no text, only pictures, like a scan"),
        ("/BaseState /OFF", "it holds no text, only pictures, like a scan"),
    ] {
        assert_eq!(read(shown), expected, "{shown}");
    }
}
