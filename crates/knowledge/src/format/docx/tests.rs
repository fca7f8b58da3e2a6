use super::{super::package::tests::packed, *};

const STYLES: &str = r#"<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
    <w:style w:styleId="Normal"><w:name w:val="Normal"/></w:style>
    <w:style w:styleId="Secret"><w:name w:val="Secret"/><w:basedOn w:val="Intern"/></w:style>
    <w:style w:styleId="Intern"><w:name w:val="Internal"/><w:rPr><w:vanish/></w:rPr></w:style>
    <w:style w:styleId="Cents"><w:name w:val="Cents"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>
    <w:style w:styleId="Old"><w:name w:val="Old"/><w:rPr><w:strike/><w:dstrike w:val="0"/></w:rPr></w:style></w:styles>"#;

/// Packs a document whose main part has an unusual name, as Word Online writes it.
fn docx(body: &str, more: &[(&str, &str, &str)]) -> Vec<u8> {
    let relation = |(kind, name, _): &(&str, &str, &str)| {
        format!("<Relationship Id=\"{name}\" Type=\"http://x/{kind}\" Target=\"{name}\"/>")
    };
    let styles = ("styles", "styles.xml", STYLES);
    let all: Vec<_> = more.iter().copied().chain([styles]).collect();
    let relations = format!("<Relationships>{}</Relationships>", all.iter().map(relation).collect::<String>());
    let body = format!("<w:document><w:body>{body}</w:body></w:document>");
    let names: Vec<String> = all.iter().map(|(_, name, _)| format!("word/{name}")).collect();
    let mut parts = vec![("word/document2.xml", body.as_str()), ("word/_rels/document2.xml.rels", relations.as_str())];
    parts.extend(names.iter().zip(&all).map(|(name, (_, _, xml))| (name.as_str(), *xml)));
    packed("word/document2.xml", &parts)
}

fn markdown(body: &str) -> String {
    parse(&docx(body, &[])).unwrap().markdown
}

#[test]
fn paragraphs_headings_lists_and_tables_are_parsed() {
    let body = r#"
        <w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>Wartung &amp; Pflege</w:t></w:r></w:p>
        <w:p><w:r><w:t xml:space="preserve">Den Filter </w:t></w:r><w:r><w:t>reinigen&#x2E;</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>
        <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr><w:r><w:t>Bürste</w:t><w:tab/><w:t>tauschen</w:t></w:r></w:p>
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Teil</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Monate</w:t></w:r></w:p></w:tc></w:tr>
        <w:tr><w:tc><w:p><w:r><w:t>Akku</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>24</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
        <w:p><mc:AlternateContent><mc:Choice><w:t>Neu</w:t></mc:Choice><mc:Fallback><w:t>Alt</w:t></mc:Fallback></mc:AlternateContent></w:p>
        <w:p/>"#;
    let expected = "# Wartung & Pflege\n\nDen Filter reinigen.\n\n- Bürste tauschen\n\n\
        | Teil | Monate |\n| --- | --- |\n| Akku | 24 |\n\nNeu";
    assert_eq!(markdown(body), expected);
    let core = "<cp:coreProperties><dc:title>Handbuch &lt;2&gt;</dc:title></cp:coreProperties>";
    let file = packed("word/document.xml", &[("word/document.xml", "<w:p/>"), ("docProps/core.xml", core)]);
    assert_eq!(parse(&file).unwrap().title.as_deref(), Some("Handbuch <2>"));
}

