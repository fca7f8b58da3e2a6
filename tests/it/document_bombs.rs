//! Documents that are made to harm end their own reading and nothing else.

use std::path::PathBuf;
use std::sync::Arc;

use frontdesk::app::document_process::DocumentProcess;
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

/// Returns a stream in the format of zlib (RFC 1950) that unpacks to this many zero bytes, about 160 for each of its own.
fn packed_zeros(count: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    let mut push = |value: u32, width: u32| bits.extend((0..width).rev().map(|at| value >> at & 1 == 1));
    // One block with fixed codes, which has the literal 0, and then matches of 258 bytes at distance 1 (RFC 1951, 3.2.6).
    push(0b1, 1);
    push(0b10, 2);
    push(0b0011_0000, 8);
    // Eight matches are 13 bytes, so that the bytes repeat themselves from here on.
    (0..16).for_each(|_| push(0b1_1000_1010_0000, 13));
    let bytes: Vec<u8> =
        bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |value, bit| value << 1 | u8::from(*bit))).collect();
    let mut packed = vec![0x78, 0x01];
    packed.extend(&bytes[..2]);
    bytes[2..15].iter().cycle().take(count / 258 / 8 * 13).for_each(|byte| packed.push(*byte));
    packed
}

/// A PDF file of one page that has this packed content.
fn pdf(content: &[u8]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let stream =
        [format!("<< /Length {} /Filter /FlateDecode >>\nstream\n", content.len()).as_bytes(), content, b"\nendstream"]
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
    let bomb = pdf(&packed_zeros(1 << 30));
    assert!(bomb.len() < 10_000_000, "{}", bomb.len());
    let (library, report) = read(&[("bomb.pdf", bomb)]).await;
    let failures: Vec<_> = report.failures().map(|failure| (failure.what.as_str(), failure.kind)).collect();
    assert_eq!(failures, [("bomb.pdf", FailureKind::Limit)], "{report:?}");
    assert_eq!(library.search("tea", 1).await.unwrap()[0].text, "Green tea.");
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
