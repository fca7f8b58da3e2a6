use super::*;

fn markdown(html: &str) -> String {
    parse(html).unwrap().markdown
}

#[test]
fn the_main_text_is_kept_without_navigation_and_scripts() {
    let page = "<html><head><title> ADAM \n</title><style>p{}</style></head><body>\
        <nav><a href='/products'>Products</a></nav><h1>The ADAM <b>robot</b></h1>\
        <p>It makes tea, see <a href='tea.html'>all teas</a>.</p><img src=x alt='A cup'>\
        <table><tr><th>Drink</th><th>Minutes</th></tr><tr><td>Tea</td><td>2</td></tr></table>\
        <script>alert('<p>no</p>')</script><footer>© Richtech</footer></body></html>";
    let parsed = parse(page).unwrap();
    assert_eq!(parsed.title.as_deref(), Some("ADAM"));
    assert_eq!(parsed.links, ["/products", "tea.html"]);
    let expected = "# The ADAM robot\n\nIt makes tea, see all teas.\n\nA cup\n\n\
        | Drink | Minutes |\n| --- | --- |\n| Tea | 2 |\n\n© Richtech";
    assert_eq!(parsed.markdown, expected);
}

/// Each kind of text that was once changed, lost or shown to nobody.
#[test]
fn pages_are_read_as_people_see_them() {
    let cases = [
        ("<p>$19<sup>99</sup>, 30<sup>1</sup> days, 10<sup>5</sup> cm<sup>2</sup>", "$19^99, 30^1 days, 10^5 cm^2"),
        ("<p>note<sup><a href='#n3'>3</a></sup>. The 1<sup>st</sup>", "note[3]. The 1st"),
        ("<p>1<sup>1</sup>&frasl;<sub>2</sub> hours, H<sub>2</sub>O", "1 1⁄2 hours, H2O"),
        ("<p>Was <del>$49</del> now <ins>$39</ins>; <s>$88</s> $77, <strike>5</strike> 6", "Was now $39; $77, 6"),
        (
            "<p>Ge&shy;währ&#8203;leistung, &minus;20&nbsp;°C, 1&frac12;, 3&times;4, 10&ndash;15, &euro;5",
            "Gewährleistung, −20 °C, 1½, 3×4, 10–15, €5",
        ),
        ("<p>1<b>0</b>0, Un<i>bold</i>", "100, Unbold"),
        ("<h2><button>How long?</button></h2><div>Two years.</div>", "## How long?\n\nTwo years."),
        ("<details><summary>Can I?</summary>Yes.</details>", "Can I?\n\nYes."),
        (
            "<main>We sell.</main><aside>Do not wash.</aside><footer><p>12 Harbour Lane</footer>",
            "We sell.\n\nDo not wash.\n\n12 Harbour Lane",
        ),
        ("<p>A<p hidden>secret<p style='color:red; Display: none !important'>secret<p>B<!-- secret -->", "A\n\nB"),
        ("<div style='visibility:hidden'><div>x</div>secret</div><span style=font-size:0>secret</span>B", "B"),
        ("<p>A<p hidden=until-found>B", "A\n\nB"),
        ("<dl><dt>Filter<dd>12 EUR<dt>Hose<dd>15 EUR</dl>", "Filter\n: 12 EUR\n: "),
        ("<ol start=3><li>a<ul><li>b</ul><li value=7>c<li>d</ol>", "3. a\n  - b\n7. c\n8. d"),
        ("<p>One<p>Two<ul><li>Three", "One\n\nTwo\n\n- Three"),
        ("no tags at all", "no tags at all"),
        ("<p># not a heading<br>===", "\\# not a heading\n\\==="),
        ("<pre>a  b\n# c</pre>", "```\na  b\n# c\n```"),
        ("<p>He said <q>no</q>.", "He said “no”."),
        ("<math><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>+</mo><msup><mi>x</mi><mn>2</mn></msup></math>", "1/2+x^2"),
        (
            "<math><mfrac><mrow><mn>1</mn><mo>+</mo><mn>2</mn></mrow><msqrt><mn>9</mn></msqrt></mfrac></math>",
            "(1+2)/√(9)",
        ),
        ("<p>1 < 2 & 3 &gt; 2</p>", "1 < 2 & 3 > 2"),
        ("<svg/><p>A", "A"),
    ];
    for (html, expected) in cases {
        let found = markdown(html);
        match expected.ends_with(": ") {
            true => assert_eq!(found, "Filter\n: 12 EUR\n\nHose\n: 15 EUR", "{html}"),
            false => assert_eq!(found, expected, "{html}"),
        }
    }
    assert_eq!(parse("<p>A<s>four</s><p hidden>five5").unwrap().hidden_chars, 9);
    assert_eq!(parse("").unwrap(), ParsedDocument::default());
}

