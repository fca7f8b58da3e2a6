use proptest::prelude::*;

use super::*;

/// Spellings of one American number.
const AMERICAN: &[&str] = &[
    "+1 702 555 0143",
    "(702) 555-0143",
    "702.555.0143",
    "0017025550143",
    "1-702-555-0143",
    "011 1 702 555 0143",
    "7025550143",
    "+1(702)5550143",
    "(+1) 702 555 0143",
    "702/555/0143",
    "[702] 555-0143",
    // Nobody sees these.
    "\u{2068}+1 702 555 0143\u{2069}",
    "\u{202a}+1 702 555 0143\u{202c}",
    "\u{202d}+1 702\u{200b}5550143\u{202c}",
    "\u{200e}+1 702 555 0143\u{200e}",
    "\u{200f}+1 702 555 0143",
    "\u{feff}7025550143",
    "+1\u{ad}702\u{ad}555\u{ad}0143",
    "702\u{2060}555\u{2060}0143",
    "+1 702 555 0143\n",
    "+1 702 555 0143\u{2800}",
    "+1 702\u{fffc}555\u{fff9}0143",
    "\u{e000}7025550143\u{f8ff}",
    "702\u{13430}555\u{fdd0}0143",
    // Dashes, spaces and signs of other blocks.
    "+1 702\u{2010}555\u{2010}0143",
    "+1 702\u{2011}555\u{2011}0143",
    "+1 702\u{2012}555\u{2012}0143",
    "+1 702–555–0143",
    "+1 702—555—0143",
    "+1 702−555−0143",
    "+1 702﹣555－0143",
    "+1 702ー555ー0143",
    "+1 702~555~0143",
    "+1\u{a0}702\u{202f}555\u{2009}0143",
    "+1　702　555　0143",
    "+1·702·555·0143",
    "＋1 （702） 555．0143",
    // Digits of other scripts.
    "＋１ ７０２ ５５５ ０１４３",
    "+١ ٧٠٢ ٥٥٥ ٠١٤٣",
    "+۱ ۷۰۲ ۵۵۵ ۰۱۴۳",
    "+१ ७०२ ५५५ ०१४३",
    "+১ ৭০২ ৫৫৫ ০১৪৩",
    "+๑ ๗๐๒ ๕๕๕ ๐๑๔๓",
    "𝟏 𝟕𝟎𝟐 𝟓𝟓𝟓 𝟎𝟏𝟒𝟑",
    "7\u{fe0f}\u{20e3}0\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3} 555 0143",
    // Links.
    "tel:+17025550143",
    "tel:+1-702-555-0143",
    "TEL:7025550143",
    "tel:%2B1%20702%20555%200143",
    "sms:+17025550143",
    "sms:+17025550143?body=Hello",
    "smsto:+17025550143",
    "callto:+17025550143",
    "https://wa.me/17025550143",
    "http://www.wa.me/17025550143?text=Hi",
    "wa.me/17025550143",
    "https://api.whatsapp.com/send?phone=17025550143&text=Hi",
    "https://api.whatsapp.com/send/?phone=%2B17025550143",
    "whatsapp://send?phone=17025550143",
    "https://signal.me/#p/+17025550143",
    "<tel:+17025550143>",
    "[+1 702 555 0143](tel:+17025550143)",
    "viber://chat?number=%2B17025550143",
    "skype:+17025550143?call",
    // Pictures beside it.
    "📞 +1 702 555 0143",
    "☎ 702 555 0143 ✅",
    // Labels.
    "Phone: +1 702 555 0143",
    "Tel. +1 702 555 0143",
    "Tel.: (702) 555-0143",
    "phone number: 702-555-0143",
    "Mobile 702 555 0143",
    "M: +1 702 555 0143",
    "WhatsApp +1 702 555 0143",
    "702 555 0143 (mobile)",
    "702 555 0143 - office",
    "电话：+1 702 555 0143",
    "Teléfono: +1 702 555 0143",
    "\"+1 702 555 0143\"",
    // Extensions are compared by the number before them.
    "+1 702 555 0143 ext. 5",
    "+1 702 555 0143 Ext 5",
    "+1 702 555 0143 extension 1234",
    "+1 702 555 0143 x5",
    "702-555-0143x5",
    "+1 702 555 0143 (ext. 5)",
    "+1 702 555 0143 #5",
    "+17025550143,5",
    "+17025550143,,5#",
    "+17025550143;5",
    "tel:+1-702-555-0143;ext=5",
    "tel:702-555-0143;phone-context=+1",
    "+1 702 555 0143,,123456#,,1#",
    "Phone: +1 702 555 0143 ｘ５",
];

