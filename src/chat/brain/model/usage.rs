//! The tokens that an answer has cost.

use serde_json::Value;

use crate::chat::brain::Tokens;

/// The bytes that count as one token where the endpoint reports none.
const BYTES_OF_TOKEN: f64 = 3.5;

/// The tokens of an answer: as reported, else estimated from the bytes of the request and of the answer's message.
pub(super) fn of(answer: &Value, sent: usize, received: usize) -> Tokens {
    let reported = |field: &str| {
        // Groq reports them a second time under a name of its own, in streams only there.
        let places = [&answer["usage"][field], &answer["x_groq"]["usage"][field]];
        places.into_iter().find_map(Value::as_u64)
    };
    let (input, output) = (reported("prompt_tokens"), reported("completion_tokens"));
    Tokens {
        input: input.unwrap_or_else(|| estimate(sent)),
        output: output.unwrap_or_else(|| estimate(received)),
        estimated: input.is_none() || output.is_none(),
    }
}

fn estimate(bytes: usize) -> u64 {
    (bytes as f64 / BYTES_OF_TOKEN).ceil() as u64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_that_is_not_reported_is_estimated() {
        let tokens = |input, output, estimated| Tokens { input, output, estimated };
        for (answer, expected) in [
            (json!({"usage": {"prompt_tokens": 812, "completion_tokens": 40}}), tokens(812, 40, false)),
            (json!({"usage": {"prompt_tokens": 812}}), tokens(812, 20, true)),
            (json!({"usage": null}), tokens(200, 20, true)),
            (json!({"x_groq": {"usage": {"prompt_tokens": 1, "completion_tokens": 2}}}), tokens(1, 2, false)),
        ] {
            assert_eq!(of(&answer, 700, 70), expected, "{answer}");
        }
    }
}
