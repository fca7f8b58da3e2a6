//! Decodes text of unknown encoding.
//!
//! The order is that of the HTML standard ("determining the character encoding"), but for one thing: text that is valid
//! UTF-8 is read as UTF-8 whatever is declared, because text of another encoding never is by chance. The standard's last
//! step before the default, a guess by how often bytes follow each other, is that of Firefox.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::declaration;

/// The bytes in which zero bytes are looked for, which tell UTF-16 without a mark.
const SAMPLE_BYTES: usize = 4_096;

/// The bytes by which an encoding is guessed, from the first one that is not ASCII.
const GUESS_BYTES_MAX: usize = 1_000_000;

/// The bytes before that, which tell where its word begins.
const BEFORE_GUESS_BYTES: usize = 64;

/// Decodes a text. `declared` is the encoding that its transport declares.
pub(crate) fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> String {
    match encoding(bytes, declared) {
        Some(encoding) => encoding.decode(bytes).0.into_owned(),
        None => mixed(bytes),
    }
}

/// Decodes UTF-8 into which bytes of Windows-1252 were copied.
fn mixed(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

/// Decodes a page, which may declare its encoding itself.
pub(super) fn decode_page(bytes: &[u8]) -> String {
    decode(bytes, declaration::find(bytes))
}

/// Returns the encoding of a text, or `None` for UTF-8 with other bytes in it.
fn encoding(bytes: &[u8], declared: Option<&'static Encoding>) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Some(encoding);
    }
    if let Some(encoding) = utf_16(&bytes[..bytes.len().min(SAMPLE_BYTES)]) {
        return Some(encoding);
    }
    if bytes.is_ascii() {
        return Some(if has_japanese_escapes(bytes) { ISO_2022_JP } else { UTF_8 });
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => Some(UTF_8),
        Err(_) if declared.is_none_or(|declared| declared == UTF_8) && is_damaged_utf_8(bytes) => None,
        Err(_) => Some(declared.filter(|declared| *declared != UTF_8).unwrap_or_else(|| guessed(bytes))),
    }
}

/// Guesses the encoding of a text that is not UTF-8. Text of too few letters is Windows-1252.
fn guessed(bytes: &[u8]) -> &'static Encoding {
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0).saturating_sub(BEFORE_GUESS_BYTES);
    let sample = &bytes[first..];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&sample[..sample.len().min(GUESS_BYTES_MAX)], sample.len() <= GUESS_BYTES_MAX);
    detector.guess(None, Utf8Detection::Deny)
}

/// Recognizes UTF-16 without a byte order mark: in most scripts, each second byte of its spaces, digits and line ends is
/// zero, and no other text has zero bytes.
fn utf_16(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let enough = (sample.len() / 40).max(1);
    match (even, odd) {
        (0, odd) if odd >= enough => Some(UTF_16LE),
        (even, 0) if even >= enough => Some(UTF_16BE),
        _ => None,
    }
}

/// Returns true if a text has the escapes of ISO-2022-JP (RFC 1468).
fn has_japanese_escapes(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|window| matches!(window, b"\x1b$B" | b"\x1b$@"))
}

/// Returns true if most of a text is UTF-8. Text of another encoding has hardly a character that is valid in it.
fn is_damaged_utf_8(bytes: &[u8]) -> bool {
    let (mut intact, mut damaged) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        intact += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        damaged += usize::from(!chunk.invalid().is_empty());
    }
    damaged <= intact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_recognized() {
        let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let cases: [(&[u8], &str); 9] = [
            ("Größe".as_bytes(), "Größe"),
            (b"\xEF\xBB\xBFBOM", "BOM"),
            (b"Gr\xF6\xDFe \x80", "Größe €"),
            (b"\xFF\xFEh\0i\0", "hi"),
            (&utf_16("Öffnungszeiten: 9 bis 17 Uhr"), "Öffnungszeiten: 9 bis 17 Uhr"),
            (&utf_16("Цена: 33 евро за штуку"), "Цена: 33 евро за штуку"),
            (b"\x1b$B8f\x1b(B", "御"),
            (b"Gr\xC3\xB6\xC3\x9Fe \xE2\x82\xAC 5 \xFC ok", "Größe € 5 ü ok"),
            (b"plain", "plain"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(decode(bytes, None), expected);
        }
        assert_eq!(decode("Größe".as_bytes(), Some(WINDOWS_1252)), "Größe", "a wrong header");
    }

    #[test]
    fn an_encoding_that_nothing_declares_is_found_by_its_letters() {
        let cases = [
            ("windows-1251", "Мы открыты с понедельника по пятницу. Аренда робота стоит 1299 рублей."),
            ("koi8-r", "Мы открыты с понедельника по пятницу. Аренда робота стоит 1299 рублей."),
            ("shift_jis", "営業時間は平日9時から17時までです。料金は1,299円です。"),
            ("euc-jp", "営業時間は平日9時から17時までです。料金は1,299円です。"),
            ("gbk", "我们的营业时间是周一至周五，租金为1299元。"),
            ("big5", "我們的營業時間是週一至週五，租金為1299元。"),
            ("euc-kr", "영업시간은 평일 오전 9시부터 오후 5시까지입니다."),
            ("iso-8859-2", "Příliš žluťoučký kůň. Otevřeno od pondělí do pátku, cena 1299 Kč."),
            ("windows-1250", "Zażółć gęślą jaźń. Czynne od poniedziałku do piątku, cena 1299 zł."),
            ("iso-8859-7", "Είμαστε ανοιχτά από Δευτέρα έως Παρασκευή, από τις 9 έως τις 17."),
            ("windows-1254", "Pazartesiden cumaya kadar açığız. Kiralama ücreti aylık 1299 lira, şartlar değişebilir."),
            ("windows-1252", "Die Miete beträgt 1299 € im Monat, für größere Geräte fällt eine Gebühr an."),
        ];
        for (label, text) in cases {
            let page = format!("<!doctype html><title>x</title><p>{text}</p>");
            let bytes = Encoding::for_label(label.as_bytes()).unwrap().encode(&page).0;
            assert_eq!(decode_page(&bytes), page, "{label}");
            assert_eq!(decode(&bytes, None), page, "{label}");
        }
    }

    #[test]
    fn the_declared_encoding_is_used() {
        let page =
            |meta: &str| [format!("<html><head>{meta}</head><p>").as_bytes(), b"\xEF\xF0\xE8\xE2\xE5\xF2"].concat();
        let late = format!("<!--{}--><meta charset=windows-1251>", "x".repeat(2_000));
        for meta in [
            "<meta charset=windows-1251>",
            "<META content='text/html; charset=windows-1251' http-equiv=content-type />",
            late.as_str(),
            "<!-- <meta charset=windows-1252> --><meta charset = \"windows-1251\">",
            "<!doctype html><a title='<meta charset=windows-1252>'><meta name=x content='charset=windows-1252'><meta charset=windows-1251>",
            "<meta content='text/html; charset = \"windows-1251\"' http-equiv='Content-Type'>",
            "<metadata charset=windows-1252></p charset=windows-1252><meta\ncharset='windows-1251'/>",
        ] {
            assert!(decode_page(&page(meta)).ends_with("привет"), "{meta}");
        }
        assert_eq!(decode_page(b"<meta charset=utf-16><p>Gr\xf6\xdfe 5\x80"), "<meta charset=utf-16><p>Größe 5€");
        // `none` is no encoding, so the letters tell it.
        assert!(decode_page(&page("<meta charset=none>")).ends_with("привет"));
        assert!(decode_page("<meta charset=windows-1251><p>привет".as_bytes()).ends_with("привет"));
    }
}