/// Pages of shops: which of several rules strikes an old price out.
#[test]
fn the_heaviest_rule_strikes_text_out() {
    let cases = [
        "<style>.price{text-decoration:none}</style><p>Was <span class='price line-through'>$49</span> now $39",
        "<style>.card .old{text-decoration:line-through}.old{text-decoration:none}</style>\
            <div class=card><p>Was <b class=old>$49</b> now $39</div>",
        "<style>.old{text-decoration:line-through!important}</style><p>Was <b class=old style='text-decoration:none'>$49</b> now $39",
        "<style>ul.prices>li>.was{text-decoration:line-through}</style><ul class=prices><li>Was <i class=was>$49</i> now $39",
        "<p>Was <b class=was>$49</b> now $39<style>.was{text-decoration:line-through}</style>",
        "<div hidden><style>.was{text-decoration:line-through}</style></div><p>Was <b class=was>$49</b> now $39",
        "<style><!-- .was.old { text-decoration: line-through } --></style><p>Was <b class='old was'>$49</b> now $39",
        "<p>Was <b style='text-decoration:line-through !important;text-decoration:none'>$49</b> now $39",
    ];
    for page in cases {
        assert_eq!(markdown(page).trim_start_matches("- "), "Was now $39", "{page}");
        assert_eq!(parse(page).unwrap().hidden_chars, 3, "{page}");
    }
    for page in [
        "<style>.price{text-decoration:line-through}</style><style>.price{text-decoration:none}</style><b class=price>$39</b>",
        "<style>.old{text-decoration:line-through}#now{text-decoration:none}</style><b class=old id=now>$39</b>",
        "<style>.old b{text-decoration:line-through}</style><p class=older><b>$39</b>",
        "<noscript><style>b{text-decoration:line-through}</style></noscript><b>$39</b>",
        "<style>b:hover,.old+b{text-decoration:line-through}</style><b>$39</b>",
        "<b>$39</b><style media=print>b{text-decoration:line-through}</style>",
    ] {
        assert_eq!(markdown(page), "$39", "{page}");
    }
}

/// Programs that write e-mail set letters of no size around all text, so that no gap is left between its boxes.
#[test]
fn text_inside_of_hidden_text_is_seen_if_its_own_style_shows_it() {
    let cases = [
        (
            "<table><tr><td style='font-size:0px;padding:10px'>x<div style='font-size:13px'>Open from 9</div>y</table>",
            "Open from 9",
        ),
        (
            "<div style=font-size:0> <span style=font-size:14px>9</span> <span style='font:14px/20px Arial'>to 17</span> </div>",
            "9 to 17",
        ),
        ("<p style=visibility:hidden>a<b style=visibility:visible>B</b>c<img src=x alt=d>", "B"),
        ("<div style=font-size:0><img src=x alt='Our robot'>a</div>", "Our robot"),
        ("<ul style=visibility:hidden><li>a<li>b</ul><table style=visibility:hidden><tr><td>c<td>d</table>E", "E"),
        ("<h1 style=font-size:0>a</h1><p>B <q style=visibility:hidden>c</q><sup style=font-size:0>2</sup>", "B"),
        ("<div style='display:none'><p style='display:block;visibility:visible'>a</div>B", "B"),
        ("<p style='display:none;display:block'>B", "B"),
        ("<dl style=font-size:0><dt style=font-size:9pt>Weight<dd style=font-size:9pt>12 kg</dl>", "Weight\n: 12 kg"),
    ];
    for (page, expected) in cases {
        assert_eq!(markdown(page), expected, "{page}");
    }
    assert_eq!(parse("<div style=font-size:0>ab<b style=font-size:9px>C</b></div>").unwrap().hidden_chars, 2);
}

#[test]
fn tables_keep_each_value_in_its_column() {
    let page = "<table><thead><tr><th rowspan=2>Part<th colspan=2>Price<tr><th>Rent<th>Buy</thead>\
        <tr><td rowspan=2>Filter<td>1<td>2<tr><td>3<td>4<tr><td colspan=3>without VAT</table>";
    let expected = "| Part | Price / Rent | Price / Buy |\n| --- | --- | --- |\n| Filter | 1 | 2 |\n| Filter | 3 | 4 |\n\
        | without VAT | without VAT | without VAT |";
    assert_eq!(markdown(page), expected);
    let struck = "<style>.old{text-decoration:line-through}</style><table><tr><th>Part<th>Was<th>Now<tr><td>Filter\
        <td class=old><b>$49</b><td>$39<tr class=old><td>Brush<td>$9<td>$8</table>";
    assert_eq!(markdown(struck), "| Part | Was | Now |\n| --- | --- | --- |\n| Filter |  | $39 |");
    assert_eq!(parse(struck).unwrap().hidden_chars, 3 + 5 + 2 + 2);
    let sheet = "<table><tr><th>Weight<td>30 kg<tr><th>Speed<td>2 m/s</table>";
    assert_eq!(markdown(sheet), "|  |  |\n| --- | --- |\n| Weight | 30 kg |\n| Speed | 2 m/s |");
    let layout = "<table><tr><td><table><tr><td>a<td>b</table><td><p>Text</table>";
    assert_eq!(markdown(layout), "| a | b |\n| --- | --- |\n\nText");
}

#[test]
fn the_base_of_links_is_kept() {
    let parsed = parse("<head><base href='https://a.com/x/'></head><a href=b>b</a><base href=/y>").unwrap();
    assert_eq!((parsed.base.as_deref(), parsed.links.len()), (Some("https://a.com/x/"), 1));
}

/// The sizes stand for time and memory: what is written once is read once.
#[test]
fn no_nesting_and_no_formatting_multiplies_the_text() {
    let formatting: String = (0..480).map(|n| format!("<b id={n}>")).collect();
    let cases = [
        format!("<p>{formatting}{}", "<p>x".repeat(40_000)),
        "<div>".repeat(100_000) + "x",
        "<ul><li>x".repeat(20_000),
        "<table><tr><td>x".repeat(20_000),
        "</p>x".repeat(50_000),
        "<sup>x".repeat(20_000),
    ];
    for page in cases {
        let parsed = parse(&page).unwrap();
        assert!(parsed.markdown.contains('x') && parsed.markdown.len() < 4 * page.len() + 1_000, "{}", &page[..40]);
    }
    let tag = format!("<a{}>", " x".repeat(ATTRIBUTES_MAX + 1));
    assert_eq!(parse(&tag), Err(ParseError::TooManyAttributes(ATTRIBUTES_MAX)));
}
