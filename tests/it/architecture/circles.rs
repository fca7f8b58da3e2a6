//! Circles of files: files of one crate that need each other, directly or through others.
//!
//! A file needs the file that its paths lead to: `crate::a::b::X` the one of module `a::b`, and `super::X`, where `X` is no
//! module, the parent's. Re-exports count like every other path. `mod name;` is no need: a parent declares its children.
//! Where the methods of a type stand in several files, a file needs the one that defines a method it calls on `self`.

use std::collections::{BTreeMap, BTreeSet};

use super::methods::{self, ImplBlock};
use super::paths::{self, Path};
use super::sources::Source;

/// For each module of a crate, the modules whose files its file needs, and the names it takes from them.
struct Needs(BTreeMap<Path, BTreeMap<Path, BTreeSet<String>>>);

/// One line for each circle: its files, and what ties them.
pub(super) fn of(sources: &[Source]) -> Vec<String> {
    let files: BTreeMap<&Path, &str> = sources.iter().map(|source| (&source.module, source.file.as_str())).collect();
    let needs = Needs::of(sources);
    needs.circles().iter().map(|circle| needs.describe(circle, &files)).collect()
}

impl Needs {
    fn of(sources: &[Source]) -> Needs {
        let modules: BTreeSet<&Path> = sources.iter().map(|source| &source.module).collect();
        let mut needs =
            Needs(sources.iter().map(|source| (source.module.clone(), needs_of(source, &modules))).collect());
        needs.add_methods(sources);
        needs
    }

    /// Adds the files whose methods are called on a value of the same type. A method that several files define is of several
    /// types with the same name, and is left out.
    fn add_methods(&mut self, sources: &[Source]) {
        let blocks: Vec<(&Path, ImplBlock)> = sources
            .iter()
            .flat_map(|source| methods::of(&source.text).into_iter().map(|block| (&source.module, block)))
            .collect();
        let mut defined: BTreeMap<(&str, &str), BTreeSet<&Path>> = BTreeMap::new();
        for (module, block) in &blocks {
            for method in &block.defines {
                defined.entry((&block.type_name, method)).or_default().insert(module);
            }
        }
        for (module, block) in &blocks {
            for method in &block.calls {
                let in_files = defined.get(&(block.type_name.as_str(), method.as_str()));
                if let Some(files) = in_files.filter(|files| files.len() == 1 && !files.contains(module)) {
                    let needed = files.iter().map(|file| (*file).clone());
                    for needed in needed {
                        self.0.entry((*module).clone()).or_default().entry(needed).or_default().insert(method.clone());
                    }
                }
            }
        }
    }

    /// The strongly connected components of two files or more.
    fn circles(&self) -> Vec<BTreeSet<&Path>> {
        let reach: BTreeMap<&Path, BTreeSet<&Path>> =
            self.0.keys().map(|module| (module, self.reach(module))).collect();
        let mut circles: Vec<BTreeSet<&Path>> = vec![];
        for (module, reached) in &reach {
            let circle: BTreeSet<_> = reached.iter().copied().filter(|other| reach[other].contains(module)).collect();
            if circle.len() > 1 && !circles.contains(&circle) {
                circles.push(circle);
            }
        }
        circles
    }

    fn reach<'a>(&'a self, from: &'a Path) -> BTreeSet<&'a Path> {
        let mut reached = BTreeSet::new();
        let mut next = vec![from];
        while let Some(module) = next.pop() {
            next.extend(self.0[module].keys().filter(|needed| reached.insert(*needed)));
        }
        reached
    }

    fn describe(&self, circle: &BTreeSet<&Path>, files: &BTreeMap<&Path, &str>) -> String {
        let mut lines = vec![format!("a circle of {} files:", circle.len())];
        for module in circle {
            for (needed, names) in self.0[*module].iter().filter(|(needed, _)| circle.contains(needed)) {
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                lines.push(format!("  {} needs {} for {}", files[*module], files[needed], names.join(", ")));
            }
        }
        lines.join("\n")
    }
}

