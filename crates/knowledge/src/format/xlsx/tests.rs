use super::{super::package::tests::packed, *};

const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="&quot;$&quot;#,##0.00"/></numFmts>
    <fonts><font><sz val="11"/></font><font><strike/><sz val="11"/></font></fonts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="164" fontId="1"/></cellXfs></styleSheet>"#;
const STRINGS: &str = "<sst><si><t>Robot</t></si><si><r><t>Pri</t></r><r><t>ce</t></r></si><si><t>ADAM &amp; co</t></si>\
    <si><r><t>$19</t></r><r><rPr><vertAlign val=\"superscript\"/></rPr><t>99</t></r><r><t> net</t></r></si>\
    <si><r><t>Now </t></r><r><rPr><strike/></rPr><t>$49</t></r><r><rPr><strike val=\"0\"/></rPr><t>$39</t></r></si></sst>";

fn xlsx(sheet: &str) -> Vec<u8> {
    let workbook = "<workbook><sheets><sheet name=\"Prices\" r:id=\"r1\"/><sheet name=\"Margins\" state=\"hidden\" r:id=\"r2\"/></sheets></workbook>";
    let relations = "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
        <Relationship Id=\"r2\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
        <Relationship Id=\"r3\" Type=\"x/sharedStrings\" Target=\"sharedStrings.xml\"/>\
        <Relationship Id=\"r4\" Type=\"x/styles\" Target=\"styles.xml\"/></Relationships>";
    packed(
        "xl/workbook.xml",
        &[
            ("xl/workbook.xml", workbook),
            ("xl/_rels/workbook.xml.rels", relations),
            ("xl/sharedStrings.xml", STRINGS),
            ("xl/styles.xml", STYLES),
            ("xl/worksheets/sheet1.xml", &format!("<worksheet>{sheet}</worksheet>")),
        ],
    )
}

#[test]
fn sheets_are_tables_with_numbers_as_they_are_shown() {
    let sheet = r#"<cols><col min="4" max="4" hidden="1"/></cols><sheetData>
        <row r="1"><c r="A1" t="inlineStr"><is><t>Valid from May</t></is></c></row>
        <row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c><c r="C3" t="str"><v>VAT</v></c><c r="D3" t="str"><v>Cost</v></c></row>
        <row r="4"><c r="A4" t="s"><v>2</v></c><c r="B4" s="1"><v>1299.5</v></c><c r="C4" s="2"><v>0.19</v></c><c r="D4"><v>7</v></c></row>
        <row r="5" hidden="1"><c r="A5" t="str"><v>secret</v></c></row>
        <row r="6"><c r="A6" t="s"><v>2</v></c><c r="C6" t="b"><v>1</v></c></row></sheetData>"#;
    let parsed = parse(&xlsx(sheet)).unwrap();
    let expected = "## Prices\n\nValid from May\n\n| Robot | Price | VAT |\n| --- | --- | --- |\n\
        | ADAM & co | $1,299.50 | 19% |\n| ADAM & co |  | TRUE |";
    assert_eq!(
        (parsed.markdown.as_str(), parsed.hidden_chars),
        (expected, 11 + 3),
        "with the struck price of the strings"
    );
}

#[test]
fn empty_places_do_not_multiply_a_sheet() {
    let row = |n: usize| {
        let (first, second) = (char::from(b'A' + (n / 26 % 26) as u8), char::from(b'A' + (n % 26) as u8));
        format!("<row r=\"{n}\"><c r=\"A{n}\"><v>1</v></c><c r=\"{first}{second}{n}\"><v>{n}</v></c></row>")
    };
    let sheet: String = (1..5_000).map(row).collect();
    let parsed = parse(&xlsx(&format!("<sheetData>{sheet}</sheetData>"))).unwrap();
    assert!(parsed.markdown.len() < 2 * sheet.len(), "{} of {}", parsed.markdown.len(), sheet.len());
}

#[test]
fn struck_text_is_left_out_and_raised_numbers_stay_apart() {
    let sheet = r#"<sheetData><row r="1"><c r="A1" t="s"><v>3</v></c><c r="B1" t="s"><v>4</v></c></row>
        <row r="2"><c r="A2" s="3"><v>49</v></c><c r="B2" t="inlineStr"><is><r><rPr><strike/></rPr><t>old</t></r><r><t>new</t></r></is></c></row></sheetData>"#;
    let parsed = parse(&xlsx(sheet)).unwrap();
    assert_eq!(parsed.markdown, "## Prices\n\n| $19^99 net | Now $39 |\n| --- | --- |\n|  | new |");
    assert_eq!(parsed.hidden_chars, 3 + 6 + 3);
}

#[test]
fn merged_cells_stand_in_each_place_that_they_cover() {
    let row = |n: usize, cells: &[(&str, &str)]| {
        let cells: String =
            cells.iter().map(|(column, text)| format!("<c r=\"{column}{n}\" t=\"str\"><v>{text}</v></c>")).collect();
        format!("<row r=\"{n}\">{cells}</row>")
    };
    let rows = [
        row(1, &[("A", "Robot"), ("B", "Price")]),
        row(2, &[("B", "Rent"), ("C", "Buy")]),
        row(3, &[("A", "ADAM"), ("B", "1"), ("C", "2")]),
        row(4, &[("B", "3"), ("C", "4")]),
        row(5, &[("A", "without VAT")]),
    ];
    let merges = ["B1:C1", "A1:A2", "A3:A4", "A5:C5", "broken", "C9:A1"];
    let merges: String = merges.iter().map(|places| format!("<mergeCell ref=\"{places}\"/>")).collect();
    let sheet = format!("<sheetData>{}</sheetData><mergeCells>{merges}</mergeCells>", rows.concat());
    let expected = "## Prices\n\n| Robot | Price / Rent | Price / Buy |\n| --- | --- | --- |\n| ADAM | 1 | 2 |\n| ADAM | 3 | 4 |\n\
        | without VAT | without VAT | without VAT |";
    assert_eq!(parse(&xlsx(&sheet)).unwrap().markdown, expected);
    let many = format!(
        "<sheetData>{}</sheetData><mergeCells>{}</mergeCells>",
        rows.concat(),
        "<mergeCell ref=\"A1:XFD1048576\"/>".repeat(50_000)
    );
    assert!(parse(&xlsx(&many)).unwrap().markdown.len() < many.len());
}
