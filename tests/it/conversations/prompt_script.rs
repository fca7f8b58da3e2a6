//! The script as the prompt `customer_service` tells it: for each intent the steps, their conditions and choices.

/// One way of the conversation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flow {
    pub(crate) intent: String,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Call these tools, if any, with what is said of their arguments.
    Do { id: String, text: String },
    /// Go on with another step.
    Again(String),
    /// If a field of the last answer has this value.
    If { field: String, value: String, steps: Vec<Step> },
    /// If the customer wants it so.
    When { choice: String, steps: Vec<Step> },
}

/// The spaces of one level of the list.
const INDENT: usize = 3;

/// Reads the flows of a prompt.
pub(crate) fn read(prompt: &str) -> Vec<Flow> {
    let mut flows: Vec<Flow> = vec![];
    let part = prompt.split("## What customers come for").nth(1).unwrap_or_default();
    let part = part.split("\n## ").next().unwrap_or_default();
    for section in part.split("\n### ").skip(1) {
        let (title, body) = section.split_once('\n').unwrap_or((section, ""));
        let intent = title.split_once(". ").map_or(title, |(_, intent)| intent).to_owned();
        let lines: Vec<(usize, &str)> = body.lines().filter_map(numbered).collect();
        flows.push(Flow { intent, steps: steps(&lines, 0) });
    }
    flows
}

/// The level and the text of a numbered line.
fn numbered(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start();
    let (number, rest) = text.split_once(". ")?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(((line.len() - text.len()) / INDENT, rest))
}

fn steps(lines: &[(usize, &str)], level: usize) -> Vec<Step> {
    let mut all = vec![];
    for (at, (_, text)) in lines.iter().enumerate().filter(|(_, (at, _))| *at == level) {
        let inner: Vec<_> = lines[at + 1..].iter().take_while(|(inner, _)| *inner > level).copied().collect();
        all.push(step(text, steps(&inner, level + 1)));
    }
    all
}

fn step(text: &str, steps: Vec<Step>) -> Step {
    let inside = |text: &str| text.split(['[', ']']).nth(1).unwrap_or_default().to_owned();
    if let Some(choice) = text.strip_prefix("When this fits: ") {
        return Step::When { choice: choice.to_owned(), steps };
    }
    if let Some((field, value)) =
        text.strip_prefix("When ").and_then(|text| text.strip_suffix(" in its answer:")?.split_once(" is "))
    {
        return Step::If { field: field.to_owned(), value: value.to_owned(), steps };
    }
    if text.starts_with("Go on with step [") {
        return Step::Again(inside(text));
    }
    Step::Do { id: inside(text), text: text.to_owned() }
}

/// The step with this id and those after it.
pub(crate) fn from(steps: &[Step], wanted: &str) -> Option<Vec<Step>> {
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Do { id, .. } if id == wanted => return Some(steps[at..].to_vec()),
            Step::If { steps: inner, .. } | Step::When { steps: inner, .. } => {
                if let Some(found) = from(inner, wanted) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// The texts between backticks.
pub(crate) fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_shipped_prompt_is_read_with_its_branches() {
    let prompt = "\n\n## What customers come for\n### 1. A problem\nA customer may say: “x”\n1. [a] See. Call `find`.\n\
                  2. When open is 0 in its answer:\n   1. [b] Add. Call `add`.\n3. When this fits: A new one\n   \
                  A customer may say: “y”\n   1. Go on with step [b].\n\n### 2. Rest\n1. [c] Say.\n";
    let flows = read(prompt);
    let act = |id: &str, text: &str| Step::Do { id: id.into(), text: text.into() };
    assert_eq!(flows[0].intent, "A problem");
    let b = act("b", "[b] Add. Call `add`.");
    assert_eq!(
        flows[0].steps,
        [
            act("a", "[a] See. Call `find`."),
            Step::If { field: "open".into(), value: "0".into(), steps: vec![b.clone()] },
            Step::When { choice: "A new one".into(), steps: vec![Step::Again("b".into())] },
        ]
    );
    assert_eq!(flows[1], Flow { intent: "Rest".into(), steps: vec![act("c", "[c] Say.")] });
    assert_eq!(from(&flows[0].steps, "b"), Some(vec![b]));
}
