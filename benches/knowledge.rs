//! The speed of indexing, searching and reopening documents. Run with `cargo bench --bench knowledge`.

#[path = "measured/mod.rs"]
mod measured;
#[path = "table/mod.rs"]
mod table;

use std::borrow::Cow;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput, criterion_group};
use knowledge::Library;
use knowledge::report::Report;
use knowledge::settings::Settings;
use knowledge::source::{InMemoryFile, Source};
use tokio::runtime::Runtime;

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

/// Texts that take long where a step looks at all of a text again and again: their name, what they begin with, and what they
/// repeat.
const LONG_TEXTS: [(&str, &str, &str); 5] = [
    ("a text without an end of a sentence", "", "aB3/"),
    ("pieces of code in one paragraph", "", "`a` "),
    ("quotes within quotes", "", "> "),
    ("lists within lists", "", "- a\n  "),
    ("a table of a million cells", "|a|a|a|a|\n|-|-|-|-|\n", "|a|a|a|a|\n"),
];

/// The bytes of a long text, which are as many as a table of a million cells has, and the times as many.
const LONG_TEXT_BYTES: usize = 2_250_000;
const TIMES_AS_LONG: usize = 4;

/// The time to index each long text, and how many times as long one takes that is longer.
fn long_texts(runtime: &Runtime) -> Vec<(String, String)> {
    let seconds = |begin: &str, part: &str, bytes: usize| {
        let text = format!("{begin}{}", part.repeat(bytes / part.len()));
        let began = Instant::now();
        black_box(runtime.block_on(open(Source::text("long", &text), Settings::default())));
        began.elapsed().as_secs_f64()
    };
    let row = |(name, begin, part): (&str, &str, &str)| {
        let (short, long) =
            (seconds(begin, part, LONG_TEXT_BYTES), seconds(begin, part, LONG_TEXT_BYTES * TIMES_AS_LONG));
        let what = format!("index 2.25 MB of {name}, and how many times as long {TIMES_AS_LONG} times as much takes");
        (what, format!("{short:.2} s, {:.1}", long / short))
    };
    LONG_TEXTS.map(row).into()
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
