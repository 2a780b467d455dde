//! Which file of a crate uses what of which other one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::source::{Module, ModulePath, Sources, modules};
use crate::Result;

/// How often a name may lead to another before it is taken to lead nowhere.
const MAX_HOPS: u32 = 16;

pub(super) struct Crate {
    modules: BTreeMap<ModulePath, Module>,
}

/// One file's use of something that another one defines.
pub(super) struct Import {
    pub(super) from: PathBuf,
    pub(super) line: usize,
    /// As it is written.
    pub(super) path: String,
    pub(super) to: PathBuf,
    /// Whether only tests do.
    pub(super) test: bool,
}

impl Crate {
    pub(super) fn read(sources: &Sources, root: &str) -> Result<Self> {
        Ok(Self { modules: modules(sources, root)? })
    }

    /// Every import of one file from another, led through what modules re-export to where
    /// it is defined.
    pub(super) fn imports(&self) -> Vec<Import> {
        let mut found = Vec::new();
        for (path, module) in &self.modules {
            for mention in &module.mentions {
                let absolute = self.absolute(path, &mention.path, MAX_HOPS);
                let Some(to) = absolute.and_then(|absolute| self.definition(&absolute, MAX_HOPS)) else {
                    continue;
                };
                if to.file != module.file {
                    let (from, path, to) = (module.file.clone(), mention.path.join("::"), to.file.clone());
                    found.push(Import { from, line: mention.line, path, to, test: module.test });
                }
            }
        }
        found.sort_by(|one, other| {
            (&one.from, one.line, &one.path).cmp(&(&other.from, other.line, &other.path))
        });
        found.dedup_by(|one, other| (&one.from, one.line, &one.to) == (&other.from, other.line, &other.to));
        found
    }

    /// The names from the crate on that a path written in `module` stands for; `None` if it
    /// is another crate's, or begins with what the module itself defines.
    fn absolute(&self, module: &[String], written: &[String], hops: u32) -> Option<Vec<String>> {
        let (first, rest) = written.split_first()?;
        let below = |base: &[String], rest: &[String]| Some([base, rest].concat());
        match first.as_str() {
            "crate" => below(&[], rest),
            "self" => below(module, rest),
            "super" => {
                let (_, parent) = module.split_last()?;
                match rest.first() {
                    Some(next) if next == "super" => self.absolute(parent, rest, hops),
                    _ => below(parent, rest),
                }
            }
            _ => {
                let here = self.modules.get(module)?;
                if here.children.contains(first) {
                    return below(module, written);
                }
                let named = here.uses.iter().find(|each| each.name.as_ref() == Some(first))?;
                // `use tokio::sync` leads to no module of ours, nor does `use rand`.
                if hops == 0 || named.path.first() == Some(first) {
                    return None;
                }
                below(&self.absolute(module, &named.path, hops - 1)?, rest)
            }
        }
    }

    /// The module that defines what these names lead to; `None` for another crate's.
    fn definition(&self, absolute: &[String], hops: u32) -> Option<&Module> {
        let mut path = ModulePath::new();
        let mut module = self.modules.get(&path)?;
        for (at, name) in absolute.iter().enumerate() {
            if module.children.contains(name) {
                path.push(name.clone());
                module = self.modules.get(&path)?;
                continue;
            }
            return match self.brought_in(&path, name, hops) {
                Source::Nowhere => Some(module),
                Source::OtherCrate => None,
                Source::Here(target) => {
                    self.definition(&[&target, &absolute[at + 1..]].concat(), hops.checked_sub(1)?)
                }
            };
        }
        Some(module)
    }

    /// Where a name leads that is used as if the module had it.
    fn brought_in(&self, path: &[String], name: &String, hops: u32) -> Source {
        let (Some(module), Some(hops)) = (self.modules.get(path), hops.checked_sub(1)) else {
            return Source::Nowhere;
        };
        if module.items.contains(name) {
            return Source::Nowhere;
        }
        if let Some(named) = module.uses.iter().find(|each| each.name.as_ref() == Some(name)) {
            return self.absolute(path, &named.path, hops).map_or(Source::OtherCrate, Source::Here);
        }
        for everything in module.uses.iter().filter(|each| each.name.is_none()) {
            let Some(from) = self.absolute(path, &everything.path, hops) else { continue };
            let Some(source) = self.modules.get(&from) else { continue };
            if source.items.contains(name) || source.children.contains(name) {
                return Source::Here([&from[..], std::slice::from_ref(name)].concat());
            }
            match self.brought_in(&from, name, hops) {
                Source::Nowhere => {}
                found => return found,
            }
        }
        Source::Nowhere
    }
}

/// Where a name comes from that a module may have by a `use`.
enum Source {
    /// No `use` brings it in.
    Nowhere,
    OtherCrate,
    Here(ModulePath),
}

/// The groups of files each of which leads to every other one by imports. Those of tests
/// don't count: a test may use what its subject must not.
pub(super) fn circles(imports: &[Import]) -> Vec<BTreeSet<&Path>> {
    let mut next: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
    for import in imports.iter().filter(|import| !import.test) {
        next.entry(&import.from).or_default().insert(&import.to);
    }
    let reached: BTreeMap<&Path, BTreeSet<&Path>> =
        next.keys().map(|file| (*file, reachable(&next, file))).collect();
    let leads = |from: &Path, to: &Path| reached.get(from).is_some_and(|found| found.contains(to));
    let mut circles: Vec<BTreeSet<&Path>> = Vec::new();
    for file in next.keys().filter(|file| leads(file, file)) {
        if !circles.iter().any(|circle| circle.contains(file)) {
            circles.push(
                next.keys().copied().filter(|other| leads(file, other) && leads(other, file)).collect(),
            );
        }
    }
    circles
}

fn reachable<'a>(next: &BTreeMap<&'a Path, BTreeSet<&'a Path>>, file: &Path) -> BTreeSet<&'a Path> {
    let mut found = BTreeSet::new();
    let mut left: Vec<&Path> = next.get(file).into_iter().flatten().copied().collect();
    while let Some(file) = left.pop() {
        if found.insert(file) {
            left.extend(next.get(file).into_iter().flatten());
        }
    }
    found
}