/// Each kind of text that was once changed, lost or shown to nobody.
#[test]
fn runs_are_read_as_people_see_them() {
    let run = |properties: &str, text: &str| {
        format!("<w:r><w:rPr>{properties}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
    };
    let cases = [
        (run("", "10") + "<w:r><w:noBreakHyphen/></w:r>" + &run("", "15 days. Ser") + "<w:r><w:softHyphen/></w:r>" + &run("", "vice"), "10-15 days. Service"),
        ("<w:r><w:sym w:font=\"Symbol\" w:char=\"F02D\"/></w:r>".to_owned() + &run("", "20 degrees"), "−20 degrees"),
        (run("", "costs ") + &run("<w:strike/>", "999") + &run("<w:strike w:val=\"0\"/>", " 555 euros"), "costs 555 euros"),
        (run("", "Sold. ") + &run("<w:vanish/>", "Internal.") + &run("<w:rStyle w:val=\"Intern\"/>", "Margin.") + &run("", "Red."), "Sold. Red."),
        (format!("<w:del>{}</w:del><w:moveFrom>{}</w:moveFrom><w:ins>{}</w:ins>", run("", "a").replace("w:t", "w:delText"), run("", "b"), run("", "c")), "c"),
        (run("<w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange>", "kept"), "kept"),
        (run("", "$19") + &run("<w:vertAlign w:val=\"superscript\"/>", "9") + &run("<w:vertAlign w:val=\"superscript\"/>", "9") + &run("", ", H") + &run("<w:vertAlign w:val=\"subscript\"/>", "2") + &run("", "O"), "$19^99, H2O"),
        (run("", "$19") + &run("<w:rStyle w:val=\"Cents\"/>", "99") + &run("", " or $5") + &run("<w:position w:val=\"8\"/>", "95"), "$19^99 or $5^95"),
        (run("", "now ") + &run("<w:strike/><w:vanish w:val=\"0\"/>", "$49") + &run("", "$39"), "now $39"),
        (run("<w:rStyle w:val=\"Old\"/>", "$49") + &run("", "$39") + &run("<w:rStyle w:val=\"Old\"/><w:strike w:val=\"0\"/>", " net"), "$39 net"),
        (run("<w:rStyle w:val=\"Secret\"/>", "margin") + &run("", "$39"), "$39"),
        ("<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>".to_owned(), "1/2"),
        (
            "<m:oMath><m:r><m:t>2</m:t></m:r><m:d><m:dPr><m:endChr m:val=\"]\"/></m:dPr><m:e><m:r><m:t>3+4</m:t></m:r></m:e></m:d>\
                <m:sSup><m:e><m:d><m:e><m:r><m:t>10</m:t></m:r></m:e></m:d></m:e><m:sup><m:r><m:t>5</m:t></m:r></m:sup></m:sSup>\
                <m:rad><m:deg><m:r><m:t>3</m:t></m:r></m:deg><m:e><m:r><m:t>8</m:t></m:r></m:e></m:rad></m:oMath>".to_owned(),
            "2(3+4](10)^53√(8)",
        ),
    ];
    for (runs, expected) in cases {
        assert_eq!(markdown(&format!("<w:p>{runs}</w:p>")), expected, "{runs}");
    }
    assert_eq!(parse(&docx(&format!("<w:p>{}</w:p>", run("<w:vanish/>", "four 5")), &[])).unwrap().hidden_chars, 5);
}

#[test]
fn notes_follow_their_paragraph_and_headers_stand_first() {
    let body = "<w:p><w:r><w:t>It is free</w:t></w:r><w:r><w:footnoteReference w:id=\"2\"/></w:r><w:r><w:t>.</w:t></w:r></w:p><w:p><w:r><w:t>End.</w:t></w:r></w:p>";
    let footnotes = "<w:footnotes><w:footnote w:id=\"0\"><w:p/></w:footnote><w:footnote w:id=\"2\"><w:p><w:r><w:t>Until May.</w:t></w:r></w:p></w:footnote></w:footnotes>";
    let header = "<w:hdr><w:p><w:r><w:t>Phone 555 0142</w:t></w:r></w:p></w:hdr>";
    let more = [
        ("footnotes", "footnotes.xml", footnotes),
        ("header", "header1.xml", header),
        ("footer", "footer1.xml", header),
    ];
    let parsed = parse(&docx(body, &more)).unwrap();
    assert_eq!(parsed.markdown, "Phone 555 0142\n\nIt is free[1].\n\n[1] Until May.\n\nEnd.");
}

/// Terms have numbers that people refer to.
#[test]
fn numbers_of_lists_and_headings_are_written() {
    let level = |at: usize, format: &str, text: &str, more: &str| {
        format!(
            "<w:lvl w:ilvl=\"{at}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/>{more}<w:lvlText w:val=\"{text}\"/></w:lvl>"
        )
    };
    let numbering = [
        "<w:numbering><w:abstractNum w:abstractNumId=\"0\">",
        &level(0, "decimal", "%1.", "<w:pStyle w:val=\"berschrift1\"/>"),
        &level(1, "decimal", "%1.%2", ""),
        &level(2, "lowerLetter", "(%3)", ""),
        "</w:abstractNum><w:abstractNum w:abstractNumId=\"1\">",
        &level(0, "bullet", "\u{F0B7}", ""),
        "</w:abstractNum><w:abstractNum w:abstractNumId=\"2\">",
        &level(0, "decimal", "Chapter %1", ""),
        &level(1, "decimal", "Clause %2", "<w:lvlRestart w:val=\"0\"/>"),
        "</w:abstractNum><w:num w:numId=\"7\"><w:abstractNumId w:val=\"2\"/></w:num><w:num w:numId=\"4\"><w:abstractNumId w:val=\"0\"/></w:num>",
        "<w:num w:numId=\"5\"><w:abstractNumId w:val=\"1\"/></w:num>",
        "<w:num w:numId=\"6\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride w:ilvl=\"2\"><w:startOverride w:val=\"3\"/></w:lvlOverride></w:num></w:numbering>",
    ]
    .concat();
    let at = |list: u32, level: usize, run: &str| {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr>{run}</w:p>"
        )
    };
    let item = |list: u32, level: usize, text: &str| at(list, level, &format!("<w:r><w:t>{text}</w:t></w:r>"));
    let heading = "<w:p><w:pPr><w:pStyle w:val=\"berschrift1\"/><w:numPr><w:numId w:val=\"4\"/></w:numPr></w:pPr><w:r><w:t>Fees</w:t></w:r></w:p>";
    let body = [
        item(4, 0, "Scope"),
        item(4, 1, "All robots."),
        heading.to_owned(),
        item(4, 1, "Rent."),
        at(4, 1, "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Secret.</w:t></w:r>"),
        item(4, 1, "Refunds:"),
        item(4, 2, "in money"),
        item(6, 2, "in kind"),
        item(5, 0, "Bullet"),
        item(0, 0, "No list"),
        item(7, 0, "General"),
        item(7, 1, "Parties"),
        item(7, 0, "Money"),
        item(7, 1, "Fees"),
    ]
    .concat();
    let parsed = parse(&docx(&body, &[("numbering", "numbering.xml", numbering.as_str())])).unwrap();
    let expected = [
        "1. Scope",
        "1.1 All robots.",
        "# 2. Fees",
        "2.1 Rent.",
        "2.2 Refunds:",
        "(a) in money",
        "(c) in kind",
        "- Bullet",
        "No list",
        "Chapter 1 General",
        "Clause 1 Parties",
        "Chapter 2 Money",
        "Clause 2 Fees",
    ];
    assert_eq!(parsed.markdown.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>(), expected);
}

