use super::{super::package::tests::packed, *};

const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="&quot;$&quot;#,##0.00"/></numFmts>
    <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="9"/></cellXfs></styleSheet>"#;
const STRINGS: &str =
    "<sst><si><t>Robot</t></si><si><r><t>Pri</t></r><r><t>ce</t></r></si><si><t>ADAM &amp; co</t></si></sst>";

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
    assert_eq!((parsed.markdown.as_str(), parsed.hidden_chars), (expected, 11));
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
