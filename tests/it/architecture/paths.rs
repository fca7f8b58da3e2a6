//! Collects the paths that a source file names, in `use` declarations and in code, also inside macro calls.
//!
//! Items under `#[cfg(test)]`, comments and strings are left out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The segments of a path, such as `["super", "retry", "next"]`; a glob import has `*` as its last.
pub(super) type Path = Vec<String>;

/// The paths of one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Paths {
    /// The names that `use` declarations bring in, and their paths.
    pub(super) imports: Vec<(String, Path)>,
    /// Paths of two segments or more in code.
    pub(super) plain: Vec<Path>,
}

/// The paths of a file, read once for all tests.
pub(super) fn of(text: &str) -> Arc<Paths> {
    static READ: Mutex<BTreeMap<String, Arc<Paths>>> = Mutex::new(BTreeMap::new());
    let known = READ.lock().unwrap().get(text).cloned();
    known.unwrap_or_else(|| {
        let paths = Arc::new(read(text));
        READ.lock().unwrap().insert(text.to_owned(), paths.clone());
        paths
    })
}

fn read(text: &str) -> Paths {
    let tokens: TokenStream = text.parse().expect("the file compiles, so it has tokens");
    let mut paths = Paths::default();
    collect(tokens, 0, &mut paths);
    paths
}

/// `depth` counts the inline modules around the tokens: as many `super` stay inside the file.
fn collect(tokens: TokenStream, depth: usize, paths: &mut Paths) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        at = match &tokens[at] {
            token if is_mark(Some(token), '#') => after_attribute(&tokens, at),
            TokenTree::Ident(word) if word == "use" && !is_mark(tokens.get(at + 1), '<') => {
                import(&tokens, at + 1, depth, paths)
            }
            TokenTree::Ident(word) if word == "mod" => module(&tokens, at, depth, paths),
            TokenTree::Ident(_) => plain(&tokens, at, depth, paths),
            TokenTree::Group(group) => {
                collect(group.stream(), depth, paths);
                at + 1
            }
            _ => at + 1,
        };
    }
}

/// The tokens of one level without the items that are for tests only.
pub(super) fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (mut kept, mut at) = (vec![], 0);
    while at < tokens.len() {
        if is_mark(tokens.get(at), '#') {
            at = after_attribute(&tokens, at);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// The place after an attribute, and after the item that it belongs to where that is for tests only.
fn after_attribute(tokens: &[TokenTree], at: usize) -> usize {
    let inner = is_mark(tokens.get(at + 1), '!');
    let content = at + 1 + usize::from(inner);
    match tokens.get(content) {
        Some(TokenTree::Group(group)) if is_test_only(group) => after_item(tokens, content + 1),
        Some(TokenTree::Group(_)) => content + 1,
        _ => at + 1,
    }
}

fn is_test_only(attribute: &Group) -> bool {
    attribute.stream().to_string().replace(' ', "") == "cfg(test)"
}

fn after_item(tokens: &[TokenTree], start: usize) -> usize {
    let is_use = tokens[start..].iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "pub" || word == "super" || word == "crate" => None,
        TokenTree::Ident(word) => Some(word == "use"),
        _ => None,
    });
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && is_use != Some(true),
        token => is_mark(Some(token), ';'),
    };
    tokens[start..].iter().position(ends).map_or(tokens.len(), |found| start + found + 1)
}

/// An inline module is walked one level deeper; `mod name;` names nothing.
fn module(tokens: &[TokenTree], at: usize, depth: usize, paths: &mut Paths) -> usize {
    match (tokens.get(at + 1), tokens.get(at + 2)) {
        (Some(TokenTree::Ident(_)), Some(TokenTree::Group(body))) if body.delimiter() == Delimiter::Brace => {
            collect(body.stream(), depth + 1, paths);
            at + 3
        }
        _ => at + 1,
    }
}

fn import(tokens: &[TokenTree], start: usize, depth: usize, paths: &mut Paths) -> usize {
    let is_end = |token: &TokenTree| is_mark(Some(token), ';');
    let end = tokens[start..].iter().position(is_end).map_or(tokens.len(), |found| start + found);
    let mut found = vec![];
    use_tree(&tokens[start..end], &[], &mut found);
    paths.imports.extend(found.into_iter().map(|(name, path)| (name, inside_file(path, depth))));
    end + 1
}

/// Splits at commas, and appends each part's segments to the prefix.
fn use_tree(tokens: &[TokenTree], prefix: &[String], found: &mut Vec<(String, Path)>) {
    let is_comma = |token: &TokenTree| is_mark(Some(token), ',');
    for part in tokens.split(is_comma).filter(|part| !part.is_empty()) {
        let mut path = prefix.to_vec();
        let mut name = None;
        let mut renamed = false;
        for token in part {
            match token {
                TokenTree::Ident(word) if word == "as" => renamed = true,
                TokenTree::Ident(word) if renamed => name = Some(word.to_string()),
                TokenTree::Ident(word) if word == "self" && !prefix.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                token if is_mark(Some(token), '*') => path.push("*".to_owned()),
                TokenTree::Group(group) => use_tree(&group.stream().into_iter().collect::<Vec<_>>(), &path, found),
                _ => {}
            }
        }
        if !matches!(part.last(), Some(TokenTree::Group(_))) {
            let name = name.unwrap_or_else(|| path.last().cloned().unwrap_or_default());
            found.push((name, path));
        }
    }
}

fn plain(tokens: &[TokenTree], start: usize, depth: usize, paths: &mut Paths) -> usize {
    let mut path = vec![tokens[start].to_string()];
    let mut at = start + 1;
    while is_colon(tokens.get(at)) && is_colon(tokens.get(at + 1)) {
        let Some(TokenTree::Ident(word)) = tokens.get(at + 2) else { break };
        path.push(word.to_string());
        at += 3;
    }
    let global = start >= 2 && is_colon(tokens.get(start - 1)) && is_colon(tokens.get(start - 2));
    if path.len() > 1 && !global {
        paths.plain.push(inside_file(path, depth));
    }
    at
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    is_mark(token, ':')
}

fn is_mark(token: Option<&TokenTree>, expected: char) -> bool {
    matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == expected)
}

/// Takes off the `super` that only lead out of inline modules.
fn inside_file(path: Path, depth: usize) -> Path {
    let inner = path.iter().take(depth).take_while(|segment| *segment == "super").count();
    if inner == 0 { path } else { ["self".to_owned()].into_iter().chain(path.into_iter().skip(inner)).collect() }
}

#[test]
fn paths_are_found_in_imports_code_and_macros() {
    let text = r#"
        //! crate::comment::X
        use crate::{a::{self, B}, c::D as E};
        #[cfg(test)]
        mod tests { use super::hidden::F; }
        mod inner { use super::g::H; fn f() { super::super::up::I() } }
        fn j() -> retry::K { format!("{}", super::l::m()) }
        #[cfg(test)]
        use crate::{n::O};
        static P: &str = "crate::text::Q";
    "#;
    let found = of(text);
    let imports: Vec<_> = found.imports.iter().map(|(name, path)| format!("{name}={}", path.join("::"))).collect();
    assert_eq!(imports, ["a=crate::a", "B=crate::a::B", "E=crate::c::D", "H=self::g::H"]);
    let plain: Vec<_> = found.plain.iter().map(|path| path.join("::")).collect();
    assert_eq!(plain, ["self::super::up::I", "retry::K", "super::l::m"]);
}
