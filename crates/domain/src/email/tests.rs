use proptest::prelude::*;

use super::*;

fn read(raw: &str) -> Result<Email, InvalidEmail> {
    raw.parse()
}

#[test]
fn addresses_are_trimmed_and_lowered() {
    assert_eq!(" SARAH@Gmail.com ".parse::<Email>().unwrap().as_str(), "sarah@gmail.com");
    assert!("o'brien+desk@sub.example.co.uk".parse::<Email>().is_ok());
    for bad in ["", "sarah", "@x.com", "a@b", "a@b.", "a b@c.com", "a@b@c.com", "Sarah <a@b>", "a;b@c.com", "//a@b.com"]
    {
        assert_eq!(bad.parse::<Email>(), Err(InvalidEmail::OtherForm), "{bad}");
    }
}

#[test]
fn what_no_server_takes_is_no_address() {
    for bad in ["sarah@gmail.com/", "sarah@gmail.com#x", "sarah@gmail.com?a=b", "sarah@gm&ail.com", "sarah@gmail.com|"]
    {
        assert_eq!(read(bad), Err(InvalidEmail::OtherForm), "{bad}");
    }
    for bad in
        [".sarah@gmail.com", "sarah@-gmail.com", "sarah@gmail-.com", "'sarah@gmail.com", "sarah@gmail.com'", "`a@b.com"]
    {
        assert_eq!(read(bad), Err(InvalidEmail::OtherForm), "{bad}");
    }
    for good in ["o'brien@gmail.com", "sarah.@docomo.example", "a-b@my-shop.example"] {
        assert_eq!(read(good).unwrap().as_str(), good);
    }
}

#[test]
fn spellings_of_one_address_are_equal() {
    let groups: [&[&str]; 5] = [
        &["o'brien@gmail.com", "O’Brien@gmail.com", "oʼbrien@gmail.com"],
        &[
            "sarah@gmail.com",
            " SARAH@Gmail.com\n",
            "sarah@gmail.com\u{200b}",
            "\u{200b}sarah@gmail.com",
            "\u{feff}sarah@gmail.com",
            "sarah@gmail.com\u{feff}",
            "\u{202a}sarah@gmail.com\u{202c}",
            "\u{2066}sarah@gmail.com\u{2069}",
            "sarah@gmail.com\u{200e}",
            "sarah@gmail.com\u{ad}",
            "sarah@gmail.com\u{2060}",
            "sarah@gmail.com\u{fe0f}",
            "sarah@gmail.com\u{34f}",
            "sarah@gmail.com\u{e0020}",
            "sarah@gmail.com\u{2800}",
            "\u{fffc}sarah@gmail.com",
            "sarah@gmail.com\u{fff9}\u{fffb}",
            "sarah@gmail.com\u{e000}",
            "\u{f8ff} sarah@gmail.com",
            "sarah@gmail.com\u{fdd0}",
            "sarah@gmail.com\u{13430}",
            "sarah@gmail.com\u{16fe4}",
            "sarah@gmail.com\u{1d159}",
            "\u{3164}sarah@gmail.com",
            "\u{200b} sarah@gmail.com \u{200b}",
            "sarah@gmail.com\0",
            "\u{a0}sarah@gmail.com\u{3000}",
            "<sarah@gmail.com>",
            "'sarah@gmail.com'",
            "\"sarah@gmail.com\"",
            "`sarah@gmail.com`",
            "“sarah@gmail.com”",
            "(sarah@gmail.com)",
            "'<mailto:sarah@gmail.com>'",
            "mailto:sarah@gmail.com",
            "MailTo:Sarah@gmail.com?subject=Hi",
            "ｓａｒａｈ＠ｇｍａｉｌ．ｃｏｍ",
            // As it is copied out of a letter, a list or a page.
            "sarah@gmail.com.",
            "sarah@gmail.com,",
            "sarah@gmail.com;",
            "sarah@gmail.com!",
            "<sarah@gmail.com>,",
            "(sarah@gmail.com).",
            "Sarah Mark <sarah@gmail.com>",
            "\"Mark, Sarah\" <Sarah@gmail.com>;",
            "Sarah Mark <mailto:sarah@gmail.com>",
            "Sarah Mark (sarah@gmail.com)",
            "sarah@gmail.com (Sarah Mark)",
            "sarah@gmail.com <sarah@gmail.com>",
            "'sarah@gmail.com' <Sarah@gmail.com>",
            "[sarah@gmail.com](mailto:sarah@gmail.com)",
            "[Sarah](mailto:sarah@gmail.com?subject=Hi)",
            "mailto://sarah@gmail.com",
            "Email: sarah@gmail.com",
            "E-mail:sarah@gmail.com.",
            "To: Sarah Mark <sarah@gmail.com>",
            "Sarah <\u{200b}sarah@gmail.com\u{feff}>",
        ],
        &["jürgen@bücher.example", "ju\u{308}rgen@bu\u{308}cher.example", "jürgen@xn--bcher-kva.example"],
        &["info@例え.jp", "INFO@例え。jp", "info@xn--r8jz45g.jp", "info@XN--R8JZ45G.JP"],
        &["josé@gmail.com", "jose\u{301}@gmail.com", "JOSÉ@gmail.com"],
    ];
    for (at, group) in groups.iter().enumerate() {
        for (one, other) in group.iter().flat_map(|one| group.iter().map(move |other| (one, other))) {
            assert_eq!(read(one).unwrap(), read(other).unwrap(), "{one:?} {other:?}");
        }
        assert_ne!(read(group[0]).unwrap(), read(groups[(at + 1) % groups.len()][0]).unwrap());
    }
    assert_ne!(read("jose@gmail.com").unwrap(), read("josé@gmail.com").unwrap(), "an accent is another mailbox");
    assert_ne!(read("s.arah@gmail.com").unwrap(), read("sarah@gmail.com").unwrap(), "dots are not ours to drop");
}

