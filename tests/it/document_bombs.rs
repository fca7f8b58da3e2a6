//! Documents that are made to harm end their own reading and nothing else.

#[cfg(target_os = "linux")]
use std::io::Write;
use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::process::Stdio;
use std::sync::Arc;

use bytes::Bytes;
use frontdesk::app::document_process::DocumentProcess;
use futures::FutureExt;
use futures::future::BoxFuture;
use http_client::{HttpClient, SendError};
use knowledge::Library;
use knowledge::report::{FailureKind, Report};
use knowledge::settings::Settings;
use knowledge::source::{InMemoryFile, Source};

/// Reads these files as the server does, each in a process of the binary, beside one that is harmless.
async fn read(files: &[(&str, Vec<u8>)]) -> (Library, Report) {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_frontdesk"));
    let settings = Settings { runner: Some(Arc::new(DocumentProcess::of(program))), ..Settings::default() };
    let file = |(path, bytes): &(&str, Vec<u8>)| InMemoryFile { path: (*path).to_owned(), bytes: bytes.clone().into() };
    let harmless = ("menu.md", b"Green tea.".to_vec());
    let files = files.iter().chain([&harmless]).map(file).collect();
    let source = Source::InMemory { name: "docs".to_owned(), files };
    Library::open(vec![source], settings, None).await.unwrap()
}

/// The bits of a stream in the format of zlib (RFC 1950), one block with fixed codes (RFC 1951, 3.2.6).
struct Packed(Vec<bool>);

impl Packed {
    fn new() -> Packed {
        let mut packed = Packed(Vec::new());
        packed.push(0b1, 1);
        packed.push(0b10, 2);
        packed
    }

    fn push(&mut self, value: u32, width: u32) {
        self.0.extend((0..width).rev().map(|at| value >> at & 1 == 1));
    }

    fn byte(&mut self, byte: u8) {
        match byte {
            0..=143 => self.push(0b0011_0000 + u32::from(byte), 8),
            _ => self.push(0b1_1001_0000 + u32::from(byte - 144), 9),
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        let bytes = self.0.chunks(8).map(|byte| byte.iter().rev().fold(0, |value, bit| value << 1 | u8::from(*bit)));
        [0x78, 0x01].into_iter().chain(bytes).collect()
    }
}

/// Returns a stream that unpacks to this many zero bytes, about 160 for each of its own.
fn packed_zeros(count: usize) -> Vec<u8> {
    let mut packed = Packed::new();
    packed.byte(0);
    // Matches of 258 bytes at distance 1. Eight are 13 bytes, so that the bytes repeat themselves from here on.
    (0..16).for_each(|_| packed.push(0b1_1000_1010_0000, 13));
    let mut bytes = packed.into_bytes();
    let period = bytes[4..17].to_vec();
    bytes.truncate(4);
    period.iter().cycle().take(count / 258 / 8 * PERIOD).for_each(|byte| bytes.push(*byte));
    bytes
}

/// The bytes after which packed zeros repeat themselves.
const PERIOD: usize = 13;

/// Packs packed zeros once more: their begin, and then matches of 258 bytes at distance 13.
#[cfg(target_os = "linux")]
fn packed_again(packed: &[u8]) -> Vec<u8> {
    let begin = 4 + PERIOD;
    let mut again = Packed::new();
    packed[..begin].iter().for_each(|byte| again.byte(*byte));
    (0..(packed.len() - begin) / 258).for_each(|_| again.push(0b110_0010_1001_1100, 15));
    again.into_bytes()
}

/// A PDF file of one page with this content, which is packed as often as `filters` says.
fn pdf(content: &[u8], filters: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let stream =
        [format!("<< /Length {} /Filter {filters} >>\nstream\n", content.len()).as_bytes(), content, b"\nendstream"]
            .concat();
    let objects: [&[u8]; 4] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << >> >>",
        &stream,
    ];
    for (n, object) in (1..).zip(objects) {
        offsets.push(file.len());
        file.extend([format!("{n} 0 obj\n").as_bytes(), object, b"\nendobj\n"].concat());
    }
    let start = file.len();
    let table: String = offsets.iter().map(|offset| format!("{offset:010} 00000 n \n")).collect();
    let trailer = "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref";
    file.extend(format!("xref\n0 5\n0000000000 65535 f \n{table}{trailer}\n{start}\n%%EOF\n").into_bytes());
    file
}

