mod beside;
mod layers;
mod places;
mod ruled;

use super::*;

/// Builds a PDF file of one page with this content, which may use the font `F1`.
fn page(content: &str) -> Vec<u8> {
    with_font(content, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
}

fn with_font(content: &str, font: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        font.to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = String::new();
    for (n, object) in (1..).zip(objects) {
        offsets += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{n} 0 obj\n{object}\nendobj\n");
    }
    let start = file.len();
    file += &format!(
        "xref\n0 6\n0000000000 65535 f \n{offsets}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.into_bytes()
}

/// Shows a text at a place.
fn at(x: u32, y: u32, size: u32, text: &str) -> String {
    format!("BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n")
}

fn read(content: &str) -> String {
    parse(&page(content)).unwrap().markdown
}

#[test]
fn lines_are_paragraphs_and_divided_words_are_whole() {
    let lines =
        "BT /F1 12 Tf 72 720 Td (The robot clean-) Tj 0 -14 Td (er rests at night.) Tj 0 -14 Td (Open 9 - 17.) Tj ET";
    assert_eq!(read(lines), "The robot cleaner rests at night.\nOpen 9 - 17.\n\n");
}

#[test]
fn words_are_found_by_the_places_of_their_letters() {
    // Letters drawn one by one, the second word behind a space that is not drawn, and a word drawn twice to look bold.
    let letters = "BT /F1 10 Tf 72 700 Td [(5) 0 (5) -20 (5) -300 (0142)] TJ ET\n";
    let bold = at(72, 600, 10, "Sale") + "BT /F1 10 Tf 72.3 600 Td (Sale) Tj ET\n";
    assert_eq!(read(&(letters.to_owned() + &bold)), "555 0142\n\nSale\n\n");
}

#[test]
fn words_that_are_set_wide_are_words_and_values_in_a_row_are_not() {
    let wide = "BT /F1 12 Tf 3 Tc 72 700 Td (SPECIAL OFFER) Tj 0 Tc 0 -40 Td [(1) -400 (2) -400 (3) -400 (4)] TJ ET";
    assert_eq!(read(wide).trim(), "SPECIAL OFFER\n\n1 2 3 4");
}

#[test]
fn columns_that_are_drawn_row_by_row_are_read_one_after_the_other() {
    let left = ["The robot serves drinks to", "all of your guests and it", "never needs a break when", "it is busy."];
    let right = ["Our cleaning robot works", "at night while nobody is in", "the building and it is very", "quiet."];
    let rows = (0..4).map(|n| {
        let y = 700 - 14 * n as u32;
        at(72, y, 12, left[n]) + &at(320, y, 12, right[n])
    });
    let expected = [left.join("\n"), right.join("\n")].join("\n\n") + "\n\n";
    assert_eq!(read(&rows.collect::<String>()), expected);
}

#[test]
fn tables_keep_each_value_beside_its_name() {
    let rows = [("Part", "Price"), ("Filter", "$12.50"), ("Brush set", "$7")];
    let rows =
        (0..3).map(|n| at(72, 700 - 16 * n as u32, 12, rows[n].0) + &at(320, 700 - 16 * n as u32, 12, rows[n].1));
    let expected = "| Part | Price |\n| --- | --- |\n| Filter | $12.50 |\n| Brush set | $7 |";
    assert_eq!(read(&rows.collect::<String>()).trim(), expected);
}

#[test]
fn powers_and_notes_never_join_a_number() {
    let raised = |before: &str, x: u32, text: &str| {
        at(72, 700, 12, before) + &format!("BT /F1 7 Tf {x} 705 Td ({text}) Tj ET\n")
    };
    assert_eq!(read(&raised("$19", 93, "99")).trim(), "$19^99");
    assert_eq!(read(&raised("30 days", 115, "1")).trim(), "30 days[1]");
    assert_eq!(read(&at(72, 700, 12, "1\\275 hours, \\26120 degrees")).trim(), "1½ hours, ±20 degrees");
}

#[test]
fn larger_lines_are_headings_and_text_is_no_mark_of_markdown() {
    let content = at(72, 740, 24, "Delivery") + &at(72, 700, 12, "#1 in tea, and we deliver it within two weeks.");
    assert_eq!(read(&content), "# Delivery\n\n\\#1 in tea, and we deliver it within two weeks.\n\n");
}

#[test]
fn text_that_nobody_sees_is_left_out_and_counted() {
    let seen = at(72, 700, 12, "Tea costs 5 dollars.");
    for (content, hidden) in [
        (format!("1 g {} 0 g", at(72, 600, 12, "margin 81 %")), 9),
        (format!("1 1 1 rg {} 0 g", at(72, 600, 12, "secret")), 6),
        (at(72, 600, 0, "secret"), 6),
        (format!("3 Tr {} 0 Tr", at(72, 600, 12, "secret")), 6),
        (at(700, 600, 12, "beside"), 6),
        ("/Span BMC EMC".to_owned(), 0),
    ] {
        let parsed = parse(&page(&(content.clone() + "\n" + &seen))).unwrap();
        assert_eq!((parsed.markdown.trim(), parsed.hidden_chars), ("Tea costs 5 dollars.", hidden), "{content}");
    }
    let cut_away =
        format!("q 60 580 m 70 620 l 200 580 l W n 0 g 0 0 600 700 re f Q {}", at(72, 600, 12, "Black on a sign"));
    assert_eq!(read(&cut_away).trim(), "Black on a sign", "its background is not known");
    let on_blue = format!("0 0 0.5 rg 60 580 200 40 re f 1 g {}", at(72, 600, 12, "White on blue"));
    assert_eq!(read(&on_blue).trim(), "White on blue");
}

#[test]
fn text_below_a_bar_is_left_out_and_text_below_glass_is_not() {
    let text = at(72, 700, 12, "Margin 81 %.") + &at(72, 600, 12, "Tea costs 5 dollars.");
    let read = |bar: &str| read(&(text.clone() + bar)).trim().replace("\n\n", " ");
    let both = "Margin 81 %. Tea costs 5 dollars.";
    for bar in ["0 g 70 696 90 16 re f", "1 g 70 696 m 70 712 l 160 712 l 160 696 l h f"] {
        assert_eq!(read(bar), "Tea costs 5 dollars.", "{bar}");
    }
    for bar in [
        "0 g 70 695 90 2 re f",
        "0 g 0 0 612 792 re f",
        "0 g 70 696 90 16 re 71 697 88 14 re f*",
        "1 g 70 690 m 70 712 l 160 712 l h f",
        "q 300 0 100 100 re W n 0 g 70 696 90 16 re f Q",
        "/Pattern cs /P1 scn 70 696 90 16 re f",
    ] {
        assert_eq!(read(bar), both, "{bar}");
    }
    let again = format!("1 g 70 696 90 16 re f 0 g {}", at(72, 700, 12, "Sugar."));
    assert_eq!(read(&again), "Sugar. Tea costs 5 dollars.");
    assert_eq!(parse(&page(&(text.clone() + "0 g 70 696 90 16 re f"))).unwrap().hidden_chars, 10);
    let marker = "/G1 gs 1 1 0 rg 70 696 90 16 re f";
    for state in ["/BM /Multiply", "/ca 0.4", "/SMask << /S /Alpha >>"] {
        let file = String::from_utf8(page(&(text.clone() + marker))).unwrap();
        let with_state = format!("/Resources << /ExtGState << /G1 << {state} >> >> /Font");
        let parsed = parse(file.replace("/Resources << /Font", &with_state).as_bytes()).unwrap();
        assert_eq!(parsed.markdown.trim().replace("\n\n", " "), both, "{state}");
    }
}

#[test]
fn words_that_stand_for_a_drawing_are_read() {
    let content = format!("/Span << /ActualText (office) >> BDC {} EMC", at(72, 700, 12, "o?ce"));
    assert_eq!(read(&content).trim(), "office");
}

#[test]
fn pages_on_their_side_are_read() {
    let content = "BT /F1 12 Tf 0 1 -1 0 100 72 Tm (Top line) Tj ET BT /F1 12 Tf 0 1 -1 0 114 72 Tm (Next line) Tj ET";
    assert_eq!(read(content).trim(), "Top line\nNext line");
}

/// The widths of a font as ranges, as Skia writes them (ISO 32000-1, 9.7.4.3), and a national encoding.
#[test]
fn fonts_of_many_letters_are_read() {
    let font = |encoding: &str, below: &str| {
        format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /None /Encoding /{encoding} /DescendantFonts [<< /Type /Font \
             /Subtype /CIDFontType0 /BaseFont /None {below} >>] >>"
        )
    };
    let japanese = font("90ms-RKSJ-H", "/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >>");
    let text = "BT /F1 12 Tf 72 700 Td <93FA967B8CEA> Tj ET";
    assert_eq!(parse(&with_font(text, &japanese)).unwrap().markdown.trim(), "日本語");
    let ranges =
        font("UniJIS-UTF16-H", "/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /W [1 95 500]");
    let text = "BT /F1 12 Tf 72 700 Td <0035003500350020003000310034> Tj ET";
    assert_eq!(parse(&with_font(text, &ranges)).unwrap().markdown.trim(), "555 014");
}

#[test]
fn letters_without_a_meaning_are_refused() {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /None /Encoding /Identity-H /DescendantFonts [<< /Type /Font \
        /Subtype /CIDFontType2 /BaseFont /None >>] >>";
    let text = "BT /F1 12 Tf 72 700 Td <002400250026> Tj ET";
    assert_eq!(parse(&with_font(text, font)), Err(ParseError::Garbled));
    assert_eq!(parse(&page("")), Err(ParseError::Scanned));
}

/// Draws a picture over a part of a page.
fn picture(left: u32, bottom: u32, width: u32, height: u32) -> String {
    format!("q {width} 0 0 {height} {left} {bottom} cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q\n")
}

#[test]
fn scans_are_told_by_the_picture_on_each_page_whatever_is_printed_on_its_margins() {
    let whole = picture(0, 0, 612, 792);
    let strips = picture(0, 0, 612, 400) + &picture(0, 400, 612, 392);
    let footer = at(72, 40, 9, "Northwind Robots Inc., 12 Harbour Lane, Springfield. Page 1 of 1. Confidential.")
        + &at(72, 28, 9, "Scanned with the scanner of the office on 3 May 2027 at 14:31.");
    for picture in [&whole, &strips] {
        for text in [
            String::new(),
            at(300, 30, 10, "Page 1 of 1"),
            footer.clone(),
            at(72, 770, 9, "Case 1:20-cv-01 Document 12 Filed 01/02/20 Page 3 of 10"),
        ] {
            assert_eq!(parse(&page(&(picture.clone() + &text))), Err(ParseError::Scanned), "{text}");
        }
    }
    let body = at(72, 500, 12, "Open from 9 to 17, also on Sundays.");
    for text in [body.clone() + &footer, format!("BT 3 Tr ET {body} BT 0 Tr ET") + &footer] {
        assert!(read(&(whole.clone() + &text)).contains("also on Sundays"), "{text}");
    }
    assert!(read(&(picture(0, 500, 612, 200) + &footer)).contains("12 Harbour Lane"), "a picture on a page");
}

#[test]
fn stamps_on_the_pictures_of_a_scan_are_no_text() {
    let stamp = |n: u32| at(200, 400, 14, &format!("RECEIVED 0{n} MAY 2027 Accounts department"));
    let scan = |n: u32| picture(0, 0, 612, 792) + &stamp(n);
    let pages = |contents: &[String]| parse(&of_pages(contents));
    assert_eq!(pages(&[scan(1), scan(2), scan(3)]), Err(ParseError::Scanned));
    let form = |euros: u32| {
        picture(0, 0, 612, 792)
            + &format!("3 Tr {} 0 Tr", at(72, 500, 12, &format!("The rent is {euros} euros a month, paid in advance.")))
    };
    let forms = pages(&[form(10), form(20)]).unwrap();
    assert!(forms.markdown.contains("10 euros") && forms.markdown.contains("20 euros"), "recognized: {forms:?}");
    let mixed = pages(&[scan(1), scan(2), at(72, 700, 12, "Tea costs 2 euros.")]).unwrap();
    assert!(mixed.markdown.contains("Tea costs 2 euros.") && mixed.pictured_pages == 2, "{mixed:?}");
}

/// Builds a PDF file of pages with these contents. Its table of places is found anew.
fn of_pages(contents: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..contents.len()).map(|n| format!("{} 0 R", 10 + 2 * n)).collect();
    let mut file = format!(
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [{}] /Count {} >>\nendobj\n\
         3 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>\nendobj\n",
        kids.join(" "),
        kids.len()
    );
    for (n, content) in contents.iter().enumerate() {
        let (page, stream) = (10 + 2 * n, 11 + 2 * n);
        file += &format!(
            "{page} 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {stream} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>\nendobj\n\
             {stream} 0 obj\n<< /Length {} >>\nstream\n{content}\nendstream\nendobj\n",
            content.len()
        );
    }
    (file + "trailer\n<< /Root 1 0 R >>\n%%EOF\n").into_bytes()
}