#[test]
fn what_surrounds_an_address_hides_no_other_one() {
    for bad in [
        "tom@gmail.com <sarah@gmail.com>",
        "[tom@gmail.com](mailto:sarah@gmail.com)",
        "tom@gmail.com (sarah@gmail.com)",
        "tom@gmail.com, Sarah <sarah@gmail.com>",
        "Sarah <sarah@gmail.com>, Tom <tom@gmail.com>",
        "sarah@gmail.com;tom@gmail.com",
        "sarah@gmail.com, tom@gmail.com.",
        "http://sarah@gmail.com",
        "Sarah Mark",
        "Sarah Mark <>",
        "<>",
        "sarah@gmail.com <Sarah>",
        "her address is sarah@gmail.com",
    ] {
        assert_eq!(read(bad), Err(InvalidEmail::OtherForm), "{bad}");
    }
    assert_eq!(read(&"<".repeat(300)), Err(InvalidEmail::OtherForm));
    assert_eq!(read(&format!("{}a@b.com{}", "(".repeat(200), ")".repeat(200))).unwrap().as_str(), "a@b.com");
}

#[test]
fn an_invisible_character_inside_is_named() {
    for (raw, name) in [
        ("sarah\u{200b}@gmail.com", "U+200B ZERO WIDTH SPACE"),
        ("sarah@\u{200b}gmail.com", "U+200B ZERO WIDTH SPACE"),
        ("sa\u{ad}rah@gmail.com", "U+00AD SOFT HYPHEN"),
        ("sarah@gmail\u{200d}.com", "U+200D ZERO WIDTH JOINER"),
        ("sarah@gmail.\u{200c}com", "U+200C ZERO WIDTH NON-JOINER"),
        ("sarah\u{feff}@gmail.com", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("sarah\u{2060}@gmail.com", "U+2060 WORD JOINER"),
        ("sar\u{202e}ah@gmail.com", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("sarah\u{fe0f}@gmail.com", "U+FE0F VARIATION SELECTOR-16"),
        ("sarah\u{e0041}@gmail.com", "U+E0041"),
        ("sarah\u{3164}@gmail.com", "U+3164 HANGUL FILLER"),
        ("sa\u{fff9}rah@gmail.com", "U+FFF9 INTERLINEAR ANNOTATION ANCHOR"),
        ("sa\u{fffc}rah@gmail.com", "U+FFFC OBJECT REPLACEMENT CHARACTER"),
        ("sarah@\u{2800}gmail.com", "U+2800 BRAILLE PATTERN BLANK"),
        ("sa\u{e000}rah@gmail.com", "U+E000, a private character"),
        ("sarah@gm\u{100041}ail.com", "U+100041, a private character"),
        ("sa\u{fdd0}rah@gmail.com", "U+FDD0"),
        ("sarah\u{13430}@gmail.com", "U+13430"),
        ("mailto:\u{200b}sa\u{34f}rah@gmail.com", "U+034F COMBINING GRAPHEME JOINER"),
    ] {
        let message = read(raw).unwrap_err().to_string();
        assert!(message.contains(name), "{raw:?}: {message}");
        assert!(!message.contains("gmail"), "no personal data: {message}");
    }
    for bad in [
        "sa\u{fffd}rah@gmail.com",
        "sarah@gmail\0.com",
        "sarah@gmail.com,tom@gmail.com",
        "s\u{a0}arah@gmail.com",
        "a@xn--.com",
        "sarah＠",
    ] {
        assert_eq!(read(bad), Err(InvalidEmail::OtherForm), "{bad:?}");
    }
    assert_eq!(read(&format!("sarah@{}.com", "é.".repeat(2_000))), Err(InvalidEmail::OtherForm));
}

#[test]
fn a_letter_that_looks_like_a_latin_one_is_named() {
    for (raw, letter) in [
        ("s\u{430}rah@gmail.com", '\u{430}'),
        ("sarah@gm\u{430}il.com", '\u{430}'),
        ("\u{3bf}tto@x.example", '\u{3bf}'),
    ] {
        assert_eq!(read(raw), Err(InvalidEmail::OtherAlphabet(letter)), "{raw}");
    }
    assert!(read("s\u{430}rah@gmail.com").unwrap_err().to_string().contains("U+0430"));
    for good in ["иван@пример.example", "иван.petrov@example.com", "josé@gmail.com"] {
        assert!(read(good).is_ok(), "{good}");
    }
}

#[test]
fn an_international_address_is_looked_up_in_every_spelling() {
    assert_eq!(read("Sarah@gmail.com").unwrap().spellings(), ["sarah@gmail.com"]);
    let stored = ["info@bu\u{308}cher.example", "info@bücher.example", "info@xn--bcher-kva.example"];
    for spelling in stored {
        assert_eq!(read(spelling).unwrap().spellings(), stored, "{spelling}");
    }
    assert_eq!(read("o’brien@gmail.com").unwrap().spellings(), ["o'brien@gmail.com", "o’brien@gmail.com"]);
    assert_eq!(read("José@gmail.com").unwrap().spellings(), ["jose\u{301}@gmail.com", "josé@gmail.com"]);
    assert_eq!(read("info@XN--bcher-kva.example").unwrap().as_str(), "info@xn--bcher-kva.example", "as it was sent");
    let decomposed = Email::of_record("Info@bu\u{308}cher.example").unwrap();
    assert_eq!(decomposed.as_str(), "info@bu\u{308}cher.example", "as HubSpot has it");
    assert_eq!(decomposed, read("info@bücher.example").unwrap());
}

proptest! {
    #[test]
    fn every_spelling_of_an_address_is_that_address(
        text in "\\PC{0,10}@\\PC{0,10}|[a-zäéøß]{1,8}@[a-zäéø例え]{1,8}\\.(com|example|jp)",
    ) {
        if let Ok(email) = text.parse::<Email>() {
            for spelling in email.spellings() {
                prop_assert_eq!(spelling.parse::<Email>(), Ok(email.clone()), "{:?} {:?}", text, spelling);
            }
        }
    }
}
