//! The things that a visitor wants, as they wait in their conversation.

use serde::{Deserialize, Serialize};

use crate::chat::handoff_relay::VisitorFile;

/// Something that a visitor wants.
#[derive(Debug, Serialize, Deserialize)]
pub enum Incoming {
    /// An answer to this.
    Text(String),
    /// These files passed on, with the words beside them.
    Files(String, Vec<VisitorFile>),
    /// The desk again, in the place of a person.
    Desk,
}

impl Incoming {
    /// The bytes that it holds until it is answered or passed on.
    pub fn bytes(&self) -> usize {
        match self {
            Incoming::Text(text) => text.len(),
            Incoming::Files(text, files) => {
                text.len()
                    + files.iter().map(|file| file.name.len() + file.mime.len() + file.base64.len()).sum::<usize>()
            }
            Incoming::Desk => 0,
        }
    }
}

#[test]
fn files_that_wait_count_with_all_that_they_hold() {
    let file = VisitorFile { name: "a.png".into(), mime: "image/png".into(), base64: "x".repeat(1_000) };
    assert_eq!(Incoming::Files("see".into(), vec![file.clone(), file]).bytes(), 3 + 2 * 1_014);
    assert_eq!((Incoming::Text("hi".into()).bytes(), Incoming::Desk.bytes()), (2, 0));
}