/// A page with the fonts `F1`, which is Helvetica, and `F2`.
fn with_second_font(content: &str, font: &str) -> Vec<u8> {
    let helvetica = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
    let file = String::from_utf8(with_font(content, helvetica)).unwrap();
    // The resources are read again as an inline dictionary, and the table of places is found anew.
    file.replace("/Font << /F1 5 0 R >>", &format!("/Font << /F1 5 0 R /F2 {font} >>")).into_bytes()
}

const RENT: &str = "BT /F1 12 Tf 72 700 Td (The robot costs a monthly rental fee of ) Tj /F2 12 Tf NUMBER Tj \
    /F1 12 Tf ( euros in every country of the union.) Tj ET";

#[test]
fn drawings_that_are_named_by_their_characters_are_read() {
    let font = |names: &str| {
        format!(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 48 /LastChar 57 \
             /Widths [5 5 5 5 5 5 5 5 5 5] /Encoding << /Type /Encoding /Differences [48 {names}] >> /CharProcs << >> >>"
        )
    };
    let content = RENT.replace("NUMBER", "(1299)");
    for names in ["/0 /1 /2 /3 /4 /5 /6 /7 /8 /9", "/c48 /c49 /c50 /c51 /c52 /c53 /c54 /c55 /c56 /c57"] {
        let read = parse(&with_second_font(&content, &font(names))).unwrap();
        assert!(read.markdown.contains("fee of 1299 euros"), "{}", read.markdown);
        assert_eq!(read.lost_chars, 0);
    }
}

