//! The vectors of all passages, kept on disk beside the index: a passage is embedded once, until its text changes.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tantivy::DocAddress;

use super::embed::{self, Embeddings, Error};

/// Vectors are compared one by one, and held in memory; passages beyond this are found by their words alone.
pub(super) const VECTORS_MAX: usize = 50_000;

/// New vectors are written after so many: the whole file is, each time.
const SAVED_TOGETHER: usize = 32 * embed::BATCH;

const FILE: &str = "frontdesk-vectors";

type Key = [u8; 32];

/// What the vectors in a file are.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    version: u32,
    model: String,
    dimensions: usize,
}

const VERSION: u32 = 1;

/// Every passage's vector.
#[derive(Debug)]
pub(super) struct Dense {
    embeddings: Embeddings,
    vectors: Vec<(DocAddress, Vec<f32>)>,
}

impl Dense {
    /// The vectors of these passages, from the file in `folder` as far as it has them, else from the endpoint.
    ///
    /// # Errors
    /// When the endpoint fails; the vectors that are there, and those made until then, are kept for the next time.
    pub(super) async fn bring_up(
        embeddings: Embeddings,
        mut passages: Vec<(DocAddress, String)>,
        folder: Option<PathBuf>,
    ) -> Result<Dense, Error> {
        passages.truncate(VECTORS_MAX);
        let file = folder.map(|folder| folder.join(FILE));
        let mut known = file.as_deref().and_then(|file| load(file, &embeddings.model)).unwrap_or_default();
        let keys: Vec<Key> = passages.iter().map(|(_, text)| Sha256::digest(text).into()).collect();
        let wanted: HashSet<&Key> = keys.iter().collect();
        known.retain(|key, _| wanted.contains(key));
        let missing = passages.iter().zip(&keys).filter(|(_, key)| !known.contains_key(*key));
        let missing: Vec<(Key, String)> = missing.map(|((_, text), key)| (*key, text.clone())).collect();
        for some in missing.chunks(SAVED_TOGETHER) {
            let made = make(&embeddings, some, &mut known).await;
            if let Some(file) = &file {
                // Without the file the next start asks again; nothing else is lost.
                let _kept = save(file, &embeddings.model, &known);
            }
            made?;
        }
        let vectors = passages.iter().zip(&keys).map(|((address, _), key)| (*address, known[key].clone()));
        Ok(Dense { vectors: vectors.collect(), embeddings })
    }

    /// The passages nearest in meaning to a question, nearest first.
    pub(super) async fn nearest(&self, asked: &str, limit: usize) -> Result<Vec<DocAddress>, Error> {
        let question = self.embeddings.of(&[asked.to_owned()]).await?.pop().unwrap_or_default();
        let score = |vector: &[f32]| vector.iter().zip(&question).map(|(a, b)| a * b).sum::<f32>();
        let mut scored: Vec<(f32, DocAddress)> =
            self.vectors.iter().map(|(address, vector)| (score(vector), *address)).collect();
        scored.sort_by(|one, other| other.0.total_cmp(&one.0));
        Ok(scored.into_iter().take(limit).map(|(_, address)| address).collect())
    }
}

/// Asks for the vectors of these texts; what came before a failure is known.
async fn make(
    embeddings: &Embeddings,
    texts: &[(Key, String)],
    known: &mut HashMap<Key, Vec<f32>>,
) -> Result<(), Error> {
    for batch in texts.chunks(embed::BATCH) {
        let (keys, texts): (Vec<Key>, Vec<String>) = batch.iter().cloned().unzip();
        known.extend(keys.into_iter().zip(embeddings.of(&texts).await?));
    }
    Ok(())
}

/// A line of JSON, then for each vector the hash of its text and its numbers.
fn load(file: &Path, model: &str) -> Option<HashMap<Key, Vec<f32>>> {
    let bytes = fs::read(file).ok()?;
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let header: Header = serde_json::from_slice(&bytes[..end]).ok()?;
    if header.version != VERSION || header.model != model || header.dimensions == 0 {
        return None;
    }
    let record = size_of::<Key>() + header.dimensions * size_of::<f32>();
    // A record that was cut off at the end is left out.
    bytes[end + 1..].chunks_exact(record).map(read).collect()
}

fn read(record: &[u8]) -> Option<(Key, Vec<f32>)> {
    let (key, numbers) = record.split_first_chunk::<32>()?;
    let vector: Vec<f32> =
        numbers.chunks_exact(4).filter_map(|n| Some(f32::from_le_bytes(n.try_into().ok()?))).collect();
    vector.iter().all(|number| number.is_finite()).then_some((*key, vector))
}

/// Written beside the old file and moved over it, so that there is always a whole one.
fn save(file: &Path, model: &str, vectors: &HashMap<Key, Vec<f32>>) -> io::Result<()> {
    let dimensions = vectors.values().next().map_or(0, Vec::len);
    let mut bytes = serde_json::to_vec(&Header { version: VERSION, model: model.to_owned(), dimensions })?;
    bytes.push(b'\n');
    for (key, vector) in vectors.iter().filter(|(_, vector)| vector.len() == dimensions) {
        bytes.extend_from_slice(key);
        bytes.extend(vector.iter().flat_map(|number| number.to_le_bytes()));
    }
    let unfinished = file.with_extension("unfinished");
    fs::write(&unfinished, bytes)?;
    fs::rename(unfinished, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_survive_on_disk_and_damage_is_noticed() {
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
