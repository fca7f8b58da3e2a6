//! Matches the results of a batch to its inputs.
//!
//! HubSpot names the input of each error (`objectWriteTraceId`), but not always that of a result, and promises no order.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::record::Record;
use crate::transport::attempt::{self, AttemptError};

/// The most inputs of a batch.
const INPUTS_MAX: usize = 100;

/// The outcomes of a batch in the order of its inputs.
#[derive(Debug)]
pub(crate) struct Matched {
    /// `None`: the answer says nothing of this input.
    pub(crate) outcomes: Vec<Option<Result<Record, AttemptError>>>,
    /// Records that fit several inputs, or none as it was sent: HubSpot may store a text in another form.
    pub(crate) unclear: Vec<Record>,
}

/// Matches an answer to its inputs. `is_result` says that a record fits the input at a position.
pub(crate) fn match_results(
    answer: &Value,
    inputs: usize,
    is_result: impl Fn(usize, &Record) -> bool,
    family: &'static str,
) -> Result<Matched, AttemptError> {
    let mut matched = Matched { outcomes: vec![None; inputs], unclear: vec![] };
    for error in answer["errors"].as_array().into_iter().flatten() {
        for at in traces(&error["context"]["objectWriteTraceId"]).filter(|at| *at < inputs) {
            matched.outcomes[at] = Some(Err(attempt::of_batch_entry(error, family)));
        }
    }
    let mut untraced = vec![];
    for result in answer["results"].as_array().ok_or_else(|| AttemptError::unreadable("it has no list of results"))? {
        let Ok(record) = Record::read(result) else { continue };
        match traces(&result["objectWriteTraceId"]).find(|at| *at < inputs) {
            Some(at) => matched.outcomes[at] = Some(Ok(record)),
            None => untraced.push(record),
        }
    }
    for record in untraced {
        match matched.open().filter(|at| is_result(*at, &record)).take(2).collect::<Vec<_>>()[..] {
            [at] => matched.outcomes[at] = Some(Ok(record)),
            _ => matched.unclear.push(record),
        }
    }
    matched.eliminate();
    Ok(matched)
}

impl Matched {
    /// The positions of inputs without an outcome so far.
    pub(crate) fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.outcomes.len()).filter(|at| self.outcomes[*at].is_none())
    }

    /// If one record and one input are left, they belong together.
    fn eliminate(&mut self) {
        let open: Vec<_> = self.open().take(2).collect();
        if let ([at], [_]) = (&open[..], &self.unclear[..]) {
            self.outcomes[*at] = self.unclear.pop().map(Ok);
        }
    }
}

/// True if a record has the values that were sent, of the properties by which records differ.
pub(crate) fn is_same(sent: &Value, record: &Record, match_by: &[&str]) -> bool {
    match_by.iter().all(|name| match sent[*name].as_str() {
        Some(sent) => is_equal(sent, record.get(name).unwrap_or_default()),
        None => true,
    })
}

/// Compares values as HubSpot stores them: it trims texts, may change their line ends, and writes instants in another form
/// than they were sent.
fn is_equal(sent: &str, kept: &str) -> bool {
    let instant = |text: &str| -> Option<DateTime<Utc>> {
        text.parse().ok().or_else(|| DateTime::from_timestamp_millis(text.parse().ok()?))
    };
    sent.split_whitespace().eq(kept.split_whitespace()) || instant(sent).is_some_and(|sent| Some(sent) == instant(kept))
}

fn traces(value: &Value) -> impl Iterator<Item = usize> {
    let one = value.as_str().map(str::to_owned);
    let many = value.as_array().into_iter().flatten().take(INPUTS_MAX).filter_map(|id| id.as_str().map(str::to_owned));
    one.into_iter().chain(many).filter_map(|id| id.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const MATCH_BY: &[&str] = &["body", "at"];

    fn inputs() -> Vec<Value> {
        ["hello", "hello", "help", "bad"]
            .map(|body| json!({"properties": {"body": body, "at": "2026-11-22T15:00:00.000Z"}}))
            .into()
    }

    fn matched(answer: &Value) -> (Vec<Option<Result<String, u16>>>, usize) {
        let inputs = inputs();
        let is_result = |at: usize, record: &Record| is_same(&inputs[at]["properties"], record, MATCH_BY);
        let matched = match_results(answer, inputs.len(), is_result, "x").unwrap();
        let short =
            |outcome: Result<Record, AttemptError>| outcome.map(|r| r.id.to_string()).map_err(|f| f.refusal.status);
        (matched.outcomes.into_iter().map(|outcome| outcome.map(short)).collect(), matched.unclear.len())
    }

    fn made(id: u64, body: &str) -> Value {
        json!({"id": id, "properties": {"body": body, "at": "2026-11-22T15:00:00Z"}})
    }

    #[test]
    fn results_are_matched_by_their_values_and_errors_by_their_trace() {
        let error = json!({"category": "CONFLICT", "context": {"objectWriteTraceId": ["3"]}});
        let answer = json!({"results": [made(9, "help"), made(7, "hello"), made(8, "hello")], "errors": [error]});
        let (outcomes, unclear) = matched(&answer);
        assert_eq!(outcomes, [None, None, Some(Ok("9".into())), Some(Err(409))]);
        assert_eq!(unclear, 2);
    }

    #[test]
    fn the_trace_of_a_result_decides() {
        let mut first = made(7, "hello");
        first["objectWriteTraceId"] = "1".into();
        let (outcomes, unclear) = matched(&json!({"results": [first, made(8, "hello")]}));
        assert_eq!(outcomes, [Some(Ok("8".into())), Some(Ok("7".into())), None, None]);
        assert_eq!(unclear, 0);
    }

    #[test]
    fn the_last_result_belongs_to_the_last_input() {
        let (first, second) = (json!({"properties": {"body": "one"}}), json!({"properties": {"body": "two"}}));
        let answer = json!({"results": [made(9, "(two)"), made(8, "one")]});
        let inputs = [first, second];
        let is_result = |at: usize, record: &Record| is_same(&inputs[at]["properties"], record, MATCH_BY);
        let matched = match_results(&answer, 2, is_result, "x").unwrap();
        let ids: Vec<_> =
            matched.outcomes.into_iter().map(|outcome| outcome.unwrap().unwrap().id.to_string()).collect();
        assert_eq!(ids, ["8", "9"]);
        let answer = json!({"results": [made(9, "(two)"), made(8, "(one)")]});
        assert_eq!(match_results(&answer, 2, is_result, "x").unwrap().unclear.len(), 2, "nobody can tell");
    }

    #[test]
    fn values_are_equal_in_any_form_that_hubspot_stores() {
        assert!(is_equal("2026-11-22T15:00:00.000Z", "2026-11-22T15:00:00Z"));
        assert!(is_equal("2026-11-22T15:00:00.000Z", "1795359600000"));
        assert!(is_equal(" a\r\ntext ", "a\ntext") && !is_equal("text", "other") && !is_equal("", "x"));
    }
}
