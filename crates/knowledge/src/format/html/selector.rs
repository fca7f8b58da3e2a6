//! Selectors of style sheets, as far as they tell elements by their names, classes and ids, and by the elements around them.

/// The most parts of a selector, one for each element that it names.
const PARTS_MAX: usize = 6;

/// The most classes of an element, and the most elements around it, that are looked at.
const CLASSES_MAX: usize = 32;
pub(super) const ANCESTORS_MAX: usize = 64;

/// The names of an element. The id and the classes may be empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) name: &'a str,
    pub(super) id: &'a str,
    pub(super) class: &'a str,
}

impl<'a> Element<'a> {
    pub(super) fn classes(self) -> impl Iterator<Item = &'a str> {
        self.class.split_ascii_whitespace().take(CLASSES_MAX)
    }
}

/// A selector of an element within others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Selector {
    subject: Part,
    /// The elements around it, the nearest first.
    outer: Vec<(Relation, Part)>,
}

/// The place of an element in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Inside,
    DirectlyInside,
}

/// The number of ids, classes and names in a selector, by which the most special one is told.
pub(super) type Specificity = [usize; 3];

impl Selector {
    /// Reads a selector, or returns `None` for one that asks for more, such as for a state or for the element before.
    pub(super) fn of(text: &str) -> Option<Selector> {
        let spaced = text.replace('>', " > ");
        let (mut parts, mut relation): (Vec<(Relation, Part)>, _) = (Vec::new(), Relation::Inside);
        for word in spaced.split_ascii_whitespace() {
            if word == ">" {
                relation = Relation::DirectlyInside;
                continue;
            }
            if parts.len() == PARTS_MAX {
                return None;
            }
            parts.push((std::mem::replace(&mut relation, Relation::Inside), Part::of(word)?));
        }
        // The relation to the element around stands with the inner one.
        let (mut inner, subject) = parts.pop()?;
        let mut outer = Vec::with_capacity(parts.len());
        for (next, part) in parts.into_iter().rev() {
            outer.push((std::mem::replace(&mut inner, next), part));
        }
        let is_whole = [relation, inner] == [Relation::Inside; 2];
        is_whole.then_some(Selector { subject, outer })
    }

    pub(super) fn specificity(&self) -> Specificity {
        let parts = self.outer.iter().map(|(_, part)| part).chain([&self.subject]);
        parts.fold([0; 3], |[ids, classes, names], part| {
            [ids + part.ids.len(), classes + part.classes.len(), names + usize::from(!part.name.is_empty())]
        })
    }

    /// Returns the name by which an element is told first that this may be a selector of.
    pub(super) fn key(&self) -> String {
        let Part { name, ids, classes } = &self.subject;
        match (ids.first(), classes.first()) {
            (Some(id), _) => format!("#{id}"),
            (None, Some(class)) => format!(".{class}"),
            _ => name.clone(),
        }
    }

    /// Returns true if this is a selector of one class and nothing else.
    pub(super) fn is_one_class(&self) -> bool {
        self.outer.is_empty() && self.specificity() == [0, 1, 0]
    }

    /// Returns true for an element within these others, the nearest first. For each part, the nearest element counts.
    pub(super) fn matches<'a>(&self, element: Element<'a>, mut around: impl Iterator<Item = Element<'a>>) -> bool {
        self.subject.matches(element)
            && self.outer.iter().all(|(relation, part)| match relation {
                Relation::Inside => around.any(|outer| part.matches(outer)),
                Relation::DirectlyInside => around.next().is_some_and(|outer| part.matches(outer)),
            })
    }
}

/// The part of a selector that one element answers.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part {
    /// The name of the element in small letters, or an empty string for any.
    name: String,
    ids: Vec<String>,
    classes: Vec<String>,
}

impl Part {
    fn of(text: &str) -> Option<Part> {
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_'));
        let (name, mut rest) = text.split_at(text.find(['.', '#']).unwrap_or(text.len()));
        let mut part = Part { name: name.to_ascii_lowercase(), ..Part::default() };
        if name == "*" {
            part.name.clear();
        } else if !name.is_empty() && !is_word(name) {
            return None;
        }
        while let Some(kind) = rest.chars().next() {
            let (word, after) = rest[1..].split_at(rest[1..].find(['.', '#']).unwrap_or(rest.len() - 1));
            let words = if kind == '.' { &mut part.classes } else { &mut part.ids };
            words.extend(is_word(word).then(|| word.to_owned()));
            if !is_word(word) {
                return None;
            }
            rest = after;
        }
        Some(part)
    }

    fn matches(&self, element: Element<'_>) -> bool {
        (self.name.is_empty() || self.name == element.name)
            && self.ids.iter().all(|id| id == element.id)
            && self.classes.iter().all(|class| element.classes().any(|own| own == class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element<'a>(name: &'a str, id: &'a str, class: &'a str) -> Element<'a> {
        Element { name, id, class }
    }

    #[test]
    fn selectors_tell_elements_by_their_names_and_those_around_them() {
        let around = [element("b", "", ""), element("div", "cart", "card wide"), element("body", "", "shop")];
        let old = element("span", "first", "old price");
        for (selector, specificity) in [
            ("span", [0, 0, 1]),
            ("SPAN.price.old", [0, 2, 1]),
            ("#first", [1, 0, 0]),
            ("*.old", [0, 1, 0]),
            ("*", [0, 0, 0]),
            (".card .old", [0, 2, 0]),
            ("#cart>b>span", [1, 0, 2]),
            ("body.shop  div > b .old", [0, 2, 3]),
        ] {
            let found = Selector::of(selector).unwrap();
            assert!(found.matches(old, around.into_iter()), "{selector}");
            assert_eq!(found.specificity(), specificity, "{selector}");
        }
        for selector in
            ["b", ".new", "span#second", ".card > .old", ".cards .old", "div.old", ".old .old", "body > b span"]
        {
            assert!(!Selector::of(selector).unwrap().matches(old, around.into_iter()), "{selector}");
        }
        for selector in
            ["", "a:hover", ".a + .b", "a[href]", ".md\\:a", "..a", ".a > ", "> a", "a b c d e f g", ".", "50%"]
        {
            assert_eq!(Selector::of(selector), None, "{selector}");
        }
    }
}