#[test]
fn spellings_of_one_number_are_the_same() {
    let groups: [&[&str]; 17] = [
        AMERICAN,
        &[
            "+44 20 7946 0958",
            "020 7946 0958",
            "+44 (0)20 7946 0958",
            "0044 20 79460958",
            "Tel +44 (0)20–7946–0958",
            // The zero is dialled within the country alone, with brackets or without.
            "+44 020 7946 0958",
            "+4402079460958",
            "+44 (020) 7946 0958",
            "0044 020 7946 0958",
            "44 020 7946 0958",
            "wa.me/4402079460958",
        ],
        &["+49 171 1234567", "+49 0171 1234567", "+49 (0)171 1234567", "0171 1234567", "004901711234567"],
        &["+33 6 12 34 56 79", "+33 06 12 34 56 79", "+33(0)612345679"],
        &["+61 412 345 679", "+61 0412 345 679", "0412 345 679", "0011 61 412 345 679"],
        &["+91 98765 43211", "+91 098765 43211", "098765 43211", "98765 43211"],
        &["+886 912 345 678", "+886 0912 345 678", "0912 345 678"],
        &["+353 87 123 4567", "+353 087 123 4567", "087 123 4567"],
        &[
            "+7 912 345-67-80",
            "8 912 345 67 80",
            "89123456780",
            "8 (912) 345-67-80",
            "+7 8 912 345 67 80",
            "79123456780",
        ],
        &["+375 29 123-45-67", "8 029 123 45 67", "+375 029 123 45 67"],
        &["+36 30 123 4567", "06 30 123 4567", "+36 06 30 123 4567", "+36 (06) 30 123 4567"],
        &["+370 612 34567", "8 612 34567", "+370 0612 34567"],
        &["+52 55 1234 5678", "+52 1 55 1234 5678", "wa.me/5215512345678", "55 1234 5678"],
        // In Italy the zero is a part of the number.
        &["+39 06 1234 5678", "+39 (0)6 1234 5678", "06 1234 5678"],
        &["+45 12 34 56 78", "12345678", "0045 12345678", "tlf. 12 34 56 78"],
        &["+49 (0)30 1234567-89", "030/1234567-89", "＋４９ ３０ １２３４５６７８９"],
        &["+966 55 987 6543", "٠٥٥ ٩٨٧ ٦٥٤٣", "هاتف: +٩٦٦ ٥٥ ٩٨٧ ٦٥٤٣"],
    ];
    assert!(groups.iter().map(|group| group.len()).sum::<usize>() >= 80);
    for (at, group) in groups.iter().enumerate() {
        for (one, other) in group.iter().flat_map(|one| group.iter().map(move |other| (one, other))) {
            let phone = Phone::parse(one).unwrap_or_else(|error| panic!("{one}: {error}"));
            assert!(phone.is_same(other), "{one} {other}");
        }
        let stranger = groups[(at + 1) % groups.len()][0];
        assert!(group.iter().all(|one| !Phone::parse(one).unwrap().is_same(stranger)), "{stranger}");
    }
    assert_eq!(Phone::parse("+1 702 555 0143 ext. 5").unwrap().last_digits(), "5550143");
}

#[test]
fn a_country_code_is_part_of_the_number() {
    for (stored, other, is_same, may_be) in [
        ("+1 479 234 5678", "+47 92 34 56 78", false, false),
        ("+1 479 234 5678", "0047 92 34 56 78", false, false),
        ("+1 479 234 5678", "011 47 92 34 56 78", false, false),
        ("+1 658 123 4567", "+65 8123 4567", false, false),
        ("+1 702 555 0143", "+7 025 550 143", false, false),
        ("+1 702 555 0143", "wa.me/7025550143", false, false),
        // One side without a country code: the end of a number says too little.
        ("+1 702 555 0143", "555-0143", false, true),
        ("702 555 0143", "555-0143", false, true),
        ("+1 702 555 0143", "025 550 143", false, true),
        ("+1 702 555 0143", "0702 555 0143", false, true),
        ("1 702 555 0143", "0702 555 0143", false, true),
        ("+7 025 550 143", "0702 555 0143", false, true),
        // Equal digits: a number of North America without its country code, and one with another.
        ("702 555 0143", "+7 025 550 143", false, false),
        ("(702) 555-0143", "+7025550143", false, false),
        ("7025550143", "007 025 550 143", false, false),
        ("479-234-5678", "+47 92 34 56 78", false, true),
        // Equal digits: the plus sign is missing.
        ("47 92 34 56 78", "+47 92 34 56 78", true, true),
        ("4520123456", "+45 20 12 34 56", true, true),
        ("17025550143", "+1 702 555 0143", true, true),
        ("79161234567", "+7 916 123-45-67", true, true),
        ("98765 43210", "+91 98765 43210", true, true),
        ("702 555 0143", "7025550143.0", true, true),
        ("479 234 5678", "92 34 56 78", false, true),
        ("+1 479 234 5678", "92 34 56 78", false, true),
        ("+47 92 34 56 78", "92 34 56 78", true, true),
        ("+65 8123 4567", "8123 4567", true, true),
        ("17025550143", "702 555 0143", true, true),
        ("555-0143", "5550143", true, true),
        ("+39 06 1234 5678", "06 1234 5678", true, true),
        // Bergamo, and a mobile phone.
        ("+39 035 123 4567", "+39 35 123 4567", false, false),
        ("+39 035 123 4567", "351 234 567", false, true),
        ("+39 351 234 567", "0351 234 567", false, true),
        ("+378 0549 886377", "+378 549 886377", false, false),
        ("+225 07 12 34 56 78", "+225 7 12 34 56 78", false, false),
        ("+7 912 345 67 80", "0912 345 67 80", false, true),
        ("+7 912 345 67 80", "+98 912 345 6780", false, false),
        ("8 912 345 67 80", "+84 912 345 678", false, false),
        ("8 912 345 67 80", "912 345 67 80", true, true),
        ("+44 20 7946 0958", "+44 0 120 7946 0958", false, false),
        ("+1 702 555 0143", "0011 1 702 555 0143", true, true),
    ] {
        for (one, two) in [(stored, other), (other, stored)] {
            let phone = Phone::parse(one).unwrap();
            assert_eq!((phone.is_same(two), phone.may_be(two)), (is_same, may_be), "{one} {two}");
        }
    }
}

