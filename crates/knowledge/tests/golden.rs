//! Documents with the text that they are read as: one for each way in which text was once changed, lost or shown although
//! nobody sees it. PDF files are built beside their reader.

use std::io::{Cursor, Write};

use knowledge::reading::text;
use zip::{ZipWriter, write::SimpleFileOptions};

#[track_caller]
fn assert_read(name: &str, bytes: impl AsRef<[u8]>, expected: &str) {
    let read = text(name, bytes.as_ref()).expect("it can be read");
    assert_eq!(read.trim(), expected, "{name}");
}

fn html(body: &str) -> String {
    format!("<!doctype html><meta charset=utf-8><title>T</title><body>{body}")
}

/// Builds a DOCX file with this body, and these parts beside it. The name of the main part is free.
fn docx(main: &str, body: &str, parts: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, xml: &str| {
        archive.start_file(name, SimpleFileOptions::default()).expect("a part begins");
        archive.write_all(xml.as_bytes()).expect("memory takes all");
    };
    let relation = |n: usize, kind: &str, target: &str| {
        format!("<Relationship Id=\"r{n}\" Type=\"http://x/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |inner: String| format!("<Relationships>{inner}</Relationships>");
    add("_rels/.rels", &relations(relation(0, "officeDocument", &format!("word/{main}"))));
    let beside = parts.iter().enumerate().map(|(n, (kind, name, _))| relation(n, kind, name)).collect();
    add(&format!("word/_rels/{main}.rels"), &relations(beside));
    add(&format!("word/{main}"), &format!("<w:document><w:body>{body}</w:body></w:document>"));
    parts.iter().for_each(|(_, name, xml)| add(&format!("word/{name}"), xml));
    archive.finish().expect("the archive ends").into_inner()
}

fn run(properties: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{properties}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

#[test]
fn long_text_without_an_end_is_read() {
    let picture = "A".repeat(3_000_000);
    assert_read(
        "a.md",
        format!("# Cup\n\n![A cup](data:image/png;base64,{picture})\n\nIt costs $9."),
        "# Cup\n\n![A cup]\n\nIt costs $9.",
    );
    assert_eq!(text("a.md", "x".repeat(3_000_000).as_bytes()).unwrap().len(), 3_000_000);
}

#[test]
fn hyphens_and_symbols_of_word_files_stay() {
    let paragraph = "<w:p><w:r><w:t>Range 10</w:t><w:noBreakHyphen/><w:t>15 days, </w:t><w:noBreakHyphen/><w:t>20 degrees, </w:t>\
        <w:sym w:font=\"Symbol\" w:char=\"F0B1\"/><w:t>2, </w:t><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/></w:r></w:p>";
    assert_read("a.docx", docx("document.xml", paragraph, &[]), "Range 10-15 days, -20 degrees, ±2, ✓");
}

#[test]
fn raised_numbers_and_marks_of_notes_stay_apart() {
    let page = html(
        "<p>$19<sup>99</sup>, 10<sup>5</sup> in 25 m<sup>2</sup>, 30<sup>1</sup> days, note<sup>3</sup>, H<sub>2</sub>O, <sup>1</sup>⁄<sub>2</sub>",
    );
    assert_read("a.html", page, "$19^99, 10^5 in 25 m^2, 30^1 days, note[3], H2O, 1⁄2");
    let linked = html("<p>free<sup><a href=#n1>1</a></sup> of charge");
    assert_read("b.html", linked, "free[1] of charge");
    let marks = "<p>5 %<sup>1</sup>, 20%<sup>2</sup>, 30€<sup>1</sup>, 30 <sup>1</sup> days, $49.<sup>99</sup>, 19,<sup>99</sup> €, 2 <sup>1</sup>/<sub>2</sub>";
    let expected = "5 %[1], 20%[2], 30€[1], 30 [1] days, $49.99, 19,99 €, 2 1/2";
    assert_read("c.html", html(marks), expected);
    assert_read("c.md", &marks[3..], expected);
    let styled = html(
        "<p>$19<span style='font-size:60%; vertical-align: super'>99</span>, H<span style='vertical-align:sub'>2</span>O",
    );
    assert_read("d.html", styled, "$19^99, H2O");
    let raised = "<w:vertAlign w:val=\"superscript\"/>";
    let paragraph =
        ["<w:p>", &run("", "$19"), &run(raised, "99"), &run("", " for 30 days"), &run(raised, "1"), "</w:p>"].concat();
    assert_read("a.docx", docx("document.xml", &paragraph, &[]), "$19^99 for 30 days[1]");
    assert_read("a.md", "$19<sup>99</sup> and 1&frac12; hours, 10⁵, ½", "$19^99 and 1½ hours, 10⁵, ½");
}

#[test]
fn buttons_are_text() {
    let page = html(
        "<h2><button>How long is the warranty?</button></h2><div>Two years.</div><details><summary>Returns?</summary>Within 30 days.</details>",
    );
    assert_read("a.html", page, "## How long is the warranty?\n\nTwo years.\n\nReturns?\n\nWithin 30 days.");
    let table = html("<table><tr><th><button>Part</button><th><button>Price</button><tr><td>Filter<td>$5</table>");
    assert_read("b.html", table, "| Part | Price |\n| --- | --- |\n| Filter | $5 |");
}

#[test]
fn struck_and_moved_text_is_left_out() {
    assert_read("a.html", html("<p>Was <del>$49</del> <s>$45</s> now <ins>$39</ins>"), "Was now $39");
    assert_read("a.md", "Was ~~$49~~ now $39", "Was  now $39");
    let sheet = "<style>.old, del.was { text-decoration: line-through }</style><p>Was <span class=\"x old\">$49</span> \
        <i class=line-through>$45</i> now <b class=new>$39</b>";
    assert_read("b.html", html(sheet), "Was now $39");
    let shown = "<style>.was, b { text-decoration: line-through } b.kept, #now { text-decoration: none }</style>\
        <style media=print>.price { text-decoration: line-through }</style><p>Was <b>$49</b> now <b class=kept>$39</b> \
        <i class='was price' id=now>a</i> <i class=price>year</i>, <i class=was style='text-decoration:none'>net</i>";
    assert_read("c.html", html(shown), "Was now $39 a year, net");
    let moved = "<w:moveFrom><w:r><w:t>old place </w:t></w:r></w:moveFrom>";
    let paragraph = ["<w:p>", &run("", "Now $39"), &run("<w:strike/>", " not $49"), moved, "</w:p>"].concat();
    assert_read("a.docx", docx("document.xml", &paragraph, &[]), "Now $39");
}

#[test]
fn values_stay_in_their_columns_below_all_header_rows() {
    let table = "<table><thead><tr><th rowspan=2>Robot<th colspan=2>Price<tr><th>Rent<th>Buy</thead>\
        <tr><td rowspan=2>ADAM<td>1<td>2<tr><td>3<td>4</table>";
    let expected = "| Robot | Price / Rent | Price / Buy |\n| --- | --- | --- |\n| ADAM | 1 | 2 |\n| ADAM | 3 | 4 |";
    assert_read("a.html", html(table), expected);
    let sections = "<table><thead><tr><th>Robot<th>Price</thead><tr><th colspan=2>Cleaning<tr><td>DUST<td>5<tr><td rowspan=0>ADAM<td>6<tr><td>7</table>";
    let expected =
        "| Robot | Price |\n| --- | --- |\n| Cleaning | Cleaning |\n| DUST | 5 |\n| ADAM | 6 |\n| ADAM | 7 |";
    assert_read("b.html", html(sections), expected);
}

#[test]
fn the_main_part_of_a_word_file_is_found_by_its_relation() {
    assert_read("a.docx", docx("document2.xml", "<w:p><w:r><w:t>33 euros.</w:t></w:r></w:p>", &[]), "33 euros.");
}

#[test]
fn footers_and_side_notes_of_pages_are_text_and_navigation_is_not() {
    let page = html(
        "<nav>Home</nav><main>Bikes.</main><aside>Wear a helmet.</aside><footer>12 Harbour Lane. Mon to Fri 9 to 17.</footer><script>x()</script>",
    );
    assert_read("a.html", page, "Bikes.\n\nWear a helmet.\n\n12 Harbour Lane. Mon to Fri 9 to 17.");
}

#[test]
fn invisible_signs_in_words_are_left_out() {
    assert_read("a.html", html("<p>Ge&shy;währ, Hoch&#8203;spannung"), "Gewähr, Hochspannung");
    assert_read("a.txt", "Ge\u{AD}währ", "Gewähr");
}

#[test]
fn encodings_are_recognized() {
    let utf_16 = "Цена: 33 евро за штуку".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    assert_read("a.txt", utf_16, "Цена: 33 евро за штуку");
    assert_read("b.txt", b"\x1b$BF|K\\8l\x1b(B", "日本語");
    assert_read("c.txt", b"Gr\xC3\xB6\xC3\x9Fe und Gr\xC3\xB6\xC3\x9Fe, ein \xFC", "Größe und Größe, ein ü");
    let late =
        [b"<!--".as_slice(), &[b'x'; 1_500], b"--><meta charset=windows-1251><p>\xEF\xF0\xE8\xE2\xE5\xF2"].concat();
    assert_read("d.html", late, "привет");
}

#[test]
fn notes_headers_and_footers_of_word_files_are_read() {
    let body = "<w:p><w:r><w:t>It is free</w:t></w:r><w:r><w:footnoteReference w:id=\"2\"/></w:r><w:r><w:t>.</w:t></w:r></w:p>";
    let paragraph = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let notes =
        format!("<w:footnotes><w:footnote w:id=\"2\">{}</w:footnote></w:footnotes>", paragraph("Except on Sundays."));
    let (header, footer) = (
        format!("<w:hdr>{}</w:hdr>", paragraph("Hotline 555 0177")),
        format!("<w:ftr>{}</w:ftr>", paragraph("Terms of 2027")),
    );
    let parts = [
        ("footnotes", "footnotes.xml", &*notes),
        ("header", "header1.xml", &*header),
        ("footer", "footer1.xml", &*footer),
    ];
    let expected = "Hotline 555 0177\n\nIt is free[1].\n\n[1] Except on Sundays.\n\nTerms of 2027";
    assert_read("a.docx", docx("document.xml", body, &parts), expected);
}

#[test]
fn text_that_nobody_sees_is_left_out() {
    let paragraph = ["<w:p>", &run("", "Sold."), &run("<w:vanish/>", " Margin 81 %."), "</w:p>"].concat();
    assert_read("a.docx", docx("document.xml", &paragraph, &[]), "Sold.");
    assert_read("a.md", "Sold.<!-- margin 81 % -->\n\n<div hidden>81</div>", "Sold.");
    let page = html(
        "<p>Sold.<!-- 81 --><p hidden>81<p style='display:none'>81<div style=\"visibility: hidden\">81</div><dialog>81</dialog>",
    );
    assert_read("a.html", page, "Sold.");
}

/// A browser runs scripts and hides text however deep they stand.
#[test]
fn rules_hold_below_the_deepest_nesting() {
    let body = "<h1>Title</h1><script>var evil=1;</script><style>p {}</style><nav>Home</nav><p hidden>secret <b>deep</b> text</p>\
        <p>Was <del>$49</del> $39<table><tr><td>1<td>2</table>";
    for depth in [0, 505, 512, 520, 1_100] {
        let read = text("a.html", html(&("<span>".repeat(depth) + body)).as_bytes()).unwrap();
        for unseen in ["evil", "p {}", "Home", "secret", "deep", "text", "49", "12"] {
            assert!(!read.contains(unseen), "{depth}: {read}");
        }
        assert!(["Title\n", "Was", "$39\n"].iter().all(|seen| read.contains(seen)), "{depth}: {read}");
    }
}

#[test]
fn front_matter_is_no_text() {
    for front in ["---\ntitle: >-\n  Guide to the\n  Plonk\ntags: [a]\n---\n", "+++\ntitle = \"Guide\"\n+++\n"] {
        assert_read("a.md", format!("{front}\nThe plonk is green."), "The plonk is green.");
    }
}

#[test]
fn definitions_stand_with_their_terms() {
    assert_read("a.html", html("<dl><dt>Weight<dd>12 kg<dt>Height<dd>1 m</dl>"), "Weight\n: 12 kg\n\nHeight\n: 1 m");
}

#[test]
fn tables_of_other_programs_are_read() {
    assert_read("a.csv", "Part;Price\nFilter;12,50 €\n", "| Part | Price |\n| --- | --- |\n| Filter | 12,50 € |");
}

/// What cannot be read says why, each kind in words of its own.
#[test]
fn bad_files_are_refused_with_their_reason() {
    let why = |name: &str, bytes: &[u8]| text(name, bytes).unwrap_err();
    let encrypted: Vec<u8> = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
        .iter()
        .copied()
        .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(why("a.docx", &encrypted), "it is protected by a password");
    assert!(why("a.docx", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").contains("older Office format"));
    assert!(why("a.docx", b"PK\x03\x04").contains("no whole ZIP archive"));
    assert!(why("a.pdf", b"hello").contains("no PDF file"));
    assert!(why("a.rtf", b"{\\rtf1}").contains("no known format"));
}
