//! The fonts of a file: which text a code stands for, and how far it moves the pen.

use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc};

use hayro_cmap::{BfString, CMap, CMapName, CidFamily};
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString};

/// The units of a font's widths for each unit of its size.
const UNITS_PER_EM: f64 = 1000.0;

/// The width of most letters, as a share of the size. The nominal size of a font that is made of drawings tells nothing.
const LETTER_WIDTH: f64 = 0.5;

/// The most characters that one code stands for.
const CHARS_PER_CODE_MAX: usize = 16;

/// The fonts of a file, each loaded once.
pub(super) struct Fonts<'a> {
    cache: FontCache<'a>,
    programs: FontResolverFn,
    maps: CMapResolverFn,
    loaded: RefCell<HashMap<Vec<u8>, Option<Rc<PdfFont<'a>>>>>,
}

impl<'a> Fonts<'a> {
    pub(super) fn new() -> Fonts<'a> {
        Fonts {
            cache: FontCache::new(),
            programs: Arc::new(|query| {
                let font = match query {
                    FontQuery::Standard(font) => *font,
                    FontQuery::Fallback(query) => query.pick_standard_font(),
                };
                Some(font.get_font_data())
            }),
            maps: Arc::new(hayro_cmap::load_embedded),
            loaded: RefCell::default(),
        }
    }

    /// Returns the font that a dictionary describes, or `None` if it describes none.
    pub(super) fn font(&self, dict: &Dict<'a>) -> Option<Rc<PdfFont<'a>>> {
        if let Some(known) = self.loaded.borrow().get(dict.data()) {
            return known.clone();
        }
        let loaded = self.cache.font(dict, &self.programs, &self.maps).map(|font| Rc::new(PdfFont::new(font, dict)));
        self.loaded.borrow_mut().insert(dict.data().to_vec(), loaded.clone());
        loaded
    }
}

/// A font that text is shown in.
pub(super) struct PdfFont<'a> {
    font: Font<'a>,
    /// The text of each identity of a character, where the codes themselves have no text.
    characters: Option<Characters>,
    /// The names of glyphs that are a character themselves, by their codes: old programs name drawings so.
    names: HashMap<u32, char>,
    /// The size of its letters for each unit of its nominal size.
    pub(super) size: f64,
    shown: RefCell<HashMap<u32, Shown>>,
}

/// One code as it is shown.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) text: Rc<str>,
    /// The way of the pen for each unit of the size.
    pub(super) advance: (f64, f64),
    pub(super) origin: (f64, f64),
}

impl<'a> PdfFont<'a> {
    fn new(font: Font<'a>, dict: &Dict<'a>) -> PdfFont<'a> {
        let is_drawn = dict.get::<Name<'_>>("Subtype").is_some_and(|subtype| subtype.as_str() == "Type3");
        let size = if is_drawn { drawn_size(&font) } else { 1.0 };
        PdfFont { font, characters: Characters::of(dict), names: names(dict), size, shown: RefCell::default() }
    }

    pub(super) fn is_horizontal(&self) -> bool {
        self.font.is_horizontal()
    }

    /// Reads the code at a place of a text: its number and its bytes.
    pub(super) fn read_code(&self, bytes: &[u8], at: usize) -> (u32, usize) {
        let (code, length) = self.font.read_code(bytes, at);
        (code, length.max(1))
    }

    pub(super) fn shown(&self, code: u32) -> Shown {
        if let Some(known) = self.shown.borrow().get(&code) {
            return known.clone();
        }
        let (advance, origin) = (self.font.code_advance(code), self.font.origin_displacement(code));
        let shown = Shown {
            text: self.text(code).into(),
            advance: (advance.x / UNITS_PER_EM, advance.y / UNITS_PER_EM),
            origin: (origin.x / UNITS_PER_EM, origin.y / UNITS_PER_EM),
        };
        self.shown.borrow_mut().insert(code, shown.clone());
        shown
    }

    /// Returns the text of a code, or the replacement character if the file does not say it.
    fn text(&self, code: u32) -> String {
        let text = match self.font.glyph(self.font.map_code(code), code) {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        let text = text.or_else(|| self.characters.as_ref().and_then(|characters| characters.text(code)));
        match text {
            Some(BfString::Char('\0')) | None => {
                self.names.get(&code).copied().unwrap_or(char::REPLACEMENT_CHARACTER).to_string()
            }
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text.chars().take(CHARS_PER_CODE_MAX).collect(),
        }
    }
}

