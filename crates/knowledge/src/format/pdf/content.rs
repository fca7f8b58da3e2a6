//! Follows the content of a page and notes each piece of text that it shows (ISO 32000-1, 9.4).

use std::rc::Rc;

use hayro_syntax::{
    content::{TypedIter, ops::TypedInstruction as Op},
    object::{Array, Dict, Name, Number, Object, Stream},
    page::{Page, Resources},
};

use super::{
    annotation,
    background::{self, BLACK, Background, Colour},
    colour_space,
    covers::{Covers, Glass},
    fonts::{Fonts, PdfFont, Shown},
    glyph::{Direction, Glyph},
    marked::Marks,
    matrix::{Area, Matrix},
    outline::{Outline, Part},
    rules::Rules,
};

/// The deepest nesting of forms within each other, and of states that are saved.
const FORMS_MAX: usize = 12;
const STATES_MAX: usize = 512;

/// The most instructions of one page, with those of its forms, and the most pieces of text.
const INSTRUCTIONS_MAX: usize = 5_000_000;
const GLYPHS_MAX: usize = 1_000_000;

/// The widest space behind each letter with which letters are still words, as a share of the size.
const LETTER_SPACE_MAX: f64 = 0.4;

/// The smallest size of text that is seen, in points.
const SIZE_SEEN: f64 = 1.0;

/// The last signs that another one may stand on.
const SIGNS_BELOW_MAX: usize = 4;

/// The way of showing text that leaves no mark on the page (ISO 32000-1, 9.3.6).
const INVISIBLE: i64 = 3;

/// The content of one page.
pub(super) struct PageContent {
    /// The text that it shows, in the order of its content.
    pub(super) glyphs: Vec<Glyph>,
    pub(super) rules: Rules,
    /// The share of the page that pictures cover.
    pub(super) pictured_share: f64,
    pub(super) sheet: Area,
}

/// Reads the content of a page.
pub(super) fn read<'a>(page: &Page<'a>, fonts: &Fonts<'a>, hidden_layers: &[(u32, i32)]) -> PageContent {
    let placed = Matrix(page.initial_transform(false).as_coeffs());
    let mut reader = Reader {
        fonts,
        page: placed,
        state: State::new(placed),
        saved: Vec::new(),
        text: Matrix::IDENTITY,
        line: Matrix::IDENTITY,
        outline: Outline::default(),
        cuts: false,
        background: Background::default(),
        covers: Covers::default(),
        rules: Rules::default(),
        marks: Marks::new(hidden_layers),
        glyphs: Vec::new(),
        instructions: 0,
        forms: 0,
    };
    if let Some(content) = page.page_stream() {
        reader.read(content, page.resources());
    }
    for annotation in page.raw().get::<Array<'a>>("Annots").into_iter().flat_map(|list| list.iter::<Dict<'a>>()) {
        reader.annotation(&annotation, page.resources());
    }
    let (width, height) = page.render_dimensions();
    let sheet = Area { left: 0.0, bottom: 0.0, right: f64::from(width), top: f64::from(height) };
    let (mut glyphs, rules) = (reader.glyphs, reader.rules.joined());
    for glyph in &mut glyphs {
        // What lies outside of the sheet is cut off. A picture may be drawn before or after the text that it shows.
        let is_outside = !sheet.contains(glyph.start) && !sheet.contains(glyph.end);
        let is_pictured = || reader.background.has_image(glyph.start) || reader.background.has_image(glyph.end);
        glyph.is_hidden |= is_outside || (glyph.is_invisible && !is_pictured());
    }
    reader.covers.hide(&mut glyphs, sheet);
    for at in rules.struck(&glyphs) {
        (glyphs[at].is_hidden, glyphs[at].is_struck) = (true, true);
    }
    PageContent { glyphs, rules, pictured_share: reader.background.pictured_share(sheet), sheet }
}

/// The state of drawing, which content saves and takes back.
#[derive(Clone)]
struct State<'a> {
    matrix: Matrix,
    /// The area that is drawn in, and true if only a shape within it is.
    cut: Area,
    is_cut_to_shape: bool,
    colour: Colour,
    /// The parts of a colour in the current space, or `None` for a space whose colours are not known.
    parts: Option<usize>,
    is_transparent: bool,
    glass: Glass,
    font: Option<Rc<PdfFont<'a>>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
    mode: i64,
}