#[test]
fn letters_without_a_meaning_leave_a_mark_and_are_counted() {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /None /Encoding /Identity-H /DescendantFonts [<< /Type /Font \
        /Subtype /CIDFontType2 /BaseFont /None >>] >>";
    let read = parse(&with_second_font(&RENT.replace("NUMBER", "<0014001500160017>"), font)).unwrap();
    assert!(read.markdown.contains("fee of \u{FFFD}") && read.markdown.contains("euros"), "{}", read.markdown);
    assert_eq!(read.lost_chars, 1);
}

#[test]
fn numbers_and_words_with_letter_space_stay_whole() {
    for space in ["0.5", "1.2", "2", "3"] {
        let content = format!("BT /F1 12 Tf {space} Tc 72 700 Td (Price 1290 EUR in 3 to 5 days) Tj ET");
        assert_eq!(read(&content).trim(), "Price 1290 EUR in 3 to 5 days", "{space}");
    }
    let kerned = "BT /F1 12 Tf 72 700 Td [(1) -130 (2) -130 (9) -130 (0) -130 ( ) -130 (E) -130 (U) -130 (R)] TJ ET";
    assert_eq!(read(kerned).trim(), "1290 EUR");
}

#[test]
fn struck_text_is_left_out() {
    let texts = at(72, 700, 12, "Was ") + &at(100, 700, 12, "$49") + &at(125, 700, 12, "now $39");
    let parsed = parse(&page(&(texts + "100 703.5 m 120 703.5 l S 72 698 m 170 698 l S"))).unwrap();
    assert_eq!((parsed.markdown.trim(), parsed.hidden_chars), ("Was now $39", 3));
    let axis = at(72, 700, 12, "01") + "70 703.5 m 300 703.5 l S";
    assert_eq!(read(&axis).trim(), "01", "a line of a drawing");
}