/// Returns the characters that the glyphs of a simple font are named by, such as `/1`, or by their code, such as `/c49`
/// and `/G31` (as `pdftotext` reads them).
fn names(dict: &Dict<'_>) -> HashMap<u32, char> {
    let differences = dict.get::<Dict<'_>>("Encoding").and_then(|encoding| encoding.get::<Array<'_>>("Differences"));
    let (mut given, mut code) = (Vec::new(), 0);
    for item in differences.iter().flat_map(|list| list.iter::<Object<'_>>()) {
        match item {
            Object::Number(number) => code = u32::try_from(number.as_i64()).unwrap_or_default(),
            Object::Name(name) => {
                given.push((code, name.as_str().to_owned()));
                code += 1;
            }
            _ => {}
        }
    }
    numbered(&given)
        .unwrap_or_else(|| given.iter().filter_map(|(code, name)| named(name, *code).map(|c| (*code, c))).collect())
}

/// The fewest names that tell that they number characters.
const NUMBERED_MIN: usize = 4;

/// Returns the characters of names that are all their numbers behind the same letters, such as `/MT51`. A run of numbers may
/// as well count the glyphs.
fn numbered(given: &[(u32, String)]) -> Option<HashMap<u32, char>> {
    let letters = |name: &str| name.len() - name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    let prefix =
        given.first().map(|(_, name)| &name[..letters(name)]).filter(|prefix| (1..=2).contains(&prefix.len()))?;
    let number = |name: &str| name.strip_prefix(prefix)?.parse::<u8>().ok().filter(|n| matches!(n, 32..=126 | 160..));
    let numbers: Vec<u8> = given.iter().map(|(_, name)| number(name)).collect::<Option<_>>()?;
    let counts = numbers.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1));
    let found = given.iter().zip(&numbers).map(|((code, _), number)| (*code, char::from(*number)));
    (numbers.len() >= NUMBERED_MIN && !counts).then(|| found.collect())
}

fn named(name: &str, code: u32) -> Option<char> {
    let mut chars = name.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    if rest.is_empty() {
        return first.is_ascii_graphic().then_some(first);
    }
    let is_code = rest.parse() == Ok(code) || u32::from_str_radix(rest, 16) == Ok(code);
    char::from_u32(code).filter(|c| is_code && first.is_ascii_alphabetic() && c.is_ascii_graphic())
}

/// Returns the size of the letters of a font that is made of drawings, by their mean width.
fn drawn_size(font: &Font<'_>) -> f64 {
    let widths = (0..=255).map(|code| font.code_advance(code).x.abs() / UNITS_PER_EM).filter(|width| *width > 0.0);
    let (count, sum) = widths.fold((0_u32, 0.0), |(count, sum), width| (count + 1, sum + width));
    if count == 0 { 1.0 } else { sum / f64::from(count) / LETTER_WIDTH }
}

/// The characters of a font whose codes are those of a national encoding (ISO 32000-1, 9.7.5.2 and 9.10.2).
struct Characters {
    codes: CMap,
    texts: CMap,
}

impl Characters {
    fn of(dict: &Dict<'_>) -> Option<Characters> {
        let codes = match dict.get::<Object<'_>>("Encoding")? {
            Object::Name(name) => predefined(&name)?,
            Object::Stream(stream) => own(&stream)?,
            _ => return None,
        };
        let family = codes.metadata().character_collection.as_ref().map(|collection| collection.family.clone());
        let family = family.filter(|family| *family != CidFamily::AdobeIdentity).or_else(|| collection(dict))?;
        let texts = CMap::parse(hayro_cmap::load_embedded(family.ucs2_cmap()?)?, hayro_cmap::load_embedded)?;
        Some(Characters { codes, texts })
    }

    fn text(&self, code: u32) -> Option<BfString> {
        let id = (1..=4).find_map(|length| self.codes.lookup_cid_code(code, length))?;
        self.texts.lookup_bf_string(id)
    }
}

fn predefined(name: &Name<'_>) -> Option<CMap> {
    match CMapName::from_bytes(name) {
        CMapName::IdentityH => Some(CMap::identity_h()),
        CMapName::IdentityV => Some(CMap::identity_v()),
        known => CMap::parse(hayro_cmap::load_embedded(known)?, hayro_cmap::load_embedded),
    }
}

fn own(stream: &Stream<'_>) -> Option<CMap> {
    CMap::parse(&stream.decoded_data().ok()?, hayro_cmap::load_embedded)
}

/// Returns the collection of characters that the font below a composite one is made for.
fn collection(dict: &Dict<'_>) -> Option<CidFamily> {
    let below = dict.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
    let info = below.get::<Dict<'_>>("CIDSystemInfo")?;
    let text = |key: &str| info.get::<PdfString<'_>>(key).map(|text| text.as_bytes().to_vec());
    Some(CidFamily::from_registry_ordering(&text("Registry")?, &text("Ordering")?))
}
