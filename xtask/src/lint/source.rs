//! The modules of a crate, read from its files: what each defines, brings in and mentions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Item, UseTree};

use crate::Result;
use crate::files;

/// The Rust files of a crate, by their paths below its `src`.
pub(super) type Sources = BTreeMap<PathBuf, String>;

/// The names that lead to a module from its crate; none for the crate itself.
pub(super) type ModulePath = Vec<String>;

pub(super) struct Module {
    pub(super) file: PathBuf,
    /// Whether it is there in tests only.
    pub(super) test: bool,
    /// The modules in it.
    pub(super) children: BTreeSet<String>,
    /// What else it defines.
    pub(super) items: BTreeSet<String>,
    pub(super) uses: Vec<Use>,
    pub(super) mentions: Vec<Mention>,
}

/// One name that a `use` brings in.
pub(super) struct Use {
    /// What it is called here; `None` for all that the path leads to.
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
}

/// A path of several names in the code, as it is written.
pub(super) struct Mention {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
}

/// Every Rust file below a folder.
pub(super) fn sources(folder: &Path) -> Result<Sources> {
    let mut found = Sources::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in files::files(&next)? {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "rs") {
                let text = files::read(&entry)?;
                found.insert(entry.strip_prefix(folder).unwrap_or(&entry).to_owned(), text);
            }
        }
    }
    Ok(found)
}

/// The modules of the crate whose first file is `root`, tests included.
pub(super) fn modules(sources: &Sources, root: &str) -> Result<BTreeMap<ModulePath, Module>> {
    let mut modules = BTreeMap::new();
    let file = PathBuf::from(root);
    let items = parsed(sources, &file)?;
    let mut left = vec![Unread { path: Vec::new(), file, test: false, folder: PathBuf::new(), items }];
    while let Some(unread) = left.pop() {
        let mut reader = Reader::default();
        unread.items.iter().for_each(|item| reader.visit_item(item));
        for module in &reader.modules {
            left.push(unread.child(sources, module)?);
        }
        let children = reader.modules.iter().map(|module| module.ident.to_string()).collect();
        let items = unread.items.iter().filter_map(name).collect();
        let Reader { uses, mentions, .. } = reader;
        let Unread { path, file, test, .. } = unread;
        modules.insert(path, Module { file, test, children, items, uses, mentions });
    }
    Ok(modules)
}

struct Unread {
    path: ModulePath,
    file: PathBuf,
    test: bool,
    /// Where the files of its own modules are.
    folder: PathBuf,
    items: Vec<Item>,
}

impl Unread {
    fn child(&self, sources: &Sources, module: &syn::ItemMod) -> Result<Self> {
        let name = module.ident.to_string();
        let folder = self.folder.join(&name);
        let path = self.path.iter().chain([&name]).cloned().collect();
        let test = self.test || module.attrs.iter().any(is_cfg_test);
        if let Some((_, items)) = &module.content {
            return Ok(Self { path, file: self.file.clone(), test, folder, items: items.clone() });
        }
        if let Some(beside) = module.attrs.iter().find_map(given_path) {
            let folder = self.file.parent().unwrap_or(Path::new("")).to_owned();
            let file = folder.join(beside);
            return Ok(Self { path, items: parsed(sources, &file)?, file, test, folder });
        }
        let places = [folder.with_extension("rs"), folder.join("mod.rs")];
        let file = places.into_iter().find(|place| sources.contains_key(place));
        let file = file.ok_or_else(|| format!("{}: the module {name} has no file", self.file.display()))?;
        Ok(Self { path, items: parsed(sources, &file)?, file, test, folder })
    }
}

/// The file that `#[path = "..."]` names, from the folder of the file it stands in.
fn given_path(attribute: &syn::Attribute) -> Option<String> {
    let value = &attribute.meta.require_name_value().ok().filter(|given| given.path.is_ident("path"))?.value;
    match value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(file), .. }) => Some(file.value()),
        _ => None,
    }
}

