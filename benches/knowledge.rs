//! The speed of indexing, searching and reopening documents. Run with `cargo bench --bench knowledge`.

#[path = "measured/mod.rs"]
mod measured;
#[path = "table/mod.rs"]
mod table;

use std::borrow::Cow;
use std::hint::black_box;
use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput, criterion_group};
use knowledge::Library;
use knowledge::report::Report;
use knowledge::settings::Settings;
use knowledge::source::{InMemoryFile, Source};
use tokio::runtime::Runtime;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const SECTIONS_PER_PAGE: usize = 20;
/// About 160 tokens.
const WORDS_PER_SECTION: usize = 110;
const VOCABULARY: usize = 30_000;
/// The number of passages in the indexing benchmark.
const PASSAGES: usize = 5_000;

/// Generates text with the word frequencies of natural language (Zipf): the n-th most common word is 1/n times as common.
struct Babble(fastrand::Rng);

impl Babble {
    fn word(&mut self) -> String {
        let rank = (VOCABULARY as f64).powf(self.0.f64()) as usize;
        // Made of syllables, so that stemming and sentences have something to do.
        let syllables =
            ["ra", "to", "mi", "ken", "sol", "ver", "da", "lum", "pe", "gri", "on", "ser", "ti", "cla", "ble"];
        let mut word = String::new();
        let mut rest = rank + syllables.len();
        while rest > 0 {
            word.push_str(syllables[rest % syllables.len()]);
            rest /= syllables.len();
        }
        word
    }

    fn sentence(&mut self, words: usize) -> String {
        let words: Vec<String> = (0..words).map(|_| self.word()).collect();
        format!("{}. ", words.join(" "))
    }

    fn page(&mut self, number: usize) -> InMemoryFile {
        let mut text = format!("# Page {number} {}\n", self.word());
        for _ in 0..SECTIONS_PER_PAGE {
            text += &format!("\n## {} {}\n\n", self.word(), self.word());
            for _ in 0..WORDS_PER_SECTION / 11 {
                text += &self.sentence(11);
            }
            text.push('\n');
        }
        InMemoryFile { path: format!("page-{number}.md"), bytes: Cow::Owned(text.into_bytes()) }
    }
}

fn pages(passages: usize) -> Source {
    let mut babble = Babble(fastrand::Rng::with_seed(7));
    let files = (0..passages / SECTIONS_PER_PAGE).map(|number| babble.page(number)).collect();
    Source::InMemory { name: "pages".to_owned(), files }
}

async fn open(source: Source, settings: Settings) -> Library {
    read(source, settings).await.0
}

async fn read(source: Source, settings: Settings) -> (Library, Report) {
    Library::open(vec![source], settings, None).await.expect("an index can be built")
}

