use std::{fs, path::Path};

use super::*;
use crate::{embed, source::InMemoryFile};

/// Three documents of a company.
fn company() -> Vec<Source> {
    let files = [
        ("adam.md", "# ADAM\nADAM is a robot that mixes drinks."),
        (
            "delivery-times.md",
            "# Delivery times\n\n## Service robots\nADAM is delivered within two weeks.\n\n\
             ## Delivery robots\nA Matradee arrives within ten days.\n",
        ),
        ("support.md", "# Support\nOur people help by phone."),
    ];
    let file =
        |(path, text): (&str, &'static str)| InMemoryFile { path: path.to_owned(), bytes: text.as_bytes().into() };
    vec![Source::InMemory { name: "company".to_owned(), files: files.map(file).to_vec() }]
}

async fn library(sources: Vec<Source>) -> (Library, Report) {
    Library::open(sources, Settings::default(), None).await.unwrap()
}

async fn at(folder: &Path, sources: &[&Path]) -> (Library, Report) {
    let sources = sources.iter().map(|path| Source::Path((*path).to_owned())).collect();
    Library::open(sources, Settings { folder: Some(folder.to_owned()), ..Settings::default() }, None).await.unwrap()
}

/// The texts found, best first.
async fn found(library: &Library, query: &str) -> Vec<String> {
    library.search(query, 4).await.unwrap().into_iter().map(|passage| passage.text).collect()
}

#[tokio::test]
async fn a_passage_has_its_document_headings_and_position() {
    let (library, _) = library(company()).await;
    let best = library.search("how soon does a Matradee arrive", 1).await.unwrap().remove(0);
    assert_eq!((best.title.as_str(), best.source.as_str()), ("Delivery times", "delivery-times.md"));
    assert_eq!((best.uri.as_str(), best.position), ("doc://company/delivery-times.md", 1));
    assert_eq!(best.heading_path, ["Delivery robots"]);
    let whole = library.document(&best.uri).unwrap();
    assert!(whole.text.contains(&best.text) && whole.text.starts_with("# Delivery times"));
}

#[tokio::test]
async fn unknown_words_find_nothing_and_misspelt_ones_are_corrected() {
    let (library, _) = library(company()).await;
    for nothing in ["xylophone zeppelin", "", "?", "\u{0}\u{202e}"] {
        assert_eq!(found(&library, nothing).await, [""; 0], "{nothing:?}");
    }
    assert_eq!(found(&library, "maatradee").await, found(&library, "matradee").await);
    assert!(library.search("ADAM", 0).await.unwrap().is_empty());
}

#[tokio::test]
async fn answers_stay_within_the_token_budget() {
    let long = |n: usize| format!("# Robot {n}\n\n{}", "The robot carries plates. ".repeat(25));
    let sources = (0..30).map(|n| Source::text(&format!("robot-{n}"), &long(n))).collect();
    let settings = Settings { answer_tokens_max: 500, ..Settings::default() };
    let (library, _) = Library::open(sources, settings, None).await.unwrap();
    let passages = library.search("robot plates", 1_000).await.unwrap();
    let told = |passage: &Passage| format!("{passage:?}");
    let spent: usize = passages.iter().map(|passage| tokens::estimate(&told(passage))).sum();
    assert!(passages.len() >= 2 && spent <= 500, "{} passages, {spent} tokens", passages.len());
}

#[tokio::test]
async fn neither_a_title_nor_headings_break_the_budget() {
    let title = format!("---\ntitle: {}\n---\nThe robot carries plates.", "x y ".repeat(60_000));
    let headings: String =
        (1..=6).map(|level| format!("{} {}\n\n", "#".repeat(level), "plates and robots ".repeat(30))).collect();
    let sections: String = (0..30).map(|n| format!("###### Part {n}\n\nThe robot carries plates.\n\n")).collect();
    let sources = vec![Source::text("title", &title), Source::text("headings", &format!("{headings}{sections}"))];
    let (library, _) = library(sources).await;
    let entries = library.documents(None, 10);
    assert!(entries.iter().all(|entry| entry.title.chars().count() <= 160), "{entries:?}");
    let passages = library.search("robot plates", 20).await.unwrap();
    let spent: usize = passages.iter().map(|passage| tokens::estimate(&format!("{passage:?}"))).sum();
    assert!(passages.len() >= 2 && spent <= 1_600, "{} passages, {spent} tokens", passages.len());
}

#[tokio::test]
async fn folders_are_read_with_their_subfolders_and_nothing_outside() {
    let folder = tempfile::tempdir().unwrap();
    let docs = folder.path().join("manuals");
    fs::create_dir_all(docs.join("deep/.hidden")).unwrap();
    fs::write(folder.path().join("secret.md"), "The secret word is zanzibar.").unwrap();
    fs::write(docs.join("setup guide.md"), "# Setup\nPlug it in.").unwrap();
    fs::write(docs.join("deep/page.html"), "<title>Cleaning</title><h1>Cleaning</h1><p>Wipe the sensor.").unwrap();
    fs::write(docs.join("deep/.hidden/notes.txt"), "Hidden zanzibar.").unwrap();
    fs::write(docs.join("empty.txt"), " \n").unwrap();
    fs::write(docs.join("picture.png"), b"\x89PNG").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("secret.md"), docs.join("link.md")).unwrap();

    let (library, report) = library(vec![Source::Path(docs)]).await;
    let uris: Vec<String> = library.documents(None, 10).into_iter().map(|entry| entry.uri).collect();
    assert_eq!(uris, ["doc://manuals/deep/page.html", "doc://manuals/setup%20guide.md"]);
    assert_eq!(report.sources[0].failures.len(), 1);
    assert_eq!(report.sources[0].failures[0].what, "empty.txt");
    assert_eq!(found(&library, "wiping sensors").await, ["Wipe the sensor."]);
    assert!(found(&library, "zanzibar").await.is_empty());
}