#[test]
fn texts_without_a_plausible_number_are_rejected() {
    for bad in ["", "Sarah", "0143", "0000000", "1234567890123456789", "702 CALL NOW", "sarah@gmail.com"] {
        assert!(Phone::parse(bad).is_err(), "{bad}");
    }
    assert!(!Phone::parse("55501").unwrap().is_same("+1 702 555 5501"), "an extension is nobody's number");
}

#[test]
fn a_number_without_its_area_code_is_known() {
    for (text, expected) in
        [("555 0143", true), ("5550143", true), ("702 555 0143", false), ("+65 8123 4567", false), ("Sarah", false)]
    {
        assert_eq!(lacks_area_code(text), expected, "{text}");
    }
}

#[test]
fn a_number_that_cannot_be_read_is_told_from_other_texts() {
    use InvalidPhone::{OtherText, Several, TooLong, TooShort, Unreadable, WrongLength};
    for (text, reason) in [
        ("Sarah Mark", OtherText),
        ("4 Seasons", OtherText),
        ("7-Eleven", OtherText),
        ("ORD-2026-1234567", OtherText),
        ("1-800-FLOWERS", OtherText),
        ("7025550143@txt.example", OtherText),
        ("https://example.com/7025550143", OtherText),
        ("Office", OtherText),
        ("0143", OtherText),
        ("", OtherText),
        ("+1 702 555 0143 / 0144", Several),
        ("702 555 0143/4", Several),
        ("+1 702 555 014", WrongLength),
        ("0017025550143 9", WrongLength),
        ("1-702-555-CALL", Unreadable('C')),
        ("+45 12", TooShort),
        ("Phone: 12", TooShort),
        ("+1 702 555 0143 702 555 0144", TooLong),
        ("+1 702 555 0143 / +1 702 555 0144", Several),
        ("702 555 0143, 702 555 0144", Several),
        ("702 555 0143 or 702 555 0144", Several),
        ("+1 702 CALL NOW", Unreadable('C')),
        ("702 555 0143 after 5 pm", Unreadable('a')),
        ("702 555 O143", Unreadable('O')),
        ("+1 702 555 01½3", Unreadable('½')),
        ("https://wa.me/message/ABCDEF", Unreadable('m')),
        ("Phone: unknown", Unreadable('u')),
    ] {
        assert_eq!(Phone::parse(text), Err(reason), "{text}");
    }
}

#[test]
fn a_number_is_stored_as_it_was_spelt_without_what_surrounds_it() {
    for (text, kept) in [
        ("+45 12 34 56 78", "+45 12 34 56 78"),
        ("\u{202a}+1 702 555 0143\u{202c}", "+1 702 555 0143"),
        ("+1 (702)\u{a0}555–0143", "+1 (702) 555-0143"),
        ("٠٥٥ ٩٨٧ ٦٥٤٣", "055 987 6543"),
        ("Phone: 702.555.0143", "702.555.0143"),
        ("https://wa.me/17025550143", "+17025550143"),
        ("tel:+1-702-555-0143;ext=5", "+1-702-555-0143 ext. 5"),
        ("702 555 0143x5", "702 555 0143 ext. 5"),
        ("702 555 0143,,123456#,,1#", "702 555 0143,,123456#,,1#"),
        ("7025550143.0", "7025550143"),
    ] {
        assert_eq!(stored(text).unwrap(), kept, "{text}");
        assert_eq!(stored(kept).unwrap(), kept, "stored again, {kept} stays");
    }
    for bad in
        ["call the reception", "0143", "12", "0", "+45 12", "000000", "sarah@gmail.com", "702 555 0143 or 702 555 0144"]
    {
        assert!(stored(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn what_is_stored_is_the_same_number(text in "\\PC{0,40}|(tel:|wa.me/|Phone: )?[+(]?[0-9 ().–٠-٩-]{5,24}( ?(x|ext\\. ?|,,|#|;ext=)[0-9]{1,5})?") {
        if let (Ok(phone), Ok(kept)) = (Phone::parse(&text), stored(&text)) {
            prop_assert!(phone.is_same(&kept), "{:?} {:?}", text, kept);
        }
    }
}
