//! The passages for several questions of a customer in one message. Decisions without I/O.

use serde_json::Value;

/// The most passages of an answer to several questions. Each alone has four, and the best of each is among them.
const PASSAGES_MAX: usize = 6;
/// The fields that tell one passage from another.
const PLACE: [&str; 2] = ["link", "position"];

/// The passages for several questions in turn, each once: the best of the first, the best of the second, and so on.
pub(super) fn in_turn(answers: &[Value]) -> Vec<Value> {
    let lists: Vec<&Vec<Value>> = answers.iter().filter_map(|answer| answer["passages"].as_array()).collect();
    let mut taken: Vec<Value> = vec![];
    for rank in 0..PASSAGES_MAX {
        for passage in lists.iter().filter_map(|list| list.get(rank)) {
            let is_same = |other: &Value| PLACE.iter().all(|field| other[*field] == passage[*field]);
            if taken.len() < PASSAGES_MAX && !taken.iter().any(is_same) {
                taken.push(passage.clone());
            }
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn passages_of_several_questions_take_turns_and_stand_once() {
        let passage = |link: &str, position: u64| json!({"link": link, "position": position});
        let first = json!({"passages": [passage("prices", 0), passage("prices", 1), passage("prices", 2)]});
        let second = json!({"passages": [passage("delivery", 0), passage("prices", 0), passage("delivery", 1)]});
        let (prices, delivery) = ([0, 1, 2].map(|at| passage("prices", at)), [0, 1].map(|at| passage("delivery", at)));
        let all = [&prices[0], &delivery[0], &prices[1], &prices[2], &delivery[1]].map(Clone::clone);
        assert_eq!(in_turn(&[first, second]), all);
        assert_eq!(in_turn(&[json!({"code": "INTERNAL_ERROR"})]), Vec::<Value>::new());
    }
}