/// A table whose cells have several lines, with the lines that are drawn between its rows.
#[test]
fn cells_of_several_lines_stay_in_their_row() {
    let cells = [
        (["Service", "What is included", "Price"], 1, 700),
        (["Basic", "Cleaning of the floor every|week, with all detergents|and one visit", "$49"], 3, 680),
        (["Premium", "Cleaning of the floor twice a|week, windows, and a person|to call at any time", "$149"], 3, 630),
    ];
    let mut content = String::new();
    for (texts, _, y) in cells {
        for (text, x) in texts.into_iter().zip([72, 160, 400]) {
            for (line, text) in text.split('|').enumerate() {
                content += &at(x, y - 14 * line as u32, 10, text);
            }
        }
    }
    for y in [714, 694, 646, 596] {
        content += &format!("70 {y} m 500 {y} l S ");
    }
    let expected = "| Service | What is included | Price |\n| --- | --- | --- |\n\
        | Basic | Cleaning of the floor every week, with all detergents and one visit | $49 |\n\
        | Premium | Cleaning of the floor twice a week, windows, and a person to call at any time | $149 |";
    assert_eq!(read(&content).trim(), expected);
}

/// A table whose first cell goes over two rows, and whose columns stand so close that only lines divide them.
#[test]
fn lines_divide_cells_and_tell_which_go_over_several_rows() {
    let mut content = String::new();
    for (x, y, text) in [
        (72, 704, "Region"),
        (142, 704, "Service and hours"),
        (231, 704, "Price"),
        (72, 684, "North"),
        (142, 684, "All, from 9 to 17 h"),
        (231, 684, "$10"),
        (142, 664, "Only on Sundays..."),
        (231, 664, "$11"),
        (72, 644, "South"),
        (142, 644, "All day"),
        (231, 644, "$12"),
    ] {
        content += &at(x, y, 10, text);
    }
    for y in [718, 698, 658, 638] {
        content += &format!("66 {y} m 290 {y} l S ");
    }
    content += "136 678 m 290 678 l S ";
    for x in [66, 136, 228, 290] {
        content += &format!("{x} 638 m {x} 718 l S ");
    }
    // A heading and the cards below it are no part of the table above.
    content += &(at(72, 614, 14, "Plans") + &at(72, 590, 10, "Starter") + &at(180, 590, 10, "Team or business"));
    let expected = "| Region | Service and hours | Price |\n| --- | --- | --- |\n| North | All, from 9 to 17 h | $10 |\n\
        | North | Only on Sundays... | $11 |\n| South | All day | $12 |\n\n\n## Plans\n\nStarter\n\nTeam or business";
    assert_eq!(read(&content).trim(), expected);
}

