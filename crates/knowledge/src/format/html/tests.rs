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

#[test]
fn tables_keep_each_value_in_its_column() {
    let page = "<table><thead><tr><th rowspan=2>Part<th colspan=2>Price<tr><th>Rent<th>Buy</thead>\
        <tr><td rowspan=2>Filter<td>1<td>2<tr><td>3<td>4<tr><td colspan=3>without VAT</table>";
    let expected = "| Part | Price / Rent | Price / Buy |\n| --- | --- | --- |\n| Filter | 1 | 2 |\n| Filter | 3 | 4 |\n\
        | without VAT | without VAT | without VAT |";
    assert_eq!(markdown(page), expected);
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