#[tokio::test]
async fn unreadable_sources_are_reported_and_the_others_are_searched() {
    let mut sources = company();
    sources.push(Source::Path("no/such/file.md".into()));
    sources.push(Source::Path("Cargo.toml".into()));
    sources.push(Source::text("large", &"word ".repeat(10_000)));
    let settings = Settings { document_bytes_max: 10_000, ..Settings::default() };
    let (library, report) = Library::open(sources, settings, None).await.unwrap();
    let failed: Vec<&str> = report.failures().map(|failure| failure.what.as_str()).collect();
    assert_eq!(failed, ["no/such/file.md", "Cargo.toml", "large.md"]);
    assert_eq!(library.len(), 3);
}

#[tokio::test]
async fn what_nobody_sees_is_counted_in_the_report_and_found_by_no_search() {
    let file = |path: &str, text: &'static str| InMemoryFile { path: path.to_owned(), bytes: text.as_bytes().into() };
    let files = vec![
        file("robots.html", "<p>We sell robots. <span hidden>Margin 81 %</span> <del>$49</del> $39"),
        file("tea.md", "Tea is green.<!-- zanzibar -->"),
    ];
    let (library, report) = library(vec![Source::InMemory { name: "shop".to_owned(), files }]).await;
    assert_eq!(report.sources[0].hidden_chars, "Margin81%".len() + "$49".len() + "zanzibar".len() + "<!---->".len());
    assert_eq!(found(&library, "robots").await, ["We sell robots. $39"]);
    for unseen in ["margin", "zanzibar"] {
        assert!(found(&library, unseen).await.is_empty(), "{unseen}");
    }
}

#[tokio::test]
async fn documents_are_listed_in_pages() {
    let (library, _) = library(company()).await;
    let first = library.documents(None, 2);
    let rest = library.documents(first.last().map(|entry| entry.uri.as_str()), 100);
    assert_eq!((first.len(), rest.len(), library.len()), (2, 1, 3));
    assert!(first[1].uri < rest[0].uri);
    assert_eq!(library.document("doc://company/unknown.md"), None);
}

