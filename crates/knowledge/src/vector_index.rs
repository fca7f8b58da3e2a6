//! The embeddings of all passages, kept in a file beside the index.
//!
//! A passage is sent to the endpoint once, until its text or the model changes.

use std::{
    collections::{HashMap, HashSet},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tantivy::DocAddress;

use crate::embed::{self, EmbeddingClient, Error};

/// The most vectors, as they are held in memory and compared one by one. Further passages are found by their words
/// alone.
const VECTORS_MAX: usize = 50_000;

/// The number of new vectors after which the whole file is written.
const SAVE_INTERVAL: usize = 32 * embed::BATCH;

const FILE: &str = "frontdesk-vectors";

/// The SHA-256 of a passage's text.
type TextHash = [u8; 32];

/// The first line of a file of vectors, in JSON.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    version: u32,
    model: String,
    dimensions: usize,
}

/// The version of the file format.
const VERSION: u32 = 1;

/// One vector for each passage.
#[derive(Debug)]
pub(crate) struct VectorIndex {
    client: EmbeddingClient,
    vectors: Arc<Vec<(DocAddress, Vec<f32>)>>,
}

impl VectorIndex {
    /// Loads the vectors of these passages from the file in `folder`, and requests the missing ones.
    ///
    /// # Errors
    /// If the endpoint fails. The vectors received until then are kept in the file for the next call.
    pub(crate) async fn open(
        client: EmbeddingClient,
        mut passages: Vec<(DocAddress, String)>,
        folder: Option<PathBuf>,
    ) -> Result<VectorIndex, Error> {
        passages.truncate(VECTORS_MAX);
        let file = folder.map(|folder| folder.join(FILE));
        let (at, model) = (file.clone(), client.model.clone());
        let (passages, hashes, mut known) = blocking(move || {
            let mut known = at.as_deref().and_then(|file| load(file, &model)).unwrap_or_default();
            let hashes: Vec<TextHash> = passages.iter().map(|(_, text)| Sha256::digest(text).into()).collect();
            let needed: HashSet<&TextHash> = hashes.iter().collect();
            known.retain(|hash, _| needed.contains(hash));
            (passages, hashes, known)
        })
        .await?;
        let missing = passages.iter().zip(&hashes).filter(|(_, hash)| !known.contains_key(*hash));
        let missing: Vec<(TextHash, String)> = missing.map(|((_, text), hash)| (*hash, text.clone())).collect();
        for texts in missing.chunks(SAVE_INTERVAL) {
            let result = request(&client, texts, &mut known).await;
            if let Some(file) = file.clone() {
                let model = client.model.clone();
                known = blocking(move || {
                    // If the file cannot be written, the next start requests the vectors again; nothing else is lost.
                    let _saved = save(&file, &model, &known);
                    known
                })
                .await?;
            }
            result?;
        }
        let vectors = passages.iter().zip(&hashes).map(|((address, _), hash)| (*address, known[hash].clone()));
        let vectors = Arc::new(vectors.collect());
        Ok(VectorIndex { vectors, client })
    }

    /// Returns the passages with the vectors nearest to the query's by cosine similarity, nearest first.
    pub(crate) async fn nearest(&self, query: &str, limit: usize) -> Result<Vec<DocAddress>, Error> {
        let query = self.client.embed(&[query.to_owned()]).await?.pop().unwrap_or_default();
        let vectors = self.vectors.clone();
        blocking(move || {
            let score = |vector: &[f32]| vector.iter().zip(&query).map(|(a, b)| a * b).sum::<f32>();
            let mut scored: Vec<(f32, DocAddress)> =
                vectors.iter().map(|(address, vector)| (score(vector), *address)).collect();
            scored.sort_by(|one, other| other.0.total_cmp(&one.0));
            scored.into_iter().take(limit).map(|(_, address)| address).collect()
        })
        .await
    }
}

/// Runs work on all vectors, which takes long, on tokio's threads for blocking work.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_panic| Error::Invalid("its vectors cannot be used"))
}

/// Requests the vectors of these texts. Those received before a failure are added to `known`.
async fn request(
    client: &EmbeddingClient,
    texts: &[(TextHash, String)],
    known: &mut HashMap<TextHash, Vec<f32>>,
) -> Result<(), Error> {
    for batch in texts.chunks(embed::BATCH) {
        let (hashes, texts): (Vec<TextHash>, Vec<String>) = batch.iter().cloned().unzip();
        known.extend(hashes.into_iter().zip(client.embed(&texts).await?));
    }
    Ok(())
}

/// Loads a file: the header, then for each vector the hash of its text and its little-endian numbers. Returns `None`
/// if the file is of another model or version, or cannot be read.
fn load(file: &Path, model: &str) -> Option<HashMap<TextHash, Vec<f32>>> {
    let bytes = fs::read(file).ok()?;
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let header: Header = serde_json::from_slice(&bytes[..end]).ok()?;
    if header.version != VERSION || header.model != model || header.dimensions == 0 {
        return None;
    }
    let record_bytes = size_of::<TextHash>() + header.dimensions * size_of::<f32>();
    // A record that is cut off at the end is left out.
    bytes[end + 1..].chunks_exact(record_bytes).map(parse_record).collect()
}

fn parse_record(record: &[u8]) -> Option<(TextHash, Vec<f32>)> {
    let (hash, numbers) = record.split_first_chunk::<32>()?;
    let vector: Vec<f32> =
        numbers.chunks_exact(4).filter_map(|n| Some(f32::from_le_bytes(n.try_into().ok()?))).collect();
    vector.iter().all(|number| number.is_finite()).then_some((*hash, vector))
}

/// Writes a new file and renames it over the old one, so that there is a complete file at any time.
fn save(file: &Path, model: &str, vectors: &HashMap<TextHash, Vec<f32>>) -> io::Result<()> {
    let dimensions = vectors.values().next().map_or(0, Vec::len);
    let mut bytes = serde_json::to_vec(&Header { version: VERSION, model: model.to_owned(), dimensions })?;
    bytes.push(b'\n');
    for (hash, vector) in vectors.iter().filter(|(_, vector)| vector.len() == dimensions) {
        bytes.extend_from_slice(hash);
        bytes.extend(vector.iter().flat_map(|number| number.to_le_bytes()));
    }
    let unfinished = file.with_extension("unfinished");
    let mut options = fs::File::options();
    options.write(true).create(true).truncate(true);
    // Vectors tell what the documents say.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&unfinished)?.write_all(&bytes)?;
    fs::rename(unfinished, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saved_vectors_are_loaded_and_damaged_files_are_detected() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let vectors = HashMap::from([([1; 32], vec![0.5, -0.5]), ([2; 32], vec![1.0, 0.0])]);
        save(&file, "m", &vectors).unwrap();
        assert_eq!(load(&file, "m"), Some(vectors.clone()));
        assert_eq!(load(&file, "other model"), None);
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, &bytes[..bytes.len() - 3]).unwrap();
        assert_eq!(load(&file, "m").unwrap().len(), 1);
        fs::write(&file, "no header").unwrap();
        assert_eq!(load(&file, "m"), None);
    }
}
