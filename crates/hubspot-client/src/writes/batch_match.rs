//! Which result of a batch belongs to which of its inputs.
//!
//! HubSpot names the input for each error (`objectWriteTraceId`), for results not surely; and their order means nothing.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::api::read_by_id::BATCH_MAX;
use crate::record::Record;
use crate::transport::attempt::{self, AttemptError};

/// What the answer to a batch says about each input, in their order.
#[derive(Debug)]
pub(crate) struct Matched {
    pub(crate) outcomes: Vec<Option<Result<Record, AttemptError>>>,
    /// Records that several inputs could have made, or none as it was sent: HubSpot may keep a text in another form.
    pub(crate) unclear: Vec<Record>,
}

/// Reads the answer. `inputs` are the batch's inputs as sent, `match_by` the properties that tell records apart.
pub(crate) fn read(
    answer: &Value,
    inputs: &[&Value],
    match_by: &[&str],
    family: &'static str,
) -> Result<Matched, AttemptError> {
    let mut told = Matched { outcomes: vec![None; inputs.len()], unclear: vec![] };
    for error in answer["errors"].as_array().into_iter().flatten() {
        for at in traces(&error["context"]["objectWriteTraceId"]).filter(|at| *at < inputs.len()) {
            told.outcomes[at] = Some(Err(attempt::of_batch_entry(error, family)));
        }
    }
    let mut untraced = vec![];
    for result in answer["results"].as_array().ok_or_else(|| AttemptError::unreadable("it has no list of results"))? {
        let Ok(record) = Record::read(result) else { continue };
        match traces(&result["objectWriteTraceId"]).find(|at| *at < inputs.len()) {
            Some(at) => told.outcomes[at] = Some(Ok(record)),
            None => untraced.push(record),
        }
    }
    for record in untraced {
        let fits = |at: &usize| is_same(&inputs[*at]["properties"], &record, match_by);
        match told.open().filter(fits).take(2).collect::<Vec<_>>()[..] {
            [at] => told.outcomes[at] = Some(Ok(record)),
            _ => told.unclear.push(record),
        }
    }
    told.eliminate();
    Ok(told)
}

impl Matched {
    /// Inputs of which nothing is known yet.
    pub(crate) fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.outcomes.len()).filter(|at| self.outcomes[*at].is_none())
    }

    /// The one record that is left was made by the one input that is left.
    fn eliminate(&mut self) {
        let open: Vec<_> = self.open().take(2).collect();
        if let ([at], [_]) = (&open[..], &self.unclear[..]) {
            self.outcomes[*at] = self.unclear.pop().map(Ok);
        }
    }
}

/// Whether a record has the properties that were sent, as far as those tell records apart.
pub(crate) fn is_same(sent: &Value, record: &Record, match_by: &[&str]) -> bool {
    match_by.iter().all(|name| match sent[*name].as_str() {
        Some(sent) => is_equal(sent, record.get(name).unwrap_or_default()),
        None => true,
    })
}

/// HubSpot trims texts and may keep their line ends otherwise, and writes instants in another form than they were sent.
fn is_equal(sent: &str, kept: &str) -> bool {
    let instant = |text: &str| -> Option<DateTime<Utc>> {
        text.parse().ok().or_else(|| DateTime::from_timestamp_millis(text.parse().ok()?))
    };
    sent.split_whitespace().eq(kept.split_whitespace()) || instant(sent).is_some_and(|sent| Some(sent) == instant(kept))
}

fn traces(value: &Value) -> impl Iterator<Item = usize> {
    let one = value.as_str().map(str::to_owned);
    let many = value.as_array().into_iter().flatten().take(BATCH_MAX).filter_map(|id| id.as_str().map(str::to_owned));
    one.into_iter().chain(many).filter_map(|id| id.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TOLD_BY: &[&str] = &["body", "at"];

    fn inputs() -> Vec<Value> {
        ["hello", "hello", "help", "bad"]
            .map(|body| json!({"properties": {"body": body, "at": "2026-11-22T15:00:00.000Z"}}))
            .into()
    }

    fn told(answer: &Value) -> (Vec<Option<Result<String, u16>>>, usize) {
        let inputs = inputs();
        let told = read(answer, &inputs.iter().collect::<Vec<_>>(), TOLD_BY, "x").unwrap();
        let short =
            |outcome: Result<Record, AttemptError>| outcome.map(|r| r.id.to_string()).map_err(|f| f.refusal.status);
        (told.outcomes.into_iter().map(|outcome| outcome.map(short)).collect(), told.unclear.len())
    }

    fn made(id: u64, body: &str) -> Value {
        json!({"id": id, "properties": {"body": body, "at": "2026-11-22T15:00:00Z"}})
    }

    #[test]
    fn results_are_told_apart_by_what_they_hold_and_errors_by_their_trace() {
        let error = json!({"category": "CONFLICT", "context": {"objectWriteTraceId": ["3"]}});
        let answer = json!({"results": [made(9, "help"), made(7, "hello"), made(8, "hello")], "errors": [error]});
        let (outcomes, unclear) = told(&answer);
        assert_eq!(outcomes, [None, None, Some(Ok("9".into())), Some(Err(409))]);
        assert_eq!(unclear, 2);
    }

    #[test]
    fn a_trace_on_the_result_decides() {
        let mut first = made(7, "hello");
        first["objectWriteTraceId"] = "1".into();
        let (outcomes, unclear) = told(&json!({"results": [first, made(8, "hello")]}));
        assert_eq!(outcomes, [Some(Ok("8".into())), Some(Ok("7".into())), None, None]);
        assert_eq!(unclear, 0);
    }

    #[test]
    fn what_is_left_over_is_told_by_elimination() {
        let (first, second) = (json!({"properties": {"body": "one"}}), json!({"properties": {"body": "two"}}));
        let answer = json!({"results": [made(9, "(two)"), made(8, "one")]});
        let told = read(&answer, &[&first, &second], TOLD_BY, "x").unwrap();
        let ids: Vec<_> = told.outcomes.into_iter().map(|outcome| outcome.unwrap().unwrap().id.to_string()).collect();
        assert_eq!(ids, ["8", "9"]);
        let answer = json!({"results": [made(9, "(two)"), made(8, "(one)")]});
        assert_eq!(read(&answer, &[&first, &second], TOLD_BY, "x").unwrap().unclear.len(), 2, "nobody can tell");
    }

    #[test]
    fn instants_are_equal_in_any_form() {
        assert!(is_equal("2026-11-22T15:00:00.000Z", "2026-11-22T15:00:00Z"));
        assert!(is_equal("2026-11-22T15:00:00.000Z", "1795359600000"));
        assert!(is_equal(" a\r\ntext ", "a\ntext") && !is_equal("text", "other") && !is_equal("", "x"));
    }
}