#[tokio::test]
async fn one_library_has_documents_of_several_languages() {
    let sources = [
        ("en", "Cleaning robots clean the floors of hotels and offices every night without any help."),
        ("de", "Die Reinigungsroboter reinigen jede Nacht die Böden der Hotels und Büros, ganz ohne Hilfe."),
        ("fr", "Les robots de nettoyage lavent chaque nuit les sols des hôtels et des bureaux sans aucune aide."),
        ("zh", "清洁机器人每晚清洁酒店和办公室的地板，无需任何帮助。"),
    ];
    let (library, _) = library(sources.iter().map(|(name, text)| Source::text(name, text)).collect()).await;
    for (question, name) in
        [("who cleans floors", "en"), ("Büro Boden", "de"), ("le bureau l'hotel", "fr"), ("酒店", "zh")]
    {
        let best = library.search(question, 1).await.unwrap().remove(0);
        assert_eq!(best.title, name, "{question}");
    }
}

#[tokio::test]
async fn only_changed_documents_are_indexed_again() {
    let folder = tempfile::tempdir().unwrap();
    let (docs, index) = (folder.path().join("docs"), folder.path().join("index"));
    fs::create_dir(&docs).unwrap();
    for (name, text) in [("a.md", "Apples are red."), ("b.md", "Bananas are yellow."), ("c.md", "Cherries are small.")]
    {
        fs::write(docs.join(name), text).unwrap();
    }
    let (_, first) = at(&index, &[&docs]).await;
    assert_eq!((first.documents(), first.sources[0].unchanged), (3, 0));

    fs::write(docs.join("b.md"), "Blueberries are blue.").unwrap();
    fs::remove_file(docs.join("c.md")).unwrap();
    let (library, second) = at(&index, &[&docs]).await;
    assert_eq!((second.documents(), second.sources[0].unchanged), (2, 1));
    assert_eq!(found(&library, "blueberry").await, ["Blueberries are blue."]);
    assert_eq!(found(&library, "apple").await, ["Apples are red."]);
    assert!(found(&library, "banana cherry").await.is_empty());
    assert_eq!(library.document("doc://docs/c.md"), None);
}

#[tokio::test]
async fn a_damaged_index_is_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    let docs = folder.path().join("docs.md");
    fs::write(&docs, "Apples are red.").unwrap();
    let index = folder.path().join("index");
    at(&index, &[&docs]).await;
    let files: Vec<_> =
        walkdir::WalkDir::new(&index).into_iter().flatten().filter(|file| file.file_type().is_file()).collect();
    for file in files.iter().map(|file| file.path()) {
        let damaged = tempfile::tempdir().unwrap();
        for copied in &files {
            let to = damaged.path().join(copied.path().strip_prefix(&index).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(copied.path(), to).unwrap();
        }
        let target = damaged.path().join(file.strip_prefix(&index).unwrap());
        let mut bytes = fs::read(&target).unwrap();
        let middle = bytes.len() / 2;
        bytes.iter_mut().skip(middle).take(8).for_each(|byte| *byte ^= 0x55);
        fs::write(&target, bytes).unwrap();
        let (library, _) = at(damaged.path(), &[&docs]).await;
        assert_eq!(found(&library, "apple").await, ["Apples are red."], "after damage to {}", target.display());
    }
    fs::write(index.join("frontdesk-documents/meta.json"), "not json").unwrap();
    let (library, report) = at(&index, &[&docs]).await;
    assert_eq!((library.len(), report.notes.len()), (1, 1), "{:?}", report.notes);
}

