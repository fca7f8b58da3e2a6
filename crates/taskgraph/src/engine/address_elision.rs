//! The address of somebody else, which is left out of everything that is written down of the customer.

use serde_json::Value;

use super::{
    state::State,
    toolbox::{REACH, WORD_ARGUMENTS},
};

/// The mark for an address that was left out.
const ELIDED: &str = "…";

impl State {
    /// Leaves the address of somebody else out of everything that is written down of the customer who is identified next: the
    /// log, notes, tickets and tasks.
    pub(super) fn forget_address(&mut self) {
        let Some(address) = self.identified_by.as_ref().and_then(Value::as_str).map(str::to_lowercase) else { return };
        self.known.retain(|name, known| name != REACH || !known.value.to_string().to_lowercase().contains(&address));
        let left = self.left.iter_mut().chain(&mut self.told).map(|left| &mut left.words);
        let waiting = self.stack.iter_mut().filter_map(|frame| frame.words.as_mut());
        let wanted = self.wanted.iter_mut().flat_map(|wanted| wanted.words.iter_mut().chain([&mut wanted.values]));
        let own = [&mut self.words, &mut self.unheard, &mut self.answer].into_iter().flatten();
        let written = self.written.iter_mut().map(|written| &mut written.words);
        let said = self.said.iter_mut().chain(&mut self.untold);
        let texts = said.chain(left).chain(waiting).chain(wanted).chain(written).chain(own);
        texts.for_each(|text| elide(text, &address));
        let taken = WORD_ARGUMENTS.iter().map(|(_, argument, _)| *argument);
        for argument in taken {
            if let Some(Value::String(text)) = self.known.get_mut(argument).map(|known| &mut known.value) {
                elide(text, &address);
            }
        }
    }
}

/// Replaces the words with this address, or a phone number as it was sent.
fn elide(text: &mut String, address: &str) {
    let is_theirs = |word: &str| word.to_lowercase().contains(address);
    if address.contains(' ') {
        *text = text.replace(address, ELIDED);
    } else if text.split_whitespace().any(is_theirs) {
        let words = text.split(' ').map(|word| if is_theirs(word) { ELIDED } else { word });
        *text = words.collect::<Vec<_>>().join(" ");
    }
}