fn needs_of(source: &Source, modules: &BTreeSet<&Path>) -> BTreeMap<Path, BTreeSet<String>> {
    let found = paths::of(&source.text);
    let mut scope = Scope { module: &source.module, modules, imported: BTreeMap::new() };
    for (name, path) in &found.imports {
        if let Some((module, _)) = scope.resolve(path).filter(|(_, rest)| rest.is_empty()) {
            scope.imported.insert(name.clone(), module);
        }
    }
    let mut needs: BTreeMap<Path, BTreeSet<String>> = BTreeMap::new();
    for path in found.imports.iter().map(|(_, path)| path).chain(&found.plain) {
        // A path that ends at a module is followed where the code goes on from it.
        let Some((module, rest)) = scope.resolve(path).filter(|(_, rest)| !rest.is_empty()) else { continue };
        if module != source.module {
            needs.entry(module).or_default().insert(rest.join("::"));
        }
    }
    needs
}

/// The names that a file can begin a path with.
struct Scope<'a> {
    module: &'a Path,
    modules: &'a BTreeSet<&'a Path>,
    imported: BTreeMap<String, Path>,
}

impl Scope<'_> {
    /// The deepest module that a path leads to, and the segments after it; `None` for other crates and local names.
    fn resolve(&self, path: &[String]) -> Option<(Path, Path)> {
        let (mut module, mut rest) = self.start(path)?;
        while let Some((first, others)) = rest.split_first() {
            let deeper = [module.as_slice(), std::slice::from_ref(first)].concat();
            if !self.modules.contains(&deeper) {
                break;
            }
            (module, rest) = (deeper, others);
        }
        Some((module, rest.to_vec()))
    }

    fn start<'p>(&self, path: &'p [String]) -> Option<(Path, &'p [String])> {
        let (first, mut rest) = path.split_first()?;
        let mut module = self.module.clone();
        match first.as_str() {
            "crate" => module.clear(),
            "self" | "super" => {
                let leading = path.iter().take_while(|segment| matches!(segment.as_str(), "self" | "super")).count();
                let up = path[..leading].iter().filter(|segment| *segment == "super").count();
                module.truncate(module.len().saturating_sub(up));
                rest = &path[leading..];
            }
            _ if self.modules.contains(&[module.as_slice(), std::slice::from_ref(first)].concat()) => rest = path,
            name => module = self.imported.get(name)?.clone(),
        }
        Some((module, rest))
    }
}

#[test]
fn a_planted_circle_is_found_and_named() {
    let planted = [
        ("lib", "mod a; mod b; mod c; pub use c::D;"),
        ("a", "use crate::b; fn f() { b::g() }"),
        ("b", "use super::c::D; fn g() -> D { D }"),
        ("c", "pub struct D; fn h() { vec![super::a::f()] }"),
    ];
    let found = of(&sources(&planted));
    let ties =
        ["a circle of 3 files:", "  a.rs needs b.rs for g", "  b.rs needs c.rs for D", "  c.rs needs a.rs for f"];
    assert_eq!(found, [ties.join("\n")]);
}

#[test]
fn a_circle_of_methods_of_one_type_is_found_and_named() {
    let planted = [
        ("lib", "mod a; mod b;"),
        ("a", "pub struct A; impl A { fn f(&self) { self.g() } }"),
        ("b", "use crate::a::A; impl A { fn g(&self) {} }"),
    ];
    let ties = ["a circle of 2 files:", "  a.rs needs b.rs for g", "  b.rs needs a.rs for A"];
    assert_eq!(of(&sources(&planted)), [ties.join("\n")]);
}

#[test]
fn files_that_need_each_other_one_way_are_no_circle() {
    let fine = [
        ("lib", "mod a; mod b; pub use a::A; #[cfg(test)] mod tests { use super::b::B; }"),
        ("a", "use crate::b::B; pub struct A(B); #[cfg(test)] mod tests { use crate::A; }"),
        ("b", "pub struct B;"),
    ];
    assert_eq!(of(&sources(&fine)), [""; 0]);
}

#[test]
fn a_child_that_takes_from_the_parent_that_re_exports_it_is_a_circle() {
    let tied = [("lib", "mod a; pub use a::A; pub struct B;"), ("a", "use super::B; pub struct A(B);")];
    assert_eq!(of(&sources(&tied)).len(), 1);
}

#[cfg(test)]
fn sources(files: &[(&str, &str)]) -> Vec<Source> {
    let module = |name: &str| if name == "lib" { vec![] } else { vec![name.to_owned()] };
    files
        .iter()
        .map(|(name, text)| Source { file: format!("{name}.rs"), module: module(name), text: (*text).to_owned() })
        .collect()
}