#[tokio::test]
async fn while_another_process_uses_the_folder_the_index_is_kept_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let docs = folder.path().join("docs.md");
    fs::write(&docs, "Apples are red.").unwrap();
    let store = Store::in_folder(folder.path()).unwrap();
    fs::write(folder.path().join("frontdesk-documents/meta.json"), "half made").unwrap();
    let (library, report) = at(folder.path(), &[&docs]).await;
    assert_eq!(found(&library, "apple").await, ["Apples are red."]);
    assert!(report.notes[0].contains("another process"), "{:?}", report.notes);
    assert!(
        folder.path().join("frontdesk-documents/meta.json").exists(),
        "the files of the other process are left alone"
    );
    drop(store);
    assert!(at(folder.path(), &[&docs]).await.1.notes[0].contains("rebuilt"), "the folder is used once it is free");
}

/// A site of one page that changes with every request, and fails from the third on.
fn changing_site() -> Arc<dyn HttpClient> {
    let answers = std::sync::atomic::AtomicUsize::new(0);
    let page = move |uri: http::Uri| {
        let n = if uri.path() == "/" { answers.fetch_add(1, std::sync::atomic::Ordering::Relaxed) } else { 0 };
        let found = if uri.path() == "/" && n < 2 { http::StatusCode::OK } else { http::StatusCode::NOT_FOUND };
        let number = ["first", "second", "third"][n.min(2)];
        async move { (found, [("content-type", "text/html")], format!("<p>The {number} edition of our menu.</p>")) }
    };
    let page = Arc::new(page);
    let router = axum::Router::new().fallback(move |uri: http::Uri| page(uri));
    Arc::new(http_client::InProcess(router))
}

#[tokio::test]
async fn a_site_is_crawled_once_a_day_and_kept_when_it_fails() {
    let folder = tempfile::tempdir().unwrap();
    let web = changing_site();
    let expected = [(0, "first", 0), (23, "first", 0), (25, "second", 0), (50, "second", 1)];
    for (hour, edition, failures) in expected {
        let now = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour);
        let settings = Settings { folder: Some(folder.path().to_owned()), now, ..Settings::default() };
        let sources = vec!["http://richtech.example/".parse().unwrap()];
        let (library, report) = Library::open(sources, settings, Some(web.clone())).await.unwrap();
        assert_eq!(
            found(&library, "menu").await,
            [format!("The {edition} edition of our menu.")],
            "after {hour} hours"
        );
        assert_eq!((report.documents(), report.failures().count()), (1, failures), "after {hour} hours");
    }
    let settings = Settings { folder: Some(folder.path().to_owned()), ..Settings::default() };
    let (library, _) = Library::open(vec![], settings, None).await.unwrap();
    assert!(library.is_empty(), "a site that is no longer a source is forgotten");
}

/// A site of three pages: in the second crawl one fails and one is gone, in later ones all are there.
fn half_failing_site(reading: Arc<std::sync::atomic::AtomicUsize>) -> Arc<dyn HttpClient> {
    let page = move |uri: http::Uri| {
        let second = reading.load(std::sync::atomic::Ordering::Relaxed) == 2;
        let (status, body) = match uri.path() {
            "/" => (200, "The menu. <a href=/tea>tea</a> <a href=/cake>cake</a>"),
            "/tea" => (if second { 503 } else { 200 }, "Our tea is green."),
            "/cake" => (if second { 404 } else { 200 }, "Our cake is round."),
            _ => (404, ""),
        };
        async move { (http::StatusCode::from_u16(status).unwrap(), [("content-type", "text/html")], body) }
    };
    let router = axum::Router::new().fallback(move |uri: http::Uri| page(uri));
    Arc::new(http_client::InProcess(router))
}