#[test]
fn merged_cells_keep_their_value_in_each_row() {
    let cell = |properties: &str, text: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let rows = [
        cell("", "Part") + &cell("", "No") + &cell("", "Price"),
        cell("<w:vMerge w:val=\"restart\"/>", "Filter") + &cell("", "1") + &cell("", "12"),
        cell("<w:vMerge/>", "") + &cell("", "2") + &cell("", "15"),
        cell("<w:gridSpan w:val=\"3\"/>", "without VAT"),
    ];
    let table: String = rows.iter().map(|row| format!("<w:tr>{row}</w:tr>")).collect();
    let expected = "| Part | No | Price |\n| --- | --- | --- |\n| Filter | 1 | 12 |\n| Filter | 2 | 15 |\n\
        | without VAT | without VAT | without VAT |";
    assert_eq!(markdown(&format!("<w:tbl>{table}</w:tbl>")), expected);
}

#[test]
fn numbers_stand_in_empty_cells_of_tables() {
    let numbering = "<w:numbering><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/>\
        <w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"%1.\"/></w:lvl></w:abstractNum>\
        <w:num w:numId=\"4\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>";
    let number =
        "<w:tc><w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"4\"/></w:numPr></w:pPr></w:p></w:tc>";
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |first: &str, part: &str| format!("<w:tr>{first}{}</w:tr>", cell(part));
    let table = row(&cell("Pos."), "Part") + &row(number, "Filter") + &row(number, "Brush");
    let file = docx(&format!("<w:tbl>{table}</w:tbl>"), &[("numbering", "numbering.xml", numbering)]);
    let expected = "| Pos. | Part |\n| --- | --- |\n| 1. | Filter |\n| 2. | Brush |";
    assert_eq!(parse(&file).unwrap().markdown, expected);
}

#[test]
fn skipped_columns_and_symbols_of_fonts_are_kept() {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let rows = [cell("A") + &cell("B"), "<w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>".to_owned() + &cell("2")];
    let table: String = rows.iter().map(|row| format!("<w:tr>{row}</w:tr>")).collect();
    assert_eq!(markdown(&format!("<w:tbl>{table}</w:tbl>")), "| A | B |\n| --- | --- |\n|  | 2 |");
    let run = "<w:r><w:rPr><w:rFonts w:ascii=\"Wingdings\"/></w:rPr><w:t>\u{F0FC}</w:t></w:r><w:r><w:t> yes, \u{F0B1}2</w:t></w:r>";
    assert_eq!(markdown(&format!("<w:p>{run}</w:p>")), "✓ yes, ±2");
}

#[test]
fn files_that_are_not_docx_are_rejected() {
    for bytes in [&b"PK\x03\x04nonsense"[..], b"", &packed("word/document.xml", &[("other.xml", "<a/>")])] {
        assert!(matches!(parse(bytes), Err(ParseError::Malformed(_))), "{bytes:?}");
    }
    let open = packed("word/document.xml", &[("word/document.xml", "<w:p><w:t>open")]);
    assert!(parse(&open).is_ok_and(|parsed| parsed.markdown == "open"));
}