#[test]
fn equal_rows_of_a_table_with_lines_are_all_kept() {
    let mut content = String::new();
    for (y, texts) in [(704, ["Item", "Price"]), (684, ["Filter", "$12"]), (664, ["Filter", "$12"])] {
        content += &(at(72, y, 10, texts[0]) + &at(200, y, 10, texts[1]));
    }
    for y in [718, 698, 678, 658] {
        content += &format!("66 {y} m 290 {y} l S ");
    }
    for x in [66, 190, 290] {
        content += &format!("{x} 658 m {x} 718 l S ");
    }
    assert_eq!(read(&content).trim(), "| Item | Price |\n| --- | --- |\n| Filter | $12 |\n| Filter | $12 |");
}

/// A table without lines, whose rows have more space between them than the lines of their cells.
#[test]
fn cells_of_several_lines_are_told_by_the_space_between_rows() {
    let rows = [
        (["Plan", "Included", "Price"], 700),
        (["Basic", "Cleaning every|week and all|detergents", "from $49|a month"], 680),
        (["Premium", "Cleaning twice|a week", "from $149|a month"], 632),
    ];
    let mut content = String::new();
    for (texts, y) in rows {
        for (text, x) in texts.into_iter().zip([72, 160, 400]) {
            for (line, text) in text.split('|').enumerate() {
                content += &at(x, y - 12 * line as u32, 10, text);
            }
        }
    }
    let expected = "| Plan | Included | Price |\n| --- | --- | --- |\n\
        | Basic | Cleaning every week and all detergents | from $49 a month |\n\
        | Premium | Cleaning twice a week | from $149 a month |";
    assert_eq!(read(&content).trim(), expected);
    let sizes = [("size", "price", 700), ("small", "$1", 676), ("medium", "$2", 664), ("large", "$3", 652)];
    let content: String = sizes.iter().map(|(size, price, y)| at(72, *y, 10, size) + &at(300, *y, 10, price)).collect();
    assert_eq!(
        read(&content).trim(),
        "| size | price |\n| --- | --- |\n| small | $1 |\n| medium | $2 |\n| large | $3 |"
    );
}

#[test]
fn letters_are_named_by_their_numbers() {
    let font = "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 2 /LastChar 6 \
        /Widths [5 5 5 5 5] /Encoding << /Type /Encoding /Differences [2 /MT51 /MT48 /MT50 /MT53 /MT37] >> /CharProcs << >> >>";
    let read = parse(&with_second_font(&RENT.replace("NUMBER", "<0203040506>"), font)).unwrap();
    assert!(read.markdown.contains("fee of 3025% euros") && read.lost_chars == 0, "{}", read.markdown);
}

#[test]
fn damaged_files_never_panic() {
    let parse = |bytes: &[u8]| crate::format::Format::Pdf.parse(bytes);
    let whole = page(&at(72, 700, 12, "Text"));
    for damaged in [&b"%PDF-1.4 nonsense"[..], b"", b"<html>", &whole[..60]] {
        assert!(parse(damaged).is_err(), "{:?}", String::from_utf8_lossy(damaged));
    }
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x1f;
        // Some changes leave a valid file; none may end the process.
        let _either = parse(&damaged);
    }
}