impl State<'_> {
    fn new(matrix: Matrix) -> Self {
        State {
            matrix,
            cut: EVERYWHERE,
            is_cut_to_shape: false,
            colour: BLACK,
            parts: Some(1),
            is_transparent: false,
            glass: Glass::default(),
            font: None,
            size: 0.0,
            char_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
        }
    }
}

struct Reader<'r, 'a> {
    fonts: &'r Fonts<'a>,
    /// The place of the page's own coordinates on the sheet.
    page: Matrix,
    state: State<'a>,
    saved: Vec<State<'a>>,
    text: Matrix,
    line: Matrix,
    outline: Outline,
    /// True if the outline cuts what is drawn next.
    cuts: bool,
    background: Background,
    covers: Covers,
    rules: Rules,
    marks: Marks<'r>,
    glyphs: Vec<Glyph>,
    instructions: usize,
    forms: usize,
}

impl<'a> Reader<'_, 'a> {
    fn read(&mut self, content: &[u8], resources: &Resources<'a>) {
        let mut operations = TypedIter::new(content);
        while let Some(operation) = operations.next() {
            self.instructions += 1;
            if self.instructions > INSTRUCTIONS_MAX || self.glyphs.len() > GLYPHS_MAX {
                return;
            }
            self.follow(&operation, resources);
        }
    }

    fn follow(&mut self, operation: &Op<'_, '_>, resources: &Resources<'a>) {
        match operation {
            Op::SaveState(_) if self.saved.len() < STATES_MAX => self.saved.push(self.state.clone()),
            Op::RestoreState(_) => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            Op::Transform(m) => {
                let moved = matrix([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]).then(self.state.matrix);
                self.state.matrix = moved;
            }
            Op::SetGraphicsState(name) => self.graphics_state(name.0, resources),
            Op::XObject(name) => self.object(name.0, resources),
            Op::InlineImage(_) => self.image(),
            Op::BeginMarkedContent(_) => self.marks.begin(None, resources, self.glyphs.len()),
            Op::BeginMarkedContentWithProperties(mark) => {
                self.marks.begin(Some((mark.0, mark.1)), resources, self.glyphs.len());
            }
            Op::EndMarkedContent(_) => {
                self.marks.end(&mut self.glyphs);
                self.covers.shorten(self.glyphs.len());
            }
            _ if self.paint(operation, resources) || self.set_text(operation, resources) => {}
            _ => self.show(operation),
        }
    }

    /// Follows an instruction about outlines and colours. Returns false if it is none.
    fn paint(&mut self, operation: &Op<'_, '_>, resources: &Resources<'a>) -> bool {
        match operation {
            Op::MoveTo(to) => self.outline.add_point(self.place(&to.0, &to.1)),
            Op::LineTo(to) => self.outline.add_line(self.place(&to.0, &to.1)),
            Op::CubicTo(to) => {
                let points = [(&to.0, &to.1), (&to.2, &to.3), (&to.4, &to.5)];
                self.outline.add_curve(points.map(|(x, y)| self.place(x, y)));
            }
            Op::CubicStartTo(to) => self.outline.add_curve([self.place(&to.2, &to.3)]),
            Op::CubicEndTo(to) => self.outline.add_curve([self.place(&to.2, &to.3)]),
            Op::RectPath(area) => self.rectangle([&area.0, &area.1, &area.2, &area.3].map(Number::as_f64)),
            Op::ClipNonZero(_) | Op::ClipEvenOdd(_) => self.cuts = true,
            Op::EndPath(_) => {
                self.end_outline();
            }
            Op::StrokePath(_) | Op::CloseAndStrokePath(_) => {
                self.stroke();
                self.end_outline();
            }
            Op::FillPathNonZero(_) | Op::FillPathNonZeroCompatibility(_) | Op::FillPathEvenOdd(_) => self.fill(),
            Op::FillAndStrokeNonZero(_)
            | Op::FillAndStrokeEvenOdd(_)
            | Op::CloseFillAndStrokeNonZero(_)
            | Op::CloseFillAndStrokeEvenOdd(_) => {
                self.stroke();
                self.fill();
            }
            Op::Shading(_) => self.background.paint(self.state.cut, None),
            Op::ColorSpaceNonStroke(space) => {
                self.state.parts = colour_space::parts(space.0, resources);
                self.state.colour = if self.state.parts.is_some() { BLACK } else { None };
            }
            Op::NonStrokeColor(colour) => self.colour(colour.0.iter()),
            Op::NonStrokeColorNamed(colour) if colour.1.is_some() => self.state.colour = None,
            Op::NonStrokeColorNamed(colour) => self.colour(colour.0.iter()),
            Op::NonStrokeColorDeviceGray(gray) => self.device_colour([&gray.0].into_iter()),
            Op::NonStrokeColorDeviceRgb(c) => self.device_colour([&c.0, &c.1, &c.2].into_iter()),
            Op::NonStrokeColorCmyk(c) => self.device_colour([&c.0, &c.1, &c.2, &c.3].into_iter()),
            _ => return false,
        }
        true
    }

    fn place(&self, x: &Number, y: &Number) -> (f64, f64) {
        self.state.matrix.point(x.as_f64(), y.as_f64())
    }

    fn rectangle(&mut self, [x, y, width, height]: [f64; 4]) {
        let area = Area::around([(x, y), (x + width, y + height)]);
        area.into_iter().for_each(|area| self.outline.add_rectangle(area.moved(self.state.matrix)));
    }

    fn stroke(&mut self) {
        self.outline.lines().for_each(|line| self.rules.add(line));
    }

    fn fill(&mut self) {
        let colour = if self.state.is_transparent || self.state.is_cut_to_shape { None } else { self.state.colour };
        let parts = self.end_outline();
        let is_seen = colour.is_some() && !self.state.glass.is_seen_through() && !self.marks.hides();
        // Of several parts, one may cut a hole into another.
        if let ([(area, true)], true) = (&parts[..], is_seen) {
            self.covers.paint(area.cut(self.state.cut), self.glyphs.len());
        }
        for (area, is_filled) in parts {
            self.rules.add(area);
            self.background.paint(area.cut(self.state.cut), colour.filter(|_| is_filled));
        }
    }

    /// Ends the outline, and cuts by it what is drawn next if that was asked for.
    fn end_outline(&mut self) -> Vec<Part> {
        let parts = std::mem::take(&mut self.outline).parts();
        if std::mem::take(&mut self.cuts) {
            match parts[..] {
                [(area, true)] => self.state.cut = area.cut(self.state.cut),
                _ => self.state.is_cut_to_shape = true,
            }
        }
        parts
    }

    fn colour<'n>(&mut self, numbers: impl Iterator<Item = &'n Number>) {
        let numbers: Vec<f64> = numbers.map(Number::as_f64).collect();
        let is_known = self.state.parts == Some(numbers.len());
        self.state.colour = if is_known { background::colour(&numbers) } else { None };
    }

    fn device_colour<'n>(&mut self, numbers: impl Iterator<Item = &'n Number>) {
        let numbers: Vec<f64> = numbers.map(Number::as_f64).collect();
        self.state.parts = Some(numbers.len());
        self.state.colour = background::colour(&numbers);
    }

    /// Follows an instruction that sets how text is shown. Returns false if it is none.
    fn set_text(&mut self, operation: &Op<'_, '_>, resources: &Resources<'a>) -> bool {
        match operation {
            Op::BeginText(_) => (self.text, self.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            Op::CharacterSpacing(space) => self.state.char_space = space.0.as_f64(),
            Op::WordSpacing(space) => self.state.word_space = space.0.as_f64(),
            Op::HorizontalScaling(scale) => self.state.scale = scale.0.as_f64() / 100.0,
            Op::TextLeading(leading) => self.state.leading = leading.0.as_f64(),
            Op::TextRise(rise) => self.state.rise = rise.0.as_f64(),
            Op::TextRenderingMode(mode) => self.state.mode = mode.0.as_i64(),
            Op::TextFont(font) => {
                self.state.font = resources.get_font(font.0).and_then(|dict| self.fonts.font(&dict));
                self.state.size = font.1.as_f64();
            }
            Op::NextLine(by) => self.next_line(by.0.as_f64(), by.1.as_f64()),
            Op::NextLineAndSetLeading(by) => {
                self.state.leading = -by.1.as_f64();
                self.next_line(by.0.as_f64(), by.1.as_f64());
            }
            Op::NextLineUsingLeading(_) => self.next_line(0.0, -self.state.leading),
            Op::SetTextMatrix(m) => {
                self.text = matrix([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]);
                self.line = self.text;
            }
            _ => return false,
        }
        true
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::translation(x, y).then(self.line);
        self.text = self.line;
    }

    /// Follows an instruction that shows text.
    fn show(&mut self, operation: &Op<'_, '_>) {
        match operation {
            Op::ShowText(text) => self.show_text(text.0.as_bytes()),
            Op::NextLineAndShowText(text) => {
                self.next_line(0.0, -self.state.leading);
                self.show_text(text.0.as_bytes());
            }
            Op::ShowTextWithParameters(text) => {
                self.state.word_space = text.0.as_f64();
                self.state.char_space = text.1.as_f64();
                self.next_line(0.0, -self.state.leading);
                self.show_text(text.2.as_bytes());
            }
            Op::ShowTexts(texts) => {
                for item in texts.0.iter::<Object<'_>>() {
                    match item {
                        Object::String(text) => self.show_text(text.as_bytes()),
                        Object::Number(number) => self.kern(number.as_f64()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// Moves the pen back by thousandths of the size.
    fn kern(&mut self, by: f64) {
        let by = -by / 1000.0 * self.state.size;
        let is_horizontal = self.state.font.as_ref().is_none_or(|font| font.is_horizontal());
        let (x, y) = if is_horizontal { (by * self.state.scale, 0.0) } else { (0.0, by) };
        self.text = Matrix::translation(x, y).then(self.text);
    }

    fn show_text(&mut self, bytes: &[u8]) {
        let Some(font) = self.state.font.clone() else { return };
        let mut at = 0;
        while at < bytes.len() && self.glyphs.len() <= GLYPHS_MAX {
            let (code, length) = font.read_code(bytes, at);
            at += length;
            let is_space = length == 1 && code == 32;
            // Programs set the space between words behind the last letter of a text.
            let letter_space = if at < bytes.len() { self.letter_space(&font) } else { 0.0 };
            let word_space = if is_space { self.state.word_space } else { 0.0 };
            self.show_code(&font, font.shown(code), word_space, letter_space);
        }
    }

    /// Returns the part of the space behind each letter that belongs to the letter, so that spaces that are drawn end words.
    fn letter_space(&self, font: &PdfFont<'a>) -> f64 {
        let most = LETTER_SPACE_MAX * self.state.size.abs();
        if font.is_horizontal() { (self.state.char_space * self.state.scale).clamp(0.0, most) } else { 0.0 }
    }

    fn show_code(&mut self, font: &PdfFont<'a>, shown: Shown, word_space: f64, letter_space: f64) {
        let state = &self.state;
        let placed = self.text.then(state.matrix);
        let (origin_x, origin_y) = (shown.origin.0 * state.size, shown.origin.1 * state.size + state.rise);
        let (x, y) = if font.is_horizontal() {
            ((shown.advance.0 * state.size + state.char_space + word_space) * state.scale, 0.0)
        } else {
            (0.0, shown.advance.1 * state.size + state.char_space + word_space)
        };
        let (width, height) = (shown.advance.0 * state.size * state.scale, shown.advance.1 * state.size);
        let (up_x, up_y) = placed.direction(0.0, state.size);
        if placed.is_finite() {
            // The letters of a vertical font stand below each other: their line runs down through their middle.
            let begin = if font.is_horizontal() { (origin_x, origin_y) } else { (0.0, state.rise) };
            let start = placed.point(begin.0, begin.1);
            let end = placed.point(begin.0 + width + letter_space, begin.1 + height);
            let forward = placed.direction(x + width.signum() * f64::EPSILON, y);
            let size = up_x.hypot(up_y) * font.size;
            let middle = placed.point(begin.0 + width / 2.0, begin.1 + height / 2.0 + state.size * 0.3);
            self.glyphs.push(Glyph {
                text: shown.text,
                start,
                end,
                size,
                direction: Direction::of(forward),
                is_struck: false,
                is_invisible: self.state.mode == INVISIBLE,
                is_hidden: size < SIZE_SEEN || self.marks.hides() || self.is_unseen(middle),
            });
        }
        self.text = Matrix::translation(x, y).then(self.text);
    }

    fn is_unseen(&self, place: (f64, f64)) -> bool {
        match self.state.mode {
            INVISIBLE => false,
            // Outlined letters have the colour of the line.
            mode if mode % 4 != 0 => false,
            _ if self.state.is_transparent => true,
            _ => !self.background.shows(place, self.state.colour) && !self.is_on_sign(place),
        }
    }

    /// Returns true if a place lies on one of the last signs, such as a number on a dot.
    fn is_on_sign(&self, place: (f64, f64)) -> bool {
        let mut below = self.glyphs.iter().rev().take(SIGNS_BELOW_MAX).filter(|sign| !sign.is_hidden);
        below.any(|sign| sign.covers(place))
    }

    fn graphics_state(&mut self, name: &Name<'_>, resources: &Resources<'a>) {
        let Some(set) = resources.get_ext_g_state(name) else { return };
        if let Some(opacity) = set.get::<f32>("ca") {
            self.state.is_transparent = opacity <= 0.0;
        }
        self.state.glass.set(&set);
        if let Some(font) = set.get::<Array<'a>>("Font") {
            let dict = font.iter::<Dict<'a>>().next();
            self.state.font = dict.and_then(|dict| self.fonts.font(&dict));
            self.state.size = font.iter::<Object<'a>>().nth(1).and_then(Object::into_f32).map_or(0.0, f64::from);
        }
    }

    fn object(&mut self, name: &Name<'_>, resources: &Resources<'a>) {
        let Some(object) = resources.get_x_object(name) else { return };
        let kind = object.dict().get::<Name<'_>>("Subtype");
        match kind.as_ref().map(Name::as_str) {
            Some("Image") => self.image(),
            Some("Form") if !self.marks.hides_object(object.dict()) => self.form(&object, Matrix::IDENTITY, resources),
            _ => {}
        }
    }

    fn image(&mut self) {
        let area = Area { left: 0.0, bottom: 0.0, right: 1.0, top: 1.0 };
        self.background.paint_image(area.moved(self.state.matrix).cut(self.state.cut));
    }

    fn form(&mut self, form: &Stream<'a>, placed: Matrix, outer: &Resources<'a>) {
        if self.forms >= FORMS_MAX {
            return;
        }
        let Ok(content) = form.decoded_data() else { return };
        let own = form.dict().get::<[f64; 6]>("Matrix").map_or(Matrix::IDENTITY, Matrix);
        let resources = form.dict().get::<Dict<'a>>("Resources").map_or_else(|| outer.clone(), Resources::new);
        let before = (self.state.clone(), std::mem::take(&mut self.saved), self.text, self.line);
        self.state.matrix = own.then(placed).then(self.state.matrix);
        self.state.glass = self.state.glass.of_group();
        self.forms += 1;
        self.read(&content, &resources);
        self.forms -= 1;
        (self.state, self.saved, self.text, self.line) = before;
    }

    /// Reads the appearance of an annotation, such as the value of a field of a form.
    fn annotation(&mut self, annotation: &Dict<'a>, resources: &Resources<'a>) {
        let Some((form, placed)) = annotation::shown(annotation) else { return };
        self.state = State { glass: Glass::of_notes(), ..State::new(self.page) };
        self.saved.clear();
        self.form(&form, placed, resources);
    }
}

/// The area of a page before anything is cut away.
const EVERYWHERE: Area = Area { left: f64::MIN, bottom: f64::MIN, right: f64::MAX, top: f64::MAX };

fn matrix(numbers: [&Number; 6]) -> Matrix {
    Matrix(numbers.map(Number::as_f64))
}