#[tokio::test]
async fn a_bomb_ends_its_document_and_nothing_else() {
    let bomb = pdf(&packed_zeros(1 << 30), "/FlateDecode");
    assert!(bomb.len() < 10_000_000, "{}", bomb.len());
    let (library, report) = read(&[("bomb.pdf", bomb)]).await;
    let failures: Vec<_> = report.failures().map(|failure| (failure.what.as_str(), failure.kind)).collect();
    assert_eq!(failures, [("bomb.pdf", FailureKind::Limit)], "{report:?}");
    assert_eq!(library.search("tea", 1).await.unwrap()[0].text, "Green tea.");
}

/// The code of PDF files in a request to read one.
#[cfg(target_os = "linux")]
const PDF_CODE: u8 = 3;

/// The bytes of memory that a process may have beyond those of its limit, which counts its data only.
#[cfg(target_os = "linux")]
const MEMORY_BESIDE_DATA: u64 = 64 << 20;

#[cfg(target_os = "linux")]
#[test]
fn a_small_bomb_takes_no_more_memory_than_a_document_may() {
    use knowledge::reading::MEMORY_BYTES_MAX;

    let bomb = pdf(&packed_again(&packed_zeros(1 << 30)), "[/FlateDecode /FlateDecode]");
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let request = [&[PDF_CODE], bomb.as_slice()].concat();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.arg("read-document").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let mut input = process.stdin.take().unwrap();
    let writing = std::thread::spawn(move || drop(input.write_all(&request)));
    let mut most = 0;
    while process.try_wait().unwrap().is_none() {
        most = most.max(memory_of(process.id()));
        std::thread::yield_now();
    }
    writing.join().unwrap();
    assert!(most > 1 << 20 && most < MEMORY_BYTES_MAX + MEMORY_BESIDE_DATA, "{} MiB", most >> 20);
}

/// The most memory that a process had until now, in bytes; 0 if it has ended.
#[cfg(target_os = "linux")]
fn memory_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
}

#[tokio::test]
async fn a_process_reads_what_the_server_would() {
    let formatting: String = (0..480).map(|n| format!("<b id={n}>")).collect();
    let page = format!("<title>Long</title><p>{formatting}{}<p>Matcha is 7 euros.", "<p>x".repeat(40_000));
    let (library, report) = read(&[("page.html", page.into_bytes()), ("broken.pdf", b"%PDF".to_vec())]).await;
    let failures: Vec<_> = report.failures().map(|failure| (failure.what.as_str(), failure.kind)).collect();
    assert_eq!(failures, [("broken.pdf", FailureKind::Damaged)], "{report:?}");
    assert!(library.search("matcha", 1).await.unwrap()[0].text.ends_with("Matcha is 7 euros."));
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_reported() {
    let runner = Arc::new(DocumentProcess::of("no/such/program".into()));
    let settings = Settings { runner: Some(runner), ..Settings::default() };
    let file = InMemoryFile { path: "a.pdf".to_owned(), bytes: b"%PDF".as_slice().into() };
    let source = Source::InMemory { name: "docs".to_owned(), files: vec![file] };
    let (_, report) = Library::open(vec![source], settings, None).await.unwrap();
    let why = &report.failures().next().unwrap().why;
    assert!(why.starts_with("no process can be started"), "{why}");
}

/// A web site of these pages.
struct Site([(&'static str, String); 2]);

impl HttpClient for Site {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, SendError>> {
        let page = self.0.iter().find(|(path, _)| request.uri().path() == *path).map(|(_, page)| page.clone());
        let response = http::Response::builder().status(if page.is_some() { 200 } else { 404 });
        let response = response.header("content-type", "text/html").body(Bytes::from(page.unwrap_or_default()));
        std::future::ready(Ok(response.unwrap())).boxed()
    }
}

/// The links of a page come from the process that reads it, so that where none can be started no page is read at all.
#[tokio::test]
async fn pages_of_a_site_are_read_in_processes_too() {
    let page = format!("<title>Menu</title>{}<a href=/tea>tea</a>", "<p>Coffee costs 3 euros.".repeat(10_000));
    for (program, documents) in [(env!("CARGO_BIN_EXE_frontdesk"), 2), ("no/such/program", 0)] {
        let site = Site([("/", page.clone()), ("/tea", "<p>Matcha costs 7 euros.".to_owned())]);
        let runner = Arc::new(DocumentProcess::of(program.into()));
        let settings = Settings { runner: Some(runner), ..Settings::default() };
        let source = Source::site("https://www.example.com/".parse().unwrap(), Some(9));
        let (library, report) = Library::open(vec![source], settings, Some(Arc::new(site))).await.unwrap();
        assert_eq!(report.documents(), documents, "{report:?}");
        let found = library.search("matcha", 1).await.unwrap();
        assert_eq!(found.len(), documents.min(1), "{found:?}");
    }
}
