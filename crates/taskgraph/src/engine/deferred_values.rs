//! Values that were stated for one customer while the topic at hand is that of another. They are never taken for anybody
//! else, and are there again as soon as the conversation is about that customer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::known_value::{KnownValues, Source};

/// The most customers whose values are kept; the oldest are dropped.
const CUSTOMERS_MAX: usize = 8;

/// The values of customers whom the conversation is not about now, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct DeferredValues(Vec<OfCustomer>);

/// The values of one customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct OfCustomer {
    contact: Value,
    values: KnownValues,
}

impl DeferredValues {
    /// Keeps what was stated for this customer. What tools found can be found again.
    pub(super) fn keep(&mut self, contact: Value, values: KnownValues) {
        let mut kept = self.take(&contact);
        kept.extend(values.into_iter().filter(|(_, known)| known.source != Source::Tool));
        if kept.is_empty() {
            return;
        }
        if self.0.len() >= CUSTOMERS_MAX {
            self.0.remove(0);
        }
        self.0.push(OfCustomer { contact, values: kept });
    }

    /// Takes what is kept for this customer.
    pub(super) fn take(&mut self, contact: &Value) -> KnownValues {
        let position = self.0.iter().position(|one| one.contact == *contact);
        position.map(|position| self.0.remove(position).values).unwrap_or_default()
    }

    /// True if nothing is kept.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All values that are kept for an argument.
    #[cfg(test)]
    pub(super) fn held<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter_map(move |one| one.values.get(name)).map(|known| &known.value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::known_value::KnownValue;
    use super::*;

    fn said(name: &str, value: &str) -> KnownValues {
        KnownValues::from([(name.to_owned(), KnownValue::of(value.into(), Source::Said(1)))])
    }

    #[test]
    fn each_customer_has_their_own_values() {
        let mut apart = DeferredValues::default();
        apart.keep("1".into(), said("issue", "it beeps"));
        apart.keep("2".into(), said("issue", "it leaks"));
        apart.keep("1".into(), said("note", "still"));
        assert_eq!(apart.take(&"3".into()), KnownValues::new());
        let first = apart.take(&"1".into());
        assert_eq!(first, said("issue", "it beeps").into_iter().chain(said("note", "still")).collect());
        assert_eq!(apart.take(&"1".into()), KnownValues::new(), "once");
        assert_eq!(apart.take(&"2".into()), said("issue", "it leaks"));
    }

    #[test]
    fn results_of_tools_are_not_kept_and_the_oldest_customer_is_dropped() {
        let mut apart = DeferredValues::default();
        let found = KnownValues::from([("ticket_id".to_owned(), KnownValue::of("7".into(), Source::Tool))]);
        apart.keep("1".into(), found);
        assert!(apart.is_empty());
        for customer in 0..=CUSTOMERS_MAX {
            apart.keep(customer.into(), said("issue", "it beeps"));
        }
        assert_eq!(apart.take(&0.into()), KnownValues::new());
        assert_eq!(apart.take(&1.into()), said("issue", "it beeps"));
    }
}