fn build(criterion: &mut Criterion, runtime: &Runtime) {
    let source = pages(PASSAGES);
    let indexed = runtime.block_on(read(source.clone(), Settings::default())).1.passages();
    assert_eq!(indexed, PASSAGES, "what is divided by below is what is indexed");
    let mut group = criterion.benchmark_group("knowledge");
    group.throughput(Throughput::Elements(PASSAGES as u64)).sample_size(10).measurement_time(Duration::from_secs(15));
    group.bench_function("build 5,000 passages", |bencher| {
        bencher.to_async(runtime).iter_batched(
            || source.clone(),
            |source| open(source, Settings::default()),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn search(criterion: &mut Criterion, runtime: &Runtime) {
    let settings = Settings { documents_max: usize::MAX, ..Settings::default() };
    let library = runtime.block_on(open(pages(100_000), settings));
    let mut babble = Babble(fastrand::Rng::with_seed(11));
    let questions: Vec<String> = (0..256).map(|_| format!("how much is {}", babble.sentence(4))).collect();
    let mut next = questions.iter().cycle();
    let mut group = criterion.benchmark_group("knowledge");
    group.bench_function("search 100,000 passages", |bencher| {
        bencher.to_async(runtime).iter(|| {
            let (library, question) = (library.clone(), next.next().expect("a cycle has no end"));
            async move { black_box(library.search(question, 4).await.expect("the index can be read")) }
        });
    });
    group.finish();
}

fn warm_start(criterion: &mut Criterion, runtime: &Runtime) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let settings = || Settings { folder: Some(folder.path().to_owned()), ..Settings::default() };
    let source = pages(1_000 * SECTIONS_PER_PAGE);
    runtime.block_on(open(source.clone(), settings()));
    let mut group = criterion.benchmark_group("knowledge");
    group.sample_size(10);
    group.bench_function("warm start with 1,000 pages", |bencher| {
        bencher.to_async(runtime).iter_batched(
            || source.clone(),
            |source| open(source, settings()),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

/// A text that takes long where a step looks at all of a text again and again: a begin, a part that is repeated, and an end.
struct LongText {
    name: &'static str,
    /// The name of its file, which tells its format.
    file: &'static str,
    begin: &'static str,
    part: &'static str,
    end: &'static str,
    times: usize,
}

const fn long(
    name: &'static str,
    file: &'static str,
    begin: &'static str,
    part: &'static str,
    times: usize,
) -> LongText {
    LongText { name, file, begin, part, end: "", times }
}

/// A Word file with an element that has many parts.
const fn long_word(name: &'static str, [begin, end]: [&'static str; 2], part: &'static str, times: usize) -> LongText {
    LongText { name, file: "a.docx", begin, part, end, times }
}

const LONG_TEXTS: [LongText; 13] = [
    long("Markdown without an end of a sentence", "a.md", "", "aB3/", 560_000),
    long("pieces of code in one paragraph of Markdown", "a.md", "", "`a` ", 560_000),
    long("quotes within quotes", "a.md", "", "> ", 1_120_000),
    long("Markdown lists within lists", "a.md", "", "- a\n  ", 370_000),
    long("a Markdown table of a million cells", "a.md", "|a|a|a|a|\n|-|-|-|-|\n", "|a|a|a|a|\n", 250_000),
    long("HTML without an end of a sentence", "a.html", "<p>", "aB3/", 560_000),
    long("HTML lists within lists", "a.html", "", "<ul><li>a", 250_000),
    long("an HTML table of a million cells", "a.html", "<table>", "<tr><td>a<td>a<td>a<td>a", 250_000),
    long("a CSV value without an end of a sentence", "a.csv", "a,", "aB3/", 560_000),
    long("a CSV table of a million cells", "a.csv", "", "a,a,a,a\n", 250_000),
    long_word("DOCX without an end of a sentence", ["<w:p>", "</w:p>"], "<w:r><w:t>aB3/</w:t></w:r>", 100_000),
    long_word("DOCX lists within lists", ["", ""], DOCX_ITEM, 25_000),
    // As many cells as fit into a part of a file when there are four times as many.
    long_word("a DOCX table of 200,000 cells", ["<w:tbl>", "</w:tbl>"], DOCX_ROW, 50_000),
];

const DOCX_ITEM: &str = "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"8\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>\
    <w:r><w:t>a</w:t></w:r></w:p>";
const DOCX_ROW: &str = "<w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>\
    <w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr>";

impl LongText {
    /// Returns the file with so many times as many parts.
    fn file(&self, times: usize) -> Vec<u8> {
        let text = [self.begin, &self.part.repeat(self.times * times), self.end].concat();
        if self.file.ends_with(".docx") { docx(&text) } else { text.into_bytes() }
    }
}

/// Packs the body of a Word file, stored as it is: text that unpacks to many times its size would be cut.
fn docx(body: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    archive.start_file("word/document.xml", stored).expect("a part begins");
    let xml = format!("<w:document><w:body>{body}</w:body></w:document>");
    archive.write_all(xml.as_bytes()).expect("memory takes all");
    archive.finish().expect("the archive ends").into_inner()
}

const TIMES_AS_LONG: usize = 4;

/// The time to index each long text, and how many times as long one takes that is longer.
fn long_texts(runtime: &Runtime) -> Vec<(String, String)> {
    LONG_TEXTS.iter().map(|text| long_text(text, runtime)).collect()
}

fn long_text(text: &LongText, runtime: &Runtime) -> (String, String) {
    let (short, seconds) = timed(text.file, text.file(1), runtime);
    let (_, long_seconds) = timed(text.file, text.file(TIMES_AS_LONG), runtime);
    let what = format!(
        "index {:.1} MB of {}, and how many times as long {TIMES_AS_LONG} times as much takes",
        short as f64 / 1e6,
        text.name
    );
    (what, format!("{seconds:.2} s, {:.1}", long_seconds / seconds))
}

/// Returns the bytes of a file, and the seconds in which it is indexed.
fn timed(name: &str, bytes: Vec<u8>, runtime: &Runtime) -> (usize, f64) {
    let length = bytes.len();
    let file = InMemoryFile { path: name.to_owned(), bytes: Cow::Owned(bytes) };
    let settings = Settings { document_bytes_max: usize::MAX, ..Settings::default() };
    let source = Source::InMemory { name: "long".to_owned(), files: vec![file] };
    let began = Instant::now();
    let (library, report) = runtime.block_on(read(source, settings));
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(report.documents(), 1, "{:?}", report.failures().collect::<Vec<_>>());
    black_box(library);
    (length, seconds)
}

fn all(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("threads can be started");
    build(criterion, &runtime);
    search(criterion, &runtime);
    warm_start(criterion, &runtime);
}

criterion_group!(benches, all);

const ROWS: [measured::Row; 3] = [
    ("search among 100,000 passages (promised: under 10 ms)", "knowledge/search 100,000 passages"),
    ("warm start with 1,000 pages (promised: under 1 s)", "knowledge/warm start with 1,000 pages"),
    ("index 5,000 passages", "knowledge/build 5,000 passages"),
];

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    measured::show("knowledge", &ROWS, |medians| {
        let a_second = PASSAGES as f64 / medians[2].as_secs_f64();
        let rate = ("passages indexed a second (promised: over 5,000)".to_owned(), format!("{a_second:.0}"));
        let runtime = Runtime::new().expect("threads can be started");
        std::iter::once(rate).chain(long_texts(&runtime)).collect()
    });
}
