//! The documents of the demo's company, embedded in the binary. They contain the facts of the company's introduction
//! and no prices.

use std::borrow::Cow;

use knowledge::documents::Documents;
use knowledge::settings::Settings;
use knowledge::source::{InMemoryFile, Source};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../taskgraphs/docs/richtech/", $name)))),*]
    };
}

const FILES: &[(&str, &[u8])] =
    files!["adam.md", "cloutea.md", "company.md", "delivery-times.md", "prices.md", "products.md", "support.md"];

/// The shipped documents, indexed in memory when they are first searched.
pub fn documents() -> Documents {
    Documents::new(vec![source()], Settings::default(), None)
}

fn source() -> Source {
    let file =
        |(path, bytes): &(&str, &'static [u8])| InMemoryFile { path: (*path).to_owned(), bytes: Cow::Borrowed(*bytes) };
    Source::InMemory { name: "richtech".to_owned(), files: FILES.iter().map(file).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_shipped_documents_answer_the_demos_question_without_a_price() {
        let library = documents().library().await.unwrap();
        assert_eq!(library.len(), 7);
        let best = library.search("How much is the ADAM?", 4).await.unwrap();
        let texts = best.iter().map(|passage| passage.text.as_str()).collect::<Vec<_>>().join("\n");
        for fact in ["depends on its configuration", "sales representative", "bought or rented", "two weeks"] {
            assert!(texts.contains(fact), "{fact:?} is not in {texts}");
        }
        for summary in library.documents(None, 100) {
            let text = library.document(&summary.uri).unwrap().text;
            assert!(!text.contains(['$', '€']) && !text.contains("USD"), "{} names a price", summary.uri);
        }
    }
}