fn is_cfg_test(attribute: &syn::Attribute) -> bool {
    let only = |list: &syn::MetaList| list.tokens.to_string() == "test";
    attribute.path().is_ident("cfg") && attribute.meta.require_list().is_ok_and(only)
}

fn parsed(sources: &Sources, file: &Path) -> Result<Vec<Item>> {
    let text = sources.get(file).ok_or_else(|| format!("{} is missing", file.display()))?;
    let parsed = syn::parse_file(text).map_err(|error| {
        let at = error.span().start();
        format!("{}:{}: {error}", file.display(), at.line)
    })?;
    Ok(parsed.items)
}

/// What an item is called; modules and uses are told apart from these.
fn name(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Macro(item) => item.ident.as_ref()?.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Trait(item) => item.ident.to_string(),
        Item::TraitAlias(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        Item::Union(item) => item.ident.to_string(),
        _ => return None,
    })
}

/// Goes through a module, but not into the modules in it.
#[derive(Default)]
struct Reader {
    modules: Vec<syn::ItemMod>,
    uses: Vec<Use>,
    mentions: Vec<Mention>,
}

impl Reader {
    fn mention(&mut self, path: Vec<String>, line: usize) {
        self.mentions.push(Mention { path, line });
    }

    fn use_tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| -> Vec<String> {
            // `use a::{self}` is `use a`.
            let name = Some(name.to_string()).filter(|name| name != "self" || before.is_empty());
            before.iter().cloned().chain(name).collect()
        };
        let (name, path, line) = match tree {
            UseTree::Path(tree) => return self.use_tree(&tree.tree, &with(&tree.ident)),
            UseTree::Group(group) => return group.items.iter().for_each(|tree| self.use_tree(tree, before)),
            UseTree::Name(tree) => {
                let path = with(&tree.ident);
                (path.last().cloned(), path, tree.ident.span())
            }
            UseTree::Rename(tree) => (Some(tree.rename.to_string()), with(&tree.ident), tree.ident.span()),
            UseTree::Glob(tree) => (None, before.to_vec(), tree.star_token.span),
        };
        self.mention(path.clone(), line.start().line);
        self.uses.push(Use { name, path });
    }

    /// The paths in what a macro is given, which may be anything.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.end_of_path(&mut path, line);
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                    continue;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            self.end_of_path(&mut path, line);
            colons = 0;
        }
        self.end_of_path(&mut path, line);
    }

    fn end_of_path(&mut self, path: &mut Vec<String>, line: usize) {
        if path.len() > 1 {
            self.mention(std::mem::take(path), line);
        }
        path.clear();
    }
}

impl<'a> Visit<'a> for Reader {
    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        self.modules.push(module.clone());
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        // With colons before it, it is another crate's.
        if item.leading_colon.is_none() {
            self.use_tree(&item.tree, &[]);
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let line = path.segments[0].ident.span().start().line;
            self.mention(path.segments.iter().map(|segment| segment.ident.to_string()).collect(), line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'a syn::Macro) {
        self.visit_path(&called.path);
        self.tokens(called.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'a syn::Attribute) {
        // Some derives are told of functions by paths in strings.
        for token in attribute.meta.to_token_stream() {
            if !attribute.path().is_ident("doc") {
                self.strings(token);
            }
        }
    }

    fn visit_visibility(&mut self, _: &'a syn::Visibility) {
        // It names a module, and uses nothing of it.
    }
}

impl Reader {
    fn strings(&mut self, token: TokenTree) {
        match token {
            TokenTree::Group(group) => group.stream().into_iter().for_each(|token| self.strings(token)),
            TokenTree::Literal(literal) => {
                let line = literal.span().start().line;
                let text = syn::parse2::<syn::LitStr>(TokenTree::from(literal).into());
                if let Ok(path) = text.and_then(|text| text.parse::<syn::Path>())
                    && path.segments.len() > 1
                {
                    self.mention(path.segments.iter().map(|each| each.ident.to_string()).collect(), line);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}