#[tokio::test]
async fn after_an_incomplete_crawl_old_pages_are_kept_and_the_site_is_crawled_again_soon() {
    let folder = tempfile::tempdir().unwrap();
    let reading = Arc::new(std::sync::atomic::AtomicUsize::new(1));
    let web = half_failing_site(reading.clone());
    let open = async |hour: i64| {
        let now = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour);
        let settings = Settings { folder: Some(folder.path().to_owned()), now, ..Settings::default() };
        let site = Source::site("http://cafe.example/".parse().unwrap(), Some(5));
        let (library, report) = Library::open(vec![site], settings, Some(web.clone())).await.unwrap();
        let pages =
            library.documents(None, 9).into_iter().map(|entry| entry.uri.rsplit('/').next().unwrap().to_owned());
        (pages.collect::<Vec<_>>(), report.failures().count())
    };
    let all = ["cafe.example", "cake", "tea"].map(str::to_owned).to_vec();
    let without_cake = ["cafe.example", "tea"].map(str::to_owned).to_vec();
    assert_eq!(open(0).await, (all.clone(), 0));
    reading.store(2, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(open(25).await, (without_cake.clone(), 2), "tea failed and is kept, cake is gone");
    reading.store(3, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(open(25).await, (without_cake, 0), "not crawled again at once");
    assert_eq!(open(27).await, (all, 0), "but before a day has passed");
}

#[tokio::test]
async fn without_an_http_client_a_site_is_reported_as_failed() {
    let (library, report) = library(vec!["https://richtech.example/".parse().unwrap()]).await;
    assert!(library.is_empty());
    assert_eq!(report.failures().next().unwrap().why, "reading web sites is turned off");
}

/// An endpoint whose vectors have two directions. It records the texts; the first `busy` requests fail.
#[derive(Clone, Default)]
struct Endpoint {
    texts: Arc<std::sync::Mutex<Vec<String>>>,
    busy: Arc<std::sync::atomic::AtomicUsize>,
    /// The number of texts after which it fails; it never does for 0.
    texts_max: Arc<std::sync::atomic::AtomicUsize>,
}

impl Endpoint {
    fn embeddings(&self) -> embed::EmbeddingClient {
        let router = axum::Router::new().route("/v1/embeddings", axum::routing::post(embed)).with_state(self.clone());
        let wire = Arc::new(http_client::InProcess(router));
        embed::EmbeddingClient::new(wire, &"http://embeddings.example/v1".parse().unwrap(), "two", Some("key".into()))
    }

    fn take_count(&self) -> usize {
        std::mem::take(&mut *self.texts.lock().unwrap()).len()
    }
}

async fn embed(
    axum::extract::State(endpoint): axum::extract::State<Endpoint>,
    headers: http::HeaderMap,
    axum::Json(body): axum::Json<serde_json::Value>,
) -> Result<axum::Json<serde_json::Value>, http::StatusCode> {
    use std::sync::atomic::Ordering::Relaxed;
    if endpoint.busy.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok() {
        return Err(http::StatusCode::TOO_MANY_REQUESTS);
    }
    let texts_max = endpoint.texts_max.load(Relaxed);
    if texts_max != 0 && endpoint.texts.lock().unwrap().len() >= texts_max {
        return Err(http::StatusCode::BAD_REQUEST);
    }
    assert_eq!((&headers["authorization"], &body["model"]), (&"Bearer key".parse().unwrap(), &"two".into()));
    let texts: Vec<String> = serde_json::from_value(body["input"].clone()).unwrap();
    let vector = |text: &String| {
        let vehicles = ["car", "automobile", "lorry"].iter().any(|word| text.to_lowercase().contains(word));
        if vehicles { [1.0, 0.1] } else { [0.1, 1.0] }
    };
    let data = texts.iter().enumerate().rev();
    let data: Vec<_> =
        data.map(|(index, text)| serde_json::json!({"index": index, "embedding": vector(text)})).collect();
    endpoint.texts.lock().unwrap().extend(texts);
    Ok(axum::Json(serde_json::json!({"data": data})))
}

fn garage() -> Vec<Source> {
    vec![
        Source::text("a", "Every automobile is washed."),
        Source::text("b", "The tea is green."),
        Source::text("c", "Bring cups."),
    ]
}

#[tokio::test(start_paused = true)]
async fn embeddings_find_passages_without_a_word_of_the_query() {
    let endpoint = Endpoint::default();
    let settings = Settings { embeddings: Some(endpoint.embeddings()), ..Settings::default() };
    let (with, _) = Library::open(garage(), settings, None).await.unwrap();
    assert_eq!(endpoint.take_count(), 0, "opening a library requests no embeddings");
    assert_eq!(found(&with, "green tea").await[0], "The tea is green.");
    with.embed().await.unwrap();
    assert_eq!(endpoint.take_count(), 3);
    assert_eq!(found(&with, "lorry").await[0], "Every automobile is washed.");
    assert_eq!(found(&with, "green tea").await[0], "The tea is green.", "words and meaning together");
    assert_eq!(endpoint.take_count(), 2, "each question once");
    let (without, _) = library(garage()).await;
    assert!(found(&without, "lorry").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_passage_is_embedded_once() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::default();
    let open = async |sources| {
        let embeddings = Some(endpoint.embeddings());
        let settings = Settings { folder: Some(folder.path().to_owned()), embeddings, ..Settings::default() };
        let (library, _) = Library::open(sources, settings, None).await.unwrap();
        library.embed().await.unwrap();
        library
    };
    open(garage()).await;
    assert_eq!(endpoint.take_count(), 3);
    open(garage()).await;
    assert_eq!(endpoint.take_count(), 0);
    let mut changed = garage();
    changed[1] = Source::text("b", "The tea is black.");
    let library = open(changed).await;
    assert_eq!(endpoint.take_count(), 1);
    assert_eq!(found(&library, "lorry").await[0], "Every automobile is washed.");
}

#[tokio::test(start_paused = true)]
async fn search_works_while_the_endpoint_fails() {
    use std::sync::atomic::Ordering::Relaxed;
    let endpoint = Endpoint::default();
    endpoint.busy.store(2, Relaxed);
    let settings = Settings { embeddings: Some(endpoint.embeddings()), ..Settings::default() };
    let (library, _) = Library::open(garage(), settings.clone(), None).await.unwrap();
    library.embed().await.expect("a request to a busy endpoint is repeated");
    endpoint.busy.store(usize::MAX, Relaxed);
    assert_eq!(found(&library, "tea").await, ["The tea is green."]);
    let (library, _) = Library::open(garage(), settings, None).await.unwrap();
    let cause = library.embed().await.unwrap_err().to_string();
    assert!(cause.contains("429"), "{cause}");
    assert_eq!(found(&library, "tea").await, ["The tea is green."]);
}

#[tokio::test(start_paused = true)]
async fn vectors_received_before_a_failure_are_not_requested_again() {
    use std::sync::atomic::Ordering::Relaxed;
    let (folder, endpoint) = (tempfile::tempdir().unwrap(), Endpoint::default());
    let embeddings = Some(endpoint.embeddings());
    let settings = Settings { folder: Some(folder.path().to_owned()), embeddings, ..Settings::default() };
    let sources: Vec<Source> = (0..100).map(|n| Source::text(&format!("{n}"), &format!("Car number {n}."))).collect();
    endpoint.texts_max.store(64, Relaxed);
    let (library, _) = Library::open(sources.clone(), settings.clone(), None).await.unwrap();
    assert!(library.embed().await.is_err());
    assert_eq!(endpoint.take_count(), 64);
    endpoint.texts_max.store(0, Relaxed);
    library.embed().await.unwrap();
    assert_eq!(endpoint.take_count(), 36);
    assert!(found(&library, "lorry").await[0].starts_with("Car number"));
}

#[cfg(unix)]
#[tokio::test]
async fn the_index_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let settings = || Settings { folder: Some(folder.path().to_owned()), ..Settings::default() };
    let index = folder.path().join("frontdesk-documents");
    // An index of an earlier version, which everybody could read.
    std::fs::create_dir(&index).unwrap();
    std::fs::set_permissions(&index, std::fs::Permissions::from_mode(0o755)).unwrap();
    Library::open(vec![Source::text("menu", "Tea is free.")], settings(), None).await.unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&index), 0o700);
    let files: Vec<_> = std::fs::read_dir(&index).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 1);
    for file in files.into_iter().chain([folder.path().join("frontdesk-documents.lock")]) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}
